/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-store.h"

G_BEGIN_DECLS

#define STORE_N_TORRENTS 60u

/* A database in a folder of its own, opened and closed as often as one likes. */
typedef struct
{
  char *folder;
  FreshetStore *store;
  FreshetStoreContents *contents; /* as it was opened */
} StoreFixture;

void        store_set_up      (StoreFixture *fixture, gconstpointer data);
void        store_tear_down   (StoreFixture *fixture, gconstpointer data);
void        store_open        (StoreFixture *fixture);
void        store_close       (StoreFixture *fixture);
/* Waits until all that was put is on the disk. */
gboolean        store_flush       (StoreFixture *fixture);
/* Torrent number @i of any: its name is "torrent @i". */
BtMetainfo *store_metainfo    (guint i);
void        store_put_torrent (StoreFixture *fixture, guint i);
/* %STORE_N_TORRENTS torrents, all that there are: puts them; looks that the last opening found them */
void        store_put_many    (StoreFixture *fixture);
void        store_assert_many (StoreFixture *fixture);
/* Returns: (transfer full): what the database has of torrent @i beside its row */
FreshetStoreTorrent *store_load (StoreFixture *fixture, guint i);

G_END_DECLS
