/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-types.h"

G_BEGIN_DECLS

typedef enum
{
  BT_ANNOUNCE_NONE,
  BT_ANNOUNCE_COMPLETED,
  BT_ANNOUNCE_STARTED,
  BT_ANNOUNCE_STOPPED,
  BT_ANNOUNCE_PAUSED, /* a partial seed (BEP 21) */
} BtAnnounceEvent;

/**
 * BtAnnounceRequest:
 *
 * What a client tells a tracker; the same for HTTP and UDP.
 */
typedef struct
{
  guint8 info_hash[BT_SHA1_LENGTH];
  guint8 peer_id[BT_PEER_ID_LENGTH];
  guint16 port;
  guint64 uploaded;   /* bytes since started */
  guint64 downloaded; /* bytes since started */
  guint64 left;       /* bytes; G_MAXUINT64 when a server's client did not say */
  BtAnnounceEvent event;
  int numwant;        /* -1: not said */
  guint32 key;
  gboolean has_key;
  gboolean compact;
  gboolean no_peer_id;
  gboolean supports_crypto;
  BtAddr ip;          /* family NONE when not said; port unused */
  char tracker_id[256]; /* zero-terminated, "" when none; any bytes but zero */
} BtAnnounceRequest;

/**
 * BtAnnounceReply:
 *
 * What a tracker answers. Filled by the parser or by a server; cleared with
 * bt_announce_reply_clear(). Absent numbers are -1.
 */
typedef struct
{
  char *failure_reason;  /* NULL when it worked */
  char *warning_message;
  char *tracker_id;
  gint64 interval;       /* seconds */
  gint64 min_interval;   /* seconds */
  gint64 complete;
  gint64 incomplete;
  gint64 downloaded;
  BtAddr external_ip;    /* BEP 24; family NONE when absent */
  GArray *peers;         /* of BtAddr, IPv4 and IPv6; never NULL after init */
  GPtrArray *named_peers; /* of char*, "host:port", for lists that give DNS names; owned */
} BtAnnounceReply;

/* One torrent's numbers of a scrape (BEP 48). */
typedef struct
{
  guint8 info_hash[BT_SHA1_LENGTH];
  gint64 complete;   /* seeds; -1 when absent */
  gint64 incomplete; /* leechers */
  gint64 downloaded; /* completed downloads ever */
} BtScrapeEntry;

/* A tracker can not make us keep more peers than this from one reply. */
#define BT_ANNOUNCE_MAX_PEERS 2000u

void bt_announce_reply_init  (BtAnnounceReply *self);
void bt_announce_reply_clear (BtAnnounceReply *self);

/* Client: the URL to get, @announce_url untouched and the query appended with
 * '?' or '&'. Returns: (transfer full) */
char    *bt_announce_http_write_url   (const char *announce_url, const BtAnnounceRequest *request);
/* Client: @reply must be initialised. Unsorted keys, trailing bytes and
 * ragged peer strings are tolerated; a reply with a failure reason is
 * a success of this function. */
gboolean bt_announce_http_parse_reply (const guint8 *bytes, gsize length, BtAnnounceReply *reply, GError **error);

/* Server: @query is what follows '?'. @error has words for the client. */
gboolean bt_announce_http_parse_query (const char *query, BtAnnounceRequest *request, GError **error);
/* Server: bencoded; compact lists unless the request asked for dictionaries,
 * and then @peer_ids (n_peers times 20 bytes, NULL for none) are added.
 * Returns: (transfer full) */
GBytes  *bt_announce_http_write_reply (const BtAnnounceReply *reply, const BtAnnounceRequest *request, const guint8 *peer_ids);
GBytes  *bt_announce_http_write_failure (const char *reason);

/* Client: NULL when the last path element does not begin with "announce". */
char    *bt_scrape_http_write_url   (const char *announce_url, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes);
/* Client: appends to @entries (of BtScrapeEntry). */
gboolean bt_scrape_http_parse_reply (const guint8 *bytes, gsize length, GArray *entries, GError **error);
/* Server: appends 20-byte hashes to @hashes (a GArray of element size 20), at most @most. */
gboolean bt_scrape_http_parse_query (const char *query, GArray *hashes, guint most, GError **error);
GBytes  *bt_scrape_http_write_reply (const BtScrapeEntry *entries, guint n_entries);

G_END_DECLS
