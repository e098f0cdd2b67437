/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-torrent-fetch.h"
#include "freshet-window-private.h"

/* What is dragged over the window, and what letting go would do, in words. */

/* Files that are asked what is in them; who drags more of them knows what they are. */
#define MOST_ASKED 64u

#define TORRENT_TYPE "application/x-bittorrent"

typedef enum
{
  DRAGGED_OTHER,
  DRAGGED_TORRENT,
  DRAGGED_LINK,
} Dragged;

struct _FreshetDrop
{
  FreshetWindow *window; /* owned */
  gboolean current;      /* it is still over the window, or was let go there */
  gboolean dropped;
  char *text;            /* NULL: it is files */
  GPtrArray *files;      /* of GFile */
  GArray *kinds;         /* of Dragged, of each file */
  guint n_asked;         /* that have not answered yet */
};

/* A file that is asked. */
typedef struct
{
  FreshetDrop *drop; /* owned */
  guint index;
} Question;

static void show (FreshetDrop *drop);

static void
drop_clear (gpointer data)
{
  FreshetDrop *drop = data;

  g_object_unref (drop->window);
  g_free (drop->text);
  g_ptr_array_unref (drop->files);
  g_array_unref (drop->kinds);
}

static void
drop_release (FreshetDrop *drop)
{
  g_rc_box_release_full (drop, drop_clear);
}

static gboolean
has_suffix (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = base != NULL ? g_filename_display_name (base) : g_strdup ("");
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return g_str_has_suffix (folded, ".torrent");
}

static void
kind_known_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Question *question = data;
  FreshetDrop *drop = question->drop;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, NULL);
  const char *type = info != NULL ? g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE) : NULL;

  if (type != NULL && g_content_type_is_a (type, TORRENT_TYPE))
    g_array_index (drop->kinds, Dragged, question->index) = DRAGGED_TORRENT;
  if (--drop->n_asked == 0 && drop->current && !g_cancellable_is_cancelled (drop->window->cancellable))
    show (drop);
  drop_release (drop);
}

static gboolean
is_link (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *address = freshet_torrent_fetch_dup_address (uri);

  return address != NULL || g_file_has_uri_scheme (file, "magnet");
}

/* By its name, else by what is in it. */
static void
judge (FreshetDrop *drop, GFile *file)
{
  Dragged kind = is_link (file) ? DRAGGED_LINK : has_suffix (file) ? DRAGGED_TORRENT : DRAGGED_OTHER;
  Question *question;

  g_ptr_array_add (drop->files, g_object_ref (file));
  g_array_append_val (drop->kinds, kind);
  if (kind != DRAGGED_OTHER || drop->n_asked >= MOST_ASKED)
    return;
  question = g_new (Question, 1);
  *question = (Question){ g_rc_box_acquire (drop), drop->files->len - 1 };
  drop->n_asked++;
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                           drop->window->cancellable, kind_known_cb, question);
}

static FreshetDrop *
drop_new (FreshetWindow *self, const GValue *value)
{
  FreshetDrop *drop = g_rc_box_new0 (FreshetDrop);
  g_autoptr (GSList) files = NULL;

  drop->window = g_object_ref (self);
  drop->current = TRUE;
  drop->files = g_ptr_array_new_with_free_func (g_object_unref);
  drop->kinds = g_array_new (FALSE, FALSE, sizeof (Dragged));
  if (G_VALUE_HOLDS_STRING (value))
    drop->text = g_value_dup_string (value);
  else if (g_value_get_boxed (value) != NULL)
    files = gdk_file_list_get_files (g_value_get_boxed (value));
  for (GSList *link = files; link != NULL; link = link->next)
    judge (drop, link->data);
  return drop;
}

static guint
count (FreshetDrop *drop, Dragged kind)
{
  guint n = 0;

  for (guint i = 0; i < drop->kinds->len; i++)
    n += g_array_index (drop->kinds, Dragged, i) == kind ? 1 : 0;
  return n;
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
describe_files (FreshetDrop *drop, char **title, char **detail)
{
  guint n_links = count (drop, DRAGGED_LINK), n_torrents = count (drop, DRAGGED_TORRENT), n = n_links + n_torrents;

  if (n == 0)
    {
      *title = g_strdup (_ ("This Cannot Be Added"));
      *detail = g_strdup (_ ("Torrent files and links to torrents can. Folders and other files cannot be shared yet."));
      return FALSE;
    }
  if (n_torrents == 0)
    *title = format_links (n_links);
  else
    *title = g_strdup_printf (ngettext ("Drop to add %u torrent", "Drop to add %u torrents", n), n);
  *detail = count (drop, DRAGGED_OTHER) > 0 ? g_strdup (_ ("Folders and other files are left out")) : NULL;
  return TRUE;
}

static gboolean
describe_text (const char *text, char **title, char **detail)
{
  guint n = freshet_window_count_links (text);

  *title = n > 0 ? format_links (n) : g_strdup (_ ("This Cannot Be Added"));
  *detail = n > 0 ? NULL : g_strdup (_ ("There is no link to a torrent in this text."));
  return n > 0;
}

static void
open_files (FreshetDrop *drop)
{
  g_autoptr (GPtrArray) taken = g_ptr_array_new ();

  for (guint i = 0; i < drop->files->len; i++)
    if (g_array_index (drop->kinds, Dragged, i) != DRAGGED_OTHER)
      g_ptr_array_add (taken, drop->files->pdata[i]);
  freshet_window_open_files (drop->window, (GFile **) taken->pdata, taken->len);
}

/* What letting go would do or, when it was let go, does it. */
static void
show (FreshetDrop *drop)
{
  FreshetWindow *self = drop->window;
  g_autofree char *title = NULL;
  g_autofree char *detail = NULL;
  gboolean taken = drop->text != NULL ? describe_text (drop->text, &title, &detail) : describe_files (drop, &title, &detail);

  if (drop->dropped)
    {
      if (!taken)
        freshet_window_show_message (self, detail);
      else if (drop->text != NULL)
        freshet_window_open_text (self, drop->text);
      else
        open_files (drop);
      return;
    }
  self->drop_refused = !taken;
  adw_status_page_set_title (self->drop_page, title);
  adw_status_page_set_description (self->drop_page, detail);
  gtk_revealer_set_reveal_child (self->drop_revealer, TRUE);
}

static void
forget (FreshetWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_revealer, FALSE);
  if (self->drop == NULL)
    return;
  self->drop->current = FALSE;
  drop_release (g_steal_pointer (&self->drop));
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

  forget (self);
  if (value == NULL)
    return;
  self->drop = drop_new (self, value);
  if (self->drop->n_asked == 0)
    show (self->drop);
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

static gboolean
drop_cb (FreshetWindow *self, const GValue *value, double x, double y)
{
  FreshetDrop *drop = drop_new (self, value);

  forget (self);
  drop->dropped = TRUE;
  if (drop->n_asked == 0)
    show (drop);
  drop_release (drop);
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
  g_signal_connect_swapped (target, "leave", G_CALLBACK (forget), self);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
