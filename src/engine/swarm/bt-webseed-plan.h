/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-bitfield.h"
#include "bt-layout.h"

G_BEGIN_DECLS

typedef enum
{
  BT_WEBSEED_FILES,  /* the files themselves (BEP 19) */
  BT_WEBSEED_SCRIPT, /* something that is asked for pieces (BEP 17) */
} BtWebseedKind;

/**
 * BtWebseedRange:
 *
 * What one HTTP request asks for: bytes of one file, or of one piece of a script.
 */
typedef struct
{
  guint64 offset;  /* in the torrent's byte space */
  guint32 length;
  gboolean pad;    /* zeros that no server has: not to be asked for */
  guint file;      /* index in the metainfo; of a script the piece */
  guint64 first;   /* in the file, of a script in the piece */
  guint64 total;   /* bytes of the file, of a script of the piece */
} BtWebseedRange;

/**
 * BtWebseedPlan:
 *
 * One web seed of a torrent: where its files are, which of them it has, and
 * when it may be asked. Pure; time is an argument in microseconds.
 */
typedef struct
{
  BtLayout *layout;
  char *url;             /* without a fragment */
  BtWebseedKind kind;
  BtBitfield pieces;     /* that it may have; no bytes: all */
  GHashTable *moved;     /* index of a file -> URL that a redirect led to */
  guint failures;        /* in a row */
  guint n_missing;       /* files that were missing since it last gave something */
  gint64 next_try;
  gint64 ask_again;      /* when files that were missing are asked for again, or 0 */
  gboolean works;        /* gave data, and has not failed since */
  gboolean banned;       /* gave wrong data */
} BtWebseedPlan;

/* @httpseed: it was listed as httpseeds and not in url-list
 * Returns: (nullable): NULL when it is nothing that we can ask */
BtWebseedPlan *bt_webseed_plan_new     (BtLayout *layout, const char *url, gboolean httpseed);
void           bt_webseed_plan_free    (BtWebseedPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtWebseedPlan, bt_webseed_plan_free)

/* The first request for [@offset, @offset + @length) of the torrent's bytes.
 * Returns: whether there is one (@length > 0) */
gboolean       bt_webseed_plan_next    (const BtWebseedPlan *self, guint64 offset, guint32 length, BtWebseedRange *range);
/* @moved: (out): whether it is where a redirect led
 * Returns: (transfer full) */
char          *bt_webseed_plan_dup_url (const BtWebseedPlan *self, const BtWebseedRange *range, gboolean *moved);

/* May it be asked for something now? */
gboolean       bt_webseed_plan_is_ready (BtWebseedPlan *self, gint64 now);
gboolean       bt_webseed_plan_has     (const BtWebseedPlan *self, guint32 piece);
/* Data came. */
void           bt_webseed_plan_gave    (BtWebseedPlan *self);
/* @retry_after: seconds that the server asked us to wait, 0 when it did not say */
void           bt_webseed_plan_failed  (BtWebseedPlan *self, guint retry_after, gint64 now);
/* What the range is of is not there, or is something else. */
void           bt_webseed_plan_missing (BtWebseedPlan *self, const BtWebseedRange *range, gint64 now);
/* @url: (nullable): where a redirect led, NULL to forget it */
void           bt_webseed_plan_set_moved (BtWebseedPlan *self, const BtWebseedRange *range, const char *url);
void           bt_webseed_plan_ban     (BtWebseedPlan *self);

/* How much to take at once from a seed.
 * @rate: bytes a second that it gives, 0 unknown; @memory: for pieces that are
 * not verified yet; @left: bytes that are missing; @n_sources: seeds and peers
 * that could send them */
guint32        bt_webseed_run_bytes    (guint64 rate, gsize memory, guint64 left, guint n_sources);

G_END_DECLS
