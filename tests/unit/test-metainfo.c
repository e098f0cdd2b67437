/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"
#include "bt-metainfo.h"

#include "bt-test.h"

/* Torrents of one piece, put together from the parts that a row is about. */
#define PIECES "6:pieces20:aaaaaaaaaaaaaaaaaaaa"
#define ROOT "11:pieces root32:rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
#define V1(files) "d4:infod" files "4:name1:n12:piece lengthi16384e" PIECES "ee"
#define V2(tree) "d4:infod9:file treed" tree "e12:meta versioni2e4:name1:n12:piece lengthi16384eee"
#define HYBRID(tree, files) \
  "d4:infod9:file treed" tree "e" files "12:meta versioni2e4:name1:n12:piece lengthi16384e" PIECES "ee"

static BtMetainfo *
read_text (const char *text, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return bt_metainfo_new (bytes, error);
}

/* The files that are not padding: "PATH" or "PATH->TARGET", with '|' between. */
static char *
dup_paths (BtMetainfo *metainfo)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *file = bt_metainfo_get_file (metainfo, i);

      if (file->flags & BT_FILE_PAD)
        continue;
      g_string_append_printf (all, "%s%s", all->len > 0 ? "|" : "", file->path);
      g_assert_cmpint (file->symlink_target != NULL, ==, (file->flags & BT_FILE_SYMLINK) != 0);
      if (file->symlink_target != NULL)
        g_string_append_printf (all, "->%s", file->symlink_target);
    }
  return g_string_free (all, FALSE);
}

typedef struct
{
  const char *name;
  const char *text;
  const char *paths;
} PathRow;

static const PathRow path_rows[] = {
  { "single", V1 ("6:lengthi1e"), "n" },
  { "several", V1 ("5:filesld6:lengthi1e4:pathl1:aeed6:lengthi1e4:pathl1:d1:beee"), "n/a|n/d/b" },
  { "files-win-over-length", V1 ("5:filesld6:lengthi1e4:pathl1:aeee6:lengthi7e"), "n/a" },
  { "climbs", V1 ("5:filesld6:lengthi1e4:pathl2:..2:..3:etc6:passwdeee"), "n/etc/passwd" },
  { "climbs-in-one-element", V1 ("5:filesld6:lengthi1e4:pathl12:../../passwdeee"), "n/....passwd" },
  { "absolute", V1 ("5:filesld6:lengthi1e4:pathl0:4:/etc1:xeee"), "n/etc/x" },
  { "only-dots", V1 ("5:filesld6:lengthi1e4:pathl1:.2:..eee"), "n/_" },
  { "only-dots-twice", V1 ("5:filesld6:lengthi1e4:pathl1:.eed6:lengthi1e4:pathl2:..eee"), "n/_|n/_.1" },
  { "twins", V1 ("5:filesld6:lengthi1e4:pathl5:a.txteed6:lengthi1e4:pathl5:a.txteee"), "n/a.txt|n/a.1.txt" },
  { "twins-but-case", V1 ("5:filesld6:lengthi1e4:pathl5:a.txteed6:lengthi1e4:pathl5:A.TXTeee"), "n/a.txt|n/A.1.TXT" },
  { "twins-after-cleaning", V1 ("5:filesld6:lengthi1e4:pathl2:a\need6:lengthi1e4:pathl2:a\teee"), "n/a_|n/a_.1" },
  { "triplets-and-a-taken-name",
    V1 ("5:filesld6:lengthi1e4:pathl3:a.1eed6:lengthi1e4:pathl1:aeed6:lengthi1e4:pathl1:aeed6:lengthi1e4:pathl1:aeee"),
    "n/a.1|n/a|n/a.2|n/a.3" },
  { "file-then-folder", V1 ("5:filesld6:lengthi1e4:pathl1:aeed6:lengthi1e4:pathl1:a1:beee"), "n/a.1|n/a/b" },
  { "folder-then-file", V1 ("5:filesld6:lengthi1e4:pathl1:a1:beed6:lengthi1e4:pathl1:Aeee"), "n/a/b|n/A.1" },
  { "folder-far-behind", V1 ("5:filesld6:lengthi1e4:pathl1:aeed6:lengthi1e4:pathl1:beed6:lengthi1e4:pathl1:a1:c1:deee"), "n/a.1|n/b|n/a/c/d" },
  { "folders-but-case-stay", V1 ("5:filesld6:lengthi1e4:pathl1:D1:aeed6:lengthi1e4:pathl1:d1:beee"), "n/D/a|n/d/b" },
  { "folders-but-case-with-twins", V1 ("5:filesld6:lengthi1e4:pathl1:D1:aeed6:lengthi1e4:pathl1:d1:Aeee"), "n/D/a|n/d/A.1" },
  { "utf-8-wins", V1 ("5:filesld6:lengthi1e4:pathl4:\xb5\xe7\xd3\xb0" "e10:path.utf-8l6:\347\224\265\345\275\261eee"), "n/\347\224\265\345\275\261" },
  { "utf-8-is-no-list", V1 ("5:filesld6:lengthi1e4:pathl1:ae10:path.utf-81:bee"), "n/a" },
  { "pads-are-no-files", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:p6:lengthi9e4:pathl4:.pad1:9eee"), "n/a" },
  { "pads-of-bitcomet", V1 ("5:filesld6:lengthi1e4:pathl1:aeed6:lengthi9e4:pathl20:_____padding_file_0_eee"), "n/a" },
  { "pads-without-a-path", V1 ("5:filesld4:attr1:p6:lengthi9eed6:lengthi1e4:pathl1:aeee"), "n/a" },
  { "link", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l4:pathl1:be12:symlink pathl1:aeee"), "n/a|n/b->a" },
  { "link-to-a-folder", V1 ("5:filesld6:lengthi1e4:pathl1:d1:aeed4:attr1:l4:pathl1:be12:symlink pathl1:deee"), "n/d/a|n/b->d" },
  { "link-from-its-own-folder", V1 ("5:filesld6:lengthi1e4:pathl1:d1:aeed4:attr1:l4:pathl1:d1:be12:symlink pathl1:aeee"), "n/d/a|n/d/b->d/a" },
  { "link-out-is-a-file", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l4:pathl1:be12:symlink pathl2:..2:..3:etceee"), "n/a|n/b" },
  { "link-to-nothing-is-a-file", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l4:pathl1:be12:symlink pathl1:zeee"), "n/a|n/b" },
  { "link-to-itself-is-a-file", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l4:pathl1:be12:symlink pathl1:beee"), "n/a|n/b" },
  { "link-without-a-path-is-a-file", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l4:pathl1:beee"), "n/a|n/b" },
  { "link-of-some-length", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l6:lengthi99999e4:pathl1:be12:symlink pathl1:aeee"), "n/a|n/b->a" },
  { "first-of-two-keys", V1 ("5:filesld6:lengthi1e4:pathl1:ae4:pathl1:beee"), "n/a" },
  { "v2-single", V2 ("1:ad0:d6:lengthi1e" ROOT "ee"), "a" },
  { "v2-several", V2 ("1:ad0:d6:lengthi1e" ROOT "ee1:bd0:d6:lengthi0eee"), "n/a|n/b" },
  { "v2-folder", V2 ("1:dd1:ad0:d6:lengthi1e" ROOT "eee"), "n/d/a" },
  { "v2-climbs", V2 ("2:..d1:ad0:d6:lengthi1e" ROOT "eee"), "n/_/a" },
  { "v2-twins", V2 ("1:Ad0:d6:lengthi1e" ROOT "ee1:ad0:d6:lengthi1e" ROOT "ee"), "n/A|n/a.1" },
  { "v2-single-of-dots", V2 ("2:..d0:d6:lengthi1e" ROOT "ee"), "_" },
  { "hybrid-single", HYBRID ("1:nd0:d6:lengthi1e" ROOT "ee", "6:lengthi1e"), "n" },
  { "hybrid-several", HYBRID ("1:ad0:d6:lengthi1e" ROOT "ee1:bd0:d6:lengthi0eee", "5:filesld6:lengthi1e4:pathl1:aeed6:lengthi0e4:pathl1:beee"), "n/a|n/b" },
};

static void
test_paths (gconstpointer data)
{
  const PathRow *row = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(BtMetainfo) metainfo = read_text (row->text, &error);
  g_autofree char *paths = NULL;

  g_assert_no_error (error);
  paths = dup_paths (metainfo);
  g_assert_cmpstr (paths, ==, row->paths);
}

typedef struct
{
  const char *name;
  const char *text;
  BtError code;
} BadRow;

#define DEEP "l1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1" \
             "1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1" \
             "1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1:x1e"

static const BadRow bad_rows[] = {
  { "empty", "", BT_ERROR_MALFORMED },
  { "text", "hello", BT_ERROR_MALFORMED },
  { "list", "le", BT_ERROR_MALFORMED },
  { "no-info", "d8:announce1:xe", BT_ERROR_MALFORMED },
  { "info-is-a-list", "d4:infolee", BT_ERROR_MALFORMED },
  { "info-is-empty", "d4:infodee", BT_ERROR_MALFORMED },
  { "no-name", "d4:infod6:lengthi1e12:piece lengthi16384e" PIECES "ee", BT_ERROR_MALFORMED },
  { "name-is-a-number", "d4:infod6:lengthi1e4:namei1e12:piece lengthi16384e" PIECES "ee", BT_ERROR_MALFORMED },
  { "name-is-empty", "d4:infod6:lengthi1e4:name0:12:piece lengthi16384e" PIECES "ee", BT_ERROR_MALFORMED },
  { "no-piece-length", "d4:infod6:lengthi1e4:name1:n" PIECES "ee", BT_ERROR_MALFORMED },
  { "piece-length-zero", "d4:infod6:lengthi1e4:name1:n12:piece lengthi0e" PIECES "ee", BT_ERROR_MALFORMED },
  { "piece-length-negative", "d4:infod6:lengthi1e4:name1:n12:piece lengthi-1e" PIECES "ee", BT_ERROR_MALFORMED },
  { "piece-length-huge", "d4:infod6:lengthi1e4:name1:n12:piece lengthi536854529e" PIECES "ee", BT_ERROR_MALFORMED },
  { "no-pieces", "d4:infod6:lengthi1e4:name1:n12:piece lengthi16384eee", BT_ERROR_MALFORMED },
  { "pieces-ragged", "d4:infod6:lengthi1e4:name1:n12:piece lengthi16384e6:pieces19:aaaaaaaaaaaaaaaaaaaee", BT_ERROR_MALFORMED },
  { "pieces-empty", "d4:infod6:lengthi1e4:name1:n12:piece lengthi16384e6:pieces0:ee", BT_ERROR_MALFORMED },
  { "pieces-too-few", V1 ("6:lengthi16385e"), BT_ERROR_MALFORMED },
  { "pieces-too-many", "d4:infod6:lengthi1e4:name1:n12:piece lengthi16384e6:pieces40:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaee", BT_ERROR_MALFORMED },
  { "no-length", V1 (""), BT_ERROR_MALFORMED },
  { "length-zero", V1 ("6:lengthi0e"), BT_ERROR_MALFORMED },
  { "length-negative", V1 ("6:lengthi-1e"), BT_ERROR_MALFORMED },
  { "length-of-too-many-pieces", V1 ("6:lengthi34359754753e"), BT_ERROR_TOO_LARGE },
  { "length-huge", V1 ("6:lengthi9223372036854775807e"), BT_ERROR_TOO_LARGE },
  { "files-empty", V1 ("5:filesle"), BT_ERROR_MALFORMED },
  { "files-of-no-bytes", V1 ("5:filesld6:lengthi0e4:pathl1:aeee"), BT_ERROR_MALFORMED },
  { "file-is-a-number", V1 ("5:filesli1ee"), BT_ERROR_MALFORMED },
  { "file-without-length", V1 ("5:filesld4:pathl1:aeee"), BT_ERROR_MALFORMED },
  { "file-of-negative-length", V1 ("5:filesld6:lengthi-1e4:pathl1:aeee"), BT_ERROR_MALFORMED },
  { "file-without-path", V1 ("5:filesld6:lengthi1eee"), BT_ERROR_MALFORMED },
  { "file-of-empty-path", V1 ("5:filesld6:lengthi1e4:pathleee"), BT_ERROR_MALFORMED },
  { "file-path-of-numbers", V1 ("5:filesld6:lengthi1e4:pathli1eeee"), BT_ERROR_MALFORMED },
  { "file-path-is-a-string", V1 ("5:filesld6:lengthi1e4:path1:aee"), BT_ERROR_MALFORMED },
  { "file-very-deep", V1 ("5:filesld6:lengthi1e4:path" DEEP "ee"), BT_ERROR_MALFORMED },
  { "lengths-overflow",
    V1 ("5:filesld6:lengthi9223372036854775807e4:pathl1:aeed6:lengthi9223372036854775807e4:pathl1:beed6:lengthi3e4:pathl1:ceee"),
    BT_ERROR_TOO_LARGE },
  { "link-of-a-number", V1 ("5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l4:pathl1:be12:symlink pathli1eeee"), BT_ERROR_MALFORMED },
  { "version-3", "d4:infod6:lengthi1e12:meta versioni3e4:name1:n12:piece lengthi16384e" PIECES "ee", BT_ERROR_UNSUPPORTED },
  { "v2-without-tree", "d4:infod12:meta versioni2e4:name1:n12:piece lengthi16384eee", BT_ERROR_MALFORMED },
  { "v2-tree-is-empty", V2 (""), BT_ERROR_MALFORMED },
  { "v2-tree-is-a-file", V2 ("0:d6:lengthi1e" ROOT "e"), BT_ERROR_MALFORMED },
  { "v2-file-is-a-number", V2 ("1:ai1e"), BT_ERROR_MALFORMED },
  { "v2-file-beside-a-folder", V2 ("1:ad0:d6:lengthi1e" ROOT "e1:bdee"), BT_ERROR_MALFORMED },
  { "v2-no-root", V2 ("1:ad0:d6:lengthi1eee"), BT_ERROR_MALFORMED },
  { "v2-short-root", V2 ("1:ad0:d6:lengthi1e11:pieces root3:abcee"), BT_ERROR_MALFORMED },
  { "v2-no-length", V2 ("1:ad0:d" ROOT "ee"), BT_ERROR_MALFORMED },
  { "v2-pad", V2 ("1:ad0:d4:attr1:p6:lengthi1e" ROOT "ee"), BT_ERROR_MALFORMED },
  { "v2-unsorted", V2 ("1:bd0:d6:lengthi1e" ROOT "ee1:ad0:d6:lengthi1e" ROOT "ee"), BT_ERROR_MALFORMED },
  { "v2-twice", V2 ("1:ad0:d6:lengthi1e" ROOT "ee1:ad0:d6:lengthi1e" ROOT "ee"), BT_ERROR_MALFORMED },
  { "v2-leading-zero", V2 ("1:ad0:d6:lengthi01e" ROOT "ee"), BT_ERROR_MALFORMED },
  { "v2-piece-length-no-power", "d4:infod9:file treed1:ad0:d6:lengthi1e" ROOT "eee12:meta versioni2e4:name1:n12:piece lengthi16385eee", BT_ERROR_MALFORMED },
  { "v2-piece-length-small", "d4:infod9:file treed1:ad0:d6:lengthi1e" ROOT "eee12:meta versioni2e4:name1:n12:piece lengthi8192eee", BT_ERROR_MALFORMED },
  { "v2-layer-of-no-hash", "d4:infod9:file treed1:ad0:d6:lengthi1e" ROOT "eee12:meta versioni2e4:name1:n12:piece lengthi16384ee12:piece layersd3:abc0:ee", BT_ERROR_MALFORMED },
  { "v2-layer-is-a-number", "d4:infod9:file treed1:ad0:d6:lengthi1e" ROOT "eee12:meta versioni2e4:name1:n12:piece lengthi16384ee12:piece layersd32:rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrri1eee", BT_ERROR_MALFORMED },
  { "v2-layer-ragged", "d4:infod9:file treed1:ad0:d6:lengthi1e" ROOT "eee12:meta versioni2e4:name1:n12:piece lengthi16384ee12:piece layersd32:rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr3:abcee", BT_ERROR_MALFORMED },
  { "hybrid-other-length", HYBRID ("1:nd0:d6:lengthi2e" ROOT "ee", "6:lengthi1e"), BT_ERROR_MALFORMED },
  { "hybrid-other-name", HYBRID ("1:ad0:d6:lengthi1e" ROOT "ee1:bd0:d6:lengthi0eee", "5:filesld6:lengthi1e4:pathl1:aeed6:lengthi0e4:pathl1:ceee"), BT_ERROR_MALFORMED },
  { "hybrid-file-only-in-tree", HYBRID ("1:ad0:d6:lengthi1e" ROOT "ee1:bd0:d6:lengthi0eee", "5:filesld6:lengthi1e4:pathl1:aeee"), BT_ERROR_MALFORMED },
  { "hybrid-file-not-in-tree", HYBRID ("1:ad0:d6:lengthi1e" ROOT "ee", "5:filesld6:lengthi1e4:pathl1:aeed6:lengthi0e4:pathl1:beee"), BT_ERROR_MALFORMED },
  { "hybrid-not-aligned", HYBRID ("1:ad0:d6:lengthi1e" ROOT "ee1:bd0:d6:lengthi1e" ROOT "ee", "5:filesld6:lengthi1e4:pathl1:aeed6:lengthi1e4:pathl1:beee"), BT_ERROR_MALFORMED },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autoptr(GError) error = NULL;

  g_assert_null (read_text (row->text, &error));
  g_assert_error (error, BT_ERROR, (gint) row->code);
  /* A sentence for a person. */
  g_assert_true (g_ascii_isupper (error->message[0]));
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (read_text (row->text, NULL));
}

static void
test_v2_files_begin_with_pieces (void)
{
  static const char text[] = V2 ("1:ad0:d6:lengthi1e" ROOT "ee1:bd0:d6:lengthi0eee1:cd0:d6:lengthi16384e" ROOT "ee"
                                 "1:dd0:d6:lengthi16385e" ROOT "ee");
  g_autoptr(BtMetainfo) metainfo = read_text (text, NULL);

  g_assert_nonnull (metainfo);
  g_assert_true (bt_metainfo_has_v2 (metainfo));
  g_assert_false (bt_metainfo_has_v1 (metainfo));
  g_assert_null (bt_metainfo_get_piece_hash (metainfo, 0));
  g_assert_cmpmem (bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH, bt_metainfo_get_info_hash_v2 (metainfo), BT_SHA1_LENGTH);
  g_assert_cmpuint (bt_metainfo_get_n_real_files (metainfo), ==, 4);
  g_assert_cmpuint (bt_metainfo_get_real_length (metainfo), ==, 1 + 16384 + 16385);
  g_assert_cmpuint (bt_metainfo_get_total_length (metainfo), ==, 2 * 16384 + 16385);
  g_assert_cmpuint (bt_metainfo_get_n_pieces (metainfo), ==, 4);
  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *file = bt_metainfo_get_file (metainfo, i);

      if (!(file->flags & BT_FILE_PAD) && file->length > 0)
        {
          g_assert_cmpuint (file->offset % 16384, ==, 0);
          g_assert_nonnull (file->pieces_root);
        }
      /* The layer is not in the file. */
      g_assert_null (bt_metainfo_get_piece_layer (metainfo, i));
    }
}

static void
test_extras (void)
{
  static const char text[] =
      "d8:announce12: http://a/x\n13:announce-listll10: http://b\n0:8:http://cel3:\xff\xfe\xfd" "ei1e8:http://dl8:http://bee"
      "7:comment3:old13:comment.utf-86:\355\225\234\352\270\200" "10:created by2:a\xff" "13:creation datei1700000000e9:httpseedsl8:http://hi3ee"
      "4:infod6:lengthi1e4:name1:n12:piece lengthi16384e" PIECES "7:privatei1ee"
      "8:url-list13: http://w/a be";
  g_autoptr(GError) error = NULL;
  g_autoptr(BtMetainfo) metainfo = read_text (text, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (bt_metainfo_get_n_tiers (metainfo), ==, 3);
  g_assert_cmpstr (bt_metainfo_get_tier (metainfo, 0)[0], ==, "http://b");
  g_assert_cmpstr (bt_metainfo_get_tier (metainfo, 0)[1], ==, "http://c");
  g_assert_null (bt_metainfo_get_tier (metainfo, 0)[2]);
  g_assert_cmpstr (bt_metainfo_get_tier (metainfo, 1)[0], ==, "http://d");
  g_assert_cmpstr (bt_metainfo_get_tier (metainfo, 2)[0], ==, "http://b");
  g_assert_cmpstr (bt_metainfo_get_comment (metainfo), ==, "한글");
  g_assert_cmpstr (bt_metainfo_get_created_by (metainfo), ==, "a\357\277\275");
  g_assert_cmpint (bt_metainfo_get_creation_date (metainfo), ==, 1700000000);
  g_assert_cmpstr (bt_metainfo_get_httpseeds (metainfo)[0], ==, "http://h");
  g_assert_null (bt_metainfo_get_httpseeds (metainfo)[1]);
  g_assert_cmpstr (bt_metainfo_get_url_list (metainfo)[0], ==, "http://w/a%20b");
  g_assert_null (bt_metainfo_get_url_list (metainfo)[1]);
  g_assert_true (bt_metainfo_is_private (metainfo));
  g_assert_true (bt_metainfo_is_single_file (metainfo));
}

static void
test_extras_of_wrong_types (void)
{
  static const char text[] =
      "d8:announcei1e13:announce-listd1:al1:bee7:commenti1e10:created byle13:creation date3:now9:httpseedsi1e"
      "4:infod6:lengthi1e4:name1:n12:piece lengthi16384e" PIECES "7:private1:1e8:url-listd1:a1:bee";
  g_autoptr(GError) error = NULL;
  g_autoptr(BtMetainfo) metainfo = read_text (text, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (bt_metainfo_get_n_tiers (metainfo), ==, 0);
  g_assert_null (bt_metainfo_get_comment (metainfo));
  g_assert_null (bt_metainfo_get_created_by (metainfo));
  g_assert_cmpint (bt_metainfo_get_creation_date (metainfo), ==, 0);
  g_assert_null (bt_metainfo_get_url_list (metainfo)[0]);
  g_assert_null (bt_metainfo_get_httpseeds (metainfo)[0]);
  g_assert_false (bt_metainfo_is_private (metainfo));
}

static void
test_name_of_dots_is_the_hash (void)
{
  g_autoptr(BtMetainfo) metainfo = read_text ("d4:infod6:lengthi1e4:name2:..12:piece lengthi16384e" PIECES "ee", NULL);
  g_autofree char *hex = bt_test_to_hex (bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);

  g_assert_cmpstr (bt_metainfo_get_name (metainfo), ==, hex);
}

/* Keys out of order are hashed as they are. */
static void
test_hash_is_over_the_raw_bytes (void)
{
  static const char info[] = "d4:name1:n6:lengthi01e12:piece lengthi16384e" PIECES "e";
  g_autofree char *text = g_strconcat ("d4:info", info, "8:announce0:e\n", NULL);
  g_autofree char *expected = g_compute_checksum_for_string (G_CHECKSUM_SHA1, info, -1);
  g_autoptr(BtMetainfo) metainfo = read_text (text, NULL);
  g_autofree char *hex = bt_test_to_hex (bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
  gsize length;
  const guint8 *raw = bt_metainfo_peek_info (metainfo, &length);

  g_assert_cmpstr (hex, ==, expected);
  g_assert_cmpmem (raw, length, info, strlen (info));
}

static void
append_file (GString *text, const char *name)
{
  g_string_append_printf (text, "d6:lengthi1e4:pathl%u:%see", (guint) strlen (name), name);
}

/* Names over 255 bytes are cut, stay apart, and keep their ending. */
static void
test_long_names_stay_apart (void)
{
  g_autoptr(GString) text = g_string_new ("d4:infod5:filesl");
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(BtMetainfo) metainfo = NULL;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("%0300u%u.mkv", 0, i);

      append_file (text, name);
    }
  g_string_append (text, "e4:name1:n12:piece lengthi16384e" PIECES "ee");
  metainfo = read_text (text->str, NULL);
  g_assert_cmpuint (bt_metainfo_get_n_files (metainfo), ==, 60);
  for (guint i = 0; i < 60; i++)
    {
      const char *path = bt_metainfo_get_file (metainfo, i)->path;

      g_assert_cmpuint (strlen (path), <=, 2 + 240);
      g_assert_true (g_str_has_suffix (path, ".mkv"));
      g_assert_true (g_hash_table_add (seen, (gpointer) path));
    }
}

/* A torrent that wants us to look for a free name for every file. */
static void
test_many_twins_end_in_time (void)
{
  g_autoptr(GString) text = g_string_new ("d4:infod5:filesl");
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GError) error = NULL;
  g_autoptr(BtMetainfo) metainfo = NULL;

  for (guint i = 0; i < 16000; i++)
    append_file (text, i % 2 == 0 ? "a.txt" : "A.TXT");
  g_string_append (text, "e4:name1:n12:piece lengthi16384e" PIECES "ee");
  metainfo = read_text (text->str, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 16000; i++)
    g_assert_true (g_hash_table_add (seen, (gpointer) bt_metainfo_get_file (metainfo, i)->path));
}

static void
test_large_file_is_refused_unread (void)
{
  gsize length = BT_MAX_TORRENT_FILE + 1;
  g_autoptr(GBytes) bytes = g_bytes_new_take (g_malloc0 (length), length);
  g_autoptr(GError) error = NULL;

  g_assert_null (bt_metainfo_new (bytes, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/metainfo/paths", path_rows, test_paths);
  BT_TEST_ADD_ROWS ("/metainfo/bad", bad_rows, test_bad);
  g_test_add_func ("/metainfo/v2/files-begin-with-pieces", test_v2_files_begin_with_pieces);
  g_test_add_func ("/metainfo/extras/are-read", test_extras);
  g_test_add_func ("/metainfo/extras/of-wrong-types-are-absent", test_extras_of_wrong_types);
  g_test_add_func ("/metainfo/name/of-dots-is-the-hash", test_name_of_dots_is_the_hash);
  g_test_add_func ("/metainfo/hash/is-over-the-raw-bytes", test_hash_is_over_the_raw_bytes);
  g_test_add_func ("/metainfo/long-names/stay-apart", test_long_names_stay_apart);
  g_test_add_func ("/metainfo/many-twins/end-in-time", test_many_twins_end_in_time);
  g_test_add_func ("/metainfo/large-file/is-refused-unread", test_large_file_is_refused_unread);
  return g_test_run ();
}
