/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "store-support.h"

#include <string.h>

#include "ui-support.h"

void
store_open (StoreFixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  fixture->store = freshet_store_new (fixture->folder);
  freshet_store_open_async (fixture->store, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_clear_pointer (&fixture->contents, freshet_store_contents_free);
  fixture->contents = freshet_store_open_finish (fixture->store, result);
}

void
store_close (StoreFixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_close_async (fixture->store, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_assert_true (freshet_store_close_finish (fixture->store, result));
  g_clear_object (&fixture->store);
}

gboolean
store_flush (StoreFixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_flush_async (fixture->store, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  return freshet_store_flush_finish (fixture->store, result);
}

void
store_set_up (StoreFixture *fixture, gconstpointer data)
{
  fixture->folder = ui_folder_new ();
  store_open (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_FINE);
  g_assert_cmpuint (fixture->contents->records->len, ==, 0);
}

void
store_tear_down (StoreFixture *fixture, gconstpointer data)
{
  if (fixture->store != NULL)
    store_close (fixture);
  g_clear_pointer (&fixture->contents, freshet_store_contents_free);
  ui_folder_remove (fixture->folder);
}

BtMetainfo *
store_metainfo (guint i)
{
  g_autofree char *name = g_strdup_printf ("torrent %u", i);

  return ui_metainfo_new (name, 1000000 + i);
}

void
store_put_torrent (StoreFixture *fixture, guint i)
{
  g_autoptr (BtMetainfo) metainfo = store_metainfo (i);
  g_autoptr (FreshetTorrentRecord) record = freshet_torrent_record_new ();
  g_autoptr (GBytes) resume = g_bytes_new_static ("a record", 8);

  memcpy (record->hash, bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
  freshet_torrent_record_set_folder (record, "/somewhere");
  freshet_torrent_record_set_metainfo (record, metainfo);
  record->position = i;
  record->wanted = 1000000 + i;
  record->verified = i;
  freshet_store_put (fixture->store, record);
  freshet_store_put_metainfo (fixture->store, record->hash, bt_metainfo_get_bytes (metainfo));
  freshet_store_put_resume (fixture->store, record->hash, resume, FALSE);
}

void
store_put_many (StoreFixture *fixture)
{
  for (guint i = 0; i < STORE_N_TORRENTS; i++)
    store_put_torrent (fixture, i);
}

void
store_assert_many (StoreFixture *fixture)
{
  g_assert_cmpuint (fixture->contents->records->len, ==, STORE_N_TORRENTS);
  for (guint i = 0; i < STORE_N_TORRENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("torrent %u", i);
      const FreshetTorrentRecord *record = fixture->contents->records->pdata[i];

      g_assert_cmpstr (record->name, ==, name);
      g_assert_cmpuint (record->verified, ==, i);
      g_assert_cmpstr (record->folder, ==, "/somewhere");
    }
}

FreshetStoreTorrent *
store_load (StoreFixture *fixture, guint i)
{
  g_autoptr (BtMetainfo) metainfo = store_metainfo (i);
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_load_async (fixture->store, bt_metainfo_get_info_hash (metainfo), ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  return freshet_store_load_finish (fixture->store, result, NULL);
}
