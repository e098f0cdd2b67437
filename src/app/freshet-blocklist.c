/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-blocklist.h"

struct _FreshetBlocklist
{
  GObject parent_instance;
  GSettings *settings;
  FreshetLibrary *library;
  char *path;   /* of what was asked for last */
  char *status;
  gboolean failed;
};

enum
{
  PROP_0,
  PROP_STATUS,
  PROP_FAILED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetBlocklist, freshet_blocklist, G_TYPE_OBJECT)

static void
freshet_blocklist_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetBlocklist *self = FRESHET_BLOCKLIST (object);

  switch (prop_id)
    {
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    case PROP_FAILED:
      g_value_set_boolean (value, self->failed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_blocklist_finalize (GObject *object)
{
  FreshetBlocklist *self = FRESHET_BLOCKLIST (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->library);
  g_free (self->path);
  g_free (self->status);
  G_OBJECT_CLASS (freshet_blocklist_parent_class)->finalize (object);
}

static void
freshet_blocklist_class_init (FreshetBlocklistClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = freshet_blocklist_get_property;
  object_class->finalize = freshet_blocklist_finalize;
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FAILED] = g_param_spec_boolean ("failed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_blocklist_init (FreshetBlocklist *self)
{
}

/* @status: (transfer full) (nullable) */
static void
set_status (FreshetBlocklist *self, char *status, gboolean failed)
{
  g_free (self->status);
  self->status = status;
  self->failed = failed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAILED]);
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetBlocklist) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  if (!bt_session_load_blocklist_finish (BT_SESSION (object), result, &n, &error))
    {
      /* A later choice took its place, and will answer for itself. */
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        set_status (self, g_strdup (error->message), TRUE);
      return;
    }
  if (self->path[0] == '\0')
    set_status (self, NULL, FALSE);
  else
    set_status (self, g_strdup_printf (ngettext ("%'u range of addresses is blocked", "%'u ranges of addresses are blocked", n), n),
                FALSE);
}

static void
load (FreshetBlocklist *self)
{
  BtSession *session = freshet_library_get_session (self->library);
  g_autofree char *path = g_settings_get_string (self->settings, "blocklist");
  /* At the start there is nothing to lift. */
  gboolean same = g_strcmp0 (path, self->path != NULL ? self->path : "") == 0;

  if (session == NULL || same)
    return;
  g_free (self->path);
  self->path = g_steal_pointer (&path);
  if (self->path[0] != '\0')
    set_status (self, g_strdup (_ ("Reading the list")), FALSE);
  bt_session_load_blocklist_async (session, self->path[0] != '\0' ? self->path : NULL, loaded_cb, g_object_ref (self));
}

FreshetBlocklist *
freshet_blocklist_new (GSettings *settings, FreshetLibrary *library)
{
  FreshetBlocklist *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (FRESHET_IS_LIBRARY (library), NULL);

  self = g_object_new (FRESHET_TYPE_BLOCKLIST, NULL);
  self->settings = g_object_ref (settings);
  self->library = g_object_ref (library);
  g_signal_connect_object (settings, "changed::blocklist", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  load (self);
  return self;
}

const char *
freshet_blocklist_get_status (FreshetBlocklist *self)
{
  g_return_val_if_fail (FRESHET_IS_BLOCKLIST (self), NULL);
  return self->status;
}

gboolean
freshet_blocklist_has_failed (FreshetBlocklist *self)
{
  g_return_val_if_fail (FRESHET_IS_BLOCKLIST (self), FALSE);
  return self->failed;
}
