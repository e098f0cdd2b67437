/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-window-private.h"

/* What is dragged over the window, and what letting go would do, in words. */

static gboolean
has_suffix (const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return g_str_has_suffix (folded, ".torrent");
}

/* By its name: it is not read while it is carried about. */
static gboolean
is_torrent (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = base != NULL ? g_filename_display_name (base) : NULL;

  return name != NULL && has_suffix (name);
}

/* Returns: (transfer full): of the GFiles that are torrents or links */
static GPtrArray *
take_files (GdkFileList *list, guint *n_links, guint *n_others)
{
  GPtrArray *taken = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSList) files = gdk_file_list_get_files (list);

  *n_links = 0;
  *n_others = 0;
  for (GSList *link = files; link != NULL; link = link->next)
    {
      gboolean is_link = g_file_has_uri_scheme (link->data, "magnet");

      if (is_link || is_torrent (link->data))
        g_ptr_array_add (taken, g_object_ref (link->data));
      else
        (*n_others)++;
      if (is_link)
        (*n_links)++;
    }
  return taken;
}

static char *
format_links (guint n)
{
  if (n == 1)
    return g_strdup (_ ("Drop to add the link"));
  return g_strdup_printf (ngettext ("Drop to add %u link", "Drop to add %u links", n), n);
}

/* Returns: whether letting go would do something. @title, @detail: (out) (transfer full) */
static gboolean
describe_files (GdkFileList *list, char **title, char **detail)
{
  guint n_links, n_others;
  g_autoptr (GPtrArray) taken = take_files (list, &n_links, &n_others);

  if (taken->len == 0)
    {
      *title = g_strdup (_ ("This Cannot Be Added"));
      *detail = g_strdup (_ ("Torrent files and magnet links can. Folders and other files cannot be shared yet."));
      return FALSE;
    }
  if (n_links == taken->len)
    *title = format_links (n_links);
  else
    *title = g_strdup_printf (ngettext ("Drop to add %u torrent", "Drop to add %u torrents", taken->len), taken->len);
  *detail = n_others > 0 ? g_strdup (_ ("Folders and other files are left out")) : NULL;
  return TRUE;
}

static gboolean
describe_text (const char *text, char **title, char **detail)
{
  guint n = freshet_window_count_links (text);

  *title = n > 0 ? format_links (n) : g_strdup (_ ("This Cannot Be Added"));
  *detail = n > 0 ? NULL : g_strdup (_ ("There is no magnet link in this text."));
  return n > 0;
}

static gboolean
describe (const GValue *value, char **title, char **detail)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) && g_value_get_boxed (value) != NULL)
    return describe_files (g_value_get_boxed (value), title, detail);
  return describe_text (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL ? g_value_get_string (value) : "",
                        title, detail);
}

/* Rows of ours that are dragged about are here already. */
static gboolean
accept_cb (FreshetWindow *self, GdkDrop *drop, GtkDropTarget *target)
{
  return gdk_drop_get_drag (drop) == NULL
         && gdk_content_formats_match (gtk_drop_target_get_formats (target), gdk_drop_get_formats (drop));
}

/* It comes a moment after the drag has, and goes with it. */
static void
value_cb (FreshetWindow *self, GParamSpec *pspec, GtkDropTarget *target)
{
  const GValue *value = gtk_drop_target_get_value (target);
  g_autofree char *title = NULL;
  g_autofree char *detail = NULL;

  if (value == NULL)
    return;
  self->drop_refused = !describe (value, &title, &detail);
  adw_status_page_set_title (self->drop_page, title);
  adw_status_page_set_description (self->drop_page, detail);
  gtk_revealer_set_reveal_child (self->drop_revealer, TRUE);
}

static GdkDragAction
move_cb (FreshetWindow *self, double x, double y)
{
  return self->drop_refused ? 0 : GDK_ACTION_COPY;
}

static GdkDragAction
enter_cb (FreshetWindow *self, double x, double y)
{
  self->drop_refused = FALSE;
  return GDK_ACTION_COPY;
}

static void
leave_cb (FreshetWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_revealer, FALSE);
}

static gboolean
drop_cb (FreshetWindow *self, const GValue *value, double x, double y)
{
  g_autofree char *title = NULL;
  g_autofree char *detail = NULL;
  g_autoptr (GPtrArray) files = NULL;
  guint n_links, n_others;

  gtk_revealer_set_reveal_child (self->drop_revealer, FALSE);
  if (!describe (value, &title, &detail))
    {
      freshet_window_show_message (self, detail);
      return FALSE;
    }
  if (G_VALUE_HOLDS_STRING (value))
    freshet_window_open_text (self, g_value_get_string (value));
  else
    {
      files = take_files (g_value_get_boxed (value), &n_links, &n_others);
      freshet_window_open_files (self, (GFile **) files->pdata, files->len);
    }
  return TRUE;
}

void
freshet_window_init_drop (FreshetWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  gtk_drop_target_set_preload (target, TRUE);
  g_signal_connect_swapped (target, "accept", G_CALLBACK (accept_cb), self);
  g_signal_connect_swapped (target, "notify::value", G_CALLBACK (value_cb), self);
  g_signal_connect_swapped (target, "enter", G_CALLBACK (enter_cb), self);
  g_signal_connect_swapped (target, "motion", G_CALLBACK (move_cb), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
