/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-listener.h"
#include "bt-peer.h"
#include "bt-test-loop.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Messages of a flood, and how many of them may be taken before others have
 * their turn: four reads of a dispatch, a thousand of each. */
#define FLOOD 100000u
#define MOST_AT_ONCE 4000u

/* Connections that come in, without a session behind them. */
typedef struct
{
  BtLoop *loop;
  BtListener *listener;
  BtPeerContext context;
  BtPeer *peer;
  GSocket *stranger;
  gboolean closed;
  guint n_messages;
  guint n_in_round;
  guint most_in_round;
} Fixture;

static const BtPeerHost host;

static void
greeted_cb (BtPeer *peer, const BtHandshake *theirs, gpointer data)
{
  BtHandshake ours = *theirs;

  bt_peer_accept (peer, &ours, &host, data);
}

static void
opened_cb (BtPeer *peer, const BtHandshake *theirs, gpointer data)
{
  bt_peer_set_n_pieces (peer, FLOOD);
}

static void
message_cb (BtPeer *peer, const BtWireMessage *message, gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpint (message->type, ==, BT_WIRE_HAVE);
  g_assert_cmpuint (message->block.piece, ==, fixture->n_messages);
  fixture->n_messages++;
  fixture->n_in_round++;
}

static void
round_end_cb (BtPeer *peer, gpointer data)
{
  Fixture *fixture = data;

  fixture->most_in_round = MAX (fixture->most_in_round, fixture->n_in_round);
  fixture->n_in_round = 0;
}

static gsize
may_read_cb (BtPeer *peer, gpointer data)
{
  return BT_PEER_READ_SIZE;
}

static void
drained_cb (BtPeer *peer, gpointer data)
{
}

static void
closed_cb (BtPeer *peer, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  fixture->closed = TRUE;
  fixture->peer = NULL;
  bt_peer_free (peer);
}

static const BtPeerHost host = {
  .greeted = greeted_cb,
  .opened = opened_cb,
  .message = message_cb,
  .round_end = round_end_cb,
  .may_read = may_read_cb,
  .drained = drained_cb,
  .closed = closed_cb,
};

static void
incoming_cb (GSocket *socket, const BtAddr *from, gpointer data)
{
  Fixture *fixture = data;

  g_assert_null (fixture->peer);
  fixture->peer = bt_peer_new_incoming (&fixture->context, socket, from, &host, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BtAddr loopback;

  g_assert_true (bt_addr_parse_ip (&loopback, "127.0.0.1"));
  fixture->loop = bt_loop_new (g_main_context_default ());
  fixture->context = (BtPeerContext){ fixture->loop, g_malloc (BT_PEER_READ_SIZE) };
  fixture->listener = bt_listener_new (fixture->loop, &loopback, NULL, 0, incoming_cb, fixture, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->peer != NULL)
    bt_peer_close (fixture->peer, NULL);
  bt_listener_free (fixture->listener);
  bt_test_drain ();
  g_assert_null (fixture->peer);
  g_clear_object (&fixture->stranger);
  bt_loop_free (fixture->loop);
  g_free (fixture->context.read_buffer);
}

static void
dial (Fixture *fixture)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", bt_listener_get_port (fixture->listener));
  g_autoptr (GError) error = NULL;

  fixture->stranger = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_connect (fixture->stranger, address, NULL, &error));
}

/* @n messages, after a handshake. */
static GByteArray *
make_flood (guint n)
{
  GByteArray *bytes = g_byte_array_new ();
  BtHandshake hello = { 0 };
  guint8 head[BT_HANDSHAKE_LENGTH];

  memcpy (hello.info_hash, "aaaaaaaaaaaaaaaaaaaa", sizeof hello.info_hash);
  memcpy (hello.peer_id, "-XX0001-aaaaaaaaaaaa", sizeof hello.peer_id);
  bt_handshake_write (&hello, head);
  g_byte_array_append (bytes, head, sizeof head);
  for (guint i = 0; i < n; i++)
    {
      guint8 have[9] = { 0, 0, 0, 5, BT_WIRE_HAVE, (guint8) (i >> 24), (guint8) (i >> 16), (guint8) (i >> 8), (guint8) i };

      g_byte_array_append (bytes, have, sizeof have);
    }
  return bytes;
}

static gpointer
send_thread (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GByteArray) bytes = make_flood (FLOOD);

  for (guint at = 0; at < bytes->len;)
    {
      gssize n = g_socket_send (fixture->stranger, (const char *) bytes->data + at, bytes->len - at, NULL, NULL);

      /* The other side may have enough. */
      if (n <= 0)
        break;
      at += (guint) n;
    }
  return NULL;
}

/* All of it is taken, in its order, and not at once. */
static void
test_flood_takes_turns (Fixture *fixture, gconstpointer data)
{
  GThread *thread;

  dial (fixture);
  thread = g_thread_new ("flood", send_thread, fixture);
  bt_test_wait (fixture->n_messages == FLOOD);
  g_thread_join (thread);
  bt_test_drain ();
  g_assert_cmpuint (fixture->most_in_round, <=, MOST_AT_ONCE);
  /* And it is heard of after it. */
  g_clear_object (&fixture->stranger);
  bt_test_wait (fixture->closed);
}

/* What waits is nobody's when the connection ends in the middle of it. */
static void
test_flood_that_is_cut (Fixture *fixture, gconstpointer data)
{
  GThread *thread;

  dial (fixture);
  thread = g_thread_new ("flood", send_thread, fixture);
  bt_test_wait (fixture->n_messages > MOST_AT_ONCE);
  bt_peer_close (fixture->peer, NULL);
  bt_test_wait (fixture->closed);
  g_assert_cmpuint (fixture->n_messages, <, FLOOD);
  g_socket_shutdown (fixture->stranger, TRUE, TRUE, NULL);
  g_thread_join (thread);
}

static gboolean
is_quiet (void)
{
  for (guint i = 0; i < 100; i++)
    if (!g_main_context_iteration (NULL, FALSE))
      return TRUE;
  return FALSE;
}

/* Somebody knocks, and there is no descriptor left to let them in: that is no
 * reason to be busy with the door all the time. */
static void
test_no_descriptors_left (Fixture *fixture, gconstpointer data)
{
  struct rlimit before, now;
  int next;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  dial (fixture);
  next = dup (0);
  g_assert_cmpint (next, >, 0);
  close (next);
  now = before;
  now.rlim_cur = (rlim_t) next;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &now), ==, 0);
  g_assert_true (is_quiet ());
  g_assert_null (fixture->peer);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  bt_test_wait (fixture->peer != NULL);
}

#define ADD(path, function) g_test_add ("/peer/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("flood/takes-turns", test_flood_takes_turns);
  ADD ("flood/that-is-cut", test_flood_that_is_cut);
  ADD ("door/no-descriptors-left", test_no_descriptors_left);
  return g_test_run ();
}
