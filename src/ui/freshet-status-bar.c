/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-format.h"
#include "freshet-settings.h"
#include "freshet-status-bar.h"

/* Seconds between two looks. */
#define REFRESH_INTERVAL 5

struct _FreshetStatusBar
{
  AdwBin parent_instance;
  FreshetLibrary *library;
  GSettings *settings; /* NULL: the defaults */
  GCancellable *cancellable;
  guint refresh_source;
  GtkLabel *port_label;
  GtkLabel *dht_label;
  GtkLabel *space_label;
};

G_DEFINE_FINAL_TYPE (FreshetStatusBar, freshet_status_bar, ADW_TYPE_BIN)

static void
take_text (GtkLabel *label, char *text)
{
  if (!g_str_equal (gtk_label_get_label (label), text))
    gtk_label_set_label (label, text);
  g_free (text);
}

static void
space_known_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info_finish (G_FILE (object), result, &error);
  FreshetStatusBar *self = user_data;
  g_autofree char *size = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->space_label), info != NULL);
  if (info == NULL)
    return;
  size = freshet_format_size (g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE));
  take_text (self->space_label, g_strdup_printf (_ ("%s free"), size));
}

static void
show_space (FreshetStatusBar *self)
{
  g_autoptr (GFile) folder = freshet_settings_dup_download_folder (self->settings);
  g_autofree char *path = g_file_get_parse_name (folder);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self->space_label), path);
  g_file_query_filesystem_info_async (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, G_PRIORITY_DEFAULT, self->cancellable,
                                      space_known_cb, self);
}

static void
show_port (FreshetStatusBar *self)
{
  BtSession *session = freshet_library_get_session (self->library);
  BtSessionStats stats;
  guint n_nodes;

  if (session == NULL)
    {
      take_text (self->port_label, g_strdup (_ ("No network")));
      return;
    }
  bt_session_get_stats (session, &stats);
  n_nodes = stats.dht_nodes_v4 + stats.dht_nodes_v6;
  gtk_widget_set_visible (GTK_WIDGET (self->dht_label), n_nodes > 0);
  take_text (self->dht_label, g_strdup_printf (ngettext ("DHT: %u node", "DHT: %u nodes", n_nodes), n_nodes));
  if (stats.n_incoming > 0)
    {
      take_text (self->port_label, g_strdup_printf (_ ("Port %u is open"), bt_session_get_port (session)));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->port_label), _ ("Other peers have reached this computer"));
    }
  else
    {
      take_text (self->port_label, g_strdup_printf (_ ("Port %u"), bt_session_get_port (session)));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->port_label), _ ("No peer has reached this computer yet"));
    }
}

static gboolean
refresh_cb (gpointer data)
{
  show_port (data);
  show_space (data);
  return G_SOURCE_CONTINUE;
}

static void
freshet_status_bar_map (GtkWidget *widget)
{
  FreshetStatusBar *self = FRESHET_STATUS_BAR (widget);

  GTK_WIDGET_CLASS (freshet_status_bar_parent_class)->map (widget);
  if (self->library == NULL)
    return;
  refresh_cb (self);
  self->refresh_source = g_timeout_add_seconds (REFRESH_INTERVAL, refresh_cb, self);
  g_source_set_name_by_id (self->refresh_source, "freshet-status-bar refresh");
}

static void
freshet_status_bar_unmap (GtkWidget *widget)
{
  FreshetStatusBar *self = FRESHET_STATUS_BAR (widget);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  GTK_WIDGET_CLASS (freshet_status_bar_parent_class)->unmap (widget);
}

static void
freshet_status_bar_dispose (GObject *object)
{
  FreshetStatusBar *self = FRESHET_STATUS_BAR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_object (&self->library);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (freshet_status_bar_parent_class)->dispose (object);
}

static void
freshet_status_bar_finalize (GObject *object)
{
  g_object_unref (FRESHET_STATUS_BAR (object)->cancellable);
  G_OBJECT_CLASS (freshet_status_bar_parent_class)->finalize (object);
}

static void
freshet_status_bar_class_init (FreshetStatusBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = freshet_status_bar_dispose;
  object_class->finalize = freshet_status_bar_finalize;
  widget_class->map = freshet_status_bar_map;
  widget_class->unmap = freshet_status_bar_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetStatusBar, port_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetStatusBar, dht_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetStatusBar, space_label);
}

static void
freshet_status_bar_init (FreshetStatusBar *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
freshet_status_bar_set_library (FreshetStatusBar *self, FreshetLibrary *library, GSettings *settings)
{
  g_return_if_fail (FRESHET_IS_STATUS_BAR (self));

  g_set_object (&self->library, library);
  g_set_object (&self->settings, settings);
}
