/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

#include "bt-webseed.h"

G_BEGIN_DECLS

struct _BtWebseedHttp
{
  BtLoop *loop;
  SoupSession *sessions[2]; /* one after the other until one connects */
  guint n_sessions;
  guint n_fetches;
  guint timeout;            /* seconds */
};

G_END_DECLS
