/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-format-details.h"
#include "freshet-setting-rows.h"
#include "freshet-speed-button.h"

struct _FreshetSpeedButton
{
  AdwBin parent_instance;
  GSettings *settings;
  GtkMenuButton *button;
  GtkWidget *slow;
  GtkSpinButton *down_limit;
  GtkSpinButton *up_limit;
  GtkSpinButton *slow_down_limit;
  GtkSpinButton *slow_up_limit;
  AdwActionRow *schedule_row;
  GtkWidget *schedule;
};

G_DEFINE_FINAL_TYPE (FreshetSpeedButton, freshet_speed_button, ADW_TYPE_BIN)

static void
slow_changed_cb (FreshetSpeedButton *self)
{
  gboolean slow = g_settings_get_boolean (self->settings, "alt-limits");
  const char *name = slow ? _ ("Speed Limits: Slow") : _ ("Speed Limits");

  gtk_menu_button_set_icon_name (self->button, slow ? "power-profile-power-saver-symbolic"
                                                    : "power-profile-balanced-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
schedule_changed_cb (FreshetSpeedButton *self)
{
  g_autofree char *text = freshet_format_schedule (g_settings_get_uint (self->settings, "alt-days"),
                                                   g_settings_get_uint (self->settings, "alt-begin"),
                                                   g_settings_get_uint (self->settings, "alt-end"));

  adw_action_row_set_subtitle (self->schedule_row, text);
}

static void
freshet_speed_button_dispose (GObject *object)
{
  FreshetSpeedButton *self = FRESHET_SPEED_BUTTON (object);

  g_clear_object (&self->settings);
  G_OBJECT_CLASS (freshet_speed_button_parent_class)->dispose (object);
}

static void
freshet_speed_button_class_init (FreshetSpeedButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_speed_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-speed-button.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, button);
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, slow);
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, down_limit);
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, up_limit);
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, slow_down_limit);
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, slow_up_limit);
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, schedule_row);
  gtk_widget_class_bind_template_child (widget_class, FreshetSpeedButton, schedule);
}

static void
freshet_speed_button_init (FreshetSpeedButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
freshet_speed_button_set_settings (FreshetSpeedButton *self, GSettings *settings)
{
  g_return_if_fail (FRESHET_IS_SPEED_BUTTON (self));

  if (!g_set_object (&self->settings, settings))
    return;
  g_settings_bind (settings, "alt-limits", self->slow, "active", G_SETTINGS_BIND_DEFAULT);
  freshet_setting_bind_limit (settings, "down-limit", self->down_limit);
  freshet_setting_bind_limit (settings, "up-limit", self->up_limit);
  freshet_setting_bind_limit (settings, "alt-down-limit", self->slow_down_limit);
  freshet_setting_bind_limit (settings, "alt-up-limit", self->slow_up_limit);
  g_settings_bind (settings, "alt-schedule", self->schedule, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::alt-days", G_CALLBACK (schedule_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::alt-begin", G_CALLBACK (schedule_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::alt-end", G_CALLBACK (schedule_changed_cb), self, G_CONNECT_SWAPPED);
  schedule_changed_cb (self);
  g_signal_connect_object (settings, "changed::alt-limits", G_CALLBACK (slow_changed_cb), self, G_CONNECT_SWAPPED);
  slow_changed_cb (self);
}
