/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-disk-jobs.h"
#include "bt-sha.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <string.h>

/* The two ways of a piece: hashed and written, and read again for peers from
 * the page cache. Each beside what it cannot be faster than. */

#define PIECE (1u << 20)
#define N_PIECES 256u
#define THREADS 2u
/* Blocks that a seed reads at once. */
#define RUN (256u << 10)

static guint n_done;

static void
written_cb (BtDiskJob *job)
{
  g_assert_cmpint (((BtWriteJob *) job)->result, ==, BT_PIECE_WRITTEN);
  bt_write_job_free ((BtWriteJob *) job);
  n_done++;
}

/* MiB a second of hashing alone, on one thread. */
static double
hash_alone (const BtTestTorrent *content)
{
  double began = bench_now ();
  guint8 digest[BT_SHA1_LENGTH];

  for (guint i = 0; i < N_PIECES; i++)
    bt_sha1 (content->content + (gsize) i * PIECE, PIECE, digest);
  return N_PIECES / (bench_now () - began);
}

static double
hash_and_write (const BtTestTorrent *content, BtFileSet *files, BtLayout *layout)
{
  BtDisk *disk = bt_disk_new (NULL, THREADS);
  double began = bench_now ();

  n_done = 0;
  for (guint32 i = 0; i < N_PIECES; i++)
    bt_disk_push (disk, &bt_write_job_new (files, layout, i, content->content + (gsize) i * PIECE, written_cb)->job, BT_DISK_URGENT);
  bt_test_wait (n_done == N_PIECES);
  began = bench_now () - began;
  bt_disk_free (disk);
  return N_PIECES / began;
}

static double
copy_alone (const BtTestTorrent *content, guint8 *buffer)
{
  double began = bench_now ();

  for (gsize offset = 0; offset < content->length; offset += RUN)
    memcpy (buffer, content->content + offset, RUN);
  return N_PIECES / (bench_now () - began);
}

static double
read_again (const BtTestTorrent *content, BtFileSet *files, guint8 *buffer)
{
  double began = bench_now ();

  for (gsize offset = 0; offset < content->length; offset += RUN)
    g_assert_cmpuint (bt_file_set_read_cached (files, offset, buffer, RUN), ==, RUN);
  return N_PIECES / (bench_now () - began);
}

int
main (void)
{
  const BtTestSpec spec = { .name = "bench", .piece_length = PIECE, .length = (guint64) N_PIECES * PIECE };
  BtTestTorrent *content = bt_test_torrent_new (&spec);
  BtLayout *layout = bt_layout_new (content->metainfo);
  BtFileCache *cache = bt_file_cache_new (16);
  g_autofree char *folder = g_dir_make_tmp ("freshet-bench-XXXXXX", NULL);
  g_autofree guint8 *buffer = g_malloc (RUN);
  BtFileSet *files = bt_file_set_new (layout, folder, cache);
  double hash, write, copy, read;
  gboolean good;

  hash = hash_alone (content);
  write = hash_and_write (content, files, layout);
  read_again (content, files, buffer);
  read = read_again (content, files, buffer);
  copy = copy_alone (content, buffer);
  g_print ("hashing alone %.0f MiB/s, hashing and writing on two threads %.0f; copying %.0f, reading for peers %.0f\n",
           hash, write, copy, read);
  good = bench_above ("hash and write, by hashing on one thread", write / hash, 0.5, "");
  good &= bench_above ("read for peers, by copying", read / copy, 0.2, "");
  bt_file_set_unref (files);
  bt_file_cache_unref (cache);
  bt_layout_unref (layout);
  bt_test_torrent_free (content);
  bt_test_delete (folder);
  return good ? 0 : 1;
}
