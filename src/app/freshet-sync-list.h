/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FreshetSyncList:
 *
 * A #GListModel of objects with a key, which is brought up to date with what
 * there is now: an object stays the same as long as its key is told again, new
 * ones go to the end, and items-changed is emitted for no more than what
 * came and went.
 */
#define FRESHET_TYPE_SYNC_LIST (freshet_sync_list_get_type ())
G_DECLARE_FINAL_TYPE (FreshetSyncList, freshet_sync_list, FRESHET, SYNC_LIST, GObject)

FreshetSyncList *freshet_sync_list_new   (GType item_type);
/* From here until freshet_sync_list_end() everything that is there is named. */
void             freshet_sync_list_begin (FreshetSyncList *self);
/* Returns: (transfer none) (nullable): the object with that key, which stays */
gpointer         freshet_sync_list_keep  (FreshetSyncList *self, const char *key);
/* @item: (transfer full): one with a key that is not there yet */
void             freshet_sync_list_add   (FreshetSyncList *self, const char *key, gpointer item);
/* Those that were not named go. */
void             freshet_sync_list_end   (FreshetSyncList *self);
void             freshet_sync_list_clear (FreshetSyncList *self);

G_END_DECLS
