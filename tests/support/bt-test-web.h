/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

#include "bt-test-torrent.h"

G_BEGIN_DECLS

/**
 * BtTestWeb:
 *
 * An HTTP server on loopback that gives the files of a torrent at
 * /MANNER/PATH, and pieces of it at /MANNER/script; the manner says how well:
 *
 * - good: ranges and all
 * - whole: always the whole file
 * - none: 404; none-of-a: 404 for the first file alone
 * - busy: 503 and Retry-After, the first three times; broken: 500
 * - moved: sends to good; moved-far: through four more; loop: to itself;
 *   nowhere: to a port where nobody is; ftp: to another protocol;
 *   moved-once: to good the first time and to none afterwards
 * - cut: ends in the middle of the body; empty: an answer without a body
 * - wrong: other bytes
 * - hang: no answer; stall: the headers and half of the body
 * - password: 401, and an answer that never ends
 * - hints: says forty times that there will be an answer, and gives it
 * - gzip: says that it is compressed
 * - other-size: of a file of another size; other-part: of another range
 */
typedef struct
{
  SoupServer *server;
  guint16 port;
  const BtTestTorrent *torrent; /* set it before the first request */
  GHashTable *counts;           /* manner -> requests that came */
  GHashTable *paths;            /* of every path that was asked for */
  guint64 sent;                 /* bytes of bodies */
  GPtrArray *held;              /* of SoupServerMessage, unanswered */
} BtTestWeb;

BtTestWeb *bt_test_web_new   (void);
void       bt_test_web_free  (BtTestWeb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTestWeb, bt_test_web_free)
/* Returns: (transfer full): the URL of @path in that manner */
char      *bt_test_web_url   (const BtTestWeb *self, const char *manner, const char *path);
guint      bt_test_web_count (const BtTestWeb *self, const char *manner);

G_END_DECLS
