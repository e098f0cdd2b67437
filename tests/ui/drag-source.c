/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <gtk/gtk.h>
#include <signal.h>

/* drag-source FILE…: a window out of which the files can be dragged, as out of
 * a file manager.
 * What is dropped on it is copied into the file DROPPED, if that is set, and
 * the second file and those after it into DROPPED.1 and so on. Its title says
 * when something is over it that it would take.
 * drag-source --text TEXT: the same with a text, which is in the clipboard too.
 * With BUSY it stops when that is so, before it can say what it has there: until SIGCONT. */

#define TITLE "Drag Source"
#define TITLE_OVER "Drop Here"

static const char *text;

static GdkContentProvider *
prepare_cb (GtkDragSource *source, double x, double y, gpointer data)
{
  GPtrArray *files = data;
  GdkFileList *list;
  GdkContentProvider *provider;

  if (text != NULL)
    return gdk_content_provider_new_typed (G_TYPE_STRING, text);
  list = gdk_file_list_new_from_array ((GFile **) files->pdata, files->len);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return provider;
}

/* Whole, or not under this name. */
static void
keep (GFile *file, const char *path)
{
  g_autofree char *unfinished = g_strconcat (path, ".part", NULL);
  g_autoptr (GFile) copy = g_file_new_for_path (unfinished);
  g_autoptr (GFile) kept = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  if (!g_file_copy (file, copy, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error)
      || !g_file_move (copy, kept, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error))
    g_printerr ("Not copied: %s\n", error->message);
}

/* As a file manager does: read what was given, and keep it. */
static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));
  guint n = 0;

  for (GSList *link = files; link != NULL; link = link->next, n++)
    {
      g_autofree char *path = n == 0 ? g_strdup (g_getenv ("DROPPED")) : g_strdup_printf ("%s.%u", g_getenv ("DROPPED"), n);

      keep (link->data, path);
    }
  return TRUE;
}

static GdkDragAction
enter_cb (GtkDropTarget *target, double x, double y, GtkWindow *window)
{
  gtk_window_set_title (window, TITLE_OVER);
  return GDK_ACTION_COPY;
}

static void
leave_cb (GtkDropTarget *target, GtkWindow *window)
{
  gtk_window_set_title (window, TITLE);
}

static void
activate_cb (GtkApplication *app, gpointer data)
{
  GtkWidget *window = gtk_application_window_new (app);
  GtkWidget *label = gtk_label_new ("Files");
  GtkDragSource *source = gtk_drag_source_new ();

  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), data);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (source));
  if (g_getenv ("DROPPED") != NULL)
    {
      GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

      g_signal_connect (target, "drop", G_CALLBACK (drop_cb), NULL);
      g_signal_connect (target, "enter", G_CALLBACK (enter_cb), window);
      g_signal_connect (target, "leave", G_CALLBACK (leave_cb), window);
      gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (target));
    }
  gtk_window_set_title (GTK_WINDOW (window), TITLE);
  gtk_window_set_default_size (GTK_WINDOW (window), 200, 150);
  gtk_window_set_child (GTK_WINDOW (window), label);
  /* Who sees the window finds the text. */
  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (window), text);
  gtk_window_present (GTK_WINDOW (window));
  if (g_getenv ("BUSY") != NULL)
    {
      gdk_display_sync (gtk_widget_get_display (window));
      raise (SIGSTOP);
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (GtkApplication) app = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (argc == 3 && g_str_equal (argv[1], "--text"))
    text = argv[2];
  for (int i = 1; text == NULL && i < argc; i++)
    g_ptr_array_add (files, g_file_new_for_commandline_arg (argv[i]));
  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), files);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
