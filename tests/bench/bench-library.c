/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-bencode.h"
#include "bt-resume.h"
#include "freshet-filter.h"
#include "freshet-library.h"
#include "freshet-sample.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A library of ten thousand torrents that begins: how long until all are in
 * the list, what each costs, and what it does while nothing happens. */

#define N_TORRENTS 10000u
#define N_PIECES 400u
#define SECONDS 5
#define N_LABELS 20u
#define N_SEARCHES 40u

/* What libtorrent 2.0's session needs for the same number, stopped; measured
 * here: 0.16 s for a thousand. */
#define BAR_SECONDS (0.16 * N_TORRENTS / 1000)

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
private_kib (void)
{
  g_autofree char *text = NULL;
  unsigned long pages = 0, resident = 0, shared = 0;

  malloc_trim (0);
  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%lu %lu %lu", &pages, &resident, &shared) != 3)
    return 0;
  return (double) (resident - shared) * (double) sysconf (_SC_PAGESIZE) / 1024;
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static BtMetainfo *
make_metainfo (guint number)
{
  g_autofree guint8 *hashes = g_malloc0 (N_PIECES * BT_SHA1_LENGTH);
  g_autofree char *name = g_strdup_printf ("Some Distribution 12.%u for a machine, disc 1 of 1.iso", number);
  g_autoptr (GBytes) bytes = NULL;
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "announce");
  bt_bencode_write_text (&writer, number % 2 ? "http://tracker.example.org/announce" : "udp://other.example.net:6969/announce");
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "length");
  bt_bencode_write_integer (&writer, (gint64) N_PIECES << 20);
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, name);
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, 1 << 20);
  bt_bencode_write_key (&writer, "pieces");
  bt_bencode_write_string (&writer, hashes, N_PIECES * BT_SHA1_LENGTH);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  return bt_metainfo_new (bytes, NULL);
}

static void
put (FreshetStore *store, guint number)
{
  g_autoptr (BtMetainfo) metainfo = make_metainfo (number);
  g_autoptr (FreshetTorrentRecord) record = freshet_torrent_record_new ();
  g_autoptr (BtResume) resume = bt_resume_new (metainfo, bt_metainfo_get_info_hash (metainfo));
  g_autoptr (GBytes) bytes = NULL;

  memcpy (record->hash, bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
  freshet_torrent_record_set_folder (record, "/home/somebody/Downloads");
  freshet_torrent_record_set_metainfo (record, metainfo);
  record->position = number;
  record->wanted = record->verified = record->size;
  record->added = 1700000000;
  record->paused = TRUE;
  resume->checked = resume->clean = TRUE;
  bt_bitfield_set_all (&resume->have);
  bytes = bt_resume_encode (resume);
  freshet_store_put (store, record);
  freshet_store_put_metainfo (store, record->hash, bt_metainfo_get_bytes (metainfo));
  freshet_store_put_resume (store, record->hash, bytes, FALSE);
}

/* In a process of its own, whose memory is no matter. */
static int
make (const char *folder)
{
  g_autoptr (FreshetStore) store = freshet_store_new (folder);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;

  freshet_store_open_async (store, result_cb, &opened);
  wait_for (&opened);
  freshet_store_contents_free (freshet_store_open_finish (store, opened));
  for (guint i = 0; i < N_TORRENTS; i++)
    put (store, i);
  freshet_store_close_async (store, result_cb, &closed);
  wait_for (&closed);
  return 0;
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static double
idle_percent (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  double cpu;

  /* What was begun with the start comes to an end first: the check of the database. */
  g_timeout_add_seconds (SECONDS, quit_cb, loop);
  g_main_loop_run (loop);
  cpu = cpu_seconds ();
  g_timeout_add_seconds (SECONDS, quit_cb, loop);
  g_main_loop_run (loop);
  return (cpu_seconds () - cpu) / SECONDS * 100;
}

/* The library's own, which another one with nothing in it has too. */
static FreshetLibrary *
begin (const char *folder, double *seconds)
{
  FreshetLibrary *library = freshet_library_new ();
  g_autoptr (GAsyncResult) opened = NULL;
  BtConfig config;
  double start;

  bt_config_init_defaults (&config);
  bt_addr_parse_ip (&config.bind_v4, "127.0.0.1");
  config.bind_only = TRUE;
  config.stop_timeout = 1;
  if (!freshet_library_start (library, &config, NULL))
    g_error ("The library cannot start");
  start = bench_now ();
  freshet_library_open_async (library, folder, result_cb, &opened);
  wait_for (&opened);
  *seconds = bench_now () - start;
  return library;
}

static void
end (FreshetLibrary *library)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  freshet_library_stop_async (library, result_cb, &stopped);
  wait_for (&stopped);
  g_object_unref (library);
}

/* With up to three words, which are looked for in names, labels and trackers. The
 * first search makes the keys of names, which the view does before. */
static double
search_milliseconds (FreshetLibrary *library)
{
  static const char *const texts[] = { "torrent 99 label", "tracker label", "nowhere at all", "9 example label" };
  GListModel *list = G_LIST_MODEL (library);
  double times[N_SEARCHES];
  guint n_found = 0;

  for (guint i = 0; i < N_LABELS; i++)
    {
      g_autofree char *name = g_strdup_printf ("A label %u", i);
      gint64 id = freshet_library_put_label (library, 0, name, "#ff0000", NULL);

      for (guint k = i; k < N_TORRENTS; k += 4 * N_LABELS)
        {
          g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (list, k);

          freshet_library_set_label (library, item, id, TRUE);
        }
    }
  for (guint i = 0; i < N_SEARCHES; i++)
    {
      FreshetFilter filter = { 0 };
      double start = bench_now ();

      freshet_filter_set_text (&filter, texts[i % G_N_ELEMENTS (texts)], freshet_library_peek_labels (library));
      for (guint k = 0; k < N_TORRENTS; k++)
        {
          g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (list, k);

          n_found += freshet_filter_matches (&filter, item);
        }
      freshet_filter_clear (&filter);
      times[i] = (bench_now () - start) * 1000;
    }
  g_assert_cmpuint (n_found, >, 0);
  return bench_median (times, N_SEARCHES);
}

static gboolean
measure (const char *folder, const char *empty)
{
  double seconds, without, kib, idle, search, longest = 0, last;
  FreshetLibrary *library = begin (empty, &seconds);
  gboolean met;

  without = private_kib ();
  end (library);
  library = begin (folder, &seconds);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (library)), ==, N_TORRENTS);
  idle = idle_percent ();
  kib = private_kib ();
  search = search_milliseconds (library);
  last = bench_now ();
  end (library);
  longest = bench_now () - last;
  met = bench_below ("10,000 torrents are in the list after", seconds, BAR_SECONDS, "s");
  met &= bench_below ("memory of an idle torrent", (kib - without) / N_TORRENTS, 4, "KiB");
  met &= bench_below ("processor time while nothing happens", idle, 0.5, "%");
  met &= bench_below ("a search among 10,000", search, 8, "ms");
  return bench_below ("the end", longest, 3, "s") && met;
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  g_autofree char *empty = NULL;
  char *maker[] = { argv[0], NULL, NULL };
  gboolean met;
  int status = 1;

  if (argc == 2)
    return make (argv[1]);
  folder = g_dir_make_tmp ("freshet-bench-XXXXXX", NULL);
  empty = g_dir_make_tmp ("freshet-bench-XXXXXX", NULL);
  maker[1] = folder;
  if (!g_spawn_sync (NULL, maker, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL) || status != 0)
    g_error ("The library could not be made");
  met = measure (folder, empty);
  freshet_sample_remove_folder (folder, NULL);
  freshet_sample_remove_folder (empty, NULL);
  return met ? 0 : 1;
}
