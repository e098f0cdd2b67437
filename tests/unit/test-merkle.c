/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-merkle.h"
#include "bt-sha.h"

#include "bt-test.h"

/* The root as BEP 52 words it: all leaves, filled up with zeros. */
static void
root_of_all_leaves (const guint8 *leaves, gsize n_leaves, gsize n_all, guint8 out[BT_SHA256_LENGTH])
{
  g_autofree guint8 *row = g_malloc0 (n_all * BT_SHA256_LENGTH);

  memcpy (row, leaves, n_leaves * BT_SHA256_LENGTH);
  for (; n_all > 1; n_all /= 2)
    for (gsize i = 0; i < n_all / 2; i++)
      bt_sha256 (row + 2 * i * BT_SHA256_LENGTH, 2 * BT_SHA256_LENGTH, row + i * BT_SHA256_LENGTH);
  memcpy (out, row, BT_SHA256_LENGTH);
}

static gsize
power_of_two_from (gsize n)
{
  gsize power = 1;

  while (power < n)
    power *= 2;
  return power;
}

static void
test_root_equals_that_of_all_leaves (void)
{
  guint8 leaves[40 * BT_SHA256_LENGTH], expected[BT_SHA256_LENGTH], root[BT_SHA256_LENGTH];

  for (guint i = 0; i < 40; i++)
    bt_sha256 (&i, sizeof i, leaves + i * BT_SHA256_LENGTH);
  for (gsize n = 1; n <= 40; n++)
    {
      root_of_all_leaves (leaves, n, power_of_two_from (n), expected);
      bt_merkle_root (leaves, n, 0, root);
      g_assert_cmpmem (root, sizeof root, expected, sizeof expected);
    }
}

/* A layer of pieces above the leaves leads to the same root. */
static void
test_root_from_an_upper_layer (void)
{
  guint8 leaves[40 * BT_SHA256_LENGTH], expected[BT_SHA256_LENGTH], root[BT_SHA256_LENGTH];
  guint8 layer[10 * BT_SHA256_LENGTH];

  for (guint i = 0; i < 40; i++)
    bt_sha256 (&i, sizeof i, leaves + i * BT_SHA256_LENGTH);
  for (gsize n = 5; n <= 40; n++)
    {
      gsize n_layer = (n + 3) / 4;

      for (gsize i = 0; i < n_layer; i++)
        root_of_all_leaves (leaves + i * 4 * BT_SHA256_LENGTH, MIN (4, n - i * 4), 4, layer + i * BT_SHA256_LENGTH);
      root_of_all_leaves (leaves, n, power_of_two_from (n), expected);
      bt_merkle_root (layer, n_layer, 2, root);
      g_assert_cmpmem (root, sizeof root, expected, sizeof expected);
    }
}

static void
test_layer_of_a_piece (void)
{
  g_assert_cmpuint (bt_merkle_piece_layer (16384), ==, 0);
  g_assert_cmpuint (bt_merkle_piece_layer (32768), ==, 1);
  g_assert_cmpuint (bt_merkle_piece_layer (131072), ==, 3);
  g_assert_cmpuint (bt_merkle_piece_layer (1u << 28), ==, 14);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merkle/root/equals-that-of-all-leaves", test_root_equals_that_of_all_leaves);
  g_test_add_func ("/merkle/root/from-an-upper-layer", test_root_from_an_upper_layer);
  g_test_add_func ("/merkle/layer/of-a-piece", test_layer_of_a_piece);
  return g_test_run ();
}
