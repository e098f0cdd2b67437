/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blocklist-file.h"
#include "bt-error.h"
#include "bt-test-loop.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  BtTestFolder *folder;
  char *path;
  BtDisk *disk;
  BtBlocklistJob *done;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = bt_test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "list", NULL);
  fixture->disk = bt_disk_new (g_main_context_default (), 1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->done, bt_blocklist_job_free);
  bt_disk_free (fixture->disk);
  g_free (fixture->path);
  bt_test_folder_free (fixture->folder);
}

static void
done_cb (BtDiskJob *job)
{
  BtBlocklistJob *self = (BtBlocklistJob *) job;

  ((Fixture *) self->owner)->done = self;
}

static const BtBlocklistJob *
load (Fixture *fixture)
{
  BtBlocklistJob *job = bt_blocklist_job_new (fixture->path, done_cb);

  g_clear_pointer (&fixture->done, bt_blocklist_job_free);
  job->owner = fixture;
  bt_disk_push (fixture->disk, &job->job, BT_DISK_URGENT);
  bt_test_wait (fixture->done != NULL);
  g_assert_true ((job->list == NULL) == (job->error != NULL));
  return job;
}

static void
store (Fixture *fixture, const void *bytes, gsize length)
{
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) length, NULL));
}

static GBytes *
deflate (const void *bytes, gsize length)
{
  g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, converter);

  g_assert_true (g_output_stream_write_all (stream, bytes, length, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
store_deflated (Fixture *fixture, const char *text)
{
  g_autoptr (GBytes) bytes = deflate (text, strlen (text));

  store (fixture, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Many lines, that no two reads cut at the same place. */
static GString *
long_list (guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "Number %u:10.%u.%u.0-10.%u.%u.%u\n", i * i, i >> 8, i & 255, i >> 8, i & 255, i % 200);
  return text;
}

static void
test_reads_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = long_list (20000);

  store (fixture, text->str, text->len);
  g_assert_cmpuint (bt_blocklist_n_ranges (load (fixture)->list), ==, 20000);
  g_assert_cmpuint (bt_blocklist_n_skipped (fixture->done->list), ==, 0);
}

static void
test_reads_gzip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = long_list (20000);

  store_deflated (fixture, text->str);
  g_assert_cmpuint (bt_blocklist_n_ranges (load (fixture)->list), ==, 20000);
  g_assert_cmpuint (bt_blocklist_n_skipped (fixture->done->list), ==, 0);
}

static void
test_reads_streams_behind_each_other (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) first = deflate ("1.2.3.4\n5.6", 11);
  g_autoptr (GBytes) none = deflate ("", 0);
  g_autoptr (GBytes) second = deflate (".7.8\n", 5);
  g_autoptr (GByteArray) all = g_byte_array_new ();

  g_byte_array_append (all, g_bytes_get_data (first, NULL), (guint) g_bytes_get_size (first));
  g_byte_array_append (all, g_bytes_get_data (none, NULL), (guint) g_bytes_get_size (none));
  g_byte_array_append (all, g_bytes_get_data (second, NULL), (guint) g_bytes_get_size (second));
  g_byte_array_append (all, (const guint8 *) "\0\0\0\0padding", 11);
  store (fixture, all->data, all->len);
  g_assert_cmpuint (bt_blocklist_n_ranges (load (fixture)->list), ==, 2);
}

static void
test_empty_file_is_a_list (Fixture *fixture, gconstpointer data)
{
  store (fixture, "", 0);
  g_assert_cmpuint (bt_blocklist_n_ranges (load (fixture)->list), ==, 0);
  store (fixture, "# nobody\n", 9);
  g_assert_cmpuint (bt_blocklist_n_ranges (load (fixture)->list), ==, 0);
  store_deflated (fixture, "");
  g_assert_cmpuint (bt_blocklist_n_ranges (load (fixture)->list), ==, 0);
}

static void
test_file_cut_short_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = long_list (3000);
  g_autoptr (GBytes) bytes = deflate (text->str, text->len);
  gsize size = g_bytes_get_size (bytes);

  for (gsize length = 2; length < size; length += 1 + length / 7)
    {
      store (fixture, g_bytes_get_data (bytes, NULL), length);
      g_assert_error (load (fixture)->error, BT_ERROR, BT_ERROR_TRUNCATED);
    }
}

static void
test_damaged_file_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = long_list (3000);
  g_autoptr (GBytes) bytes = deflate (text->str, text->len);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  memset (copy + 200, 0xff, 50);
  store (fixture, copy, g_bytes_get_size (bytes));
  g_assert_error (load (fixture)->error, BT_ERROR, BT_ERROR_MALFORMED);
}

static void
test_something_else_is_refused (Fixture *fixture, gconstpointer data)
{
  static const char page[] = "<html>\n<body>404: not found</body>\n</html>\n";

  store (fixture, page, strlen (page));
  g_assert_error (load (fixture)->error, BT_ERROR, BT_ERROR_MALFORMED);
  store_deflated (fixture, page);
  g_assert_error (load (fixture)->error, BT_ERROR, BT_ERROR_MALFORMED);
}

/* A few hundred kilobytes that would be much more. */
static void
test_bomb_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *zeros = g_malloc0 (BT_BLOCKLIST_MAX_BYTES + 1);
  g_autoptr (GBytes) bytes = deflate (zeros, BT_BLOCKLIST_MAX_BYTES + 1);

  store (fixture, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_error (load (fixture)->error, BT_ERROR, BT_ERROR_TOO_LARGE);
}

static void
test_missing_file_is_an_error (Fixture *fixture, gconstpointer data)
{
  g_assert_error (load (fixture)->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_folder_and_pipe_are_refused (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  g_assert_error (load (fixture)->error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_unlink (fixture->path);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  g_assert_error (load (fixture)->error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

#define ADD(path, function) g_test_add ("/blocklist-file/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("reads/text", test_reads_text);
  ADD ("reads/gzip", test_reads_gzip);
  ADD ("reads/streams-behind-each-other", test_reads_streams_behind_each_other);
  ADD ("reads/empty-file-is-a-list", test_empty_file_is_a_list);
  ADD ("refuses/file-cut-short", test_file_cut_short_is_refused);
  ADD ("refuses/damaged-file", test_damaged_file_is_refused);
  ADD ("refuses/something-else", test_something_else_is_refused);
  ADD ("refuses/bomb", test_bomb_is_refused);
  ADD ("refuses/missing-file", test_missing_file_is_an_error);
  ADD ("refuses/folder-and-pipe", test_folder_and_pipe_are_refused);
  return g_test_run ();
}
