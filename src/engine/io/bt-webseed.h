/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-loop.h"

G_BEGIN_DECLS

/* The most that is read and handed over at once. */
#define BT_WEBSEED_READ_SIZE 65536u

/**
 * BtWebseedHttp:
 *
 * What all requests of a session to web seeds share: connections kept open,
 * and the addresses they come from.
 */
typedef struct _BtWebseedHttp BtWebseedHttp;

/* @v4, @v6: (nullable): as for bt_tracker_http_new(); here one family that
 * works is enough */
BtWebseedHttp *bt_webseed_http_new  (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, const char *user_agent);
/* No fetch may be under way. */
void           bt_webseed_http_free (BtWebseedHttp *self);
/* A server that is silent for this long has failed; 30 seconds unless told. */
void           bt_webseed_http_set_timeout (BtWebseedHttp *self, guint seconds);
/* More requests than connections would only wait. */
gboolean       bt_webseed_http_is_full (const BtWebseedHttp *self);

typedef enum
{
  BT_WEBSEED_DONE,    /* everything came */
  BT_WEBSEED_MISSING, /* no such file, another one, or no parts of it: asking again is of no use */
  BT_WEBSEED_FAILED,  /* what may be better later */
} BtWebseedOutcome;

typedef struct
{
  const char *url;
  guint64 first;       /* the bytes that are wanted ... */
  guint64 length;
  guint64 total;       /* ... and how many the file has */
  gboolean url_says;   /* the URL names the bytes: no range is asked for */
  gboolean from_public; /* a server on the Internet sent us to @url */
} BtWebseedRequest;

typedef struct
{
  BtWebseedOutcome outcome;
  guint retry_after;     /* seconds that the server asked for, 0 none */
  const char *moved_to;  /* (nullable): where redirects led */
  gboolean from_public;  /* the first server was on the Internet */
  const GError *error;   /* (nullable): what was wrong, for a log */
} BtWebseedResult;

/**
 * BtWebseedFetch:
 *
 * One range of bytes on its way from an HTTP server: redirects followed, the
 * answer checked, what comes handed over in order.
 */
typedef struct _BtWebseedFetch BtWebseedFetch;

typedef struct
{
  /* Bytes that may be read now; after 0 it waits for bt_webseed_fetch_resume(). */
  gsize (*may_read) (BtWebseedFetch *fetch, gpointer data);
  void  (*bytes)    (BtWebseedFetch *fetch, const guint8 *bytes, gsize length, gpointer data);
  /* The last that is heard of it; it is gone then. Never called before
   * bt_webseed_fetch_new() has returned, nor after bt_webseed_fetch_cancel(). */
  void  (*done)     (BtWebseedFetch *fetch, const BtWebseedResult *result, gpointer data);
} BtWebseedHost;

/* Returns: (transfer none): valid until @host's done, or until it is cancelled */
BtWebseedFetch *bt_webseed_fetch_new    (BtWebseedHttp *http, const BtWebseedRequest *request, const BtWebseedHost *host, gpointer data);
void            bt_webseed_fetch_cancel (BtWebseedFetch *self);
void            bt_webseed_fetch_resume (BtWebseedFetch *self);

G_END_DECLS
