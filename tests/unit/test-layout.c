/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-layout.h"
#include "bt-rng.h"
#include "bt-test-torrent.h"
#include "bt-test.h"

static BtLayout *
make_layout (const BtTestSpec *spec)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (spec);

  return bt_layout_new (torrent->metainfo);
}

typedef struct
{
  const char *name;
  guint64 length;
  guint32 piece_length;
  guint32 n_pieces;
  guint32 last_size;
  guint32 last_blocks;
  guint32 last_block;
} SizesRow;

static const SizesRow sizes_rows[] = {
  { "one-byte", 1, 16384, 1, 1, 1, 1 },
  { "one-block", 16384, 16384, 1, 16384, 1, 16384 },
  { "one-byte-more", 16385, 32768, 1, 16385, 2, 1 },
  { "whole-pieces", 65536, 32768, 2, 32768, 2, 16384 },
  { "a-byte-short", 65535, 32768, 2, 32767, 2, 16383 },
  { "pieces-below-a-block", 10000, 4096, 3, 1808, 1, 1808 },
  { "a-tebibyte", G_GUINT64_CONSTANT (1) << 40, 1u << 23, 131072, 1u << 23, 512, 16384 },
};

static void
test_sizes (gconstpointer data)
{
  const SizesRow *row = data;
  BtTestSpec spec = { .piece_length = row->piece_length, .length = row->length, .no_content = TRUE };
  g_autoptr (BtLayout) layout = make_layout (&spec);
  guint32 last = row->n_pieces - 1;
  BtBlock block = { last, (row->last_blocks - 1) * BT_BLOCK_SIZE, row->last_block };

  g_assert_cmpuint (layout->n_pieces, ==, row->n_pieces);
  g_assert_cmpuint (bt_layout_piece_size (layout, last), ==, row->last_size);
  g_assert_cmpuint (bt_layout_n_blocks (layout, last), ==, row->last_blocks);
  g_assert_cmpuint (bt_layout_block_size (layout, last, row->last_blocks - 1), ==, row->last_block);
  g_assert_true (bt_layout_is_block (layout, &block));
}

typedef struct
{
  const char *name;
  BtBlock block;
  gboolean inside;
  gboolean is_block;
} BlockRow;

/* Of two pieces: 32 KiB and 20000 bytes. */
static const BlockRow block_rows[] = {
  { "first", { 0, 0, 16384 }, TRUE, TRUE },
  { "second", { 0, 16384, 16384 }, TRUE, TRUE },
  { "last", { 1, 16384, 3616 }, TRUE, TRUE },
  { "odd-offset", { 0, 1, 100 }, TRUE, FALSE },
  { "short-in-the-middle", { 0, 0, 16383 }, TRUE, FALSE },
  { "two-at-once", { 0, 0, 32768 }, TRUE, FALSE },
  { "last-too-long", { 1, 16384, 3617 }, FALSE, FALSE },
  { "nothing", { 0, 0, 0 }, FALSE, FALSE },
  { "begins-at-the-end", { 0, 32768, 1 }, FALSE, FALSE },
  { "begins-past-the-end", { 0, 32769, 1 }, FALSE, FALSE },
  { "no-such-piece", { 2, 0, 1 }, FALSE, FALSE },
  { "piece-wraps", { G_MAXUINT32, 0, 1 }, FALSE, FALSE },
  { "sum-wraps", { 0, 16384, G_MAXUINT32 - 16383 }, FALSE, FALSE },
  { "begin-wraps", { 0, G_MAXUINT32, 2 }, FALSE, FALSE },
};

static void
test_block (gconstpointer data)
{
  const BlockRow *row = data;
  BtTestSpec spec = { .piece_length = 32768, .length = 52768 };
  g_autoptr (BtLayout) layout = make_layout (&spec);

  g_assert_cmpint (bt_layout_contains (layout, &row->block), ==, row->inside);
  g_assert_cmpint (bt_layout_is_block (layout, &row->block), ==, row->is_block);
}

static const BtTestFile files[] = {
  { .path = "empty first", .length = 0 },
  { .path = "a", .length = 1 },
  { .path = "b", .length = 40000 },
  { .path = "empty between", .length = 0 },
  { .path = "another empty", .length = 0 },
  { .path = "c", .length = 25535 },
  { .path = ".pad/100", .length = 100, .attr = "p" },
  { .path = "d", .length = 30000 },
  { .path = "empty last", .length = 0 },
};

static void
test_spans_cover_every_range_once (void)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };
  g_autoptr (BtLayout) layout = make_layout (&spec);
  BtRng rng;

  bt_rng_seed (&rng, 1);
  for (guint i = 0; i < 5000; i++)
    {
      guint64 offset = bt_rng_below (&rng, (guint32) layout->total);
      guint32 length = 1 + bt_rng_below (&rng, (guint32) (layout->total - offset));
      guint64 at = offset;
      BtSpan span;

      while (bt_layout_span (layout, at, (guint32) (offset + length - at), &span))
        {
          const BtFileInfo *info = bt_metainfo_get_file (layout->metainfo, span.file);

          g_assert_cmpuint (info->offset + span.offset, ==, at);
          g_assert_cmpuint (span.length, >, 0);
          g_assert_cmpuint (span.offset + span.length, <=, info->length);
          g_assert_cmpint (span.pad, ==, (info->flags & BT_FILE_PAD) != 0);
          at += span.length;
        }
      g_assert_cmpuint (at, ==, offset + length);
    }
}

static void
test_find_file_never_finds_an_empty_one (void)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };
  g_autoptr (BtLayout) layout = make_layout (&spec);

  for (guint64 offset = 0; offset < layout->total; offset++)
    {
      const BtFileInfo *info = bt_metainfo_get_file (layout->metainfo, bt_layout_find_file (layout, offset));

      g_assert_true (offset >= info->offset && offset - info->offset < info->length);
    }
}

static void
test_file_pieces_are_those_with_its_bytes (void)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };
  g_autoptr (BtLayout) layout = make_layout (&spec);

  for (guint i = 0; i < layout->n_files; i++)
    {
      const BtFileInfo *info = bt_metainfo_get_file (layout->metainfo, i);
      guint32 first, last;

      g_assert_cmpint (bt_layout_file_pieces (layout, i, &first, &last), ==, info->length > 0);
      if (info->length == 0)
        continue;
      g_assert_cmpuint (first, ==, info->offset / 32768);
      g_assert_cmpuint (last, ==, (info->offset + info->length - 1) / 32768);
      g_assert_cmpuint (last, <, layout->n_pieces);
    }
}

/* Version 2 begins every file at a piece; the metainfo has pads for what is
 * between, so its byte space has no gaps either. */
static void
test_version_2_has_no_gaps (void)
{
  static const BtTestFile v2_files[] = {
    { .path = "a", .length = 100 },
    { .path = "b", .length = 0 },
    { .path = "c", .length = 50 },
    { .path = "d", .length = 16384 },
    { .path = "e", .length = 7 },
    { .path = "f", .length = 0 },
  };
  g_autoptr (BtMetainfo) metainfo = bt_test_metainfo_new_v2 (16384, v2_files, G_N_ELEMENTS (v2_files));
  g_autoptr (BtLayout) layout = bt_layout_new (metainfo);
  guint64 real = 0;
  BtSpan span;

  for (guint64 offset = 0; offset < layout->total; offset += span.length)
    {
      const BtFileInfo *info;

      g_assert_true (bt_layout_span (layout, offset, G_MAXUINT32, &span));
      info = bt_metainfo_get_file (metainfo, span.file);
      g_assert_cmpuint (span.offset, ==, 0);
      g_assert_cmpuint (span.length, ==, info->length);
      real += span.pad ? 0 : span.length;
    }
  g_assert_cmpuint (real, ==, 100 + 50 + 16384 + 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/layout/sizes", sizes_rows, test_sizes);
  BT_TEST_ADD_ROWS ("/layout/block", block_rows, test_block);
  g_test_add_func ("/layout/span/covers-every-range-once", test_spans_cover_every_range_once);
  g_test_add_func ("/layout/span/version-2-has-no-gaps", test_version_2_has_no_gaps);
  g_test_add_func ("/layout/file/never-an-empty-one", test_find_file_never_finds_an_empty_one);
  g_test_add_func ("/layout/file/its-pieces-are-those-with-its-bytes", test_file_pieces_are_those_with_its_bytes);
  return g_test_run ();
}
