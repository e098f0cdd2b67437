/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gives the process a network of its own, in which all of 127/8 and of 81/8 is
 * this machine: anybody may be the Internet. To be called at the beginning of
 * main(), while there are no other threads.
 * Returns: whether this system lets us */
gboolean bt_test_network_begin (void);

G_END_DECLS
