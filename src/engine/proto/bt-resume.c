/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-resume-private.h"

#include "bt-sha.h"

#include <string.h>

static void
partial_clear (gpointer data)
{
  bt_bitfield_clear (&((BtResumePartial *) data)->blocks);
}

static void
tracker_clear (gpointer data)
{
  g_free (((BtResumeTracker *) data)->url);
}

BtResume *
bt_resume_new (BtMetainfo *metainfo, const guint8 *info_hash)
{
  BtResume *self = g_atomic_rc_box_new0 (BtResume);

  memcpy (self->info_hash, info_hash, BT_SHA1_LENGTH);
  bt_bitfield_init (&self->have, metainfo == NULL ? 0 : bt_metainfo_get_n_pieces (metainfo));
  self->n_files = metainfo == NULL ? 0 : bt_metainfo_get_n_files (metainfo);
  self->files = g_new0 (BtResumeFile, MAX (self->n_files, 1));
  for (guint i = 0; i < self->n_files; i++)
    {
      self->files[i].size = -1;
      self->files[i].priority = BT_RESUME_NORMAL;
    }
  if (metainfo != NULL)
    bt_placement_init (&self->place, metainfo);
  self->parts_size = -1;
  self->partials = g_array_new (FALSE, FALSE, sizeof (BtResumePartial));
  g_array_set_clear_func (self->partials, partial_clear);
  self->peers = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  self->trackers = g_array_new (FALSE, FALSE, sizeof (BtResumeTracker));
  g_array_set_clear_func (self->trackers, tracker_clear);
  return self;
}

BtResume *
bt_resume_ref (BtResume *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
resume_clear (gpointer data)
{
  BtResume *self = data;

  bt_placement_clear (&self->place);
  g_free (self->done_folder);
  g_free (self->files);
  bt_bitfield_clear (&self->have);
  g_array_unref (self->partials);
  g_array_unref (self->peers);
  g_array_unref (self->trackers);
}

void
bt_resume_unref (BtResume *self)
{
  g_atomic_rc_box_release_full (self, resume_clear);
}

void
bt_resume_add_partial (BtResume *self, guint32 piece, const BtBitfield *blocks)
{
  BtResumePartial partial = { .piece = piece };

  if (self->partials->len >= BT_RESUME_MAX_PARTIALS)
    return;
  bt_bitfield_copy (&partial.blocks, blocks);
  g_array_append_val (self->partials, partial);
}

void
bt_resume_add_tracker (BtResume *self, const BtResumeTracker *tracker)
{
  BtResumeTracker copy = *tracker;

  if (self->trackers->len >= BT_RESUME_MAX_TRACKERS || strlen (tracker->url) > BT_RESUME_MAX_URL)
    return;
  copy.url = g_strdup (tracker->url);
  g_array_append_val (self->trackers, copy);
}

guint32
bt_resume_n_blocks (BtMetainfo *metainfo, guint32 piece)
{
  guint64 begin = (guint64) piece * bt_metainfo_get_piece_length (metainfo);
  guint64 size = MIN (bt_metainfo_get_piece_length (metainfo), bt_metainfo_get_total_length (metainfo) - begin);

  return (guint32) ((size + BT_BLOCK_SIZE - 1) / BT_BLOCK_SIZE);
}

static void
write_integer (BtBencodeWriter *writer, const char *key, guint64 value)
{
  bt_bencode_write_key (writer, key);
  bt_bencode_write_integer (writer, (gint64) MIN (value, G_MAXINT64));
}

static void
write_numbers (BtBencodeWriter *writer, const char *key, const BtResume *self, gsize offset)
{
  g_autofree guint64 *numbers = g_new (guint64, MAX (self->n_files, 1));

  for (guint i = 0; i < self->n_files; i++)
    numbers[i] = GUINT64_TO_BE ((guint64) *(const gint64 *) G_STRUCT_MEMBER_P (&self->files[i], offset));
  bt_bencode_write_key (writer, key);
  bt_bencode_write_string (writer, numbers, self->n_files * sizeof *numbers);
}

static void
write_flags (BtBencodeWriter *writer, const BtResume *self)
{
  g_autofree guint8 *flags = g_malloc (MAX (self->n_files, 1));

  for (guint i = 0; i < self->n_files; i++)
    flags[i] = (guint8) ((self->files[i].priority & BT_RESUME_PRIORITY) | (self->files[i].touched ? BT_RESUME_TOUCHED : 0));
  bt_bencode_write_key (writer, "flags");
  bt_bencode_write_string (writer, flags, self->n_files);
}

static void
write_place (BtBencodeWriter *writer, const BtResume *self)
{
  g_autoptr (GBytes) place = self->place.names == NULL ? NULL : bt_placement_write (&self->place);

  if (place == NULL)
    return;
  bt_bencode_write_key (writer, "place");
  bt_bencode_write_raw (writer, g_bytes_get_data (place, NULL), g_bytes_get_size (place));
}

static void
write_have (BtBencodeWriter *writer, const BtResume *self)
{
  bt_bencode_write_key (writer, "have");
  /* Of most torrents of a large library everything is here. */
  if (bt_bitfield_is_full (&self->have))
    bt_bencode_write_integer (writer, self->have.n_bits);
  else
    bt_bencode_write_string (writer, self->have.bytes, bt_bitfield_n_bytes (&self->have));
}

static void
write_partials (BtBencodeWriter *writer, const BtResume *self)
{
  bt_bencode_write_key (writer, "partials");
  bt_bencode_begin_list (writer);
  for (guint i = 0; i < self->partials->len; i++)
    {
      const BtResumePartial *partial = &g_array_index (self->partials, BtResumePartial, i);

      bt_bencode_write_integer (writer, partial->piece);
      bt_bencode_write_string (writer, partial->blocks.bytes, bt_bitfield_n_bytes (&partial->blocks));
    }
  bt_bencode_end (writer);
}

static void
write_peers (BtBencodeWriter *writer, const BtResume *self)
{
  g_autoptr (GByteArray) v4 = g_byte_array_new (), v6 = g_byte_array_new ();

  for (guint i = 0; i < MIN (self->peers->len, BT_RESUME_MAX_PEERS); i++)
    {
      const BtAddr *addr = &g_array_index (self->peers, BtAddr, i);
      guint8 compact[18];
      gsize length = bt_addr_write (addr, compact);

      g_byte_array_append (addr->family == BT_ADDR_V6 ? v6 : v4, compact, (guint) length);
    }
  bt_bencode_write_key (writer, "peers");
  bt_bencode_write_string (writer, v4->data, v4->len);
  bt_bencode_write_key (writer, "peers6");
  bt_bencode_write_string (writer, v6->data, v6->len);
}

static void
write_trackers (BtBencodeWriter *writer, const BtResume *self)
{
  bt_bencode_write_key (writer, "trackers");
  bt_bencode_begin_list (writer);
  for (guint i = 0; i < self->trackers->len; i++)
    {
      const BtResumeTracker *tracker = &g_array_index (self->trackers, BtResumeTracker, i);

      bt_bencode_begin_dict (writer);
      write_integer (writer, "fails", tracker->fails);
      bt_bencode_write_key (writer, "leechers");
      bt_bencode_write_integer (writer, tracker->leechers);
      bt_bencode_write_key (writer, "seeds");
      bt_bencode_write_integer (writer, tracker->seeds);
      write_integer (writer, "tier", tracker->tier);
      bt_bencode_write_key (writer, "url");
      bt_bencode_write_text (writer, tracker->url);
      bt_bencode_end (writer);
    }
  bt_bencode_end (writer);
}

/* Keys in the order that bencode wants. */
static void
write_dict (BtBencodeWriter *writer, const BtResume *self)
{
  bt_bencode_begin_dict (writer);
  write_integer (writer, "active time", self->active_time);
  write_integer (writer, "checked", self->checked != FALSE);
  write_integer (writer, "clean", self->clean != FALSE);
  if (self->done_folder != NULL)
    {
      bt_bencode_write_key (writer, "done folder");
      bt_bencode_write_text (writer, self->done_folder);
    }
  write_integer (writer, "down limit", self->down_limit);
  write_integer (writer, "downloaded", self->downloaded);
  write_integer (writer, "ends first", self->ends_first != FALSE);
  write_integer (writer, "finished", (guint64) self->finished_at);
  write_flags (writer, self);
  bt_bencode_write_key (writer, "hash");
  bt_bencode_write_string (writer, self->info_hash, BT_SHA1_LENGTH);
  write_have (writer, self);
  write_integer (writer, "last active", (guint64) self->last_active);
  write_partials (writer, self);
  bt_bencode_write_key (writer, "parts mtime");
  bt_bencode_write_integer (writer, self->parts_mtime);
  bt_bencode_write_key (writer, "parts size");
  bt_bencode_write_integer (writer, self->parts_size);
  write_peers (writer, self);
  write_place (writer, self);
  bt_bencode_write_key (writer, "saved");
  bt_bencode_write_integer (writer, self->saved);
  write_integer (writer, "seeding time", self->seeding_time);
  write_integer (writer, "sequential", self->sequential != FALSE);
  write_numbers (writer, "sizes", self, G_STRUCT_OFFSET (BtResumeFile, size));
  write_numbers (writer, "times", self, G_STRUCT_OFFSET (BtResumeFile, mtime));
  if (self->has_trackers)
    write_trackers (writer, self);
  write_integer (writer, "up limit", self->up_limit);
  write_integer (writer, "uploaded", self->uploaded);
  write_integer (writer, "version", BT_RESUME_VERSION);
  write_integer (writer, "wasted", self->wasted);
  bt_bencode_end (writer);
}

GBytes *
bt_resume_encode (const BtResume *self)
{
  g_autoptr (GBytes) dict = NULL;
  BtBencodeWriter writer;
  const guint8 *bytes;
  guint8 *whole;
  gsize length;

  bt_bencode_writer_init (&writer);
  write_dict (&writer, self);
  dict = bt_bencode_writer_finish (&writer);
  bytes = g_bytes_get_data (dict, &length);
  whole = g_malloc (BT_RESUME_HEADER + length);
  memcpy (whole, BT_RESUME_MAGIC, BT_RESUME_MAGIC_LENGTH);
  bt_sha1 (bytes, length, whole + BT_RESUME_MAGIC_LENGTH);
  memcpy (whole + BT_RESUME_HEADER, bytes, length);
  return g_bytes_new_take (whole, BT_RESUME_HEADER + length);
}
