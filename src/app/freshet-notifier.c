/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "freshet-format.h"
#include "freshet-format-details.h"
#include "freshet-notifier.h"

struct _FreshetNotifier
{
  GObject parent_instance;
  GApplication *app; /* not owned: it owns us */
  FreshetLibrary *library;
  GSettings *settings; /* NULL: all are shown */
};

G_DEFINE_FINAL_TYPE (FreshetNotifier, freshet_notifier, G_TYPE_OBJECT)

static gboolean
is_wanted (FreshetNotifier *self)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, "notify");
}

/* The later one about a torrent takes the place of the one before. */
static void
notify_about (FreshetNotifier *self, FreshetTorrentItem *item, GNotification *notification)
{
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);
  g_autofree char *hash = freshet_format_hash (record->hash, sizeof record->hash);
  g_autofree char *id = g_strconcat ("torrent-", hash, NULL);

  g_notification_set_default_action_and_target (notification, "app.show-torrent", "s", hash);
  g_notification_add_button_with_target (notification, _ ("Show in Folder"), "app.show-folder", "s", hash);
  g_application_send_notification (self->app, id, notification);
}

static void
finished_cb (FreshetNotifier *self, FreshetTorrentItem *item)
{
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);
  g_autofree char *hash = freshet_format_hash (record->hash, sizeof record->hash);
  g_autoptr (GNotification) notification = NULL;

  if (!is_wanted (self))
    return;
  notification = g_notification_new (_ ("Download Complete"));
  g_notification_set_body (notification, freshet_torrent_item_get_name (item));
  g_notification_add_button_with_target (notification, _ ("Open"), "app.open-torrent", "s", hash);
  notify_about (self, item, notification);
}

static void
failed_cb (FreshetNotifier *self, FreshetTorrentItem *item)
{
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);
  g_autofree char *hash = freshet_format_hash (record->hash, sizeof record->hash);
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *body = NULL;

  if (!is_wanted (self))
    return;
  reason = freshet_format_error (freshet_torrent_item_get_error (item));
  body = g_strdup_printf ("%s\n%s", freshet_torrent_item_get_name (item), reason);
  notification = g_notification_new (_ ("Download Stopped"));
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_add_button_with_target (notification, _ ("Try Again"), "app.retry-torrent", "s", hash);
  notify_about (self, item, notification);
}

static void
freshet_notifier_finalize (GObject *object)
{
  FreshetNotifier *self = FRESHET_NOTIFIER (object);

  g_clear_object (&self->library);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (freshet_notifier_parent_class)->finalize (object);
}

static void
freshet_notifier_class_init (FreshetNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = freshet_notifier_finalize;
}

static void
freshet_notifier_init (FreshetNotifier *self)
{
}

FreshetNotifier *
freshet_notifier_new (GApplication *app, FreshetLibrary *library, GSettings *settings)
{
  FreshetNotifier *self = g_object_new (FRESHET_TYPE_NOTIFIER, NULL);

  self->app = app;
  self->library = g_object_ref (library);
  g_set_object (&self->settings, settings);
  g_signal_connect_object (library, "finished", G_CALLBACK (finished_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

FreshetTorrentItem *
freshet_notifier_find (FreshetNotifier *self, GVariant *parameter)
{
  const char *text = g_variant_get_string (parameter, NULL);
  guint8 hash[BT_SHA1_LENGTH];

  g_return_val_if_fail (FRESHET_IS_NOTIFIER (self), NULL);

  if (strlen (text) != 2 * sizeof hash)
    return NULL;
  for (guint i = 0; i < sizeof hash; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return NULL;
      hash[i] = (guint8) (high << 4 | low);
    }
  return freshet_library_find (self->library, hash);
}
