/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-sync-list.h"

typedef struct
{
  char *key;
  GObject *item;
  guint round; /* when it was last named */
} Entry;

struct _FreshetSyncList
{
  GObject parent_instance;
  GType item_type;
  GPtrArray *entries;  /* of Entry; those from @n_told on have been added in this round */
  GHashTable *by_key;  /* of the same, borrowed */
  guint n_told;        /* entries that listeners know of */
  guint round;
};

static GType
freshet_sync_list_get_item_type (GListModel *model)
{
  return FRESHET_SYNC_LIST (model)->item_type;
}

static guint
freshet_sync_list_get_n_items (GListModel *model)
{
  return FRESHET_SYNC_LIST (model)->n_told;
}

static gpointer
freshet_sync_list_get_item (GListModel *model, guint position)
{
  FreshetSyncList *self = FRESHET_SYNC_LIST (model);

  return position < self->n_told ? g_object_ref (((Entry *) self->entries->pdata[position])->item) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = freshet_sync_list_get_item_type;
  iface->get_n_items = freshet_sync_list_get_n_items;
  iface->get_item = freshet_sync_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FreshetSyncList, freshet_sync_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_object_unref (entry->item);
  g_free (entry);
}

static void
freshet_sync_list_finalize (GObject *object)
{
  FreshetSyncList *self = FRESHET_SYNC_LIST (object);

  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->entries);
  G_OBJECT_CLASS (freshet_sync_list_parent_class)->finalize (object);
}

static void
freshet_sync_list_class_init (FreshetSyncListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = freshet_sync_list_finalize;
}

static void
freshet_sync_list_init (FreshetSyncList *self)
{
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
}

FreshetSyncList *
freshet_sync_list_new (GType item_type)
{
  FreshetSyncList *self = g_object_new (FRESHET_TYPE_SYNC_LIST, NULL);

  self->item_type = item_type;
  return self;
}

void
freshet_sync_list_begin (FreshetSyncList *self)
{
  g_return_if_fail (FRESHET_IS_SYNC_LIST (self));
  self->round++;
}

gpointer
freshet_sync_list_keep (FreshetSyncList *self, const char *key)
{
  Entry *entry;

  g_return_val_if_fail (FRESHET_IS_SYNC_LIST (self), NULL);

  entry = g_hash_table_lookup (self->by_key, key);
  if (entry == NULL)
    return NULL;
  entry->round = self->round;
  return entry->item;
}

void
freshet_sync_list_add (FreshetSyncList *self, const char *key, gpointer item)
{
  Entry *entry;

  g_return_if_fail (FRESHET_IS_SYNC_LIST (self));
  g_return_if_fail (!g_hash_table_contains (self->by_key, key));

  entry = g_new (Entry, 1);
  *entry = (Entry){ g_strdup (key), item, self->round };
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_key, entry->key, entry);
}

static gboolean
is_gone (FreshetSyncList *self, guint position)
{
  return ((Entry *) self->entries->pdata[position])->round != self->round;
}

/* Takes out @count neighbours, all of which listeners know of. */
static void
remove_run (FreshetSyncList *self, guint position, guint count)
{
  for (guint i = 0; i < count; i++)
    g_hash_table_remove (self->by_key, ((Entry *) self->entries->pdata[position + i])->key);
  g_ptr_array_remove_range (self->entries, position, count);
  self->n_told -= count;
  g_list_model_items_changed (G_LIST_MODEL (self), position, count, 0);
}

void
freshet_sync_list_end (FreshetSyncList *self)
{
  guint first_new, n_new;

  g_return_if_fail (FRESHET_IS_SYNC_LIST (self));

  for (guint end = self->n_told; end > 0;)
    {
      guint start = end;

      while (start > 0 && is_gone (self, start - 1))
        start--;
      if (start < end)
        remove_run (self, start, end - start);
      end = start > 0 ? start - 1 : 0;
    }
  first_new = self->n_told;
  n_new = self->entries->len - first_new;
  self->n_told = self->entries->len;
  if (n_new > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), first_new, 0, n_new);
}

void
freshet_sync_list_clear (FreshetSyncList *self)
{
  freshet_sync_list_begin (self);
  freshet_sync_list_end (self);
}
