/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"

#include <string.h>

#include "bt-error.h"
#include "bt-reader.h"

/* Bytes of text for which room for one value is made at first: what a list of
 * many files comes to. Room that is not used costs address space only. */
#define BYTES_PER_NODE 24u
#define FIRST_NODES 16u

/* Index of the handle that stands for "not there". */
#define NO_NODE G_MAXUINT32

/* One value, in the order of the text, so a container's first child is the
 * node after it. The type is the text's first byte and is not kept again. */
typedef struct
{
  guint32 begin; /* offset of the value's first byte */
  guint32 end;   /* offset past its last byte */
  guint32 skip;  /* index of the node after all that is in this one */
  guint32 key;   /* offset of the key that leads to it; 0 without a key */
} Node;

struct _BtBencodeTree
{
  const guint8 *bytes;
  Node *nodes;
  guint32 n_nodes;
  guint32 space;
  BtBencodeQuirks quirks;
};

/* A container that is not closed yet. */
typedef struct
{
  guint32 node;
  guint32 last_key;        /* offset of the payload of the key before, 0 for none */
  guint32 last_key_length;
} Open;

typedef struct
{
  BtBencodeTree *tree;
  BtReader reader;
  gsize length;
  Open stack[BT_BENCODE_MAX_DEPTH];
  guint depth;
  GError **error;
} Parser;

static guint32
offset_of (const Parser *self)
{
  return (guint32) (self->length - self->reader.left);
}

static gboolean
fail (Parser *self, BtError code, const char *what)
{
  g_set_error (self->error, BT_ERROR, (gint) code, "%s (byte %u).", what, offset_of (self));
  return FALSE;
}

static gboolean
fail_truncated (Parser *self)
{
  return fail (self, BT_ERROR_TRUNCATED, "The data ends in the middle of a value");
}

static gboolean
fail_malformed (Parser *self)
{
  return fail (self, BT_ERROR_MALFORMED, "The data is damaged or of another kind");
}

/* Digits up to @stop, which is taken too. @most is at most 2^63. */
static gboolean
take_number (Parser *self, guint8 stop, guint64 most, guint64 *out)
{
  guint64 value = 0, most_before_last = most / 10;
  guint n_digits = 0;
  gboolean leading_zero = FALSE;
  guint8 byte;

  for (;; n_digits++)
    {
      if (!bt_reader_u8 (&self->reader, &byte))
        return fail_truncated (self);
      if (byte == stop && n_digits > 0)
        break;
      if (!g_ascii_isdigit (byte))
        return fail_malformed (self);
      leading_zero |= n_digits == 1 && value == 0;
      if (value > most_before_last)
        return fail_malformed (self);
      value = value * 10 + (guint64) (byte - '0');
      if (value > most)
        return fail_malformed (self);
    }

  if (leading_zero)
    self->tree->quirks |= BT_BENCODE_LEADING_ZEROS;
  *out = value;
  return TRUE;
}

static gboolean
take_integer (Parser *self)
{
  gboolean negative;
  guint64 value;

  bt_reader_skip (&self->reader, 1);
  negative = self->reader.left > 0 && *self->reader.data == '-';
  if (negative)
    bt_reader_skip (&self->reader, 1);
  if (!take_number (self, 'e', negative ? (guint64) G_MAXINT64 + 1 : G_MAXINT64, &value))
    return FALSE;
  /* BEP 3: "i-0e is invalid"; it is a zero with something in front all the same. */
  if (negative && value == 0)
    self->tree->quirks |= BT_BENCODE_LEADING_ZEROS;
  return TRUE;
}

static gboolean
take_string (Parser *self, const guint8 **payload, guint32 *length)
{
  guint64 value;

  if (!take_number (self, ':', G_MAXUINT32, &value))
    return FALSE;
  if (!bt_reader_take (&self->reader, value, payload))
    return fail_truncated (self);
  *length = (guint32) value;
  return TRUE;
}

static gboolean
add_node (Parser *self, guint32 key, guint32 *index)
{
  BtBencodeTree *tree = self->tree;

  if (tree->n_nodes == BT_BENCODE_MAX_NODES)
    return fail (self, BT_ERROR_TOO_LARGE, "The data has too many values");
  if (tree->n_nodes == tree->space)
    {
      tree->space = MIN (tree->space * 2, BT_BENCODE_MAX_NODES);
      tree->nodes = g_renew (Node, tree->nodes, tree->space);
    }
  *index = tree->n_nodes++;
  tree->nodes[*index] = (Node){ .begin = offset_of (self), .key = key };
  return TRUE;
}

static int
compare_keys (const guint8 *a, gsize a_length, const guint8 *b, gsize b_length)
{
  gsize common = MIN (a_length, b_length);
  int order = 0;

  /* The first byte tells most keys of a dictionary apart. */
  if (common > 0)
    order = *a != *b ? *a - *b : memcmp (a, b, common);
  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/* The key in front of a value of the innermost container, if that is a dictionary. */
static gboolean
take_key (Parser *self, guint32 *key)
{
  Open *open = &self->stack[self->depth - 1];
  const guint8 *payload;
  guint32 length;
  int order;

  *key = 0;
  if (self->tree->bytes[self->tree->nodes[open->node].begin] != 'd')
    return TRUE;

  *key = offset_of (self);
  if (!take_string (self, &payload, &length))
    return FALSE;
  if (open->last_key != 0)
    {
      order = compare_keys (self->tree->bytes + open->last_key, open->last_key_length, payload, length);
      if (order > 0)
        self->tree->quirks |= BT_BENCODE_UNSORTED_KEYS;
      else if (order == 0)
        self->tree->quirks |= BT_BENCODE_DUPLICATE_KEYS;
    }
  open->last_key = (guint32) (payload - self->tree->bytes);
  open->last_key_length = length;
  if (self->reader.left == 0)
    return fail_truncated (self);
  return TRUE;
}

static gboolean
open_container (Parser *self, guint32 node)
{
  if (self->depth == BT_BENCODE_MAX_DEPTH)
    return fail (self, BT_ERROR_TOO_LARGE, "The data is nested too deeply");
  self->stack[self->depth++] = (Open){ .node = node };
  return bt_reader_skip (&self->reader, 1);
}

static void
close_node (Parser *self, guint32 index)
{
  self->tree->nodes[index].end = offset_of (self);
  self->tree->nodes[index].skip = self->tree->n_nodes;
}

static gboolean
take_value (Parser *self)
{
  const guint8 *payload;
  guint32 index, key = 0, length;

  if (self->depth > 0 && !take_key (self, &key))
    return FALSE;
  if (!add_node (self, key, &index))
    return FALSE;

  switch (*self->reader.data)
    {
    case 'd':
    case 'l':
      return open_container (self, index);
    case 'i':
      if (!take_integer (self))
        return FALSE;
      break;
    default:
      if (!take_string (self, &payload, &length))
        return FALSE;
      break;
    }
  close_node (self, index);
  return TRUE;
}

static gboolean
parse (Parser *self)
{
  do
    {
      if (self->reader.left == 0)
        return fail_truncated (self);
      if (self->depth > 0 && *self->reader.data == 'e')
        {
          bt_reader_skip (&self->reader, 1);
          close_node (self, self->stack[--self->depth].node);
        }
      else if (!take_value (self))
        return FALSE;
    }
  while (self->depth > 0);
  return TRUE;
}

BtBencodeTree *
bt_bencode_parse (const guint8 *bytes, gsize length, gsize *used, GError **error)
{
  g_autoptr(BtBencodeTree) tree = g_new0 (BtBencodeTree, 1);
  Parser parser;

  tree->bytes = bytes;
  parser.tree = tree;
  parser.length = length;
  parser.depth = 0;
  parser.error = error;
  bt_reader_init (&parser.reader, bytes, length);

  /* Offsets are kept in 32 bits; BT_MAX_TORRENT_FILE is far below. */
  if (length >= G_MAXUINT32)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_TOO_LARGE, "The data is too large.");
      return NULL;
    }
  tree->space = (guint32) MIN (FIRST_NODES + length / BYTES_PER_NODE, BT_BENCODE_MAX_NODES);
  tree->nodes = g_new (Node, tree->space);
  if (!parse (&parser))
    return NULL;
  if (used != NULL)
    *used = length - parser.reader.left;
  else if (parser.reader.left > 0)
    {
      fail (&parser, BT_ERROR_MALFORMED, "Something follows the end of the data");
      return NULL;
    }
  return g_steal_pointer (&tree);
}

void
bt_bencode_tree_free (BtBencodeTree *tree)
{
  if (tree == NULL)
    return;
  g_free (tree->nodes);
  g_free (tree);
}

static const BtBencode nothing = { NULL, NO_NODE };

static inline const Node *
node_of (BtBencode self)
{
  return &self.tree->nodes[self.node];
}

static inline guint8
first_byte (BtBencode self)
{
  return self.tree == NULL ? 0 : self.tree->bytes[node_of (self)->begin];
}

static inline gboolean
is_container (BtBencode self)
{
  guint8 byte = first_byte (self);

  return byte == 'd' || byte == 'l';
}

/* A string of the parsed text: @begin is at its length, the payload ends at @end. */
static const guint8 *
payload_between (const BtBencodeTree *tree, guint32 begin, guint32 end, gsize *length)
{
  while (tree->bytes[begin] != ':')
    begin++;
  *length = end - begin - 1;
  return tree->bytes + begin + 1;
}

BtBencode
bt_bencode_root (const BtBencodeTree *tree)
{
  return (BtBencode){ tree, 0 };
}

BtBencodeQuirks
bt_bencode_get_quirks (const BtBencodeTree *tree)
{
  return tree->quirks;
}

gboolean
bt_bencode_is (BtBencode self, BtBencodeType type)
{
  guint8 byte = first_byte (self);

  switch (type)
    {
    case BT_BENCODE_INTEGER:
      return byte == 'i';
    case BT_BENCODE_STRING:
      return g_ascii_isdigit (byte);
    case BT_BENCODE_LIST:
      return byte == 'l';
    case BT_BENCODE_DICT:
      return byte == 'd';
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
bt_bencode_exists (BtBencode self)
{
  return self.tree != NULL;
}

const guint8 *
bt_bencode_raw (BtBencode self, gsize *length)
{
  if (self.tree == NULL)
    {
      *length = 0;
      return NULL;
    }
  *length = node_of (self)->end - node_of (self)->begin;
  return self.tree->bytes + node_of (self)->begin;
}

gboolean
bt_bencode_integer (BtBencode self, gint64 *out)
{
  const guint8 *digit;
  gboolean negative;
  guint64 value = 0;

  if (first_byte (self) != 'i')
    return FALSE;
  digit = self.tree->bytes + node_of (self)->begin + 1;
  negative = *digit == '-';
  for (digit += negative; *digit != 'e'; digit++)
    value = value * 10 + (guint64) (*digit - '0');
  /* Negated as unsigned: -2^63 has no positive twin. */
  *out = (gint64) (negative ? -value : value);
  return TRUE;
}

const guint8 *
bt_bencode_string (BtBencode self, gsize *length)
{
  *length = 0;
  if (!bt_bencode_is (self, BT_BENCODE_STRING))
    return NULL;
  return payload_between (self.tree, node_of (self)->begin, node_of (self)->end, length);
}

gboolean
bt_bencode_string_is (BtBencode self, const char *text)
{
  gsize length;
  const guint8 *string = bt_bencode_string (self, &length);

  return string != NULL && length == strlen (text) && memcmp (string, text, length) == 0;
}

guint32
bt_bencode_n_items (BtBencode self)
{
  guint32 n = 0;

  for (BtBencode child = bt_bencode_first (self); child.tree != NULL; child = bt_bencode_next (child))
    n++;
  return n;
}

BtBencode
bt_bencode_first (BtBencode self)
{
  if (!is_container (self) || node_of (self)->skip == self.node + 1)
    return nothing;
  return (BtBencode){ self.tree, self.node + 1 };
}

BtBencode
bt_bencode_next (BtBencode self)
{
  /* What follows a child is a sibling or the end of its container. */
  if (self.tree == NULL || self.node == 0 || self.tree->bytes[node_of (self)->end] == 'e')
    return nothing;
  return (BtBencode){ self.tree, node_of (self)->skip };
}

const guint8 *
bt_bencode_key (BtBencode self, gsize *length)
{
  *length = 0;
  if (self.tree == NULL || node_of (self)->key == 0)
    return NULL;
  return payload_between (self.tree, node_of (self)->key, node_of (self)->begin, length);
}

BtBencode
bt_bencode_get (BtBencode self, const char *key)
{
  gsize wanted = strlen (key), length;

  if (!bt_bencode_is (self, BT_BENCODE_DICT))
    return nothing;
  for (BtBencode child = bt_bencode_first (self); child.tree != NULL; child = bt_bencode_next (child))
    {
      const guint8 *name = bt_bencode_key (child, &length);

      if (length == wanted && memcmp (name, key, wanted) == 0)
        return child;
    }
  return nothing;
}

gint64
bt_bencode_get_integer (BtBencode self, const char *key, gint64 fallback)
{
  gint64 value;

  return bt_bencode_integer (bt_bencode_get (self, key), &value) ? value : fallback;
}

const guint8 *
bt_bencode_get_string (BtBencode self, const char *key, gsize *length)
{
  return bt_bencode_string (bt_bencode_get (self, key), length);
}

char *
bt_bencode_dup_utf8 (BtBencode self, const char *key)
{
  gsize length;
  const guint8 *string = bt_bencode_get_string (self, key, &length);

  return string == NULL ? NULL : g_utf8_make_valid ((const char *) string, (gssize) length);
}
