/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-http.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bt-bencode.h"
#include "bt-compact.h"
#include "bt-error.h"
#include "bt-query-private.h"

/* The longest name that DNS knows. */
#define MAX_HOST_NAME 253u

static const char *const event_names[] = {
  [BT_ANNOUNCE_NONE] = "",
  [BT_ANNOUNCE_COMPLETED] = "completed",
  [BT_ANNOUNCE_STARTED] = "started",
  [BT_ANNOUNCE_STOPPED] = "stopped",
  [BT_ANNOUNCE_PAUSED] = "paused",
};

void
bt_announce_reply_init (BtAnnounceReply *self)
{
  *self = (BtAnnounceReply){
    .interval = -1,
    .min_interval = -1,
    .complete = -1,
    .incomplete = -1,
    .downloaded = -1,
    .peers = g_array_new (FALSE, FALSE, sizeof (BtAddr)),
    .named_peers = g_ptr_array_new_with_free_func (g_free),
  };
}

void
bt_announce_reply_clear (BtAnnounceReply *self)
{
  g_clear_pointer (&self->failure_reason, g_free);
  g_clear_pointer (&self->warning_message, g_free);
  g_clear_pointer (&self->tracker_id, g_free);
  g_clear_pointer (&self->peers, g_array_unref);
  g_clear_pointer (&self->named_peers, g_ptr_array_unref);
}

static void
append_bytes (GString *url, const char *key, const guint8 *bytes, gsize length)
{
  g_string_append (url, key);
  bt_query_escape (url, bytes, length);
}

char *
bt_announce_http_write_url (const char *announce_url, const BtAnnounceRequest *request)
{
  GString *url = g_string_new (announce_url);
  char ip[BT_ADDR_STRING_MAX];

  /* A passkey may be in the query already. */
  g_string_append_c (url, strchr (announce_url, '?') == NULL ? '?' : '&');
  append_bytes (url, "info_hash=", request->info_hash, BT_SHA1_LENGTH);
  append_bytes (url, "&peer_id=", request->peer_id, BT_PEER_ID_LENGTH);
  g_string_append_printf (url, "&port=%u&uploaded=%" G_GUINT64_FORMAT "&downloaded=%" G_GUINT64_FORMAT,
                          request->port, request->uploaded, request->downloaded);
  if (request->left != G_MAXUINT64)
    g_string_append_printf (url, "&left=%" G_GUINT64_FORMAT, request->left);
  if (request->has_key)
    g_string_append_printf (url, "&key=%08X", request->key);
  if (request->event != BT_ANNOUNCE_NONE)
    g_string_append_printf (url, "&event=%s", event_names[request->event]);
  if (request->numwant >= 0)
    g_string_append_printf (url, "&numwant=%d", request->numwant);
  g_string_append (url, request->compact ? "&compact=1" : "&compact=0");
  if (request->no_peer_id)
    g_string_append (url, "&no_peer_id=1");
  if (request->supports_crypto)
    g_string_append (url, "&supportcrypto=1");
  if (request->ip.family != BT_ADDR_NONE)
    append_bytes (url, "&ip=", (const guint8 *) ip, strlen (bt_addr_ip_to_string (&request->ip, ip)));
  if (request->tracker_id[0] != '\0')
    append_bytes (url, "&trackerid=", (const guint8 *) request->tracker_id, strlen (request->tracker_id));
  return g_string_free (url, FALSE);
}

static gboolean
is_host_name (const guint8 *name, gsize length)
{
  if (length == 0 || length > MAX_HOST_NAME)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '-' && name[i] != '.' && name[i] != '_')
      return FALSE;
  return TRUE;
}

static void
read_peer (BtBencode dict, BtAnnounceReply *reply)
{
  gsize length;
  const guint8 *ip = bt_bencode_get_string (dict, "ip", &length);
  gint64 port = bt_bencode_get_integer (dict, "port", 0);
  g_autofree char *text = NULL;
  BtAddr addr;

  if (ip == NULL || length > MAX_HOST_NAME || port <= 0 || port > G_MAXUINT16)
    return;
  text = g_strndup ((const char *) ip, length);
  if (bt_addr_parse_ip (&addr, text))
    {
      addr.port = (guint16) port;
      if (bt_addr_is_usable (&addr))
        g_array_append_val (reply->peers, addr);
    }
  else if (is_host_name (ip, length))
    g_ptr_array_add (reply->named_peers, g_strdup_printf ("%s:%u", text, (guint) port));
}

static void
read_peers (BtBencode root, BtAnnounceReply *reply)
{
  BtBencode peers = bt_bencode_get (root, "peers");
  gsize length;
  const guint8 *compact = bt_bencode_string (peers, &length);

  if (compact != NULL)
    bt_compact_read (compact, length, BT_ADDR_V4, BT_ANNOUNCE_MAX_PEERS, reply->peers);
  else if (bt_bencode_is (peers, BT_BENCODE_LIST))
    for (BtBencode peer = bt_bencode_first (peers);
         bt_bencode_exists (peer) && reply->peers->len + reply->named_peers->len < BT_ANNOUNCE_MAX_PEERS;
         peer = bt_bencode_next (peer))
      read_peer (peer, reply);

  compact = bt_bencode_get_string (root, "peers6", &length);
  if (compact != NULL && reply->named_peers->len < BT_ANNOUNCE_MAX_PEERS)
    bt_compact_read (compact, length, BT_ADDR_V6, BT_ANNOUNCE_MAX_PEERS - reply->named_peers->len, reply->peers);
}

static gint64
read_count (BtBencode root, const char *key)
{
  return MAX (-1, bt_bencode_get_integer (root, key, -1));
}

static void
read_external_ip (BtBencode root, BtAnnounceReply *reply)
{
  gsize length;
  const guint8 *ip = bt_bencode_get_string (root, "external ip", &length);

  if (ip != NULL && length == 4)
    bt_addr_init_v4 (&reply->external_ip, ip, 0);
  else if (ip != NULL && length == 16)
    bt_addr_init_v6 (&reply->external_ip, ip, 0);
}

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, sentence);
  return FALSE;
}

gboolean
bt_announce_http_parse_reply (const guint8 *bytes, gsize length, BtAnnounceReply *reply, GError **error)
{
  gsize used;
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse (bytes, length, &used, NULL);
  BtBencode root;

  if (tree == NULL || !bt_bencode_is (root = bt_bencode_root (tree), BT_BENCODE_DICT))
    return fail (error, _ ("The tracker’s answer is not one of a tracker."));

  reply->failure_reason = bt_bencode_dup_utf8 (root, "failure reason");
  reply->warning_message = bt_bencode_dup_utf8 (root, "warning message");
  reply->interval = read_count (root, "interval");
  reply->min_interval = read_count (root, "min interval");
  reply->complete = read_count (root, "complete");
  reply->incomplete = read_count (root, "incomplete");
  reply->downloaded = read_count (root, "downloaded");
  read_external_ip (root, reply);
  read_peers (root, reply);

  /* To be sent back as it is, so the bytes are not made to be UTF-8. */
  bytes = bt_bencode_get_string (root, "tracker id", &length);
  if (bytes != NULL && length < sizeof ((BtAnnounceRequest *) NULL)->tracker_id && memchr (bytes, 0, length) == NULL)
    reply->tracker_id = g_strndup ((const char *) bytes, length);
  return TRUE;
}

static guint64
read_number (const BtQueryPair *pair, guint64 fallback)
{
  guint64 number;

  return g_ascii_string_to_unsigned ((const char *) pair->value, 10, 0, G_MAXUINT64, &number, NULL) ? number : fallback;
}

/* Most clients write eight hex digits; some any text. */
static guint32
read_key (const BtQueryPair *pair)
{
  guint64 key;

  if (g_ascii_string_to_unsigned ((const char *) pair->value, 16, 0, G_MAXUINT32, &key, NULL))
    return (guint32) key;
  return g_str_hash (pair->value);
}

static BtAnnounceEvent
read_event (const BtQueryPair *pair)
{
  for (guint i = 0; i < G_N_ELEMENTS (event_names); i++)
    if (strcmp ((const char *) pair->value, event_names[i]) == 0)
      return (BtAnnounceEvent) i;
  return BT_ANNOUNCE_NONE;
}

static gboolean
is_on (const BtQueryPair *pair)
{
  return strcmp ((const char *) pair->value, "1") == 0;
}

typedef struct
{
  BtAnnounceRequest *request;
  gboolean has_hash;
  gboolean has_peer_id;
} QueryState;

static void
take_bytes (const BtQueryPair *pair, guint8 *out, gsize length, gboolean *has)
{
  *has = pair->length == length;
  if (*has)
    memcpy (out, pair->value, length);
}

/* Keys that decide nothing may be wrong without harm. */
static void
take_option (BtAnnounceRequest *request, const BtQueryPair *pair)
{
  guint64 number;

  if (strcmp (pair->key, "key") == 0 && pair->length > 0)
    {
      request->key = read_key (pair);
      request->has_key = TRUE;
    }
  else if (strcmp (pair->key, "numwant") == 0 || strcmp (pair->key, "num want") == 0)
    {
      number = read_number (pair, G_MAXUINT64);
      request->numwant = number == G_MAXUINT64 ? -1 : (int) MIN (number, G_MAXINT);
    }
  else if (strcmp (pair->key, "compact") == 0)
    /* BEP 23: the short form is for all who do not refuse it. */
    request->compact = strcmp ((const char *) pair->value, "0") != 0;
  else if (strcmp (pair->key, "no_peer_id") == 0)
    request->no_peer_id = is_on (pair);
  else if (strcmp (pair->key, "supportcrypto") == 0)
    request->supports_crypto = is_on (pair);
  else if (strcmp (pair->key, "ip") == 0)
    {
      if (!bt_addr_parse_ip (&request->ip, (const char *) pair->value))
        request->ip = (BtAddr){ 0 };
    }
  else if (strcmp (pair->key, "trackerid") == 0)
    g_strlcpy (request->tracker_id, pair->length < sizeof request->tracker_id ? (const char *) pair->value : "",
               sizeof request->tracker_id);
}

static void
take_pair (QueryState *state, const BtQueryPair *pair)
{
  BtAnnounceRequest *request = state->request;
  guint64 number;

  if (strcmp (pair->key, "info_hash") == 0)
    take_bytes (pair, request->info_hash, BT_SHA1_LENGTH, &state->has_hash);
  else if (strcmp (pair->key, "peer_id") == 0)
    take_bytes (pair, request->peer_id, BT_PEER_ID_LENGTH, &state->has_peer_id);
  else if (strcmp (pair->key, "port") == 0)
    {
      number = read_number (pair, 0);
      request->port = number <= G_MAXUINT16 ? (guint16) number : 0;
    }
  else if (strcmp (pair->key, "uploaded") == 0)
    request->uploaded = read_number (pair, 0);
  else if (strcmp (pair->key, "downloaded") == 0)
    request->downloaded = read_number (pair, 0);
  else if (strcmp (pair->key, "left") == 0)
    request->left = read_number (pair, G_MAXUINT64);
  else if (strcmp (pair->key, "event") == 0)
    request->event = read_event (pair);
  else
    take_option (request, pair);
}

gboolean
bt_announce_http_parse_query (const char *query, BtAnnounceRequest *request, GError **error)
{
  QueryState state = { .request = request };
  BtQueryPair pair;

  *request = (BtAnnounceRequest){ .left = G_MAXUINT64, .numwant = -1, .compact = TRUE };
  while (bt_query_next (&query, &pair))
    take_pair (&state, &pair);

  if (!state.has_hash)
    return fail (error, "The info_hash is missing or not 20 bytes long.");
  if (!state.has_peer_id)
    return fail (error, "The peer_id is missing or not 20 bytes long.");
  if (request->port == 0)
    return fail (error, "The port is missing or not a number from 1 to 65535.");
  return TRUE;
}

static void
write_count (BtBencodeWriter *writer, const char *key, gint64 count)
{
  if (count < 0)
    return;
  bt_bencode_write_key (writer, key);
  bt_bencode_write_integer (writer, count);
}

static void
write_optional_text (BtBencodeWriter *writer, const char *key, const char *text)
{
  if (text == NULL)
    return;
  bt_bencode_write_key (writer, key);
  bt_bencode_write_text (writer, text);
}

static void
write_external_ip (BtBencodeWriter *writer, const BtAddr *addr)
{
  if (addr->family == BT_ADDR_NONE)
    return;
  bt_bencode_write_key (writer, "external ip");
  bt_bencode_write_string (writer, addr->ip, addr->family == BT_ADDR_V4 ? 4 : 16);
}

static void
write_compact (BtBencodeWriter *writer, const char *key, const GArray *peers, BtAddrFamily family)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  bt_compact_append (bytes, (const BtAddr *) (gconstpointer) peers->data, peers->len, family);
  /* "peers" is there even when it is empty: clients look for it. */
  if (family == BT_ADDR_V6 && bytes->len == 0)
    return;
  bt_bencode_write_key (writer, key);
  bt_bencode_write_string (writer, bytes->data, bytes->len);
}

static void
write_dictionaries (BtBencodeWriter *writer, const GArray *peers, const guint8 *peer_ids)
{
  bt_bencode_write_key (writer, "peers");
  bt_bencode_begin_list (writer);
  for (guint i = 0; i < peers->len; i++)
    {
      const BtAddr *addr = &g_array_index (peers, BtAddr, i);
      char ip[BT_ADDR_STRING_MAX];

      bt_bencode_begin_dict (writer);
      write_optional_text (writer, "ip", bt_addr_ip_to_string (addr, ip));
      if (peer_ids != NULL)
        {
          bt_bencode_write_key (writer, "peer id");
          bt_bencode_write_string (writer, peer_ids + (gsize) i * BT_PEER_ID_LENGTH, BT_PEER_ID_LENGTH);
        }
      write_count (writer, "port", addr->port);
      bt_bencode_end (writer);
    }
  bt_bencode_end (writer);
}

GBytes *
bt_announce_http_write_reply (const BtAnnounceReply *reply, const BtAnnounceRequest *request, const guint8 *peer_ids)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  write_count (&writer, "complete", reply->complete);
  write_count (&writer, "downloaded", reply->downloaded);
  write_external_ip (&writer, &reply->external_ip);
  write_optional_text (&writer, "failure reason", reply->failure_reason);
  write_count (&writer, "incomplete", reply->incomplete);
  write_count (&writer, "interval", reply->interval);
  write_count (&writer, "min interval", reply->min_interval);
  if (request->compact)
    {
      write_compact (&writer, "peers", reply->peers, BT_ADDR_V4);
      write_compact (&writer, "peers6", reply->peers, BT_ADDR_V6);
    }
  else
    write_dictionaries (&writer, reply->peers, request->no_peer_id ? NULL : peer_ids);
  write_optional_text (&writer, "tracker id", reply->tracker_id);
  write_optional_text (&writer, "warning message", reply->warning_message);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}

GBytes *
bt_announce_http_write_failure (const char *reason)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  write_optional_text (&writer, "failure reason", reason);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}
