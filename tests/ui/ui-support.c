/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"
#include "freshet-sample.h"
#include "ui-support.h"

/* Seconds: a machine may be ten times as slow as another, and a sanitizer too. */
#define PATIENCE 120

static gboolean
too_late_cb (gpointer data)
{
  g_error ("Waited too long");
  return G_SOURCE_REMOVE;
}

void
ui_wait (UiCondition condition, gpointer data)
{
  guint source = g_timeout_add_seconds (PATIENCE, too_late_cb, NULL);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

static gboolean
has_passed (gpointer data)
{
  return g_get_monotonic_time () > *(gint64 *) data;
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
ui_rest (void)
{
  gint64 until = g_get_monotonic_time () + G_USEC_PER_SEC;
  guint source = g_timeout_add (50, wake_cb, NULL);

  ui_wait (has_passed, &until);
  g_source_remove (source);
}

void
ui_result_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  GAsyncResult **out = data;

  *out = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  GAsyncResult **result = data;

  return *result != NULL;
}

GAsyncResult *
ui_wait_result (GAsyncResult **result)
{
  ui_wait (has_result, result);
  return g_steal_pointer (result);
}

void
ui_library_open (FreshetLibrary *library, const char *folder)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_library_open_async (library, folder, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_assert_true (freshet_library_open_finish (library, result));
}

FreshetLibrary *
ui_library_new (void)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  FreshetLibrary *library = freshet_library_new ();
  g_autoptr (GError) error = NULL;
  BtConfig config;

  bt_config_init_defaults (&config);
  bt_addr_init_v4 (&config.bind_v4, loopback, 0);
  config.bind_only = TRUE;
  config.stop_timeout = 5;
  freshet_library_start (library, &config, &error);
  g_assert_no_error (error);
  return library;
}

void
ui_library_close (FreshetLibrary *library)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  freshet_library_stop_async (library, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_library_stop_finish (library, result, &error);
  g_assert_no_error (error);
  g_object_unref (library);
}

BtMetainfo *
ui_metainfo_new (const char *name, guint64 size)
{
  const guint piece_length = 256 << 10;
  gsize n_hashes = (gsize) ((size + piece_length - 1) / piece_length) * BT_SHA1_LENGTH;
  g_autofree guint8 *hashes = g_malloc0 (n_hashes);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  BtBencodeWriter writer;
  BtMetainfo *metainfo;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "length");
  bt_bencode_write_integer (&writer, (gint64) size);
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, name);
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, piece_length);
  bt_bencode_write_key (&writer, "pieces");
  bt_bencode_write_string (&writer, hashes, n_hashes);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  metainfo = bt_metainfo_new (bytes, &error);
  g_assert_no_error (error);
  return metainfo;
}

char *
ui_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("freshet-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
ui_folder_remove (char *folder)
{
  g_autoptr (GError) error = NULL;

  freshet_sample_remove_folder (folder, &error);
  g_assert_no_error (error);
  g_free (folder);
}
