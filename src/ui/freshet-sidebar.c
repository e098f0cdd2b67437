/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-sidebar.h"

struct _FreshetSidebar
{
  AdwBin parent_instance;
  GtkListBox *list;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetSidebar, freshet_sidebar, ADW_TYPE_BIN)

/* How a group looks, by its kind. */
static const struct
{
  const char *title;
  const char *icon;
} looks[FRESHET_N_GROUPS] = {
  [FRESHET_GROUP_ALL] = { NC_ ("group", "All"), "view-list-symbolic" },
  [FRESHET_GROUP_DOWNLOADING] = { NC_ ("group", "Downloading"), "folder-download-symbolic" },
  [FRESHET_GROUP_SEEDING] = { NC_ ("group", "Seeding"), "send-to-symbolic" },
  [FRESHET_GROUP_PAUSED] = { NC_ ("group", "Paused"), "media-playback-pause-symbolic" },
  [FRESHET_GROUP_CHECKING] = { NC_ ("group", "Checking"), "system-search-symbolic" },
  [FRESHET_GROUP_FAILED] = { NC_ ("group", "Failed"), "dialog-warning-symbolic" },
};

/* Checks are rare and short, a row that is always 0 would only be in the way. */
static void
count_changed_cb (GtkWidget *row, GParamSpec *pspec, FreshetGroup *group)
{
  GtkWidget *label = g_object_get_data (G_OBJECT (row), "freshet-count");
  guint count = freshet_group_get_count (group);
  FreshetGroupKind kind = freshet_group_get_kind (group);
  g_autofree char *text = g_strdup_printf ("%u", count);
  g_autofree char *name = NULL;

  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_widget_set_opacity (label, count > 0 ? 1 : 0);
  gtk_widget_set_visible (row, kind != FRESHET_GROUP_CHECKING || count > 0
                                 || gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (row)));
  /* Translators: a group of torrents, and how many there are in it */
  name = g_strdup_printf (_ ("%s, %u"), g_dpgettext2 (NULL, "group", looks[kind].title), count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static GtkWidget *
create_row (gpointer object, gpointer data)
{
  FreshetGroup *group = object;
  FreshetGroupKind kind = freshet_group_get_kind (group);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *title = gtk_label_new (g_dpgettext2 (NULL, "group", looks[kind].title));
  GtkWidget *count = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (count, "numeric");
  gtk_widget_add_css_class (count, "dim-label");
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (looks[kind].icon));
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), count);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data (G_OBJECT (row), "freshet-kind", GUINT_TO_POINTER (kind));
  g_signal_connect_object (group, "notify::count", G_CALLBACK (count_changed_cb), row, G_CONNECT_SWAPPED);
  g_object_set_data (G_OBJECT (row), "freshet-count", count);
  count_changed_cb (row, NULL, group);
  return row;
}

static void
row_selected_cb (FreshetSidebar *self, GtkListBoxRow *row)
{
  if (row != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "freshet-kind")));
}

/* One stop for Tab, or going past would choose one group after the other. */
static gboolean
freshet_sidebar_focus (GtkWidget *widget, GtkDirectionType direction)
{
  FreshetSidebar *self = FRESHET_SIDEBAR (widget);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (freshet_sidebar_parent_class)->focus (widget, direction);
  if (row == NULL || gtk_widget_get_focus_child (widget) != NULL || !gtk_widget_get_mapped (GTK_WIDGET (row)))
    return FALSE;
  return gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
freshet_sidebar_class_init (FreshetSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->focus = freshet_sidebar_focus;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetSidebar, list);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
}

static void
freshet_sidebar_init (FreshetSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
freshet_sidebar_set_library (FreshetSidebar *self, GListModel *library)
{
  g_return_if_fail (FRESHET_IS_SIDEBAR (self));

  gtk_list_box_bind_model (self->list, freshet_groups_get (library), create_row, NULL, NULL);
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, FRESHET_GROUP_ALL));
}
