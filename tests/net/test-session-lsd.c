/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-network.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"
#include "bt-test-torrent.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 32768u
#define GROUP "239.192.152.143"
#define PORT 6771

static BtTestSession *
session_new (gboolean lsd)
{
  BtConfig config;

  bt_test_config_init (&config);
  config.lsd = lsd;
  return bt_test_session_new (&config);
}

static BtTestTorrent *
torrent_new (guint64 seed, gboolean is_private)
{
  BtTestSpec spec = { .piece_length = PIECE, .length = 5 * PIECE, .seed = seed, .is_private = is_private };

  return bt_test_torrent_new (&spec);
}

/* A socket of a neighbour's program. */
static int
ear_new (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (PORT) };
  struct ip_mreqn request = { .imr_ifindex = (int) if_nametoindex ("lo") };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;

  g_assert_cmpint (fd, >=, 0);
  inet_pton (AF_INET, GROUP, &address.sin_addr);
  request.imr_multiaddr = address.sin_addr;
  inet_pton (AF_INET, "127.0.0.1", &request.imr_address);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
      setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0 &&
      setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
call (int fd, const char *text, gsize length)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (PORT) };

  inet_pton (AF_INET, GROUP, &address.sin_addr);
  sendto (fd, text, length, 0, (struct sockaddr *) &address, sizeof address);
}

/* Does the system carry what is called out on loopback back to us? */
static gboolean
skips (void)
{
  int fd = ear_new ();
  char bytes[16];
  gboolean heard = FALSE;

  if (fd >= 0)
    {
      call (fd, "hello", 5);
      heard = recv (fd, bytes, sizeof bytes, 0) > 0;
      close (fd);
    }
  if (!heard)
    g_test_skip ("no multicast on loopback");
  return !heard;
}

static char *
hash_of (const BtTestTorrent *torrent)
{
  const guint8 *hash = bt_metainfo_get_info_hash (torrent->metainfo);
  GString *hex = g_string_new (NULL);

  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    g_string_append_printf (hex, "%02x", hash[i]);
  return g_string_free (hex, FALSE);
}

static char *
announcement (const BtTestTorrent *torrent, guint16 port)
{
  g_autofree char *hash = hash_of (torrent);

  return g_strdup_printf ("BT-SEARCH * HTTP/1.1\r\nHost: " GROUP ":6771\r\nPort: %u\r\nInfohash: %s\r\n"
                          "cookie: somebody else's\r\n\r\n\r\n", port, hash);
}

static void
test_neighbours_find_each_other (void)
{
  g_autoptr (BtTestTorrent) torrent = torrent_new (1, FALSE);
  g_autoptr (BtTestSession) seed = NULL, leech = NULL;
  BtTorrent *wanted;

  if (skips ())
    return;
  seed = session_new (TRUE);
  leech = session_new (TRUE);
  bt_test_session_seed (seed, torrent);
  wanted = bt_test_session_leech (leech, torrent);
  bt_test_wait (bt_torrent_get_state (wanted) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (torrent, leech->folder);
}

/* Whether @text was called out; never @forbidden. */
static gboolean
hears (int fd, const char *text, const char *forbidden)
{
  char bytes[2048];
  gboolean heard = FALSE;
  gssize n;

  while ((n = recv (fd, bytes, sizeof bytes - 1, 0)) > 0)
    {
      bytes[n] = '\0';
      heard |= strstr (bytes, text) != NULL;
      g_assert_null (strstr (bytes, forbidden));
    }
  return heard;
}

static void
test_calls_out_what_is_public (void)
{
  g_autoptr (BtTestTorrent) secret = torrent_new (2, TRUE), public = torrent_new (3, FALSE);
  g_autoptr (BtTestSession) session = NULL;
  g_autofree char *said = hash_of (public), *unsaid = hash_of (secret);
  int fd;

  if (skips ())
    return;
  fd = ear_new ();
  session = session_new (TRUE);
  /* The private one is due as well when the public one is called out. */
  bt_test_session_seed (session, secret);
  bt_test_session_seed (session, public);
  bt_test_wait (hears (fd, said, unsaid));
  close (fd);
}

/* A flood of calls and noise is no more than that. */
static void
test_hears_a_neighbour_through_the_noise (void)
{
  g_autoptr (BtTestTorrent) torrent = torrent_new (4, FALSE), secret = torrent_new (5, TRUE);
  g_autoptr (BtTestSession) session = NULL;
  g_autoptr (GSocket) door = NULL, private_door = NULL;
  g_autofree char *text = NULL, *private_text = NULL;
  guint16 port, private_port;
  int fd;

  if (skips ())
    return;
  door = bt_test_door_new (&port);
  private_door = bt_test_door_new (&private_port);
  session = session_new (TRUE);
  bt_test_session_leech (session, torrent);
  bt_test_session_leech (session, secret);
  text = announcement (torrent, port);
  private_text = announcement (secret, private_port);
  fd = ear_new ();
  call (fd, "", 0);
  call (fd, "BT-SEARCH * HTTP/1.1\r\nPort: 0\r\n\r\n", 34);
  for (guint i = 0; i < 10; i++)
    call (fd, private_text, strlen (private_text));
  call (fd, text, strlen (text));
  bt_test_wait (bt_test_door_rings (door));
  g_assert_false (bt_test_door_rings (private_door));
  close (fd);
}

/* Everybody on a network hears what is called out there, and who hears more
 * than so much in a second listens no more: who cannot have a network alone has
 * it in turn. The lock ends with the process. */
static void
have_network_alone (void)
{
  int fd;

  if (bt_test_network_begin ())
    return;
  fd = open (g_get_tmp_dir (), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (TEMP_FAILURE_RETRY (flock (fd, LOCK_EX)));
}

int
main (int argc, char **argv)
{
  have_network_alone ();
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/session-lsd/neighbours-find-each-other", test_neighbours_find_each_other);
  g_test_add_func ("/session-lsd/calls-out-what-is-public", test_calls_out_what_is_public);
  g_test_add_func ("/session-lsd/hears-a-neighbour-through-the-noise", test_hears_a_neighbour_through_the_noise);
  return g_test_run ();
}
