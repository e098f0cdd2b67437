/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-lsd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Interfaces that are called out on, of each family. */
#define MAX_INTERFACES 32u

/* Routers of a house or an office pass it on if they are told to (BEP 14). */
#define HOPS 4

/* Packets that are looked at in a second; Transmission takes ten. */
#define MOST_A_SECOND 20u

/* Packets taken in one dispatch. */
#define BURST 16

/* An interface with the address that we have there. */
typedef struct
{
  guint index;
  BtAddr addr;
} Interface;

typedef struct
{
  BtWatch watch; /* first: the watch's function finds us by it */
  BtLsd *lsd;
  int fd;        /* -1: none */
  BtAddr bound;  /* the address to keep to; unspecified: all */
  BtAddr group;
} Ear;

struct _BtLsd
{
  BtLoop *loop;
  Ear ears[2];   /* IPv4, IPv6 */
  char *cookie;
  BtLsdFunc received;
  gpointer data;
  gint64 second; /* when the present one began */
  guint n_taken; /* in it */
};

static gboolean
is_any (const BtAddr *addr)
{
  static const guint8 zero[16];

  return memcmp (addr->ip, zero, sizeof zero) == 0;
}

static gboolean
read_ifaddr (const struct ifaddrs *item, BtAddrFamily family, BtAddr *addr)
{
  if (item->ifa_addr == NULL || item->ifa_addr->sa_family != (family == BT_ADDR_V4 ? AF_INET : AF_INET6))
    return FALSE;
  if (family == BT_ADDR_V4)
    bt_addr_init_v4 (addr, (const guint8 *) &((const struct sockaddr_in *) (gconstpointer) item->ifa_addr)->sin_addr, 0);
  else
    bt_addr_init_v6 (addr, (const guint8 *) &((const struct sockaddr_in6 *) (gconstpointer) item->ifa_addr)->sin6_addr, 0);
  return TRUE;
}

/* Nobody can connect to an address that means something on one link alone. */
static gboolean
is_link_local (const BtAddr *addr)
{
  return addr->family == BT_ADDR_V6 && addr->ip[0] == 0xfe && (addr->ip[1] & 0xc0) == 0x80;
}

static gboolean
is_wanted (const Ear *self, const struct ifaddrs *item, const BtAddr *addr)
{
  if (!(item->ifa_flags & IFF_UP) || is_link_local (addr))
    return FALSE;
  if (!is_any (&self->bound))
    return bt_addr_same_ip (addr, &self->bound);
  /* Programs of this machine hear each other over any other interface. */
  return (item->ifa_flags & IFF_MULTICAST) && !(item->ifa_flags & IFF_LOOPBACK);
}

/* Each interface once. Returns: how many */
static guint
list_interfaces (const Ear *self, Interface out[MAX_INTERFACES])
{
  struct ifaddrs *list;
  guint n = 0;

  if (getifaddrs (&list) != 0)
    return 0;
  for (const struct ifaddrs *item = list; item != NULL && n < MAX_INTERFACES; item = item->ifa_next)
    {
      Interface *found = &out[n];
      gboolean known = FALSE;

      if (!read_ifaddr (item, (BtAddrFamily) self->bound.family, &found->addr) || !is_wanted (self, item, &found->addr))
        continue;
      found->index = if_nametoindex (item->ifa_name);
      for (guint i = 0; i < n; i++)
        known |= out[i].index == found->index;
      n += !known && found->index != 0;
    }
  freeifaddrs (list);
  return n;
}

/* One that was joined before says so, and that is all right: interfaces come
 * and go, and each time they are all asked for. */
static void
join (const Ear *self, const Interface *interface)
{
  if (self->bound.family == BT_ADDR_V4)
    {
      struct ip_mreqn request = { .imr_ifindex = (int) interface->index };

      memcpy (&request.imr_multiaddr, self->group.ip, 4);
      setsockopt (self->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
    }
  else
    {
      struct ipv6_mreq request = { .ipv6mr_interface = interface->index };

      memcpy (&request.ipv6mr_multiaddr, self->group.ip, 16);
      setsockopt (self->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
    }
}

static socklen_t
group_address (const Ear *self, struct sockaddr_storage *out)
{
  struct sockaddr_in *v4 = (gpointer) out;
  struct sockaddr_in6 *v6 = (gpointer) out;

  memset (out, 0, sizeof *out);
  if (self->bound.family == BT_ADDR_V4)
    {
      v4->sin_family = AF_INET;
      v4->sin_port = g_htons (BT_LSD_PORT);
      memcpy (&v4->sin_addr, self->group.ip, 4);
      return sizeof *v4;
    }
  v6->sin6_family = AF_INET6;
  v6->sin6_port = g_htons (BT_LSD_PORT);
  memcpy (&v6->sin6_addr, self->group.ip, 16);
  return sizeof *v6;
}

static gboolean
is_flood (BtLsd *self)
{
  gint64 now = bt_loop_now (self->loop);

  if (now - self->second > G_USEC_PER_SEC)
    {
      self->second = now;
      self->n_taken = 0;
    }
  return ++self->n_taken > MOST_A_SECOND;
}

static void
take_packet (BtLsd *self, const guint8 *bytes, gsize length, const struct sockaddr_storage *address)
{
  const struct sockaddr_in *v4 = (gconstpointer) address;
  const struct sockaddr_in6 *v6 = (gconstpointer) address;
  BtLsdPacket packet;
  BtAddr from;

  if (is_flood (self) || !bt_lsd_packet_read (&packet, bytes, length) || strcmp (packet.cookie, self->cookie) == 0)
    return;
  if (address->ss_family == AF_INET)
    bt_addr_init_v4 (&from, (const guint8 *) &v4->sin_addr, packet.port);
  else
    bt_addr_init_v6 (&from, (const guint8 *) &v6->sin6_addr, packet.port);
  if (bt_addr_is_usable (&from) && !is_link_local (&from))
    self->received (&packet, &from, self->data);
}

static void
ear_ready (BtWatch *watch, guint32 events)
{
  Ear *self = (Ear *) watch;
  guint8 bytes[2 * BT_LSD_MAX_PACKET];

  for (guint i = 0; i < BURST && self->fd >= 0; i++)
    {
      struct sockaddr_storage address = { 0 };
      socklen_t length = sizeof address;
      gssize n = recvfrom (self->fd, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *) &address, &length);

      if (n < 0)
        break;
      take_packet (self->lsd, bytes, (gsize) n, &address);
    }
}

/* Bound to the group itself, so that nothing that was sent to us alone, from
 * wherever, is taken for something of the local network. */
static void
open_ear (BtLsd *self, Ear *ear, const BtAddr *bound)
{
  const gboolean is_v4 = bound->family == BT_ADDR_V4;
  const int yes = 1, hops = HOPS;
  struct sockaddr_storage address;
  Interface interfaces[MAX_INTERFACES];
  socklen_t length;
  guint n;

  ear->bound = *bound;
  bt_addr_parse_ip (&ear->group, is_v4 ? BT_LSD_GROUP_V4 : BT_LSD_GROUP_V6);
  length = group_address (ear, &address);
  ear->fd = socket (address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (ear->fd < 0)
    return;
  /* Every program of this machine has the port. */
  setsockopt (ear->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt (ear->fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_MULTICAST_TTL : IPV6_MULTICAST_HOPS, &hops, sizeof hops);
  setsockopt (ear->fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP, &yes, sizeof yes);
  /* Only what came in where it was joined. */
  if (is_v4)
    setsockopt (ear->fd, IPPROTO_IP, IP_MULTICAST_ALL, &(int){ 0 }, sizeof (int));
  else
    setsockopt (ear->fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  if (bind (ear->fd, (struct sockaddr *) &address, length) != 0)
    {
      close (ear->fd);
      ear->fd = -1;
      return;
    }
  n = list_interfaces (ear, interfaces);
  for (guint i = 0; i < n; i++)
    join (ear, &interfaces[i]);
  bt_loop_watch (self->loop, &ear->watch, ear->fd, EPOLLIN, ear_ready);
}

BtLsd *
bt_lsd_new (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, const char *cookie, BtLsdFunc received, gpointer data)
{
  BtLsd *self = g_new0 (BtLsd, 1);

  self->loop = loop;
  self->cookie = g_strdup (cookie);
  self->received = received;
  self->data = data;
  for (guint i = 0; i < G_N_ELEMENTS (self->ears); i++)
    {
      self->ears[i].lsd = self;
      self->ears[i].fd = self->ears[i].watch.fd = -1;
    }
  if (v4 != NULL)
    open_ear (self, &self->ears[0], v4);
  if (v6 != NULL)
    open_ear (self, &self->ears[1], v6);
  return self;
}

void
bt_lsd_free (BtLsd *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->ears); i++)
    if (self->ears[i].fd >= 0)
      {
        bt_loop_unwatch (self->loop, &self->ears[i].watch);
        close (self->ears[i].fd);
      }
  g_free (self->cookie);
  g_free (self);
}

gboolean
bt_lsd_is_open (BtLsd *self)
{
  return self->ears[0].fd >= 0 || self->ears[1].fd >= 0;
}

/* By this interface, and from our address on it: peers connect to that. */
static void
call_out (const Ear *self, const Interface *interface, const char *text)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (struct in6_pktinfo))];
  } control = { 0 };
  struct sockaddr_storage address;
  struct iovec vector = { (gpointer) text, strlen (text) };
  struct msghdr message = { .msg_name = &address, .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control };
  struct cmsghdr *part = &control.align;

  message.msg_namelen = group_address (self, &address);
  if (self->bound.family == BT_ADDR_V4)
    {
      struct in_pktinfo info = { .ipi_ifindex = (int) interface->index };

      memcpy (&info.ipi_spec_dst, interface->addr.ip, 4);
      message.msg_controllen = CMSG_SPACE (sizeof info);
      *part = (struct cmsghdr){ .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN (sizeof info) };
      memcpy (CMSG_DATA (part), &info, sizeof info);
    }
  else
    {
      struct in6_pktinfo info = { .ipi6_ifindex = interface->index };

      memcpy (&info.ipi6_addr, interface->addr.ip, 16);
      message.msg_controllen = CMSG_SPACE (sizeof info);
      *part = (struct cmsghdr){ .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO, .cmsg_len = CMSG_LEN (sizeof info) };
      memcpy (CMSG_DATA (part), &info, sizeof info);
    }
  if (sendmsg (self->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    g_debug ("No local announcement on interface %u: %s", interface->index, g_strerror (errno));
}

void
bt_lsd_announce (BtLsd *self, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n, guint16 port)
{
  BtLsdPacket packet = { .port = port, .n_hashes = MIN (n, BT_LSD_MAX_HASHES) };

  g_strlcpy (packet.cookie, self->cookie, sizeof packet.cookie);
  memcpy (packet.hashes, hashes, packet.n_hashes * sizeof packet.hashes[0]);
  for (guint i = 0; i < G_N_ELEMENTS (self->ears); i++)
    {
      const Ear *ear = &self->ears[i];
      Interface interfaces[MAX_INTERFACES];
      g_autofree char *text = bt_lsd_packet_write (&packet, i == 0 ? BT_ADDR_V4 : BT_ADDR_V6);
      guint n_interfaces = ear->fd < 0 ? 0 : list_interfaces (ear, interfaces);

      for (guint k = 0; k < n_interfaces; k++)
        {
          join (ear, &interfaces[k]);
          call_out (ear, &interfaces[k], text);
        }
    }
}
