/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * FreshetListBin:
 *
 * Around a #GtkListView or #GtkColumnView: Tab goes through what is in a row
 * and then on, as in GTK from 4.12 on, instead of through all rows.
 */
#define FRESHET_TYPE_LIST_BIN (freshet_list_bin_get_type ())
G_DECLARE_FINAL_TYPE (FreshetListBin, freshet_list_bin, FRESHET, LIST_BIN, AdwBin)

G_END_DECLS
