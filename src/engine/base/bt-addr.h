/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-reader.h"

G_BEGIN_DECLS

typedef enum
{
  BT_ADDR_NONE = 0,
  BT_ADDR_V4 = 4,
  BT_ADDR_V6 = 6,
} BtAddrFamily;

/* "[" 39 hex digits and colons "]:65535" and the final zero. */
#define BT_ADDR_STRING_MAX 56

/**
 * BtAddr:
 *
 * An IPv4 or IPv6 address and a port: a value, 20 bytes, without padding that
 * could differ between equal addresses. A v4-mapped IPv6 address is stored as
 * IPv4, so that one host has one name.
 */
typedef struct
{
  guint8 ip[16];  /* network order; IPv4 uses the first four, the rest is zero */
  guint16 port;   /* host order */
  guint16 family; /* BtAddrFamily */
} BtAddr;

void     bt_addr_init_v4     (BtAddr *self, const guint8 ip[4], guint16 port);
void     bt_addr_init_v6     (BtAddr *self, const guint8 ip[16], guint16 port);
/* "1.2.3.4:80", "[::1]:80"; without ":port" the port is 0. No names. */
gboolean bt_addr_parse       (BtAddr *self, const char *text);
/* Only the address, as "1.2.3.4" or "::1". */
gboolean bt_addr_parse_ip    (BtAddr *self, const char *text);
char    *bt_addr_to_string   (const BtAddr *self, char out[BT_ADDR_STRING_MAX]);
char    *bt_addr_ip_to_string (const BtAddr *self, char out[BT_ADDR_STRING_MAX]);
gboolean bt_addr_equal       (gconstpointer a, gconstpointer b);
guint    bt_addr_hash        (gconstpointer self);
gboolean bt_addr_same_ip     (const BtAddr *a, const BtAddr *b);
/* Is it an address a connection can be made to: a family, a port, not the
 * unspecified address, not multicast or broadcast? */
gboolean bt_addr_is_usable   (const BtAddr *self);
gboolean bt_addr_is_loopback (const BtAddr *self);
/* 10/8, 172.16/12, 192.168/16, 169.254/16, 100.64/10, fc00::/7, fe80::/10 and
 * loopback, and 0/8 and ::, by which a connection comes to this machine too */
gboolean bt_addr_is_private  (const BtAddr *self);
/* The compact forms of BEP 23 (6 bytes) and BEP 7 (18 bytes). */
gboolean bt_addr_read        (BtAddr *self, BtReader *reader, BtAddrFamily family);
/* Returns: bytes written, 6 or 18 */
gsize    bt_addr_write       (const BtAddr *self, guint8 out[18]);

G_END_DECLS
