/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-reader.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* A scrape of a hundred torrents is 7 KiB; what browsers add stays below 4. */
#define TRK_REQUEST_MAX 16384u

typedef enum
{
  TRK_METHOD_GET,
  TRK_METHOD_HEAD,
  TRK_METHOD_OTHER,
} TrkMethod;

/**
 * TrkRequest:
 *
 * The head of one HTTP/1 request; @path and @query point into the input.
 */
typedef struct
{
  TrkMethod method;
  BtReader path;       /* as it was sent, with its slash */
  BtReader query;      /* what follows "?", empty when nothing does */
  gboolean http_1_0;
  gboolean keep_alive; /* the client will send another on this connection */
  gboolean has_body;   /* bytes follow that are no request */
} TrkRequest;

/* Moves @input past the head when the answer is OK, and leaves it otherwise. */
BtDecode trk_request_parse (BtReader *input, TrkRequest *request);
gboolean trk_reader_is     (const BtReader *self, const char *text);

G_END_DECLS
