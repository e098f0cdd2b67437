/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metadata.h"

#include <string.h>

#include "bt-sha.h"

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

/* Failed attempts whose digests are kept to find out who lied. */
#define MAX_FAILED 4u

typedef struct
{
  guint32 piece;
  gint64 at;
} Asked;

typedef struct
{
  guint32 id;
  guint32 size;
  gboolean banned;   /* lied */
  gboolean away;
  guint depth;
  gboolean was_rejected;
  guint n_silent;    /* time-outs in a row */
  gint64 not_before;
  gint64 heard_at;
  Asked asked[BT_METADATA_MAX_DEPTH];
  guint n_asked;
} Peer;

typedef struct
{
  guint id;
  guint32 size;
  guint32 sole;      /* the one peer that is asked; 0: whoever claims this size */
  guint32 n_pieces;
  guint32 n_have;
  gboolean taken;    /* being checked */
  gint64 began;
  guint8 **pieces;   /* NULL: not here */
  guint32 *from;     /* by piece */
  gint64 *asked_at;  /* by piece; 0 nobody is asked */
} Attempt;

/* What became of an attempt that several peers sent wrong pieces for. */
typedef struct
{
  guint32 n_pieces;
  guint32 *from;
  guint8 *digests;
} Failed;

struct _BtMetadata
{
  GHashTable *peers;    /* id -> Peer */
  GPtrArray *attempts;
  GPtrArray *failed;
  GArray *doubted;      /* of guint32: sizes that somebody lied about */
  guint next_attempt;
};

static void
drop_pieces (Attempt *attempt)
{
  for (guint32 i = 0; attempt->pieces != NULL && i < attempt->n_pieces; i++)
    g_free (attempt->pieces[i]);
  g_clear_pointer (&attempt->pieces, g_free);
}

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  drop_pieces (attempt);
  g_free (attempt->from);
  g_free (attempt->asked_at);
  g_free (attempt);
}

static void
failed_free (gpointer data)
{
  Failed *failed = data;

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

static Peer *
find_peer (BtMetadata *self, guint32 id)
{
  return g_hash_table_lookup (self->peers, GUINT_TO_POINTER (id));
}

static gboolean
is_doubted (BtMetadata *self, guint32 size)
{
  for (guint i = 0; i < self->doubted->len; i++)
    if (g_array_index (self->doubted, guint32, i) == size)
      return TRUE;
  return FALSE;
}

static Attempt *
find_attempt (BtMetadata *self, const Peer *peer)
{
  guint32 sole = is_doubted (self, peer->size) ? peer->id : 0;

  for (guint i = 0; i < self->attempts->len; i++)
    {
      Attempt *attempt = self->attempts->pdata[i];

      if (attempt->size == peer->size && attempt->sole == sole)
        return attempt;
    }
  return NULL;
}

static void
remove_attempt (BtMetadata *self, Attempt *attempt)
{
  g_ptr_array_remove_fast (self->attempts, attempt);
}

/* How many peers that are here, believed, and answer would go on with it. */
static guint
n_supporters (BtMetadata *self, const Attempt *attempt)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Peer *peer = value;

      n += !peer->banned && !peer->away && peer->n_silent == 0 && peer->size == attempt->size && (attempt->sole == 0 || attempt->sole == peer->id);
    }
  return n;
}

/* A newcomer gets the place of the attempt that the fewest go on with: those
 * who claim sizes and then say little must not keep it for ever. */
static gboolean
make_room (BtMetadata *self, gint64 now)
{
  Attempt *worst = NULL;
  guint fewest = G_MAXUINT;

  if (self->attempts->len < MAX_ATTEMPTS)
    return TRUE;
  for (guint i = 0; i < self->attempts->len; i++)
    {
      Attempt *attempt = self->attempts->pdata[i];
      guint n = n_supporters (self, attempt);

      if (attempt->taken || n >= fewest || (n > 0 && now - attempt->began < FAIR_TIME))
        continue;
      worst = attempt;
      fewest = n;
    }
  if (worst != NULL)
    remove_attempt (self, worst);
  return worst != NULL;
}

static guint
n_sole (BtMetadata *self, guint32 size)
{
  guint n = 0;

  for (guint i = 0; i < self->attempts->len; i++)
    {
      const Attempt *attempt = self->attempts->pdata[i];

      n += attempt->size == size && attempt->sole != 0;
    }
  return n;
}

static Attempt *
begin_attempt (BtMetadata *self, const Peer *peer, gint64 now)
{
  gboolean doubted = is_doubted (self, peer->size);
  Attempt *attempt;

  if ((doubted && n_sole (self, peer->size) >= MAX_SOLE) || !make_room (self, now))
    return NULL;
  attempt = g_new0 (Attempt, 1);
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
take_back (Peer *peer, guint32 piece)
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
release_all (BtMetadata *self, Peer *peer)
{
  Attempt *attempt = find_attempt (self, peer);

  while (peer->n_asked > 0)
    {
      guint32 piece = peer->asked[--peer->n_asked].piece;

      if (attempt != NULL && piece < attempt->n_pieces)
        attempt->asked_at[piece] = 0;
    }
}

gboolean
bt_metadata_offer (BtMetadata *self, guint32 id, guint32 size)
{
  Peer *peer = find_peer (self, id);

  if (size == 0 || size > BT_METADATA_MAX || (peer != NULL && peer->banned))
    return FALSE;
  if (peer == NULL)
    {
      peer = g_new0 (Peer, 1);
      peer->id = id;
      peer->size = size;
      peer->depth = FIRST_DEPTH;
      g_hash_table_insert (self->peers, GUINT_TO_POINTER (id), peer);
    }
  peer->away = FALSE;
  if (peer->size != size)
    {
      release_all (self, peer);
      peer->size = size;
    }
  return TRUE;
}

void
bt_metadata_leave (BtMetadata *self, guint32 id)
{
  Peer *peer = find_peer (self, id);
  Attempt *attempt;

  if (peer == NULL)
    return;
  release_all (self, peer);
  peer->away = TRUE;
  attempt = find_attempt (self, peer);
  if (attempt != NULL && attempt->sole == id && !attempt->taken)
    remove_attempt (self, attempt);
  if (!peer->banned && g_hash_table_size (self->peers) > MAX_PEERS)
    g_hash_table_remove (self->peers, GUINT_TO_POINTER (id));
}

/* The first that nobody is asked for; when there is none, the one that was
 * asked for longest ago of somebody else. */
static gboolean
choose_piece (const Attempt *attempt, const Peer *peer, gint64 now, guint32 *piece)
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
  Peer *peer = find_peer (self, id);
  Attempt *attempt;

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
  peer->asked[peer->n_asked++] = (Asked){ *piece, now };
  attempt->asked_at[*piece] = MAX (now, 1);
  return TRUE;
}

void
bt_metadata_rejected (BtMetadata *self, guint32 id, guint32 piece, gint64 now)
{
  Peer *peer = find_peer (self, id);
  Attempt *attempt;

  if (peer == NULL || !take_back (peer, piece))
    return;
  attempt = find_attempt (self, peer);
  if (attempt != NULL && piece < attempt->n_pieces)
    attempt->asked_at[piece] = 0;
  if (attempt != NULL && attempt->sole == id && !attempt->taken)
    remove_attempt (self, attempt);
  peer->not_before = now + REJECT_PAUSE;
  peer->depth = FIRST_DEPTH;
  peer->was_rejected = TRUE;
}

static BtMetadataResult
lied (BtMetadata *self, Peer *peer)
{
  Attempt *attempt = find_attempt (self, peer);

  release_all (self, peer);
  peer->banned = TRUE;
  if (attempt != NULL && attempt->sole == peer->id && !attempt->taken)
    remove_attempt (self, attempt);
  return BT_METADATA_LIE;
}

BtMetadataResult
bt_metadata_receive (BtMetadata *self, guint32 id, const BtExtMetadata *message, gint64 now)
{
  Peer *peer = find_peer (self, id);
  guint32 piece = message->piece;
  Attempt *attempt;

  if (peer == NULL || peer->banned || !take_back (peer, piece))
    return BT_METADATA_UNASKED;
  peer->heard_at = now;
  peer->n_silent = 0;
  if (!peer->was_rejected)
    peer->depth = MIN (peer->depth + 1, BT_METADATA_MAX_DEPTH);
  if ((message->total_size != 0 && message->total_size != peer->size) || piece >= bt_metadata_n_pieces (peer->size) ||
      message->length != bt_metadata_piece_size (peer->size, piece))
    return lied (self, peer);
  attempt = find_attempt (self, peer);
  if (attempt == NULL || attempt->taken || attempt->pieces[piece] != NULL)
    return BT_METADATA_UNASKED;
  attempt->pieces[piece] = g_memdup2 (message->data, message->length);
  attempt->from[piece] = id;
  attempt->n_have++;
  return attempt->n_have == attempt->n_pieces ? BT_METADATA_COMPLETE : BT_METADATA_TAKEN;
}

static void
tick_peer (BtMetadata *self, Peer *peer, gint64 now)
{
  Attempt *attempt;

  if (peer->n_asked == 0 || now - peer->heard_at < ANSWER_TIME)
    return;
  release_all (self, peer);
  peer->depth = FIRST_DEPTH;
  peer->not_before = now + MIN (G_USEC_PER_SEC << MIN (peer->n_silent + 1, 6), LONGEST_PAUSE);
  peer->n_silent++;
  attempt = find_attempt (self, peer);
  if (attempt != NULL && attempt->sole == peer->id && !attempt->taken && peer->n_silent >= MAX_SILENCE)
    remove_attempt (self, attempt);
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
  const Attempt *best = NULL;

  for (guint i = 0; i < self->attempts->len; i++)
    {
      const Attempt *attempt = self->attempts->pdata[i];

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
      Attempt *attempt = self->attempts->pdata[i];
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

void
bt_metadata_whole_check (BtMetadataWhole *self, const guint8 *sha1, const guint8 *sha256)
{
  guint32 n_pieces = bt_metadata_n_pieces (self->length);
  guint8 digest[BT_SHA256_LENGTH];

  self->right = sha1 != NULL || sha256 != NULL;
  if (sha1 != NULL)
    {
      bt_sha1 (self->bytes, self->length, digest);
      self->right &= memcmp (digest, sha1, BT_SHA1_LENGTH) == 0;
    }
  if (sha256 != NULL)
    {
      bt_sha256 (self->bytes, self->length, digest);
      self->right &= memcmp (digest, sha256, BT_SHA256_LENGTH) == 0;
    }
  g_free (self->digests);
  self->digests = g_malloc ((gsize) n_pieces * BT_SHA1_LENGTH);
  for (guint32 i = 0; i < n_pieces; i++)
    bt_sha1 (self->bytes + (gsize) i * BT_METADATA_PIECE, bt_metadata_piece_size (self->length, i),
             self->digests + (gsize) i * BT_SHA1_LENGTH);
}

void
bt_metadata_whole_free (BtMetadataWhole *self)
{
  g_free (self->bytes);
  g_free (self->digests);
  g_free (self);
}

static void
ban (BtMetadata *self, guint32 id, GArray *liars)
{
  Peer *peer = find_peer (self, id);

  for (guint i = 0; i < liars->len; i++)
    if (g_array_index (liars, guint32, i) == id)
      return;
  if (peer != NULL)
    lied (self, peer);
  g_array_append_val (liars, id);
}

static gboolean
is_from_one (const guint32 *from, guint32 n)
{
  for (guint32 i = 1; i < n; i++)
    if (from[i] != from[0])
      return FALSE;
  return TRUE;
}

/* Now the right pieces are known, and so who sent others. */
static void
find_liars (BtMetadata *self, const BtMetadataWhole *whole, GArray *liars)
{
  guint32 n_pieces = bt_metadata_n_pieces (whole->length);

  for (guint i = 0; i < self->failed->len; i++)
    {
      const Failed *failed = self->failed->pdata[i];

      for (guint32 k = 0; failed->n_pieces == n_pieces && k < n_pieces; k++)
        if (memcmp (failed->digests + (gsize) k * BT_SHA1_LENGTH, whole->digests + (gsize) k * BT_SHA1_LENGTH, BT_SHA1_LENGTH) != 0)
          ban (self, failed->from[k], liars);
    }
}

/* One liar among several: from now on each is asked alone. */
static void
begin_to_doubt (BtMetadata *self, Attempt *attempt, const BtMetadataWhole *whole)
{
  Failed *failed = g_new0 (Failed, 1);

  failed->n_pieces = attempt->n_pieces;
  failed->from = g_memdup2 (attempt->from, attempt->n_pieces * sizeof *attempt->from);
  failed->digests = g_memdup2 (whole->digests, (gsize) attempt->n_pieces * BT_SHA1_LENGTH);
  if (self->failed->len >= MAX_FAILED)
    g_ptr_array_remove_index (self->failed, 0);
  g_ptr_array_add (self->failed, failed);
  if (!is_doubted (self, attempt->size))
    g_array_append_val (self->doubted, attempt->size);
}

void
bt_metadata_judge (BtMetadata *self, const BtMetadataWhole *whole, GArray *liars)
{
  Attempt *attempt = NULL;

  for (guint i = 0; i < self->attempts->len && attempt == NULL; i++)
    if (((Attempt *) self->attempts->pdata[i])->id == whole->attempt)
      attempt = self->attempts->pdata[i];
  if (whole->right)
    {
      find_liars (self, whole, liars);
      return;
    }
  if (attempt == NULL)
    return;
  if (is_from_one (attempt->from, attempt->n_pieces))
    ban (self, attempt->from[0], liars);
  else
    begin_to_doubt (self, attempt, whole);
  remove_attempt (self, attempt);
}
