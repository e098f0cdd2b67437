/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A button with an icon that draws the icon itself: a list has hundreds of
 * them, and a widget less in each is time saved when it is scrolled. */
#define FRESHET_TYPE_ICON_BUTTON (freshet_icon_button_get_type ())
G_DECLARE_FINAL_TYPE (FreshetIconButton, freshet_icon_button, FRESHET, ICON_BUTTON, GtkButton)

/* @icon: the name of a symbolic icon; a static string
 * @what: what the button does, in words: its tooltip and accessible name */
void        freshet_icon_button_show     (FreshetIconButton *self, const char *icon, const char *what);
/* (nullable): nothing is shown yet */
const char *freshet_icon_button_get_icon (FreshetIconButton *self);

G_END_DECLS
