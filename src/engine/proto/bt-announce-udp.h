/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-announce-http.h"
#include "bt-reader.h"

G_BEGIN_DECLS

/* The UDP tracker protocol (BEP 15) with its options (BEP 41), both
 * directions. What is announced and answered is the same as over HTTP. */

/* Stands in a connect request where others have a connection id. */
#define BT_ANNOUNCE_UDP_MAGIC G_GUINT64_CONSTANT (0x41727101980)

/* Torrents in one scrape: with more it would not fit in a packet (BEP 15). */
#define BT_ANNOUNCE_UDP_MAX_SCRAPE 74u

/* The longest request that is written. */
#define BT_ANNOUNCE_UDP_MAX_QUERY (16u + BT_ANNOUNCE_UDP_MAX_SCRAPE * BT_SHA1_LENGTH)

typedef enum
{
  BT_ANNOUNCE_UDP_CONNECT = 0,
  BT_ANNOUNCE_UDP_ANNOUNCE = 1,
  BT_ANNOUNCE_UDP_SCRAPE = 2,
  BT_ANNOUNCE_UDP_ERROR = 3,
} BtAnnounceUdpAction;

/* From a tracker, parsed; @rest is borrowed from the packet. */
typedef struct
{
  BtAnnounceUdpAction action;
  guint32 transaction_id;
  guint64 connection_id; /* of a connect */
  BtReader rest;
} BtAnnounceUdpAnswer;

/* From a client, parsed; @rest is borrowed from the packet. */
typedef struct
{
  BtAnnounceUdpAction action;
  guint32 transaction_id;
  guint64 connection_id;
  BtReader rest;
} BtAnnounceUdpQuery;

/* Client: requests, into @out of BT_ANNOUNCE_UDP_MAX_QUERY bytes.
 * Returns: bytes written */
gsize    bt_announce_udp_write_connect   (guint8 *out, guint32 transaction_id);
/* @url_data: path and query of the tracker's URL (BEP 41); left out when
 * empty, or too long for the packet */
gsize    bt_announce_udp_write_announce  (guint8 *out, guint64 connection_id, guint32 transaction_id,
                                          const BtAnnounceRequest *request, const char *url_data);
/* @n_hashes: at most BT_ANNOUNCE_UDP_MAX_SCRAPE */
gsize    bt_announce_udp_write_scrape    (guint8 *out, guint64 connection_id, guint32 transaction_id,
                                          const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes);

/* Client: answers. Returns: FALSE for what no tracker sends */
gboolean bt_announce_udp_parse_answer    (const guint8 *bytes, gsize length, BtAnnounceUdpAnswer *answer);
/* An announce's answer, or an error as failure reason, into an initialised
 * @reply. How long a peer is tells the @family it was asked over, and nothing
 * in the packet. */
void     bt_announce_udp_read_reply      (const BtAnnounceUdpAnswer *answer, BtAddrFamily family, BtAnnounceReply *reply);
/* Appends to @entries (of BtScrapeEntry), in the order of the request. */
void     bt_announce_udp_read_scrape     (const BtAnnounceUdpAnswer *answer, const guint8 (*hashes)[BT_SHA1_LENGTH],
                                          guint n_hashes, GArray *entries);
/* Returns: (transfer full): the text of an error, for a person */
char    *bt_announce_udp_dup_error       (const BtAnnounceUdpAnswer *answer);

/* Server: requests. Returns: FALSE for what deserves no answer */
gboolean bt_announce_udp_parse_query     (const guint8 *bytes, gsize length, BtAnnounceUdpQuery *query);
/* The port may be 0. */
void     bt_announce_udp_read_request    (const BtAnnounceUdpQuery *query, BtAnnounceRequest *request);
/* Returns: (transfer full) (nullable): NULL when none was sent */
char    *bt_announce_udp_dup_url_data    (const BtAnnounceUdpQuery *query);
/* Appends to @hashes (of 20 bytes each) until it has @most. */
void     bt_announce_udp_read_hashes     (const BtAnnounceUdpQuery *query, GArray *hashes, guint most);

/* Server: answers, into @out of @space bytes; as many peers or torrents, or as
 * much of the text, as fit. Returns: bytes written, 0 when nothing fits */
gsize    bt_announce_udp_write_connected (guint8 *out, gsize space, guint32 transaction_id, guint64 connection_id);
gsize    bt_announce_udp_write_reply     (guint8 *out, gsize space, guint32 transaction_id,
                                          const BtAnnounceReply *reply, BtAddrFamily family);
gsize    bt_announce_udp_write_counts    (guint8 *out, gsize space, guint32 transaction_id,
                                          const BtScrapeEntry *entries, guint n_entries);
gsize    bt_announce_udp_write_error     (guint8 *out, gsize space, guint32 transaction_id, const char *message);

G_END_DECLS
