/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <string.h>

/* What a script's connection comes to. */
typedef enum
{
  ENDS,  /* it is closed */
  STAYS, /* nothing comes of it, and the peer can go on */
} Outcome;

/* Bytes after the handshake, or instead of it. */
typedef struct
{
  const char *name;
  Outcome outcome;
  const char *bytes;
  gsize length;
  guint repeat;      /* 0 is once */
} Script;

#define BYTES(text) (text), sizeof (text) - 1

/* The torrent has 13 pieces: a bitfield is two bytes, three bits are spare. */
static const Script scripts[] = {
  { "length/4-gibibytes", ENDS, BYTES ("\xff\xff\xff\xff") },
  { "length/over-a-mebibyte", ENDS, BYTES ("\x00\x10\x00\x01\x14") },
  { "length/choke-of-2", ENDS, BYTES ("\0\0\0\x02\0\0") },
  { "length/have-of-4", ENDS, BYTES ("\0\0\0\x04\x04\0\0\0") },
  { "length/have-of-6", ENDS, BYTES ("\0\0\0\x06\x04\0\0\0\0\0") },
  { "length/request-of-12", ENDS, BYTES ("\0\0\0\x0c\x06\0\0\0\0\0\0\0\0\0\0\0") },
  { "length/piece-without-bytes", ENDS, BYTES ("\0\0\0\x09\x07\0\0\0\0\0\0\0\0") },
  { "length/piece-over-a-block", ENDS, BYTES ("\0\0\x40\x0a\x07\0\0\0\0\0\0\0\0") },
  { "length/extended-without-id", ENDS, BYTES ("\0\0\0\x01\x14") },
  { "bitfield/too-short", ENDS, BYTES ("\0\0\0\x02\x05\0") },
  { "bitfield/too-long", ENDS, BYTES ("\0\0\0\x04\x05\0\0\0") },
  { "bitfield/empty", ENDS, BYTES ("\0\0\0\x01\x05") },
  { "bitfield/spare-bit", ENDS, BYTES ("\0\0\0\x03\x05\0\x04") },
  { "bitfield/again", STAYS, BYTES ("\0\0\0\x03\x05\xff\0\0\0\0\x03\x05\0\xf0"), 4 },
  { "bitfield/again-and-again", ENDS, BYTES ("\0\0\0\x03\x05\xff\0\0\0\0\x03\x05\0\xf0"), 10 },
  { "bitfield/all-and-none", ENDS, BYTES ("\0\0\0\x01\x0f\0\0\0\x03\x05\xff\0"), 10 },
  { "index/have-past-the-end", ENDS, BYTES ("\0\0\0\x05\x04\0\0\0\x0d") },
  { "index/have-wraps", ENDS, BYTES ("\0\0\0\x05\x04\xff\xff\xff\xff") },
  { "index/request-past-the-end", ENDS, BYTES ("\0\0\0\x0d\x06\0\0\0\x0d\0\0\0\0\0\0\x40\0") },
  { "index/cancel-past-the-end", ENDS, BYTES ("\0\0\0\x0d\x08\0\0\0\x0d\0\0\0\0\0\0\x40\0") },
  { "index/piece-past-the-end", ENDS, BYTES ("\0\0\0\x0a\x07\0\0\0\x0d\0\0\0\0x") },
  { "index/suggest-past-the-end", ENDS, BYTES ("\0\0\0\x05\x0d\0\0\0\x0d") },
  { "index/allowed-past-the-end", ENDS, BYTES ("\0\0\0\x05\x11\0\0\0\x0d") },
  { "index/reject-past-the-end", ENDS, BYTES ("\0\0\0\x0d\x10\0\0\0\x0d\0\0\0\0\0\0\x40\0") },
  { "request/of-nothing", STAYS, BYTES ("\0\0\0\x0d\x06\0\0\0\0\0\0\0\0\0\0\0\0"), 2000 },
  { "request/of-128-kibibytes", STAYS, BYTES ("\0\0\0\x0d\x06\0\0\0\0\0\0\0\0\0\x02\0\0"), 2000 },
  { "request/past-the-piece", STAYS, BYTES ("\0\0\0\x0d\x06\0\0\0\0\0\0\xff\xff\0\0\x40\0"), 2000 },
  { "request/that-wraps", STAYS, BYTES ("\0\0\0\x0d\x06\0\0\0\0\xff\xff\xff\xff\0\0\0\x02"), 2000 },
  { "request/while-choked", STAYS, BYTES ("\0\0\0\x0d\x06\0\0\0\x01\0\0\0\0\0\0\x40\0"), 2000 },
  { "cancel/of-nothing", STAYS, BYTES ("\0\0\0\x0d\x08\0\0\0\x01\0\0\0\0\0\0\x40\0"), 2000 },
  { "reject/of-nothing", STAYS, BYTES ("\0\0\0\x0d\x10\0\0\0\x01\0\0\0\0\0\0\x40\0"), 2000 },
  { "piece/that-nobody-asked-for", STAYS, BYTES ("\0\0\0\x0d\x07\0\0\0\x01\0\0\0\0abcd"), 2000 },
  { "ignored/keep-alive", STAYS, BYTES ("\0\0\0\0"), 20000 },
  { "ignored/unknown-id", STAYS, BYTES ("\0\0\0\x05\xc8xxxx\0\0\0\x01\x0a\0\0\0\x01\xff"), 1000 },
  { "ignored/port", STAYS, BYTES ("\0\0\0\x03\x09\x1a\xe1"), 1000 },
  { "ignored/choke-and-unchoke", STAYS, BYTES ("\0\0\0\x01\0\0\0\0\x01\x01"), 5000 },
  { "ignored/interest-that-flaps", STAYS, BYTES ("\0\0\0\x01\x02\0\0\0\x01\x03"), 2000 },
  { "ignored/have-of-every-piece-but-one", STAYS, BYTES ("\0\0\0\x05\x04\0\0\0\0\0\0\0\x05\x04\0\0\0\x0b"), 1000 },
  { "ignored/suggest-and-allowed", STAYS, BYTES ("\0\0\0\x05\x0d\0\0\0\0\0\0\0\x05\x11\0\0\0\0"), 1000 },
  { "ignored/have-none", STAYS, BYTES ("\0\0\0\x01\x0f"), 4 },
  { "seed/have-all", ENDS, BYTES ("\0\0\0\x01\x0e") },
  { "seed/full-bitfield", ENDS, BYTES ("\0\0\0\x03\x05\xff\xf8") },
};

/* Instead of a handshake. */
static const Script greetings[] = {
  { "greeting/http", ENDS, BYTES ("GET / HTTP/1.1\r\n\r\n") },
  { "greeting/wrong-name", ENDS, BYTES ("\x13"
                                       "BitTorrent protocoL") },
  { "greeting/wrong-length", ENDS, BYTES ("\x12"
                                         "BitTorrent protocol") },
  { "greeting/other-torrent", ENDS, BYTES ("\x13"
                                          "BitTorrent protocol\0\0\0\0\0\0\0\0aaaaaaaaaaaaaaaaaaaa") },
  { "greeting/other-torrent-and-id", ENDS, BYTES ("\x13"
                                                 "BitTorrent protocol\0\0\0\0\0\0\0\0aaaaaaaaaaaaaaaaaaaa-XX0001-aaaaaaaaaaaa") },
  { "greeting/noise", ENDS, BYTES ("\x9b\x01\x77\0\0\0\xd3\x42") },
};

typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
} Fixture;

/* One session lives through all of it. */
static Fixture fixture;

static void
set_up (void)
{
  BtTestSpec spec = { .piece_length = 65536, .length = 12 * 65536 + 100 };

  fixture.content = bt_test_torrent_new (&spec);
  fixture.session = bt_test_session_new (NULL);
  fixture.torrent = bt_test_session_seed (fixture.session, fixture.content);
}

static char *
new_id (void)
{
  static guint n;

  return g_strdup_printf ("-XX0001-%012u", n++);
}

static void
assert_serves (void)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
  g_autofree char *id = new_id ();

  bt_test_peer_be_leech (peer, fixture.content, id, TRUE);
  bt_test_peer_fetch (peer, fixture.content, 3);
  g_assert_cmpint (bt_torrent_get_state (fixture.torrent), ==, BT_TORRENT_SEEDING);
}

static void
assert_outcome (BtTestPeer *peer, Outcome outcome)
{
  if (outcome == ENDS)
    {
      bt_test_wait (peer->ended);
      return;
    }
  bt_test_peer_send_message (peer, BT_WIRE_INTERESTED, NULL, 0);
  bt_test_wait (bt_test_peer_heard (peer, BT_WIRE_UNCHOKE));
  bt_test_peer_flush (peer);
  bt_test_peer_forget (peer);
  bt_test_peer_fetch (peer, fixture.content, 7);
}

static void
run_script (const Script *script, gboolean fast, guint32 most)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
  g_autofree char *id = new_id ();
  guint repeat = MAX (script->repeat, 1);

  peer->most = most;
  if (most > 0)
    repeat = MIN (repeat, 20);
  bt_test_peer_send_handshake (peer, fixture.content, id, fast);
  for (guint i = 0; i < repeat; i++)
    bt_test_peer_send (peer, script->bytes, script->length);
  assert_outcome (peer, script->outcome);
  assert_serves ();
}

static void
test_script (gconstpointer data)
{
  for (guint fast = 0; fast < 2; fast++)
    {
      run_script (data, fast, 0);
      run_script (data, fast, 1);
      run_script (data, fast, 7);
    }
}

static void
test_greeting (gconstpointer data)
{
  const Script *script = data;

  for (guint32 most = 0; most < 2; most++)
    {
      g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);

      peer->most = most;
      bt_test_peer_send (peer, script->bytes, script->length);
      bt_test_wait (peer->ended);
      /* Who has the wrong words hears none. */
      g_assert_cmpuint (bt_buffer_length (&peer->input), ==, 0);
      g_assert_false (peer->greeted);
    }
  assert_serves ();
}

/* Some clients send their peer id only when they have seen ours (BEP 3). */
static void
test_first_48_bytes_are_answered (void)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
  guint8 hello[68] = "\x13"
                     "BitTorrent protocol";

  peer->most = 1;
  memcpy (hello + 28, bt_metainfo_get_info_hash (fixture.content->metainfo), 20);
  memcpy (hello + 48, "-XX0009-aaaaaaaaaaaa", 20);
  bt_test_peer_send (peer, hello, 48);
  bt_test_wait (peer->greeted);
  g_assert_true (memcmp (peer->hello, "\x13"
                                      "BitTorrent protocol",
                         20) == 0);
  g_assert_true (memcmp (peer->hello + 28, hello + 28, 20) == 0);
  bt_test_peer_send (peer, hello + 48, 20);
  assert_outcome (peer, STAYS);
}

static void
test_reserved_bits_change_nothing (void)
{
  for (guint bit = 0; bit < 64; bit++)
    {
      g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
      g_autofree char *id = new_id ();
      guint8 hello[68] = "\x13"
                         "BitTorrent protocol";

      hello[20 + bit / 8] = (guint8) (0x80 >> bit % 8);
      memcpy (hello + 28, bt_metainfo_get_info_hash (fixture.content->metainfo), 20);
      memcpy (hello + 48, id, 20);
      bt_test_peer_send (peer, hello, sizeof hello);
      assert_outcome (peer, STAYS);
    }
}

static void
test_megabytes_nobody_asked_for_end_it (void)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
  g_autofree char *id = new_id ();
  BtBlock block = { 1, 0, BT_BLOCK_SIZE };

  bt_test_peer_send_handshake (peer, fixture.content, id, TRUE);
  for (guint i = 0; i < 1000; i++)
    bt_test_peer_send_piece (peer, &block, fixture.content->content);
  bt_test_wait (peer->ended);
  assert_serves ();
}

static void
test_silent_strangers_shut_nobody_out (void)
{
  BtTestPeer *strangers[100];

  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      strangers[i] = bt_test_peer_dial (fixture.session->port);
      if (i % 2)
        bt_test_peer_send (strangers[i], "\x13"
                                         "BitTor",
                           7);
    }
  assert_serves ();
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    bt_test_peer_free (strangers[i]);
}

static void
test_same_id_twice_is_one (void)
{
  g_autoptr (BtTestPeer) first = bt_test_peer_dial (fixture.session->port);
  g_autoptr (BtTestPeer) second = bt_test_peer_dial (fixture.session->port);
  g_autofree char *id = new_id ();

  bt_test_peer_be_leech (first, fixture.content, id, TRUE);
  bt_test_peer_send_handshake (second, fixture.content, id, TRUE);
  bt_test_wait (second->ended);
  bt_test_peer_fetch (first, fixture.content, 2);
}

static void
test_own_id_is_not_a_peer (void)
{
  g_autoptr (BtTestPeer) first = bt_test_peer_dial (fixture.session->port);
  g_autoptr (BtTestPeer) second = bt_test_peer_dial (fixture.session->port);
  g_autofree char *id = new_id (), *own = NULL;

  bt_test_peer_be_leech (first, fixture.content, id, TRUE);
  own = g_strndup ((const char *) first->hello + 48, 20);
  bt_test_peer_send_handshake (second, fixture.content, own, TRUE);
  bt_test_wait (second->ended);
  bt_test_peer_fetch (first, fixture.content, 2);
}

static void
test_half_closed_is_closed (void)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
  g_autofree char *id = new_id ();

  bt_test_peer_be_leech (peer, fixture.content, id, TRUE);
  g_socket_shutdown (peer->socket, FALSE, TRUE, NULL);
  bt_test_wait (peer->ended);
  assert_serves ();
}

/* Any bytes at all, after a right handshake: the session lives. */
static void
test_noise (gconstpointer data)
{
  BtRng rng;

  bt_rng_seed (&rng, GPOINTER_TO_SIZE (data));
  for (guint i = 0; i < 150; i++)
    {
      g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
      g_autofree char *id = new_id ();
      guint n = 1 + bt_rng_below (&rng, 40);

      bt_test_peer_send_handshake (peer, fixture.content, id, TRUE);
      peer->hello[0] = 0;
      for (guint k = 0; k < n; k++)
        {
          guint32 length = 1 + bt_rng_below (&rng, 14), big = GUINT32_TO_BE (length);
          guint8 body[14];

          for (guint b = 0; b < sizeof body; b++)
            body[b] = bt_rng_below (&rng, 2) ? (guint8) bt_rng_below (&rng, 256) : 0;
          body[0] = (guint8) bt_rng_below (&rng, 22);
          bt_test_peer_send (peer, &big, 4);
          bt_test_peer_send (peer, body, length);
        }
      bt_test_wait (bt_buffer_length (&peer->output) == 0 || peer->ended);
    }
  assert_serves ();
}

/* Extended messages, of which the engine speaks some (BEP 10). */
static void
test_extended_noise (void)
{
  static const char *const bodies[] = {
    "", "d", "de", "i1e", "d1:md6:ut_pexi1eee", "d1:md6:ut_pexi-1eee", "d1:md6:ut_pexi99999999999ee4:reqqi-5ee",
    "d1:mi1e1:pi70000e4:reqqi0e6:yourip3:abce", "d11:upload_onlyi1ee", "d5:added5:abcdee", "d5:added6:abcdefe",
    "d5:added6:\x7f\0\0\1\0\1e", "d6:added63:abc7:dropped1:xe", "\0\0\0\xff", "\xff\xff\xff\xff", "d1:v500:e",
  };

  for (guint id = 0; id < 8; id++)
    for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
      {
        g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture.session->port);
        g_autofree char *peer_id = new_id ();
        g_autofree char *message = g_strdup_printf ("%c%s", (char) id, bodies[i]);
        guint8 hello[68] = "\x13"
                           "BitTorrent protocol\0\0\0\0\0\x10\0\x05";

        memcpy (hello + 28, bt_metainfo_get_info_hash (fixture.content->metainfo), 20);
        memcpy (hello + 48, peer_id, 20);
        bt_test_peer_send (peer, hello, sizeof hello);
        bt_test_peer_send_message (peer, BT_WIRE_EXTENDED, BYTES ("\0d1:md6:ut_pexi1e11:lt_donthavei2eee"));
        bt_test_peer_send_message (peer, BT_WIRE_EXTENDED, message, 1 + strlen (bodies[i]));
        bt_test_wait (bt_buffer_length (&peer->output) == 0 || peer->ended);
      }
  assert_serves ();
}

static void
test_nothing_is_left_open (gconstpointer data)
{
  guint before = GPOINTER_TO_UINT (data);

  bt_test_wait (bt_test_n_peers (fixture.torrent) == 0);
  bt_test_session_free (fixture.session);
  bt_test_torrent_free (fixture.content);
  g_assert_cmpuint (bt_test_count_fds (), <=, before);
}

int
main (int argc, char **argv)
{
  guint before;

  g_test_init (&argc, &argv, NULL);
  /* Makes the libraries' own descriptors, which stay. */
  bt_test_session_free (bt_test_session_new (NULL));
  before = bt_test_count_fds ();
  set_up ();
  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *path = g_strconcat ("/engine-hostile/", scripts[i].name, NULL);

      g_test_add_data_func (path, &scripts[i], test_script);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (greetings); i++)
    {
      g_autofree char *path = g_strconcat ("/engine-hostile/", greetings[i].name, NULL);

      g_test_add_data_func (path, &greetings[i], test_greeting);
    }
  g_test_add_func ("/engine-hostile/greeting/first-48-bytes-are-answered", test_first_48_bytes_are_answered);
  g_test_add_func ("/engine-hostile/greeting/reserved-bits-change-nothing", test_reserved_bits_change_nothing);
  g_test_add_func ("/engine-hostile/greeting/silent-strangers-shut-nobody-out", test_silent_strangers_shut_nobody_out);
  g_test_add_func ("/engine-hostile/greeting/same-id-twice-is-one", test_same_id_twice_is_one);
  g_test_add_func ("/engine-hostile/greeting/own-id-is-not-a-peer", test_own_id_is_not_a_peer);
  g_test_add_func ("/engine-hostile/piece/megabytes-nobody-asked-for-end-it", test_megabytes_nobody_asked_for_end_it);
  g_test_add_func ("/engine-hostile/end/half-closed-is-closed", test_half_closed_is_closed);
  for (gsize seed = 1; seed <= 3; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/engine-hostile/noise/%" G_GSIZE_FORMAT, seed);

      g_test_add_data_func (path, GSIZE_TO_POINTER (seed), test_noise);
    }
  g_test_add_func ("/engine-hostile/noise/extended", test_extended_noise);
  g_test_add_data_func ("/engine-hostile/z/nothing-is-left-open", GUINT_TO_POINTER (before), test_nothing_is_left_open);
  return g_test_run ();
}
