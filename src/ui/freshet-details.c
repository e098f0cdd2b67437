/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-details.h"
#include "freshet-files-page.h"
#include "freshet-format.h"
#include "freshet-overview-page.h"
#include "freshet-peers-page.h"
#include "freshet-trackers-page.h"

/* Milliseconds: as often as the library looks at the engine. */
#define REFRESH_INTERVAL 500

struct _FreshetDetails
{
  AdwBin parent_instance;
  FreshetTorrentItem *chosen;
  FreshetTorrentItem *item; /* the same, once it is awake */
  guint refresh_source;
  AdwStatusPage *empty_page;
  GtkWidget *pages;
  AdwViewStack *stack;
  FreshetOverviewPage *overview_page;
  FreshetFilesPage *files_page;
  FreshetPeersPage *peers_page;
  FreshetTrackersPage *trackers_page;
};

G_DEFINE_FINAL_TYPE (FreshetDetails, freshet_details, ADW_TYPE_BIN)

static void
refresh (FreshetDetails *self)
{
  GtkWidget *page;

  if (self->item == NULL)
    return;
  page = adw_view_stack_get_visible_child (self->stack);
  if (page == GTK_WIDGET (self->overview_page))
    freshet_overview_page_refresh (self->overview_page);
  else if (page == GTK_WIDGET (self->files_page))
    freshet_files_page_refresh (self->files_page);
  else if (page == GTK_WIDGET (self->peers_page))
    freshet_peers_page_refresh (self->peers_page);
  else if (page == GTK_WIDGET (self->trackers_page))
    freshet_trackers_page_refresh (self->trackers_page);
}

static gboolean
refresh_cb (gpointer data)
{
  refresh (data);
  return G_SOURCE_CONTINUE;
}

/* What is on a page that is only turned away from would still be read to
 * people who cannot see. */
static void
page_changed_cb (FreshetDetails *self)
{
  GtkWidget *pages[] = { GTK_WIDGET (self->overview_page), GTK_WIDGET (self->files_page),
                         GTK_WIDGET (self->peers_page), GTK_WIDGET (self->trackers_page) };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_widget_set_visible (adw_bin_get_child (ADW_BIN (pages[i])),
                            pages[i] == adw_view_stack_get_visible_child (self->stack));
  refresh (self);
}

static void
freshet_details_map (GtkWidget *widget)
{
  FreshetDetails *self = FRESHET_DETAILS (widget);

  GTK_WIDGET_CLASS (freshet_details_parent_class)->map (widget);
  refresh (self);
  self->refresh_source = g_timeout_add (REFRESH_INTERVAL, refresh_cb, self);
  g_source_set_name_by_id (self->refresh_source, "freshet-details refresh");
}

static void
freshet_details_unmap (GtkWidget *widget)
{
  FreshetDetails *self = FRESHET_DETAILS (widget);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  GTK_WIDGET_CLASS (freshet_details_parent_class)->unmap (widget);
}

static void
show_awake (FreshetDetails *self)
{
  gboolean awake = self->chosen != NULL && freshet_torrent_item_get_torrent (self->chosen) != NULL;
  FreshetTorrentItem *item = awake ? self->chosen : NULL;

  if (!g_set_object (&self->item, item))
    return;
  freshet_overview_page_set_item (self->overview_page, item);
  freshet_files_page_set_item (self->files_page, item);
  freshet_peers_page_set_item (self->peers_page, item);
  freshet_trackers_page_set_item (self->trackers_page, item);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    refresh (self);
}

/* It stays awake while it is shown. */
static void
choose (FreshetDetails *self, FreshetTorrentItem *item)
{
  if (self->chosen == item)
    return;
  if (self->chosen != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->chosen, show_awake, self);
      freshet_torrent_item_look_away (self->chosen);
    }
  g_set_object (&self->chosen, item);
  if (item != NULL)
    {
      g_signal_connect_object (item, "notify::torrent", G_CALLBACK (show_awake), self, G_CONNECT_SWAPPED);
      freshet_torrent_item_look (item);
    }
}

static void
freshet_details_dispose (GObject *object)
{
  FreshetDetails *self = FRESHET_DETAILS (object);

  choose (self, NULL);
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (freshet_details_parent_class)->dispose (object);
}

static void
freshet_details_class_init (FreshetDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_details_dispose;
  widget_class->map = freshet_details_map;
  widget_class->unmap = freshet_details_unmap;
  g_type_ensure (FRESHET_TYPE_OVERVIEW_PAGE);
  g_type_ensure (FRESHET_TYPE_FILES_PAGE);
  g_type_ensure (FRESHET_TYPE_PEERS_PAGE);
  g_type_ensure (FRESHET_TYPE_TRACKERS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-details.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetDetails, empty_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetDetails, pages);
  gtk_widget_class_bind_template_child (widget_class, FreshetDetails, stack);
  gtk_widget_class_bind_template_child (widget_class, FreshetDetails, overview_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetDetails, files_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetDetails, peers_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetDetails, trackers_page);
}

static void
freshet_details_init (FreshetDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->stack, "notify::visible-child", G_CALLBACK (page_changed_cb), self, G_CONNECT_SWAPPED);
  page_changed_cb (self);
}

static void
show_empty (FreshetDetails *self, GPtrArray *items)
{
  guint64 size = 0;
  g_autofree char *title = NULL;
  g_autofree char *description = NULL;

  for (guint i = 0; i < items->len; i++)
    size += freshet_torrent_item_peek_stats (items->pdata[i])->wanted;
  if (items->len == 0)
    {
      adw_status_page_set_title (self->empty_page, _ ("Nothing Selected"));
      adw_status_page_set_description (self->empty_page, _ ("Select a torrent to see more of it"));
      return;
    }
  title = g_strdup_printf (ngettext ("%u Torrent", "%u Torrents", items->len), items->len);
  description = freshet_format_size (size);
  adw_status_page_set_title (self->empty_page, title);
  adw_status_page_set_description (self->empty_page, description);
}

void
freshet_details_set_selected (FreshetDetails *self, GPtrArray *items)
{
  FreshetTorrentItem *item = items->len == 1 ? items->pdata[0] : NULL;

  g_return_if_fail (FRESHET_IS_DETAILS (self));

  if (item == NULL)
    show_empty (self, items);
  gtk_widget_set_visible (GTK_WIDGET (self->empty_page), item == NULL);
  gtk_widget_set_visible (self->pages, item != NULL);
  choose (self, item);
  show_awake (self);
}

void
freshet_details_show_page (FreshetDetails *self, const char *name)
{
  g_return_if_fail (FRESHET_IS_DETAILS (self));
  adw_view_stack_set_visible_child_name (self->stack, name);
}
