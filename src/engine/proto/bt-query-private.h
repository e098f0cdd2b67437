/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The queries of HTTP trackers, which hold any bytes, percent-encoded. */

/* Longer values are not understood: nothing that we read is as long. */
#define BT_QUERY_VALUE_MAX 512u

typedef struct
{
  char key[32];
  guint8 value[BT_QUERY_VALUE_MAX + 1]; /* decoded; a zero follows the last byte */
  gsize length;
} BtQueryPair;

/* Moves @query past its first pair. A pair that is too long is given with an
 * empty key. Returns: %FALSE at the end */
gboolean bt_query_next   (const char **query, BtQueryPair *pair);
/* Every byte that is not unreserved as %XX: some trackers compare capitals. */
void     bt_query_escape (GString *out, const guint8 *bytes, gsize length);

G_END_DECLS
