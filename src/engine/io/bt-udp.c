/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-udp.h"

#include "bt-reader.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Datagrams taken in one dispatch; the rest waits in the kernel for the next. */
#define BATCH 32

/* What may wait for the system to take it. What is lost beyond is lost as on
 * any network, and whoever sent it asks again. */
#define MAX_QUEUED 256u
#define MAX_QUEUED_BYTES (256u << 10)

typedef struct
{
  BtAddr to;
  gsize length;
  guint8 bytes[];
} Packet;

/* One family's socket. */
typedef struct
{
  BtWatch watch; /* first: the watch's function finds us by it */
  BtUdp *udp;
  int fd;        /* -1: none */
  GQueue queue;  /* of Packet */
  gsize queued;  /* bytes of them */
} Port;

struct _BtUdp
{
  BtLoop *loop;
  Port ports[2]; /* IPv4, IPv6 */
  guint16 port;
  const BtUdpHost *hosts[BT_UDP_N_KINDS];
  gpointer data[BT_UDP_N_KINDS];
  guint8 buffers[BATCH][BT_UDP_MAX_DATAGRAM];
};

static socklen_t
write_sockaddr (const BtAddr *addr, struct sockaddr_storage *out)
{
  struct sockaddr_in *v4 = (void *) out;
  struct sockaddr_in6 *v6 = (void *) out;

  memset (out, 0, sizeof *out);
  if (addr->family == BT_ADDR_V4)
    {
      v4->sin_family = AF_INET;
      v4->sin_port = g_htons (addr->port);
      memcpy (&v4->sin_addr, addr->ip, 4);
      return sizeof *v4;
    }
  v6->sin6_family = AF_INET6;
  v6->sin6_port = g_htons (addr->port);
  memcpy (&v6->sin6_addr, addr->ip, 16);
  return sizeof *v6;
}

static gboolean
read_sockaddr (const struct sockaddr_storage *address, BtAddr *out)
{
  const struct sockaddr_in *v4 = (const void *) address;
  const struct sockaddr_in6 *v6 = (const void *) address;

  if (address->ss_family == AF_INET)
    bt_addr_init_v4 (out, (const guint8 *) &v4->sin_addr, g_ntohs (v4->sin_port));
  else if (address->ss_family == AF_INET6)
    bt_addr_init_v6 (out, (const guint8 *) &v6->sin6_addr, g_ntohs (v6->sin6_port));
  else
    return FALSE;
  return TRUE;
}

/* A DHT message is a bencoded dictionary; a tracker's answer begins with an
 * action of four bytes, of which the first is zero; and a packet of uTP with
 * its type (0 to 4) and version (1). */
static BtUdpKind
kind_of (const guint8 *bytes, gsize length)
{
  BtReader reader;
  guint32 action;

  bt_reader_init (&reader, bytes, length);
  if (length > 0 && bytes[0] == 'd')
    return BT_UDP_DHT;
  if (length >= 8 && bt_reader_u32 (&reader, &action) && action <= 3)
    return BT_UDP_TRACKER;
  if (length >= 20 && (bytes[0] & 0x0f) == 1 && bytes[0] >> 4 <= 4)
    return BT_UDP_UTP;
  return BT_UDP_N_KINDS;
}

/* Returns: whether there may be more */
static gboolean
receive_batch (Port *self)
{
  BtUdp *udp = self->udp;
  struct mmsghdr messages[BATCH];
  struct iovec vectors[BATCH];
  struct sockaddr_storage addresses[BATCH];
  int n;

  for (int i = 0; i < BATCH; i++)
    {
      vectors[i] = (struct iovec){ udp->buffers[i], BT_UDP_MAX_DATAGRAM };
      messages[i] = (struct mmsghdr){ .msg_hdr = {
        .msg_name = &addresses[i], .msg_namelen = sizeof addresses[i], .msg_iov = &vectors[i], .msg_iovlen = 1 } };
    }
  n = recvmmsg (self->fd, messages, BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++)
    {
      BtUdpKind kind = kind_of (udp->buffers[i], messages[i].msg_len);
      BtAddr from;

      if (kind < BT_UDP_N_KINDS && udp->hosts[kind] != NULL && read_sockaddr (&addresses[i], &from))
        udp->hosts[kind]->received (udp->buffers[i], messages[i].msg_len, &from, udp->data[kind]);
    }
  return n > 0;
}

static gboolean
says_unreachable (const struct sock_extended_err *error)
{
  if (error->ee_origin != SO_EE_ORIGIN_ICMP && error->ee_origin != SO_EE_ORIGIN_ICMP6)
    return FALSE;
  return error->ee_errno == ECONNREFUSED || error->ee_errno == EHOSTUNREACH || error->ee_errno == ENETUNREACH;
}

/* Returns: FALSE when there is no error left */
static gboolean
take_error (Port *self)
{
  BtUdp *udp = self->udp;
  struct sockaddr_storage address = { 0 };
  union
  {
    struct cmsghdr align;
    char bytes[512];
  } control;
  struct iovec vector = { udp->buffers[0], BT_UDP_MAX_DATAGRAM };
  struct msghdr message = { .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &vector, .msg_iovlen = 1,
                            .msg_control = &control, .msg_controllen = sizeof control };
  gssize n = recvmsg (self->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
  BtAddr to;

  if (n < 0)
    return FALSE;
  for (struct cmsghdr *part = CMSG_FIRSTHDR (&message); part != NULL; part = CMSG_NXTHDR (&message, part))
    {
      struct sock_extended_err error;

      if (part->cmsg_len < CMSG_LEN (sizeof error))
        continue;
      memcpy (&error, CMSG_DATA (part), sizeof error);
      if (!says_unreachable (&error) || !read_sockaddr (&address, &to))
        continue;
      for (guint kind = 0; kind < BT_UDP_N_KINDS; kind++)
        if (udp->hosts[kind] != NULL && udp->hosts[kind]->unreachable != NULL)
          udp->hosts[kind]->unreachable (udp->buffers[0], (gsize) n, &to, udp->data[kind]);
    }
  return TRUE;
}

typedef enum
{
  SENT,
  LATER, /* the system takes no more now */
  LOST,
} Sending;

static Sending
send_now (Port *self, const BtAddr *to, const guint8 *bytes, gsize length)
{
  struct sockaddr_storage address;
  socklen_t address_length = write_sockaddr (to, &address);

  /* A call may give the error of an earlier packet, once, and send nothing. */
  for (guint i = 0; i < 3; i++)
    {
      if (sendto (self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *) &address, address_length) >= 0)
        return SENT;
      if (errno == EAGAIN || errno == ENOBUFS)
        return LATER;
      if (errno != ECONNREFUSED && errno != EINTR && errno != EHOSTUNREACH && errno != ENETUNREACH)
        break;
    }
  return LOST;
}

static void
flush_queue (Port *self)
{
  Packet *packet;

  while ((packet = g_queue_peek_head (&self->queue)) != NULL &&
         send_now (self, &packet->to, packet->bytes, packet->length) != LATER)
    {
      self->queued -= packet->length;
      g_free (g_queue_pop_head (&self->queue));
    }
  bt_loop_set_events (self->udp->loop, &self->watch, self->queue.length > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void
port_ready (BtWatch *watch, guint32 events)
{
  Port *self = (Port *) watch;
  BtUdp *udp = self->udp;

  if (events & EPOLLERR)
    {
      socklen_t length = sizeof (int);
      int error;

      for (guint i = 0; i < BATCH && take_error (self); i++)
        ;
      /* One that had no room in the queue of errors would stay for ever. */
      getsockopt (self->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    }
  if ((events & EPOLLIN) && receive_batch (self))
    for (guint kind = 0; kind < BT_UDP_N_KINDS; kind++)
      if (udp->hosts[kind] != NULL && udp->hosts[kind]->batch_end != NULL)
        udp->hosts[kind]->batch_end (udp->data[kind]);
  if (events & EPOLLOUT)
    flush_queue (self);
}

/* Returns: 0 or an errno */
static int
open_port (BtUdp *self, Port *port, const BtAddr *addr)
{
  BtAddr local = *addr;
  struct sockaddr_storage address;
  socklen_t length;
  const int yes = 1;
  int error;

  local.port = self->port;
  length = write_sockaddr (&local, &address);
  port->fd = socket (address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (port->fd < 0)
    return errno;
  if (addr->family == BT_ADDR_V6)
    {
      setsockopt (port->fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
      setsockopt (port->fd, IPPROTO_IPV6, IPV6_RECVERR, &yes, sizeof yes);
    }
  else
    setsockopt (port->fd, IPPROTO_IP, IP_RECVERR, &yes, sizeof yes);
  if (bind (port->fd, (struct sockaddr *) &address, length) != 0 ||
      getsockname (port->fd, (struct sockaddr *) &address, &length) != 0)
    {
      error = errno;
      close (port->fd);
      port->fd = -1;
      return error;
    }
  if (read_sockaddr (&address, &local))
    self->port = local.port;
  bt_loop_watch (self->loop, &port->watch, port->fd, EPOLLIN, port_ready);
  return 0;
}

BtUdp *
bt_udp_new (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, guint16 port, GError **error)
{
  BtUdp *self = g_new0 (BtUdp, 1);
  int code = 0;

  self->loop = loop;
  self->port = port;
  for (guint i = 0; i < G_N_ELEMENTS (self->ports); i++)
    {
      self->ports[i].udp = self;
      self->ports[i].fd = self->ports[i].watch.fd = -1;
    }
  if (v4 != NULL)
    code = open_port (self, &self->ports[0], v4);
  if (v6 != NULL && code == 0)
    {
      code = open_port (self, &self->ports[1], v6);
      /* Without IPv6 there are other errors than that somebody has the port. */
      if (v4 != NULL && code != EADDRINUSE)
        code = 0;
    }
  if (code == 0)
    return self;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("UDP port %u cannot be used: %s"), self->port, g_strerror (code));
  bt_udp_free (self);
  return NULL;
}

void
bt_udp_free (BtUdp *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->ports); i++)
    {
      Port *port = &self->ports[i];

      /* What waits now is lost: it was full, and nobody answers us any more. */
      g_queue_clear_full (&port->queue, g_free);
      if (port->fd < 0)
        continue;
      bt_loop_unwatch (self->loop, &port->watch);
      close (port->fd);
    }
  g_free (self);
}

void
bt_udp_take_over (BtUdp *self, BtUdp *other)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->ports); i++)
    {
      Port *port = &self->ports[i], *taken = &other->ports[i];
      int fd = taken->fd;

      if (port->fd >= 0)
        {
          bt_loop_unwatch (self->loop, &port->watch);
          close (port->fd);
        }
      if (fd >= 0)
        {
          bt_loop_unwatch (other->loop, &taken->watch);
          bt_loop_watch (self->loop, &port->watch, fd, port->queue.length > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN, port_ready);
        }
      port->fd = fd;
      taken->fd = -1;
    }
  self->port = other->port;
  bt_udp_free (other);
}

guint16
bt_udp_get_port (BtUdp *self)
{
  return self->port;
}

static Port *
port_of (BtUdp *self, BtAddrFamily family)
{
  Port *port = &self->ports[family == BT_ADDR_V6];

  return family == BT_ADDR_NONE || port->fd < 0 ? NULL : port;
}

gboolean
bt_udp_has_family (BtUdp *self, BtAddrFamily family)
{
  return port_of (self, family) != NULL;
}

void
bt_udp_set_host (BtUdp *self, BtUdpKind kind, const BtUdpHost *host, gpointer data)
{
  self->hosts[kind] = host;
  self->data[kind] = data;
}

static gboolean
send_later (Port *self, const BtAddr *to, const guint8 *bytes, gsize length)
{
  Packet *packet;

  if (self->queue.length >= MAX_QUEUED || self->queued + length > MAX_QUEUED_BYTES)
    return FALSE;
  packet = g_malloc (sizeof *packet + length);
  packet->to = *to;
  packet->length = length;
  memcpy (packet->bytes, bytes, length);
  g_queue_push_tail (&self->queue, packet);
  self->queued += length;
  bt_loop_set_events (self->udp->loop, &self->watch, EPOLLIN | EPOLLOUT);
  return TRUE;
}

gboolean
bt_udp_send (BtUdp *self, const BtAddr *to, const guint8 *bytes, gsize length)
{
  Port *port = port_of (self, to->family);

  if (port == NULL)
    return FALSE;
  if (port->queue.length == 0)
    switch (send_now (port, to, bytes, length))
      {
      case SENT:
        return TRUE;
      case LOST:
        return FALSE;
      case LATER:
      default:
        break;
      }
  return send_later (port, to, bytes, length);
}
