/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blame.h"

#include <string.h>

#define N_BLOCKS 4u

/* A digest for each letter of @text. */
static const guint8 *
digests (const char *text)
{
  static guint8 bytes[N_BLOCKS * BT_BLAME_DIGEST];

  for (guint i = 0; i < N_BLOCKS; i++)
    memset (bytes + i * BT_BLAME_DIGEST, text[i], BT_BLAME_DIGEST);
  return bytes;
}

static void
assert_culprits (BtBlame *blame, guint32 piece, const char *right, const char *expected)
{
  g_autoptr (GArray) ids = bt_blame_passed (blame, piece, N_BLOCKS, digests (right));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%u ", g_array_index (ids, guint32, i));
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_who_sent_all_needs_no_proof (void)
{
  guint32 from[N_BLOCKS] = { 7, 7, 7, 7 };
  BtBlame blame;

  bt_blame_init (&blame);
  g_assert_cmpuint (bt_blame_failed (&blame, 3, N_BLOCKS, digests ("abcd"), from), ==, 7);
  g_assert_false (bt_blame_knows (&blame, 3));
  bt_blame_clear (&blame);
}

static void
test_different_block_is_proof (void)
{
  guint32 from[N_BLOCKS] = { 7, 8, 9, 8 };
  BtBlame blame;

  bt_blame_init (&blame);
  g_assert_cmpuint (bt_blame_failed (&blame, 3, N_BLOCKS, digests ("abcd"), from), ==, 0);
  g_assert_true (bt_blame_knows (&blame, 3));
  g_assert_false (bt_blame_knows (&blame, 4));
  assert_culprits (&blame, 4, "xxxx", "");
  assert_culprits (&blame, 3, "axcx", "8 ");
  g_assert_false (bt_blame_knows (&blame, 3));
  assert_culprits (&blame, 3, "xxxx", "");
  bt_blame_clear (&blame);
}

static void
test_every_failure_is_remembered_until_the_proof (void)
{
  guint32 first[N_BLOCKS] = { 1, 2, 1, 2 };
  guint32 second[N_BLOCKS] = { 3, 3, 4, 4 };
  BtBlame blame;

  bt_blame_init (&blame);
  bt_blame_failed (&blame, 0, N_BLOCKS, digests ("abcX"), first);
  bt_blame_failed (&blame, 0, N_BLOCKS, digests ("Ybcd"), second);
  assert_culprits (&blame, 0, "abcd", "3 2 ");
  bt_blame_clear (&blame);
}

static void
test_right_blocks_prove_nothing (void)
{
  guint32 from[N_BLOCKS] = { 1, 2, 1, 2 };
  BtBlame blame;

  bt_blame_init (&blame);
  bt_blame_failed (&blame, 0, N_BLOCKS, digests ("abcd"), from);
  assert_culprits (&blame, 0, "abcd", "");
  bt_blame_clear (&blame);
}

static void
test_oldest_is_forgotten (void)
{
  guint32 from[N_BLOCKS] = { 1, 2, 1, 2 };
  BtBlame blame;
  guint known = 0;

  bt_blame_init (&blame);
  for (guint32 piece = 0; piece < 1000; piece++)
    bt_blame_failed (&blame, piece, N_BLOCKS, digests ("abcd"), from);
  for (guint32 piece = 0; piece < 1000; piece++)
    known += bt_blame_knows (&blame, piece);
  g_assert_cmpuint (known, <=, 64);
  g_assert_true (bt_blame_knows (&blame, 999));
  g_assert_false (bt_blame_knows (&blame, 0));
  bt_blame_clear (&blame);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blame/failed/who-sent-all-needs-no-proof", test_who_sent_all_needs_no_proof);
  g_test_add_func ("/blame/failed/oldest-is-forgotten", test_oldest_is_forgotten);
  g_test_add_func ("/blame/passed/different-block-is-proof", test_different_block_is_proof);
  g_test_add_func ("/blame/passed/every-failure-is-remembered-until-the-proof", test_every_failure_is_remembered_until_the_proof);
  g_test_add_func ("/blame/passed/right-blocks-prove-nothing", test_right_blocks_prove_nothing);
  return g_test_run ();
}
