/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-buffer.h"
#include "trk-http.h"
#include "trk-request.h"

G_BEGIN_DECLS

/* Appends to @output, as bytes of HTTP, what a request is to be told. */
void trk_http_answer       (const TrkHttpHost *host, gpointer host_data, const TrkRequest *request,
                            const BtAddr *source, BtBuffer *output);
/* For bytes that are no request. */
void trk_http_answer_error (guint status, const char *phrase, BtBuffer *output);

G_END_DECLS
