/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-context-menu.h"

/* Pixels from where a widget begins, so that its menu is over it. */
#define INDENT 24

static void
popup (GtkWidget **menu, GtkWidget *parent, GMenuModel *model, const GdkRectangle *where, GtkAlign align)
{
  if (*menu == NULL)
    {
      *menu = gtk_popover_menu_new_from_model (NULL);
      gtk_popover_set_has_arrow (GTK_POPOVER (*menu), FALSE);
      gtk_widget_set_parent (*menu, parent);
    }
  gtk_widget_set_halign (*menu, align);
  if (gtk_popover_menu_get_menu_model (GTK_POPOVER_MENU (*menu)) != model)
    gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (*menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (*menu), where);
  gtk_popover_popup (GTK_POPOVER (*menu));
}

void
freshet_context_menu_popup (GtkWidget **menu, GtkWidget *parent, GMenuModel *model, const GdkRectangle *where)
{
  popup (menu, parent, model, where, GTK_ALIGN_START);
}

void
freshet_context_menu_popup_below (GtkWidget **menu, GtkWidget *parent, GMenuModel *model, GtkWidget *button)
{
  double x, y;

  if (gtk_widget_translate_coordinates (button, parent, 0, 0, &x, &y))
    popup (menu, parent, model,
           &(GdkRectangle){ (int) x, (int) y, gtk_widget_get_width (button), gtk_widget_get_height (button) }, GTK_ALIGN_END);
}

void
freshet_context_menu_popup_for (GtkWidget **menu, GtkWidget *parent, GMenuModel *model, GtkWidget *widget)
{
  gboolean mirrored = gtk_widget_get_direction (parent) == GTK_TEXT_DIR_RTL;
  double from_x = mirrored ? gtk_widget_get_width (widget) - INDENT : INDENT;
  double x, y;

  if (gtk_widget_translate_coordinates (widget, parent, from_x, gtk_widget_get_height (widget) / 2.0, &x, &y))
    freshet_context_menu_popup (menu, parent, model, &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}

void
freshet_context_menu_add_keys (GtkWidgetClass *widget_class, GtkShortcutFunc callback)
{
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, callback, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, callback, NULL);
}
