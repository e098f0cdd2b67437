/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"

/* clang-format off */
G_DEFINE_QUARK (bt-error-quark, bt_error)
/* clang-format on */
