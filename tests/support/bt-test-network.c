/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-network.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* An address of the loopback device, with its class of addresses. */
static gboolean
set_address (int fd, const char *device, const char *address)
{
  struct ifreq request = { 0 };
  struct sockaddr_in *inet = (struct sockaddr_in *) (gpointer) &request.ifr_addr;

  g_strlcpy (request.ifr_name, device, sizeof request.ifr_name);
  inet->sin_family = AF_INET;
  inet_pton (AF_INET, address, &inet->sin_addr);
  if (ioctl (fd, SIOCSIFADDR, &request) != 0 || ioctl (fd, SIOCGIFFLAGS, &request) != 0)
    return FALSE;
  request.ifr_flags |= IFF_UP;
  return ioctl (fd, SIOCSIFFLAGS, &request) == 0;
}

gboolean
bt_test_network_begin (void)
{
  gboolean made;
  int fd;

  if (unshare (CLONE_NEWNET) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return FALSE;
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  made = fd >= 0 && set_address (fd, "lo", "127.0.0.1") && set_address (fd, "lo:1", "81.2.69.142");
  if (fd >= 0)
    close (fd);
  return made;
}
