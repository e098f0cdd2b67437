/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Requests are 16 KiB except for a torrent's last block; nobody relies on
 * anything else (BEP 3). */
#define BT_BLOCK_SIZE 16384u

#define BT_SHA1_LENGTH   20
#define BT_SHA256_LENGTH 32
#define BT_PEER_ID_LENGTH 20

/* More pieces than any real torrent has; keeps a bitfield under 256 KiB. */
#define BT_MAX_PIECES (1u << 21)

/* The largest piece libtorrent makes or reads; one piece must fit in memory. */
#define BT_MAX_PIECE_LENGTH (0x7fffu * BT_BLOCK_SIZE)

/* A .torrent larger than this is refused before it is parsed. */
#define BT_MAX_TORRENT_FILE (64u << 20)

typedef struct
{
  guint32 piece;
  guint32 begin;  /* byte offset in the piece */
  guint32 length; /* bytes */
} BtBlock;

/* What a decoder says about the bytes it was shown. */
typedef enum
{
  BT_DECODE_MORE, /* right so far, but not all there */
  BT_DECODE_OK,
  BT_DECODE_BAD, /* no continuation can make this right */
} BtDecode;

G_END_DECLS
