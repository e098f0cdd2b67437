/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "freshet-content-row.h"
#include "freshet-context-menu.h"
#include "freshet-files-page.h"
#include "freshet-format.h"
#include "freshet-list-bin.h"
#include "freshet-show-folder.h"
#include "freshet-window.h"

struct _FreshetFilesPage
{
  AdwBin parent_instance;
  FreshetTorrentItem *item;
  FreshetFileNode *root; /* NULL until the page is looked at */
  GPtrArray *shown;      /* of FreshetContentRow: those that have a node */
  GtkListView *list;
  GtkSearchEntry *search_entry;
  GtkWidget *list_page;
  GtkWidget *empty_page;
};

G_DEFINE_FINAL_TYPE (FreshetFilesPage, freshet_files_page, ADW_TYPE_BIN)

static GListModel *
create_children (gpointer item, gpointer data)
{
  return freshet_file_node_is_folder (item) ? G_LIST_MODEL (g_object_ref (item)) : NULL;
}

static BtTorrent *
get_torrent (FreshetFilesPage *self)
{
  return self->item != NULL ? freshet_torrent_item_get_torrent (self->item) : NULL;
}

/* A folder has no number in the torrent, but the files in it have. */
static guint
find_file (FreshetFileNode *node)
{
  g_autoptr (FreshetFileNode) first = NULL;

  if (!freshet_file_node_is_folder (node))
    return freshet_file_node_get_file (node);
  first = g_list_model_get_item (G_LIST_MODEL (node), 0);
  return first != NULL ? find_file (first) : G_MAXUINT;
}

/* Where a row's file or folder is, below the torrent's folder: as it is called
 * on disk, which is not always what the torrent says. */
static char *
dup_row_path (FreshetFilesPage *self, GtkTreeListRow *row)
{
  g_autoptr (FreshetFileNode) node = gtk_tree_list_row_get_item (row);
  guint file = find_file (node);
  g_autofree char *path = file != G_MAXUINT ? bt_torrent_dup_file_path (get_torrent (self), file) : NULL;
  gboolean single = bt_metainfo_is_single_file (bt_torrent_get_metainfo (get_torrent (self)));
  guint depth = gtk_tree_list_row_get_depth (row) + (single ? 1 : 2);
  char *end = path;

  if (path == NULL)
    return NULL;
  while (depth-- > 0 && end != NULL)
    end = strchr (end == path ? end : end + 1, '/');
  if (end != NULL)
    *end = '\0';
  return g_steal_pointer (&path);
}

static GFile *
dup_row_file (FreshetFilesPage *self, GtkTreeListRow *row)
{
  g_autofree char *path = dup_row_path (self, row);
  g_autoptr (GFile) folder = g_file_new_for_path (bt_torrent_get_folder (get_torrent (self)));

  return path != NULL ? g_file_resolve_relative_path (folder, path) : NULL;
}

/* What a node is called on disk, else in the torrent. */
static char *
dup_row_name (FreshetFilesPage *self, GtkTreeListRow *row)
{
  g_autoptr (FreshetFileNode) node = gtk_tree_list_row_get_item (row);
  g_autofree char *path = get_torrent (self) != NULL ? dup_row_path (self, row) : NULL;

  return path != NULL ? g_path_get_basename (path) : g_strdup (freshet_file_node_get_name (node));
}

static void
show_names (FreshetFilesPage *self)
{
  for (guint i = 0; i < self->shown->len; i++)
    {
      g_autofree char *name = dup_row_name (self, g_object_get_data (self->shown->pdata[i], "freshet-row"));

      freshet_content_row_set_name (self->shown->pdata[i], name);
    }
}

static void
renamed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetFilesPage) self = user_data;
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (bt_torrent_rename_finish (BT_TORRENT (object), result, &error))
    {
      show_names (self);
      return;
    }
  if (!FRESHET_IS_WINDOW (window))
    return;
  if (g_error_matches (error, BT_ERROR, BT_ERROR_MALFORMED))
    message = g_strdup (_ ("A file cannot have this name"));
  else if (g_error_matches (error, BT_ERROR, BT_ERROR_DUPLICATE) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    message = g_strdup (_ ("Something else has this name already"));
  else
    message = freshet_format_error (error);
  freshet_window_show_message (FRESHET_WINDOW (window), message);
}

/* What is asked while a name is typed. */
typedef struct
{
  FreshetFilesPage *page; /* owned */
  char *path;
} Rename;

static void
rename_free (gpointer data, GClosure *closure)
{
  Rename *self = data;

  g_object_unref (self->page);
  g_free (self->path);
  g_free (self);
}

static void
rename_response_cb (AdwMessageDialog *dialog, const char *response, Rename *rename)
{
  GtkEditable *entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));
  BtTorrent *torrent = get_torrent (rename->page);

  if (g_str_equal (response, "rename") && torrent != NULL)
    bt_torrent_rename_async (torrent, rename->path, gtk_editable_get_text (entry), renamed_cb,
                             g_object_ref (rename->page));
}

static void
ask_name (FreshetFilesPage *self, GtkTreeListRow *row)
{
  Rename *rename = g_new (Rename, 1);
  g_autofree char *name = NULL;
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Rename"), NULL);
  GtkWidget *entry = gtk_entry_new ();

  *rename = (Rename){ g_object_ref (self), dup_row_path (self, row) };
  name = g_path_get_basename (rename->path);
  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Rename"));
  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "rename", _ ("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "rename", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "rename");
  g_signal_connect_data (dialog, "response", G_CALLBACK (rename_response_cb), rename, rename_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
asked_cb (FreshetFilesPage *self, const char *what, FreshetContentRow *content)
{
  GtkTreeListRow *row = g_object_get_data (G_OBJECT (content), "freshet-row");
  g_autoptr (GFile) file = row != NULL && get_torrent (self) != NULL ? dup_row_file (self, row) : NULL;
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;

  if (file == NULL)
    return;
  if (g_str_equal (what, "open"))
    gtk_show_uri (window, uri, GDK_CURRENT_TIME);
  else if (g_str_equal (what, "open-folder"))
    freshet_show_folder (window, file);
  else
    ask_name (self, row);
}

/* Of the row with the focus, or of the one that a part of has it. */
static GtkWidget *
find_content (GtkWidget *focus)
{
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, FRESHET_TYPE_CONTENT_ROW) : NULL;
  GtkWidget *expander = focus != NULL && !GTK_IS_TREE_EXPANDER (focus) ? gtk_widget_get_first_child (focus) : focus;

  if (row != NULL)
    return row;
  return GTK_IS_TREE_EXPANDER (expander) ? gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)) : NULL;
}

static gboolean
menu_key_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  GtkWidget *content = find_content (gtk_root_get_focus (gtk_widget_get_root (widget)));

  if (content == NULL)
    return GDK_EVENT_PROPAGATE;
  freshet_content_row_popup_menu (FRESHET_CONTENT_ROW (content));
  return GDK_EVENT_STOP;
}

static gboolean
rename_key_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  GtkWidget *content = find_content (gtk_root_get_focus (gtk_widget_get_root (widget)));

  return content != NULL && gtk_widget_activate_action (content, "file.rename", NULL) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static void
setup_cb (FreshetFilesPage *self, GtkListItem *cell)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *content = g_object_new (FRESHET_TYPE_CONTENT_ROW, "hexpand", TRUE, NULL);

  g_signal_connect_object (content, "asked", G_CALLBACK (asked_cb), self, G_CONNECT_SWAPPED);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), content);
  gtk_list_item_set_child (cell, expander);
}

static void
bind_cb (FreshetFilesPage *self, GtkListItem *cell)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (cell));
  GtkTreeListRow *row = gtk_list_item_get_item (cell);
  GtkWidget *content = gtk_tree_expander_get_child (expander);
  g_autoptr (FreshetFileNode) node = gtk_tree_list_row_get_item (row);
  g_autofree char *name = dup_row_name (self, row);

  gtk_tree_expander_set_list_row (expander, row);
  g_object_set_data_full (G_OBJECT (content), "freshet-row", g_object_ref (row), g_object_unref);
  freshet_content_row_set_node (FRESHET_CONTENT_ROW (content), node, name);
  g_ptr_array_add (self->shown, content);
}

static void
unbind_cb (FreshetFilesPage *self, GtkListItem *cell)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (cell));
  GtkWidget *content = gtk_tree_expander_get_child (expander);

  g_ptr_array_remove_fast (self->shown, content);
  freshet_content_row_set_node (FRESHET_CONTENT_ROW (content), NULL, NULL);
  g_object_set_data (G_OBJECT (content), "freshet-row", NULL);
  gtk_tree_expander_set_list_row (expander, NULL);
}

static void
choice_changed_cb (FreshetFilesPage *self)
{
  if (get_torrent (self) != NULL)
    freshet_file_node_apply (self->root, get_torrent (self));
}

static void
search_changed_cb (FreshetFilesPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  if (self->root != NULL)
    freshet_file_node_search (self->root, text[0] != '\0' ? text : NULL);
}

/* A folder opens, a file is shown to whoever deals with its kind. */
static void
activate_cb (FreshetFilesPage *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (self->list)), position);
  g_autoptr (GFile) file = NULL;
  g_autofree char *uri = NULL;

  if (row == NULL || get_torrent (self) == NULL)
    return;
  if (gtk_tree_list_row_is_expandable (row))
    {
      gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
      return;
    }
  file = dup_row_file (self, row);
  uri = file != NULL ? g_file_get_uri (file) : NULL;
  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), uri, GDK_CURRENT_TIME);
}

static void
forget (FreshetFilesPage *self)
{
  gtk_list_view_set_model (self->list, NULL);
  if (self->root != NULL)
    g_signal_handlers_disconnect_by_data (self->root, self);
  g_clear_object (&self->root);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

static void
freshet_files_page_dispose (GObject *object)
{
  FreshetFilesPage *self = FRESHET_FILES_PAGE (object);

  if (self->root != NULL)
    forget (self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (freshet_files_page_parent_class)->dispose (object);
}

static void
freshet_files_page_finalize (GObject *object)
{
  g_ptr_array_unref (FRESHET_FILES_PAGE (object)->shown);
  G_OBJECT_CLASS (freshet_files_page_parent_class)->finalize (object);
}

static void
freshet_files_page_class_init (FreshetFilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_files_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = freshet_files_page_finalize;
  g_type_ensure (FRESHET_TYPE_LIST_BIN);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-files-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetFilesPage, list);
  gtk_widget_class_bind_template_child (widget_class, FreshetFilesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FreshetFilesPage, list_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetFilesPage, empty_page);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  freshet_context_menu_add_keys (widget_class, menu_key_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F2, 0, rename_key_cb, NULL);
}

static void
freshet_files_page_init (FreshetFilesPage *self)
{
  self->shown = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
freshet_files_page_set_item (FreshetFilesPage *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_FILES_PAGE (self));

  if (g_set_object (&self->item, item))
    forget (self);
}

/* The folders that a torrent begins with are open. */
static void
look (FreshetFilesPage *self, BtMetainfo *metainfo)
{
  GtkTreeListModel *tree;
  g_autoptr (GtkSelectionModel) selection = NULL;

  self->root = freshet_file_node_new (metainfo);
  freshet_file_node_update (self->root, get_torrent (self));
  g_signal_connect_object (self->root, "choice-changed", G_CALLBACK (choice_changed_cb), self, G_CONNECT_SWAPPED);
  tree = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (self->root)), FALSE, FALSE, create_children, NULL, NULL);
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (tree)));
  gtk_list_view_set_model (self->list, selection);
}

void
freshet_files_page_refresh (FreshetFilesPage *self)
{
  BtTorrent *torrent = get_torrent (self);
  BtMetainfo *metainfo = torrent != NULL ? bt_torrent_get_metainfo (torrent) : NULL;

  g_return_if_fail (FRESHET_IS_FILES_PAGE (self));

  gtk_widget_set_visible (self->empty_page, metainfo == NULL);
  gtk_widget_set_visible (self->list_page, metainfo != NULL);
  if (metainfo == NULL)
    return;
  if (self->root == NULL)
    look (self, metainfo);
  else
    freshet_file_node_update (self->root, torrent);
}
