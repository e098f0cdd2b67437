/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-group.h"

struct _FreshetGroup
{
  GObject parent_instance;
  FreshetGroupKind kind;
  guint count;
};

enum
{
  PROP_0,
  PROP_COUNT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetGroup, freshet_group, G_TYPE_OBJECT)

static void
freshet_group_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetGroup *self = FRESHET_GROUP (object);

  switch (prop_id)
    {
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_group_class_init (FreshetGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = freshet_group_get_property;
  properties[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_group_init (FreshetGroup *self)
{
}

FreshetGroupKind
freshet_group_get_kind (FreshetGroup *self)
{
  g_return_val_if_fail (FRESHET_IS_GROUP (self), FRESHET_GROUP_ALL);
  return self->kind;
}

guint
freshet_group_get_count (FreshetGroup *self)
{
  g_return_val_if_fail (FRESHET_IS_GROUP (self), 0);
  return self->count;
}

gboolean
freshet_group_kind_has (FreshetGroupKind kind, BtTorrentState state)
{
  switch (kind)
    {
    case FRESHET_GROUP_DOWNLOADING:
      return state == BT_TORRENT_DOWNLOADING || state == BT_TORRENT_METADATA;
    case FRESHET_GROUP_SEEDING:
      return state == BT_TORRENT_SEEDING;
    case FRESHET_GROUP_PAUSED:
      return state == BT_TORRENT_PAUSED;
    case FRESHET_GROUP_CHECKING:
      return state == BT_TORRENT_CHECKING;
    case FRESHET_GROUP_FAILED:
      return state == BT_TORRENT_ERROR;
    case FRESHET_GROUP_ALL:
    default:
      return TRUE;
    }
}

/* The list of groups, with what it knows of the torrents: in which state each
 * was counted. */
#define FRESHET_TYPE_GROUPS (freshet_groups_get_type ())
G_DECLARE_FINAL_TYPE (FreshetGroups, freshet_groups, FRESHET, GROUPS, GObject)

struct _FreshetGroups
{
  GObject parent_instance;
  FreshetGroup *groups[FRESHET_N_GROUPS];
  GPtrArray *items;   /* of FreshetTorrentItem, as the library had them when it last told */
  GHashTable *states; /* FreshetTorrentItem -> BtTorrentState */
};

static GType
freshet_groups_get_item_type (GListModel *model)
{
  return FRESHET_TYPE_GROUP;
}

static guint
freshet_groups_get_n_items (GListModel *model)
{
  return FRESHET_N_GROUPS;
}

static gpointer
freshet_groups_get_item (GListModel *model, guint position)
{
  return position < FRESHET_N_GROUPS ? g_object_ref (FRESHET_GROUPS (model)->groups[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = freshet_groups_get_item_type;
  iface->get_n_items = freshet_groups_get_n_items;
  iface->get_item = freshet_groups_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FreshetGroups, freshet_groups, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* Notifications are frozen while many torrents come or go. */
static void
count (FreshetGroups *self, BtTorrentState state, int change)
{
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    if (freshet_group_kind_has (self->groups[i]->kind, state))
      {
        self->groups[i]->count += (guint) change;
        g_object_notify_by_pspec (G_OBJECT (self->groups[i]), properties[PROP_COUNT]);
      }
}

static void
state_changed_cb (FreshetGroups *self, GParamSpec *pspec, FreshetTorrentItem *item)
{
  BtTorrentState before = GPOINTER_TO_UINT (g_hash_table_lookup (self->states, item));
  BtTorrentState now = freshet_torrent_item_get_state (item);

  if (before == now)
    return;
  g_hash_table_insert (self->states, item, GUINT_TO_POINTER (now));
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    g_object_freeze_notify (G_OBJECT (self->groups[i]));
  count (self, before, -1);
  count (self, now, 1);
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    g_object_thaw_notify (G_OBJECT (self->groups[i]));
}

static void
remove_item (FreshetGroups *self, FreshetTorrentItem *item)
{
  g_signal_handlers_disconnect_by_data (item, self);
  count (self, GPOINTER_TO_UINT (g_hash_table_lookup (self->states, item)), -1);
  g_hash_table_remove (self->states, item);
}

static void
add_item (FreshetGroups *self, FreshetTorrentItem *item)
{
  BtTorrentState state = freshet_torrent_item_get_state (item);

  g_hash_table_insert (self->states, item, GUINT_TO_POINTER (state));
  /* Not bound to us as an object: that is a list of its own, which is searched
   * for each of ten thousand that go. */
  g_signal_connect_swapped (item, "notify::state", G_CALLBACK (state_changed_cb), self);
  count (self, state, 1);
}

static void
items_changed_cb (FreshetGroups *self, guint position, guint removed, guint added, GListModel *library)
{
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    g_object_freeze_notify (G_OBJECT (self->groups[i]));
  for (guint i = 0; i < removed; i++)
    remove_item (self, self->items->pdata[position + i]);
  if (removed > 0)
    g_ptr_array_remove_range (self->items, position, removed);
  for (guint i = 0; i < added; i++)
    {
      FreshetTorrentItem *item = g_list_model_get_item (library, position + i);

      g_ptr_array_insert (self->items, (int) (position + i), item);
      add_item (self, item);
    }
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    g_object_thaw_notify (G_OBJECT (self->groups[i]));
}

static void
freshet_groups_finalize (GObject *object)
{
  FreshetGroups *self = FRESHET_GROUPS (object);

  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_data (self->items->pdata[i], self);
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    g_object_unref (self->groups[i]);
  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->states);
  G_OBJECT_CLASS (freshet_groups_parent_class)->finalize (object);
}

static void
freshet_groups_class_init (FreshetGroupsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = freshet_groups_finalize;
}

static void
freshet_groups_init (FreshetGroups *self)
{
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    {
      self->groups[i] = g_object_new (FRESHET_TYPE_GROUP, NULL);
      self->groups[i]->kind = (FreshetGroupKind) i;
    }
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->states = g_hash_table_new (NULL, NULL);
}

GListModel *
freshet_groups_get (GListModel *library)
{
  static GQuark quark;
  FreshetGroups *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (library), NULL);

  if (quark == 0)
    quark = g_quark_from_static_string ("freshet-groups");
  self = g_object_get_qdata (G_OBJECT (library), quark);
  if (self != NULL)
    return G_LIST_MODEL (self);
  self = g_object_new (FRESHET_TYPE_GROUPS, NULL);
  g_object_set_qdata_full (G_OBJECT (library), quark, self, g_object_unref);
  g_signal_connect_object (library, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (library), library);
  return G_LIST_MODEL (self);
}

guint
freshet_groups_count (GListModel *groups, FreshetGroupKind kind)
{
  g_return_val_if_fail (FRESHET_IS_GROUPS (groups), 0);
  return FRESHET_GROUPS (groups)->groups[kind]->count;
}
