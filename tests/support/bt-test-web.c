/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-web.h"

#include <string.h>

/* How often busy is busy. */
#define BUSY_TIMES 3u

/* A file, or what a script was asked for. */
typedef struct
{
  const guint8 *bytes;
  gsize length;
} Thing;

static gboolean
find_file (BtTestWeb *self, const char *path, Thing *thing)
{
  BtMetainfo *metainfo = self->torrent->metainfo;

  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *info = bt_metainfo_get_file (metainfo, i);

      if (strcmp (info->path, path) != 0)
        continue;
      *thing = (Thing){ self->torrent->content + info->offset, info->length };
      return TRUE;
    }
  return FALSE;
}

/* BEP 17; the hash is believed. */
static gboolean
find_piece (BtTestWeb *self, GHashTable *query, Thing *thing)
{
  const char *piece = query == NULL ? NULL : g_hash_table_lookup (query, "piece");
  const char *ranges = query == NULL ? NULL : g_hash_table_lookup (query, "ranges");
  guint64 index = 0, first = 0, last;

  if (piece == NULL || !g_ascii_string_to_unsigned (piece, 10, 0, self->torrent->n_pieces - 1, &index, NULL))
    return FALSE;
  last = bt_test_torrent_piece_size (self->torrent, (guint32) index) - 1;
  if (ranges != NULL)
    {
      g_auto (GStrv) ends = g_strsplit (ranges, "-", 2);

      g_assert_true (g_ascii_string_to_unsigned (ends[0], 10, 0, last, &first, NULL));
      g_assert_true (g_ascii_string_to_unsigned (ends[1], 10, first, last, &last, NULL));
    }
  *thing = (Thing){ self->torrent->content + index * self->torrent->piece_length + first, last - first + 1 };
  return TRUE;
}

static void
send_bytes (BtTestWeb *self, SoupServerMessage *message, const Thing *thing)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  /* The server makes a partial answer of it itself. */
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_STATIC, (const char *) thing->bytes,
                                    thing->length);
}

static void
redirect (BtTestWeb *self, SoupServerMessage *message, const char *manner, const char *path)
{
  g_autofree char *url = bt_test_web_url (self, manner, path);

  soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, url);
}

/* Writes what a server must not, over its head. */
static void
send_raw (SoupServerMessage *message, const Thing *thing, gsize length, guint n_hints, gboolean close)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupRange *ranges = NULL;
  int n_ranges = 0;
  g_autoptr (GIOStream) stream = NULL;
  GString *head = g_string_new (NULL);
  GOutputStream *out;

  g_assert_true (soup_message_headers_get_ranges (headers, (goffset) thing->length, &ranges, &n_ranges));
  for (guint i = 0; i < n_hints; i++)
    g_string_append (head, "HTTP/1.1 103 Early Hints\r\n\r\n");
  g_string_append_printf (head,
                          "HTTP/1.1 206 Partial Content\r\nContent-Length: %" G_GUINT64_FORMAT
                          "\r\nContent-Range: bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GSIZE_FORMAT "\r\n\r\n",
                          (guint64) (ranges->end - ranges->start + 1), (guint64) ranges->start, (guint64) ranges->end, thing->length);
  length = MIN (length, (gsize) (ranges->end - ranges->start + 1) / (n_hints > 0 ? 1 : 2));
  g_string_append_len (head, (const char *) thing->bytes + ranges->start, (gssize) length);
  soup_message_headers_free_ranges (headers, ranges);
  stream = soup_server_message_steal_connection (message);
  out = g_io_stream_get_output_stream (stream);
  /* Small enough for the socket's buffer. */
  g_assert_true (g_output_stream_write_all (out, head->str, head->len, NULL, NULL, NULL));
  if (close)
    g_io_stream_close (stream, NULL, NULL);
  else
    g_object_set_data_full (G_OBJECT (message), "stream", g_steal_pointer (&stream), g_object_unref);
  g_string_free (head, TRUE);
}

static void
hold (BtTestWeb *self, SoupServerMessage *message)
{
  g_ptr_array_add (self->held, g_object_ref (message));
}

static void
send_wrong (BtTestWeb *self, SoupServerMessage *message, const Thing *thing)
{
  guint8 *wrong = g_memdup2 (thing->bytes, thing->length);

  /* One bit of each block. */
  for (gsize i = 0; i < thing->length; i += 16384)
    wrong[i] ^= 1;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_TAKE, (char *) wrong, thing->length);
}

/* Says that it is another part, or of something else. */
static void
send_other (BtTestWeb *self, SoupServerMessage *message, const Thing *thing, gboolean size)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupRange *ranges = NULL;
  int n_ranges = 0;
  goffset first, last;

  g_assert_true (soup_message_headers_get_ranges (headers, (goffset) thing->length, &ranges, &n_ranges));
  first = ranges->start;
  last = ranges->end;
  soup_message_headers_free_ranges (headers, ranges);
  soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_STATIC,
                                    (const char *) thing->bytes + first, (gsize) (last - first + 1));
  soup_message_headers_set_content_range (soup_server_message_get_response_headers (message), size ? first : first + 1,
                                          size ? last : last + 1, (goffset) thing->length + size);
}

static gboolean
send_to_elsewhere (BtTestWeb *self, SoupServerMessage *message, const char *manner, const char *path)
{
  if (strcmp (manner, "moved") == 0)
    redirect (self, message, "good", path);
  else if (strcmp (manner, "moved-far") == 0)
    redirect (self, message, "moved-far-2", path);
  else if (strcmp (manner, "moved-far-2") == 0)
    redirect (self, message, "moved-far-3", path);
  else if (strcmp (manner, "moved-far-3") == 0)
    redirect (self, message, "moved-far-4", path);
  else if (strcmp (manner, "moved-far-4") == 0)
    redirect (self, message, "moved", path);
  else if (strcmp (manner, "moved-once") == 0)
    redirect (self, message, bt_test_web_count (self, manner) == 1 ? "good-once" : "good", path);
  else if (strcmp (manner, "loop") == 0)
    redirect (self, message, "loop", path);
  else if (strcmp (manner, "nowhere") == 0)
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "http://127.0.0.1:1/");
  else if (strcmp (manner, "ftp") == 0)
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "ftp://127.0.0.1/");
  else
    return FALSE;
  return TRUE;
}

static void
wrote_chunk_cb (SoupServerMessage *message, gpointer data)
{
  static const char more[1000];

  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, more, sizeof more);
}

static void
ask_for_password (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
  soup_message_headers_replace (headers, "WWW-Authenticate", "Basic realm=\"x\"");
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), NULL);
  wrote_chunk_cb (message, NULL);
}

static gboolean
send_refusal (BtTestWeb *self, SoupServerMessage *message, const char *manner, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  guint count = bt_test_web_count (self, manner);

  if (strcmp (manner, "none") == 0 || (strcmp (manner, "none-of-a") == 0 && g_str_has_suffix (path, "/a")) ||
      (strcmp (manner, "good-once") == 0 && count > 1))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (strcmp (manner, "busy") == 0 && count <= BUSY_TIMES)
    {
      soup_message_headers_replace (headers, "Retry-After", "1");
      soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
    }
  else if (strcmp (manner, "broken") == 0)
    soup_server_message_set_status (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, NULL);
  else if (strcmp (manner, "password") == 0)
    ask_for_password (message);
  else if (strcmp (manner, "empty") == 0)
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  else
    return FALSE;
  return TRUE;
}

static void
send_thing (BtTestWeb *self, SoupServerMessage *message, const char *manner, const Thing *thing)
{
  if (strcmp (manner, "cut") == 0)
    send_raw (message, thing, 100000, 0, TRUE);
  else if (strcmp (manner, "stall") == 0)
    {
      hold (self, message);
      send_raw (message, thing, 20000, 0, FALSE);
    }
  else if (strcmp (manner, "hints") == 0)
    send_raw (message, thing, 50000, 40, TRUE);
  else if (strcmp (manner, "wrong") == 0)
    send_wrong (self, message, thing);
  else if (strcmp (manner, "other-size") == 0 || strcmp (manner, "other-part") == 0)
    send_other (self, message, thing, strcmp (manner, "other-size") == 0);
  else
    send_bytes (self, message, thing);
}

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  BtTestWeb *self = data;
  g_auto (GStrv) parts = g_strsplit (path + 1, "/", 2);
  const char *manner = parts[0], *rest = parts[1];
  Thing thing;

  g_hash_table_add (self->paths, g_strdup (path));
  g_hash_table_insert (self->counts, g_strdup (manner), GUINT_TO_POINTER (bt_test_web_count (self, manner) + 1));
  if (send_to_elsewhere (self, message, manner, rest) || send_refusal (self, message, manner, rest))
    return;
  if (strcmp (manner, "hang") == 0)
    {
      hold (self, message);
      soup_server_message_pause (message);
      return;
    }
  if (strcmp (rest, "script") == 0 ? !find_piece (self, query, &thing) : !find_file (self, rest, &thing))
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
      return;
    }
  if (strcmp (manner, "whole") == 0)
    soup_message_headers_remove (soup_server_message_get_request_headers (message), "Range");
  if (strcmp (manner, "gzip") == 0)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Content-Encoding", "gzip");
  send_thing (self, message, manner, &thing);
}

static void
finished_cb (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  BtTestWeb *self = data;

  self->sent += (guint64) soup_server_message_get_response_body (message)->length;
}

BtTestWeb *
bt_test_web_new (void)
{
  BtTestWeb *self = g_new0 (BtTestWeb, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  g_signal_connect (self->server, "request-finished", G_CALLBACK (finished_cb), self);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

void
bt_test_web_free (BtTestWeb *self)
{
  for (guint i = 0; i < self->held->len; i++)
    g_object_set_data (self->held->pdata[i], "stream", NULL);
  soup_server_disconnect (self->server);
  g_ptr_array_unref (self->held);
  g_object_unref (self->server);
  g_hash_table_unref (self->counts);
  g_hash_table_unref (self->paths);
  g_free (self);
}

char *
bt_test_web_url (const BtTestWeb *self, const char *manner, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u/%s/%s", self->port, manner, path);
}

guint
bt_test_web_count (const BtTestWeb *self, const char *manner)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, manner));
}
