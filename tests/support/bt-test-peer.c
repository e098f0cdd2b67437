/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"

#include "bt-handshake.h"
#include "bt-test-loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* Behind the engine's 150: what is sent in parts is read in parts. */
#define TEST_PRIORITY 200

static void
handle (BtTestPeer *self, BtTestMessage *message)
{
  BtBlock block;

  if (self->torrent == NULL)
    {
      g_queue_push_tail (&self->messages, message);
      return;
    }
  switch (message->id)
    {
    case BT_WIRE_INTERESTED:
      bt_test_peer_send_message (self, BT_WIRE_UNCHOKE, NULL, 0);
      break;
    case BT_WIRE_REQUEST:
      block = bt_test_message_block (message);
      self->n_asked++;
      if (self->answer != NULL)
        self->answer (self, &block, self->data);
      else if (!self->silent)
        bt_test_peer_answer (self, &block);
      break;
    case BT_WIRE_CANCEL:
      self->n_cancelled++;
      break;
    default:
      break;
    }
  g_queue_push_tail (&self->messages, message);
}

static gboolean
take_message (BtTestPeer *self)
{
  const guint8 *bytes = bt_buffer_peek (&self->input);
  gsize length = bt_buffer_length (&self->input);
  BtTestMessage *message;
  guint32 n;

  if (length < 4)
    return FALSE;
  memcpy (&n, bytes, 4);
  n = GUINT32_FROM_BE (n);
  g_assert_cmpuint (n, <, 1 << 20);
  if (length < 4 + (gsize) n)
    return FALSE;
  message = g_new0 (BtTestMessage, 1);
  message->id = n == 0 ? -1 : bytes[4];
  message->length = n == 0 ? 0 : n - 1;
  message->payload = g_memdup2 (bytes + 5, message->length);
  bt_buffer_consume (&self->input, 4 + (gsize) n);
  handle (self, message);
  return TRUE;
}

static void
take_input (BtTestPeer *self)
{
  if (!self->greeted)
    {
      if (bt_buffer_length (&self->input) < sizeof self->hello)
        return;
      memcpy (self->hello, bt_buffer_peek (&self->input), sizeof self->hello);
      bt_buffer_consume (&self->input, sizeof self->hello);
      self->greeted = TRUE;
    }
  while (take_message (self))
    ;
}

static gboolean
in_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  BtTestPeer *self = data;
  gssize n = g_socket_receive (socket, (char *) bt_buffer_reserve (&self->input, 65536), 65536, NULL, NULL);

  if (n <= 0)
    {
      self->ended = TRUE;
      return G_SOURCE_REMOVE;
    }
  bt_buffer_commit (&self->input, (gsize) n);
  take_input (self);
  return G_SOURCE_CONTINUE;
}

static void
listen_to_it (BtTestPeer *self)
{
  self->in = g_socket_create_source (self->socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_priority (self->in, TEST_PRIORITY);
  g_source_set_callback (self->in, G_SOURCE_FUNC (in_cb), self, NULL);
  g_source_attach (self->in, NULL);
}

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static BtTestPeer *
peer_new (GSocket *socket)
{
  BtTestPeer *self = g_new0 (BtTestPeer, 1);

  self->socket = socket;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_queue_init (&self->messages);
  bt_rng_seed (&self->rng, 1);
  listen_to_it (self);
  return self;
}

BtTestPeer *
bt_test_peer_dial_from (const char *ip, guint16 port)
{
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (ip, 0);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_socket_bind (socket, local, FALSE, &error));
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  return peer_new (socket);
}

BtTestPeer *
bt_test_peer_dial (guint16 port)
{
  return bt_test_peer_dial_from ("127.0.0.1", port);
}

GSocket *
bt_test_door_new_at (const char *ip, guint16 *port)
{
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (ip, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_socket_bind (socket, address, FALSE, &error));
  g_assert_true (g_socket_listen (socket, &error));
  g_socket_set_blocking (socket, FALSE);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return socket;
}

GSocket *
bt_test_door_new (guint16 *port)
{
  return bt_test_door_new_at ("127.0.0.1", port);
}

gboolean
bt_test_door_rings (GSocket *door)
{
  return (g_socket_condition_check (door, G_IO_IN) & G_IO_IN) != 0;
}

static gboolean
nothing_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

BtTestPeer *
bt_test_peer_accept (GSocket *door)
{
  GSource *source = g_socket_create_source (door, G_IO_IN, NULL);
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  g_source_set_callback (source, G_SOURCE_FUNC (nothing_cb), NULL, NULL);
  g_source_attach (source, NULL);
  bt_test_wait (bt_test_door_rings (door));
  drop_source (&source);
  socket = g_socket_accept (door, NULL, &error);
  g_assert_no_error (error);
  return peer_new (socket);
}

void
bt_test_message_free (BtTestMessage *self)
{
  g_free (self->payload);
  g_free (self);
}

void
bt_test_peer_forget (BtTestPeer *self)
{
  g_queue_clear_full (&self->messages, (GDestroyNotify) bt_test_message_free);
}

void
bt_test_peer_free (BtTestPeer *self)
{
  drop_source (&self->in);
  drop_source (&self->out);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  bt_buffer_clear (&self->input);
  bt_buffer_clear (&self->output);
  bt_bitfield_clear (&self->pieces);
  bt_test_peer_forget (self);
  g_free (self);
}

static gboolean
out_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  BtTestPeer *self = data;
  gsize n = bt_buffer_length (&self->output);
  gssize sent;

  if (self->most > 0)
    {
      guint32 part = 1 + bt_rng_below (&self->rng, self->most);

      n = MIN (n, part);
    }
  sent = g_socket_send (socket, (const char *) bt_buffer_peek (&self->output), n, NULL, NULL);
  if (sent > 0)
    bt_buffer_consume (&self->output, (gsize) sent);
  else
    bt_buffer_clear (&self->output);
  if (bt_buffer_length (&self->output) > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->out, g_source_unref);
  return G_SOURCE_REMOVE;
}

void
bt_test_peer_send (BtTestPeer *self, const void *bytes, gsize length)
{
  bt_buffer_append (&self->output, bytes, length);
  if (self->out != NULL || length == 0)
    return;
  self->out = g_socket_create_source (self->socket, G_IO_OUT, NULL);
  g_source_set_priority (self->out, TEST_PRIORITY);
  g_source_set_callback (self->out, G_SOURCE_FUNC (out_cb), self, NULL);
  g_source_attach (self->out, NULL);
}

void
bt_test_peer_send_handshake (BtTestPeer *self, const BtTestTorrent *torrent, const char *peer_id, gboolean fast)
{
  BtHandshake hello = { .caps = fast ? BT_CAP_FAST : 0 };
  guint8 bytes[BT_HANDSHAKE_LENGTH];

  self->fast = fast;
  memcpy (hello.info_hash, bt_metainfo_get_info_hash (torrent->metainfo), BT_SHA1_LENGTH);
  g_assert_cmpuint (strlen (peer_id), ==, BT_PEER_ID_LENGTH);
  memcpy (hello.peer_id, peer_id, BT_PEER_ID_LENGTH);
  bt_handshake_write (&hello, bytes);
  bt_test_peer_send (self, bytes, sizeof bytes);
}

void
bt_test_peer_send_message (BtTestPeer *self, guint8 id, const void *payload, gsize length)
{
  guint32 n = GUINT32_TO_BE ((guint32) (1 + length));

  bt_test_peer_send (self, &n, 4);
  bt_test_peer_send (self, &id, 1);
  bt_test_peer_send (self, payload, length);
}

void
bt_test_peer_send_index (BtTestPeer *self, guint8 id, guint32 piece)
{
  guint32 index = GUINT32_TO_BE (piece);

  bt_test_peer_send_message (self, id, &index, 4);
}

void
bt_test_peer_send_block (BtTestPeer *self, guint8 id, const BtBlock *block)
{
  guint32 words[3] = { GUINT32_TO_BE (block->piece), GUINT32_TO_BE (block->begin), GUINT32_TO_BE (block->length) };

  bt_test_peer_send_message (self, id, words, sizeof words);
}

void
bt_test_peer_send_piece (BtTestPeer *self, const BtBlock *block, const guint8 *bytes)
{
  guint8 header[BT_WIRE_PIECE_HEADER];

  bt_wire_write_piece_header (header, block);
  bt_test_peer_send (self, header, sizeof header);
  bt_test_peer_send (self, bytes, block->length);
}

void
bt_test_peer_flush (BtTestPeer *self)
{
  bt_test_wait (bt_buffer_length (&self->output) == 0);
}

void
bt_test_peer_be_deaf (BtTestPeer *self, gboolean deaf)
{
  if (deaf)
    drop_source (&self->in);
  else if (self->in == NULL)
    listen_to_it (self);
}

static int
find_other_end (BtTestPeer *self)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (self->socket, NULL);
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));

  for (int fd = 3; fd < 1024; fd++)
    {
      struct sockaddr_in remote;
      socklen_t length = sizeof remote;

      if (getpeername (fd, (struct sockaddr *) &remote, &length) == 0 && remote.sin_family == AF_INET && ntohs (remote.sin_port) == port)
        return fd;
    }
  return -1;
}

void
bt_test_peer_set_room (BtTestPeer *self, int bytes)
{
  g_assert_cmpint (setsockopt (find_other_end (self), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes), ==, 0);
}

gboolean
bt_test_peer_heard (BtTestPeer *self, int id)
{
  for (GList *l = self->messages.head; l != NULL; l = l->next)
    if (((BtTestMessage *) l->data)->id == id)
      return TRUE;
  return FALSE;
}

BtTestMessage *
bt_test_peer_expect (BtTestPeer *self, int id)
{
  BtTestMessage *message;

  bt_test_wait (bt_test_peer_heard (self, id) || self->ended);
  for (;;)
    {
      message = g_queue_pop_head (&self->messages);
      if (message == NULL)
        g_error ("The connection ended before a message %d came", id);
      if (message->id == id)
        return message;
      bt_test_message_free (message);
    }
}

BtBlock
bt_test_message_block (const BtTestMessage *self)
{
  guint32 words[3] = { 0 };

  g_assert_cmpuint (self->length, >=, 8);
  memcpy (words, self->payload, MIN (self->length, sizeof words));
  return (BtBlock){ GUINT32_FROM_BE (words[0]), GUINT32_FROM_BE (words[1]),
                    self->id == BT_WIRE_PIECE ? (guint32) self->length - 8 : GUINT32_FROM_BE (words[2]) };
}

void
bt_test_peer_answer (BtTestPeer *self, const BtBlock *block)
{
  bt_test_peer_send_piece (self, block, self->torrent->content + (gsize) block->piece * self->torrent->piece_length + block->begin);
}

void
bt_test_peer_be_seed (BtTestPeer *self, const BtTestTorrent *torrent, const BtBitfield *pieces, const char *peer_id, gboolean fast)
{
  self->torrent = torrent;
  if (pieces != NULL)
    bt_bitfield_copy (&self->pieces, pieces);
  else
    {
      bt_bitfield_init (&self->pieces, torrent->n_pieces);
      bt_bitfield_set_all (&self->pieces);
    }
  bt_test_peer_send_handshake (self, torrent, peer_id, fast);
  if (fast && pieces == NULL)
    bt_test_peer_send_message (self, BT_WIRE_HAVE_ALL, NULL, 0);
  else
    bt_test_peer_send_message (self, BT_WIRE_BITFIELD, self->pieces.bytes, bt_bitfield_n_bytes (&self->pieces));
}

void
bt_test_peer_be_leech (BtTestPeer *self, const BtTestTorrent *torrent, const char *peer_id, gboolean fast)
{
  g_autoptr (BtTestMessage) unchoke = NULL;

  bt_test_peer_send_handshake (self, torrent, peer_id, fast);
  if (fast)
    bt_test_peer_send_message (self, BT_WIRE_HAVE_NONE, NULL, 0);
  bt_test_peer_send_message (self, BT_WIRE_INTERESTED, NULL, 0);
  unchoke = bt_test_peer_expect (self, BT_WIRE_UNCHOKE);
}

void
bt_test_peer_fetch (BtTestPeer *self, const BtTestTorrent *torrent, guint32 piece)
{
  guint32 size = bt_test_torrent_piece_size (torrent, piece);
  const guint8 *right = torrent->content + (gsize) piece * torrent->piece_length;

  for (guint32 begin = 0; begin < size; begin += BT_BLOCK_SIZE)
    {
      BtBlock block = { piece, begin, MIN (BT_BLOCK_SIZE, size - begin) };

      bt_test_peer_send_block (self, BT_WIRE_REQUEST, &block);
    }
  for (guint32 begin = 0; begin < size; begin += BT_BLOCK_SIZE)
    {
      g_autoptr (BtTestMessage) message = bt_test_peer_expect (self, BT_WIRE_PIECE);
      BtBlock block = bt_test_message_block (message);

      g_assert_cmpuint (block.piece, ==, piece);
      g_assert_cmpuint (block.begin, ==, begin);
      g_assert_cmpuint (block.length, ==, MIN (BT_BLOCK_SIZE, size - begin));
      g_assert_true (memcmp (message->payload + 8, right + begin, block.length) == 0);
    }
}
