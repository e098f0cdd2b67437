/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BT_BENCODE_INTEGER,
  BT_BENCODE_STRING,
  BT_BENCODE_LIST,
  BT_BENCODE_DICT,
} BtBencodeType;

/* Deeper nesting than this is refused; libtorrent's limit too. */
#define BT_BENCODE_MAX_DEPTH 100u
/* More values than this are refused, so a tree is at most some 40 MiB. */
#define BT_BENCODE_MAX_NODES 2500000u

/* What was accepted but is not canonical (v1 tolerates it, v2 refuses it). */
typedef enum
{
  BT_BENCODE_UNSORTED_KEYS = 1 << 0,
  BT_BENCODE_DUPLICATE_KEYS = 1 << 1,
  BT_BENCODE_LEADING_ZEROS = 1 << 2,
} BtBencodeQuirks;

/**
 * BtBencode:
 *
 * A read-only tree over bytes that the caller keeps alive. Values are small
 * handles, passed by value; a handle that stands for "not there" is empty, and
 * every getter on it answers as for a wrong type, so look-ups can be chained.
 */
typedef struct _BtBencodeTree BtBencodeTree;

typedef struct
{
  const BtBencodeTree *tree;
  guint32 node; /* index in the tree */
} BtBencode;

/* @used: (out) (optional): bytes of the first value; without it trailing
 * bytes are an error. */
BtBencodeTree *bt_bencode_parse (const guint8 *bytes, gsize length, gsize *used, GError **error);
void           bt_bencode_tree_free (BtBencodeTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBencodeTree, bt_bencode_tree_free)

BtBencode       bt_bencode_root       (const BtBencodeTree *tree);
BtBencodeQuirks bt_bencode_get_quirks (const BtBencodeTree *tree);

gboolean      bt_bencode_is         (BtBencode self, BtBencodeType type);
gboolean      bt_bencode_exists     (BtBencode self);
/* The raw bytes of the value itself, e.g. what an info-hash is over. */
const guint8 *bt_bencode_raw        (BtBencode self, gsize *length);
gboolean      bt_bencode_integer    (BtBencode self, gint64 *out);
/* NULL unless a string; not zero-terminated. */
const guint8 *bt_bencode_string     (BtBencode self, gsize *length);
gboolean      bt_bencode_string_is  (BtBencode self, const char *text);
guint32       bt_bencode_n_items    (BtBencode self); /* of a list or dictionary (pairs) */
/* Children in order: of a list its values, of a dictionary its values, with
 * bt_bencode_key() for the name. */
BtBencode     bt_bencode_first      (BtBencode self);
BtBencode     bt_bencode_next       (BtBencode self);
const guint8 *bt_bencode_key        (BtBencode self, gsize *length);
/* The value of a key (the first, when there are two), or an empty handle. */
BtBencode     bt_bencode_get        (BtBencode self, const char *key);

/* Look-ups of a dictionary by key and type at once. */
gint64        bt_bencode_get_integer (BtBencode self, const char *key, gint64 fallback);
const guint8 *bt_bencode_get_string  (BtBencode self, const char *key, gsize *length);
/* A copy as valid UTF-8 (bad sequences replaced), or NULL. */
char         *bt_bencode_dup_utf8    (BtBencode self, const char *key);

/**
 * BtBencodeWriter:
 *
 * Writes canonical bencode. Keys must come in order; that is asserted.
 */
typedef struct
{
  GString *out;
  GPtrArray *last_keys; /* a stack, one entry a container */
} BtBencodeWriter;

void    bt_bencode_writer_init    (BtBencodeWriter *self);
void    bt_bencode_writer_clear   (BtBencodeWriter *self);
void    bt_bencode_write_integer  (BtBencodeWriter *self, gint64 value);
void    bt_bencode_write_string   (BtBencodeWriter *self, const void *bytes, gsize length);
void    bt_bencode_write_text     (BtBencodeWriter *self, const char *text);
void    bt_bencode_write_key      (BtBencodeWriter *self, const char *key);
void    bt_bencode_write_key_bytes (BtBencodeWriter *self, const void *key, gsize length);
/* Already bencoded bytes, as they are. */
void    bt_bencode_write_raw      (BtBencodeWriter *self, const void *bytes, gsize length);
void    bt_bencode_begin_list     (BtBencodeWriter *self);
void    bt_bencode_begin_dict     (BtBencodeWriter *self);
void    bt_bencode_end            (BtBencodeWriter *self);
/* Returns: (transfer full); the writer is empty afterwards. */
GBytes *bt_bencode_writer_finish  (BtBencodeWriter *self);

G_END_DECLS
