/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-setting-rows.h"

/* Bytes of a kilobyte, as speeds are shown. */
#define KILO 1000.0

static gboolean
get_limit (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_double (value, (double) g_variant_get_uint64 (variant) / KILO);
  return TRUE;
}

static GVariant *
set_limit (const GValue *value, const GVariantType *type, gpointer data)
{
  return g_variant_new_uint64 ((guint64) (g_value_get_double (value) * KILO));
}

static gboolean
get_count (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_double (value, g_variant_is_of_type (variant, G_VARIANT_TYPE_DOUBLE) ? g_variant_get_double (variant)
                                                                                    : g_variant_get_uint32 (variant));
  return TRUE;
}

static GVariant *
set_count (const GValue *value, const GVariantType *type, gpointer data)
{
  if (g_variant_type_equal (type, G_VARIANT_TYPE_DOUBLE))
    return g_variant_new_double (g_value_get_double (value));
  return g_variant_new_uint32 ((guint32) g_value_get_double (value));
}

/* 0 is a word, whatever digits the others have. */
static gboolean
output_cb (GtkSpinButton *spin, const char *zero)
{
  if (gtk_spin_button_get_value (spin) != 0)
    return FALSE;
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (spin)), zero))
    gtk_editable_set_text (GTK_EDITABLE (spin), zero);
  return TRUE;
}

static int
input_cb (GtkSpinButton *spin, double *value, const char *zero)
{
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (spin)), zero))
    return FALSE;
  *value = 0;
  return TRUE;
}

static void
show_zero_as (GtkSpinButton *spin, const char *zero)
{
  g_signal_connect (spin, "output", G_CALLBACK (output_cb), (gpointer) zero);
  g_signal_connect (spin, "input", G_CALLBACK (input_cb), (gpointer) zero);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), MAX (7, (int) g_utf8_strlen (zero, -1)));
  gtk_spin_button_update (spin);
}

void
freshet_setting_bind_limit (GSettings *settings, const char *key, GtkSpinButton *spin)
{
  g_settings_bind_with_mapping (settings, key, spin, "value", G_SETTINGS_BIND_DEFAULT, get_limit, set_limit, NULL, NULL);
  show_zero_as (spin, _ ("No limit"));
}

void
freshet_setting_bind_count (GSettings *settings, const char *key, GtkSpinButton *spin, const char *zero)
{
  g_settings_bind_with_mapping (settings, key, spin, "value", G_SETTINGS_BIND_DEFAULT, get_count, set_count, NULL, NULL);
  if (zero != NULL)
    show_zero_as (spin, zero);
}

static gboolean
output_time_cb (GtkSpinButton *spin)
{
  int minutes = gtk_spin_button_get_value_as_int (spin);
  g_autofree char *text = g_strdup_printf ("%02d:%02d", minutes / 60, minutes % 60);

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (spin)), text))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static int
input_time_cb (GtkSpinButton *spin, double *value)
{
  g_auto (GStrv) parts = g_strsplit (gtk_editable_get_text (GTK_EDITABLE (spin)), ":", 2);
  guint64 hours, minutes = 0;

  if (parts[0] == NULL || !g_ascii_string_to_unsigned (parts[0], 10, 0, 23, &hours, NULL)
      || (parts[1] != NULL && !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &minutes, NULL)))
    return GTK_INPUT_ERROR;
  *value = (double) (hours * 60 + minutes);
  return TRUE;
}

void
freshet_setting_bind_time (GSettings *settings, const char *key, GtkSpinButton *spin)
{
  /* Before there is a value: as a number it would be read as hours. */
  g_signal_connect (spin, "output", G_CALLBACK (output_time_cb), NULL);
  g_signal_connect (spin, "input", G_CALLBACK (input_time_cb), NULL);
  g_settings_bind_with_mapping (settings, key, spin, "value", G_SETTINGS_BIND_DEFAULT, get_count, set_count, NULL, NULL);
  output_time_cb (spin);
}
