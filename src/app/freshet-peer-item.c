/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-peer-item.h"


struct _FreshetPeerItem
{
  GObject parent_instance;
  BtPeerStats stats;
  char address[BT_ADDR_STRING_MAX];
  guint revision;
};

enum
{
  PROP_0,
  PROP_REVISION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetPeerItem, freshet_peer_item, G_TYPE_OBJECT)

static void
freshet_peer_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetPeerItem *self = FRESHET_PEER_ITEM (object);

  switch (prop_id)
    {
    case PROP_REVISION:
      g_value_set_uint (value, self->revision);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_peer_item_class_init (FreshetPeerItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = freshet_peer_item_get_property;
  properties[PROP_REVISION] = g_param_spec_uint ("revision", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_peer_item_init (FreshetPeerItem *self)
{
}

static gboolean
same_stats (const BtPeerStats *a, const BtPeerStats *b)
{
  return a->flags == b->flags && a->origin == b->origin && a->progress == b->progress && a->down_rate == b->down_rate
         && a->up_rate == b->up_rate && g_str_equal (a->client, b->client);
}

static void
update (FreshetPeerItem *self, const BtPeerStats *stats)
{
  if (same_stats (&self->stats, stats))
    return;
  self->stats = *stats;
  self->revision++;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REVISION]);
}

static FreshetPeerItem *
peer_item_new (const BtPeerStats *stats, const char *address)
{
  FreshetPeerItem *self = g_object_new (FRESHET_TYPE_PEER_ITEM, NULL);

  self->stats = *stats;
  g_strlcpy (self->address, address, sizeof self->address);
  return self;
}

void
freshet_peer_item_sync (FreshetSyncList *list, BtTorrent *torrent)
{
  g_autoptr (GArray) peers = bt_torrent_dup_peers (torrent);

  freshet_sync_list_begin (list);
  for (guint i = 0; i < peers->len; i++)
    {
      const BtPeerStats *stats = &g_array_index (peers, BtPeerStats, i);
      char address[BT_ADDR_STRING_MAX];
      FreshetPeerItem *item;

      bt_addr_to_string (&stats->addr, address);
      item = freshet_sync_list_keep (list, address);
      if (item != NULL)
        update (item, stats);
      else
        freshet_sync_list_add (list, address, peer_item_new (stats, address));
    }
  freshet_sync_list_end (list);
}

const BtPeerStats *
freshet_peer_item_peek_stats (FreshetPeerItem *self)
{
  g_return_val_if_fail (FRESHET_IS_PEER_ITEM (self), NULL);
  return &self->stats;
}

const char *
freshet_peer_item_get_address (FreshetPeerItem *self)
{
  g_return_val_if_fail (FRESHET_IS_PEER_ITEM (self), NULL);
  return self->address;
}
