/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-table.h"

#include "bt-dht-id.h"

#include <string.h>

/* A node that failed is asked again after this, and is gone a minute later
 * (jech/dht pings a dubious one every 15 s). */
#define RETRY_TIME (15 * G_USEC_PER_SEC)

/* Before it becomes questionable. */
#define SILENT_TIME (BT_DHT_GOOD_TIME - 2 * G_TIME_SPAN_MINUTE)

/* BEP 5: a bucket that did not change for so long is looked into. */
#define REFRESH_TIME (15 * G_TIME_SPAN_MINUTE)

typedef struct
{
  BtDhtContact live[BT_DHT_K];
  BtDhtContact spare[BT_DHT_K]; /* the last that answered is the last */
  guint n_live;
  guint n_spare;
} Bucket;

struct _BtDhtTable
{
  guint8 id[BT_DHT_ID_LENGTH];
  Bucket *buckets[BT_DHT_N_BUCKETS]; /* NULL until needed */
  gint64 refreshed[BT_DHT_N_BUCKETS];
};

BtDhtTable *
bt_dht_table_new (const guint8 id[BT_DHT_ID_LENGTH])
{
  BtDhtTable *self = g_new0 (BtDhtTable, 1);

  memcpy (self->id, id, sizeof self->id);
  return self;
}

void
bt_dht_table_free (BtDhtTable *self)
{
  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    g_free (self->buckets[i]);
  g_free (self);
}

/* Bits that are like ours, and in the first four distances the bits after the
 * first that differs. */
static guint
bucket_of (const BtDhtTable *self, const guint8 *id)
{
  static const guint first[4] = { 0, 16, 24, 28 };
  guint common = bt_dht_id_common_bits (self->id, id);

  if (common >= 4)
    return 30 + MIN (common, 159) - 4;
  /* What follows the bit that differs, up to the fifth. */
  return first[common] + ((guint) (id[0] >> 3) & (0xfu >> common));
}

static guint
depth_of (guint bucket)
{
  if (bucket >= 30)
    return bucket - 30 + 4;
  return bucket < 16 ? 0 : bucket < 24 ? 1 : bucket < 28 ? 2 : 3;
}

/* A place in the table. */
typedef struct
{
  Bucket *bucket;
  guint index;
  gboolean spare;
} Place;

static BtDhtContact *
contact_at (const Place *place)
{
  return place->spare ? &place->bucket->spare[place->index] : &place->bucket->live[place->index];
}

static gboolean
find_network (BtDhtTable *self, guint64 network, Place *place)
{
  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    {
      Bucket *bucket = self->buckets[i];

      if (bucket == NULL)
        continue;
      for (guint k = 0; k < bucket->n_live; k++)
        if (bucket->live[k].network == network)
          {
            *place = (Place){ bucket, k, FALSE };
            return TRUE;
          }
      for (guint k = 0; k < bucket->n_spare; k++)
        if (bucket->spare[k].network == network)
          {
            *place = (Place){ bucket, k, TRUE };
            return TRUE;
          }
    }
  return FALSE;
}

static gboolean
find_addr (BtDhtTable *self, const BtAddr *addr, Place *place)
{
  return find_network (self, bt_dht_network (addr), place) && bt_addr_equal (&contact_at (place)->node.addr, addr);
}

static void
remove_at (const Place *place)
{
  Bucket *bucket = place->bucket;
  BtDhtContact *list = place->spare ? bucket->spare : bucket->live;
  guint *n = place->spare ? &bucket->n_spare : &bucket->n_live;

  memmove (&list[place->index], &list[place->index + 1], (*n - place->index - 1) * sizeof *list);
  (*n)--;
}

BtDhtQuality
bt_dht_contact_quality (const BtDhtContact *self, gint64 now)
{
  if (self->fails >= BT_DHT_MAX_FAILS)
    return BT_DHT_BAD;
  /* BEP 5: it answered lately, or it ever did and asked us lately. */
  return self->fails < 2 && now - MAX (self->replied_at, self->heard_at) < BT_DHT_GOOD_TIME ? BT_DHT_GOOD : BT_DHT_QUESTIONABLE;
}

static void
add_spare (Bucket *bucket, const BtDhtContact *contact)
{
  /* The one that has been waiting longest is the least likely to be there. */
  if (bucket->n_spare == BT_DHT_K)
    remove_at (&(Place){ bucket, 0, TRUE });
  bucket->spare[bucket->n_spare++] = *contact;
}

/* The best of those that wait moves up: one whose id fits, then the latest. */
static void
fill_from_spares (Bucket *bucket)
{
  while (bucket->n_live < BT_DHT_K && bucket->n_spare > 0)
    {
      guint best = bucket->n_spare - 1;

      for (guint i = bucket->n_spare; i-- > 0;)
        if (bucket->spare[i].fits)
          {
            best = i;
            break;
          }
      bucket->live[bucket->n_live++] = bucket->spare[best];
      remove_at (&(Place){ bucket, best, TRUE });
    }
}

/* Who gives way to @contact in a full bucket: a bad one, or one whose id is
 * not of its address. Good nodes that stay are what a table is made of. */
static guint
who_gives_way (const Bucket *bucket, const BtDhtContact *contact, gint64 now)
{
  guint worst = BT_DHT_K;

  for (guint i = 0; i < bucket->n_live; i++)
    {
      if (bt_dht_contact_quality (&bucket->live[i], now) == BT_DHT_BAD)
        return i;
      if (contact->fits && !bucket->live[i].fits &&
          (worst == BT_DHT_K || bucket->live[i].replied_at < bucket->live[worst].replied_at))
        worst = i;
    }
  return worst;
}

/* Returns: whether it is among the living */
static gboolean
insert (BtDhtTable *self, const BtDhtContact *contact, gint64 now)
{
  guint index = bucket_of (self, contact->node.id), loser;
  Bucket *bucket = self->buckets[index];

  if (bucket == NULL)
    bucket = self->buckets[index] = g_new0 (Bucket, 1);
  if (bucket->n_live < BT_DHT_K)
    {
      bucket->live[bucket->n_live++] = *contact;
      return TRUE;
    }
  loser = who_gives_way (bucket, contact, now);
  if (loser == BT_DHT_K)
    {
      add_spare (bucket, contact);
      return FALSE;
    }
  if (bt_dht_contact_quality (&bucket->live[loser], now) != BT_DHT_BAD)
    add_spare (bucket, &bucket->live[loser]);
  bucket->live[loser] = *contact;
  return TRUE;
}

void
bt_dht_table_set_id (BtDhtTable *self, const guint8 id[BT_DHT_ID_LENGTH], gint64 now)
{
  g_autoptr (GArray) contacts = g_array_new (FALSE, FALSE, sizeof (BtDhtContact));

  bt_dht_table_collect (self, contacts);
  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    g_clear_pointer (&self->buckets[i], g_free);
  memset (self->refreshed, 0, sizeof self->refreshed);
  memcpy (self->id, id, sizeof self->id);
  for (guint i = 0; i < contacts->len; i++)
    insert (self, &g_array_index (contacts, BtDhtContact, i), now);
}

static gboolean
find_id (BtDhtTable *self, const guint8 *id, Place *place)
{
  Bucket *bucket = self->buckets[bucket_of (self, id)];

  for (guint i = 0; bucket != NULL && i < bucket->n_live; i++)
    if (memcmp (bucket->live[i].node.id, id, BT_DHT_ID_LENGTH) == 0)
      {
        *place = (Place){ bucket, i, FALSE };
        return TRUE;
      }
  return FALSE;
}

/* An entry with the same network or id stands in the way of @node, unless it
 * is the node itself under another id, or has gone silent. */
static gboolean
make_way (const Place *place, const BtKrpcNode *node, gint64 now)
{
  const BtDhtContact *old = contact_at (place);

  if (!bt_addr_equal (&old->node.addr, &node->addr) &&
      (old->fails == 0 || bt_dht_contact_quality (old, now) == BT_DHT_GOOD))
    return FALSE;
  remove_at (place);
  return TRUE;
}

gboolean
bt_dht_table_replied (BtDhtTable *self, const BtKrpcNode *node, guint32 delay, gint64 now)
{
  BtDhtContact contact = {
    .node = *node, .network = bt_dht_network (&node->addr), .replied_at = now, .asked_at = now, .delay = delay,
    .fits = bt_dht_id_fits (node->id, &node->addr),
  };
  Place place;

  if (memcmp (node->id, self->id, BT_DHT_ID_LENGTH) == 0)
    return FALSE;
  if (find_network (self, contact.network, &place))
    {
      BtDhtContact *old = contact_at (&place);

      contact.heard_at = old->heard_at;
      if (bt_addr_equal (&old->node.addr, &node->addr) && memcmp (old->node.id, node->id, BT_DHT_ID_LENGTH) == 0 && !place.spare)
        {
          *old = contact;
          return TRUE;
        }
      if (!make_way (&place, node, now))
        return FALSE;
    }
  if (find_id (self, node->id, &place) && !make_way (&place, node, now))
    return FALSE;
  return insert (self, &contact, now);
}

gboolean
bt_dht_table_heard (BtDhtTable *self, const BtKrpcNode *node, gint64 now)
{
  const Bucket *bucket;
  Place place;

  if (memcmp (node->id, self->id, BT_DHT_ID_LENGTH) == 0)
    return FALSE;
  if (find_network (self, bt_dht_network (&node->addr), &place))
    {
      BtDhtContact *old = contact_at (&place);

      if (bt_addr_equal (&old->node.addr, &node->addr) && memcmp (old->node.id, node->id, BT_DHT_ID_LENGTH) == 0)
        old->heard_at = now;
      return FALSE;
    }
  bucket = self->buckets[bucket_of (self, node->id)];
  return bucket == NULL || bucket->n_live < BT_DHT_K || bucket->n_spare < BT_DHT_K / 2;
}

void
bt_dht_table_asked (BtDhtTable *self, const BtAddr *addr, gint64 now)
{
  Place place;

  if (find_addr (self, addr, &place))
    contact_at (&place)->asked_at = now;
}

gboolean
bt_dht_table_failed (BtDhtTable *self, const BtAddr *addr, gint64 now)
{
  BtDhtContact *contact;
  Place place;

  if (!find_addr (self, addr, &place))
    return FALSE;
  contact = contact_at (&place);
  contact->fails++;
  /* BEP 5 has a silent one asked once more before another takes its place;
   * where nobody waits for the place it may stay a little longer. */
  if (contact->fails < BT_DHT_MAX_FAILS && (contact->fails < 2 || (!place.spare && place.bucket->n_spare == 0)))
    return FALSE;
  remove_at (&place);
  fill_from_spares (place.bucket);
  return TRUE;
}

void
bt_dht_table_remove (BtDhtTable *self, const BtAddr *addr)
{
  Place place;

  if (!find_addr (self, addr, &place))
    return;
  remove_at (&place);
  fill_from_spares (place.bucket);
}

/* The first half of the distance; two nodes that have it in common are no
 * accident, and their order does not matter. */
static guint64
distance_of (guint64 target, const BtDhtContact *contact)
{
  guint64 first;

  memcpy (&first, contact->node.id, sizeof first);
  return GUINT64_FROM_BE (first) ^ target;
}

typedef struct
{
  const BtDhtContact *contact;
  guint64 distance;
} Near;

guint
bt_dht_table_closest (BtDhtTable *self, const guint8 *target, gboolean only_good, gint64 now, BtKrpcNode *out, guint most)
{
  const BtDhtQuality worst = only_good ? BT_DHT_GOOD : BT_DHT_QUESTIONABLE;
  Near best[BT_KRPC_MAX_NODES];
  guint64 first;
  guint n = 0;

  memcpy (&first, target, sizeof first);
  first = GUINT64_FROM_BE (first);
  most = MIN (most, BT_KRPC_MAX_NODES);
  for (guint i = 0; i < BT_DHT_N_BUCKETS && most > 0; i++)
    for (guint k = 0; self->buckets[i] != NULL && k < self->buckets[i]->n_live; k++)
      {
        const BtDhtContact *contact = &self->buckets[i]->live[k];
        guint64 distance = distance_of (first, contact);
        guint at;

        if ((n == most && distance >= best[n - 1].distance) || bt_dht_contact_quality (contact, now) > worst)
          continue;
        for (at = n < most ? n++ : n - 1; at > 0 && distance < best[at - 1].distance; at--)
          best[at] = best[at - 1];
        best[at] = (Near){ contact, distance };
      }
  for (guint i = 0; i < n; i++)
    out[i] = best[i].contact->node;
  return n;
}

const BtDhtContact *
bt_dht_table_next_ping (BtDhtTable *self, gint64 now)
{
  const BtDhtContact *stalest = NULL;

  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    for (guint k = 0; self->buckets[i] != NULL && k < self->buckets[i]->n_live; k++)
      {
        const BtDhtContact *contact = &self->buckets[i]->live[k];
        gint64 lately = MAX (contact->replied_at, contact->heard_at);

        if (now - contact->asked_at < RETRY_TIME)
          continue;
        if (contact->fails > 0)
          return contact;
        if (now - lately > SILENT_TIME && (stalest == NULL || lately < MAX (stalest->replied_at, stalest->heard_at)))
          stalest = contact;
      }
  return stalest;
}

/* A random id that bucket_of() puts into @bucket. */
static void
id_in_bucket (const BtDhtTable *self, guint bucket, BtRng *rng, guint8 id[BT_DHT_ID_LENGTH])
{
  guint depth = depth_of (bucket);

  do
    {
      for (guint i = 0; i < BT_DHT_ID_LENGTH; i++)
        id[i] = (guint8) bt_rng_below (rng, 256);
      memcpy (id, self->id, depth / 8);
      if (depth % 8 != 0)
        id[depth / 8] = (guint8) ((self->id[depth / 8] & (0xff00 >> depth % 8)) | (id[depth / 8] & (0xff >> depth % 8)));
      id[depth / 8] = (guint8) ((id[depth / 8] & ~(0x80 >> depth % 8)) | (~self->id[depth / 8] & (0x80 >> depth % 8)));
    }
  while (bucket_of (self, id) != bucket);
}

gboolean
bt_dht_table_next_refresh (BtDhtTable *self, BtRng *rng, gint64 now, guint8 target[BT_DHT_ID_LENGTH])
{
  guint depth = bt_dht_table_depth (self), oldest = BT_DHT_N_BUCKETS;

  /* Those deeper than any full bucket are what a look for ourselves finds. */
  for (guint i = 0; i < BT_DHT_N_BUCKETS && depth_of (i) <= depth; i++)
    {
      gboolean has_room = self->buckets[i] == NULL || self->buckets[i]->n_live < BT_DHT_K;

      if (has_room && (self->refreshed[i] == 0 || now - self->refreshed[i] > REFRESH_TIME) &&
          (oldest == BT_DHT_N_BUCKETS || self->refreshed[i] < self->refreshed[oldest]))
        oldest = i;
    }
  if (oldest == BT_DHT_N_BUCKETS)
    return FALSE;
  self->refreshed[oldest] = now;
  id_in_bucket (self, oldest, rng, target);
  return TRUE;
}

guint
bt_dht_table_count (BtDhtTable *self)
{
  guint n = 0;

  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    n += self->buckets[i] == NULL ? 0 : self->buckets[i]->n_live;
  return n;
}

guint
bt_dht_table_count_good (BtDhtTable *self, gint64 now)
{
  guint n = 0;

  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    for (guint k = 0; self->buckets[i] != NULL && k < self->buckets[i]->n_live; k++)
      n += bt_dht_contact_quality (&self->buckets[i]->live[k], now) == BT_DHT_GOOD;
  return n;
}

guint
bt_dht_table_count_spares (BtDhtTable *self)
{
  guint n = 0;

  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    n += self->buckets[i] == NULL ? 0 : self->buckets[i]->n_spare;
  return n;
}

guint
bt_dht_table_depth (BtDhtTable *self)
{
  for (guint i = BT_DHT_N_BUCKETS; i-- > 0;)
    if (self->buckets[i] != NULL && self->buckets[i]->n_live == BT_DHT_K)
      return depth_of (i);
  return 0;
}

gsize
bt_dht_table_size (BtDhtTable *self)
{
  gsize size = sizeof *self;

  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    size += self->buckets[i] == NULL ? 0 : sizeof *self->buckets[i];
  return size;
}

void
bt_dht_table_collect (BtDhtTable *self, GArray *contacts)
{
  for (guint i = 0; i < BT_DHT_N_BUCKETS; i++)
    if (self->buckets[i] != NULL)
      g_array_append_vals (contacts, self->buckets[i]->live, self->buckets[i]->n_live);
}
