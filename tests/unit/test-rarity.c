/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rarity.h"

#define N_PIECES 60u

/* What the set should hold, kept the slow way. */
typedef struct
{
  guint level[N_PIECES];
  gboolean inside[N_PIECES];
} Model;

static void
assert_same (const BtRarity *rarity, const Model *model)
{
  guint32 n_inside = 0;

  for (guint32 i = 0; i < N_PIECES; i++)
    {
      g_assert_cmpuint (rarity->level[i], ==, model->level[i]);
      g_assert_cmpint (bt_rarity_contains (rarity, i), ==, model->inside[i]);
      if (!model->inside[i])
        continue;
      n_inside++;
      g_assert_cmpuint (rarity->where[i], <, rarity->length);
      g_assert_cmpuint (rarity->order[rarity->where[i]], ==, i);
    }
  g_assert_cmpuint (rarity->length, ==, n_inside);
}

/* Levels follow each other without a gap, and each holds its own pieces. */
static void
assert_levels (const BtRarity *rarity)
{
  g_assert_cmpuint (rarity->starts[0], ==, 0);
  g_assert_cmpuint (rarity->starts[rarity->n_levels], ==, rarity->length);
  for (guint32 level = 0; level < rarity->n_levels; level++)
    {
      g_assert_cmpuint (rarity->starts[level], <=, rarity->starts[level + 1]);
      for (guint32 i = rarity->starts[level]; i < rarity->starts[level + 1]; i++)
        g_assert_cmpuint (rarity->level[rarity->order[i]], ==, level);
    }
}

static void
change (BtRarity *rarity, Model *model, BtRng *rng)
{
  guint32 piece = bt_rng_below (rng, N_PIECES);

  switch (bt_rng_below (rng, 5))
    {
    case 0:
    case 1:
      bt_rarity_increase (rarity, piece);
      model->level[piece]++;
      break;
    case 2:
      bt_rarity_decrease (rarity, piece);
      if (model->level[piece] > 0)
        model->level[piece]--;
      break;
    default:
      if (model->inside[piece])
        bt_rarity_remove (rarity, piece);
      else
        bt_rarity_insert (rarity, piece);
      model->inside[piece] = !model->inside[piece];
      break;
    }
}

static void
test_any_operations_keep_the_order (gconstpointer data)
{
  guint64 seed = GPOINTER_TO_SIZE (data);
  Model model = { 0 };
  BtRng rng, choices;
  BtRarity rarity;

  bt_rng_seed (&rng, seed);
  bt_rng_seed (&choices, seed + 1000);
  bt_rarity_init (&rarity, N_PIECES, &rng);
  for (guint i = 0; i < 20000; i++)
    {
      change (&rarity, &model, &choices);
      assert_levels (&rarity);
      assert_same (&rarity, &model);
    }
  bt_rarity_clear (&rarity);
}

static void
test_piece_that_became_common_outside_comes_in_last (void)
{
  BtRarity rarity;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  bt_rarity_init (&rarity, 4, &rng);
  for (guint32 i = 0; i < 3; i++)
    bt_rarity_insert (&rarity, i);
  /* Nobody inside is that common: there is no such level yet. */
  for (guint i = 0; i < 5; i++)
    bt_rarity_increase (&rarity, 3);
  bt_rarity_insert (&rarity, 3);
  assert_levels (&rarity);
  g_assert_cmpuint (rarity.order[3], ==, 3);
  g_assert_cmpuint (rarity.where[3], ==, 3);
  bt_rarity_clear (&rarity);
}

static void
test_ties_come_in_any_order (void)
{
  guint first[8] = { 0 };

  for (guint64 seed = 0; seed < 4000; seed++)
    {
      BtRarity rarity;
      BtRng rng;

      bt_rng_seed (&rng, seed);
      bt_rarity_init (&rarity, G_N_ELEMENTS (first), &rng);
      for (guint32 i = 0; i < G_N_ELEMENTS (first); i++)
        bt_rarity_insert (&rarity, i);
      for (guint32 i = 0; i < G_N_ELEMENTS (first); i++)
        bt_rarity_increase (&rarity, i);
      first[rarity.order[0]]++;
      bt_rarity_clear (&rarity);
    }
  /* 500 expected of each; nine deviations off would be chance gone wrong. */
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    {
      g_assert_cmpuint (first[i], >, 300);
      g_assert_cmpuint (first[i], <, 700);
    }
}

static void
test_level_has_a_ceiling_and_a_floor (void)
{
  BtRarity rarity;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  bt_rarity_init (&rarity, 2, &rng);
  bt_rarity_insert (&rarity, 0);
  bt_rarity_insert (&rarity, 1);
  bt_rarity_decrease (&rarity, 0);
  g_assert_cmpuint (rarity.level[0], ==, 0);
  for (guint i = 0; i < G_MAXUINT16 + 3u; i++)
    bt_rarity_increase (&rarity, 0);
  g_assert_cmpuint (rarity.level[0], ==, G_MAXUINT16);
  assert_levels (&rarity);
  g_assert_cmpuint (rarity.order[0], ==, 1);
  bt_rarity_clear (&rarity);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize seed = 1; seed <= 5; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/rarity/any-operations-keep-the-order/%" G_GSIZE_FORMAT, seed);

      g_test_add_data_func (path, GSIZE_TO_POINTER (seed), test_any_operations_keep_the_order);
    }
  g_test_add_func ("/rarity/insert/piece-that-became-common-outside-comes-in-last", test_piece_that_became_common_outside_comes_in_last);
  g_test_add_func ("/rarity/ties/come-in-any-order", test_ties_come_in_any_order);
  g_test_add_func ("/rarity/level/has-a-ceiling-and-a-floor", test_level_has_a_ceiling_and_a_floor);
  return g_test_run ();
}
