/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-requests.h"
#include "bt-rng.h"

#define SECOND G_TIME_SPAN_SECOND

static BtBlock
block (guint32 n)
{
  return (BtBlock){ n / 8, n % 8 * BT_BLOCK_SIZE, BT_BLOCK_SIZE };
}

static void
assert_same (const BtRequests *requests, GArray *model)
{
  g_assert_cmpuint (bt_requests_n_outstanding (requests), ==, model->len);
  for (guint i = 0; i < model->len; i++)
    {
      const BtRequest *request = bt_requests_peek (requests, i);
      BtBlock expected = block (g_array_index (model, guint32, i));

      g_assert_cmpuint (request->block.piece, ==, expected.piece);
      g_assert_cmpuint (request->block.begin, ==, expected.begin);
      g_assert_true (bt_requests_contains (requests, &expected));
    }
}

static void
change (BtRequests *requests, GArray *model, BtRng *rng, guint32 *next, gint64 now)
{
  guint32 kind = bt_rng_below (rng, 100), n = *next;
  guint at = bt_rng_below (rng, 4) == 0 ? bt_rng_below (rng, model->len) : 0;
  BtBlock asked;

  if (kind < 50)
    {
      asked = block (n);
      bt_requests_asked (requests, &asked, now);
      g_array_append_val (model, n);
      ++*next;
      return;
    }
  if (kind == 50)
    {
      bt_requests_forget (requests);
      g_array_set_size (model, 0);
      return;
    }
  if (model->len == 0)
    return;
  asked = block (g_array_index (model, guint32, at));
  g_assert_true (kind % 2 ? bt_requests_got (requests, &asked, now) : bt_requests_drop (requests, &asked));
  g_assert_false (bt_requests_contains (requests, &asked));
  g_array_remove_index (model, at);
}

static void
test_any_operations_keep_the_queue (gconstpointer data)
{
  g_autoptr (GArray) model = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 next = 0;
  BtRequests requests;
  BtRng rng;

  bt_rng_seed (&rng, GPOINTER_TO_SIZE (data));
  bt_requests_init (&requests);
  for (guint i = 0; i < 20000; i++)
    {
      change (&requests, model, &rng, &next, i);
      assert_same (&requests, model);
    }
  bt_requests_clear (&requests);
}

static void
test_only_the_very_block_counts (void)
{
  BtBlock asked = { 1, 16384, 16384 };
  BtBlock others[] = { { 2, 16384, 16384 }, { 1, 0, 16384 }, { 1, 16384, 16383 } };
  BtRequests requests;

  bt_requests_init (&requests);
  bt_requests_asked (&requests, &asked, 0);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_false (bt_requests_contains (&requests, &others[i]));
      g_assert_false (bt_requests_got (&requests, &others[i], 1));
      g_assert_false (bt_requests_drop (&requests, &others[i]));
    }
  g_assert_cmpuint (bt_requests_n_outstanding (&requests), ==, 1);
  bt_requests_clear (&requests);
}

/* Asks for as much as there is room for and answers all of it. */
static void
transfer (BtRequests *requests, guint blocks, gint64 now)
{
  static guint32 next;

  for (guint i = 0; i < blocks; i++)
    {
      BtBlock asked = block (next++);

      bt_requests_asked (requests, &asked, now);
      g_assert_true (bt_requests_got (requests, &asked, now + 1000));
    }
}

static void
test_slow_start_ends_when_the_rate_does_not_grow (void)
{
  BtRequests requests;
  guint before;

  bt_requests_init (&requests);
  g_assert_true (requests.slow_start);
  before = requests.depth;
  transfer (&requests, 10, 0);
  g_assert_cmpuint (requests.depth, ==, before + 10);
  bt_requests_tune (&requests, 100000, SECOND / 10, 3, SECOND);
  bt_requests_tune (&requests, 200000, SECOND / 10, 3, 2 * SECOND);
  bt_requests_tune (&requests, 400000, SECOND / 10, 3, 3 * SECOND);
  g_assert_true (requests.slow_start);
  bt_requests_tune (&requests, 420000, SECOND / 10, 3, 4 * SECOND);
  g_assert_false (requests.slow_start);
  bt_requests_clear (&requests);
}

static void
test_depth_follows_the_rate (void)
{
  BtRequests requests;

  bt_requests_init (&requests);
  bt_requests_set_limit (&requests, 250);
  requests.slow_start = FALSE;
  /* Two round trips and 0.4 s. */
  bt_requests_tune (&requests, 100 * BT_BLOCK_SIZE, SECOND / 10, 3, SECOND);
  g_assert_cmpuint (requests.depth, ==, 60);
  bt_requests_tune (&requests, 100 * BT_BLOCK_SIZE, 0, 3, 2 * SECOND);
  g_assert_cmpuint (requests.depth, ==, 40);
  bt_requests_tune (&requests, 50 * BT_BLOCK_SIZE, 10 * SECOND, 3, 3 * SECOND);
  g_assert_cmpuint (requests.depth, ==, 150);
  bt_requests_tune (&requests, 0, SECOND, 3, 4 * SECOND);
  g_assert_cmpuint (requests.depth, ==, 4);
  bt_requests_tune (&requests, G_GUINT64_CONSTANT (100) << 30, SECOND, 3, 5 * SECOND);
  g_assert_cmpuint (requests.depth, ==, 250);
  bt_requests_clear (&requests);
}

static void
test_limit_is_the_peers_within_ours (void)
{
  BtRequests requests;

  bt_requests_init (&requests);
  bt_requests_set_limit (&requests, 0);
  g_assert_cmpuint (requests.limit, ==, 1);
  g_assert_cmpuint (bt_requests_room (&requests), ==, 1);
  bt_requests_set_limit (&requests, G_MAXUINT);
  g_assert_cmpuint (requests.limit, ==, BT_REQUESTS_MAX_LIMIT);
  bt_requests_set_limit (&requests, 20);
  transfer (&requests, 100, 0);
  g_assert_cmpuint (requests.depth, ==, 20);
  bt_requests_set_limit (&requests, 5);
  g_assert_cmpuint (bt_requests_room (&requests), ==, 5);
  bt_requests_clear (&requests);
}

static void
test_limit_of_one_holds_when_tuned (void)
{
  BtRequests requests;

  bt_requests_init (&requests);
  bt_requests_set_limit (&requests, 1);
  bt_requests_tune (&requests, 1 << 20, SECOND / 10, 3, SECOND);
  g_assert_cmpuint (requests.depth, ==, 1);
  requests.slow_start = FALSE;
  bt_requests_tune (&requests, 1 << 20, SECOND / 10, 3, 2 * SECOND);
  g_assert_cmpuint (requests.depth, ==, 1);
  bt_requests_tune (&requests, 0, SECOND / 10, 3, 3 * SECOND);
  g_assert_cmpuint (requests.depth, ==, 1);
  bt_requests_clear (&requests);
}

static void
test_silence_times_out (void)
{
  BtBlock first = block (0), second = block (1);
  BtRequests requests;

  bt_requests_init (&requests);
  g_assert_false (bt_requests_timed_out (&requests, 100 * SECOND));
  bt_requests_asked (&requests, &first, 100 * SECOND);
  bt_requests_asked (&requests, &second, 110 * SECOND);
  g_assert_false (bt_requests_timed_out (&requests, 120 * SECOND));
  g_assert_true (bt_requests_timed_out (&requests, 120 * SECOND + 1));
  g_assert_true (bt_requests_got (&requests, &first, 120 * SECOND));
  g_assert_false (bt_requests_timed_out (&requests, 140 * SECOND));
  g_assert_true (bt_requests_timed_out (&requests, 140 * SECOND + 1));
  bt_requests_forget (&requests);
  g_assert_false (bt_requests_timed_out (&requests, 1000 * SECOND));
  /* Waiting begins anew with the next request. */
  bt_requests_asked (&requests, &first, 1000 * SECOND);
  g_assert_false (bt_requests_timed_out (&requests, 1010 * SECOND));
  bt_requests_clear (&requests);
}

/* Or a peer could keep what we want hostage for ever by sending, now and
 * then, something that nobody asked for. */
static void
test_unasked_blocks_do_not_count_as_life (void)
{
  BtBlock asked = block (0), other = block (1);
  BtRequests requests;

  bt_requests_init (&requests);
  bt_requests_asked (&requests, &asked, SECOND);
  for (gint64 t = 2; t < 30; t++)
    g_assert_false (bt_requests_got (&requests, &other, t * SECOND));
  g_assert_true (bt_requests_timed_out (&requests, 30 * SECOND));
  requests.snubbed = TRUE;
  g_assert_false (bt_requests_got (&requests, &other, 31 * SECOND));
  g_assert_true (requests.snubbed);
  bt_requests_clear (&requests);
}

static void
test_snubbed_peer_gets_one_request_until_it_answers (void)
{
  BtBlock asked = block (0);
  BtRequests requests;

  bt_requests_init (&requests);
  requests.snubbed = TRUE;
  bt_requests_tune (&requests, 1 << 20, SECOND / 10, 3, SECOND);
  g_assert_cmpuint (bt_requests_room (&requests), ==, 1);
  bt_requests_asked (&requests, &asked, SECOND);
  g_assert_cmpuint (bt_requests_room (&requests), ==, 0);
  g_assert_true (bt_requests_got (&requests, &asked, 2 * SECOND));
  g_assert_false (requests.snubbed);
  bt_requests_tune (&requests, 1 << 20, SECOND / 10, 3, 3 * SECOND);
  g_assert_cmpuint (bt_requests_room (&requests), >, 1);
  bt_requests_clear (&requests);
}

static void
test_round_trip_is_smoothed (void)
{
  BtBlock asked = block (0);
  BtRequests requests;

  bt_requests_init (&requests);
  bt_requests_asked (&requests, &asked, 0);
  bt_requests_got (&requests, &asked, 80000);
  g_assert_cmpint (requests.round_trip, ==, 80000);
  bt_requests_asked (&requests, &asked, 0);
  bt_requests_got (&requests, &asked, 160000);
  g_assert_cmpint (requests.round_trip, ==, 90000);
  bt_requests_clear (&requests);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize seed = 1; seed <= 5; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/requests/any-operations-keep-the-queue/%" G_GSIZE_FORMAT, seed);

      g_test_add_data_func (path, GSIZE_TO_POINTER (seed), test_any_operations_keep_the_queue);
    }
  g_test_add_func ("/requests/match/only-the-very-block-counts", test_only_the_very_block_counts);
  g_test_add_func ("/requests/depth/slow-start-ends-when-the-rate-does-not-grow", test_slow_start_ends_when_the_rate_does_not_grow);
  g_test_add_func ("/requests/depth/follows-the-rate", test_depth_follows_the_rate);
  g_test_add_func ("/requests/depth/limit-is-the-peers-within-ours", test_limit_is_the_peers_within_ours);
  g_test_add_func ("/requests/depth/limit-of-one-holds-when-tuned", test_limit_of_one_holds_when_tuned);
  g_test_add_func ("/requests/time-out/silence", test_silence_times_out);
  g_test_add_func ("/requests/time-out/unasked-blocks-do-not-count-as-life", test_unasked_blocks_do_not_count_as_life);
  g_test_add_func ("/requests/time-out/snubbed-peer-gets-one-request-until-it-answers", test_snubbed_peer_gets_one_request_until_it_answers);
  g_test_add_func ("/requests/round-trip/is-smoothed", test_round_trip_is_smoothed);
  return g_test_run ();
}
