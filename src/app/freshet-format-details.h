/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"
#include "freshet-speed-history.h"

G_BEGIN_DECLS

/* What the views of one torrent say. Every function returns a string to be
 * freed unless it says otherwise. */

/* What was sent for what is here: "1.25", or "–" while nothing is. */
char *freshet_format_ratio          (guint64 sent, guint64 here);
/* "↓ 9.1 MB/s" and "↑ 1.1 MB/s", a line each of what moves */
char *freshet_format_peer_rates     (guint64 down, guint64 up);
/* "412 of 783, 1.0 MiB each" */
char *freshet_format_pieces         (guint32 done, guint32 all, guint32 length);
/* The pieces map for those who cannot see it. */
char *freshet_format_pieces_map     (guint32 done, guint32 all, double availability);
/* The speed graph for those who cannot see it. @history: (nullable): nothing moved */
char *freshet_format_speed_graph    (const FreshetSpeedHistory *history, gint64 now);
/* A time that many seconds since 1970, in words. */
char *freshet_format_time           (gint64 seconds);
/* The day of such a time, in a short form. */
char *freshet_format_date           (gint64 seconds);
/* When a schedule holds. @days: bit 0 is Monday; @begin, @end: minutes after midnight */
char *freshet_format_schedule       (guint days, guint begin, guint end);
/* Lower-case hexadecimal. */
char *freshet_format_hash           (const guint8 *bytes, gsize length);
/* A letter for each thing there is to know, as other clients show them: "D U" */
char *freshet_format_peer_flags     (const BtPeerStats *peer);
/* The same, a sentence a line. */
char *freshet_format_peer_words     (const BtPeerStats *peer);
/* "Works, asks again in 12 min" */
char *freshet_format_tracker_state  (const BtTrackerStats *tracker);
/* "5 seeds · 12 downloaders" */
char *freshet_format_swarm          (guint seeds, guint leechers);
/* "5 seeds · 12 downloaders · gave 17 peers" */
char *freshet_format_tracker_swarm  (const BtTrackerStats *tracker);

G_END_DECLS
