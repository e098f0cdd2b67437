/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Answers of the 1xx class before the real one (RFC 9110, 15.2). libsoup reads
 * one after the other and nothing else meanwhile, so a server that never stops
 * would stop the whole program. Count them in the message's "got-informational",
 * and cancel. */
#define BT_HTTP_MAX_INFORMATIONAL 16u

/* Returns: (transfer full): a GET of @uri that libsoup does not repeat by
 * itself: before it does that, it reads the body of a redirect, or of a refusal
 * that names a way to say who we are, into memory, however long it is. A name
 * and password in @uri are sent (RFC 7617). */
SoupMessage *bt_http_message_new   (GUri *uri);

gboolean     bt_http_is_redirect   (guint status);
/* Does @uri name a server that speaks HTTP or HTTPS? */
gboolean     bt_http_is_address    (GUri *uri);
/* Returns: (transfer full) (nullable): where the answer to a request of @from
 * leads; NULL when that is no HTTP or HTTPS address */
GUri        *bt_http_read_location (SoupMessage *message, GUri *from);

G_END_DECLS
