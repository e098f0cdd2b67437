/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-tracker-item.h"

struct _FreshetTrackerItem
{
  GObject parent_instance;
  BtTrackerStats stats;
  guint revision;
};

enum
{
  PROP_0,
  PROP_REVISION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetTrackerItem, freshet_tracker_item, G_TYPE_OBJECT)

static void
freshet_tracker_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetTrackerItem *self = FRESHET_TRACKER_ITEM (object);

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
freshet_tracker_item_finalize (GObject *object)
{
  FreshetTrackerItem *self = FRESHET_TRACKER_ITEM (object);

  bt_tracker_stats_clear (&self->stats);
  G_OBJECT_CLASS (freshet_tracker_item_parent_class)->finalize (object);
}

static void
freshet_tracker_item_class_init (FreshetTrackerItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = freshet_tracker_item_get_property;
  object_class->finalize = freshet_tracker_item_finalize;
  properties[PROP_REVISION] = g_param_spec_uint ("revision", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_tracker_item_init (FreshetTrackerItem *self)
{
}

static gboolean
same_stats (const BtTrackerStats *a, const BtTrackerStats *b)
{
  return a->tier == b->tier && a->state == b->state && g_strcmp0 (a->message, b->message) == 0
         && a->next_announce == b->next_announce && a->n_peers == b->n_peers && a->seeds == b->seeds
         && a->leechers == b->leechers;
}

/* @stats: (transfer full): what it holds, leaving it empty */
static void
take_stats (FreshetTrackerItem *self, BtTrackerStats *stats)
{
  bt_tracker_stats_clear (&self->stats);
  self->stats = *stats;
  *stats = (BtTrackerStats){ 0 };
}

static void
update (FreshetTrackerItem *self, BtTrackerStats *stats)
{
  if (same_stats (&self->stats, stats))
    return;
  take_stats (self, stats);
  self->revision++;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REVISION]);
}

static FreshetTrackerItem *
tracker_item_new (BtTrackerStats *stats)
{
  FreshetTrackerItem *self = g_object_new (FRESHET_TYPE_TRACKER_ITEM, NULL);

  take_stats (self, stats);
  return self;
}

void
freshet_tracker_item_sync (FreshetSyncList *list, BtTorrent *torrent)
{
  g_autoptr (GArray) trackers = bt_torrent_dup_trackers (torrent);

  freshet_sync_list_begin (list);
  for (guint i = 0; i < trackers->len; i++)
    {
      BtTrackerStats *stats = &g_array_index (trackers, BtTrackerStats, i);
      FreshetTrackerItem *item = freshet_sync_list_keep (list, stats->url);
      g_autofree char *key = g_strdup (stats->url);

      if (item != NULL)
        update (item, stats);
      else
        freshet_sync_list_add (list, key, tracker_item_new (stats));
    }
  freshet_sync_list_end (list);
}

const BtTrackerStats *
freshet_tracker_item_peek_stats (FreshetTrackerItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TRACKER_ITEM (self), NULL);
  return &self->stats;
}
