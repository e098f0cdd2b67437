/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-list-bin.h"
#include "freshet-torrent-view-private.h"

enum
{
  PROP_0,
  PROP_COMPACT,
  PROP_SORT_COLUMN,
  PROP_SORT_DESCENDING,
  N_PROPS
};

enum
{
  SELECTION_CHANGED,
  ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetTorrentView, freshet_torrent_view, ADW_TYPE_BIN)

static void
selection_changed_cb (FreshetTorrentView *self)
{
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
activated_cb (FreshetTorrentView *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

void
freshet_torrent_view_show_top (FreshetTorrentView *self)
{
  GtkWidget *page = self->compact ? self->columns_page : self->rows_page;

  /* A list that was not laid out has no place to go to. */
  if (gtk_widget_get_mapped (page))
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (page)), 0);
}

/* A hidden view has no rows, and one that comes gets them a few at a time. */
static void
show_rows (FreshetTorrentView *self)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (self->slots);

  if ((self->compact ? gtk_column_view_get_model (self->columns) : gtk_list_view_get_model (self->list)) == model)
    return;
  gtk_list_view_set_model (self->list, NULL);
  gtk_column_view_set_model (self->columns, NULL);
  freshet_slot_model_restart (self->slots);
  if (self->compact)
    gtk_column_view_set_model (self->columns, model);
  else
    gtk_list_view_set_model (self->list, model);
}

/* Hidden pages are no pages to a screen reader. */
static void
show_page (FreshetTorrentView *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0;
  show_rows (self);
  gtk_widget_set_visible (self->nothing_page, empty);
  gtk_widget_set_visible (self->rows_page, !empty && !self->compact);
  gtk_widget_set_visible (self->columns_page, !empty && self->compact);
}

static void
filtered_cb (FreshetTorrentView *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0;

  if (empty != gtk_widget_get_visible (self->nothing_page))
    show_page (self);
}

static void
freshet_torrent_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (freshet_torrent_view_parent_class)->map (widget);
  freshet_torrent_view_keep_order (FRESHET_TORRENT_VIEW (widget), TRUE);
}

static void
freshet_torrent_view_unmap (GtkWidget *widget)
{
  freshet_torrent_view_keep_order (FRESHET_TORRENT_VIEW (widget), FALSE);
  GTK_WIDGET_CLASS (freshet_torrent_view_parent_class)->unmap (widget);
}

static void
freshet_torrent_view_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetTorrentView *self = FRESHET_TORRENT_VIEW (object);

  switch (prop_id)
    {
    case PROP_COMPACT:
      g_value_set_boolean (value, self->compact);
      break;
    case PROP_SORT_COLUMN:
      g_value_set_string (value, self->sort_spec != NULL ? self->sort_spec->id : "");
      break;
    case PROP_SORT_DESCENDING:
      g_value_set_boolean (value, self->sort_order == GTK_SORT_DESCENDING);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_compact (FreshetTorrentView *self, gboolean compact)
{
  if (self->compact == compact)
    return;
  self->compact = compact;
  show_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPACT]);
}

static void
freshet_torrent_view_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FreshetTorrentView *self = FRESHET_TORRENT_VIEW (object);

  switch (prop_id)
    {
    case PROP_COMPACT:
      set_compact (self, g_value_get_boolean (value));
      break;
    case PROP_SORT_COLUMN:
      freshet_torrent_view_sort_by (self, g_value_get_string (value) != NULL ? g_value_get_string (value) : "", self->sort_order);
      break;
    case PROP_SORT_DESCENDING:
      if (self->sort_spec != NULL)
        freshet_torrent_view_sort_by (self, self->sort_spec->id, g_value_get_boolean (value) ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_torrent_view_dispose (GObject *object)
{
  FreshetTorrentView *self = FRESHET_TORRENT_VIEW (object);

  freshet_torrent_view_end_order (self);
  g_clear_handle_id (&self->refilter_source, g_source_remove);
  freshet_torrent_view_end_columns (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_weak_pointer (&self->marked);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (freshet_torrent_view_parent_class)->dispose (object);
}

static void
freshet_torrent_view_finalize (GObject *object)
{
  FreshetTorrentView *self = FRESHET_TORRENT_VIEW (object);

  g_clear_object (&self->actions);
  g_clear_object (&self->slots);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->sorted);
  g_clear_object (&self->sorter);
  g_clear_object (&self->filter);
  g_clear_object (&self->library);
  freshet_filter_clear (&self->wanted);
  G_OBJECT_CLASS (freshet_torrent_view_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE, flags);
  properties[PROP_SORT_COLUMN] = g_param_spec_string ("sort-column", NULL, NULL, "", flags);
  properties[PROP_SORT_DESCENDING] = g_param_spec_boolean ("sort-descending", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_torrent_view_class_init (FreshetTorrentViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = freshet_torrent_view_get_property;
  object_class->set_property = freshet_torrent_view_set_property;
  object_class->dispose = freshet_torrent_view_dispose;
  object_class->finalize = freshet_torrent_view_finalize;
  widget_class->map = freshet_torrent_view_map;
  widget_class->unmap = freshet_torrent_view_unmap;
  install_properties (object_class);

  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                             NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);

  g_type_ensure (FRESHET_TYPE_LIST_BIN);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-torrent-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentView, nothing_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentView, rows_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentView, columns_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentView, list);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentView, columns);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, freshet_torrent_view_secondary_pressed_cb);
}

static void
add_actions (FreshetTorrentView *self)
{
  static const char *const names[] = { "compact", "sort-column", "sort-descending" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GPropertyAction) action = g_property_action_new (names[i], self, names[i]);

      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
    }
}

static void
freshet_torrent_view_init (FreshetTorrentView *self)
{
  self->actions = g_simple_action_group_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  freshet_torrent_view_begin_rows (self);
  freshet_torrent_view_begin_columns (self);
  freshet_torrent_view_begin_drag (self);
  self->filter = freshet_torrent_view_filter_new (self);
  freshet_torrent_view_begin_order (self);
  self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->sorted)), g_object_ref (self->filter));
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  self->slots = freshet_slot_model_new (GTK_SELECTION_MODEL (self->selection));
  freshet_slot_model_serve (self->slots, GTK_WIDGET (self->list));
  freshet_slot_model_serve (self->slots, GTK_WIDGET (self->columns));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (filtered_cb), self, G_CONNECT_SWAPPED);
  freshet_torrent_view_begin_focus (self);
  add_actions (self);
  show_page (self);
}

static void
bind_settings (FreshetTorrentView *self)
{
  g_autofree char *column = g_settings_get_string (self->settings, "sort-column");

  g_settings_bind (self->settings, "compact", self, "compact", G_SETTINGS_BIND_DEFAULT);
  freshet_torrent_view_sort_by (self, column,
                                g_settings_get_boolean (self->settings, "sort-descending") ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  g_settings_bind (self->settings, "sort-column", self, "sort-column", G_SETTINGS_BIND_SET);
  g_settings_bind (self->settings, "sort-descending", self, "sort-descending", G_SETTINGS_BIND_SET);
  freshet_torrent_view_restore_columns (self);
}

void
freshet_torrent_view_set_library (FreshetTorrentView *self, GListModel *library, GSettings *settings)
{
  g_return_if_fail (FRESHET_IS_TORRENT_VIEW (self));

  g_set_object (&self->library, library);
  freshet_torrent_view_watch_filtered (self, library);
  gtk_sort_list_model_set_model (self->sorted, library);
  freshet_torrent_view_prepare_order (self);
  if (g_set_object (&self->settings, settings) && settings != NULL)
    bind_settings (self);
}

GActionGroup *
freshet_torrent_view_get_actions (FreshetTorrentView *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_VIEW (self), NULL);
  return G_ACTION_GROUP (self->actions);
}

guint
freshet_torrent_view_get_n_selected (FreshetTorrentView *self)
{
  g_autoptr (GtkBitset) selected = NULL;

  g_return_val_if_fail (FRESHET_IS_TORRENT_VIEW (self), 0);

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  return (guint) gtk_bitset_get_size (selected);
}

GPtrArray *
freshet_torrent_view_dup_selected (FreshetTorrentView *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) selected = NULL;
  GtkBitsetIter iter;
  guint position;

  g_return_val_if_fail (FRESHET_IS_TORRENT_VIEW (self), items);

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->selection), position));
  return items;
}

void
freshet_torrent_view_select (FreshetTorrentView *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_TORRENT_VIEW (self));

  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  freshet_torrent_view_select_item (self, item);
}
