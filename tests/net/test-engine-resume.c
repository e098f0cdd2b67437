/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-ops.h"
#include "bt-resume.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 65536u
#define BLOCKS_PER_PIECE (PIECE / BT_BLOCK_SIZE)

/* One torrent over several sessions in one folder. */
typedef struct
{
  BtTestTorrent *content;
  BtTestFolder *folder;
  BtTestSession *session;
  BtTorrent *torrent;
  BtTestPeer *peer;
  GBytes *record;      /* the latest */
  gboolean clean;
} Fixture;

static const BtTestFile files[] = {
  { .path = "first", .length = 500000 },
  { .path = "second", .length = 300000 },
  { .path = "third", .length = 700000 },
};

/* Seconds of the clock that files and records have. */
static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
resume_ready_cb (BtTorrent *torrent, GBytes *record, gboolean clean, gpointer data)
{
  Fixture *fixture = data;

  g_clear_pointer (&fixture->record, g_bytes_unref);
  fixture->record = g_bytes_ref (record);
  fixture->clean = clean;
}

static void
begin (Fixture *fixture, gint64 running_since)
{
  BtTorrentOptions options = { .folder = fixture->folder, .save_resume = TRUE, .resume = fixture->record, .running_since = running_since };
  g_autoptr (GError) error = NULL;

  fixture->session = bt_test_session_new (NULL);
  fixture->torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->torrent, "resume-ready", G_CALLBACK (resume_ready_cb), fixture);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_CHECKING);
}

static void
end (Fixture *fixture)
{
  g_clear_pointer (&fixture->peer, bt_test_peer_free);
  g_clear_pointer (&fixture->session, bt_test_session_free);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->folder = bt_test_folder_new ();
  begin (fixture, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end (fixture);
  g_clear_pointer (&fixture->record, g_bytes_unref);
  bt_test_folder_free (fixture->folder);
  bt_test_torrent_free (fixture->content);
}

/* A peer that has the first @n_pieces. */
static void
meet (Fixture *fixture, guint32 n_pieces)
{
  BtBitfield pieces;
  guint16 port;
  g_autoptr (GSocket) door = bt_test_door_new (&port);

  bt_bitfield_init (&pieces, fixture->content->n_pieces);
  for (guint32 i = 0; i < n_pieces; i++)
    bt_bitfield_set (&pieces, i);
  bt_test_torrent_meet (fixture->torrent, port);
  fixture->peer = bt_test_peer_accept (door);
  bt_test_peer_be_seed (fixture->peer, fixture->content, &pieces, "-XX0001-aaaaaaaaaaaa", FALSE);
  bt_bitfield_clear (&pieces);
}

static void
leave (Fixture *fixture)
{
  g_clear_pointer (&fixture->peer, bt_test_peer_free);
  bt_test_wait (bt_test_n_peers (fixture->torrent) == 0);
}

static void
fetch (Fixture *fixture, guint32 n_pieces)
{
  meet (fixture, n_pieces);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) == n_pieces);
  leave (fixture);
}

static char *
path_of (Fixture *fixture, guint file)
{
  return g_build_filename (fixture->folder, "test", files[file].path, NULL);
}

/* Changes a byte behind the program's back.
 * @secretly: its time tells nothing */
static void
spoil (Fixture *fixture, guint file, guint64 offset, gboolean secretly)
{
  g_autofree char *path = path_of (fixture, file);
  int fd = open (path, O_RDWR);
  struct stat status;
  guint8 byte;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpint (pread (fd, &byte, 1, (off_t) offset), ==, 1);
  byte ^= 1;
  g_assert_cmpint (pwrite (fd, &byte, 1, (off_t) offset), ==, 1);
  if (secretly)
    g_assert_cmpint (futimens (fd, (struct timespec[]){ status.st_atim, status.st_mtim }), ==, 0);
  close (fd);
}

static gboolean
has (Fixture *fixture, guint32 piece)
{
  return bt_bitfield_get (bt_torrent_peek_pieces (fixture->torrent), piece);
}

/* A byte that was changed without a trace would be found by reading it. */
static void
test_clean_stop_checks_nothing (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, 10);
  end (fixture);
  g_assert_true (fixture->clean);
  spoil (fixture, 0, 100, TRUE);
  begin (fixture, 0);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 10);
}

static void
test_pause_checks_nothing (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, 10);
  bt_torrent_pause (fixture->torrent);
  bt_test_wait (fixture->clean);
  spoil (fixture, 0, 100, TRUE);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 10);
}

static void
test_changed_file_is_checked (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, 20);
  end (fixture);
  /* Piece 3 of the first file, noticed; piece 9 in the second, not. */
  spoil (fixture, 0, 3 * PIECE + 5, FALSE);
  spoil (fixture, 1, 9 * PIECE + 5 - files[0].length, TRUE);
  begin (fixture, 0);
  g_assert_false (has (fixture, 3));
  g_assert_true (has (fixture, 9));
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 19);
}

static void
test_cut_file_is_checked (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, 0);

  fetch (fixture, 20);
  end (fixture);
  g_assert_cmpint (truncate (path, 4 * PIECE), ==, 0);
  begin (fixture, now () - 10);
  /* Up to the seventh piece, which lies in both files. */
  for (guint32 i = 0; i < 20; i++)
    g_assert_true (has (fixture, i) == (i < 4 || i > 7));
}

static guint32
n_recorded (Fixture *fixture)
{
  const guint8 *hash = bt_metainfo_get_info_hash (fixture->content->metainfo);
  g_autoptr (BtResume) record = NULL;

  if (fixture->record != NULL)
    record = bt_resume_decode (fixture->record, fixture->content->metainfo, hash, NULL);
  return record == NULL ? 0 : record->have.n_set;
}

/* The program dies: the record is older than the files. */
static gpointer
kill_when_recorded (Fixture *fixture, guint32 n_pieces)
{
  bt_test_wait (n_recorded (fixture) == n_pieces);
  return g_bytes_ref (fixture->record);
}

static void
take_record (Fixture *fixture, gpointer record)
{
  g_clear_pointer (&fixture->record, g_bytes_unref);
  fixture->record = record;
}

static void
test_kill_loses_nothing (Fixture *fixture, gconstpointer data)
{
  gpointer record;

  fetch (fixture, 5);
  record = kill_when_recorded (fixture, 5);
  fetch (fixture, 12);
  end (fixture);
  take_record (fixture, record);
  /* What the record says is not read again. */
  spoil (fixture, 0, 2 * PIECE + 5, TRUE);
  begin (fixture, now () - 5);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 12);
}

static void
test_kill_before_the_first_record_loses_nothing (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, 12);
  end (fixture);
  g_clear_pointer (&fixture->record, g_bytes_unref);
  begin (fixture, now () - 5);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 12);
}

/* Somebody changed a file long after the program had died. */
static void
test_change_after_kill_is_noticed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, 0);
  struct timespec later[2] = { { .tv_sec = now () + 1000 }, { .tv_sec = now () + 1000 } };
  gpointer record;

  fetch (fixture, 12);
  record = kill_when_recorded (fixture, 12);
  end (fixture);
  take_record (fixture, record);
  spoil (fixture, 0, 2 * PIECE + 5, FALSE);
  g_assert_cmpint (utimensat (AT_FDCWD, path, later, 0), ==, 0);
  begin (fixture, now () - 5);
  g_assert_false (has (fixture, 2));
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 11);
}

static void
test_files_that_went_are_missed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "test", NULL);
  g_autofree char *away = g_build_filename (fixture->folder, "away", NULL);

  fetch (fixture, 20);
  end (fixture);
  g_assert_cmpint (rename (folder, away), ==, 0);
  begin (fixture, 0);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_ERROR);
  g_assert_error (bt_torrent_get_error (fixture->torrent), G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  /* They are back, and nothing was lost. */
  g_assert_cmpint (rename (away, folder), ==, 0);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 20);
}

/* A person who was told, and starts it all the same, wants them anew. */
static void
test_files_that_went_are_fetched_when_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "test", NULL);

  fetch (fixture, 20);
  end (fixture);
  bt_test_delete (folder);
  begin (fixture, 0);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_ERROR);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 0);
  fetch (fixture, 20);
}

/* Of each piece one block comes, and no more. */
static void
one_block_each (BtTestPeer *peer, const BtBlock *block, gpointer data)
{
  if (block->begin == 0)
    bt_test_peer_answer (peer, block);
}

static guint64
downloaded (Fixture *fixture)
{
  BtTorrentStats stats;

  bt_torrent_get_stats (fixture->torrent, &stats);
  return stats.downloaded;
}

static void
count_first_blocks (BtTestPeer *peer, const BtBlock *block, gpointer data)
{
  guint *count = data;

  *count += block->begin == 0;
  bt_test_peer_answer (peer, block);
}

static void
test_partial_pieces_survive (Fixture *fixture, gconstpointer data)
{
  guint n_first = 0;

  meet (fixture, 2);
  fixture->peer->answer = one_block_each;
  bt_test_peer_send_message (fixture->peer, BT_WIRE_UNCHOKE, NULL, 0);
  bt_test_wait (downloaded (fixture) == 2 * BT_BLOCK_SIZE);
  end (fixture);
  g_assert_true (fixture->clean);
  begin (fixture, 0);
  g_assert_cmpuint (downloaded (fixture), ==, 2 * BT_BLOCK_SIZE);
  meet (fixture, 2);
  fixture->peer->answer = count_first_blocks;
  fixture->peer->data = &n_first;
  bt_test_wait (bt_test_n_pieces (fixture->torrent) == 2);
  g_assert_cmpuint (n_first, ==, 0);
}

static guint
count_own_files (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "freshet", "parts", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Also when the blocks of a pause are still on their way to their file. */
static void
test_removed_after_a_pause_leaves_nothing (Fixture *fixture, gconstpointer data)
{
  guint n_before = count_own_files ();

  meet (fixture, 2);
  fixture->peer->answer = one_block_each;
  bt_test_wait (downloaded (fixture) == 2 * BT_BLOCK_SIZE);
  bt_torrent_pause (fixture->torrent);
  bt_session_remove (fixture->session->session, fixture->torrent);
  end (fixture);
  g_assert_cmpuint (count_own_files (), ==, n_before);
}

/* Blocks of a file that was damaged are found out by the piece's hash. */
static void
test_damaged_blocks_do_no_harm (Fixture *fixture, gconstpointer data)
{
  g_autofree char *parts = g_build_filename (g_get_user_data_dir (), "freshet", "parts", NULL);
  g_autoptr (GDir) dir = NULL;
  g_autofree char *path = NULL;
  const guint8 *hash = bt_metainfo_get_info_hash (fixture->content->metainfo);
  g_autofree char *name = g_strdup_printf ("%02x%02x", hash[0], hash[1]);
  const char *entry;

  meet (fixture, 2);
  fixture->peer->answer = one_block_each;
  bt_test_wait (downloaded (fixture) == 2 * BT_BLOCK_SIZE);
  end (fixture);
  dir = g_dir_open (parts, 0, NULL);
  g_assert_nonnull (dir);
  while (path == NULL && (entry = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (entry, name))
      path = g_build_filename (parts, entry, NULL);
  g_assert_nonnull (path);
  g_assert_true (g_file_set_contents (path, "this is something else", -1, NULL));
  begin (fixture, 0);
  fetch (fixture, 2);
}

static void
test_choices_and_counters_survive (Fixture *fixture, gconstpointer data)
{
  BtTorrentStats stats;

  bt_torrent_set_file_priority (fixture->torrent, 1, BT_FILE_SKIP);
  bt_torrent_set_file_priority (fixture->torrent, 2, BT_FILE_HIGH);
  g_assert_true (bt_torrent_add_tracker (fixture->torrent, "http://127.0.0.1:1/announce", 0, NULL));
  fetch (fixture, 5);
  end (fixture);
  begin (fixture, 0);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.downloaded, ==, 5 * PIECE);
  g_assert_cmpuint (stats.wanted, ==, files[0].length + files[2].length);
  g_assert_cmpint (bt_torrent_get_file_priority (fixture->torrent, 1), ==, BT_FILE_SKIP);
  g_assert_cmpint (bt_torrent_get_file_priority (fixture->torrent, 2), ==, BT_FILE_HIGH);
  g_assert_cmpuint (stats.n_known_peers, >, 0);
  {
    g_autoptr (GArray) trackers = bt_torrent_dup_trackers (fixture->torrent);

    g_assert_cmpuint (trackers->len, ==, 1);
  }
}

static void
test_recheck_believes_nothing (Fixture *fixture, gconstpointer data)
{
  fetch (fixture, 10);
  spoil (fixture, 0, 2 * PIECE + 5, TRUE);
  bt_torrent_recheck (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 9);
}

/* Another program used all the bytes that a name can have; ours is shorter. */
static void
test_found_at_its_full_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stem = g_strnfill (245, 'n');
  g_autofree char *name = g_strconcat (stem, ".iso", NULL);
  BtTestFile file = { .path = name, .length = 300000 };
  const BtTestSpec specs[] = {
    { .name = name, .piece_length = PIECE, .length = 300000 },
    { .name = "folder", .piece_length = PIECE, .files = &file, .n_files = 1 },
    { .name = name, .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr (BtTestTorrent) content = bt_test_torrent_new (&specs[i]);
      g_autoptr (BtTestFolder) folder = bt_test_folder_new ();
      BtTorrentOptions options = { .folder = folder };
      g_autofree char *ours = g_build_filename (folder, i == 1 ? bt_metainfo_get_file (content->metainfo, 0)->path
                                                               : bt_metainfo_get_name (content->metainfo), NULL);
      g_autofree char *theirs = g_build_filename (folder, i == 1 ? "folder" : name, i == 1 ? name : NULL, NULL);
      BtTorrent *torrent;

      g_assert_cmpstr (ours, !=, theirs);
      bt_test_torrent_store (content, folder);
      g_assert_cmpint (rename (ours, theirs), ==, 0);
      torrent = bt_session_add (fixture->session->session, content->metainfo, &options, NULL);
      bt_test_wait (bt_torrent_get_state (torrent) == BT_TORRENT_SEEDING);
      g_assert_false (g_file_test (ours, G_FILE_TEST_EXISTS));
      g_assert_true (g_file_test (theirs, G_FILE_TEST_EXISTS));
      bt_session_remove (fixture->session->session, torrent);
      bt_test_drain ();
    }
}

/* A disk that has only what it was given: at every fsync() of a file the file
 * as it is then is copied to a shadow folder. */
static BtTestFolder *shadow;
static const char *shadowed;

static int
shadow_fsync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);
  g_autofree char *copy = NULL, *folder = NULL, *bytes = NULL;
  gsize length;

  if (path == NULL || !g_str_has_prefix (path, shadowed) || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return fsync (fd);
  copy = g_build_filename (shadow, path + strlen (shadowed), NULL);
  folder = g_path_get_dirname (copy);
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) length, NULL));
  return fsync (fd);
}

static void
test_power_loss_loses_nothing_verified (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "test", NULL);
  g_autofree char *saved = NULL;
  static BtFileOps ops;
  gpointer record;

  ops = bt_file_ops_system;
  shadow = bt_test_folder_new ();
  saved = g_build_filename (shadow, "test", NULL);
  shadowed = fixture->folder;
  ops.sync = shadow_fsync;
  bt_file_ops_set (&ops);
  fetch (fixture, 7);
  record = kill_when_recorded (fixture, 7);
  ops.sync = bt_file_ops_system.sync;
  fetch (fixture, 15);
  end (fixture);
  take_record (fixture, record);
  /* The files are as they were when they were last given to the disk. */
  bt_test_delete (folder);
  g_assert_cmpint (rename (saved, folder), ==, 0);
  begin (fixture, now () - 5);
  for (guint32 i = 0; i < 7; i++)
    g_assert_true (has (fixture, i));
  /* And nothing is claimed that is not there. */
  bt_torrent_recheck (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), >=, 7);
  end (fixture);
  bt_file_ops_set (NULL);
  bt_test_folder_free (shadow);
}

int
main (int argc, char *argv[])
{
  g_autoptr (BtTestFolder) home = bt_test_folder_new ();
  static const struct
  {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "clean-stop-checks-nothing", test_clean_stop_checks_nothing },
    { "pause-checks-nothing", test_pause_checks_nothing },
    { "changed-file-is-checked", test_changed_file_is_checked },
    { "cut-file-is-checked", test_cut_file_is_checked },
    { "kill-loses-nothing", test_kill_loses_nothing },
    { "kill-before-the-first-record-loses-nothing", test_kill_before_the_first_record_loses_nothing },
    { "change-after-kill-is-noticed", test_change_after_kill_is_noticed },
    { "files-that-went-are-missed", test_files_that_went_are_missed },
    { "files-that-went-are-fetched-when-told", test_files_that_went_are_fetched_when_told },
    { "partial-pieces-survive", test_partial_pieces_survive },
    { "removed-after-a-pause-leaves-nothing", test_removed_after_a_pause_leaves_nothing },
    { "damaged-blocks-do-no-harm", test_damaged_blocks_do_no_harm },
    { "choices-and-counters-survive", test_choices_and_counters_survive },
    { "recheck-believes-nothing", test_recheck_believes_nothing },
    { "found-at-its-full-name", test_found_at_its_full_name },
    { "power-loss-loses-nothing-verified", test_power_loss_loses_nothing_verified },
  };

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/resume/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  return g_test_run ();
}
