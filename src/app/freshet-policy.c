/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "freshet-policy.h"
#include "freshet-schedule.h"
#include "freshet-settings.h"

/* Seconds after which the clock is looked at again at the latest: somebody may
 * have set it, or the machine slept. */
#define LONGEST_WAIT 600

/* Milliseconds without another change after which the port is taken: sockets
 * are not opened for every number that somebody passes on the way. */
#define PORT_PAUSE 1000

struct _FreshetPolicy
{
  GObject parent_instance;
  GSettings *settings;
  FreshetLibrary *library;
  guint timer;
  guint port_timer;
  char *port_note;
  gboolean was_on; /* the schedule's time, when it was last looked at */
  gboolean looked;
  gboolean metered;
  gboolean slow;
  GPtrArray *paused; /* FreshetTorrentItems that wait for a network that does not cost; NULL while it does not */
};

enum
{
  PROP_0,
  PROP_METERED,
  PROP_SLOW,
  PROP_PORT_NOTE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetPolicy, freshet_policy, G_TYPE_OBJECT)

static void
freshet_policy_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetPolicy *self = FRESHET_POLICY (object);

  switch (prop_id)
    {
    case PROP_METERED:
      g_value_set_boolean (value, self->metered);
      break;
    case PROP_SLOW:
      g_value_set_boolean (value, self->slow);
      break;
    case PROP_PORT_NOTE:
      g_value_set_string (value, self->port_note);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_policy_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_METERED:
      freshet_policy_set_metered (FRESHET_POLICY (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_policy_dispose (GObject *object)
{
  FreshetPolicy *self = FRESHET_POLICY (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->port_timer, g_source_remove);
  g_clear_pointer (&self->port_note, g_free);
  g_clear_pointer (&self->paused, g_ptr_array_unref);
  g_clear_object (&self->settings);
  g_clear_object (&self->library);
  G_OBJECT_CLASS (freshet_policy_parent_class)->dispose (object);
}

static void
freshet_policy_class_init (FreshetPolicyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = freshet_policy_get_property;
  object_class->set_property = freshet_policy_set_property;
  object_class->dispose = freshet_policy_dispose;
  properties[PROP_METERED] = g_param_spec_boolean ("metered", NULL, NULL, FALSE,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SLOW] = g_param_spec_boolean ("slow", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PORT_NOTE] = g_param_spec_string ("port-note", NULL, NULL, NULL,
                                                    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_policy_init (FreshetPolicy *self)
{
}

static FreshetMetered
metered_choice (FreshetPolicy *self)
{
  return self->metered ? (FreshetMetered) g_settings_get_enum (self->settings, "metered") : FRESHET_METERED_GO_ON;
}

static void
limits_changed (FreshetPolicy *self)
{
  gboolean other = g_settings_get_boolean (self->settings, "alt-limits") || metered_choice (self) == FRESHET_METERED_SLOW;
  BtSession *session = freshet_library_get_session (self->library);

  if (session != NULL)
    bt_session_set_limits (session, g_settings_get_uint64 (self->settings, other ? "alt-down-limit" : "down-limit"),
                           g_settings_get_uint64 (self->settings, other ? "alt-up-limit" : "up-limit"));
  if (self->slow == other)
    return;
  self->slow = other;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SLOW]);
}

static gboolean look_at_clock (gpointer data);

static void
wait_for (FreshetPolicy *self, const FreshetSchedule *schedule, GDateTime *now)
{
  g_autoptr (GDateTime) next = freshet_schedule_next (schedule, now);
  gint64 seconds = next == NULL ? LONGEST_WAIT : g_date_time_difference (next, now) / G_TIME_SPAN_SECOND + 1;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds ((guint) CLAMP (seconds, 1, LONGEST_WAIT), look_at_clock, self);
  g_source_set_name_by_id (self->timer, "freshet-policy schedule");
}

static gboolean
look_at_clock (gpointer data)
{
  FreshetPolicy *self = data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  FreshetSchedule schedule = {
    .days = g_settings_get_uint (self->settings, "alt-days"),
    .begin = g_settings_get_uint (self->settings, "alt-begin"),
    .end = g_settings_get_uint (self->settings, "alt-end"),
  };
  gboolean on = freshet_schedule_is_on (&schedule, now);

  self->timer = 0;
  /* Only when it changes: a person who switched meanwhile is left alone. */
  if (!self->looked || on != self->was_on)
    g_settings_set_boolean (self->settings, "alt-limits", on);
  self->looked = TRUE;
  self->was_on = on;
  wait_for (self, &schedule, now);
  return G_SOURCE_REMOVE;
}

static void
schedule_changed (FreshetPolicy *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->looked = FALSE;
  if (g_settings_get_boolean (self->settings, "alt-schedule"))
    look_at_clock (self);
}

static void
queue_changed (FreshetPolicy *self)
{
  freshet_library_set_queue_limits (self->library, g_settings_get_uint (self->settings, "max-downloads"),
                                    g_settings_get_uint (self->settings, "max-seeds"));
}

static void
goals_changed (FreshetPolicy *self)
{
  FreshetGoals goals = {
    .ratio = g_settings_get_double (self->settings, "goal-ratio"),
    .time = (gint64) g_settings_get_uint (self->settings, "goal-time") * 60,
    .idle = (gint64) g_settings_get_uint (self->settings, "goal-idle") * 60,
    .action = g_settings_get_boolean (self->settings, "goal-remove") ? FRESHET_GOAL_REMOVE : FRESHET_GOAL_STOP,
  };

  freshet_library_set_goals (self->library, &goals);
}

static void
folders_changed (FreshetPolicy *self)
{
  g_autofree char *incomplete = g_settings_get_string (self->settings, "incomplete-folder");

  freshet_library_set_incomplete_folder (self->library, incomplete[0] == '\0' ? NULL : incomplete);
}

static void
config_changed (FreshetPolicy *self)
{
  BtSession *session = freshet_library_get_session (self->library);
  BtConfig config;

  freshet_settings_to_config (self->settings, &config);
  if (session != NULL)
    bt_session_configure (session, &config);
}

/* Says when the session has another port than the settings want. */
static void
note_port (FreshetPolicy *self)
{
  BtSession *session = freshet_library_get_session (self->library);
  guint wanted = g_settings_get_uint (self->settings, "port");
  guint used = session != NULL ? bt_session_get_port (session) : 0;
  g_autofree char *note = NULL;

  if (wanted != 0 && used != 0 && wanted != used)
    note = g_strdup_printf (_ ("Port %u cannot be used, perhaps because another program uses it; port %u is used instead"),
                            wanted, used);
  if (g_strcmp0 (note, self->port_note) == 0)
    return;
  g_free (self->port_note);
  self->port_note = g_steal_pointer (&note);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PORT_NOTE]);
}

static gboolean
use_port (gpointer data)
{
  FreshetPolicy *self = data;
  BtSession *session = freshet_library_get_session (self->library);
  guint port = MIN (g_settings_get_uint (self->settings, "port"), G_MAXUINT16);
  g_autoptr (GError) error = NULL;

  self->port_timer = 0;
  if (session != NULL && !bt_session_set_port (session, (guint16) port, &error))
    g_message ("%s", error->message);
  note_port (self);
  return G_SOURCE_REMOVE;
}

static void
port_changed (FreshetPolicy *self)
{
  g_clear_handle_id (&self->port_timer, g_source_remove);
  self->port_timer = g_timeout_add (PORT_PAUSE, use_port, self);
  g_source_set_name_by_id (self->port_timer, "freshet-policy port");
}

static void
pause_all (FreshetPolicy *self)
{
  GListModel *model = G_LIST_MODEL (self->library);

  self->paused = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (model, i);

      if (!freshet_torrent_item_is_active (item))
        continue;
      freshet_torrent_item_pause (item);
      g_ptr_array_add (self->paused, g_steal_pointer (&item));
    }
}

/* Those that a person started or removed meanwhile are no business of ours. */
static void
resume_all (FreshetPolicy *self)
{
  g_autoptr (GPtrArray) paused = g_steal_pointer (&self->paused);

  for (guint i = 0; i < paused->len; i++)
    {
      FreshetTorrentItem *item = paused->pdata[i];

      if (freshet_library_find (self->library, freshet_torrent_item_peek_record (item)->hash) == item
          && freshet_torrent_item_get_state (item) == BT_TORRENT_PAUSED)
        freshet_torrent_item_start (item);
    }
}

static void
metered_changed (FreshetPolicy *self)
{
  gboolean pause = metered_choice (self) == FRESHET_METERED_PAUSE;

  limits_changed (self);
  if (pause && self->paused == NULL)
    pause_all (self);
  else if (!pause && self->paused != NULL)
    resume_all (self);
}

static void
follow (FreshetPolicy *self, const char *const *keys, void (*changed) (FreshetPolicy *self))
{
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *signal = g_strconcat ("changed::", keys[i], NULL);

      g_signal_connect_object (self->settings, signal, G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
    }
  changed (self);
}

FreshetPolicy *
freshet_policy_new (GSettings *settings, FreshetLibrary *library)
{
  static const char *const limits[] = { "down-limit", "up-limit", "alt-down-limit", "alt-up-limit", "alt-limits", NULL };
  static const char *const schedule[] = { "alt-schedule", "alt-begin", "alt-end", "alt-days", NULL };
  static const char *const queue[] = { "max-downloads", "max-seeds", NULL };
  static const char *const goals[] = { "goal-ratio", "goal-time", "goal-idle", "goal-remove", NULL };
  static const char *const folders[] = { "incomplete-folder", NULL };
  static const char *const config[] = { "max-peers", "max-peers-per-torrent",
                                        "dht", "pex", "lsd", "mark-partial", "preallocate", NULL };
  static const char *const metered[] = { "metered", NULL };
  FreshetPolicy *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (FRESHET_IS_LIBRARY (library), NULL);

  self = g_object_new (FRESHET_TYPE_POLICY, NULL);
  self->settings = g_object_ref (settings);
  self->library = g_object_ref (library);
  follow (self, schedule, schedule_changed);
  follow (self, limits, limits_changed);
  follow (self, queue, queue_changed);
  follow (self, goals, goals_changed);
  follow (self, folders, folders_changed);
  follow (self, config, config_changed);
  follow (self, metered, metered_changed);
  g_signal_connect_object (settings, "changed::port", G_CALLBACK (port_changed), self, G_CONNECT_SWAPPED);
  note_port (self);
  return self;
}

void
freshet_policy_follow (FreshetPolicy *self, GNetworkMonitor *monitor)
{
  g_return_if_fail (FRESHET_IS_POLICY (self));
  g_object_bind_property (monitor, "network-metered", self, "metered", G_BINDING_SYNC_CREATE);
}

void
freshet_policy_set_metered (FreshetPolicy *self, gboolean metered)
{
  g_return_if_fail (FRESHET_IS_POLICY (self));

  if (self->metered == metered)
    return;
  self->metered = metered;
  metered_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METERED]);
}

gboolean
freshet_policy_is_slow (FreshetPolicy *self)
{
  g_return_val_if_fail (FRESHET_IS_POLICY (self), FALSE);
  return self->slow;
}

const char *
freshet_policy_get_port_note (FreshetPolicy *self)
{
  g_return_val_if_fail (FRESHET_IS_POLICY (self), NULL);
  return self->port_note;
}
