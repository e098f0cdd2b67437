/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows @model at @where in @parent, as a click with the second button does.
 * @menu: (inout): NULL at first, then a child of @parent, which
 * has to be unparented with it */
void     freshet_context_menu_popup     (GtkWidget **menu, GtkWidget *parent, GMenuModel *model, const GdkRectangle *where);
/* The same at a widget inside of @parent, for who uses the keyboard. */
void     freshet_context_menu_popup_for (GtkWidget **menu, GtkWidget *parent, GMenuModel *model, GtkWidget *widget);
/* Below a button inside of @parent, at whose end it ends. */
void     freshet_context_menu_popup_below (GtkWidget **menu, GtkWidget *parent, GMenuModel *model, GtkWidget *button);
/* The keys that show such a menu call @callback. */
void     freshet_context_menu_add_keys  (GtkWidgetClass *widget_class, GtkShortcutFunc callback);

G_END_DECLS
