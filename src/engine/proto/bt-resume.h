/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-bitfield.h"
#include "bt-metainfo.h"
#include "bt-placement.h"

G_BEGIN_DECLS

/* What a record keeps of a swarm: enough to be back in it at once. */
#define BT_RESUME_MAX_PEERS 200u
#define BT_RESUME_MAX_TRACKERS 200u
#define BT_RESUME_MAX_URL 2048u
/* Pieces of which some blocks are kept; more than memory holds at once. */
#define BT_RESUME_MAX_PARTIALS 65536u
/* A record larger than this is not read: that of the largest torrent is smaller. */
#define BT_RESUME_MAX_BYTES (64u << 20)

/* A file on disk as it was when the record was made. */
typedef struct
{
  gint64 size;      /* bytes; -1: it was not there */
  gint64 mtime;     /* nanoseconds since 1970 */
  guint8 priority;  /* 0 not wanted, 1 low, 2 normal, 3 high */
  gboolean touched; /* it was being written to: @mtime is only a lower bound */
} BtResumeFile;

/* A piece of which some blocks are kept, not verified. */
typedef struct
{
  guint32 piece;
  BtBitfield blocks;
} BtResumePartial;

typedef struct
{
  char *url;
  guint tier;
  guint fails;     /* in a row */
  gint64 seeds;    /* -1 unknown */
  gint64 leechers; /* -1 unknown */
} BtResumeTracker;

/**
 * BtResume:
 *
 * What is known of a torrent besides its metainfo, so that it can go on after
 * a restart. Filled in by its maker, then atomically counted and immutable.
 * A torrent whose metainfo is not known has neither pieces nor files.
 */
typedef struct
{
  guint8 info_hash[BT_SHA1_LENGTH];
  gint64 saved;          /* seconds since 1970 */
  gboolean clean;        /* nothing was written to the files after it was made */
  gboolean checked;      /* what is on disk was known; else all of it is to be verified */
  BtBitfield have;       /* verified pieces */
  BtResumeFile *files;   /* by index in the metainfo */
  guint n_files;
  char *done_folder;     /* where the files go when they are complete; NULL: they stay */
  BtPlacement place;     /* names, and which files are ours; all zeros without a metainfo */
  gint64 parts_size;     /* of the file of what was kept aside; -1 none */
  gint64 parts_mtime;
  GArray *partials;      /* of BtResumePartial, by place in the file of their blocks */
  guint64 downloaded;    /* payload bytes */
  guint64 uploaded;
  guint64 wasted;
  guint64 active_time;   /* seconds */
  guint64 seeding_time;
  gint64 finished_at;    /* seconds since 1970; 0 not yet */
  gint64 last_active;    /* when payload was last exchanged, seconds since 1970; 0 never */
  gboolean sequential;
  gboolean ends_first;
  guint64 down_limit;    /* bytes a second, 0 none */
  guint64 up_limit;
  GArray *peers;         /* of BtAddr, the best first */
  gboolean has_trackers; /* @trackers take the place of the metainfo's */
  GArray *trackers;      /* of BtResumeTracker */
} BtResume;

/* @metainfo: (nullable): not known yet
 * Returns: (transfer full): an empty record with nothing had and no file on disk */
BtResume *bt_resume_new   (BtMetainfo *metainfo, const guint8 *info_hash);
BtResume *bt_resume_ref   (BtResume *self);
void      bt_resume_unref (BtResume *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtResume, bt_resume_unref)

/* While it is made. @blocks is copied, @url too. */
void      bt_resume_add_partial (BtResume *self, guint32 piece, const BtBitfield *blocks);
void      bt_resume_add_tracker (BtResume *self, const BtResumeTracker *tracker);

/**
 * bt_resume_encode:
 *
 * Returns: (transfer full): the record's bytes: a version, a SHA-1 over the
 * rest, and a bencoded dictionary
 */
GBytes   *bt_resume_encode (const BtResume *self);
/**
 * bt_resume_decode:
 * @metainfo: (nullable): of the torrent the record must belong to; without it
 *   pieces and files are not read
 * @info_hash: 20 bytes, of the same
 * @error: #BtError MALFORMED (also of bytes that changed since, by the sum),
 *   TOO_LARGE, or UNSUPPORTED for a later version
 *
 * Returns: (transfer full) (nullable): the record
 */
BtResume *bt_resume_decode (GBytes *bytes, BtMetainfo *metainfo, const guint8 *info_hash, GError **error);

/* Blocks of a piece of a torrent with this metainfo. */
guint32   bt_resume_n_blocks (BtMetainfo *metainfo, guint32 piece);

G_END_DECLS
