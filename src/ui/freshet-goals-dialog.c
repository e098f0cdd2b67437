/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-goals-dialog.h"

#define MINUTE 60

typedef enum
{
  GOAL_RATIO,
  GOAL_TIME,
  GOAL_IDLE,
} Goal;

#define N_GOALS (GOAL_IDLE + 1)

/* In the order of the words in the list to choose from. */
typedef enum
{
  CHOICE_GLOBAL,
  CHOICE_NONE,
  CHOICE_OWN,
} Choice;

struct _FreshetGoalsDialog
{
  AdwWindow parent_instance;
  FreshetLibrary *library;
  GPtrArray *items;
  AdwPreferencesGroup *group;
  GtkDropDown *choices[N_GOALS];
  GtkSpinButton *values[N_GOALS];
  GtkDropDown *action;
};

G_DEFINE_FINAL_TYPE (FreshetGoalsDialog, freshet_goals_dialog, ADW_TYPE_WINDOW)

/* How a goal is asked for; @start is what an own value begins with. */
static const struct
{
  const char *title;
  const char *subtitle;
  double start;
  double upper;
  double step;
  guint digits;
} looks[N_GOALS] = {
  [GOAL_RATIO] = { N_ ("Ratio"), N_ ("How many times its size was sent"), 2, 1000, 0.25, 2 },
  [GOAL_TIME] = { N_ ("Time"), N_ ("Minutes of seeding"), 1440, 5256000, 60, 0 },
  [GOAL_IDLE] = { N_ ("Idle Time"), N_ ("Minutes in which nobody fetched anything"), 60, 5256000, 10, 0 },
};

static void
freshet_goals_dialog_dispose (GObject *object)
{
  FreshetGoalsDialog *self = FRESHET_GOALS_DIALOG (object);

  g_clear_object (&self->library);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  G_OBJECT_CLASS (freshet_goals_dialog_parent_class)->dispose (object);
}

static void
freshet_goals_dialog_class_init (FreshetGoalsDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = freshet_goals_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

/* As the dialog shows it: minutes instead of seconds. */
static double
read_goal (const FreshetGoals *goals, Goal goal)
{
  gint64 seconds = goal == GOAL_TIME ? goals->time : goals->idle;

  if (goal == GOAL_RATIO)
    return goals->ratio;
  return seconds < 0 ? FRESHET_GOAL_GLOBAL : (double) seconds / MINUTE;
}

static void
write_goal (FreshetGoals *goals, Goal goal, double value)
{
  gint64 seconds = value < 0 ? FRESHET_GOAL_GLOBAL : (gint64) (value * MINUTE);

  if (goal == GOAL_RATIO)
    goals->ratio = value;
  else if (goal == GOAL_TIME)
    goals->time = seconds;
  else
    goals->idle = seconds;
}

static void
put_goal (FreshetGoalsDialog *self, Goal goal)
{
  guint choice = gtk_drop_down_get_selected (self->choices[goal]);
  double value = gtk_spin_button_get_value (self->values[goal]);

  gtk_widget_set_visible (GTK_WIDGET (self->values[goal]), choice == CHOICE_OWN);
  for (guint i = 0; i < self->items->len; i++)
    {
      FreshetGoals goals = freshet_torrent_item_peek_record (self->items->pdata[i])->goals;

      write_goal (&goals, goal, choice == CHOICE_GLOBAL ? FRESHET_GOAL_GLOBAL : choice == CHOICE_NONE ? 0 : value);
      freshet_library_set_item_goals (self->library, self->items->pdata[i], &goals);
    }
}

static void
goal_changed_cb (FreshetGoalsDialog *self, GParamSpec *pspec, gpointer changed)
{
  for (guint goal = 0; goal < N_GOALS; goal++)
    if (changed == (gpointer) self->choices[goal] || changed == (gpointer) self->values[goal])
      put_goal (self, (Goal) goal);
}

static void
action_changed_cb (FreshetGoalsDialog *self)
{
  guint choice = gtk_drop_down_get_selected (self->action);

  for (guint i = 0; i < self->items->len; i++)
    {
      FreshetGoals goals = freshet_torrent_item_peek_record (self->items->pdata[i])->goals;

      goals.action = choice == 0 ? FRESHET_GOAL_GLOBAL : choice == 1 ? FRESHET_GOAL_STOP : FRESHET_GOAL_REMOVE;
      freshet_library_set_item_goals (self->library, self->items->pdata[i], &goals);
    }
}

/* What can be chosen is named as the row is, which has no name for its parts. */
static GtkWidget *
drop_down_new (const char *const *words, guint selected, const char *title)
{
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (words);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), selected);
  gtk_widget_set_valign (drop_down, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (drop_down)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  return drop_down;
}

static void
add_goal (FreshetGoalsDialog *self, Goal goal, double value)
{
  const char *words[] = { _ ("As in Preferences"), _ ("No goal"), _ ("Its Own"), NULL };
  const char *title = _ (looks[goal].title);
  guint choice = value < 0 ? CHOICE_GLOBAL : value == 0 ? CHOICE_NONE : CHOICE_OWN;
  /* 0 would be no goal, which is a choice of its own. */
  double lower = goal == GOAL_RATIO ? 0.01 : 1;
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", _ (looks[goal].subtitle), NULL);
  GtkWidget *spin = gtk_spin_button_new_with_range (lower, looks[goal].upper, looks[goal].step);

  self->choices[goal] = GTK_DROP_DOWN (drop_down_new (words, choice, title));
  self->values[goal] = GTK_SPIN_BUTTON (spin);
  gtk_spin_button_set_digits (self->values[goal], looks[goal].digits);
  gtk_spin_button_set_value (self->values[goal], choice == CHOICE_OWN ? value : looks[goal].start);
  gtk_widget_set_visible (spin, choice == CHOICE_OWN);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (self->choices[goal], "notify::selected", G_CALLBACK (goal_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (spin, "notify::value", G_CALLBACK (goal_changed_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->choices[goal]));
  adw_preferences_group_add (self->group, row);
}

static void
add_action (FreshetGoalsDialog *self, int action)
{
  const char *words[] = { _ ("As in Preferences"), _ ("Pause"), _ ("Remove from the List"), NULL };
  const char *title = _ ("When It Is Reached");
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, NULL);
  guint choice = action == FRESHET_GOAL_REMOVE ? 2 : action == FRESHET_GOAL_STOP ? 1 : 0;

  self->action = GTK_DROP_DOWN (drop_down_new (words, choice, title));
  g_signal_connect_object (self->action, "notify::selected", G_CALLBACK (action_changed_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->action));
  adw_preferences_group_add (self->group, row);
}

static void
freshet_goals_dialog_init (FreshetGoalsDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();

  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_description (self->group, _ ("Seeded until one of these is reached"));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->group);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
}

FreshetGoalsDialog *
freshet_goals_dialog_new (GtkWindow *parent, FreshetLibrary *library, GPtrArray *items)
{
  FreshetGoalsDialog *self;
  FreshetGoals goals;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (library), NULL);
  g_return_val_if_fail (items->len > 0, NULL);

  self = g_object_new (FRESHET_TYPE_GOALS_DIALOG, "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE,
                       "title", _ ("Seeding Goals"), "default-width", 520, "default-height", 380, NULL);
  self->library = g_object_ref (library);
  self->items = g_ptr_array_ref (items);
  goals = freshet_torrent_item_peek_record (items->pdata[0])->goals;
  for (guint goal = 0; goal < N_GOALS; goal++)
    add_goal (self, (Goal) goal, read_goal (&goals, (Goal) goal));
  add_action (self, goals.action);
  return self;
}
