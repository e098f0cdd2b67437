/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BtTestResolver:
 *
 * Names as a test wants them: "two.test" is 127.0.0.2 and then 127.0.0.1, and
 * every other means nothing.
 */
typedef struct
{
  GResolver parent_instance;
  guint n_lookups;
} BtTestResolver;

/* Becomes the default of the process. */
BtTestResolver *bt_test_resolver_new (void);

G_END_DECLS
