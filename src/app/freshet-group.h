/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-library.h"

G_BEGIN_DECLS

/* Torrents that belong together, as a list beside them shows it. */
typedef enum
{
  FRESHET_GROUP_ALL,
  FRESHET_GROUP_DOWNLOADING,
  FRESHET_GROUP_SEEDING,
  FRESHET_GROUP_PAUSED,
  FRESHET_GROUP_CHECKING,
  FRESHET_GROUP_FAILED,
} FreshetGroupKind;

#define FRESHET_N_GROUPS (FRESHET_GROUP_FAILED + 1)

/**
 * FreshetGroup:
 *
 * One of them, and how many torrents are in it; `count` is notified.
 */
#define FRESHET_TYPE_GROUP (freshet_group_get_type ())
G_DECLARE_FINAL_TYPE (FreshetGroup, freshet_group, FRESHET, GROUP, GObject)

FreshetGroupKind freshet_group_get_kind  (FreshetGroup *self);
guint            freshet_group_get_count (FreshetGroup *self);
/* Is a torrent in that state in such a group? */
gboolean         freshet_group_kind_has  (FreshetGroupKind kind, BtTorrentState state);

/**
 * freshet_groups_get:
 *
 * Counts the torrents of @library from now on. What a change costs does not
 * depend on how many torrents there are.
 *
 * Returns: (transfer none): a #GListModel of #FreshetGroup, one of each kind;
 * the same for everybody who asks, and there as long as @library is
 */
GListModel      *freshet_groups_get      (GListModel *library);
/* Returns: how many are in the group of that kind */
guint            freshet_groups_count    (GListModel *groups, FreshetGroupKind kind);

G_END_DECLS
