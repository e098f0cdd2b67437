/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-group.h"
#include "freshet-power.h"

struct _FreshetPower
{
  GObject parent_instance;
  GtkApplication *app; /* not owned: it owns us */
  GListModel *library;
  GSettings *settings; /* NULL: as by default */
  guint cookie;        /* 0 while it may sleep */
};

enum
{
  PROP_0,
  PROP_AWAKE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetPower, freshet_power, G_TYPE_OBJECT)

static void
update (FreshetPower *self)
{
  gboolean wanted = self->settings == NULL || g_settings_get_boolean (self->settings, "inhibit-sleep");
  gboolean awake = wanted && freshet_groups_count (freshet_groups_get (self->library), FRESHET_GROUP_DOWNLOADING) > 0;

  if (awake == (self->cookie != 0))
    return;
  if (awake)
    self->cookie = gtk_application_inhibit (self->app, gtk_application_get_active_window (self->app),
                                            GTK_APPLICATION_INHIBIT_SUSPEND, _ ("Files are being downloaded"));
  else
    {
      gtk_application_uninhibit (self->app, self->cookie);
      self->cookie = 0;
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AWAKE]);
}

static void
freshet_power_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AWAKE:
      g_value_set_boolean (value, FRESHET_POWER (object)->cookie != 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_power_finalize (GObject *object)
{
  FreshetPower *self = FRESHET_POWER (object);

  g_clear_object (&self->library);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (freshet_power_parent_class)->finalize (object);
}

static void
freshet_power_class_init (FreshetPowerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = freshet_power_get_property;
  object_class->finalize = freshet_power_finalize;
  properties[PROP_AWAKE] = g_param_spec_boolean ("awake", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_power_init (FreshetPower *self)
{
}

FreshetPower *
freshet_power_new (GtkApplication *app, GListModel *library, GSettings *settings)
{
  FreshetPower *self = g_object_new (FRESHET_TYPE_POWER, NULL);
  g_autoptr (FreshetGroup) downloading = g_list_model_get_item (freshet_groups_get (library), FRESHET_GROUP_DOWNLOADING);

  self->app = app;
  self->library = g_object_ref (library);
  g_set_object (&self->settings, settings);
  g_signal_connect_object (downloading, "notify::count", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  if (settings != NULL)
    g_signal_connect_object (settings, "changed::inhibit-sleep", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
