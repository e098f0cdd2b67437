/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"
#include "bt-test-loop.h"
#include "bt-test-resolver.h"
#include "bt-test-udp-tracker.h"
#include "bt-tracker-udp.h"

#include <string.h>

/* How long one step waits for a tracker that does not answer, seconds; the
 * second packet goes out after a third of it. The usual one is never reached. */
#define TIMEOUT (6 * BT_TEST_BOUND_SECONDS)
#define SHORT_TIMEOUT 2

static BtTestResolver *resolver;

/* --- the client --- */

typedef struct
{
  BtLoop *loop;
  BtUdp *udp;
  BtTrackerUdp *client;
  BtTestUdpTracker *tracker;
  GCancellable *cancellable;
  BtAddrFamily family;
  guint timeout;

  guint n_called;
  guint n_worked;
  GArray *peers;
  gint64 interval;
  gint64 complete;
  char *failure;
  GArray *entries;
  GError *error;
} Fixture;

static guint32
random_id (void)
{
  return g_random_int ();
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BtAddr v4, v6;

  bt_addr_parse_ip (&v4, "127.0.0.1");
  bt_addr_parse_ip (&v6, "::1");
  fixture->loop = bt_loop_new (g_main_context_default ());
  fixture->udp = bt_udp_new (fixture->loop, &v4, &v6, 0, &error);
  g_assert_no_error (error);
  fixture->client = bt_tracker_udp_new (fixture->loop, fixture->udp, random_id);
  fixture->tracker = bt_test_udp_tracker_new ("127.0.0.1", 0);
  fixture->cancellable = g_cancellable_new ();
  fixture->family = BT_ADDR_V4;
  fixture->timeout = TIMEOUT;
  fixture->peers = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  fixture->entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  resolver->n_lookups = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->client, bt_tracker_udp_free);
  bt_udp_free (fixture->udp);
  bt_loop_free (fixture->loop);
  bt_test_udp_tracker_free (fixture->tracker);
  bt_test_drain ();
  g_object_unref (fixture->cancellable);
  g_array_unref (fixture->peers);
  g_array_unref (fixture->entries);
  g_free (fixture->failure);
  g_clear_error (&fixture->error);
}

static void
announced_cb (const BtAnnounceReply *reply, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_true ((reply == NULL) != (error == NULL));
  fixture->n_called++;
  g_clear_error (&fixture->error);
  g_clear_pointer (&fixture->failure, g_free);
  if (error != NULL)
    {
      fixture->error = g_error_copy (error);
      return;
    }
  fixture->n_worked += reply->failure_reason == NULL;
  fixture->failure = g_strdup (reply->failure_reason);
  fixture->interval = reply->interval;
  fixture->complete = reply->complete;
  g_array_set_size (fixture->peers, 0);
  g_array_append_vals (fixture->peers, reply->peers->data, reply->peers->len);
}

static void
begin_at (Fixture *fixture, const char *url)
{
  BtAnnounceRequest request = {
    .port = 6881, .left = 5, .event = BT_ANNOUNCE_STARTED, .numwant = 50, .key = 0xcafebabe, .has_key = TRUE, .compact = TRUE,
  };
  guint before = fixture->n_called;

  memcpy (request.info_hash, "\0\x7f hash%hash&hash=?", 20);
  memcpy (request.peer_id, "-XX0001-aaaaaaaaaaaa", 20);
  bt_tracker_udp_announce (fixture->client, url, fixture->family, &request, fixture->timeout, fixture->cancellable, announced_cb, fixture);
  g_assert_cmpuint (fixture->n_called, ==, before);
}

static void
begin (Fixture *fixture)
{
  g_autofree char *url = bt_test_udp_tracker_url (fixture->tracker, "/announce?key=a%2Fb");

  begin_at (fixture, url);
}

static void
announce (Fixture *fixture)
{
  guint before = fixture->n_called;

  begin (fixture);
  bt_test_wait (fixture->n_called == before + 1);
}

static void
assert_works (Fixture *fixture)
{
  guint before = fixture->n_worked;

  announce (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->failure, ==, NULL);
  g_assert_cmpuint (fixture->n_worked, ==, before + 1);
}

static void
test_request_and_reply_arrive (Fixture *fixture, gconstpointer data)
{
  char text[BT_ADDR_STRING_MAX];

  bt_test_udp_tracker_add_peer (fixture->tracker, "10.0.0.1:6881");
  bt_test_udp_tracker_add_peer (fixture->tracker, "[2001:db8::1]:6881");
  fixture->tracker->reply.complete = 7;
  assert_works (fixture);
  g_assert_cmpint (fixture->interval, ==, 1800);
  g_assert_cmpint (fixture->complete, ==, 7);
  g_assert_cmpuint (fixture->peers->len, ==, 1);
  g_assert_cmpstr (bt_addr_to_string (&g_array_index (fixture->peers, BtAddr, 0), text), ==, "10.0.0.1:6881");
  g_assert_cmpmem (fixture->tracker->request.info_hash, 20, "\0\x7f hash%hash&hash=?", 20);
  g_assert_cmpmem (fixture->tracker->request.peer_id, 20, "-XX0001-aaaaaaaaaaaa", 20);
  g_assert_cmpuint (fixture->tracker->request.port, ==, 6881);
  g_assert_cmpuint (fixture->tracker->request.left, ==, 5);
  g_assert_cmpuint (fixture->tracker->request.key, ==, 0xcafebabe);
  g_assert_cmpint (fixture->tracker->request.numwant, ==, 50);
  g_assert_cmpint (fixture->tracker->request.event, ==, BT_ANNOUNCE_STARTED);
  g_assert_cmpstr (fixture->tracker->url_data, ==, "/announce?key=a%2Fb");
  g_assert_cmpuint (fixture->tracker->from.port, ==, bt_udp_get_port (fixture->udp));
}

static void
test_ipv6_has_longer_peers (Fixture *fixture, gconstpointer data)
{
  BtTestUdpTracker *v6 = bt_test_udp_tracker_new ("::1", 0);
  char text[BT_ADDR_STRING_MAX];

  if (v6 == NULL || !bt_udp_has_family (fixture->udp, BT_ADDR_V6))
    {
      g_clear_pointer (&v6, bt_test_udp_tracker_free);
      g_test_skip ("no IPv6 here");
      return;
    }
  bt_test_udp_tracker_free (fixture->tracker);
  fixture->tracker = v6;
  fixture->family = BT_ADDR_V6;
  bt_test_udp_tracker_add_peer (v6, "10.0.0.1:6881");
  bt_test_udp_tracker_add_peer (v6, "[2001:db8::1]:6882");
  assert_works (fixture);
  g_assert_cmpuint (fixture->peers->len, ==, 1);
  g_assert_cmpstr (bt_addr_to_string (&g_array_index (fixture->peers, BtAddr, 0), text), ==, "[2001:db8::1]:6882");
}

static void
test_many_peers_arrive (Fixture *fixture, gconstpointer data)
{
  for (guint i = 1; i <= 600; i++)
    {
      g_autofree char *peer = g_strdup_printf ("10.0.%u.%u:6881", i / 256, i % 256);

      bt_test_udp_tracker_add_peer (fixture->tracker, peer);
    }
  assert_works (fixture);
  g_assert_cmpuint (fixture->peers->len, ==, 600);
}

static void
test_connection_is_kept (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    assert_works (fixture);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 1);
  g_assert_cmpuint (fixture->tracker->n_announces, ==, 5);
}

static void
test_connection_is_shared (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 50; i++)
    begin (fixture);
  bt_test_wait (fixture->n_called == 50);
  g_assert_cmpuint (fixture->n_worked, ==, 50);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 1);
  g_assert_cmpuint (fixture->tracker->n_announces, ==, 50);
}

/* All torrents of a large session: nothing may be lost on the way. */
static void
test_many_take_turns (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2000; i++)
    begin (fixture);
  bt_test_wait (fixture->n_called == 2000);
  g_assert_cmpuint (fixture->n_worked, ==, 2000);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 1);
  g_assert_cmpuint (fixture->tracker->n_announces, ==, 2000);
}

/* They end one by one, and those behind them do so too. */
static void
test_many_give_up (Fixture *fixture, gconstpointer data)
{
  assert_works (fixture);
  fixture->tracker->silent = TRUE;
  fixture->timeout = 1;
  for (guint i = 0; i < 200; i++)
    begin (fixture);
  bt_test_wait (fixture->n_called == 201);
  g_assert_cmpuint (fixture->n_worked, ==, 1);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* Each turn takes a third of the time-out, and the last come after more than
 * the whole of it: a tracker that answers others is not silent. */
static void
test_many_wait_for_a_slow_one (Fixture *fixture, gconstpointer data)
{
  guint n = 64 * 5;

  fixture->timeout = SHORT_TIMEOUT + 1;
  fixture->tracker->lost = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < n; i++)
    begin (fixture);
  bt_test_wait (fixture->n_called == n);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->n_worked, ==, n);
}

static void
test_lost_packet_is_sent_again (Fixture *fixture, gconstpointer data)
{
  fixture->timeout = SHORT_TIMEOUT;
  fixture->tracker->n_to_drop = 1;
  assert_works (fixture);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 2);
  g_assert_cmpuint (fixture->tracker->n_announces, >=, 1);
  /* This time it is the announce, over the same connection first. */
  fixture->tracker->n_to_drop = 1;
  assert_works (fixture);
  g_assert_cmpuint (fixture->tracker->n_announces, >=, 3);
}

static void
test_restarted_tracker_is_greeted_again (Fixture *fixture, gconstpointer data)
{
  assert_works (fixture);
  fixture->tracker->connection_id++;
  fixture->tracker->forgets = data != NULL;
  if (fixture->tracker->forgets)
    fixture->timeout = SHORT_TIMEOUT;
  assert_works (fixture);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 2);
  g_assert_cmpuint (fixture->tracker->n_announces, >=, 3);
}

static void
test_silence_times_out (Fixture *fixture, gconstpointer data)
{
  fixture->tracker->silent = TRUE;
  fixture->timeout = SHORT_TIMEOUT;
  announce (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 2);
}

/* It says so itself: nobody waits for the time-out. */
static void
test_nobody_there_is_known_at_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = bt_test_udp_tracker_url (fixture->tracker, "");
  BtTestUdpTracker *gone = fixture->tracker;

  /* On another port than the one that is left. */
  fixture->tracker = bt_test_udp_tracker_new ("127.0.0.1", 0);
  bt_test_udp_tracker_free (gone);
  begin_at (fixture, url);
  bt_test_wait (fixture->n_called == 1);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  assert_works (fixture);
}

static void
test_refusal_is_a_reply (Fixture *fixture, gconstpointer data)
{
  fixture->tracker->refusal = "not registered";
  announce (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->failure, ==, "not registered");
  /* Over a kept connection it could mean that: it is made anew to be sure. */
  announce (fixture);
  g_assert_cmpstr (fixture->failure, ==, "not registered");
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 2);
}

/* --- what others send --- */

typedef struct
{
  BtTestUdpTracker *stranger; /* on another port */
  guint kind;
} Trick;

static void
send_false_answers (BtTestUdpTracker *tracker, const guint8 *answer, gsize length, const BtAddr *to, gpointer data)
{
  Trick *trick = data;
  g_autofree guint8 *copy = g_memdup2 (answer, length);

  switch (trick->kind)
    {
    case 0: /* the right one, from a wrong place */
      copy[length - 1] ^= 1;
      bt_test_udp_tracker_send (trick->stranger, copy, length, to);
      break;
    case 1: /* another transaction */
      copy[7] ^= 1;
      bt_test_udp_tracker_send (tracker, copy, length, to);
      break;
    case 2: /* cut, at every byte */
      for (gsize n = 0; n < 16; n++)
        bt_test_udp_tracker_send (tracker, copy, n, to);
      break;
    case 3: /* another action */
      copy[3] = copy[3] == 0 ? 1 : 0;
      bt_test_udp_tracker_send (tracker, copy, length, to);
      copy[3] = 2;
      bt_test_udp_tracker_send (tracker, copy, length, to);
      copy[3] = 200;
      bt_test_udp_tracker_send (tracker, copy, length, to);
      break;
    default: /* an error for somebody else */
      copy[3] = 3;
      copy[5] ^= 0x80;
      bt_test_udp_tracker_send (tracker, copy, length, to);
      break;
    }
}

static void
test_false_answers_change_nothing (Fixture *fixture, gconstpointer data)
{
  Trick trick = { .kind = GPOINTER_TO_UINT (data) };

  trick.stranger = bt_test_udp_tracker_new ("127.0.0.1", 0);
  bt_test_udp_tracker_add_peer (fixture->tracker, "10.0.0.1:6881");
  fixture->tracker->answering = send_false_answers;
  fixture->tracker->data = &trick;
  assert_works (fixture);
  g_assert_cmpint (fixture->interval, ==, 1800);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 1);
  g_assert_cmpuint (fixture->tracker->n_announces, ==, 1);
  bt_test_udp_tracker_free (trick.stranger);
}

/* --- names --- */

static void
test_next_address_is_tried (Fixture *fixture, gconstpointer data)
{
  gboolean is_silent = data != NULL;
  BtTestUdpTracker *first = is_silent ? bt_test_udp_tracker_new ("127.0.0.2", fixture->tracker->addr.port) : NULL;
  g_autofree char *url = g_strdup_printf ("udp://two.test:%u/", fixture->tracker->addr.port);

  if (first != NULL)
    {
      first->silent = TRUE;
      fixture->timeout = SHORT_TIMEOUT;
    }
  begin_at (fixture, url);
  bt_test_wait (fixture->n_called == 1);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->tracker->n_announces, >=, 1);
  if (first != NULL)
    {
      g_assert_cmpuint (first->n_connects, ==, 2);
      bt_test_udp_tracker_free (first);
    }
}

static void
test_name_is_looked_up_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("udp://two.test:%u/", fixture->tracker->addr.port);

  for (guint i = 0; i < 20; i++)
    begin_at (fixture, url);
  bt_test_wait (fixture->n_called == 20);
  begin_at (fixture, url);
  bt_test_wait (fixture->n_called == 21);
  g_assert_cmpuint (fixture->n_worked, ==, 21);
  g_assert_cmpuint (resolver->n_lookups, ==, 1);
}

static void
test_name_of_nothing_is_told (Fixture *fixture, gconstpointer data)
{
  begin_at (fixture, "udp://none.test:80/announce");
  bt_test_wait (fixture->n_called == 1);
  g_assert_error (fixture->error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  /* And in another family than the one it has. */
  fixture->family = BT_ADDR_V6;
  begin_at (fixture, "udp://two.test:80/announce");
  bt_test_wait (fixture->n_called == 2);
  g_assert_nonnull (fixture->error);
}

static void
test_useless_urls_are_told (Fixture *fixture, gconstpointer data)
{
  static const char *const urls[] = {
    "udp://", "udp://:80/announce", "udp://127.0.0.1/announce", "udp://[::1]:80/announce", "udp://a b:80/announce", "udp://127.0.0.1:99999/",
    "udp://255.255.255.255:80/",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      begin_at (fixture, urls[i]);
      bt_test_wait (fixture->n_called == i + 1);
      g_assert_nonnull (fixture->error);
    }
}

/* --- scrape --- */

static void
scraped_cb (const GArray *entries, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_true ((entries == NULL) != (error == NULL));
  fixture->n_called++;
  g_clear_error (&fixture->error);
  if (error != NULL)
    fixture->error = g_error_copy (error);
  else
    g_array_append_vals (fixture->entries, entries->data, entries->len);
}

static void
scrape (Fixture *fixture, guint n)
{
  g_autofree char *url = bt_test_udp_tracker_url (fixture->tracker, "/announce");
  guint8 hashes[80][BT_SHA1_LENGTH] = { { 0 } };
  guint before = fixture->n_called;

  for (guint i = 0; i < n; i++)
    {
      hashes[i][0] = (guint8) (i + 1);
      hashes[i][1] = 2;
      hashes[i][2] = 3;
    }
  bt_tracker_udp_scrape (fixture->client, url, BT_ADDR_V4, (const guint8 (*)[BT_SHA1_LENGTH]) hashes, n, fixture->timeout, fixture->cancellable, scraped_cb, fixture);
  bt_test_wait (fixture->n_called == before + 1);
}

static void
test_scrape_counts (Fixture *fixture, gconstpointer data)
{
  const BtScrapeEntry *entry;

  scrape (fixture, 74);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->entries->len, ==, 74);
  entry = &g_array_index (fixture->entries, BtScrapeEntry, 73);
  g_assert_cmpuint (entry->info_hash[0], ==, 74);
  g_assert_cmpint (entry->complete, ==, 74);
  g_assert_cmpint (entry->downloaded, ==, 2);
  g_assert_cmpint (entry->incomplete, ==, 3);
  g_assert_cmpuint (fixture->tracker->n_scrapes, ==, 1);
}

static void
test_scrape_may_be_refused (Fixture *fixture, gconstpointer data)
{
  fixture->tracker->refusal = "no";
  scrape (fixture, 1);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REFUSED);
  g_assert_cmpstr (fixture->error->message, ==, "no");
}

/* --- ends --- */

static void
test_cancelled_says_so (Fixture *fixture, gconstpointer data)
{
  fixture->tracker->silent = TRUE;
  begin (fixture);
  bt_test_wait (fixture->tracker->n_connects == 1);
  g_cancellable_cancel (fixture->cancellable);
  g_assert_cmpuint (fixture->n_called, ==, 0);
  bt_test_wait (fixture->n_called == 1);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* And when it was cancelled before it began. */
  announce (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fixture->tracker->n_connects, ==, 1);
}

static void
test_end_tells_all (Fixture *fixture, gconstpointer data)
{
  fixture->tracker->silent = TRUE;
  begin (fixture);
  begin (fixture);
  bt_test_wait (fixture->tracker->n_connects == 1);
  begin_at (fixture, "udp://two.test:9/");
  bt_tracker_udp_free (g_steal_pointer (&fixture->client));
  g_assert_cmpuint (fixture->n_called, ==, 3);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  bt_test_drain ();
  g_assert_cmpuint (fixture->n_called, ==, 3);
}

#define ADD(path, data, function) g_test_add ("/tracker-udp/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  resolver = bt_test_resolver_new ();
  ADD ("announce/request-and-reply-arrive", NULL, test_request_and_reply_arrive);
  ADD ("announce/ipv6-has-longer-peers", NULL, test_ipv6_has_longer_peers);
  ADD ("announce/many-peers-arrive", NULL, test_many_peers_arrive);
  ADD ("connection/is-kept", NULL, test_connection_is_kept);
  ADD ("connection/is-shared", NULL, test_connection_is_shared);
  ADD ("connection/many-take-turns", NULL, test_many_take_turns);
  ADD ("connection/many-give-up", NULL, test_many_give_up);
  ADD ("connection/many-wait-for-a-slow-one", NULL, test_many_wait_for_a_slow_one);
  ADD ("connection/restarted-tracker-is-greeted-again", NULL, test_restarted_tracker_is_greeted_again);
  ADD ("connection/forgetful-tracker-is-greeted-again", "silent", test_restarted_tracker_is_greeted_again);
  ADD ("lost/packet-is-sent-again", NULL, test_lost_packet_is_sent_again);
  ADD ("lost/silence-times-out", NULL, test_silence_times_out);
  ADD ("lost/nobody-there-is-known-at-once", NULL, test_nobody_there_is_known_at_once);
  ADD ("refusal/is-a-reply", NULL, test_refusal_is_a_reply);
  ADD ("false-answers/from-elsewhere", GUINT_TO_POINTER (0), test_false_answers_change_nothing);
  ADD ("false-answers/of-another-transaction", GUINT_TO_POINTER (1), test_false_answers_change_nothing);
  ADD ("false-answers/cut", GUINT_TO_POINTER (2), test_false_answers_change_nothing);
  ADD ("false-answers/of-another-action", GUINT_TO_POINTER (3), test_false_answers_change_nothing);
  ADD ("false-answers/an-error-for-somebody-else", GUINT_TO_POINTER (4), test_false_answers_change_nothing);
  ADD ("name/next-address-is-tried-after-a-refusal", NULL, test_next_address_is_tried);
  ADD ("name/next-address-is-tried-after-silence", "silent", test_next_address_is_tried);
  ADD ("name/is-looked-up-once", NULL, test_name_is_looked_up_once);
  ADD ("name/of-nothing-is-told", NULL, test_name_of_nothing_is_told);
  ADD ("url/useless-ones-are-told", NULL, test_useless_urls_are_told);
  ADD ("scrape/counts", NULL, test_scrape_counts);
  ADD ("scrape/may-be-refused", NULL, test_scrape_may_be_refused);
  ADD ("end/cancelled-says-so", NULL, test_cancelled_says_so);
  ADD ("end/tells-all", NULL, test_end_tells_all);
  result = g_test_run ();
  g_object_unref (resolver);
  return result;
}
