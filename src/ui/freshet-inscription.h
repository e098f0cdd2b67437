/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The text of an inscription, at its start or end whichever way it is written:
 * Pango puts a line that is written the other way than the widget goes to the
 * other side. @text: (nullable): valid UTF-8 */
void freshet_inscription_set_text (GtkInscription *self, const char *text, gboolean at_end);

G_END_DECLS
