/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <langinfo.h>

#include "freshet-day-buttons.h"

#define N_DAYS 7u
#define ALL_DAYS 0x7fu

struct _FreshetDayButtons
{
  AdwBin parent_instance;
  GtkToggleButton *buttons[N_DAYS]; /* Monday first, wherever it stands */
  guint days;
};

enum
{
  PROP_0,
  PROP_DAYS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetDayButtons, freshet_day_buttons, ADW_TYPE_BIN)

/* 0 is Monday. */
static guint
first_day (void)
{
#ifdef __GLIBC__
  /* A date of which the locale says that it begins a week, and the number of
   * the day that people call the first, counted from it. */
  guint origin = GPOINTER_TO_UINT (nl_langinfo (_NL_TIME_WEEK_1STDAY));
  guint day = (guint) nl_langinfo (_NL_TIME_FIRST_WEEKDAY)[0];

  /* Monday, 1 December 1997; else the Sunday before it. */
  return (day + N_DAYS - 1 + (origin == 19971201 ? 0 : N_DAYS - 1)) % N_DAYS;
#else
  return 0;
#endif
}

static void
toggled_cb (FreshetDayButtons *self)
{
  guint days = 0;

  for (guint i = 0; i < N_DAYS; i++)
    if (gtk_toggle_button_get_active (self->buttons[i]))
      days |= 1u << i;
  if (self->days == days)
    return;
  self->days = days;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DAYS]);
}

/* The last is told of all of them. */
static void
set_days (FreshetDayButtons *self, guint days)
{
  for (guint i = 0; i < N_DAYS; i++)
    {
      g_signal_handlers_block_by_func (self->buttons[i], toggled_cb, self);
      gtk_toggle_button_set_active (self->buttons[i], (days & (1u << i)) != 0);
      g_signal_handlers_unblock_by_func (self->buttons[i], toggled_cb, self);
    }
  toggled_cb (self);
}

static void
freshet_day_buttons_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_DAYS:
      g_value_set_uint (value, FRESHET_DAY_BUTTONS (object)->days);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_day_buttons_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_DAYS:
      set_days (FRESHET_DAY_BUTTONS (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_day_buttons_class_init (FreshetDayButtonsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = freshet_day_buttons_get_property;
  object_class->set_property = freshet_day_buttons_set_property;
  properties[PROP_DAYS] = g_param_spec_uint ("days", NULL, NULL, 0, ALL_DAYS, 0,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

/* @day: 0 is Monday */
static GtkWidget *
button_new (guint day)
{
  /* The first of that month was a Monday. */
  g_autoptr (GDateTime) date = g_date_time_new_utc (2024, 1, 1 + (int) day, 12, 0, 0);
  g_autofree char *letters = g_date_time_format (date, "%a");
  g_autofree char *name = g_date_time_format (date, "%A");
  GtkWidget *label = gtk_label_new (letters);
  GtkWidget *button = gtk_toggle_button_new ();

  /* Some languages have no short words for days. */
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void
freshet_day_buttons_init (FreshetDayButtons *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  guint first = first_day ();

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_widget_add_css_class (box, "days");
  for (guint i = 0; i < N_DAYS; i++)
    {
      guint day = (first + i) % N_DAYS;
      GtkWidget *button = button_new (day);

      self->buttons[day] = GTK_TOGGLE_BUTTON (button);
      g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (box), button);
    }
  adw_bin_set_child (ADW_BIN (self), box);
}
