/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gives the process a mount table of its own. To be called at the beginning
 * of main(), while there are no other threads.
 * Returns: whether this system lets us */
gboolean bt_test_mounts_begin (void);
/* A file system of so many bytes on @folder, for this process alone. */
void     bt_test_mount_small  (const char *folder, guint64 bytes);
void     bt_test_unmount      (const char *folder);

G_END_DECLS
