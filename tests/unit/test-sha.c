/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-sha.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *text;
  guint repeat;
  const char *sha1;
  const char *sha256;
} Row;

/* FIPS 180 examples. */
static const Row rows[] = {
  { "empty", "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { "abc", "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { "two-blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
  { "million-a", "aaaaaaaaaa", 100000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

static void
test_digest (gconstpointer data)
{
  const Row *row = data;
  g_autoptr(GString) all = g_string_new (NULL);
  g_autofree char *sha1_hex = NULL, *sha256_hex = NULL;
  guint8 sha1[BT_SHA1_LENGTH], sha256[BT_SHA256_LENGTH], again[BT_SHA256_LENGTH];
  BtSha1 stream1;
  BtSha256 stream256;

  bt_sha1_init (&stream1);
  bt_sha256_init (&stream256);
  for (guint i = 0; i < row->repeat; i++)
    {
      g_string_append (all, row->text);
      bt_sha1_update (&stream1, row->text, strlen (row->text));
      bt_sha256_update (&stream256, row->text, strlen (row->text));
    }
  bt_sha1 (all->str, all->len, sha1);
  bt_sha256 (all->str, all->len, sha256);
  sha1_hex = bt_test_to_hex (sha1, sizeof sha1);
  sha256_hex = bt_test_to_hex (sha256, sizeof sha256);
  g_assert_cmpstr (sha1_hex, ==, row->sha1);
  g_assert_cmpstr (sha256_hex, ==, row->sha256);

  bt_sha1_finish (&stream1, again);
  g_assert_cmpmem (again, BT_SHA1_LENGTH, sha1, BT_SHA1_LENGTH);
  bt_sha256_finish (&stream256, again);
  g_assert_cmpmem (again, BT_SHA256_LENGTH, sha256, BT_SHA256_LENGTH);
}

static void
test_finish_begins_anew (void)
{
  guint8 first[BT_SHA1_LENGTH], second[BT_SHA1_LENGTH];
  BtSha1 sha;

  bt_sha1_init (&sha);
  for (guint i = 0; i < 2; i++)
    {
      bt_sha1_update (&sha, "abc", 3);
      bt_sha1_finish (&sha, i == 0 ? first : second);
    }
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
}

static void
test_null_is_nothing (void)
{
  guint8 with[BT_SHA256_LENGTH], without[BT_SHA256_LENGTH];

  bt_sha256 (NULL, 0, with);
  bt_sha256 ("", 0, without);
  g_assert_cmpmem (with, sizeof with, without, sizeof without);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/sha/digest", rows, test_digest);
  g_test_add_func ("/sha/finish/begins-anew", test_finish_begins_anew);
  g_test_add_func ("/sha/null/is-nothing", test_null_is_nothing);
  return g_test_run ();
}
