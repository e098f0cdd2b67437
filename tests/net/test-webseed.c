/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"
#include "bt-test-loop.h"
#include "bt-test-web.h"
#include "bt-webseed.h"

#include <string.h>

#define LENGTH 300000u

typedef struct
{
  BtTestWeb *web;
  BtTestTorrent *content;
  BtLoop *loop;
  BtWebseedHttp *http;

  BtWebseedFetch *fetch;
  GByteArray *body;
  gsize most;            /* bytes that may be read at once */
  gsize cancel_at;       /* so many bytes; 0 never */
  gboolean done;
  BtWebseedOutcome outcome;
  guint retry_after;
  char *moved_to;
  GError *error;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .name = "a", .piece_length = 65536, .length = LENGTH };
  BtAddr local;

  fixture->web = bt_test_web_new ();
  fixture->content = bt_test_torrent_new (&spec);
  fixture->web->torrent = fixture->content;
  fixture->loop = bt_loop_new (g_main_context_default ());
  g_assert_true (bt_addr_parse_ip (&local, "127.0.0.1"));
  fixture->http = bt_webseed_http_new (fixture->loop, &local, NULL, "test");
  fixture->body = g_byte_array_new ();
  fixture->most = G_MAXSIZE;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_webseed_http_free (fixture->http);
  bt_test_web_free (fixture->web);
  bt_test_drain ();
  bt_loop_free (fixture->loop);
  bt_test_torrent_free (fixture->content);
  g_byte_array_unref (fixture->body);
  g_free (fixture->moved_to);
  g_clear_error (&fixture->error);
}

static gsize
may_read_cb (BtWebseedFetch *fetch, gpointer data)
{
  return ((Fixture *) data)->most;
}

static void
bytes_cb (BtWebseedFetch *fetch, const guint8 *bytes, gsize length, gpointer data)
{
  Fixture *fixture = data;

  g_assert_false (fixture->done);
  g_assert_cmpuint (length, <=, MIN (fixture->most, BT_WEBSEED_READ_SIZE));
  g_byte_array_append (fixture->body, bytes, (guint) length);
  if (fixture->cancel_at > 0 && fixture->body->len >= fixture->cancel_at)
    bt_webseed_fetch_cancel (g_steal_pointer (&fixture->fetch));
}

static void
done_cb (BtWebseedFetch *fetch, const BtWebseedResult *result, gpointer data)
{
  Fixture *fixture = data;

  g_assert_false (fixture->done);
  fixture->done = TRUE;
  fixture->fetch = NULL;
  fixture->outcome = result->outcome;
  fixture->retry_after = result->retry_after;
  g_free (fixture->moved_to);
  fixture->moved_to = g_strdup (result->moved_to);
  g_clear_error (&fixture->error);
  fixture->error = result->error == NULL ? NULL : g_error_copy (result->error);
}

static const BtWebseedHost host = { .may_read = may_read_cb, .bytes = bytes_cb, .done = done_cb };

static void
start (Fixture *fixture, const char *manner, guint64 first, guint64 length)
{
  g_autofree char *url = bt_test_web_url (fixture->web, manner, "a");
  BtWebseedRequest request = { .url = url, .first = first, .length = length, .total = LENGTH };

  fixture->done = FALSE;
  fixture->fetch = bt_webseed_fetch_new (fixture->http, &request, &host, fixture);
  g_assert_false (fixture->done);
}

static void
fetch (Fixture *fixture, const char *manner, guint64 first, guint64 length)
{
  start (fixture, manner, first, length);
  bt_test_wait (fixture->done);
}

typedef struct
{
  const char *name; /* a manner, and after a space more about the row */
  guint64 first;
  guint64 length;
  BtWebseedOutcome outcome;
} Row;

static const Row rows[] = {
  { "good part", 1000, 100000, BT_WEBSEED_DONE },
  { "good first-byte", 0, 1, BT_WEBSEED_DONE },
  { "good last-byte", LENGTH - 1, 1, BT_WEBSEED_DONE },
  { "good all", 0, LENGTH, BT_WEBSEED_DONE },
  { "whole all", 0, LENGTH, BT_WEBSEED_DONE },
  { "whole part", 0, 100000, BT_WEBSEED_MISSING },
  { "whole end", 100000, LENGTH - 100000, BT_WEBSEED_MISSING },
  { "none", 0, 100, BT_WEBSEED_MISSING },
  { "broken", 0, 100, BT_WEBSEED_FAILED },
  { "empty", 0, 100, BT_WEBSEED_MISSING },
  { "password", 0, 100, BT_WEBSEED_MISSING },
  { "hints", 0, 30000, BT_WEBSEED_FAILED },
  { "moved", 0, 100000, BT_WEBSEED_DONE },
  { "moved-far", 0, 100000, BT_WEBSEED_DONE },
  { "loop", 0, 100000, BT_WEBSEED_MISSING },
  { "nowhere", 0, 100000, BT_WEBSEED_FAILED },
  { "ftp", 0, 100000, BT_WEBSEED_MISSING },
  { "cut", 0, 200000, BT_WEBSEED_FAILED },
  { "gzip", 0, 100000, BT_WEBSEED_MISSING },
  { "gzip all", 0, LENGTH, BT_WEBSEED_MISSING },
  { "other-size", 0, 100000, BT_WEBSEED_MISSING },
  { "other-part", 0, 100000, BT_WEBSEED_MISSING },
};

static void
test_outcome (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  g_auto (GStrv) words = g_strsplit (row->name, " ", 2);

  fetch (fixture, words[0], row->first, row->length);
  g_assert_cmpint (fixture->outcome, ==, row->outcome);
  g_assert_true ((fixture->error == NULL) == (row->outcome == BT_WEBSEED_DONE));
  if (row->outcome == BT_WEBSEED_DONE)
    g_assert_cmpmem (fixture->body->data, fixture->body->len, fixture->content->content + row->first, row->length);
  else if (strcmp (row->name, "cut") != 0)
    g_assert_cmpuint (fixture->body->len, ==, 0);
}

static void
test_redirect_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *expected = bt_test_web_url (fixture->web, "good", "a");

  fetch (fixture, "moved-far", 0, 100);
  g_assert_cmpstr (fixture->moved_to, ==, expected);
  g_clear_pointer (&fixture->moved_to, g_free);
  fetch (fixture, "good", 0, 100);
  g_assert_null (fixture->moved_to);
}

static void
test_retry_after_is_told (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, "busy", 0, 100);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_FAILED);
  g_assert_cmpuint (fixture->retry_after, ==, 1);
}

static void
test_script_is_asked_without_range (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = bt_test_web_url (fixture->web, "whole", "script?info_hash=x&piece=1&ranges=10-20009");
  BtWebseedRequest request = { .url = url, .first = 10, .length = 20000, .total = 65536, .url_says = TRUE };

  fixture->fetch = bt_webseed_fetch_new (fixture->http, &request, &host, fixture);
  bt_test_wait (fixture->done);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_DONE);
  g_assert_cmpmem (fixture->body->data, fixture->body->len, fixture->content->content + 65536 + 10, 20000);
}

static void
test_silence_is_a_failure (Fixture *fixture, gconstpointer manner)
{
  bt_webseed_http_set_timeout (fixture->http, 1);
  fetch (fixture, manner, 0, 100000);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_FAILED);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_waits_for_budget (Fixture *fixture, gconstpointer data)
{
  fixture->most = 0;
  start (fixture, "good", 0, LENGTH);
  bt_test_wait (bt_test_web_count (fixture->web, "good") == 1);
  bt_test_drain ();
  g_assert_cmpuint (fixture->body->len, ==, 0);
  fixture->most = 1000;
  /* Until it asked and was told 0 there is nothing to go on with. */
  while (!fixture->done)
    {
      bt_webseed_fetch_resume (fixture->fetch);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_DONE);
  g_assert_cmpmem (fixture->body->data, fixture->body->len, fixture->content->content, LENGTH);
}

static void
test_cancel_at_once (Fixture *fixture, gconstpointer manner)
{
  start (fixture, manner, 0, 100000);
  bt_webseed_fetch_cancel (g_steal_pointer (&fixture->fetch));
  bt_test_drain ();
  g_assert_false (fixture->done);
}

static void
test_cancel_when_asked (Fixture *fixture, gconstpointer manner)
{
  start (fixture, manner, 0, 100000);
  bt_test_wait (bt_test_web_count (fixture->web, manner) == 1 || fixture->done);
  bt_webseed_fetch_cancel (g_steal_pointer (&fixture->fetch));
  bt_test_drain ();
  g_assert_false (fixture->done);
}

static void
test_cancel_while_it_comes (Fixture *fixture, gconstpointer manner)
{
  fixture->cancel_at = 1;
  start (fixture, manner, 0, 100000);
  bt_test_wait (fixture->fetch == NULL);
  bt_test_drain ();
  g_assert_false (fixture->done);
}

static void
test_cancel_while_it_waits (Fixture *fixture, gconstpointer data)
{
  fixture->most = 0;
  start (fixture, "good", 0, 100000);
  bt_test_wait (bt_test_web_count (fixture->web, "good") == 1);
  bt_test_drain ();
  bt_webseed_fetch_cancel (g_steal_pointer (&fixture->fetch));
  bt_test_drain ();
  g_assert_false (fixture->done);
}

/* A connection that could be used again is. */
static void
test_connection_is_kept (Fixture *fixture, gconstpointer data)
{
  guint fds;

  fetch (fixture, "good", 0, 100);
  bt_test_drain ();
  fds = bt_test_count_fds ();
  fetch (fixture, "moved", 100, 100);
  fetch (fixture, "none", 100, 100);
  fetch (fixture, "good", 100, 100);
  bt_test_drain ();
  g_assert_cmpuint (bt_test_count_fds (), ==, fds);
}

static void
fetch_as (Fixture *fixture, const char *path, gboolean from_public)
{
  g_autofree char *url = bt_test_web_url (fixture->web, "good", path);
  BtWebseedRequest request = { .url = url, .first = 0, .length = 100, .total = LENGTH, .from_public = from_public };

  fixture->fetch = bt_webseed_fetch_new (fixture->http, &request, &host, fixture);
  bt_test_wait (fixture->done);
}

static void
test_internet_sends_nobody_home (Fixture *fixture, gconstpointer data)
{
  fetch_as (fixture, "a", TRUE);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_MISSING);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REFUSED);
  bt_test_drain ();
  g_assert_cmpuint (bt_test_web_count (fixture->web, "good"), ==, 0);
  /* Nor over a connection that is there already. */
  fixture->done = FALSE;
  fetch_as (fixture, "a", FALSE);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_DONE);
  fixture->done = FALSE;
  fetch_as (fixture, "a", TRUE);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_MISSING);
  bt_test_drain ();
  g_assert_cmpuint (bt_test_web_count (fixture->web, "good"), ==, 1);
}

static void
test_no_query_at_home (Fixture *fixture, gconstpointer data)
{
  fetch_as (fixture, "a?switch=off", FALSE);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_MISSING);
  bt_test_drain ();
  g_assert_cmpuint (bt_test_web_count (fixture->web, "good"), ==, 0);
}

static void
test_bad_url_is_told_later (Fixture *fixture, gconstpointer data)
{
  BtWebseedRequest request = { .url = "http://[::", .length = 1, .total = 1 };

  fixture->fetch = bt_webseed_fetch_new (fixture->http, &request, &host, fixture);
  g_assert_false (fixture->done);
  bt_test_wait (fixture->done);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_MISSING);
}

static void
test_other_family_is_tried (Fixture *fixture, gconstpointer data)
{
  BtAddr v4, v6;

  /* The server is on IPv4 only, and IPv6 comes first. */
  g_assert_true (bt_addr_parse_ip (&v4, "127.0.0.1"));
  g_assert_true (bt_addr_parse_ip (&v6, "::1"));
  bt_webseed_http_free (fixture->http);
  fixture->http = bt_webseed_http_new (fixture->loop, &v6, &v4, "test");
  fetch (fixture, "good", 0, 100);
  g_assert_cmpint (fixture->outcome, ==, BT_WEBSEED_DONE);
}

#define ADD(path, data, function) g_test_add ("/webseed/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdelimit (g_strconcat ("/webseed/outcome/", rows[i].name, NULL), " ", '-');

      g_test_add (path, Fixture, &rows[i], set_up, test_outcome, tear_down);
    }
  ADD ("redirect-is-told", NULL, test_redirect_is_told);
  ADD ("retry-after-is-told", NULL, test_retry_after_is_told);
  ADD ("script-is-asked-without-range", NULL, test_script_is_asked_without_range);
  ADD ("silence-is-a-failure/from-the-start", "hang", test_silence_is_a_failure);
  ADD ("silence-is-a-failure/in-the-middle", "stall", test_silence_is_a_failure);
  ADD ("waits-for-budget", NULL, test_waits_for_budget);
  ADD ("cancel/at-once", "good", test_cancel_at_once);
  ADD ("cancel/when-asked", "hang", test_cancel_when_asked);
  ADD ("cancel/when-moved", "moved", test_cancel_when_asked);
  ADD ("cancel/while-it-comes", "good", test_cancel_while_it_comes);
  ADD ("cancel/while-it-stalls", "stall", test_cancel_while_it_comes);
  ADD ("cancel/while-it-waits", NULL, test_cancel_while_it_waits);
  ADD ("connection-is-kept", NULL, test_connection_is_kept);
  ADD ("internet-sends-nobody-home", NULL, test_internet_sends_nobody_home);
  ADD ("no-query-at-home", NULL, test_no_query_at_home);
  ADD ("bad-url-is-told-later", NULL, test_bad_url_is_told_later);
  ADD ("other-family-is-tried", NULL, test_other_family_is_tried);
  return g_test_run ();
}
