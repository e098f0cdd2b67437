/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rivals.h"

#define N 8u
#define N_PIECES 4000u

static void
make_id (guint i, guint8 id[BT_PEER_ID_LENGTH + 1])
{
  g_snprintf ((char *) id, BT_PEER_ID_LENGTH + 1, "-FE0100-%012u", i);
}

static void
test_every_piece_is_one_peers (void)
{
  BtRivals rivals[N];
  guint shares[N] = { 0 };

  for (guint i = 0; i < N; i++)
    {
      guint8 id[BT_PEER_ID_LENGTH + 1];

      make_id (i, id);
      bt_rivals_init (&rivals[i], id);
      for (guint k = 0; k < N; k++)
        {
          make_id (k, id);
          if (k != i)
            bt_rivals_add (&rivals[i], id);
        }
    }
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    {
      guint owners = 0;

      for (guint i = 0; i < N; i++)
        {
          gboolean mine = bt_rivals_is_mine (&rivals[i], piece);

          owners += mine;
          shares[i] += mine;
        }
      g_assert_cmpuint (owners, ==, 1);
    }
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpuint (shares[i], >, N_PIECES / N * 8 / 10);
      g_assert_cmpuint (shares[i], <, N_PIECES / N * 12 / 10);
      bt_rivals_clear (&rivals[i]);
    }
}

static void
test_alone_all_is_mine (void)
{
  guint8 id[BT_PEER_ID_LENGTH + 1];
  BtRivals rivals;

  make_id (1, id);
  bt_rivals_init (&rivals, id);
  make_id (2, id);
  bt_rivals_add (&rivals, id);
  bt_rivals_empty (&rivals);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    g_assert_true (bt_rivals_is_mine (&rivals, piece));
  for (guint i = 0; i < 100000; i++)
    bt_rivals_add (&rivals, id);
  g_assert_cmpuint (rivals.others->len, <, 1000);
  bt_rivals_clear (&rivals);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rivals/every-piece-is-one-peers", test_every_piece_is_one_peers);
  g_test_add_func ("/rivals/alone-all-is-mine", test_alone_all_is_mine);
  return g_test_run ();
}
