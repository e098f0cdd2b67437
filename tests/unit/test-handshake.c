/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-handshake.h"

#include "bt-test.h"

static const guint8 hash[] = "hash-of-20-bytes----";
static const guint8 id[] = "-FE0100-abcdefghijkl";

static void
fill (BtHandshake *handshake, guint caps)
{
  handshake->caps = caps;
  memcpy (handshake->info_hash, hash, BT_SHA1_LENGTH);
  memcpy (handshake->peer_id, id, BT_PEER_ID_LENGTH);
}

static void
test_capabilities_come_back (void)
{
  for (guint caps = 0; caps < 16; caps++)
    {
      guint8 bytes[BT_HANDSHAKE_LENGTH];
      BtHandshake out, in;
      gboolean have_hash;

      fill (&out, caps);
      bt_handshake_write (&out, bytes);
      g_assert_cmpint (bt_handshake_read (&in, bytes, sizeof bytes, &have_hash), ==, BT_DECODE_OK);
      g_assert_true (have_hash);
      g_assert_cmpuint (in.caps, ==, caps);
      g_assert_cmpmem (in.info_hash, BT_SHA1_LENGTH, hash, BT_SHA1_LENGTH);
      g_assert_cmpmem (in.peer_id, BT_PEER_ID_LENGTH, id, BT_PEER_ID_LENGTH);
    }
}

static void
test_bytes_are_those_of_the_specification (void)
{
  guint8 bytes[BT_HANDSHAKE_LENGTH];
  BtHandshake out;

  fill (&out, BT_CAP_DHT | BT_CAP_FAST | BT_CAP_EXTENSION);
  bt_handshake_write (&out, bytes);
  g_assert_cmpmem (bytes, 28, "\x13" "BitTorrent protocol\0\0\0\0\0\x10\0\x05", 28);
}

static void
test_unknown_bits_are_ignored (void)
{
  guint8 bytes[BT_HANDSHAKE_LENGTH];
  BtHandshake out, in;
  gboolean have_hash;

  fill (&out, 0);
  bt_handshake_write (&out, bytes);
  memset (bytes + 20, 0xff, 8);
  g_assert_cmpint (bt_handshake_read (&in, bytes, sizeof bytes, &have_hash), ==, BT_DECODE_OK);
  g_assert_cmpuint (in.caps, ==, BT_CAP_DHT | BT_CAP_FAST | BT_CAP_HYBRID_V2 | BT_CAP_EXTENSION);
}

/* An answer may go out at byte 48: a check from outside sends no peer id. */
static void
test_cut_waits_and_hash_comes_first (void)
{
  guint8 bytes[BT_HANDSHAKE_LENGTH];
  BtHandshake out, in;

  fill (&out, BT_CAP_FAST);
  bt_handshake_write (&out, bytes);
  for (gsize length = 0; length < sizeof bytes; length++)
    {
      g_autofree guint8 *copy = bt_test_copy (bytes, length);
      gboolean have_hash;

      g_assert_cmpint (bt_handshake_read (&in, copy, length, &have_hash), ==, BT_DECODE_MORE);
      g_assert_cmpint (have_hash, ==, length >= 48);
      if (have_hash)
        g_assert_cmpmem (in.info_hash, BT_SHA1_LENGTH, hash, BT_SHA1_LENGTH);
    }
}

static void
test_wrong_name_is_bad_at_its_first_byte (void)
{
  guint8 bytes[BT_HANDSHAKE_LENGTH];
  BtHandshake out, in;
  gboolean have_hash;

  fill (&out, 0);
  for (gsize wrong = 0; wrong < 20; wrong++)
    {
      bt_handshake_write (&out, bytes);
      bytes[wrong] ^= 0x20;
      g_assert_cmpint (bt_handshake_read (&in, bytes, wrong, &have_hash), ==, BT_DECODE_MORE);
      g_assert_cmpint (bt_handshake_read (&in, bytes, wrong + 1, &have_hash), ==, BT_DECODE_BAD);
      g_assert_cmpint (bt_handshake_read (&in, bytes, sizeof bytes, &have_hash), ==, BT_DECODE_BAD);
      g_assert_false (have_hash);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handshake/capabilities/come-back", test_capabilities_come_back);
  g_test_add_func ("/handshake/bytes/are-those-of-the-specification", test_bytes_are_those_of_the_specification);
  g_test_add_func ("/handshake/unknown-bits/are-ignored", test_unknown_bits_are_ignored);
  g_test_add_func ("/handshake/cut/waits-and-hash-comes-first", test_cut_waits_and_hash_comes_first);
  g_test_add_func ("/handshake/wrong-name/is-bad-at-its-first-byte", test_wrong_name_is_bad_at_its_first_byte);
  return g_test_run ();
}
