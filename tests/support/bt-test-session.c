/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-session.h"

void
bt_test_config_init (BtConfig *config)
{
  bt_config_init_defaults (config);
  g_assert_true (bt_addr_parse_ip (&config->bind_v4, "127.0.0.1"));
  config->bind_only = TRUE;
  config->stop_timeout = 5;
}

BtTestSession *
bt_test_session_new (const BtConfig *config)
{
  BtTestSession *self = g_new0 (BtTestSession, 1);
  g_autoptr (GError) error = NULL;
  BtConfig loopback;

  bt_test_config_init (&loopback);
  self->folder = bt_test_folder_new ();
  self->session = bt_session_new (config != NULL ? config : &loopback);
  bt_session_start (self->session, &error);
  g_assert_no_error (error);
  self->port = bt_session_get_port (self->session);
  return self;
}

BtTestSession *
bt_test_session_new_with_node (const char *const *places)
{
  BtConfig config;

  bt_test_config_init (&config);
  config.dht = TRUE;
  config.dht_bootstrap = places;
  return bt_test_session_new (&config);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  gboolean *stopped = data;

  *stopped = bt_session_stop_finish (BT_SESSION (object), result, NULL);
}

void
bt_test_session_free (BtTestSession *self)
{
  gboolean stopped = FALSE;

  bt_session_stop_async (self->session, stopped_cb, &stopped);
  bt_test_wait (stopped);
  bt_test_drain ();
  g_object_add_weak_pointer (G_OBJECT (self->session), (gpointer *) &self->session);
  g_object_unref (self->session);
  g_assert_null (self->session);
  bt_test_folder_free (self->folder);
  g_free (self);
}

static BtTorrent *
add (BtTestSession *self, const BtTestTorrent *torrent, BtTorrentState state)
{
  BtTorrentOptions options = { .folder = self->folder };
  g_autoptr (GError) error = NULL;
  BtTorrent *added = bt_session_add (self->session, torrent->metainfo, &options, &error);

  g_assert_no_error (error);
  bt_test_wait (bt_torrent_get_state (added) != BT_TORRENT_CHECKING);
  g_assert_cmpint (bt_torrent_get_state (added), ==, state);
  return added;
}

BtTorrent *
bt_test_session_seed (BtTestSession *self, const BtTestTorrent *torrent)
{
  bt_test_torrent_store (torrent, self->folder);
  return add (self, torrent, BT_TORRENT_SEEDING);
}

BtTorrent *
bt_test_session_leech (BtTestSession *self, const BtTestTorrent *torrent)
{
  return add (self, torrent, BT_TORRENT_DOWNLOADING);
}

BtMagnet *
bt_test_magnet_new (const BtTestTorrent *torrent, const char *more)
{
  g_autoptr (BtMagnet) bare = bt_magnet_new_for_hash (bt_metainfo_get_info_hash (torrent->metainfo), NULL);
  g_autofree char *link = bt_magnet_to_string (bare);
  g_autofree char *uri = g_strconcat (link, more, NULL);

  return bt_magnet_new (uri, NULL);
}

BtTorrent *
bt_test_session_add_magnet (BtTestSession *self, const BtTestTorrent *torrent, const char *more, gboolean ask_first)
{
  g_autoptr (BtMagnet) magnet = bt_test_magnet_new (torrent, more);
  BtTorrentOptions options = { .folder = self->folder, .ask_first = ask_first };
  g_autoptr (GError) error = NULL;
  BtTorrent *added = bt_session_add_magnet (self->session, magnet, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpint (bt_torrent_get_state (added), ==, BT_TORRENT_METADATA);
  g_assert_null (bt_torrent_get_metainfo (added));
  return added;
}

void
bt_test_torrent_meet_at (BtTorrent *torrent, const char *ip, guint16 port)
{
  BtAddr addr;

  g_assert_true (bt_addr_parse_ip (&addr, ip));
  addr.port = port;
  bt_torrent_add_peer (torrent, &addr);
}

void
bt_test_torrent_meet (BtTorrent *torrent, guint16 port)
{
  bt_test_torrent_meet_at (torrent, "127.0.0.1", port);
}

guint
bt_test_n_peers (BtTorrent *torrent)
{
  BtTorrentStats stats;

  bt_torrent_get_stats (torrent, &stats);
  return stats.n_peers;
}

guint32
bt_test_n_pieces (BtTorrent *torrent)
{
  return bt_torrent_peek_pieces (torrent)->n_set;
}
