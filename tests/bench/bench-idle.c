/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-engine.h"
#include "bt-handshake.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two thousand peers that are connected and say nothing: a session must hardly
 * notice them. They are sockets of a second process. */

#define N_PEERS 2000u
#define SECONDS 5

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
private_kib (void)
{
  g_autofree char *text = NULL;
  unsigned long pages = 0, resident = 0, shared = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%lu %lu %lu", &pages, &resident, &shared) != 3)
    return 0;
  return (double) (resident - shared) * (double) sysconf (_SC_PAGESIZE) / 1024;
}

/* Connects, shakes hands, and waits to be told to go. Does not return. */
static void
be_the_peers (guint16 port, const guint8 *info_hash, int told)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  guint8 bytes[BT_HANDSHAKE_LENGTH];
  BtHandshake handshake = { .caps = BT_CAP_FAST };
  char word;

  memcpy (handshake.info_hash, info_hash, BT_SHA1_LENGTH);
  for (guint i = 0; i < N_PEERS; i++)
    {
      int fd = socket (AF_INET, SOCK_STREAM, 0);

      g_snprintf ((char *) bytes, sizeof bytes, "-XX0001-%012u", i);
      memcpy (handshake.peer_id, bytes, BT_PEER_ID_LENGTH);
      bt_handshake_write (&handshake, bytes);
      if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
          send (fd, bytes, sizeof bytes, MSG_NOSIGNAL) != (ssize_t) sizeof bytes ||
          recv (fd, bytes, sizeof bytes, MSG_WAITALL) != (ssize_t) sizeof bytes)
        _exit (1);
    }
  _exit (read (told, &word, 1) < 0);
}

static guint
count_peers (BtTorrent *torrent)
{
  BtTorrentStats stats;

  bt_torrent_get_stats (torrent, &stats);
  return stats.n_peers;
}

static gboolean
set_true (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, set_true, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

int
main (void)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  const BtTestSpec spec = { .piece_length = 262144, .length = 1000u * 262144u, .no_content = TRUE };
  struct rlimit limit = { 8192, 8192 };
  BtTestTorrent *content = bt_test_torrent_new (&spec);
  g_autofree char *folder = g_dir_make_tmp ("freshet-idle-XXXXXX", NULL);
  BtTorrentOptions options = { .folder = folder };
  gboolean good;
  double before, cpu;
  BtTorrent *torrent;
  BtSession *session;
  BtConfig config;
  int told[2];
  pid_t child;

  setrlimit (RLIMIT_NOFILE, &limit);
  bt_config_init_defaults (&config);
  bt_addr_init_v4 (&config.bind_v4, loopback, 0);
  config.bind_only = TRUE;
  config.max_peers = config.max_peers_per_torrent = N_PEERS + 10;
  session = bt_session_new (&config);
  g_assert_true (bt_session_start (session, NULL));
  torrent = bt_session_add (session, content->metainfo, &options, NULL);
  bt_test_wait (bt_torrent_get_state (torrent) == BT_TORRENT_DOWNLOADING);
  run_for (1000);

  before = private_kib ();
  g_assert_cmpint (pipe (told), ==, 0);
  child = fork ();
  if (child == 0)
    {
      /* Its own copy of the writing end would keep it waiting for ever. */
      close (told[1]);
      be_the_peers (bt_session_get_port (session), bt_metainfo_get_info_hash (content->metainfo), told[0]);
    }
  bt_test_wait (count_peers (torrent) == N_PEERS);
  run_for (1000);

  good = bench_below ("memory of an idle peer", (private_kib () - before) / N_PEERS, 8, "KiB");
  cpu = cpu_seconds ();
  run_for (SECONDS * 1000);
  good &= bench_below ("2,000 idle peers, of a core", (cpu_seconds () - cpu) / SECONDS * 100, 2, "%");

  close (told[0]);
  close (told[1]);
  bt_session_remove (session, torrent);
  g_object_unref (session);
  waitpid (child, NULL, 0);
  bt_test_torrent_free (content);
  bt_test_delete (folder);
  return good ? 0 : 1;
}
