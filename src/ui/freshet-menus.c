/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-menus.h"

GMenuModel *
freshet_menus_get (const char *name)
{
  static GtkBuilder *builder;

  if (builder == NULL)
    builder = gtk_builder_new_from_resource ("/io/github/freshet/Freshet/freshet-menus.ui");
  return G_MENU_MODEL (gtk_builder_get_object (builder, name));
}

static void
create_popup_cb (GtkMenuButton *button, gpointer name)
{
  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (freshet_menus_get (name)));
}

void
freshet_menus_set (GtkMenuButton *button, const char *name)
{
  g_return_if_fail (GTK_IS_MENU_BUTTON (button));

  gtk_menu_button_set_create_popup_func (button, create_popup_cb, (gpointer) name, NULL);
}
