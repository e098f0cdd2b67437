/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-rng.h"

G_BEGIN_DECLS

/**
 * BtChokerPeer:
 *
 * What the choker knows of a peer, and its answer in @unchoke.
 */
typedef struct
{
  gpointer peer;          /* the caller's */
  gboolean interested;
  gboolean upload_only;   /* wants nothing from anybody */
  gboolean snubbed;       /* it does not send what it promised */
  gboolean unchoked;      /* now */
  gboolean optimistic;    /* in/out: holds the optimistic slot */
  guint64 down_rate;      /* bytes a second it gives us */
  guint64 up_rate;        /* bytes a second we give it */
  guint64 sent_in_turn;   /* bytes we sent since it was unchoked */
  gint64 changed_at;      /* when it was last choked or unchoked */
  gint64 connected_at;
  guint32 salt;           /* random, for ties */
  gboolean unchoke;       /* out */
} BtChokerPeer;

typedef struct
{
  guint slots;            /* peers to unchoke, the optimistic one among them */
  gboolean seeding;       /* nothing to get: spread what we give */
  guint64 turn_bytes;     /* while seeding: a turn ends after so much... */
  gboolean rotate;        /* choose a new optimistic peer */
} BtChokerRules;

/* How often to run it: BEP 3 says every ten seconds. */
#define BT_CHOKER_INTERVAL (10 * G_USEC_PER_SEC)
/* Every third round the optimistic slot moves on. */
#define BT_CHOKER_OPTIMISTIC_ROUNDS 3u

/**
 * bt_choker_run:
 *
 * Tit for tat (BEP 3): the interested peers that give us most, and one chosen
 * at random, are unchoked. While seeding the slots go round: a peer keeps its
 * slot for a turn, then the one that waited longest has it. Nobody's state
 * changes twice within ten seconds (anti-fibrillation), but for taking a free slot.
 */
void bt_choker_run (BtChokerPeer *peers, guint n_peers, const BtChokerRules *rules, BtRng *rng, gint64 now);

G_END_DECLS
