/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-blocklist.h"
#include "freshet-day-buttons.h"
#include "freshet-file-picker.h"
#include "freshet-preferences.h"
#include "freshet-setting-rows.h"
#include "freshet-settings.h"

struct _FreshetPreferences
{
  AdwPreferencesWindow parent_instance;
  GSettings *settings;
  FreshetBlocklist *blocklist; /* NULL until it is told of one */
  FreshetPolicy *policy;       /* ... */
};

G_DEFINE_FINAL_TYPE (FreshetPreferences, freshet_preferences, ADW_TYPE_PREFERENCES_WINDOW)

typedef enum
{
  SWITCH,
  LIMIT, /* bytes a second */
  COUNT,
  TIME,  /* of the day, in minutes */
  DAYS,  /* of the week, a bit each */
  CHOICE,
} Kind;

/* Widgets of the template, and the settings they show. */
static const struct
{
  const char *widget;
  const char *key;
  Kind kind;
  const char *zero; /* what 0 of a COUNT means */
} rows[] = {
  { "mark_partial", "mark-partial", SWITCH },
  { "preallocate", "preallocate", SWITCH },
  { "queue_downloads", "max-downloads", COUNT, N_ ("No limit") },
  { "queue_seeds", "max-seeds", COUNT, N_ ("No limit") },
  { "goal_ratio", "goal-ratio", COUNT, N_ ("No goal") },
  { "goal_time", "goal-time", COUNT, N_ ("No goal") },
  { "goal_idle", "goal-idle", COUNT, N_ ("No goal") },
  { "goal_remove", "goal-remove", SWITCH },
  { "down_limit", "down-limit", LIMIT },
  { "up_limit", "up-limit", LIMIT },
  { "slow", "alt-limits", SWITCH },
  { "slow_down_limit", "alt-down-limit", LIMIT },
  { "slow_up_limit", "alt-up-limit", LIMIT },
  { "alt_schedule", "alt-schedule", SWITCH },
  { "alt_days", "alt-days", DAYS },
  { "alt_begin", "alt-begin", TIME },
  { "alt_end", "alt-end", TIME },
  { "port", "port", COUNT, N_ ("Any") },
  { "max_peers", "max-peers", COUNT },
  { "max_peers_per_torrent", "max-peers-per-torrent", COUNT },
  { "dht", "dht", SWITCH },
  { "pex", "pex", SWITCH },
  { "lsd", "lsd", SWITCH },
  { "notify", "notify", SWITCH },
  { "inhibit_sleep", "inhibit-sleep", SWITCH },
  { "background", "background", SWITCH },
  { "metered", "metered", CHOICE },
};

static GtkWidget *
get_child (FreshetPreferences *self, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (self), FRESHET_TYPE_PREFERENCES, name));
}

/* The rows of a choice are in the order of its enumeration. */
static void
choice_chosen_cb (FreshetPreferences *self, GParamSpec *pspec, AdwComboRow *row)
{
  g_settings_set_enum (self->settings, g_object_get_data (G_OBJECT (row), "freshet-key"),
                       (int) adw_combo_row_get_selected (row));
}

static void
choice_changed_cb (AdwComboRow *row, const char *key, GSettings *settings)
{
  adw_combo_row_set_selected (row, (guint) g_settings_get_enum (settings, key));
}

static void
bind_choice (FreshetPreferences *self, const char *key, AdwComboRow *row)
{
  g_autofree char *signal = g_strconcat ("changed::", key, NULL);

  g_object_set_data (G_OBJECT (row), "freshet-key", (gpointer) key);
  choice_changed_cb (row, key, self->settings);
  g_signal_connect_object (self->settings, signal, G_CALLBACK (choice_changed_cb), row, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (choice_chosen_cb), self, G_CONNECT_SWAPPED);
}

static void
bind_rows (FreshetPreferences *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *widget = get_child (self, rows[i].widget);

      switch (rows[i].kind)
        {
        case SWITCH:
          g_settings_bind (self->settings, rows[i].key, widget, "active", G_SETTINGS_BIND_DEFAULT);
          break;
        case LIMIT:
          freshet_setting_bind_limit (self->settings, rows[i].key, GTK_SPIN_BUTTON (widget));
          break;
        case COUNT:
          freshet_setting_bind_count (self->settings, rows[i].key, GTK_SPIN_BUTTON (widget),
                                      rows[i].zero != NULL ? _ (rows[i].zero) : NULL);
          break;
        case TIME:
          freshet_setting_bind_time (self->settings, rows[i].key, GTK_SPIN_BUTTON (widget));
          break;
        case DAYS:
          g_settings_bind (self->settings, rows[i].key, widget, "days", G_SETTINGS_BIND_DEFAULT);
          break;
        case CHOICE:
        default:
          bind_choice (self, rows[i].key, ADW_COMBO_ROW (widget));
          break;
        }
    }
}

/* Folders and one file, with what is said where none is chosen. */
static const struct
{
  const char *row;
  const char *clear;
  const char *key;
  const char *none;
  gboolean is_file;
} places[] = {
  { "folder_row", NULL, "download-folder", NULL },
  { "incomplete_row", "incomplete_clear", "incomplete-folder", N_ ("In the folder they are saved to") },
  { "watch_row", "watch_clear", "watch-folder", N_ ("None") },
  { "blocklist_row", "blocklist_clear", "blocklist", N_ ("None"), TRUE },
};

static GFile *
dup_place (FreshetPreferences *self, guint index)
{
  g_autofree char *path = g_settings_get_string (self->settings, places[index].key);

  if (places[index].none == NULL)
    return freshet_settings_dup_download_folder (self->settings);
  return path[0] != '\0' ? g_file_new_for_path (path) : NULL;
}

/* The name of the list, and what came of it. */
static char *
format_blocklist (FreshetPreferences *self, GFile *file)
{
  const char *status = self->blocklist != NULL ? freshet_blocklist_get_status (self->blocklist) : NULL;
  g_autofree char *name = g_file_get_parse_name (file);

  return status != NULL ? g_strdup_printf ("%s\n%s", name, status) : g_steal_pointer (&name);
}

static char *
format_place (FreshetPreferences *self, guint index, GFile *place)
{
  if (place == NULL)
    return g_strdup (_ (places[index].none));
  return places[index].is_file ? format_blocklist (self, place) : g_file_get_parse_name (place);
}

static void
show_places (FreshetPreferences *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GFile) place = dup_place (self, i);
      g_autofree char *text = format_place (self, i, place);
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (get_child (self, places[i].row)), escaped);
      if (places[i].clear != NULL)
        gtk_widget_set_visible (get_child (self, places[i].clear), place != NULL);
    }
}

static void
show_blocklist (FreshetPreferences *self)
{
  GtkWidget *row = get_child (self, "blocklist_row");

  if (freshet_blocklist_has_failed (self->blocklist))
    gtk_widget_add_css_class (row, "failed");
  else
    gtk_widget_remove_css_class (row, "failed");
  show_places (self);
}

static void
show_port (FreshetPreferences *self)
{
  GtkWidget *row = get_child (self, "port_row");
  const char *note = freshet_policy_get_port_note (self->policy);
  g_autofree char *text = g_markup_escape_text (note != NULL ? note : _ ("With 0 the system chooses one"), -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  if (note != NULL)
    gtk_widget_add_css_class (row, "failed");
  else
    gtk_widget_remove_css_class (row, "failed");
}

static guint
find_place (GVariant *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_str_equal (places[i].key, g_variant_get_string (parameter, NULL)))
      return i;
  return 0;
}

/* What is being chosen. */
typedef struct
{
  FreshetPreferences *window; /* owned */
  guint index;
} Choice;

static void
chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Choice *choice = user_data;
  g_autoptr (FreshetPreferences) self = choice->window;
  g_autoptr (GFile) place = places[choice->index].is_file ? freshet_file_picker_file_finish (result, NULL)
                                                          : freshet_file_picker_folder_finish (result, NULL);

  if (place != NULL && g_file_peek_path (place) != NULL)
    g_settings_set_string (self->settings, places[choice->index].key, g_file_peek_path (place));
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetPreferences *self = FRESHET_PREFERENCES (widget);
  Choice *choice = g_new (Choice, 1);
  g_autoptr (GFile) folder = NULL;

  *choice = (Choice){ g_object_ref (self), find_place (parameter) };
  if (places[choice->index].is_file)
    {
      freshet_file_picker_file_async (GTK_WINDOW (self), _ ("Choose a Blocklist"), chosen_cb, choice);
      return;
    }
  folder = dup_place (self, choice->index);
  if (folder == NULL)
    folder = freshet_settings_dup_download_folder (self->settings);
  freshet_file_picker_folder_async (GTK_WINDOW (self), _ ("Choose a Folder"), folder, chosen_cb, choice);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_settings_reset (FRESHET_PREFERENCES (widget)->settings, places[find_place (parameter)].key);
}

static void
freshet_preferences_finalize (GObject *object)
{
  FreshetPreferences *self = FRESHET_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->blocklist);
  g_clear_object (&self->policy);
  G_OBJECT_CLASS (freshet_preferences_parent_class)->finalize (object);
}

static void
freshet_preferences_class_init (FreshetPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = freshet_preferences_finalize;
  g_type_ensure (FRESHET_TYPE_DAY_BUTTONS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-preferences.ui");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_class_bind_template_child_full (widget_class, rows[i].widget, FALSE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      gtk_widget_class_bind_template_child_full (widget_class, places[i].row, FALSE, 0);
      if (places[i].clear != NULL)
        gtk_widget_class_bind_template_child_full (widget_class, places[i].clear, FALSE, 0);
    }
  gtk_widget_class_bind_template_child_full (widget_class, "port_row", FALSE, 0);
  gtk_widget_class_install_action (widget_class, "preferences.choose", "s", choose_action);
  gtk_widget_class_install_action (widget_class, "preferences.clear", "s", clear_action);
}

static void
freshet_preferences_init (FreshetPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

FreshetPreferences *
freshet_preferences_new (GSettings *settings)
{
  FreshetPreferences *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FRESHET_TYPE_PREFERENCES, "hide-on-close", TRUE, NULL);
  self->settings = g_object_ref (settings);
  bind_rows (self);
  show_places (self);
  g_signal_connect_object (settings, "changed", G_CALLBACK (show_places), self, G_CONNECT_SWAPPED);
  return self;
}

void
freshet_preferences_present (FreshetPreferences *self, GtkWindow *parent)
{
  g_return_if_fail (FRESHET_IS_PREFERENCES (self));

  gtk_window_set_transient_for (GTK_WINDOW (self), parent);
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (self), "downloads");
  gtk_window_present (GTK_WINDOW (self));
}

void
freshet_preferences_set_blocklist (FreshetPreferences *self, FreshetBlocklist *blocklist)
{
  g_return_if_fail (FRESHET_IS_PREFERENCES (self));

  if (!g_set_object (&self->blocklist, blocklist))
    return;
  g_signal_connect_object (blocklist, "notify", G_CALLBACK (show_blocklist), self, G_CONNECT_SWAPPED);
  show_blocklist (self);
}

void
freshet_preferences_set_policy (FreshetPreferences *self, FreshetPolicy *policy)
{
  g_return_if_fail (FRESHET_IS_PREFERENCES (self));

  if (!g_set_object (&self->policy, policy))
    return;
  g_signal_connect_object (policy, "notify::port-note", G_CALLBACK (show_port), self, G_CONNECT_SWAPPED);
  show_port (self);
}
