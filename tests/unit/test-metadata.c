/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metadata.h"
#include "bt-sha.h"

#include "bt-test.h"

#define SECOND G_USEC_PER_SEC

/* Some metadata, and peers that answer what they are asked for. */
typedef struct
{
  BtMetadata *metadata;
  guint8 *bytes;
  guint32 size;
  guint8 hash[BT_SHA1_LENGTH];
  GArray *liars;
  gint64 now;
  guint n_wrong;  /* attempts that were checked and were wrong */
  gboolean done;
} World;

static World *
world_new (guint32 size)
{
  World *world = g_new0 (World, 1);

  world->metadata = bt_metadata_new ();
  world->bytes = g_malloc (size);
  world->size = size;
  world->now = SECOND;
  world->liars = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < size; i++)
    world->bytes[i] = (guint8) (i * 7 + i / 256);
  bt_sha1 (world->bytes, size, world->hash);
  return world;
}

static void
world_free (World *world)
{
  bt_metadata_free (world->metadata);
  g_array_unref (world->liars);
  g_free (world->bytes);
  g_free (world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static void
verify (World *world)
{
  BtMetadataWhole *whole;

  while ((whole = bt_metadata_take (world->metadata)) != NULL)
    {
      bt_metadata_whole_check (whole, world->hash, NULL);
      world->n_wrong += !whole->right;
      if (whole->right)
        {
          world->done = TRUE;
          g_assert_cmpmem (whole->bytes, whole->length, world->bytes, world->size);
        }
      bt_metadata_judge (world->metadata, whole, world->liars);
      bt_metadata_whole_free (whole);
    }
}

/* @size: what @peer believes the size to be; @wrong: one bit of its bytes is. */
static BtMetadataResult
answer (World *world, guint32 peer, guint32 piece, guint32 size, gboolean wrong)
{
  guint8 bytes[BT_METADATA_PIECE] = { 0 };
  guint32 begin = piece * BT_METADATA_PIECE;
  BtExtMetadata message = { .type = BT_EXT_METADATA_DATA, .piece = piece, .total_size = size, .data = bytes };
  BtMetadataResult result;

  message.length = bt_metadata_piece_size (size, piece);
  if (begin < world->size)
    memcpy (bytes, world->bytes + begin, MIN (message.length, world->size - begin));
  bytes[0] ^= wrong;
  result = bt_metadata_receive (world->metadata, peer, &message, world->now);
  if (result == BT_METADATA_COMPLETE)
    verify (world);
  return result;
}

static gboolean
is_liar (World *world, guint32 peer)
{
  for (guint i = 0; i < world->liars->len; i++)
    if (g_array_index (world->liars, guint32, i) == peer)
      return TRUE;
  return FALSE;
}

/* One piece asked of and answered by each peer in turn, until nobody is asked
 * any more. @bad: a bit for each peer that lies. */
static void
run (World *world, guint n_peers, guint bad)
{
  gboolean any = TRUE;

  for (guint round = 0; any && !world->done; round++)
    {
      g_assert_cmpuint (round, <, 10000);
      any = FALSE;
      for (guint32 peer = 1; peer <= n_peers && !world->done; peer++)
        {
          guint32 piece;

          if (is_liar (world, peer) || !bt_metadata_ask (world->metadata, peer, world->now, &piece))
            continue;
          any = TRUE;
          answer (world, peer, piece, world->size, (bad & (1u << peer)) != 0);
        }
      world->now += SECOND / 100;
    }
}

static void
test_of_any_size (gconstpointer data)
{
  g_autoptr (World) world = world_new (GPOINTER_TO_UINT (data));
  guint32 size;

  g_assert_true (bt_metadata_offer (world->metadata, 1, world->size));
  run (world, 1, 0);
  g_assert_true (world->done);
  g_assert_cmpuint (bt_metadata_progress (world->metadata, &size), ==, world->size);
  g_assert_cmpuint (size, ==, world->size);
}

static void
test_is_asked_of_all_at_once (void)
{
  g_autoptr (World) world = world_new (20 * BT_METADATA_PIECE);
  gboolean asked[20] = { FALSE };

  for (guint32 peer = 1; peer <= 4; peer++)
    {
      guint32 piece;
      guint n = 0;

      bt_metadata_offer (world->metadata, peer, world->size);
      while (bt_metadata_ask (world->metadata, peer, world->now, &piece))
        {
          g_assert_false (asked[piece]);
          asked[piece] = TRUE;
          n++;
        }
      g_assert_cmpuint (n, ==, 2);
    }
}

static void
test_asks_for_more_of_who_answers (void)
{
  g_autoptr (World) world = world_new (100 * BT_METADATA_PIECE);
  guint32 pieces[BT_METADATA_MAX_DEPTH + 1];
  guint n = 0;

  bt_metadata_offer (world->metadata, 1, world->size);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, pieces));
      g_assert_cmpint (answer (world, 1, pieces[0], world->size, FALSE), ==, BT_METADATA_TAKEN);
    }
  while (bt_metadata_ask (world->metadata, 1, world->now, &pieces[n]))
    n++;
  g_assert_cmpuint (n, ==, BT_METADATA_MAX_DEPTH);
}

static void
test_size_of_nothing_or_too_much (void)
{
  g_autoptr (World) world = world_new (1);
  guint32 piece;

  g_assert_false (bt_metadata_offer (world->metadata, 1, 0));
  g_assert_false (bt_metadata_offer (world->metadata, 1, BT_METADATA_MAX + 1));
  g_assert_true (bt_metadata_offer (world->metadata, 1, BT_METADATA_MAX));
  g_assert_false (bt_metadata_ask (world->metadata, 2, world->now, &piece));
}

static void
test_one_liar_alone_is_known_at_once (void)
{
  g_autoptr (World) world = world_new (3 * BT_METADATA_PIECE);

  bt_metadata_offer (world->metadata, 1, world->size);
  run (world, 1, 1u << 1);
  g_assert_false (world->done);
  g_assert_true (is_liar (world, 1));
  g_assert_false (bt_metadata_offer (world->metadata, 1, world->size));
}

/* @data: a bit for each of six peers that lies */
static void
test_liars_among_honest_ones (gconstpointer data)
{
  guint bad = GPOINTER_TO_UINT (data);
  g_autoptr (World) world = world_new (12 * BT_METADATA_PIECE + 5);

  for (guint32 peer = 1; peer <= 6; peer++)
    bt_metadata_offer (world->metadata, peer, world->size);
  run (world, 6, bad);
  g_assert_true (world->done);
  for (guint32 peer = 1; peer <= 6; peer++)
    if (!(bad & (1u << peer)))
      g_assert_false (is_liar (world, peer));
  /* All of them took part in the first attempt. */
  for (guint32 peer = 1; peer <= 6; peer++)
    if (bad & (1u << peer))
      g_assert_true (is_liar (world, peer));
  g_assert_cmpuint (world->n_wrong, <=, 1 + (guint) __builtin_popcount (bad));
}

static void
test_lie_about_the_size_hurts_nobody (void)
{
  g_autoptr (World) world = world_new (5 * BT_METADATA_PIECE);
  guint32 piece;

  bt_metadata_offer (world->metadata, 1, BT_METADATA_MAX);
  bt_metadata_offer (world->metadata, 2, 17);
  bt_metadata_offer (world->metadata, 3, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  g_assert_true (bt_metadata_ask (world->metadata, 2, world->now, &piece));
  answer (world, 2, piece, 17, FALSE);
  g_assert_true (is_liar (world, 2));
  while (!world->done && bt_metadata_ask (world->metadata, 3, world->now, &piece))
    answer (world, 3, piece, world->size, FALSE);
  g_assert_true (world->done);
}

static void
test_many_sizes_keep_nobody_out (void)
{
  g_autoptr (World) world = world_new (5 * BT_METADATA_PIECE);
  guint32 piece;

  for (guint32 peer = 1; peer <= 20; peer++)
    {
      bt_metadata_offer (world->metadata, peer, peer * BT_METADATA_PIECE + 1);
      bt_metadata_ask (world->metadata, peer, world->now, &piece);
    }
  bt_metadata_offer (world->metadata, 30, world->size);
  /* Nobody of the others answers. */
  for (guint i = 0; i < 60 && !world->done; i++)
    {
      world->now += SECOND;
      bt_metadata_tick (world->metadata, world->now);
      while (!world->done && bt_metadata_ask (world->metadata, 30, world->now, &piece))
        answer (world, 30, piece, world->size, FALSE);
    }
  g_assert_true (world->done);
}

/* Once each of those who claim a size is asked alone, for a few at a time,
 * nobody keeps a turn by claiming another. */
static void
test_who_changes_its_size_gives_its_turn_up (void)
{
  g_autoptr (World) world = world_new (2 * BT_METADATA_PIECE);
  guint32 first, second;

  bt_metadata_offer (world->metadata, 1, world->size);
  bt_metadata_offer (world->metadata, 2, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &first));
  g_assert_true (bt_metadata_ask (world->metadata, 2, world->now, &second));
  answer (world, 1, first, world->size, TRUE);
  answer (world, 2, second, world->size, FALSE);
  g_assert_cmpuint (world->n_wrong, ==, 1);
  for (guint32 peer = 1; peer <= 2; peer++)
    {
      g_assert_true (bt_metadata_ask (world->metadata, peer, world->now, &first));
      g_assert_true (bt_metadata_offer (world->metadata, peer, world->size + peer));
    }
  bt_metadata_offer (world->metadata, 3, world->size);
  while (!world->done && bt_metadata_ask (world->metadata, 3, world->now, &first))
    answer (world, 3, first, world->size, FALSE);
  g_assert_true (world->done);
}

static void
test_total_size_must_be_what_was_claimed (void)
{
  g_autoptr (World) world = world_new (5 * BT_METADATA_PIECE);
  guint32 piece;

  bt_metadata_offer (world->metadata, 1, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  g_assert_cmpint (answer (world, 1, piece, world->size + 1, FALSE), ==, BT_METADATA_LIE);
  g_assert_false (bt_metadata_ask (world->metadata, 1, world->now, &piece));
}

static void
test_piece_of_a_wrong_length (void)
{
  g_autoptr (World) world = world_new (5 * BT_METADATA_PIECE);
  BtExtMetadata message = { .type = BT_EXT_METADATA_DATA, .data = world->bytes, .length = 100 };

  bt_metadata_offer (world->metadata, 1, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &message.piece));
  g_assert_cmpint (bt_metadata_receive (world->metadata, 1, &message, world->now), ==, BT_METADATA_LIE);
}

static void
test_what_nobody_asked_for (void)
{
  g_autoptr (World) world = world_new (5 * BT_METADATA_PIECE);
  guint32 piece;

  g_assert_cmpint (answer (world, 9, 0, world->size, FALSE), ==, BT_METADATA_UNASKED);
  bt_metadata_offer (world->metadata, 1, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  g_assert_cmpint (answer (world, 1, piece + 1, world->size, FALSE), ==, BT_METADATA_UNASKED);
  g_assert_cmpint (answer (world, 1, piece, world->size, FALSE), ==, BT_METADATA_TAKEN);
  g_assert_cmpint (answer (world, 1, piece, world->size, FALSE), ==, BT_METADATA_UNASKED);
}

static void
test_who_says_no_is_left_alone_for_a_minute (void)
{
  g_autoptr (World) world = world_new (5 * BT_METADATA_PIECE);
  guint32 piece, again;

  bt_metadata_offer (world->metadata, 1, world->size);
  bt_metadata_offer (world->metadata, 2, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  bt_metadata_rejected (world->metadata, 1, piece, world->now);
  g_assert_false (bt_metadata_ask (world->metadata, 1, world->now + 59 * SECOND, &again));
  g_assert_true (bt_metadata_ask (world->metadata, 2, world->now, &again));
  g_assert_cmpuint (again, ==, piece);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now + 61 * SECOND, &again));
}

static void
test_silence_frees_what_was_asked (void)
{
  g_autoptr (World) world = world_new (2 * BT_METADATA_PIECE);
  guint32 piece;

  bt_metadata_offer (world->metadata, 1, world->size);
  bt_metadata_offer (world->metadata, 2, world->size);
  while (bt_metadata_ask (world->metadata, 1, world->now, &piece))
    ;
  g_assert_false (bt_metadata_ask (world->metadata, 2, world->now, &piece));
  /* After a while from two at once, the one asked for longest ago first. */
  g_assert_true (bt_metadata_ask (world->metadata, 2, world->now + 4 * SECOND, &piece));
  g_assert_cmpuint (piece, ==, 0);
  world->now += 11 * SECOND;
  bt_metadata_tick (world->metadata, world->now);
  g_assert_false (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  answer (world, 2, 0, world->size, FALSE);
  g_assert_true (bt_metadata_ask (world->metadata, 2, world->now, &piece));
  answer (world, 2, piece, world->size, FALSE);
  g_assert_true (world->done);
}

static void
test_who_leaves_frees_what_was_asked (void)
{
  g_autoptr (World) world = world_new (2 * BT_METADATA_PIECE);
  guint32 piece;

  bt_metadata_offer (world->metadata, 1, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  answer (world, 1, piece, world->size, FALSE);
  g_assert_true (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  bt_metadata_leave (world->metadata, 1);
  g_assert_false (bt_metadata_ask (world->metadata, 1, world->now, &piece));
  bt_metadata_offer (world->metadata, 2, world->size);
  g_assert_true (bt_metadata_ask (world->metadata, 2, world->now, &piece));
  g_assert_cmpuint (piece, ==, 1);
}

static void
test_hybrid_has_both_hashes (void)
{
  BtMetadataWhole whole = { .length = 20 };
  guint8 sha1[BT_SHA1_LENGTH], sha256[BT_SHA256_LENGTH];

  whole.bytes = (guint8 *) g_strdup ("d4:name1:aeeeeeeeeee");
  bt_sha1 (whole.bytes, 20, sha1);
  bt_sha256 (whole.bytes, 20, sha256);
  bt_metadata_whole_check (&whole, sha1, sha256);
  g_assert_true (whole.right);
  bt_metadata_whole_check (&whole, NULL, sha256);
  g_assert_true (whole.right);
  sha256[31] ^= 1;
  bt_metadata_whole_check (&whole, sha1, sha256);
  g_assert_false (whole.right);
  bt_metadata_whole_check (&whole, NULL, NULL);
  g_assert_false (whole.right);
  g_free (whole.bytes);
  g_free (whole.digests);
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 1, 16383, 16384, 16385, 1000000, 10 << 20 };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/metadata/of-any-size/%u", sizes[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (sizes[i]), test_of_any_size);
    }
  for (guint bad = 2; bad < 126; bad += 8)
    {
      g_autofree char *path = g_strdup_printf ("/metadata/liars-among-honest-ones/%u", bad);

      g_test_add_data_func (path, GUINT_TO_POINTER (bad), test_liars_among_honest_ones);
    }
  g_test_add_func ("/metadata/is-asked-of-all-at-once", test_is_asked_of_all_at_once);
  g_test_add_func ("/metadata/asks-for-more-of-who-answers", test_asks_for_more_of_who_answers);
  g_test_add_func ("/metadata/size-of-nothing-or-too-much", test_size_of_nothing_or_too_much);
  g_test_add_func ("/metadata/one-liar-alone-is-known-at-once", test_one_liar_alone_is_known_at_once);
  g_test_add_func ("/metadata/lie-about-the-size-hurts-nobody", test_lie_about_the_size_hurts_nobody);
  g_test_add_func ("/metadata/many-sizes-keep-nobody-out", test_many_sizes_keep_nobody_out);
  g_test_add_func ("/metadata/who-changes-its-size-gives-its-turn-up", test_who_changes_its_size_gives_its_turn_up);
  g_test_add_func ("/metadata/total-size-must-be-what-was-claimed", test_total_size_must_be_what_was_claimed);
  g_test_add_func ("/metadata/piece-of-a-wrong-length", test_piece_of_a_wrong_length);
  g_test_add_func ("/metadata/what-nobody-asked-for", test_what_nobody_asked_for);
  g_test_add_func ("/metadata/who-says-no-is-left-alone-for-a-minute", test_who_says_no_is_left_alone_for_a_minute);
  g_test_add_func ("/metadata/silence-frees-what-was-asked", test_silence_frees_what_was_asked);
  g_test_add_func ("/metadata/who-leaves-frees-what-was-asked", test_who_leaves_frees_what_was_asked);
  g_test_add_func ("/metadata/hybrid-has-both-hashes", test_hybrid_has_both_hashes);
  return g_test_run ();
}
