/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-inscription.h"

/* Scripts of today that are written from right to left. */
static gboolean
is_right_to_left (gunichar letter)
{
  static const GUnicodeScript scripts[] = { G_UNICODE_SCRIPT_HEBREW, G_UNICODE_SCRIPT_ARABIC, G_UNICODE_SCRIPT_SYRIAC,
                                            G_UNICODE_SCRIPT_THAANA, G_UNICODE_SCRIPT_NKO, G_UNICODE_SCRIPT_ADLAM };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (g_unichar_get_script (letter) == scripts[i])
      return TRUE;
  return FALSE;
}

/* That of its first letter; of what has none @fallback. */
static GtkTextDirection
find_direction (const char *text, GtkTextDirection fallback)
{
  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalpha (g_utf8_get_char (p)))
      return is_right_to_left (g_utf8_get_char (p)) ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR;
  return fallback;
}

void
freshet_inscription_set_text (GtkInscription *self, const char *text, gboolean at_end)
{
  GtkTextDirection direction = gtk_widget_get_direction (GTK_WIDGET (self));
  gboolean other = find_direction (text, direction) != direction;

  gtk_inscription_set_text (self, text);
  gtk_inscription_set_xalign (self, at_end != other ? 1 : 0);
}
