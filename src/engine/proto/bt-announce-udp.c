/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-udp.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bt-compact.h"

/* Bytes before the parts of variable length (BEP 15). */
#define QUERY_HEADER 16u
#define ANNOUNCE_QUERY 98u
#define ANSWER_HEADER 8u
#define CONNECT_ANSWER 16u
#define ANNOUNCE_ANSWER 20u
#define SCRAPE_ENTRY 12u

/* Options of BEP 41; those above have a length byte, known or not. */
#define OPTION_END 0
#define OPTION_NOP 1
#define OPTION_URL_DATA 2

/* A person reads no more of an error; one packet may have 65,507 bytes. */
#define MAX_ERROR 512u

static guint8 *
put_u16 (guint8 *at, guint16 value)
{
  value = GUINT16_TO_BE (value);
  return (guint8 *) memcpy (at, &value, sizeof value) + sizeof value;
}

static guint8 *
put_u32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_BE (value);
  return (guint8 *) memcpy (at, &value, sizeof value) + sizeof value;
}

static guint8 *
put_u64 (guint8 *at, guint64 value)
{
  value = GUINT64_TO_BE (value);
  return (guint8 *) memcpy (at, &value, sizeof value) + sizeof value;
}

static guint8 *
put_query_header (guint8 *at, guint64 connection_id, BtAnnounceUdpAction action, guint32 transaction_id)
{
  at = put_u64 (at, connection_id);
  at = put_u32 (at, action);
  return put_u32 (at, transaction_id);
}

static guint8 *
put_answer_header (guint8 *at, BtAnnounceUdpAction action, guint32 transaction_id)
{
  at = put_u32 (at, action);
  return put_u32 (at, transaction_id);
}

/* Some trackers take these for signed numbers. */
static guint8 *
put_bytes (guint8 *at, guint64 count)
{
  return put_u64 (at, MIN (count, G_MAXINT64));
}

/* Unknown is all ones, which read_count() takes for unknown too. */
static guint8 *
put_count (guint8 *at, gint64 count)
{
  return put_u32 (at, count < 0 ? G_MAXUINT32 : (guint32) MIN (count, G_MAXINT32));
}

static gboolean
read_count (BtReader *reader, gint64 *count)
{
  guint32 value;

  if (!bt_reader_u32 (reader, &value))
    return FALSE;
  *count = value > G_MAXINT32 ? -1 : (gint64) value;
  return TRUE;
}

gsize
bt_announce_udp_write_connect (guint8 *out, guint32 transaction_id)
{
  return (gsize) (put_query_header (out, BT_ANNOUNCE_UDP_MAGIC, BT_ANNOUNCE_UDP_CONNECT, transaction_id) - out);
}

static guint32
event_number (BtAnnounceEvent event)
{
  /* "paused" (BEP 21) is for HTTP alone. */
  return event == BT_ANNOUNCE_PAUSED ? 0 : event;
}

static guint8 *
put_url_data (guint8 *at, const char *url_data, gsize space)
{
  gsize left = url_data == NULL ? 0 : strlen (url_data);
  gsize n_options = (left + 254) / 255;

  if (left + 2 * n_options > space)
    return at;
  while (left > 0)
    {
      gsize n = MIN (left, 255);

      *at++ = OPTION_URL_DATA;
      *at++ = (guint8) n;
      memcpy (at, url_data, n);
      at += n;
      url_data += n;
      left -= n;
    }
  return at;
}

gsize
bt_announce_udp_write_announce (guint8 *out, guint64 connection_id, guint32 transaction_id, const BtAnnounceRequest *request, const char *url_data)
{
  guint8 *at = put_query_header (out, connection_id, BT_ANNOUNCE_UDP_ANNOUNCE, transaction_id);

  at = (guint8 *) memcpy (at, request->info_hash, BT_SHA1_LENGTH) + BT_SHA1_LENGTH;
  at = (guint8 *) memcpy (at, request->peer_id, BT_PEER_ID_LENGTH) + BT_PEER_ID_LENGTH;
  at = put_bytes (at, request->downloaded);
  at = put_bytes (at, request->left);
  at = put_bytes (at, request->uploaded);
  at = put_u32 (at, event_number (request->event));
  if (request->ip.family == BT_ADDR_V4)
    at = (guint8 *) memcpy (at, request->ip.ip, 4) + 4;
  else
    at = put_u32 (at, 0);
  at = put_u32 (at, request->has_key ? request->key : 0);
  at = put_u32 (at, (guint32) request->numwant);
  at = put_u16 (at, request->port);
  at = put_url_data (at, url_data, BT_ANNOUNCE_UDP_MAX_QUERY - ANNOUNCE_QUERY);
  return (gsize) (at - out);
}

gsize
bt_announce_udp_write_scrape (guint8 *out, guint64 connection_id, guint32 transaction_id, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes)
{
  guint8 *at = put_query_header (out, connection_id, BT_ANNOUNCE_UDP_SCRAPE, transaction_id);

  n_hashes = MIN (n_hashes, BT_ANNOUNCE_UDP_MAX_SCRAPE);
  memcpy (at, hashes, (gsize) n_hashes * BT_SHA1_LENGTH);
  return QUERY_HEADER + (gsize) n_hashes * BT_SHA1_LENGTH;
}

gboolean
bt_announce_udp_parse_answer (const guint8 *bytes, gsize length, BtAnnounceUdpAnswer *answer)
{
  guint32 action;

  bt_reader_init (&answer->rest, bytes, length);
  answer->connection_id = 0;
  if (!bt_reader_u32 (&answer->rest, &action) || !bt_reader_u32 (&answer->rest, &answer->transaction_id) ||
      action > BT_ANNOUNCE_UDP_ERROR)
    return FALSE;
  answer->action = (BtAnnounceUdpAction) action;
  switch (answer->action)
    {
    case BT_ANNOUNCE_UDP_CONNECT:
      return bt_reader_u64 (&answer->rest, &answer->connection_id);
    case BT_ANNOUNCE_UDP_ANNOUNCE:
      return length >= ANNOUNCE_ANSWER;
    case BT_ANNOUNCE_UDP_SCRAPE:
    case BT_ANNOUNCE_UDP_ERROR:
    default:
      return TRUE;
    }
}

char *
bt_announce_udp_dup_error (const BtAnnounceUdpAnswer *answer)
{
  g_autofree char *text = g_strndup ((const char *) answer->rest.data, MIN (answer->rest.left, MAX_ERROR));
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return *g_strstrip (valid) != '\0' ? g_steal_pointer (&valid) : g_strdup (_ ("The tracker refused and gave no reason."));
}

void
bt_announce_udp_read_reply (const BtAnnounceUdpAnswer *answer, BtAddrFamily family, BtAnnounceReply *reply)
{
  BtReader rest = answer->rest;

  if (answer->action == BT_ANNOUNCE_UDP_ERROR)
    {
      reply->failure_reason = bt_announce_udp_dup_error (answer);
      return;
    }
  if (read_count (&rest, &reply->interval) && read_count (&rest, &reply->incomplete) && read_count (&rest, &reply->complete))
    bt_compact_read (rest.data, rest.left, family, BT_ANNOUNCE_MAX_PEERS, reply->peers);
}

void
bt_announce_udp_read_scrape (const BtAnnounceUdpAnswer *answer, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes, GArray *entries)
{
  BtReader rest = answer->rest;

  for (guint i = 0; i < n_hashes && rest.left >= SCRAPE_ENTRY; i++)
    {
      BtScrapeEntry entry;

      memcpy (entry.info_hash, hashes[i], BT_SHA1_LENGTH);
      read_count (&rest, &entry.complete);
      read_count (&rest, &entry.downloaded);
      read_count (&rest, &entry.incomplete);
      g_array_append_val (entries, entry);
    }
}

gboolean
bt_announce_udp_parse_query (const guint8 *bytes, gsize length, BtAnnounceUdpQuery *query)
{
  guint32 action;

  bt_reader_init (&query->rest, bytes, length);
  if (!bt_reader_u64 (&query->rest, &query->connection_id) || !bt_reader_u32 (&query->rest, &action) ||
      !bt_reader_u32 (&query->rest, &query->transaction_id))
    return FALSE;
  query->action = (BtAnnounceUdpAction) action;
  switch (action)
    {
    case BT_ANNOUNCE_UDP_CONNECT:
      return query->connection_id == BT_ANNOUNCE_UDP_MAGIC;
    case BT_ANNOUNCE_UDP_ANNOUNCE:
      return length >= ANNOUNCE_QUERY;
    case BT_ANNOUNCE_UDP_SCRAPE:
      return query->rest.left >= BT_SHA1_LENGTH;
    default:
      return FALSE;
    }
}

static guint64
read_bytes (BtReader *reader)
{
  guint64 count = 0;

  bt_reader_u64 (reader, &count);
  return count;
}

static void
read_ip (BtReader *reader, BtAddr *addr)
{
  const guint8 *ip;

  if (bt_reader_take (reader, 4, &ip) && memcmp (ip, "\0\0\0\0", 4) != 0)
    bt_addr_init_v4 (addr, ip, 0);
}

void
bt_announce_udp_read_request (const BtAnnounceUdpQuery *query, BtAnnounceRequest *request)
{
  BtReader rest = query->rest;
  guint32 event = 0, numwant = 0;

  *request = (BtAnnounceRequest){ .compact = TRUE, .no_peer_id = TRUE, .has_key = TRUE };
  bt_reader_copy (&rest, request->info_hash, BT_SHA1_LENGTH);
  bt_reader_copy (&rest, request->peer_id, BT_PEER_ID_LENGTH);
  request->downloaded = read_bytes (&rest);
  request->left = read_bytes (&rest);
  request->uploaded = read_bytes (&rest);
  bt_reader_u32 (&rest, &event);
  request->event = event <= BT_ANNOUNCE_STOPPED ? (BtAnnounceEvent) event : BT_ANNOUNCE_NONE;
  read_ip (&rest, &request->ip);
  bt_reader_u32 (&rest, &request->key);
  bt_reader_u32 (&rest, &numwant);
  request->numwant = numwant > G_MAXINT ? -1 : (int) numwant;
  bt_reader_u16 (&rest, &request->port);
}

char *
bt_announce_udp_dup_url_data (const BtAnnounceUdpQuery *query)
{
  BtReader options = query->rest;
  g_autoptr(GString) url = NULL;
  guint8 option, length;
  const guint8 *data;

  bt_reader_skip (&options, ANNOUNCE_QUERY - QUERY_HEADER);
  while (bt_reader_u8 (&options, &option) && option != OPTION_END)
    {
      if (option == OPTION_NOP)
        continue;
      /* Clients of before BEP 41 may have put anything here. */
      if (!bt_reader_u8 (&options, &length) || !bt_reader_take (&options, length, &data))
        break;
      if (option != OPTION_URL_DATA || memchr (data, 0, length) != NULL)
        continue;
      if (url == NULL)
        url = g_string_new (NULL);
      g_string_append_len (url, (const char *) data, length);
    }
  return url == NULL ? NULL : g_string_free (g_steal_pointer (&url), FALSE);
}

void
bt_announce_udp_read_hashes (const BtAnnounceUdpQuery *query, GArray *hashes, guint most)
{
  BtReader rest = query->rest;
  const guint8 *hash;

  while (hashes->len < most && bt_reader_take (&rest, BT_SHA1_LENGTH, &hash))
    g_array_append_vals (hashes, hash, 1);
}

gsize
bt_announce_udp_write_connected (guint8 *out, gsize space, guint32 transaction_id, guint64 connection_id)
{
  if (space < CONNECT_ANSWER)
    return 0;
  put_u64 (put_answer_header (out, BT_ANNOUNCE_UDP_CONNECT, transaction_id), connection_id);
  return CONNECT_ANSWER;
}

gsize
bt_announce_udp_write_reply (guint8 *out, gsize space, guint32 transaction_id, const BtAnnounceReply *reply, BtAddrFamily family)
{
  gsize peer_size = bt_compact_size (family);
  guint8 *at = out;

  if (space < ANNOUNCE_ANSWER)
    return 0;
  at = put_answer_header (at, BT_ANNOUNCE_UDP_ANNOUNCE, transaction_id);
  at = put_count (at, reply->interval);
  at = put_count (at, reply->incomplete);
  at = put_count (at, reply->complete);
  for (guint i = 0; i < reply->peers->len && (gsize) (at - out) + peer_size <= space; i++)
    {
      const BtAddr *peer = &g_array_index (reply->peers, BtAddr, i);

      if (peer->family == family)
        at += bt_addr_write (peer, at);
    }
  return (gsize) (at - out);
}

gsize
bt_announce_udp_write_counts (guint8 *out, gsize space, guint32 transaction_id, const BtScrapeEntry *entries, guint n_entries)
{
  guint8 *at = out;

  if (space < ANSWER_HEADER)
    return 0;
  at = put_answer_header (at, BT_ANNOUNCE_UDP_SCRAPE, transaction_id);
  for (guint i = 0; i < n_entries && (gsize) (at - out) + SCRAPE_ENTRY <= space; i++)
    {
      at = put_count (at, entries[i].complete);
      at = put_count (at, entries[i].downloaded);
      at = put_count (at, entries[i].incomplete);
    }
  return (gsize) (at - out);
}

gsize
bt_announce_udp_write_error (guint8 *out, gsize space, guint32 transaction_id, const char *message)
{
  gsize length;

  if (space < ANSWER_HEADER)
    return 0;
  length = MIN (strlen (message), space - ANSWER_HEADER);
  memcpy (put_answer_header (out, BT_ANNOUNCE_UDP_ERROR, transaction_id), message, length);
  return ANSWER_HEADER + length;
}
