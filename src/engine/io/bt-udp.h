/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-loop.h"

G_BEGIN_DECLS

/* Who shares the socket. */
typedef enum
{
  BT_UDP_DHT,
  BT_UDP_TRACKER, /* answers of trackers */
  BT_UDP_UTP,
  BT_UDP_N_KINDS,
} BtUdpKind;

/**
 * BtUdpHost:
 *
 * What one of those who share the socket is told. Nobody but received() has
 * to be there. None of them may free the socket.
 */
typedef struct
{
  void (*received)    (const guint8 *bytes, gsize length, const BtAddr *from, gpointer data);
  /* After the last datagram of a batch: the time for answers that sum up. */
  void (*batch_end)   (gpointer data);
  /* An ICMP message says that nobody is at @to. @bytes is the beginning of
   * what was sent there, as far as the message has it, by any of the kinds:
   * anybody can forge the rest, so it has to be recognised. */
  void (*unreachable) (const guint8 *bytes, gsize length, const BtAddr *to, gpointer data);
} BtUdpHost;

/**
 * BtUdp:
 *
 * One UDP port of IPv4 and IPv6 for the DHT, uTP and trackers; what comes in
 * is told apart by its first bytes.
 */
typedef struct _BtUdp BtUdp;

/* A datagram longer than this is cut; no answer that we ask for is. */
#define BT_UDP_MAX_DATAGRAM 4096u

/* @v4, @v6: (nullable): the addresses to bind to; NULL leaves a family out;
 *   a machine without IPv6 is not an error when IPv4 worked
 * @port: 0 lets the system choose one, the same for both
 * Returns: (transfer full) (nullable): NULL with %G_IO_ERROR_ADDRESS_IN_USE
 *   when somebody has the port */
BtUdp   *bt_udp_new        (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, guint16 port, GError **error);
void     bt_udp_free       (BtUdp *self);
/* Lets go of its sockets and has those of @other, which nobody uses yet; what
 * waits to be sent goes out there. Hosts stay, and may call this.
 * @other: (transfer full): of the same loop */
void     bt_udp_take_over  (BtUdp *self, BtUdp *other);
guint16  bt_udp_get_port   (BtUdp *self);
gboolean bt_udp_has_family (BtUdp *self, BtAddrFamily family);
/* @host: (nullable): NULL drops what comes for @kind */
void     bt_udp_set_host   (BtUdp *self, BtUdpKind kind, const BtUdpHost *host, gpointer data);
/* Sends now or, while the system takes no more, soon.
 * Returns: FALSE when it is known to go nowhere, or too much is waiting */
gboolean bt_udp_send       (BtUdp *self, const BtAddr *to, const guint8 *bytes, gsize length);

G_END_DECLS
