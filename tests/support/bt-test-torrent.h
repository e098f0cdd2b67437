/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-metainfo.h"

G_BEGIN_DECLS

typedef struct
{
  const char *path;    /* below the torrent's name, '/' between elements */
  guint64 length;
  const char *attr;    /* NULL, or of BEP 47: "p" a pad, "x", "l" */
  const char *symlink; /* path inside the torrent, NULL */
} BtTestFile;

typedef struct
{
  const char *name;         /* NULL: "test" */
  guint32 piece_length;
  guint64 length;           /* of a single file, when there are no @files */
  const BtTestFile *files;
  guint n_files;
  const char *const *trackers; /* NULL-terminated; "" begins a new tier; NULL none */
  const char *const *url_list;  /* web seeds; NULL-terminated; NULL none */
  const char *const *httpseeds; /* the same */
  guint16 node_port;        /* of a DHT node on this machine that the torrent names; 0 none */
  gboolean is_private;
  guint64 seed;             /* another seed, other bytes */
  gboolean no_content;      /* too large to make: the hashes are zeros */
} BtTestSpec;

/**
 * BtTestTorrent:
 *
 * A torrent made in memory and the bytes it stands for.
 */
typedef struct
{
  BtMetainfo *metainfo;
  guint8 *content;     /* pads included; NULL with no_content */
  gsize length;
  guint32 piece_length;
  guint32 n_pieces;
} BtTestTorrent;

BtTestTorrent *bt_test_torrent_new  (const BtTestSpec *spec);
void           bt_test_torrent_free (BtTestTorrent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTestTorrent, bt_test_torrent_free)

/* Bytes of a piece. */
guint32        bt_test_torrent_piece_size (const BtTestTorrent *self, guint32 piece);
/* Writes its files into a folder, as a download would leave them. */
void           bt_test_torrent_store (const BtTestTorrent *self, const char *folder);
/* Whether every file of it is there with its bytes. */
gboolean       bt_test_torrent_is_stored (const BtTestTorrent *self, const char *folder);
/* Asserts that the files in the folder have the right bytes; whether empty
 * ones are there is not looked at. */
void           bt_test_torrent_assert_stored (const BtTestTorrent *self, const char *folder);

/* A version 2 torrent of files that each fit in one piece: its byte space has
 * gaps and no pads. */
BtMetainfo    *bt_test_metainfo_new_v2 (guint32 piece_length, const BtTestFile *files, guint n_files);

G_END_DECLS
