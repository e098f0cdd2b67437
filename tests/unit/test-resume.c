/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-resume.h"
#include "bt-sha.h"

#include <string.h>

#define PIECE_LENGTH (40u << 10)

/* Two files over five pieces of three blocks, the last a short one. */
static BtMetainfo *
make_metainfo (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  static const guint8 hashes[5 * BT_SHA1_LENGTH];
  BtBencodeWriter writer;
  BtMetainfo *metainfo;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "files");
  bt_bencode_begin_list (&writer);
  for (guint i = 0; i < 2; i++)
    {
      bt_bencode_begin_dict (&writer);
      bt_bencode_write_key (&writer, "length");
      bt_bencode_write_integer (&writer, i == 0 ? 100000 : 80000);
      bt_bencode_write_key (&writer, "path");
      bt_bencode_begin_list (&writer);
      bt_bencode_write_text (&writer, i == 0 ? "a" : "b");
      bt_bencode_end (&writer);
      bt_bencode_end (&writer);
    }
  bt_bencode_end (&writer);
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, "t");
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, PIECE_LENGTH);
  bt_bencode_write_key (&writer, "pieces");
  bt_bencode_write_string (&writer, hashes, sizeof hashes);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  metainfo = bt_metainfo_new (bytes, &error);
  g_assert_no_error (error);
  return metainfo;
}

static void
fill (BtResume *record)
{
  static const guint8 ip[4] = { 192, 0, 2, 7 };
  BtResumeTracker tracker = { .url = (char *) "http://t.example/announce", .tier = 1, .fails = 2, .seeds = 5, .leechers = -1 };
  BtFileNames *names;
  BtBitfield blocks;
  BtAddr addr;

  record->saved = 1700000000;
  record->clean = record->checked = record->sequential = TRUE;
  bt_bitfield_set (&record->have, 0);
  bt_bitfield_set (&record->have, 3);
  record->files[0] = (BtResumeFile){ .size = 99, .mtime = G_GINT64_CONSTANT (1700000000123456789), .priority = 3 };
  record->files[1].touched = TRUE;
  bt_bitfield_set (&record->place.created, 0);
  names = bt_file_names_rename (record->place.names, "t/b", "other name", NULL);
  bt_file_names_unref (record->place.names);
  record->place.names = names;
  record->done_folder = g_strdup ("/done/\xff");
  record->parts_size = 7;
  record->parts_mtime = 8;
  record->downloaded = 1000;
  record->uploaded = 2000;
  record->wasted = 3;
  record->active_time = 60;
  record->seeding_time = 30;
  record->finished_at = 1600000000;
  record->last_active = 1600000001;
  record->down_limit = 5000;
  bt_bitfield_init (&blocks, 3);
  bt_bitfield_set (&blocks, 1);
  bt_resume_add_partial (record, 2, &blocks);
  bt_bitfield_clear (&blocks);
  bt_addr_init_v4 (&addr, ip, 6881);
  g_array_append_val (record->peers, addr);
  g_assert_true (bt_addr_parse (&addr, "[2001:db8::1]:7000"));
  g_array_append_val (record->peers, addr);
  record->has_trackers = TRUE;
  bt_resume_add_tracker (record, &tracker);
}

static void
assert_same (const BtResume *a, const BtResume *b)
{
  g_autoptr (GBytes) one = bt_resume_encode (a), other = bt_resume_encode (b);

  g_assert_true (g_bytes_equal (one, other));
}

static void
test_reads_what_it_wrote (void)
{
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();
  const guint8 *hash = bt_metainfo_get_info_hash (metainfo);
  g_autoptr (BtResume) record = bt_resume_new (metainfo, hash);
  g_autoptr (BtResume) read = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  fill (record);
  bytes = bt_resume_encode (record);
  read = bt_resume_decode (bytes, metainfo, hash, &error);
  g_assert_no_error (error);
  assert_same (record, read);
  g_assert_true (bt_bitfield_get (&read->have, 3));
  g_assert_cmpuint (read->have.n_set, ==, 2);
  g_assert_cmpint (read->files[0].size, ==, 99);
  g_assert_cmpint (read->files[0].mtime, ==, G_GINT64_CONSTANT (1700000000123456789));
  g_assert_true (bt_bitfield_get (&read->place.created, 0) && read->files[1].touched);
  g_assert_cmpint (read->files[1].size, ==, -1);
  g_assert_cmpstr (bt_file_names_get (read->place.names, 1), ==, "t/other name");
  g_assert_cmpstr (read->done_folder, ==, "/done/\xff");
  g_assert_true (bt_bitfield_get (&g_array_index (read->partials, BtResumePartial, 0).blocks, 1));
  g_assert_cmpuint (read->peers->len, ==, 2);
  g_assert_cmpint (g_array_index (read->trackers, BtResumeTracker, 0).leechers, ==, -1);
  g_assert_cmpuint (read->uploaded, ==, 2000);
  g_assert_cmpuint (read->down_limit, ==, 5000);
}

static void
test_says_all_of_it_in_a_word (void)
{
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();
  const guint8 *hash = bt_metainfo_get_info_hash (metainfo);
  g_autoptr (BtResume) record = bt_resume_new (metainfo, hash);
  g_autoptr (BtResume) read = NULL;
  g_autoptr (GBytes) bytes = NULL;

  bt_bitfield_set_all (&record->have);
  bytes = bt_resume_encode (record);
  read = bt_resume_decode (bytes, metainfo, hash, NULL);
  g_assert_true (bt_bitfield_is_full (&read->have));
}

/* Of a magnet link; when the metainfo comes nothing on disk was looked at. */
static void
test_lives_without_metainfo (void)
{
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();
  const guint8 *hash = bt_metainfo_get_info_hash (metainfo);
  g_autoptr (BtResume) record = bt_resume_new (NULL, hash);
  g_autoptr (BtResume) without = NULL;
  g_autoptr (BtResume) with = NULL;
  g_autoptr (GBytes) bytes = NULL;

  record->checked = TRUE;
  record->uploaded = 5;
  bytes = bt_resume_encode (record);
  without = bt_resume_decode (bytes, NULL, hash, NULL);
  g_assert_cmpuint (without->uploaded, ==, 5);
  with = bt_resume_decode (bytes, metainfo, hash, NULL);
  g_assert_false (with->checked);
  g_assert_cmpuint (with->have.n_set, ==, 0);
}

static GBytes *
sealed (const char *dict, gsize length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 digest[BT_SHA1_LENGTH];

  bt_sha1 (dict, length, digest);
  g_byte_array_append (bytes, (const guint8 *) "FrRs", 4);
  g_byte_array_append (bytes, digest, sizeof digest);
  g_byte_array_append (bytes, (const guint8 *) dict, (guint) length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* Each takes a good dictionary and changes one thing. */
static const struct
{
  const char *name;
  const char *from, *to;
  int code;
} malformed[] = {
  { "later-version", "7:versioni1e6:wasted", "7:versioni2e6:wasted", BT_ERROR_UNSUPPORTED },
  { "have-too-short", "4:have1:\x90", "4:have0:", BT_ERROR_MALFORMED },
  { "have-spare-bit", "4:have1:\x90", "4:have1:\x91", BT_ERROR_MALFORMED },
  { "have-other-number", "4:have1:\x90", "4:havei4e", BT_ERROR_MALFORMED },
  { "have-no-string", "4:have1:\x90", "4:havele", BT_ERROR_MALFORMED },
  { "have-missing", "4:have1:\x90", "", BT_ERROR_MALFORMED },
  { "flags-short", "5:flags2:", "5:flags1:", BT_ERROR_MALFORMED },
  { "partial-out-of-range", "8:partialsli2e", "8:partialsli9e", BT_ERROR_MALFORMED },
  { "partial-negative", "8:partialsli2e", "8:partialsli-2e", BT_ERROR_MALFORMED },
  { "partial-without-blocks", "8:partialsli2e1:\x40" "e", "8:partialsli2ee", BT_ERROR_MALFORMED },
  { "partial-spare-bit", "8:partialsli2e1:\x40" "e", "8:partialsli2e1:\x41" "e", BT_ERROR_MALFORMED },
  { "name-climbs", "5:namesli1e12:t/other name", "5:namesli1e12:t/../r namex", BT_ERROR_MALFORMED },
  { "place-of-a-later-version", "7:versioni1ee5:saved", "7:versioni2ee5:saved", BT_ERROR_MALFORMED },
  { "done-folder-relative", "11:done folder7:/", "11:done folder7:x", BT_ERROR_MALFORMED },
  { "done-folder-no-text", "11:done folder7:/done/\xff", "11:done folderi1e", BT_ERROR_MALFORMED },
  { "place-no-dictionary", "5:placed7:created", "5:placei1e7:created", BT_ERROR_MALFORMED },
  { "peers-odd", "5:peers6:", "5:peers5:", BT_ERROR_MALFORMED },
  { "peers-no-string", "6:peers618:", "6:peers6i1e0:", BT_ERROR_MALFORMED },
  { "trackers-no-list", "8:trackersld", "8:trackersdd", BT_ERROR_MALFORMED },
  { "tracker-without-url", "3:url25:", "3:urm25:", BT_ERROR_MALFORMED },
  { "other-torrent", "4:hash20:", "4:hasi20:", BT_ERROR_MALFORMED },
};

static void
test_refuses (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();
  const guint8 *hash = bt_metainfo_get_info_hash (metainfo);
  g_autoptr (BtResume) record = bt_resume_new (metainfo, hash);
  g_autoptr (GBytes) good = NULL, bad = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) dict = g_string_new (NULL);
  const char *from = malformed[row].from;
  const char *text;
  gsize length;

  fill (record);
  good = bt_resume_encode (record);
  text = g_bytes_get_data (good, &length);
  g_string_append_len (dict, text + 24, (gssize) length - 24);
  text = memmem (dict->str, dict->len, from, strlen (from));
  g_assert_nonnull (text);
  length = (gsize) (text - dict->str);
  g_string_erase (dict, (gssize) length, (gssize) strlen (from));
  g_string_insert_len (dict, (gssize) length, malformed[row].to, (gssize) strlen (malformed[row].to));
  bad = sealed (dict->str, dict->len);
  g_assert_null (bt_resume_decode (bad, metainfo, hash, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == BT_ERROR);
  if (malformed[row].code != BT_ERROR_MALFORMED)
    g_assert_cmpint (error->code, ==, malformed[row].code);
}

/* Whichever byte changed on disk, it is noticed. */
static void
test_notices_every_changed_byte (void)
{
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();
  const guint8 *hash = bt_metainfo_get_info_hash (metainfo);
  g_autoptr (BtResume) record = bt_resume_new (metainfo, hash);
  g_autoptr (GBytes) good = NULL;
  gsize length;
  const guint8 *bytes;

  fill (record);
  good = bt_resume_encode (record);
  bytes = g_bytes_get_data (good, &length);
  for (gsize i = 0; i < length; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes, length);
      g_autoptr (GBytes) changed = NULL, cut = NULL;
      g_autoptr (GError) error = NULL;

      copy[i] ^= 0x20;
      changed = g_bytes_new (copy, length);
      g_assert_null (bt_resume_decode (changed, metainfo, hash, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
      cut = g_bytes_new (bytes, i);
      g_assert_null (bt_resume_decode (cut, metainfo, hash, NULL));
    }
}

static void
test_is_not_that_of_another (void)
{
  g_autoptr (BtMetainfo) metainfo = make_metainfo ();
  g_autoptr (BtResume) record = bt_resume_new (metainfo, bt_metainfo_get_info_hash (metainfo));
  g_autoptr (GBytes) bytes = bt_resume_encode (record);
  static const guint8 other[BT_SHA1_LENGTH];

  g_assert_null (bt_resume_decode (bytes, metainfo, other, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/resume/reads-what-it-wrote", test_reads_what_it_wrote);
  g_test_add_func ("/resume/says-all-of-it-in-a-word", test_says_all_of_it_in_a_word);
  g_test_add_func ("/resume/lives-without-metainfo", test_lives_without_metainfo);
  g_test_add_func ("/resume/notices-every-changed-byte", test_notices_every_changed_byte);
  g_test_add_func ("/resume/is-not-that-of-another", test_is_not_that_of_another);
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *path = g_strdup_printf ("/resume/refuses/%s", malformed[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refuses);
    }
  return g_test_run ();
}
