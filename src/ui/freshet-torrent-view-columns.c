/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-torrent-columns.h"
#include "freshet-torrent-view-private.h"

/* Which columns there are, in which order, and how wide. */

/* Milliseconds: a column that is being made wider is written once. */
#define SAVE_DELAY 500

/* Of the settings: id, visible, width in pixels or -1 for its own. */
#define COLUMN_TYPE "(sbi)"

static void
save_columns (FreshetTorrentView *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->columns);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" COLUMN_TYPE));
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      g_variant_builder_add (&builder, COLUMN_TYPE, freshet_column_get_spec (column)->id,
                             gtk_column_view_column_get_visible (column),
                             gtk_column_view_column_get_fixed_width (column));
    }
  g_settings_set_value (self->settings, "columns", g_variant_builder_end (&builder));
}

static gboolean
save_cb (gpointer data)
{
  FreshetTorrentView *self = data;

  self->save_source = 0;
  save_columns (self);
  return G_SOURCE_REMOVE;
}

static void
columns_changed_cb (FreshetTorrentView *self)
{
  if (self->settings == NULL || self->save_source != 0)
    return;
  self->save_source = g_timeout_add (SAVE_DELAY, save_cb, self);
  g_source_set_name_by_id (self->save_source, "freshet-torrent-view columns");
}

/* What the header's menu chooses columns with.
 * Returns: (transfer full) */
static GMenuModel *
add_visibility_actions (FreshetTorrentView *self, GSimpleActionGroup *group)
{
  GListModel *columns = gtk_column_view_get_columns (self->columns);
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const FreshetColumnSpec *spec = freshet_column_get_spec (column);
      g_autoptr (GPropertyAction) action = g_property_action_new (spec->id, column, "visible");
      g_autofree char *name = g_strconcat ("columns.", spec->id, NULL);

      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
      /* Without names nobody would know which torrent is which. */
      if (i > 0)
        g_menu_append (menu, gtk_column_view_column_get_title (column), name);
    }
  return G_MENU_MODEL (menu);
}

/* The menu of the header for who has no pointer. */
static void
choose_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetTorrentView *self = data;
  GdkRectangle where = { gtk_widget_get_width (GTK_WIDGET (self)) / 2, 0, 1, 1 };

  if (self->columns_menu == NULL)
    {
      self->columns_menu = gtk_popover_menu_new_from_model (self->columns_model);
      gtk_widget_set_parent (self->columns_menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->columns_menu), &where);
  gtk_popover_popup (GTK_POPOVER (self->columns_menu));
}

static void
add_choose_action (FreshetTorrentView *self)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new ("choose-columns", NULL);

  g_signal_connect (action, "activate", G_CALLBACK (choose_action), self);
  g_object_bind_property (self->columns_page, "visible", action, "enabled", G_BINDING_SYNC_CREATE);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
}

void
freshet_torrent_view_begin_columns (FreshetTorrentView *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  guint n;
  const FreshetColumnSpec *specs = freshet_torrent_columns (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = freshet_column_new (&specs[i]);

      gtk_column_view_append_column (self->columns, column);
      g_signal_connect_object (column, "notify::visible", G_CALLBACK (columns_changed_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "notify::fixed-width", G_CALLBACK (columns_changed_cb), self, G_CONNECT_SWAPPED);
    }
  self->columns_model = add_visibility_actions (self, group);
  add_choose_action (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", G_ACTION_GROUP (group));
  for (guint i = 0; i < n; i++)
    gtk_column_view_column_set_header_menu (freshet_column_find (self->columns, specs[i].id), self->columns_model);
  freshet_column_align_titles (self->columns);
  freshet_column_begin_at_start (self->columns);
  g_signal_connect_object (gtk_column_view_get_columns (self->columns), "items-changed",
                           G_CALLBACK (columns_changed_cb), self, G_CONNECT_SWAPPED);
}

void
freshet_torrent_view_restore_columns (FreshetTorrentView *self)
{
  g_autoptr (GVariant) saved = g_settings_get_value (self->settings, "columns");
  GVariantIter iter;
  const char *id;
  gboolean visible;
  int width;
  guint position = 0;

  g_variant_iter_init (&iter, saved);
  while (g_variant_iter_next (&iter, "(&sbi)", &id, &visible, &width))
    {
      GtkColumnViewColumn *column = freshet_column_find (self->columns, id);

      if (column == NULL)
        continue;
      gtk_column_view_insert_column (self->columns, position, column);
      gtk_column_view_column_set_visible (column, visible || position == 0);
      gtk_column_view_column_set_fixed_width (column, width > 0 ? width : -1);
      position++;
    }
  g_clear_handle_id (&self->save_source, g_source_remove);
}

void
freshet_torrent_view_end_columns (FreshetTorrentView *self)
{
  g_clear_pointer (&self->columns_menu, gtk_widget_unparent);
  g_clear_object (&self->columns_model);
  if (self->save_source == 0)
    return;
  g_clear_handle_id (&self->save_source, g_source_remove);
  save_columns (self);
}
