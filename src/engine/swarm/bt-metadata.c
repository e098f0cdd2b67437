/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metadata-private.h"

#include <string.h>

/* Sizes, or peers asked alone, that are tried beside each other: they bound
 * what is held in memory. */
#define MAX_ATTEMPTS 3u
/* Of them, for one size that somebody lied about. */
#define MAX_SOLE 2u

/* An attempt is not given up for a newcomer before it has had this long. */
#define FAIR_TIME (30 * G_USEC_PER_SEC)

/* Peers that are gone are remembered until there are so many. */
#define MAX_PEERS 500u

/* libtorrent asks a peer for two pieces at once; more as it answers, or 10 MB
 * would take a round trip for each 32 KiB. */
#define FIRST_DEPTH 2u

/* As libtorrent: the same piece not from two within this... */
#define DOUBLE_AFTER (3 * G_USEC_PER_SEC)
/* ... and a peer that said no is left alone for a minute. */
#define REJECT_PAUSE (60 * G_USEC_PER_SEC)

/* A peer that has said nothing for so long since it was asked is slow or dead. */
#define ANSWER_TIME (10 * G_USEC_PER_SEC)
#define LONGEST_PAUSE (60 * G_USEC_PER_SEC)

/* Times a peer that is asked alone may be silent before others have its turn. */
#define MAX_SILENCE 2u

static void
drop_pieces (BtMetadataAttempt *attempt)
{
  for (guint32 i = 0; attempt->pieces != NULL && i < attempt->n_pieces; i++)
    g_free (attempt->pieces[i]);
  g_clear_pointer (&attempt->pieces, g_free);
}

static void
attempt_free (gpointer data)
{
  BtMetadataAttempt *attempt = data;

  drop_pieces (attempt);
  g_free (attempt->from);
  g_free (attempt->asked_at);
  g_free (attempt);
}

static void
failed_free (gpointer data)
{
  BtMetadataFailed *failed = data;

  g_free (failed->from);
  g_free (failed->digests);
  g_free (failed);
}

BtMetadata *
bt_metadata_new (void)
{
  BtMetadata *self = g_new0 (BtMetadata, 1);

  self->peers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->attempts = g_ptr_array_new_with_free_func (attempt_free);
  self->failed = g_ptr_array_new_with_free_func (failed_free);
  self->doubted = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
bt_metadata_free (BtMetadata *self)
{
  g_hash_table_unref (self->peers);
  g_ptr_array_unref (self->attempts);
  g_ptr_array_unref (self->failed);
  g_array_unref (self->doubted);
  g_free (self);
}

BtMetadataPeer *
bt_metadata_find_peer (BtMetadata *self, guint32 id)
{
  return g_hash_table_lookup (self->peers, GUINT_TO_POINTER (id));
}

gboolean
bt_metadata_is_doubted (BtMetadata *self, guint32 size)
{
  for (guint i = 0; i < self->doubted->len; i++)
    if (g_array_index (self->doubted, guint32, i) == size)
      return TRUE;
  return FALSE;
}

static BtMetadataAttempt *
find_attempt (BtMetadata *self, const BtMetadataPeer *peer)
{
  guint32 sole = bt_metadata_is_doubted (self, peer->size) ? peer->id : 0;

  for (guint i = 0; i < self->attempts->len; i++)
    {
      BtMetadataAttempt *attempt = self->attempts->pdata[i];

      if (attempt->size == peer->size && attempt->sole == sole)
        return attempt;
    }
  return NULL;
}

void
bt_metadata_remove_attempt (BtMetadata *self, BtMetadataAttempt *attempt)
{
  g_ptr_array_remove_fast (self->attempts, attempt);
}

/* How many peers that are here, believed, and answer would go on with it. */
static guint
n_supporters (BtMetadata *self, const BtMetadataAttempt *attempt)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const BtMetadataPeer *peer = value;

      n += !peer->banned && !peer->away && peer->n_silent == 0 && peer->size == attempt->size && (attempt->sole == 0 || attempt->sole == peer->id);
    }
  return n;
}

/* A newcomer gets the place of the attempt that the fewest go on with: those
 * who claim sizes and then say little must not keep it for ever. */
static gboolean
make_room (BtMetadata *self, gint64 now)
{
  BtMetadataAttempt *worst = NULL;
  guint fewest = G_MAXUINT;

  if (self->attempts->len < MAX_ATTEMPTS)
    return TRUE;
  for (guint i = 0; i < self->attempts->len; i++)
    {
      BtMetadataAttempt *attempt = self->attempts->pdata[i];
      guint n = n_supporters (self, attempt);

      if (attempt->taken || n >= fewest || (n > 0 && now - attempt->began < FAIR_TIME))
        continue;
      worst = attempt;
      fewest = n;
    }
  if (worst != NULL)
    bt_metadata_remove_attempt (self, worst);
  return worst != NULL;
}

static guint
n_sole (BtMetadata *self, guint32 size)
{
  guint n = 0;

  for (guint i = 0; i < self->attempts->len; i++)
    {
      const BtMetadataAttempt *attempt = self->attempts->pdata[i];

      n += attempt->size == size && attempt->sole != 0;
    }
  return n;
}

static BtMetadataAttempt *
begin_attempt (BtMetadata *self, const BtMetadataPeer *peer, gint64 now)
{
  gboolean doubted = bt_metadata_is_doubted (self, peer->size);
  BtMetadataAttempt *attempt;

  if ((doubted && n_sole (self, peer->size) >= MAX_SOLE) || !make_room (self, now))
    return NULL;
  attempt = g_new0 (BtMetadataAttempt, 1);
  attempt->id = ++self->next_attempt;
  attempt->began = now;
  attempt->size = peer->size;
  attempt->sole = doubted ? peer->id : 0;
  attempt->n_pieces = bt_metadata_n_pieces (peer->size);
  attempt->pieces = g_new0 (guint8 *, attempt->n_pieces);
  attempt->from = g_new0 (guint32, attempt->n_pieces);
  attempt->asked_at = g_new0 (gint64, attempt->n_pieces);
  g_ptr_array_add (self->attempts, attempt);
  return attempt;
}

static gboolean
take_back (BtMetadataPeer *peer, guint32 piece)
{
  for (guint i = 0; i < peer->n_asked; i++)
    if (peer->asked[i].piece == piece)
      {
        peer->asked[i] = peer->asked[--peer->n_asked];
        return TRUE;
      }
  return FALSE;
}

/* What it was asked for is for others. */
static void
release_all (BtMetadata *self, BtMetadataPeer *peer)
{
  BtMetadataAttempt *attempt = find_attempt (self, peer);

  while (peer->n_asked > 0)
    {
      guint32 piece = peer->asked[--peer->n_asked].piece;

      if (attempt != NULL && piece < attempt->n_pieces)
        attempt->asked_at[piece] = 0;
    }
}

/* An attempt of which it alone is asked ends without it. */
static void
end_sole_attempt (BtMetadata *self, const BtMetadataPeer *peer)
{
  BtMetadataAttempt *attempt = find_attempt (self, peer);

  if (attempt != NULL && attempt->sole == peer->id && !attempt->taken)
    bt_metadata_remove_attempt (self, attempt);
}

gboolean
bt_metadata_offer (BtMetadata *self, guint32 id, guint32 size)
{
  BtMetadataPeer *peer = bt_metadata_find_peer (self, id);

  if (size == 0 || size > BT_METADATA_MAX || (peer != NULL && peer->banned))
    return FALSE;
  if (peer == NULL)
    {
      peer = g_new0 (BtMetadataPeer, 1);
      peer->id = id;
      peer->size = size;
      peer->depth = FIRST_DEPTH;
      g_hash_table_insert (self->peers, GUINT_TO_POINTER (id), peer);
    }
  peer->away = FALSE;
  if (peer->size != size)
    {
      release_all (self, peer);
      end_sole_attempt (self, peer);
      peer->size = size;
    }
  return TRUE;
}

void
bt_metadata_leave (BtMetadata *self, guint32 id)
{
  BtMetadataPeer *peer = bt_metadata_find_peer (self, id);

  if (peer == NULL)
    return;
  release_all (self, peer);
  peer->away = TRUE;
  end_sole_attempt (self, peer);
  if (!peer->banned && g_hash_table_size (self->peers) > MAX_PEERS)
    g_hash_table_remove (self->peers, GUINT_TO_POINTER (id));
}

/* The first that nobody is asked for; when there is none, the one that was
 * asked for longest ago of somebody else. */
static gboolean
choose_piece (const BtMetadataAttempt *attempt, const BtMetadataPeer *peer, gint64 now, guint32 *piece)
{
  gint64 oldest = now - DOUBLE_AFTER + 1;
  gboolean found = FALSE;

  for (guint32 i = 0; i < attempt->n_pieces; i++)
    {
      gboolean mine = FALSE;

      if (attempt->pieces[i] != NULL)
        continue;
      if (attempt->asked_at[i] == 0)
        {
          *piece = i;
          return TRUE;
        }
      for (guint k = 0; k < peer->n_asked; k++)
        mine |= peer->asked[k].piece == i;
      if (mine || attempt->asked_at[i] >= oldest)
        continue;
      oldest = attempt->asked_at[i];
      *piece = i;
      found = TRUE;
    }
  return found;
}

gboolean
bt_metadata_ask (BtMetadata *self, guint32 id, gint64 now, guint32 *piece)
{
  BtMetadataPeer *peer = bt_metadata_find_peer (self, id);
  BtMetadataAttempt *attempt;

  if (peer == NULL || peer->banned || peer->away || peer->not_before > now || peer->n_asked >= peer->depth)
    return FALSE;
  attempt = find_attempt (self, peer);
  if (attempt == NULL)
    attempt = begin_attempt (self, peer, now);
  if (attempt == NULL || attempt->taken || !choose_piece (attempt, peer, now, piece))
    return FALSE;
  /* Its time begins with the first of a row of requests. */
  if (peer->n_asked == 0)
    peer->heard_at = now;
  peer->asked[peer->n_asked++] = (BtMetadataAsked){ *piece, now };
  attempt->asked_at[*piece] = MAX (now, 1);
  return TRUE;
}

void
bt_metadata_rejected (BtMetadata *self, guint32 id, guint32 piece, gint64 now)
{
  BtMetadataPeer *peer = bt_metadata_find_peer (self, id);
  BtMetadataAttempt *attempt;

  if (peer == NULL || !take_back (peer, piece))
    return;
  attempt = find_attempt (self, peer);
  if (attempt != NULL && piece < attempt->n_pieces)
    attempt->asked_at[piece] = 0;
  end_sole_attempt (self, peer);
  peer->not_before = now + REJECT_PAUSE;
  peer->depth = FIRST_DEPTH;
  peer->was_rejected = TRUE;
}

BtMetadataResult
bt_metadata_lied (BtMetadata *self, BtMetadataPeer *peer)
{
  release_all (self, peer);
  peer->banned = TRUE;
  end_sole_attempt (self, peer);
  return BT_METADATA_LIE;
}

BtMetadataResult
bt_metadata_receive (BtMetadata *self, guint32 id, const BtExtMetadata *message, gint64 now)
{
  BtMetadataPeer *peer = bt_metadata_find_peer (self, id);
  guint32 piece = message->piece;
  BtMetadataAttempt *attempt;

  if (peer == NULL || peer->banned || !take_back (peer, piece))
    return BT_METADATA_UNASKED;
  peer->heard_at = now;
  peer->n_silent = 0;
  if (!peer->was_rejected)
    peer->depth = MIN (peer->depth + 1, BT_METADATA_MAX_DEPTH);
  if ((message->total_size != 0 && message->total_size != peer->size) || piece >= bt_metadata_n_pieces (peer->size) ||
      message->length != bt_metadata_piece_size (peer->size, piece))
    return bt_metadata_lied (self, peer);
  attempt = find_attempt (self, peer);
  if (attempt == NULL || attempt->taken || attempt->pieces[piece] != NULL)
    return BT_METADATA_UNASKED;
  attempt->pieces[piece] = g_memdup2 (message->data, message->length);
  attempt->from[piece] = id;
  attempt->n_have++;
  return attempt->n_have == attempt->n_pieces ? BT_METADATA_COMPLETE : BT_METADATA_TAKEN;
}

static void
tick_peer (BtMetadata *self, BtMetadataPeer *peer, gint64 now)
{
  if (peer->n_asked == 0 || now - peer->heard_at < ANSWER_TIME)
    return;
  release_all (self, peer);
  peer->depth = FIRST_DEPTH;
  peer->not_before = now + MIN (G_USEC_PER_SEC << MIN (peer->n_silent + 1, 6), LONGEST_PAUSE);
  peer->n_silent++;
  if (peer->n_silent >= MAX_SILENCE)
    end_sole_attempt (self, peer);
}

void
bt_metadata_tick (BtMetadata *self, gint64 now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    tick_peer (self, value, now);
}

guint32
bt_metadata_progress (const BtMetadata *self, guint32 *size)
{
  const BtMetadataAttempt *best = NULL;

  for (guint i = 0; i < self->attempts->len; i++)
    {
      const BtMetadataAttempt *attempt = self->attempts->pdata[i];

      if (best == NULL || attempt->n_have > best->n_have)
        best = attempt;
    }
  *size = best == NULL ? 0 : best->size;
  return best == NULL ? 0 : (guint32) MIN ((guint64) best->n_have * BT_METADATA_PIECE, best->size);
}

BtMetadataWhole *
bt_metadata_take (BtMetadata *self)
{
  for (guint i = 0; i < self->attempts->len; i++)
    {
      BtMetadataAttempt *attempt = self->attempts->pdata[i];
      BtMetadataWhole *whole;

      if (attempt->taken || attempt->n_have < attempt->n_pieces)
        continue;
      whole = g_new0 (BtMetadataWhole, 1);
      whole->length = attempt->size;
      whole->attempt = attempt->id;
      whole->bytes = g_malloc (attempt->size);
      for (guint32 k = 0; k < attempt->n_pieces; k++)
        memcpy (whole->bytes + (gsize) k * BT_METADATA_PIECE, attempt->pieces[k], bt_metadata_piece_size (attempt->size, k));
      drop_pieces (attempt);
      attempt->taken = TRUE;
      return whole;
    }
  return NULL;
}
