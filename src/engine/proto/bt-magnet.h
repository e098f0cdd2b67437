/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-metainfo.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* Files @first to @last of a torrent, both included, by their index in it. */
typedef struct
{
  guint32 first;
  guint32 last;
} BtMagnetRange;

/**
 * BtMagnet:
 *
 * A magnet link (BEP 9, BEP 53): immutable, atomically counted. What a link
 * says of trackers and peers is a stranger's word: each is judged again by
 * whoever uses it.
 */
typedef struct
{
  gboolean has_v1;
  gboolean has_v2;
  guint8 info_hash[BT_SHA1_LENGTH];      /* with has_v1 */
  guint8 info_hash_v2[BT_SHA256_LENGTH]; /* with has_v2 */
  char *name;           /* "dn": UTF-8 without control characters; NULL */
  GPtrArray *trackers;  /* "tr": of char *, in the order of the link */
  GPtrArray *web_seeds; /* "ws": of char * */
  GPtrArray *peers;     /* "x.pe": of char *, "host:port" or "[address]:port" */
  GPtrArray *nodes;     /* "dht": the same */
  GArray *files;        /* "so": of BtMagnetRange, which are wanted; empty: all */
} BtMagnet;

/* Values of one kind that are kept of a link; what is too much is passed over. */
#define BT_MAGNET_MAX_VALUES 200u

/* Is it a magnet link at all, by its first letters? */
gboolean  bt_magnet_is_link      (const char *text);
/**
 * bt_magnet_new:
 * @uri: "magnet:?…"; white space around it does not count
 * @error: #BtError MALFORMED, TOO_LARGE or UNSUPPORTED with a sentence for a person
 *
 * Keys in any case; "tr.1" is "tr". A '%' that no two hex digits follow stands
 * for itself. Values that make no sense are passed over one by one, but for
 * the hashes. A link whose 40 letters are no hex digits is a magnet link for
 * libtorrent and names nothing: then neither has_v1 nor has_v2 is set.
 *
 * Returns: (transfer full) (nullable)
 */
BtMagnet *bt_magnet_new          (const char *uri, GError **error);
/* What others need to find a torrent: trackers and web seeds. Of a private
 * one (BEP 27) only hash and name: its trackers' addresses hold a person's key. */
BtMagnet *bt_magnet_new_for_metainfo (BtMetainfo *metainfo);
/* With a hash and nothing else. @info_hash: 20 bytes; @name: (nullable) */
BtMagnet *bt_magnet_new_for_hash (const guint8 *info_hash, const char *name);
BtMagnet *bt_magnet_ref          (BtMagnet *self);
void      bt_magnet_unref        (BtMagnet *self);
/* Returns: (transfer full): the link, with every value as bt_magnet_new() reads it */
char     *bt_magnet_to_string    (const BtMagnet *self);
/* By "so": is the file wanted? */
gboolean  bt_magnet_wants_file   (const BtMagnet *self, guint32 file);
/* A .torrent file of @info, the bytes of an info dictionary, with the link's
 * trackers, each in a tier of its own, and web seeds. @self: (nullable) */
GBytes   *bt_magnet_make_torrent (const BtMagnet *self, const guint8 *info, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtMagnet, bt_magnet_unref)

G_END_DECLS
