/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "bt-rng.h"
#include "trk-request.h"

typedef struct
{
  const char *name;
  const char *bytes;
  BtDecode decode;
  TrkMethod method;
  const char *path;
  const char *query;
  gboolean keep_alive;
  gboolean has_body;
} Row;

static const Row rows[] = {
  { "plain", "GET /announce?a=%20b HTTP/1.1\r\nHost: x\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/announce", "a=%20b", TRUE, FALSE },
  { "bare-lf", "GET /scrape HTTP/1.1\nHost: x\n\n", BT_DECODE_OK, TRK_METHOD_GET, "/scrape", "", TRUE, FALSE },
  { "empty-line-before", "\r\nGET / HTTP/1.1\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/", "", TRUE, FALSE },
  { "two-question-marks", "GET /a?b?c HTTP/1.1\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/a", "b?c", TRUE, FALSE },
  { "old-version-closes", "GET / HTTP/1.0\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/", "", FALSE, FALSE },
  { "old-version-kept", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/", "", TRUE, FALSE },
  { "close", "GET / HTTP/1.1\r\nconnection:  close \r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/", "", FALSE, FALSE },
  { "close-in-list", "GET / HTTP/1.1\r\nConnection: te, Close\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/", "", FALSE, FALSE },
  { "absolute", "GET http://h:80/announce?x HTTP/1.1\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/announce", "x", TRUE, FALSE },
  { "head", "HEAD /announce HTTP/1.1\r\n\r\n", BT_DECODE_OK, TRK_METHOD_HEAD, "/announce", "", TRUE, FALSE },
  { "post", "POST /announce HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", BT_DECODE_OK, TRK_METHOD_OTHER, "/announce", "", FALSE, TRUE },
  { "no-body", "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/", "", TRUE, FALSE },
  { "chunked", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", BT_DECODE_OK, TRK_METHOD_GET, "/", "", FALSE, TRUE },
  { "nothing", "", BT_DECODE_MORE },
  { "half-a-line", "GET /ann", BT_DECODE_MORE },
  { "half-a-head", "GET / HTTP/1.1\r\nHost: x\r\n", BT_DECODE_MORE },
  { "no-version", "GET /\r\n\r\n", BT_DECODE_BAD },
  { "wrong-version", "GET / HTTP/2.0\r\n\r\n", BT_DECODE_BAD },
  { "no-slash", "GET announce HTTP/1.1\r\n\r\n", BT_DECODE_BAD },
  { "absolute-without-path", "GET http://host HTTP/1.1\r\n\r\n", BT_DECODE_BAD },
  { "space-in-target", "GET /a b HTTP/1.1\r\n\r\n", BT_DECODE_BAD },
  { "bittorrent", "\023BitTorrent protocol\r\n\r\n", BT_DECODE_BAD },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  BtReader reader;
  TrkRequest request;

  bt_reader_init (&reader, row->bytes, strlen (row->bytes));
  g_assert_cmpint (trk_request_parse (&reader, &request), ==, row->decode);
  if (row->decode != BT_DECODE_OK)
    {
      g_assert_cmpuint (reader.left, ==, strlen (row->bytes));
      return;
    }
  g_assert_cmpint (request.method, ==, row->method);
  g_assert_true (trk_reader_is (&request.path, row->path));
  g_assert_true (trk_reader_is (&request.query, row->query));
  g_assert_cmpint (request.keep_alive, ==, row->keep_alive);
  g_assert_cmpint (request.has_body, ==, row->has_body);
}

static void
test_leaves_the_next_request (void)
{
  const char *two = "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n";
  BtReader reader;
  TrkRequest request;

  bt_reader_init (&reader, two, strlen (two));
  g_assert_cmpint (trk_request_parse (&reader, &request), ==, BT_DECODE_OK);
  g_assert_true (trk_reader_is (&request.path, "/a"));
  g_assert_cmpint (trk_request_parse (&reader, &request), ==, BT_DECODE_OK);
  g_assert_true (trk_reader_is (&request.path, "/b"));
  g_assert_cmpuint (reader.left, ==, 0);
}

static void
test_refuses_a_head_without_end (void)
{
  g_autofree char *bytes = g_strnfill (TRK_REQUEST_MAX, 'x');
  BtReader reader;
  TrkRequest request;

  bt_reader_init (&reader, bytes, TRK_REQUEST_MAX - 1);
  g_assert_cmpint (trk_request_parse (&reader, &request), ==, BT_DECODE_MORE);
  bt_reader_init (&reader, bytes, TRK_REQUEST_MAX);
  g_assert_cmpint (trk_request_parse (&reader, &request), ==, BT_DECODE_BAD);
}

/* Every beginning of a right request asks for more, whatever the cut. */
static void
test_wants_more_at_every_cut (void)
{
  const char *whole = "GET /announce?info_hash=%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  BtReader reader;
  TrkRequest request;

  for (gsize n = 0; n < strlen (whole); n++)
    {
      g_autofree char *exact = g_memdup2 (whole, n);

      bt_reader_init (&reader, exact, n);
      g_assert_cmpint (trk_request_parse (&reader, &request), ==, BT_DECODE_MORE);
    }
}

static void
test_survives_noise (void)
{
  static const char alphabet[] = "GET /?HTTP1.0:\r\n\r\n\n,close";
  BtRng rng;

  bt_rng_seed (&rng, 11);
  for (guint round = 0; round < 20000; round++)
    {
      guint n = bt_rng_below (&rng, 60);
      g_autofree guint8 *bytes = g_malloc (n + 1);
      BtReader reader;
      TrkRequest request;

      for (guint i = 0; i < n; i++)
        bytes[i] = bt_rng_below (&rng, 8) == 0 ? (guint8) bt_rng_next (&rng)
                                               : (guint8) alphabet[bt_rng_below (&rng, sizeof alphabet - 1)];
      bt_reader_init (&reader, bytes, n);
      while (reader.left > 0 && trk_request_parse (&reader, &request) == BT_DECODE_OK)
        ;
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tracker/request/reads/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/tracker/request/leaves-the-next-request", test_leaves_the_next_request);
  g_test_add_func ("/tracker/request/refuses-a-head-without-end", test_refuses_a_head_without_end);
  g_test_add_func ("/tracker/request/wants-more-at-every-cut", test_wants_more_at_every_cut);
  g_test_add_func ("/tracker/request/survives-noise", test_survives_noise);
  return g_test_run ();
}
