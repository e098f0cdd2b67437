/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-label-dot.h"
#include "freshet-sidebar.h"

/* Milliseconds in which changes come together: counting looks at all torrents. */
#define COUNT_DELAY 100

/* Those that the most torrents have; nobody looks for one in a longer list. */
#define MAX_TRACKERS 40u

struct _FreshetSidebar
{
  AdwBin parent_instance;
  FreshetLibrary *library;
  GtkListBox *list;
  GHashTable *labels;   /* gint64 -> GtkListBoxRow */
  GHashTable *trackers; /* host -> GtkListBoxRow */
  guint count_source;
};

/* What a row chooses, and its widgets. */
typedef struct
{
  FreshetFilter filter;
  guint rank;       /* in its section */
  GtkWidget *title;
  GtkWidget *count;
  GtkWidget *dot;   /* of a label; NULL */
} Choice;

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

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  freshet_filter_clear (&choice->filter);
  g_free (choice);
}

static Choice *
choice_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "freshet-choice");
}

/* @filter: (transfer full) */
static GtkListBoxRow *
row_new (FreshetSidebar *self, FreshetFilter filter, GtkWidget *image, const char *text)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  Choice *choice = g_new0 (Choice, 1);

  *choice = (Choice){ .filter = filter, .title = gtk_label_new (text), .count = gtk_label_new (NULL) };
  gtk_label_set_xalign (GTK_LABEL (choice->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (choice->title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (choice->title, TRUE);
  gtk_widget_add_css_class (choice->count, "numeric");
  gtk_widget_add_css_class (choice->count, "dim-label");
  gtk_widget_set_size_request (image, 16, -1);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), choice->title);
  gtk_box_append (GTK_BOX (box), choice->count);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "freshet-choice", choice, choice_free);
  gtk_list_box_append (self->list, row);
  return GTK_LIST_BOX_ROW (row);
}

/* What the title alone does not say to who cannot see where the row stands. */
static char *
name_of (const Choice *choice, guint n)
{
  const char *title = gtk_label_get_label (GTK_LABEL (choice->title));

  if (choice->filter.label != 0)
    /* Translators: a label of torrents, and how many have it */
    return g_strdup_printf (_ ("Label %s, %u"), title, n);
  if (choice->filter.tracker != NULL)
    /* Translators: the host of a tracker, and how many torrents have it */
    return g_strdup_printf (_ ("Tracker %s, %u"), title, n);
  /* Translators: a group of torrents, and how many there are in it */
  return g_strdup_printf (_ ("%s, %u"), title, n);
}

static void
show_count (GtkListBoxRow *row, guint n)
{
  Choice *choice = choice_of (row);
  g_autofree char *text = g_strdup_printf ("%u", n);
  g_autofree char *name = name_of (choice, n);

  gtk_label_set_label (GTK_LABEL (choice->count), text);
  gtk_widget_set_opacity (choice->count, n > 0 ? 1 : 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Checks are rare and short, a row that is always 0 would only be in the way. */
static void
count_changed_cb (GtkListBoxRow *row, GParamSpec *pspec, FreshetGroup *group)
{
  guint n = freshet_group_get_count (group);

  show_count (row, n);
  gtk_widget_set_visible (GTK_WIDGET (row), freshet_group_get_kind (group) != FRESHET_GROUP_CHECKING || n > 0
                                              || gtk_list_box_row_is_selected (row));
}

static void
add_group (FreshetSidebar *self, FreshetGroup *group)
{
  FreshetGroupKind kind = freshet_group_get_kind (group);
  GtkListBoxRow *row = row_new (self, (FreshetFilter){ .group = kind }, gtk_image_new_from_icon_name (looks[kind].icon),
                                g_dpgettext2 (NULL, "group", looks[kind].title));

  choice_of (row)->rank = kind;
  g_signal_connect_object (group, "notify::count", G_CALLBACK (count_changed_cb), row, G_CONNECT_SWAPPED);
  count_changed_cb (row, NULL, group);
}

static guint
section_of (GtkListBoxRow *row)
{
  const FreshetFilter *filter = &choice_of (row)->filter;

  return filter->tracker != NULL ? 2 : filter->label != 0 ? 1 : 0;
}

static int
compare_rows (GtkListBoxRow *one, GtkListBoxRow *other, gpointer data)
{
  guint a = section_of (one), b = section_of (other);

  if (a == b)
    {
      a = choice_of (one)->rank;
      b = choice_of (other)->rank;
    }
  return a < b ? -1 : a > b;
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  guint section = section_of (row);
  GtkWidget *heading;

  if (section == 0 || (before != NULL && section_of (before) == section))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  if (gtk_list_box_row_get_header (row) != NULL)
    return;
  heading = gtk_label_new (section == 1 ? _ ("Labels") : _ ("Trackers"));
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "sidebar-heading");
  gtk_widget_add_css_class (heading, "caption-heading");
  gtk_widget_add_css_class (heading, "dim-label");
  gtk_list_box_row_set_header (row, heading);
}

/* Those of @rows that are not in @there go; who looks at one of them sees all torrents then. */
static void
remove_others (FreshetSidebar *self, GHashTable *rows, GHashTable *there)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    if (!g_hash_table_contains (there, row))
      {
        if (gtk_list_box_row_is_selected (row))
          gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, FRESHET_GROUP_ALL));
        g_hash_table_iter_remove (&iter);
        gtk_list_box_remove (self->list, row);
      }
}

static void
update_labels (FreshetSidebar *self)
{
  GPtrArray *labels = freshet_library_peek_labels (self->library);
  g_autoptr (GArray) counts = freshet_filter_count_labels (G_LIST_MODEL (self->library), labels);
  g_autoptr (GHashTable) there = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < labels->len; i++)
    {
      FreshetLabel *label = labels->pdata[i];
      GtkListBoxRow *row = g_hash_table_lookup (self->labels, &label->id);
      GtkWidget *dot = row == NULL ? freshet_label_dot_new () : choice_of (row)->dot;

      if (row == NULL)
        {
          row = row_new (self, (FreshetFilter){ .label = label->id }, dot, label->name);
          choice_of (row)->dot = dot;
          g_hash_table_insert (self->labels, g_memdup2 (&label->id, sizeof label->id), row);
        }
      gtk_label_set_label (GTK_LABEL (choice_of (row)->title), label->name);
      freshet_label_dot_set_colour (FRESHET_LABEL_DOT (dot), label->colour);
      choice_of (row)->rank = i;
      show_count (row, g_array_index (counts, guint, i));
      g_hash_table_add (there, row);
    }
  remove_others (self, self->labels, there);
}

static int
compare_hosts (gconstpointer a, gconstpointer b, gpointer data)
{
  const char *one = *(const char *const *) a, *other = *(const char *const *) b;
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (data, one)), m = GPOINTER_TO_UINT (g_hash_table_lookup (data, other));

  return n != m ? (n < m ? 1 : -1) : g_strcmp0 (one, other);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer container): hosts of @counts, by name */
static GPtrArray *
choose_hosts (FreshetSidebar *self, GHashTable *counts)
{
  GPtrArray *hosts = g_ptr_array_new ();
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->list);
  const char *chosen = selected != NULL ? choice_of (selected)->filter.tracker : NULL;
  GHashTableIter iter;
  gpointer host;
  gboolean there = FALSE;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &host, NULL))
    g_ptr_array_add (hosts, host);
  g_ptr_array_sort_with_data (hosts, compare_hosts, counts);
  g_ptr_array_set_size (hosts, (int) MIN (hosts->len, MAX_TRACKERS));
  for (guint i = 0; i < hosts->len; i++)
    there |= g_strcmp0 (hosts->pdata[i], chosen) == 0;
  if (chosen != NULL && !there && g_hash_table_lookup_extended (counts, chosen, &host, NULL))
    g_ptr_array_add (hosts, host);
  g_ptr_array_sort (hosts, compare_names);
  return hosts;
}

static void
update_trackers (FreshetSidebar *self)
{
  g_autoptr (GHashTable) counts = freshet_filter_count_trackers (G_LIST_MODEL (self->library));
  g_autoptr (GPtrArray) hosts = choose_hosts (self, counts);
  g_autoptr (GHashTable) there = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < hosts->len; i++)
    {
      const char *host = hosts->pdata[i];
      GtkListBoxRow *row = g_hash_table_lookup (self->trackers, host);

      if (row == NULL)
        {
          row = row_new (self, (FreshetFilter){ .tracker = g_strdup (host) },
                         gtk_image_new_from_icon_name ("network-server-symbolic"), host);
          gtk_widget_set_tooltip_text (GTK_WIDGET (row), host);
          g_hash_table_insert (self->trackers, g_strdup (host), row);
        }
      choice_of (row)->rank = i;
      show_count (row, GPOINTER_TO_UINT (g_hash_table_lookup (counts, host)));
      g_hash_table_add (there, row);
    }
  remove_others (self, self->trackers, there);
}

static gboolean
count_cb (gpointer data)
{
  FreshetSidebar *self = data;

  self->count_source = 0;
  update_labels (self);
  update_trackers (self);
  gtk_list_box_invalidate_sort (self->list);
  gtk_list_box_invalidate_headers (self->list);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (FreshetSidebar *self)
{
  if (self->count_source != 0)
    return;
  self->count_source = g_timeout_add (COUNT_DELAY, count_cb, self);
  g_source_set_name_by_id (self->count_source, "freshet-sidebar count");
}

static void
row_selected_cb (FreshetSidebar *self, GtkListBoxRow *row)
{
  if (row != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, &choice_of (row)->filter);
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
freshet_sidebar_dispose (GObject *object)
{
  FreshetSidebar *self = FRESHET_SIDEBAR (object);

  g_clear_handle_id (&self->count_source, g_source_remove);
  g_clear_object (&self->library);
  G_OBJECT_CLASS (freshet_sidebar_parent_class)->dispose (object);
}

static void
freshet_sidebar_finalize (GObject *object)
{
  FreshetSidebar *self = FRESHET_SIDEBAR (object);

  g_hash_table_unref (self->labels);
  g_hash_table_unref (self->trackers);
  G_OBJECT_CLASS (freshet_sidebar_parent_class)->finalize (object);
}

static void
freshet_sidebar_class_init (FreshetSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_sidebar_dispose;
  G_OBJECT_CLASS (klass)->finalize = freshet_sidebar_finalize;
  widget_class->focus = freshet_sidebar_focus;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetSidebar, list);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
}

static void
freshet_sidebar_init (FreshetSidebar *self)
{
  self->labels = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->trackers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (self->list, compare_rows, NULL, NULL);
  gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
}

void
freshet_sidebar_set_library (FreshetSidebar *self, FreshetLibrary *library)
{
  GListModel *groups;

  g_return_if_fail (FRESHET_IS_SIDEBAR (self));
  g_return_if_fail (self->library == NULL);

  self->library = g_object_ref (library);
  groups = freshet_groups_get (G_LIST_MODEL (library));
  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    {
      g_autoptr (FreshetGroup) group = g_list_model_get_item (groups, i);

      add_group (self, group);
    }
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, FRESHET_GROUP_ALL));
  g_signal_connect_object (library, "items-changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "labels-changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);
}
