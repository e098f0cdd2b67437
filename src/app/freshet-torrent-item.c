/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-item-private.h"

#include <string.h>

enum
{
  PROP_0,
  PROP_NAME,
  PROP_STATE,
  PROP_PROGRESS,
  PROP_SIZE,
  PROP_VERIFIED,
  PROP_DOWN_RATE,
  PROP_UP_RATE,
  PROP_ETA,
  PROP_N_PEERS,
  PROP_N_SENDING,
  PROP_STALL,
  PROP_ERROR,
  PROP_REVISION,
  PROP_TORRENT,
  PROP_QUEUED,
  PROP_MOVING,
  PROP_POSITION,
  PROP_ADDED,
  PROP_RATIO,
  PROP_DOWNLOADED,
  PROP_UPLOADED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetTorrentItem, freshet_torrent_item, G_TYPE_OBJECT)

static gboolean
same_error (const GError *a, const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->domain == b->domain && a->code == b->code && g_str_equal (a->message, b->message);
}

/* The torrent's error belongs to the torrent and goes when it starts again. */
static gboolean
take_error (FreshetTorrentItem *self)
{
  const GError *error = self->stats.state == BT_TORRENT_ERROR ? bt_torrent_get_error (self->torrent) : NULL;

  if (same_error (error, self->error))
    return FALSE;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  return TRUE;
}

static void
freshet_torrent_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetTorrentItem *self = FRESHET_TORRENT_ITEM (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, freshet_torrent_item_get_name (self));
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->stats.state);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, freshet_torrent_stats_progress (&self->stats));
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, self->stats.wanted);
      break;
    case PROP_VERIFIED:
      g_value_set_uint64 (value, self->stats.verified);
      break;
    case PROP_DOWN_RATE:
      g_value_set_uint64 (value, self->stats.down_rate);
      break;
    case PROP_UP_RATE:
      g_value_set_uint64 (value, self->stats.up_rate);
      break;
    case PROP_ETA:
      g_value_set_int64 (value, self->stats.eta);
      break;
    case PROP_N_PEERS:
      g_value_set_uint (value, self->stats.n_peers);
      break;
    case PROP_N_SENDING:
      g_value_set_uint (value, self->stats.n_sending);
      break;
    case PROP_STALL:
      g_value_set_uint (value, self->stats.stall);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error != NULL ? self->error->message : NULL);
      break;
    case PROP_REVISION:
      g_value_set_uint (value, self->revision);
      break;
    case PROP_TORRENT:
      g_value_set_object (value, self->torrent);
      break;
    case PROP_MOVING:
      g_value_set_boolean (value, self->stats.moving);
      break;
    case PROP_QUEUED:
      g_value_set_boolean (value, self->stats.queued);
      break;
    case PROP_POSITION:
      g_value_set_int64 (value, self->record->position);
      break;
    case PROP_ADDED:
      g_value_set_int64 (value, self->record->added);
      break;
    case PROP_RATIO:
      g_value_set_double (value, freshet_torrent_item_get_ratio (self));
      break;
    case PROP_DOWNLOADED:
      g_value_set_uint64 (value, self->stats.downloaded);
      break;
    case PROP_UPLOADED:
      g_value_set_uint64 (value, self->stats.uploaded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_torrent_item_finalize (GObject *object)
{
  FreshetTorrentItem *self = FRESHET_TORRENT_ITEM (object);

  g_clear_object (&self->torrent);
  freshet_torrent_record_free (self->record);
  g_clear_error (&self->error);
  g_clear_pointer (&self->history, freshet_speed_history_free);
  g_clear_pointer (&self->sort_key, g_free);
  g_clear_pointer (&self->search_key, g_free);
  G_OBJECT_CLASS (freshet_torrent_item_parent_class)->finalize (object);
}

static void
freshet_torrent_item_class_init (FreshetTorrentItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = freshet_torrent_item_get_property;
  object_class->finalize = freshet_torrent_item_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /* A #BtTorrentState. */
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, BT_TORRENT_ERROR, 0, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_VERIFIED] = g_param_spec_uint64 ("verified", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_DOWN_RATE] = g_param_spec_uint64 ("down-rate", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_UP_RATE] = g_param_spec_uint64 ("up-rate", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_ETA] = g_param_spec_int64 ("eta", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_N_PEERS] = g_param_spec_uint ("n-peers", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_SENDING] = g_param_spec_uint ("n-sending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /* A #BtStall. */
  properties[PROP_STALL] = g_param_spec_uint ("stall", NULL, NULL, 0, BT_STALL_CHOKED, 0, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_REVISION] = g_param_spec_uint ("revision", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /* NULL while it is asleep. */
  properties[PROP_TORRENT] = g_param_spec_object ("torrent", NULL, NULL, BT_TYPE_TORRENT, flags);
  /* Its files are on their way to another folder. */
  properties[PROP_MOVING] = g_param_spec_boolean ("moving", NULL, NULL, FALSE, flags);
  properties[PROP_QUEUED] = g_param_spec_boolean ("queued", NULL, NULL, FALSE, flags);
  /* Grows along the queue; not without gaps. */
  properties[PROP_POSITION] = g_param_spec_int64 ("position", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /* Seconds since 1970. */
  properties[PROP_ADDED] = g_param_spec_int64 ("added", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_RATIO] = g_param_spec_double ("ratio", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_DOWNLOADED] = g_param_spec_uint64 ("downloaded", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_UPLOADED] = g_param_spec_uint64 ("uploaded", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_torrent_item_init (FreshetTorrentItem *self)
{
}

static FreshetTorrentRecord *
make_record (BtTorrent *torrent)
{
  FreshetTorrentRecord *record = freshet_torrent_record_new ();
  g_autoptr (GArray) trackers = NULL;

  memcpy (record->hash, bt_torrent_get_info_hash (torrent), BT_SHA1_LENGTH);
  record->name = bt_torrent_dup_name (torrent);
  record->added = g_get_real_time () / G_USEC_PER_SEC;
  freshet_torrent_record_set_folder (record, bt_torrent_get_folder (torrent));
  if (bt_torrent_get_metainfo (torrent) != NULL)
    freshet_torrent_record_set_metainfo (record, bt_torrent_get_metainfo (torrent));
  else
    record->magnet = bt_torrent_dup_magnet (torrent);
  trackers = bt_torrent_dup_trackers (torrent);
  freshet_torrent_record_take_trackers (record, trackers);
  return record;
}

FreshetTorrentItem *
freshet_torrent_item_new (BtTorrent *torrent)
{
  FreshetTorrentItem *self;

  g_return_val_if_fail (BT_IS_TORRENT (torrent), NULL);

  self = g_object_new (FRESHET_TYPE_TORRENT_ITEM, NULL);
  self->torrent = g_object_ref (torrent);
  self->record = make_record (torrent);
  bt_torrent_get_stats (torrent, &self->stats);
  take_error (self);
  return self;
}

/* What is known of it without the engine. */
static void
fill_stats (FreshetTorrentItem *self)
{
  const FreshetTorrentRecord *record = self->record;

  self->stats = (BtTorrentStats){
    .state = self->error != NULL ? BT_TORRENT_ERROR : self->dozing ? BT_TORRENT_SEEDING : BT_TORRENT_PAUSED,
    .wanted = record->wanted,
    .verified = record->verified,
    .downloaded = record->downloaded,
    .uploaded = record->uploaded,
    .active_time = record->active_time,
    .seeding_time = record->seeding_time,
    .finished_at = record->finished,
    .last_active = record->last_active,
    .eta = -1,
    .swarm_seeds = -1,
    .swarm_leechers = -1,
    .queued = self->stats.queued,
  };
}

FreshetTorrentItem *
freshet_torrent_item_new_asleep (FreshetTorrentRecord *record)
{
  FreshetTorrentItem *self = g_object_new (FRESHET_TYPE_TORRENT_ITEM, NULL);

  self->record = record;
  /* The queue will say. */
  self->stats.queued = !record->paused;
  fill_stats (self);
  return self;
}

/* Notifies what differs between @old and what is there now. */
static gboolean
notify_changes (FreshetTorrentItem *self, const BtTorrentStats *old, gboolean error_changed)
{
  const BtTorrentStats *new = &self->stats;
  const struct
  {
    guint property;
    gboolean changed;
  } fields[] = {
    { PROP_STATE, old->state != new->state },
    { PROP_PROGRESS, freshet_torrent_stats_progress (old) != freshet_torrent_stats_progress (new) },
    { PROP_SIZE, old->wanted != new->wanted },
    { PROP_VERIFIED, old->verified != new->verified },
    { PROP_DOWN_RATE, old->down_rate != new->down_rate },
    { PROP_UP_RATE, old->up_rate != new->up_rate },
    { PROP_ETA, old->eta != new->eta },
    { PROP_N_PEERS, old->n_peers != new->n_peers },
    { PROP_N_SENDING, old->n_sending != new->n_sending },
    { PROP_STALL, old->stall != new->stall },
    { PROP_QUEUED, old->queued != new->queued },
    { PROP_MOVING, old->moving != new->moving },
    { PROP_DOWNLOADED, old->downloaded != new->downloaded },
    { PROP_UPLOADED, old->uploaded != new->uploaded },
    { PROP_RATIO, old->uploaded != new->uploaded || old->wanted != new->wanted },
    { PROP_ERROR, error_changed },
  };
  /* This is only in the words that are made of it. */
  gboolean any = old->move_progress != new->move_progress;

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].changed)
      {
        g_object_notify_by_pspec (G_OBJECT (self), properties[fields[i].property]);
        any = TRUE;
      }
  if (any)
    {
      self->revision++;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REVISION]);
    }
  g_object_thaw_notify (G_OBJECT (self));
  return any;
}

static void
record_speed (FreshetTorrentItem *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->history == NULL && self->stats.down_rate == 0 && self->stats.up_rate == 0)
    return;
  if (self->history == NULL)
    self->history = freshet_speed_history_new ();
  freshet_speed_history_add (self->history, now, self->stats.down_rate, self->stats.up_rate);
  if (freshet_speed_history_is_still (self->history, now))
    g_clear_pointer (&self->history, freshet_speed_history_free);
}

/* A magnet link's name is only what somebody called it. */
static void
take_name (FreshetTorrentItem *self)
{
  g_autofree char *name = bt_torrent_dup_name (self->torrent);

  if (g_str_equal (name, self->record->name))
    return;
  g_free (self->record->name);
  self->record->name = g_steal_pointer (&name);
  g_clear_pointer (&self->sort_key, g_free);
  g_clear_pointer (&self->search_key, g_free);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/* So that the record can be kept, and the torrent be put to sleep. */
static void
take_counters (FreshetTorrentItem *self)
{
  FreshetTorrentRecord *record = self->record;
  const BtTorrentStats *stats = &self->stats;

  record->wanted = stats->wanted;
  /* While it checks the pieces come back one by one. */
  if (stats->state != BT_TORRENT_CHECKING)
    record->verified = stats->verified;
  record->downloaded = stats->downloaded;
  record->uploaded = stats->uploaded;
  record->active_time = stats->active_time;
  record->seeding_time = stats->seeding_time;
  record->finished = stats->finished_at;
  record->last_active = stats->last_active;
}

gboolean
freshet_torrent_item_refresh (FreshetTorrentItem *self)
{
  BtTorrentStats old, new;

  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), FALSE);

  if (self->torrent == NULL)
    return FALSE;
  bt_torrent_get_stats (self->torrent, &new);
  if (self->rousing && (new.state == BT_TORRENT_PAUSED || (new.state == BT_TORRENT_CHECKING && new.check_progress == 0)))
    return FALSE;
  self->rousing = FALSE;
  old = self->stats;
  self->stats = new;
  self->stats.queued = old.queued && self->stats.state == BT_TORRENT_PAUSED;
  if (old.state != self->stats.state || self->stats.down_rate > 0 || self->stats.up_rate > 0)
    self->moved_at = g_get_monotonic_time ();
  take_counters (self);
  record_speed (self);
  if (old.wanted == 0)
    take_name (self);
  return notify_changes (self, &old, take_error (self));
}

void
freshet_torrent_item_take_place (FreshetTorrentItem *self)
{
  g_autofree char *path = bt_torrent_dup_path (self->torrent);
  g_autofree char *name = g_path_get_basename (path);

  freshet_torrent_record_set_folder (self->record, bt_torrent_get_folder (self->torrent));
  if (bt_torrent_get_metainfo (self->torrent) == NULL || g_str_equal (name, self->record->name))
    return;
  /* What it is called on disk is what a person gave it as its name. */
  g_free (self->record->name);
  self->record->name = g_steal_pointer (&name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

void
freshet_torrent_item_end_doze (FreshetTorrentItem *self)
{
  BtTorrentStats old = self->stats;

  self->rousing = FALSE;
  if (!self->dozing)
    return;
  freshet_torrent_item_count_doze (self);
  self->dozing = FALSE;
  if (self->torrent != NULL)
    return;
  fill_stats (self);
  notify_changes (self, &old, FALSE);
}

void
freshet_torrent_item_set_torrent (FreshetTorrentItem *self, BtTorrent *torrent)
{
  BtTorrentStats old = self->stats;

  if (!g_set_object (&self->torrent, torrent))
    return;
  g_clear_pointer (&self->history, freshet_speed_history_free);
  if (torrent == NULL)
    {
      fill_stats (self);
      notify_changes (self, &old, FALSE);
    }
  else
    {
      g_clear_error (&self->error);
      freshet_torrent_item_refresh (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TORRENT]);
}

void
freshet_torrent_item_set_queued (FreshetTorrentItem *self, gboolean queued)
{
  BtTorrentStats old = self->stats;

  self->stats.queued = queued && self->stats.state == BT_TORRENT_PAUSED;
  if (old.queued != self->stats.queued)
    notify_changes (self, &old, FALSE);
}

void
freshet_torrent_item_fail (FreshetTorrentItem *self, GError *error)
{
  BtTorrentStats old = self->stats;

  g_clear_error (&self->error);
  self->error = error;
  self->stats.state = BT_TORRENT_ERROR;
  self->stats.queued = FALSE;
  notify_changes (self, &old, TRUE);
}

void
freshet_torrent_item_set_position (FreshetTorrentItem *self, gint64 position)
{
  if (self->record->position == position)
    return;
  self->record->position = position;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POSITION]);
}

void
freshet_torrent_item_changed (FreshetTorrentItem *self)
{
  self->revision++;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REVISION]);
}
