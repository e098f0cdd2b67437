/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"

#include "bt-ext.h"
#include "bt-ext-metadata.h"
#include "bt-ext-pex.h"
#include "bt-handshake.h"

#include <string.h>

static const BtTestFile files[] = { { "a.bin", 40000 }, { "b/c.bin", 70000 }, { "d.bin", 10 } };
static const BtTestSpec spec = { .name = "album", .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };
static const BtTestSpec large = { .name = "large", .piece_length = 16384, .length = 40 << 20 };

#define OUR_METADATA_ID 3

static void
send_extended (BtTestPeer *peer, guint8 id, GBytes *bytes)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  g_byte_array_append (message, &id, 1);
  g_byte_array_append (message, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  bt_test_peer_send_message (peer, BT_WIRE_EXTENDED, message->data, message->len);
}

/* Of another torrent than the one that a test has; NULL of that. */
static const guint8 *hash_for_hello;

/* A handshake of a peer that knows extensions. */
static void
send_hello (BtTestPeer *peer, const BtTestTorrent *torrent, const char *id)
{
  BtHandshake hello = { .caps = BT_CAP_FAST | BT_CAP_EXTENSION };
  guint8 bytes[BT_HANDSHAKE_LENGTH];

  memcpy (hello.info_hash, hash_for_hello != NULL ? hash_for_hello : bt_metainfo_get_info_hash (torrent->metainfo), BT_SHA1_LENGTH);
  memcpy (hello.peer_id, id, BT_PEER_ID_LENGTH);
  bt_handshake_write (&hello, bytes);
  bt_test_peer_send (peer, bytes, sizeof bytes);
}

/* A peer at the door of @torrent that claims metadata of @size bytes. */
static BtTestPeer *
meet_claiming (BtTorrent *added, const BtTestTorrent *torrent, const char *ip, const char *id, guint32 size)
{
  guint16 port;
  g_autoptr (GSocket) door = bt_test_door_new_at (ip, &port);
  g_autoptr (GBytes) hello = NULL;
  BtExtHandshake handshake = {
    .keys = size > 0 ? BT_EXT_HAS_METADATA_SIZE : 0,
    .messages = 1u << BT_EXT_METADATA,
    .metadata_size = size,
  };
  BtTestPeer *peer;

  handshake.ids[BT_EXT_METADATA] = OUR_METADATA_ID;
  bt_test_torrent_meet_at (added, ip, port);
  peer = bt_test_peer_accept (door);
  send_hello (peer, torrent, id);
  hello = bt_ext_handshake_write (&handshake);
  send_extended (peer, 0, hello);
  return peer;
}

/* The next request for metadata that comes. Returns: its piece */
static guint32
expect_request (BtTestPeer *peer)
{
  for (;;)
    {
      g_autoptr (BtTestMessage) message = bt_test_peer_expect (peer, BT_WIRE_EXTENDED);
      BtExtMetadata metadata;

      if (message->payload[0] != OUR_METADATA_ID)
        continue;
      g_assert_true (bt_ext_metadata_read (&metadata, message->payload + 1, message->length - 1));
      g_assert_cmpint (metadata.type, ==, BT_EXT_METADATA_REQUEST);
      return metadata.piece;
    }
}

static guint8
their_id_of (BtTestPeer *peer, BtExtMessage kind)
{
  for (;;)
    {
      g_autoptr (BtTestMessage) message = bt_test_peer_expect (peer, BT_WIRE_EXTENDED);
      BtExtHandshake handshake;

      if (message->payload[0] != 0)
        continue;
      g_assert_true (bt_ext_handshake_read (&handshake, message->payload + 1, message->length - 1));
      return handshake.ids[kind];
    }
}

static guint8
their_id (BtTestPeer *peer)
{
  return their_id_of (peer, BT_EXT_METADATA);
}

static void
send_data (BtTestPeer *peer, guint8 id, guint32 piece, guint32 size, const guint8 *bytes)
{
  BtExtMetadata message = { .type = BT_EXT_METADATA_DATA, .piece = piece, .total_size = size, .data = bytes };
  g_autoptr (GBytes) written = NULL;

  message.length = bt_metadata_piece_size (size, piece);
  written = bt_ext_metadata_write (&message);
  send_extended (peer, id, written);
}

static void
test_lie_about_the_bytes (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  gsize length;
  g_autofree guint8 *bytes = NULL;
  g_autoptr (BtTestPeer) liar = NULL;
  const guint8 *info = bt_metainfo_peek_info (torrent->metainfo, &length);
  guint8 id;

  bytes = g_memdup2 (info, length);
  bytes[20] ^= 1;
  liar = meet_claiming (added, torrent, "127.0.0.2", "-LI0001-liar liar ax", (guint32) length);
  id = their_id (liar);
  g_assert_cmpuint (expect_request (liar), ==, 0);
  send_data (liar, id, 0, (guint32) length, bytes);
  bt_test_wait (liar->ended);
  g_assert_null (bt_torrent_get_metainfo (added));
  bt_test_session_seed (seed, torrent);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
}

static void
test_lie_about_the_size (gconstpointer data)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  g_autoptr (BtTestPeer) liar = meet_claiming (added, torrent, "127.0.0.2", "-LI0002-liar liar bx", GPOINTER_TO_UINT (data));

  /* Nobody waits for it, and nobody gives it memory. */
  their_id (liar);
  bt_test_session_seed (seed, torrent);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
}

/* What a peer says of its pieces before anybody knows how many there are. */
static void
test_early_messages (gconstpointer data)
{
  gboolean good = GPOINTER_TO_INT (data);
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  gsize length;
  const guint8 *info = bt_metainfo_peek_info (torrent->metainfo, &length);
  g_autoptr (BtTestPeer) peer = meet_claiming (added, torrent, "127.0.0.2", "-EA0001-early earlyx", (guint32) length);
  guint8 id = their_id (peer);

  bt_test_peer_send_message (peer, BT_WIRE_HAVE_NONE, NULL, 0);
  bt_test_peer_send_index (peer, BT_WIRE_HAVE, 1);
  bt_test_peer_send_index (peer, BT_WIRE_HAVE, good ? 2 : torrent->n_pieces);
  bt_test_peer_send_message (peer, BT_WIRE_UNCHOKE, NULL, 0);
  g_assert_cmpuint (expect_request (peer), ==, 0);
  send_data (peer, id, 0, (guint32) length, info);
  bt_test_wait (bt_torrent_get_metainfo (added) != NULL);
  if (good)
    {
      g_autoptr (BtTestMessage) request = NULL;
      BtBlock block;

      bt_test_message_free (bt_test_peer_expect (peer, BT_WIRE_INTERESTED));
      request = bt_test_peer_expect (peer, BT_WIRE_REQUEST);
      block = bt_test_message_block (request);
      g_assert_true (block.piece == 1 || block.piece == 2);
    }
  else
    bt_test_wait (peer->ended);
}

static void
test_early_flood (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  g_autoptr (BtTestPeer) peer = meet_claiming (added, torrent, "127.0.0.2", "-FL0001-flood floodx", 0);

  for (guint i = 0; i < 5000; i++)
    bt_test_peer_send_index (peer, BT_WIRE_HAVE, i);
  bt_test_wait (peer->ended);
}

static void
test_blocks_before_the_metadata (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  g_autoptr (BtTestPeer) peer = meet_claiming (added, torrent, "127.0.0.2", "-BL0001-block blockx", 0);
  BtBlock block = { 0, 0, 16384 };

  bt_test_peer_send_piece (peer, &block, torrent->content);
  bt_test_wait (peer->ended);
}

static BtTestPeer *
dial_and_greet (BtTestSession *seed, const BtTestTorrent *torrent, const char *peer_id)
{
  BtExtHandshake handshake = { .messages = 1u << BT_EXT_METADATA };
  BtTestPeer *peer = bt_test_peer_dial (seed->port);
  g_autoptr (GBytes) hello = NULL;

  send_hello (peer, torrent, peer_id);
  handshake.ids[BT_EXT_METADATA] = OUR_METADATA_ID;
  hello = bt_ext_handshake_write (&handshake);
  send_extended (peer, 0, hello);
  return peer;
}

static void
ask_for (BtTestPeer *peer, guint8 id, guint32 piece)
{
  BtExtMetadata request = { .type = BT_EXT_METADATA_REQUEST, .piece = piece };
  g_autoptr (GBytes) written = bt_ext_metadata_write (&request);

  send_extended (peer, id, written);
}

/* Each piece comes as it was asked for; what there is not is refused, and
 * nobody gets it over and over. */
static void
test_gives_it_within_limits (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&large);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL);
  gsize length;
  const guint8 *info = bt_metainfo_peek_info (torrent->metainfo, &length);
  guint32 n_pieces = bt_metadata_n_pieces ((guint32) length);
  g_autoptr (BtTestPeer) peer = NULL;
  gboolean refused = FALSE;
  guint8 id;

  bt_test_session_seed (seed, torrent);
  peer = dial_and_greet (seed, torrent, "-AS0001-asks asks ax");
  id = their_id (peer);
  for (guint i = 0; i < 20 * n_pieces && !refused; i++)
    {
      guint32 piece = i % (n_pieces + 1);
      g_autoptr (BtTestMessage) message = NULL;
      BtExtMetadata answer;

      ask_for (peer, id, piece);
      message = bt_test_peer_expect (peer, BT_WIRE_EXTENDED);
      g_assert_cmpuint (message->payload[0], ==, OUR_METADATA_ID);
      g_assert_true (bt_ext_metadata_read (&answer, message->payload + 1, message->length - 1));
      g_assert_cmpuint (answer.piece, ==, piece);
      if (piece == n_pieces)
        g_assert_cmpint (answer.type, ==, BT_EXT_METADATA_REJECT);
      else if (answer.type == BT_EXT_METADATA_DATA)
        g_assert_cmpmem (answer.data, answer.length, info + (gsize) piece * BT_METADATA_PIECE,
                         bt_metadata_piece_size ((guint32) length, piece));
      else
        refused = TRUE;
      if (refused)
        g_assert_cmpuint (i, >=, 3 * n_pieces);
    }
  g_assert_true (refused);
}

/* Asks for all of it at once, and reads late: what waited for the socket comes
 * although the socket takes all there is, again and again. */
static void
test_gives_it_to_a_late_reader (void)
{
  g_autofree char *stem = g_strnfill (230, 'n');
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree BtTestFile *many = g_new0 (BtTestFile, 1000);
  BtTestSpec long_names = { .name = "many", .piece_length = 16384, .files = many, .n_files = 1000 };
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL);
  g_autoptr (BtTestTorrent) torrent = NULL;
  g_autoptr (BtTestPeer) peer = NULL;
  guint32 n_pieces;
  gsize length;
  guint8 id;

  for (guint i = 0; i < long_names.n_files; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("%s%u", stem, i));
      many[i] = (BtTestFile){ .path = names->pdata[i], .length = i == 0 };
    }
  torrent = bt_test_torrent_new (&long_names);
  bt_metainfo_peek_info (torrent->metainfo, &length);
  n_pieces = bt_metadata_n_pieces ((guint32) length);
  bt_test_session_seed (seed, torrent);
  peer = dial_and_greet (seed, torrent, "-AS0001-asks asks ay");
  id = their_id (peer);
  bt_test_peer_be_deaf (peer, TRUE);
  bt_test_peer_set_room (peer, 4096);
  for (guint32 piece = 0; piece < n_pieces; piece++)
    ask_for (peer, id, piece);
  bt_test_peer_flush (peer);
  bt_test_drain ();
  bt_test_peer_set_room (peer, 1 << 20);
  bt_test_peer_be_deaf (peer, FALSE);
  for (guint32 piece = 0; piece < n_pieces; piece++)
    {
      g_autoptr (BtTestMessage) message = bt_test_peer_expect (peer, BT_WIRE_EXTENDED);
      BtExtMetadata answer;

      g_assert_true (bt_ext_metadata_read (&answer, message->payload + 1, message->length - 1));
      g_assert_cmpint (answer.type, ==, BT_EXT_METADATA_DATA);
      g_assert_cmpuint (answer.piece, ==, piece);
    }
}

/* A link needs no tracker when one peer knows another (BEP 11). */
static void
test_peers_tell_of_peers (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  g_autoptr (BtTestPeer) peer = meet_claiming (added, torrent, "127.0.0.2", "-PX0001-knows others", 0);
  BtPexPeer known = { .flags = BT_PEX_SEED };
  g_autoptr (GBytes) message = NULL;

  bt_test_session_seed (seed, torrent);
  g_assert_true (bt_addr_parse_ip (&known.addr, "127.0.0.1"));
  known.addr.port = seed->port;
  message = bt_ext_pex_write (&known, 1, NULL, 0);
  send_extended (peer, their_id_of (peer, BT_EXT_PEX), message);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (torrent, taker->folder);
}

/* BEP 27: who has no .torrent of it has no business with it. */
static void
test_gives_nothing_of_a_private_torrent (void)
{
  BtTestSpec secret = spec;
  g_autoptr (BtTestTorrent) torrent = NULL;
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL);
  g_autoptr (BtTestPeer) peer = NULL;
  g_autoptr (BtTestMessage) hello = NULL;
  BtExtHandshake handshake;

  secret.is_private = TRUE;
  torrent = bt_test_torrent_new (&secret);
  bt_test_session_seed (seed, torrent);
  peer = bt_test_peer_dial (seed->port);
  send_hello (peer, torrent, "-PR0001-private priv");
  hello = bt_test_peer_expect (peer, BT_WIRE_EXTENDED);
  g_assert_true (bt_ext_handshake_read (&handshake, hello->payload + 1, hello->length - 1));
  g_assert_cmpuint (handshake.ids[BT_EXT_METADATA], ==, 0);
  g_assert_false (handshake.keys & BT_EXT_HAS_METADATA_SIZE);
}

static BtDhtStats
dht_stats (const BtTestSession *node)
{
  BtDhtStats stats;

  g_assert_true (bt_session_get_dht_stats (node->session, &stats));
  return stats;
}

/* BEP 27: of a link nobody knows it before; who was found in the DHT goes, who
 * was named stays, and the DHT is asked no more. */
static void
test_private_one_leaves_the_dht (void)
{
  BtTestSpec secret = spec;
  g_autoptr (BtTestSession) node = bt_test_session_new_with_node ((const char *[]){ NULL });
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", node->port);
  g_autoptr (BtTestSession) stranger = bt_test_session_new_with_node ((const char *[]){ place, NULL });
  g_autoptr (BtTestSession) taker = bt_test_session_new_with_node ((const char *[]){ place, NULL });
  g_autoptr (BtTestTorrent) torrent = NULL, public = bt_test_torrent_new (&large);
  g_autoptr (BtTestPeer) named = NULL;
  BtTorrent *added;
  const guint8 *info;
  guint64 n_searches;
  gsize length;
  guint8 id;

  secret.is_private = TRUE;
  torrent = bt_test_torrent_new (&secret);
  info = bt_metainfo_peek_info (torrent->metainfo, &length);
  bt_test_session_add_magnet (stranger, torrent, "", FALSE);
  bt_test_wait (dht_stats (node).families[0].n_peers > 0);
  added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  bt_test_wait (bt_test_n_peers (added) == 1);
  named = meet_claiming (added, torrent, "127.0.0.2", "-NA0001-named named ", (guint32) length);
  id = their_id (named);
  g_assert_cmpuint (expect_request (named), ==, 0);
  send_data (named, id, 0, (guint32) length, info);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_DOWNLOADING);
  bt_test_wait (bt_test_n_peers (added) == 1);
  g_assert_false (named->ended);

  n_searches = dht_stats (taker).searches;
  bt_torrent_announce (added);
  g_assert_cmpuint (dht_stats (taker).searches, ==, n_searches);
  /* As it does for others. */
  bt_test_session_leech (taker, public);
  g_assert_cmpuint (dht_stats (taker).searches, >, n_searches);
}

/* What is not a torrent is said so, and a new start asks anew. */
static void
test_what_is_no_torrent (void)
{
  static const char info[] = "d4:name1:ae";
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) taker = bt_test_session_new (NULL);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *uri = NULL;
  g_autoptr (BtMagnet) magnet = NULL;
  BtTorrentOptions options = { .folder = taker->folder };
  BtTorrent *added;

  g_checksum_update (sum, (const guchar *) info, sizeof info - 1);
  uri = g_strconcat ("magnet:?xt=urn:btih:", g_checksum_get_string (sum), NULL);
  magnet = bt_magnet_new (uri, NULL);
  added = bt_session_add_magnet (taker->session, magnet, &options, NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *ip = g_strdup_printf ("127.0.0.%u", i + 2);
      g_autoptr (BtTestPeer) peer = NULL;
      guint8 id;

      hash_for_hello = magnet->info_hash;
      peer = meet_claiming (added, torrent, ip, "-NO0001-no torrent x", sizeof info - 1);
      hash_for_hello = NULL;
      id = their_id (peer);
      g_assert_cmpuint (expect_request (peer), ==, 0);
      send_data (peer, id, 0, sizeof info - 1, (const guint8 *) info);
      bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_ERROR);
      g_assert_error (bt_torrent_get_error (added), BT_ERROR, BT_ERROR_MALFORMED);
      bt_test_wait (peer->ended);
      bt_torrent_start (added);
      g_assert_cmpint (bt_torrent_get_state (added), ==, BT_TORRENT_METADATA);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (BtTestFolder) data_folder = bt_test_folder_new ();

  /* Parts of skipped files go into the user's data folder; a test's go here. */
  g_setenv ("XDG_DATA_HOME", data_folder, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine-metadata/lies/about-the-bytes", test_lie_about_the_bytes);
  g_test_add_data_func ("/engine-metadata/lies/about-the-size/small", GUINT_TO_POINTER (1), test_lie_about_the_size);
  g_test_add_data_func ("/engine-metadata/lies/about-the-size/32-mebibytes", GUINT_TO_POINTER (32 << 20), test_lie_about_the_size);
  g_test_add_data_func ("/engine-metadata/lies/about-the-size/over-the-limit", GUINT_TO_POINTER ((32 << 20) + 1), test_lie_about_the_size);
  g_test_add_data_func ("/engine-metadata/early-messages/count-later", GINT_TO_POINTER (TRUE), test_early_messages);
  g_test_add_data_func ("/engine-metadata/early-messages/are-judged-later", GINT_TO_POINTER (FALSE), test_early_messages);
  g_test_add_func ("/engine-metadata/early-messages/flood", test_early_flood);
  g_test_add_func ("/engine-metadata/early-messages/blocks", test_blocks_before_the_metadata);
  g_test_add_func ("/engine-metadata/peers-tell-of-peers", test_peers_tell_of_peers);
  g_test_add_func ("/engine-metadata/what-is-no-torrent", test_what_is_no_torrent);
  g_test_add_func ("/engine-metadata/gives-nothing-of-a-private-torrent", test_gives_nothing_of_a_private_torrent);
  g_test_add_func ("/engine-metadata/private-one-leaves-the-dht", test_private_one_leaves_the_dht);
  g_test_add_func ("/engine-metadata/gives-it-within-limits", test_gives_it_within_limits);
  g_test_add_func ("/engine-metadata/gives-it-to-a-late-reader", test_gives_it_to_a_late_reader);
  return g_test_run ();
}
