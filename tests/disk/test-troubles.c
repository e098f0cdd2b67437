/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-ops.h"
#include "bt-test-disk.h"
#include "bt-test-mount.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* A whole session whose disk is in trouble: the torrent says what and where,
 * keeps what it has, and goes on when it is told to. */
typedef struct
{
  BtTestTorrent *content;
  BtTestTorrent *other_content;
  BtTestSession *session;
  BtTorrent *torrent;
  BtTorrent *other;      /* has a folder of its own */
  BtTestFolder *elsewhere;
  BtTestDisk system;
  GSocket *doors[2];
  guint16 ports[2];
  GPtrArray *peers;
} Fixture;

static gboolean can_mount;

static const BtTestFile files[] = {
  { .path = "first", .length = 400000 },
  { .path = "second", .length = 900000 },
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };
  BtTestSpec other = { .name = "other", .piece_length = 32768, .length = 500000, .seed = 3 };

  fixture->system.free = G_MAXSIZE;
  bt_test_disk_use (&fixture->system);
  fixture->content = bt_test_torrent_new (&spec);
  fixture->other_content = bt_test_torrent_new (&other);
  fixture->session = bt_test_session_new (NULL);
  fixture->elsewhere = bt_test_folder_new ();
  fixture->system.only_below = fixture->session->folder;
  fixture->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_test_peer_free);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->doors); i++)
    fixture->doors[i] = bt_test_door_new (&fixture->ports[i]);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->peers);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->doors); i++)
    g_object_unref (fixture->doors[i]);
  bt_test_session_free (fixture->session);
  bt_test_folder_free (fixture->elsewhere);
  bt_test_torrent_free (fixture->content);
  bt_test_torrent_free (fixture->other_content);
  bt_test_disk_use (NULL);
}

static void
add (Fixture *fixture)
{
  BtTorrentOptions options = { .folder = fixture->elsewhere };

  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
  fixture->other = bt_session_add (fixture->session->session, fixture->other_content->metainfo, &options, NULL);
  bt_test_wait (bt_torrent_get_state (fixture->other) == BT_TORRENT_DOWNLOADING);
}

/* A seed of either torrent, slow enough to be stopped in the middle. */
static BtTestPeer *
meet (Fixture *fixture, gboolean other)
{
  g_autofree char *id = g_strdup_printf ("-XX0001-%012u", fixture->peers->len);
  BtTestPeer *peer;

  bt_test_torrent_meet (other ? fixture->other : fixture->torrent, fixture->ports[other]);
  peer = bt_test_peer_accept (fixture->doors[other]);
  bt_test_peer_be_seed (peer, other ? fixture->other_content : fixture->content, NULL, id, TRUE);
  peer->most = 20000;
  g_ptr_array_add (fixture->peers, peer);
  return peer;
}

static void
assert_other_completes (Fixture *fixture)
{
  meet (fixture, TRUE);
  bt_test_wait (bt_torrent_get_state (fixture->other) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (fixture->other_content, fixture->elsewhere);
}

static void
expect_error (Fixture *fixture, int code, const char *file)
{
  const GError *error;

  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  error = bt_torrent_get_error (fixture->torrent);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  if (code >= 0)
    g_assert_error (error, G_IO_ERROR, code);
  g_assert_cmpstr (bt_torrent_get_error_file (fixture->torrent), ==, file);
  g_assert_nonnull (strstr (error->message, file != NULL ? file : fixture->session->folder));
}

/* Which file is the one that finds no room is chance. */
static void
expect_no_space (Fixture *fixture)
{
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  expect_error (fixture, G_IO_ERROR_NO_SPACE, bt_torrent_get_error_file (fixture->torrent));
  g_assert_true (g_str_has_prefix (bt_torrent_get_error_file (fixture->torrent), "test/"));
}

static void
complete (Fixture *fixture)
{
  g_assert_null (bt_torrent_get_error (fixture->torrent));
  meet (fixture, FALSE);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_DOWNLOADING);
  g_assert_null (bt_torrent_get_error (fixture->torrent));
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
}

static void
wait_for_some (Fixture *fixture)
{
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 15);
}

static void
start_again_and_complete (Fixture *fixture)
{
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_CHECKING);
  complete (fixture);
}

static gboolean
waits_for_space (Fixture *fixture)
{
  BtTorrentStats stats;

  bt_torrent_get_stats (fixture->torrent, &stats);
  return stats.waits_for_space;
}

/* Somebody comes and gets what is here. */
static void
assert_gives (Fixture *fixture)
{
  const BtBitfield *have = bt_torrent_peek_pieces (fixture->torrent);
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);
  guint32 piece = 0;

  while (!bt_bitfield_get (have, piece))
    piece++;
  bt_test_peer_be_leech (peer, fixture->content, "-XX0002-abcdefghijkl", TRUE);
  bt_test_peer_fetch (peer, fixture->content, piece);
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *ballast = g_build_filename (fixture->session->folder, "ballast", NULL);
  guint32 n_pieces;

  if (!can_mount)
    {
      g_test_skip ("this system lets us mount nothing");
      return;
    }
  bt_test_mount_small (fixture->session->folder, 1500000);
  g_assert_true (g_file_set_contents (ballast, (const char *) fixture->content->content, 700000, NULL));
  add (fixture);
  meet (fixture, FALSE);
  expect_no_space (fixture);
  n_pieces = bt_test_n_pieces (fixture->torrent);
  g_assert_cmpuint (n_pieces, >, 5);
  assert_other_completes (fixture);
  assert_gives (fixture);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_ERROR);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), >=, n_pieces);

  /* Still full: it says so again, and loses nothing. A look at the disk may
   * come before the first write. */
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_assert_error (bt_torrent_get_error (fixture->torrent), G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), >=, n_pieces);

  /* By itself, when there is room. */
  g_assert_true (waits_for_space (fixture));
  g_unlink (ballast);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_false (waits_for_space (fixture));
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), >=, n_pieces);
  /* With the peer that it had all the time. */
  bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_DOWNLOADING);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  bt_torrent_pause (fixture->torrent);
  bt_test_drain ();
  bt_test_unmount (fixture->session->folder);
}

/* It stops before the last byte is taken, says which disk it is, and what is
 * on another one goes on. */
static void
test_nearly_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = bt_file_ops_dup_disk_name (fixture->session->folder);
  g_autofree char *name = g_strdup_printf ("“%s”", disk);
  const GError *error;
  guint32 n_pieces;

  g_atomic_pointer_set (&fixture->system.free, 2000);
  add (fixture);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  error = bt_torrent_get_error (fixture->torrent);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, name));
  g_assert_true (waits_for_space (fixture));
  assert_other_completes (fixture);
  /* A little more is not enough to go on with. */
  g_atomic_pointer_set (&fixture->system.free, 400000);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  n_pieces = bt_test_n_pieces (fixture->torrent);
  g_atomic_pointer_set (&fixture->system.free, (gsize) 1 << 32);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, n_pieces);
  complete (fixture);
}

/* Who has stopped a torrent has the last word. */
static void
test_paused_torrent_does_not_go_on_by_itself (Fixture *fixture, gconstpointer data)
{
  g_atomic_pointer_set (&fixture->system.free, 2000);
  add (fixture);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  bt_torrent_pause (fixture->torrent);
  g_atomic_pointer_set (&fixture->system.free, (gsize) 1 << 32);
  assert_other_completes (fixture);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_PAUSED);
}

static void
test_broken_disk (Fixture *fixture, gconstpointer data)
{
  guint32 n_pieces;

  add (fixture);
  g_atomic_int_set (&fixture->system.writes_left, 10);
  g_atomic_int_set (&fixture->system.write_error, GPOINTER_TO_INT (data));
  meet (fixture, FALSE);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_test_message ("%s", bt_torrent_get_error (fixture->torrent)->message);
  g_assert_nonnull (bt_torrent_get_error_file (fixture->torrent));
  g_assert_nonnull (strstr (bt_torrent_get_error (fixture->torrent)->message, "the disk"));
  assert_other_completes (fixture);
  n_pieces = bt_test_n_pieces (fixture->torrent);
  g_atomic_int_set (&fixture->system.write_error, 0);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), >=, n_pieces);
  complete (fixture);
}

/* Nothing is thought to be missing that cannot be read: it is not written anew. */
static void
test_disk_that_cannot_be_read (Fixture *fixture, gconstpointer data)
{
  BtTorrentOptions options = { .folder = fixture->session->folder };

  g_atomic_int_set (&fixture->system.read_error, EIO);
  bt_test_torrent_store (fixture->content, fixture->session->folder);
  fixture->torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, NULL);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_test_message ("%s", bt_torrent_get_error (fixture->torrent)->message);
  g_atomic_int_set (&fixture->system.read_error, 0);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
}

/* Pauses in the middle: the peer says no more. Returns: pieces that are there */
static guint32
stop_after_some (Fixture *fixture)
{
  BtTestPeer *peer = fixture->peers->pdata[fixture->peers->len - 1];

  bt_test_wait (peer->n_asked >= 6);
  peer->silent = TRUE;
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 0);
  bt_torrent_pause (fixture->torrent);
  return bt_test_n_pieces (fixture->torrent);
}

static void
test_read_only_disk (Fixture *fixture, gconstpointer data)
{
  guint32 n_pieces;

  if (!can_mount)
    {
      g_test_skip ("this system lets us mount nothing");
      return;
    }
  bt_test_mount_small (fixture->session->folder, 4000000);
  add (fixture);
  meet (fixture, FALSE);
  g_assert_cmpuint (stop_after_some (fixture), <, fixture->content->n_pieces);
  bt_test_wait (mount (NULL, fixture->session->folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0 ||
                (g_main_context_wakeup (NULL), FALSE));
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  meet (fixture, FALSE);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_test_message ("%s", bt_torrent_get_error (fixture->torrent)->message);
  g_assert_error (bt_torrent_get_error (fixture->torrent), G_IO_ERROR, G_IO_ERROR_READ_ONLY);
  assert_other_completes (fixture);
  n_pieces = bt_test_n_pieces (fixture->torrent);
  g_assert_cmpint (mount (NULL, fixture->session->folder, NULL, MS_REMOUNT, NULL), ==, 0);
  start_again_and_complete (fixture);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), >, n_pieces);
  bt_torrent_pause (fixture->torrent);
  bt_test_drain ();
  bt_test_unmount (fixture->session->folder);
}

/* Its files are not made anew in the empty folder that a disk leaves behind. */
static void
test_disk_is_taken_away (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->session->folder, "test", NULL);
  g_autofree char *aside = NULL;

  if (!can_mount)
    {
      g_test_skip ("this system lets us mount nothing");
      return;
    }
  aside = g_build_filename (fixture->elsewhere, "mount", NULL);
  g_assert_cmpint (g_mkdir (aside, 0777), ==, 0);
  bt_test_mount_small (aside, 4000000);
  g_assert_cmpint (mount (aside, fixture->session->folder, NULL, MS_BIND, NULL), ==, 0);
  add (fixture);
  meet (fixture, FALSE);
  wait_for_some (fixture);
  bt_test_unmount (fixture->session->folder);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_test_message ("%s", bt_torrent_get_error (fixture->torrent)->message);
  g_assert_error (bt_torrent_get_error (fixture->torrent), G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  assert_other_completes (fixture);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));

  /* It may have come to its end on the disk that was taken away. */
  g_assert_cmpint (mount (aside, fixture->session->folder, NULL, MS_BIND, NULL), ==, 0);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_CHECKING);
  if (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING)
    complete (fixture);
  g_assert_no_error (bt_torrent_get_error (fixture->torrent));
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  bt_torrent_pause (fixture->torrent);
  bt_test_drain ();
  bt_test_unmount (fixture->session->folder);
  bt_test_unmount (aside);
}

static void
test_vanished_folder (Fixture *fixture, gconstpointer data)
{
  add (fixture);
  meet (fixture, FALSE);
  wait_for_some (fixture);
  bt_test_delete (fixture->session->folder);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_assert_error (bt_torrent_get_error (fixture->torrent), G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (fixture->session->folder, G_FILE_TEST_EXISTS));
  assert_other_completes (fixture);
  g_assert_false (g_file_test (fixture->session->folder, G_FILE_TEST_EXISTS));
  start_again_and_complete (fixture);
}

static void
test_vanished_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->session->folder, "test", "second", NULL);

  add (fixture);
  meet (fixture, FALSE);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 15 && g_file_test (path, G_FILE_TEST_EXISTS));
  g_unlink (path);
  expect_error (fixture, G_IO_ERROR_NOT_FOUND, "test/second");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  assert_other_completes (fixture);
  start_again_and_complete (fixture);
}

static void
test_file_system_with_small_files (Fixture *fixture, gconstpointer data)
{
  struct rlimit before, small;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 600000;
  add (fixture);
  meet (fixture, FALSE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  expect_error (fixture, -1, "test/second");
  assert_other_completes (fixture);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  start_again_and_complete (fixture);
}

/* A seed whose data is cut or gone stops, and does not send what is not there. */
static void
test_seed_without_its_data (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->session->folder, "test", "second", NULL);
  BtBlock block = { 30, 0, BT_BLOCK_SIZE };
  g_autoptr (BtTestPeer) peer = NULL;

  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  peer = bt_test_peer_dial (fixture->session->port);
  bt_test_peer_be_leech (peer, fixture->content, "-XX0001-aaaaaaaaaaaa", TRUE);
  bt_test_peer_fetch (peer, fixture->content, 2);
  g_assert_cmpint (truncate (path, 1000), ==, 0);
  bt_test_peer_send_block (peer, BT_WIRE_REQUEST, &block);
  expect_error (fixture, G_IO_ERROR_PARTIAL_INPUT, "test/second");
  bt_test_wait (peer->ended);
  g_assert_false (bt_test_peer_heard (peer, BT_WIRE_PIECE));
  /* What is there is found again. */
  start_again_and_complete (fixture);
}

static void
test_folder_that_cannot_be (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->elsewhere, "a file", NULL);
  g_autofree char *below = g_build_filename (file, "downloads", NULL);
  BtTorrentOptions options = { .folder = below };
  BtTorrent *torrent;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, NULL);
  bt_test_wait (bt_torrent_get_state (torrent) == BT_TORRENT_ERROR);
  g_assert_null (bt_torrent_get_error_file (torrent));
  g_assert_nonnull (strstr (bt_torrent_get_error (torrent)->message, below));
  g_unlink (file);
  bt_torrent_start (torrent);
  bt_test_wait (bt_torrent_get_state (torrent) == BT_TORRENT_DOWNLOADING);
}

/* Somebody put a link where a file of ours should be: nothing is written
 * through it, whatever else happens. */
static void
test_link_in_the_way (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->session->folder, "test", NULL);
  g_autofree char *link = g_build_filename (folder, "second", NULL);
  g_autofree char *victim = g_build_filename (fixture->elsewhere, "victim", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (victim, "precious", -1, NULL));
  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_cmpint (symlink (victim, link), ==, 0);
  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
  meet (fixture, FALSE);
  expect_error (fixture, -1, "test/second");
  g_assert_true (g_file_get_contents (victim, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
  g_unlink (link);
  start_again_and_complete (fixture);
}

#define ADD(path, function) g_test_add ("/troubles/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  can_mount = bt_test_mounts_begin ();
  g_test_init (&argc, &argv, NULL);
  ADD ("full-disk", test_full_disk);
  ADD ("nearly-full-disk", test_nearly_full_disk);
  ADD ("paused-does-not-go-on-by-itself", test_paused_torrent_does_not_go_on_by_itself);
  g_test_add ("/troubles/broken-disk", Fixture, GINT_TO_POINTER (EIO), set_up, test_broken_disk, tear_down);
  g_test_add ("/troubles/disk-gone-while-in-use", Fixture, GINT_TO_POINTER (ENODEV), set_up, test_broken_disk, tear_down);
  ADD ("disk-that-cannot-be-read", test_disk_that_cannot_be_read);
  ADD ("read-only-disk", test_read_only_disk);
  ADD ("disk-is-taken-away", test_disk_is_taken_away);
  ADD ("vanished-folder", test_vanished_folder);
  ADD ("vanished-file", test_vanished_file);
  ADD ("file-system-with-small-files", test_file_system_with_small_files);
  ADD ("seed-without-its-data", test_seed_without_its_data);
  ADD ("folder-that-cannot-be", test_folder_that_cannot_be);
  ADD ("link-in-the-way", test_link_in_the_way);
  return g_test_run ();
}
