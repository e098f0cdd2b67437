/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-ops.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <fcntl.h>
#include <sys/stat.h>

/* A torrent that is stopped, or whose session ends, while the disk takes its
 * time. */
typedef struct
{
  BtTestTorrent *content;
  BtTestTorrent *other_content;
  BtTestSession *session;
  BtTorrent *torrent;
  BtTestPeer *peer;
  BtFileOps ops;
  gboolean clean;     /* the last record */
  gboolean patience_is_over;
  gboolean stopped;
} Fixture;

/* The disk answers nothing of what waits here until it is told to. */
static GMutex disk_mutex;
static GCond disk_cond;
static gboolean syncs_wait, new_files_wait;
static guint n_waiting;

static void
wait_while (const gboolean *waits)
{
  g_mutex_lock (&disk_mutex);
  n_waiting++;
  while (*waits)
    g_cond_wait (&disk_cond, &disk_mutex);
  n_waiting--;
  g_mutex_unlock (&disk_mutex);
}

static void
set_waits (gboolean *what, gboolean waits)
{
  g_mutex_lock (&disk_mutex);
  *what = waits;
  g_cond_broadcast (&disk_cond);
  g_mutex_unlock (&disk_mutex);
}

static gboolean
somebody_waits (void)
{
  gboolean waits;

  g_mutex_lock (&disk_mutex);
  waits = n_waiting > 0;
  g_mutex_unlock (&disk_mutex);
  /* No event tells of it. */
  g_main_context_wakeup (NULL);
  return waits;
}

static int
slow_sync (int fd)
{
  wait_while (&syncs_wait);
  return bt_file_ops_system.sync (fd);
}

static int
slow_open (int folder, const char *name, int flags, mode_t mode)
{
  if (flags & O_CREAT)
    wait_while (&new_files_wait);
  return bt_file_ops_system.open (folder, name, flags, mode);
}

static void
resume_ready_cb (BtTorrent *torrent, GBytes *record, gboolean clean, gpointer data)
{
  ((Fixture *) data)->clean = clean;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 32768, .length = 300000 };
  BtTestSpec other = { .name = "other", .piece_length = 32768, .length = 100, .seed = 2 };
  BtConfig config;

  /* One thread waits for the disk, and the other works. */
  bt_test_config_init (&config);
  config.hash_threads = 2;
  fixture->ops = bt_file_ops_system;
  fixture->ops.sync = slow_sync;
  fixture->ops.open = slow_open;
  bt_file_ops_set (&fixture->ops);
  fixture->content = bt_test_torrent_new (&spec);
  fixture->other_content = bt_test_torrent_new (&other);
  fixture->session = bt_test_session_new (&config);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_test_peer_free (fixture->peer);
  g_clear_pointer (&fixture->session, bt_test_session_free);
  bt_test_torrent_free (fixture->content);
  bt_test_torrent_free (fixture->other_content);
  bt_file_ops_set (NULL);
}

/* There is a peer that has the first @n_pieces. A record is made when that is all. */
static void
begin (Fixture *fixture, guint32 n_pieces)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .save_resume = n_pieces == fixture->content->n_pieces };
  g_autoptr (GSocket) door = NULL;
  g_autoptr (GError) error = NULL;
  BtBitfield pieces;
  guint16 port;

  bt_bitfield_init (&pieces, fixture->content->n_pieces);
  for (guint32 i = 0; i < n_pieces; i++)
    bt_bitfield_set (&pieces, i);
  door = bt_test_door_new (&port);
  fixture->torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->torrent, "resume-ready", G_CALLBACK (resume_ready_cb), fixture);
  bt_test_torrent_meet (fixture->torrent, port);
  fixture->peer = bt_test_peer_accept (door);
  bt_test_peer_be_seed (fixture->peer, fixture->content, &pieces, "-XX0001-aaaaaaaaaaaa", TRUE);
  bt_bitfield_clear (&pieces);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  ((Fixture *) data)->stopped = bt_session_stop_finish (BT_SESSION (object), result, NULL);
}

static gboolean
over_cb (gpointer data)
{
  ((Fixture *) data)->patience_is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Goodbyes have a second here. What is on the disk has to be told all the same. */
static void
test_end_waits_for_the_last_record (Fixture *fixture, gconstpointer data)
{
  set_waits (&syncs_wait, TRUE);
  begin (fixture, fixture->content->n_pieces);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  bt_session_stop_async (fixture->session->session, stopped_cb, fixture);
  g_timeout_add (1300, over_cb, fixture);
  bt_test_wait (fixture->patience_is_over);
  g_assert_false (fixture->stopped);
  g_assert_false (fixture->clean);
  set_waits (&syncs_wait, FALSE);
  bt_test_wait (fixture->stopped);
  g_assert_true (fixture->clean);
  g_object_unref (fixture->session->session);
  bt_test_folder_free (fixture->session->folder);
  g_clear_pointer (&fixture->session, g_free);
}

static guint
count_open_files (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *path = g_file_read_link (link, NULL);

      n += path != NULL && g_str_has_prefix (path, fixture->session->folder);
    }
  return n;
}

static gboolean
has_bytes (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->session->folder, "test", NULL);
  struct stat status;

  return stat (path, &status) == 0 && status.st_size > 0;
}

/* A piece is still on its way to a file when all of them are closed: this one
 * is closed afterwards as well, and the disk may be taken away. */
static void
test_nothing_is_open_after_a_pause (Fixture *fixture, gconstpointer data)
{
  set_waits (&new_files_wait, TRUE);
  begin (fixture, 1);
  bt_test_wait (somebody_waits ());
  bt_torrent_pause (fixture->torrent);
  /* The other thread has come to this one, and so is through with those before. */
  bt_test_session_leech (fixture->session, fixture->other_content);
  set_waits (&new_files_wait, FALSE);
  bt_test_wait (has_bytes (fixture));
  bt_test_wait (count_open_files (fixture) == 0);
}

#define ADD(path, function) g_test_add ("/slow-disk/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("end-waits-for-the-last-record", test_end_waits_for_the_last_record);
  ADD ("nothing-is-open-after-a-pause", test_nothing_is_open_after_a_pause);
  return g_test_run ();
}
