/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-engine.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

G_BEGIN_DECLS

/**
 * BtTestSession:
 *
 * A session on loopback with a folder of its own.
 */
typedef struct
{
  BtSession *session;
  BtTestFolder *folder;
  guint16 port;
} BtTestSession;

/* What a session on loopback alone begins with. */
void           bt_test_config_init  (BtConfig *config);
/* @config: (nullable) */
BtTestSession *bt_test_session_new  (const BtConfig *config);
/* ... with a node of the DHT, which begins at @places, "host:port" each, and nowhere else. */
BtTestSession *bt_test_session_new_with_node (const char *const *places);
/* Stops it and asserts that nothing of it is left. */
void           bt_test_session_free (BtTestSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTestSession, bt_test_session_free)

/* Adds it with all of its data there; returns when it is seeding. */
BtTorrent *bt_test_session_seed  (BtTestSession *self, const BtTestTorrent *torrent);
/* Adds it with nothing there; returns when it is downloading. */
BtTorrent *bt_test_session_leech (BtTestSession *self, const BtTestTorrent *torrent);
/* @more: what its link has behind the hash, from the first "&" on */
BtMagnet  *bt_test_magnet_new    (const BtTestTorrent *torrent, const char *more);
/* Adds its link to a folder with nothing there. */
BtTorrent *bt_test_session_add_magnet (BtTestSession *self, const BtTestTorrent *torrent, const char *more, gboolean ask_first);
/* Tells it of a peer on a port of this machine. */
void       bt_test_torrent_meet  (BtTorrent *torrent, guint16 port);
void       bt_test_torrent_meet_at (BtTorrent *torrent, const char *ip, guint16 port);
guint      bt_test_n_peers       (BtTorrent *torrent);
guint32    bt_test_n_pieces      (BtTorrent *torrent);

G_END_DECLS
