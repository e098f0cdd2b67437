/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "trk-http-private.h"

#include <string.h>

static void
write_head (BtBuffer *output, guint status, const char *phrase, gsize length, const TrkRequest *request)
{
  const char *connection = "";
  char head[256];
  int n;

  /* Said only where it is not what the version of HTTP means anyway. */
  if (request->http_1_0 && request->keep_alive)
    connection = "Connection: keep-alive\r\n";
  else if (!request->http_1_0 && !request->keep_alive)
    connection = "Connection: close\r\n";
  n = g_snprintf (head, sizeof head,
                  "HTTP/1.%c %u %s\r\n"
                  "Content-Type: text/plain\r\n"
                  "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                  "%s\r\n",
                  request->http_1_0 ? '0' : '1', status, phrase, length, connection);
  bt_buffer_append (output, head, (gsize) n);
}

void
trk_http_answer_error (guint status, const char *phrase, BtBuffer *output)
{
  TrkRequest request = { 0 };

  write_head (output, status, phrase, 0, &request);
}

static GBytes *
answer_announce (const TrkHttpHost *host, gpointer host_data, const char *query, const BtAddr *source)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) ids = NULL;
  BtAnnounceRequest request = { 0 };
  BtAnnounceReply reply;
  GBytes *body;

  if (!bt_announce_http_parse_query (query, &request, &error))
    return bt_announce_http_write_failure (error->message);

  bt_announce_reply_init (&reply);
  if (!request.compact && !request.no_peer_id)
    ids = g_byte_array_new ();
  host->announce (&request, source, &reply, ids, host_data);
  body = reply.failure_reason != NULL ? bt_announce_http_write_failure (reply.failure_reason)
                                      : bt_announce_http_write_reply (&reply, &request, ids != NULL ? ids->data : NULL);
  bt_announce_reply_clear (&reply);
  return body;
}

static GBytes *
answer_scrape (const TrkHttpHost *host, gpointer host_data, const char *query)
{
  guint most = host->policy (host_data)->max_scrape;
  g_autoptr(GArray) hashes = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autofree BtScrapeEntry *entries = NULL;
  g_autoptr(GError) error = NULL;

  if (!bt_scrape_http_parse_query (query, hashes, most, &error))
    return bt_announce_http_write_failure (error->message);
  /* A scrape of everything would tell strangers what is shared here. */
  if (hashes->len == 0)
    return bt_announce_http_write_failure ("A scrape has to name its torrents.");

  entries = g_new0 (BtScrapeEntry, hashes->len);
  for (guint i = 0; i < hashes->len; i++)
    host->scrape ((const guint8 *) hashes->data + (gsize) i * BT_SHA1_LENGTH, &entries[i], host_data);
  return bt_scrape_http_write_reply (entries, hashes->len);
}

/* A tracker's no is an answer like any other: clients show the reason of
 * a 200, and hide it behind "404" or "400" otherwise. */
void
trk_http_answer (const TrkHttpHost *host, gpointer host_data, const TrkRequest *request, const BtAddr *source, BtBuffer *output)
{
  g_autofree char *query = g_strndup ((const char *) request->query.data, request->query.left);
  g_autoptr(GBytes) body = NULL;
  gsize length;
  const void *bytes;

  if (request->method == TRK_METHOD_OTHER)
    {
      write_head (output, 405, "Method Not Allowed", 0, request);
      return;
    }
  if (trk_reader_is (&request->path, "/announce"))
    body = answer_announce (host, host_data, query, source);
  else if (trk_reader_is (&request->path, "/scrape"))
    body = answer_scrape (host, host_data, query);
  if (body == NULL)
    {
      write_head (output, 404, "Not Found", 0, request);
      return;
    }

  bytes = g_bytes_get_data (body, &length);
  write_head (output, 200, "OK", length, request);
  if (request->method == TRK_METHOD_GET)
    bt_buffer_append (output, bytes, length);
}
