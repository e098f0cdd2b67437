/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rng.h"
#include "bt-socket.h"
#include "bt-test-loop.h"
#include "bt-udp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Calls that the system will answer with "not now". On loopback it never does
 * of itself, so this stands before it. */
static guint n_busy;

ssize_t
sendto (int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length)
{
  if (n_busy > 0)
    {
      n_busy -= n_busy < G_MAXUINT;
      errno = EAGAIN;
      return -1;
    }
  return syscall (SYS_sendto, fd, bytes, length, flags, to, to_length);
}

typedef struct
{
  BtLoop *loop;
  BtUdp *udp;
  BtAddr addr;            /* of it, IPv4 */
  GSocket *stranger;
  BtAddr stranger_addr;

  guint n_received[BT_UDP_N_KINDS];
  gsize length;           /* of the last */
  BtAddr from;
  guint n_batches;
  guint n_unreachable;
  BtAddr unreachable;
  GByteArray *returned;
} Fixture;

static Fixture *current;

static void
take (BtUdpKind kind, gsize length, const BtAddr *from)
{
  current->n_received[kind]++;
  current->length = length;
  current->from = *from;
}

static void
received_dht (const guint8 *bytes, gsize length, const BtAddr *from, gpointer data)
{
  g_assert_true (data == current);
  take (BT_UDP_DHT, length, from);
}

static void
received_tracker (const guint8 *bytes, gsize length, const BtAddr *from, gpointer data)
{
  take (BT_UDP_TRACKER, length, from);
}

static void
received_utp (const guint8 *bytes, gsize length, const BtAddr *from, gpointer data)
{
  take (BT_UDP_UTP, length, from);
}

static void
batch_end (gpointer data)
{
  current->n_batches++;
}

static void
unreachable (const guint8 *bytes, gsize length, const BtAddr *to, gpointer data)
{
  current->n_unreachable++;
  current->unreachable = *to;
  g_byte_array_set_size (current->returned, 0);
  g_byte_array_append (current->returned, bytes, (guint) length);
}

static const BtUdpHost dht_host = { .received = received_dht };
static const BtUdpHost tracker_host = { .received = received_tracker, .unreachable = unreachable };
static const BtUdpHost utp_host = { .received = received_utp, .batch_end = batch_end };

static GSocket *
new_socket (const char *ip, BtAddr *addr)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (ip, 0);
  GSocket *socket = g_socket_new (g_socket_address_get_family (wanted), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, wanted, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  g_assert_true (bt_socket_address_get (bound, addr));
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  current = fixture;
  bt_addr_parse_ip (&fixture->addr, "127.0.0.1");
  fixture->loop = bt_loop_new (g_main_context_default ());
  fixture->udp = bt_udp_new (fixture->loop, &fixture->addr, NULL, 0, &error);
  g_assert_no_error (error);
  fixture->addr.port = bt_udp_get_port (fixture->udp);
  bt_udp_set_host (fixture->udp, BT_UDP_DHT, &dht_host, fixture);
  bt_udp_set_host (fixture->udp, BT_UDP_TRACKER, &tracker_host, fixture);
  bt_udp_set_host (fixture->udp, BT_UDP_UTP, &utp_host, fixture);
  fixture->stranger = new_socket ("127.0.0.1", &fixture->stranger_addr);
  fixture->returned = g_byte_array_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_udp_free (fixture->udp);
  bt_loop_free (fixture->loop);
  g_object_unref (fixture->stranger);
  g_byte_array_unref (fixture->returned);
}

static void
say (Fixture *fixture, const void *bytes, gsize length)
{
  g_autoptr (GSocketAddress) to = bt_socket_address_new (&fixture->addr);

  g_assert_cmpint (g_socket_send_to (fixture->stranger, to, bytes, length, NULL, NULL), ==, (gssize) length);
}

typedef struct
{
  const char *name;
  const char *bytes;
  gsize length;
  BtUdpKind kind;
} Row;

#define BYTES(text) (text), sizeof (text) - 1
#define SIXTEEN "0123456789abcdef"

static const Row rows[] = {
  { "dht-query", BYTES ("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"), BT_UDP_DHT },
  { "dht-of-one-byte", BYTES ("d"), BT_UDP_DHT },
  { "connect-answer", BYTES ("\0\0\0\0\1\2\3\4\1\2\3\4\5\6\7\x08"), BT_UDP_TRACKER },
  { "announce-answer", BYTES ("\0\0\0\1\1\2\3\4\0\0\7\x08\0\0\0\0\0\0\0\0"), BT_UDP_TRACKER },
  { "scrape-answer", BYTES ("\0\0\0\2\1\2\3\4"), BT_UDP_TRACKER },
  { "error", BYTES ("\0\0\0\3\1\2\3\4no"), BT_UDP_TRACKER },
  { "tracker-cut", BYTES ("\0\0\0\3\1\2\3"), BT_UDP_N_KINDS },
  { "tracker-action-unknown", BYTES ("\0\0\0\4\1\2\3\4" SIXTEEN), BT_UDP_N_KINDS },
  { "utp-data", BYTES ("\x01\0\1\2" SIXTEEN), BT_UDP_UTP },
  { "utp-syn", BYTES ("\x41\0\1\2" SIXTEEN), BT_UDP_UTP },
  { "utp-cut", BYTES ("\x41\0\1" SIXTEEN), BT_UDP_N_KINDS },
  { "utp-type-unknown", BYTES ("\x51\0\1\2" SIXTEEN), BT_UDP_N_KINDS },
  { "utp-version-unknown", BYTES ("\x42\0\1\2" SIXTEEN), BT_UDP_N_KINDS },
  { "list", BYTES ("l" SIXTEEN SIXTEEN "e"), BT_UDP_N_KINDS },
  { "empty", BYTES (""), BT_UDP_N_KINDS },
};

static void
test_kind (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;

  say (fixture, row->bytes, row->length);
  /* What nobody wants leaves no trace: this one follows it. */
  say (fixture, BYTES ("\x01\0\1\2" SIXTEEN));
  bt_test_wait (fixture->n_received[BT_UDP_UTP] == (row->kind == BT_UDP_UTP ? 2 : 1));
  for (guint kind = 0; kind < BT_UDP_UTP; kind++)
    g_assert_cmpuint (fixture->n_received[kind], ==, kind == row->kind);
  g_assert_true (bt_addr_equal (&fixture->from, &fixture->stranger_addr));
}

static void
test_nobody_is_told_nothing (Fixture *fixture, gconstpointer data)
{
  bt_udp_set_host (fixture->udp, BT_UDP_DHT, NULL, NULL);
  say (fixture, "de", 2);
  say (fixture, BYTES ("\x01\0\1\2" SIXTEEN));
  bt_test_wait (fixture->n_received[BT_UDP_UTP] == 1);
  g_assert_cmpuint (fixture->n_received[BT_UDP_DHT], ==, 0);
}

static void
test_long_one_is_cut (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bytes = g_strnfill (60000, 'd');

  say (fixture, bytes, 60000);
  bt_test_wait (fixture->n_received[BT_UDP_DHT] == 1);
  g_assert_cmpuint (fixture->length, ==, BT_UDP_MAX_DATAGRAM);
}

static void
test_flood_comes_in_batches (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 100; i++)
    say (fixture, BYTES ("\x01\0\1\2" SIXTEEN));
  bt_test_wait (fixture->n_received[BT_UDP_UTP] == 100);
  g_assert_cmpuint (fixture->n_batches, >=, 4);
  g_assert_cmpuint (fixture->n_batches, <=, 10);
}

static void
test_any_bytes_do_no_harm (Fixture *fixture, gconstpointer data)
{
  guint8 bytes[64];
  BtRng rng;

  bt_rng_seed (&rng, 1);
  for (guint i = 0; i < 5000; i++)
    {
      for (guint k = 0; k < sizeof bytes; k++)
        bytes[k] = (guint8) bt_rng_next (&rng);
      bytes[0] &= i % 3 == 0 ? 0xff : 0x41;
      say (fixture, bytes, bt_rng_below (&rng, sizeof bytes + 1));
      if (i % 50 == 0)
        bt_test_drain ();
    }
  bt_test_drain ();
  say (fixture, "de", 2);
  bt_test_wait (fixture->length == 2 && fixture->n_received[BT_UDP_DHT] > 0);
}

static void
test_sends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) from = NULL;
  char bytes[10];
  BtAddr addr;

  g_assert_true (bt_udp_send (fixture->udp, &fixture->stranger_addr, (const guint8 *) "hello", 5));
  g_assert_true (g_socket_condition_timed_wait (fixture->stranger, G_IO_IN, 5 * G_USEC_PER_SEC, NULL, NULL));
  g_assert_cmpint (g_socket_receive_from (fixture->stranger, &from, bytes, sizeof bytes, NULL, NULL), ==, 5);
  g_assert_true (bt_socket_address_get (from, &addr));
  g_assert_true (bt_addr_equal (&addr, &fixture->addr));
}

static void
test_what_goes_nowhere_is_told (Fixture *fixture, gconstpointer data)
{
  static const char *const nowhere[] = { "[::1]:6881", "255.255.255.255:6881" };

  for (guint i = 0; i < G_N_ELEMENTS (nowhere); i++)
    {
      BtAddr to;

      g_assert_true (bt_addr_parse (&to, nowhere[i]));
      g_assert_false (bt_udp_send (fixture->udp, &to, (const guint8 *) "hello", 5));
    }
  test_sends (fixture, NULL);
}

/* Nobody is there: we learn it, and the port lives on. */
static void
test_icmp_is_told_and_forgotten (Fixture *fixture, gconstpointer data)
{
  BtAddr gone;
  GSocket *socket = new_socket ("127.0.0.1", &gone);

  g_object_unref (socket);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (bt_udp_send (fixture->udp, &gone, (const guint8 *) "somebody", 8));
      g_assert_true (bt_udp_send (fixture->udp, &fixture->stranger_addr, (const guint8 *) "hello", 5));
    }
  bt_test_wait (fixture->n_unreachable == 20);
  g_assert_true (bt_addr_equal (&fixture->unreachable, &gone));
  g_assert_cmpmem (fixture->returned->data, fixture->returned->len, "somebody", 8);
  say (fixture, "de", 2);
  bt_test_wait (fixture->n_received[BT_UDP_DHT] == 1);
  for (guint i = 0; i < 20; i++)
    {
      char bytes[10];

      g_assert_cmpint (g_socket_receive (fixture->stranger, bytes, sizeof bytes, NULL, NULL), ==, 5);
    }
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

/* What the system does not take at once goes out in its order, up to a bound. */
static void
test_queue_goes_out_in_order (Fixture *fixture, gconstpointer data)
{
  guint n_taken = 0;

  n_busy = G_MAXUINT;
  while (bt_udp_send (fixture->udp, &fixture->stranger_addr, (const guint8 *) &n_taken, sizeof n_taken))
    n_taken++;
  g_assert_cmpuint (n_taken, >=, 100);
  g_assert_cmpuint (n_taken, <=, 1000);
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
  n_busy = 3;
  for (guint i = 0; i < n_taken; i++)
    {
      guint number;

      bt_test_wait (g_socket_condition_check (fixture->stranger, G_IO_IN) != 0);
      g_assert_cmpint (g_socket_receive (fixture->stranger, (char *) &number, sizeof number, NULL, NULL), ==, sizeof number);
      g_assert_cmpuint (number, ==, i);
    }
  test_sends (fixture, NULL);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

static void
test_port_is_the_same_for_both (void)
{
  BtLoop *loop = bt_loop_new (g_main_context_default ());
  g_autoptr (GError) error = NULL;
  BtAddr v4, v6;
  BtUdp *first, *second;

  bt_addr_parse_ip (&v4, "127.0.0.1");
  bt_addr_parse_ip (&v6, "::1");
  first = bt_udp_new (loop, &v4, &v6, 0, &error);
  g_assert_no_error (error);
  g_assert_true (bt_udp_has_family (first, BT_ADDR_V4));
  g_assert_false (bt_udp_has_family (first, BT_ADDR_NONE));
  g_assert_cmpuint (bt_udp_get_port (first), !=, 0);
  second = bt_udp_new (loop, &v4, NULL, bt_udp_get_port (first), &error);
  g_assert_null (second);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  /* It is not enough that one of the two is free. */
  if (bt_udp_has_family (first, BT_ADDR_V6))
    {
      bt_addr_parse_ip (&v4, "127.0.0.2");
      second = bt_udp_new (loop, &v4, &v6, bt_udp_get_port (first), &error);
      g_assert_null (second);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
      g_clear_error (&error);
    }
  bt_udp_free (first);
  /* An address that this machine does not have */
  bt_addr_parse_ip (&v4, "192.0.2.1");
  second = bt_udp_new (loop, &v4, NULL, 0, &error);
  g_assert_null (second);
  g_assert_nonnull (error);
  bt_loop_free (loop);
}

#define ADD(path, function) g_test_add ("/udp/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/udp/kind/", rows[i].name, NULL);

      g_test_add (path, Fixture, &rows[i], set_up, test_kind, tear_down);
    }
  ADD ("receive/nobody-is-told-nothing", test_nobody_is_told_nothing);
  ADD ("receive/long-one-is-cut", test_long_one_is_cut);
  ADD ("receive/flood-comes-in-batches", test_flood_comes_in_batches);
  ADD ("receive/any-bytes-do-no-harm", test_any_bytes_do_no_harm);
  ADD ("send/arrives", test_sends);
  ADD ("send/what-goes-nowhere-is-told", test_what_goes_nowhere_is_told);
  ADD ("send/queue-goes-out-in-order", test_queue_goes_out_in_order);
  ADD ("icmp/is-told-and-forgotten", test_icmp_is_told_and_forgotten);
  g_test_add_func ("/udp/port/is-the-same-for-both", test_port_is_the_same_for_both);
  return g_test_run ();
}
