/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/* The extension messages that we know the names of. */
typedef enum
{
  BT_EXT_METADATA,    /* "ut_metadata" (BEP 9) */
  BT_EXT_PEX,         /* "ut_pex" (BEP 11) */
  BT_EXT_UPLOAD_ONLY, /* "upload_only" (BEP 21, as libtorrent sends it) */
  BT_EXT_HOLEPUNCH,   /* "ut_holepunch" (BEP 55) */
  BT_EXT_DONT_HAVE,   /* "lt_donthave" (BEP 54) */
  BT_N_EXT,
} BtExtMessage;

/* Keys of the handshake; a mask says which were there. */
typedef enum
{
  BT_EXT_HAS_PORT = 1 << 0,
  BT_EXT_HAS_VERSION = 1 << 1,
  BT_EXT_HAS_YOUR_IP = 1 << 2,
  BT_EXT_HAS_REQQ = 1 << 3,
  BT_EXT_HAS_METADATA_SIZE = 1 << 4,
  BT_EXT_HAS_UPLOAD_ONLY = 1 << 5,
  BT_EXT_HAS_COMPLETE_AGO = 1 << 6,
  BT_EXT_HAS_ENCRYPTION = 1 << 7,
  BT_EXT_HAS_IPV4 = 1 << 8,
  BT_EXT_HAS_IPV6 = 1 << 9,
} BtExtKeys;

/* Bytes of a peer's name for itself that are kept, with the final zero. */
#define BT_EXT_VERSION_MAX 64u

/* Metadata larger than this is not believed: no .torrent that we read has it. */
#define BT_EXT_MAX_METADATA (64 << 20)

/**
 * BtExtHandshake:
 *
 * The extension handshake (BEP 10). It may come again and then says only what
 * changed, so every value counts only when @keys or @messages has its bit.
 */
typedef struct
{
  BtExtKeys keys;
  guint messages;            /* 1 << BtExtMessage: the ids that were there */
  guint8 ids[BT_N_EXT];      /* what the sender wants a message to it called; 0: not any more */
  guint16 port;              /* where it listens; for connections that it opened */
  guint32 reqq;              /* requests that it keeps */
  guint32 metadata_size;     /* bytes */
  gboolean upload_only;
  gboolean encryption;       /* it would rather have the connection encrypted */
  guint32 complete_ago;      /* seconds */
  BtAddr your_ip;            /* ours, as it sees it; port unused */
  BtAddr ipv4;               /* where the sender can be reached as well; port unused */
  BtAddr ipv6;
  char version[BT_EXT_VERSION_MAX]; /* UTF-8 without control characters */
} BtExtHandshake;

/* Values of a wrong type or out of range are passed over one by one. What
 * follows the dictionary is ignored.
 *
 * Returns: %FALSE when it is not a dictionary; the peer may be kept. */
gboolean bt_ext_handshake_read  (BtExtHandshake *self, const guint8 *bytes, gsize length);
/* Canonical bencode. Returns: (transfer full) */
GBytes  *bt_ext_handshake_write (const BtExtHandshake *self);

G_END_DECLS
