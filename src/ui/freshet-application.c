/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "freshet-about.h"
#include "freshet-application.h"
#include "freshet-background.h"
#include "freshet-blocklist.h"
#include "freshet-format.h"
#include "freshet-group.h"
#include "freshet-notifier.h"
#include "freshet-policy.h"
#include "freshet-power.h"
#include "freshet-preferences.h"
#include "freshet-settings.h"
#include "freshet-show-folder.h"
#include "freshet-watch-folder.h"
#include "freshet-window.h"

struct _FreshetApplication
{
  AdwApplication parent_instance;
  GSettings *settings; /* NULL where the schema is not installed */
  FreshetPolicy *policy;       /* NULL without settings, or without a network */
  FreshetBlocklist *blocklist; /* the same */
  FreshetWatchFolder *watch;
  FreshetLibrary *library;
  FreshetNotifier *notifier;
  FreshetPower *power;
  FreshetPreferences *preferences; /* NULL until it is first asked for; GTK's */
  FreshetDemo *demo;
  GCancellable *demo_cancellable;
  char *store_note;    /* what is to be said of the database; told with the first window */
  GError *start_error; /* why the network cannot be used; told with the first window */
  gboolean quitting;
  guint signal_sources[2];
};

G_DEFINE_FINAL_TYPE (FreshetApplication, freshet_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Download a sample from a swarm on this computer"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version and end"), NULL },
  { NULL },
};

static FreshetWindow *
get_window (FreshetApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window != NULL && !FRESHET_IS_WINDOW (window))
    window = gtk_window_get_transient_for (window);
  return FRESHET_IS_WINDOW (window) ? FRESHET_WINDOW (window) : NULL;
}

static void
demo_closed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!freshet_demo_close_finish (FRESHET_DEMO (object), result, &error))
    g_message ("The demo's folder could not be removed: %s", error->message);
  g_application_release (G_APPLICATION (self));
  g_application_quit (G_APPLICATION (self));
}

/* After the library: until then it writes into the demo's folder. */
static void
library_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!freshet_library_stop_finish (FRESHET_LIBRARY (object), result, &error))
    g_message ("Not everything could be stopped well: %s", error->message);
  if (self->demo != NULL)
    {
      FreshetDemo *demo = self->demo;

      freshet_demo_close_async (demo, demo_closed_cb, g_steal_pointer (&self));
      return;
    }
  g_application_release (G_APPLICATION (self));
  g_application_quit (G_APPLICATION (self));
}

/* The windows go at once; saying goodbye may take a few seconds more. */
static void
begin_quit (FreshetApplication *self)
{
  if (self->quitting)
    return;
  self->quitting = TRUE;
  g_clear_object (&self->watch);
  g_application_hold (G_APPLICATION (self));
  g_cancellable_cancel (self->demo_cancellable);
  if (self->preferences != NULL)
    gtk_window_destroy (GTK_WINDOW (self->preferences));
  for (GList *windows = gtk_application_get_windows (GTK_APPLICATION (self)); windows != NULL;
       windows = gtk_application_get_windows (GTK_APPLICATION (self)))
    gtk_window_destroy (windows->data);
  freshet_library_stop_async (self->library, library_stopped_cb, g_object_ref (self));
}

static gboolean
is_busy (FreshetApplication *self)
{
  GListModel *groups = freshet_groups_get (G_LIST_MODEL (self->library));

  return freshet_groups_count (groups, FRESHET_GROUP_DOWNLOADING) + freshet_groups_count (groups, FRESHET_GROUP_SEEDING)
           + freshet_groups_count (groups, FRESHET_GROUP_CHECKING)
         > 0;
}

/* A program without a window says that it is there, and how to end it. */
static void
go_to_background (FreshetApplication *self, GtkWidget *window)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Freshet Goes On in the Background"));

  gtk_widget_set_visible (window, FALSE);
  g_notification_set_body (notification, _ ("Open it again to see the transfers"));
  g_notification_set_default_action (notification, "app.activate");
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  g_application_send_notification (G_APPLICATION (self), "background", notification);
  freshet_background_request (G_APPLICATION (self), _ ("Transfers go on"));
}

static gboolean
close_request_cb (FreshetApplication *self, GtkWidget *window)
{
  if (self->settings != NULL && g_settings_get_boolean (self->settings, "background") && is_busy (self))
    go_to_background (self, window);
  else
    begin_quit (self);
  return GDK_EVENT_STOP;
}

static FreshetWindow *
ensure_window (FreshetApplication *self)
{
  FreshetWindow *window = get_window (self);

  if (window != NULL)
    return window;
  window = freshet_window_new (GTK_APPLICATION (self), self->library, self->settings);
  g_signal_connect_swapped (window, "close-request", G_CALLBACK (close_request_cb), self);
  if (self->start_error != NULL)
    {
      g_autofree char *message = g_strdup_printf (_ ("The network cannot be used: %s"), self->start_error->message);

      freshet_window_show_message (window, message);
    }
  if (self->store_note != NULL)
    freshet_window_show_note (window, self->store_note);
  g_clear_pointer (&self->store_note, g_free);
  return window;
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  begin_quit (data);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  freshet_about_present (GTK_WINDOW (get_window (data)));
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetApplication *self = data;

  if (self->settings == NULL)
    return;
  if (self->preferences == NULL)
    g_set_weak_pointer (&self->preferences, freshet_preferences_new (self->settings));
  if (self->blocklist != NULL)
    freshet_preferences_set_blocklist (self->preferences, self->blocklist);
  if (self->policy != NULL)
    freshet_preferences_set_policy (self->preferences, self->policy);
  freshet_preferences_present (self->preferences, GTK_WINDOW (get_window (self)));
}

static void
activate_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_activate (data);
}

static void
show_torrent_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetApplication *self = data;
  FreshetTorrentItem *item = freshet_notifier_find (self->notifier, parameter);

  g_application_activate (data);
  if (item != NULL && !self->quitting)
    freshet_window_show_torrent (ensure_window (self), item);
}

static void
open_torrent_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetApplication *self = data;
  FreshetTorrentItem *item = freshet_notifier_find (self->notifier, parameter);
  g_autoptr (GFile) file = item != NULL ? freshet_torrent_item_dup_file (item) : NULL;
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;

  if (uri != NULL)
    gtk_show_uri (NULL, uri, GDK_CURRENT_TIME);
}

/* What stands in the way may be mended before the window is looked at. */
static void
retry_torrent_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetApplication *self = data;
  FreshetTorrentItem *item = freshet_notifier_find (self->notifier, parameter);

  if (item != NULL && !self->quitting && freshet_torrent_item_get_state (item) == BT_TORRENT_ERROR)
    freshet_torrent_item_start (item);
}

static void
show_folder_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetApplication *self = data;
  FreshetTorrentItem *item = freshet_notifier_find (self->notifier, parameter);
  g_autoptr (GFile) file = item != NULL ? freshet_torrent_item_dup_file (item) : NULL;

  if (file != NULL && !self->quitting)
    freshet_show_folder (GTK_WINDOW (ensure_window (self)), file);
}

static void
demo_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetApplication *self = data;
  FreshetWindow *window;

  if (self->quitting || self->demo != NULL)
    return;
  window = ensure_window (self);
  gtk_window_present (GTK_WINDOW (window));
  self->demo = freshet_demo_new (FRESHET_DEMO_SIZE);
  freshet_window_start_demo (window, self->demo, self->demo_cancellable);
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = quit_action },
  { .name = "about", .activate = about_action },
  { .name = "demo", .activate = demo_action },
  { .name = "preferences", .activate = preferences_action },
  { .name = "activate", .activate = activate_action },
  { .name = "show-torrent", .activate = show_torrent_action, .parameter_type = "s" },
  { .name = "open-torrent", .activate = open_torrent_action, .parameter_type = "s" },
  { .name = "retry-torrent", .activate = retry_torrent_action, .parameter_type = "s" },
  { .name = "show-folder", .activate = show_folder_action, .parameter_type = "s" },
};

static gboolean
signal_cb (gpointer data)
{
  begin_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
add_accels (FreshetApplication *self)
{
  static const struct
  {
    const char *action;
    const char *accels[2];
  } keys[] = {
    { "app.quit", { "<Control>q" } },
    { "app.preferences", { "<Control>comma" } },
    { "win.open", { "<Control>o" } },
    { "win.announce", { "F5" } },
    { "win.details", { "<Alt>Return" } },
    { "win.sidebar", { "F9" } },
    { "win.search", { "<Control>f" } },
    { "list.compact", { "<Control>2" } },
    { "window.close", { "<Control>w" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].accels);
}

static void
store_note_cb (FreshetApplication *self, guint state, const char *detail)
{
  g_autofree char *note = freshet_format_store_note (state, detail);
  FreshetWindow *window = get_window (self);

  g_message ("%s", note);
  if (window != NULL)
    {
      freshet_window_show_note (window, note);
      return;
    }
  g_free (self->store_note);
  self->store_note = g_steal_pointer (&note);
}

static void
watch_failed_cb (FreshetApplication *self, const char *name, const GError *error)
{
  g_autofree char *message = freshet_format_open_error (name, error);

  if (get_window (self) != NULL)
    freshet_window_show_message (get_window (self), message);
}

static void
watch_changed_cb (FreshetApplication *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, "watch-folder");
  g_autoptr (GFile) downloads = freshet_settings_dup_download_folder (self->settings);

  freshet_watch_folder_set_download_folder (self->watch, downloads);
  freshet_watch_folder_set_path (self->watch, path);
}

/* Not before the list is there: what is in it already is not to be added anew. */
static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetApplication) self = user_data;

  freshet_library_open_finish (FRESHET_LIBRARY (object), result);
  if (self->quitting || self->settings == NULL)
    return;
  self->watch = freshet_watch_folder_new (self->library);
  g_signal_connect_object (self->watch, "failed", G_CALLBACK (watch_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::watch-folder", G_CALLBACK (watch_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::download-folder", G_CALLBACK (watch_changed_cb), self, G_CONNECT_SWAPPED);
  watch_changed_cb (self);
}

static void
start_library (FreshetApplication *self)
{
  BtConfig config;

  freshet_settings_to_config (self->settings, &config);
  if (freshet_library_start (self->library, &config, &self->start_error) && self->settings != NULL)
    {
      self->policy = freshet_policy_new (self->settings, self->library);
      freshet_policy_follow (self->policy, g_network_monitor_get_default ());
      self->blocklist = freshet_blocklist_new (self->settings, self->library);
    }
  g_signal_connect_object (self->library, "store-note", G_CALLBACK (store_note_cb), self, G_CONNECT_SWAPPED);
  freshet_library_open_async (self->library, NULL, opened_cb, g_object_ref (self));
}

static void
freshet_application_startup (GApplication *app)
{
  FreshetApplication *self = FRESHET_APPLICATION (app);

  G_APPLICATION_CLASS (freshet_application_parent_class)->startup (app);

  g_set_application_name (_ ("Freshet"));
  gtk_window_set_default_icon_name (APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  add_accels (self);
  self->signal_sources[0] = g_unix_signal_add (SIGINT, signal_cb, self);
  self->signal_sources[1] = g_unix_signal_add (SIGTERM, signal_cb, self);
  self->settings = freshet_settings_new ();
  start_library (self);
  self->notifier = freshet_notifier_new (app, self->library, self->settings);
  self->power = freshet_power_new (GTK_APPLICATION (app), G_LIST_MODEL (self->library), self->settings);
  if (self->settings != NULL)
    {
      g_autoptr (GAction) slow = g_settings_create_action (self->settings, "alt-limits");

      g_action_map_add_action (G_ACTION_MAP (self), slow);
    }
}

static void
freshet_application_activate (GApplication *app)
{
  FreshetApplication *self = FRESHET_APPLICATION (app);

  if (self->quitting)
    return;
  g_application_withdraw_notification (app, "background");
  gtk_window_present (GTK_WINDOW (ensure_window (self)));
}

static void
freshet_application_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  FreshetApplication *self = FRESHET_APPLICATION (app);

  if (self->quitting)
    return;
  freshet_application_activate (app);
  freshet_window_open_files (ensure_window (self), files, (guint) n_files);
}

static int
freshet_application_handle_local_options (GApplication *app, GVariantDict *dict)
{
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("Freshet %s\n", PACKAGE_VERSION);
      return 0;
    }
  if (!g_variant_dict_contains (dict, "demo"))
    return -1;
  /* In the process that is there already, if there is one. */
  if (!g_application_register (app, NULL, &error))
    {
      g_printerr ("freshet: %s\n", error->message);
      return 1;
    }
  g_action_group_activate_action (G_ACTION_GROUP (app), "demo", NULL);
  return -1;
}

static void
freshet_application_finalize (GObject *object)
{
  FreshetApplication *self = FRESHET_APPLICATION (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  g_clear_object (&self->power);
  g_clear_object (&self->notifier);
  g_clear_object (&self->policy);
  g_clear_object (&self->blocklist);
  g_clear_object (&self->demo);
  g_clear_object (&self->demo_cancellable);
  g_clear_object (&self->library);
  g_clear_object (&self->watch);
  g_clear_object (&self->settings);
  g_clear_error (&self->start_error);
  g_free (self->store_note);
  G_OBJECT_CLASS (freshet_application_parent_class)->finalize (object);
}

static void
freshet_application_class_init (FreshetApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = freshet_application_finalize;
  app_class->startup = freshet_application_startup;
  app_class->activate = freshet_application_activate;
  app_class->open = freshet_application_open;
  app_class->handle_local_options = freshet_application_handle_local_options;
}

static void
freshet_application_init (FreshetApplication *self)
{
  self->library = freshet_library_new ();
  self->demo_cancellable = g_cancellable_new ();
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[FILE…]"));
  g_application_set_option_context_summary (G_APPLICATION (self), _ ("Downloads and shares files with BitTorrent."));
}

FreshetApplication *
freshet_application_new (void)
{
  return g_object_new (FRESHET_TYPE_APPLICATION, "application-id", APP_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/freshet/Freshet", NULL);
}

FreshetLibrary *
freshet_application_get_library (FreshetApplication *self)
{
  g_return_val_if_fail (FRESHET_IS_APPLICATION (self), NULL);
  return self->library;
}
