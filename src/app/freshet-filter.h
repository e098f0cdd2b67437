/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-group.h"
#include "freshet-store.h"
#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/* A word that somebody looks for. */
typedef struct
{
  char *text;      /* case-folded */
  GArray *labels;  /* of gint64: ids of labels that have it in their name; NULL none */
} FreshetFilterWord;

/**
 * FreshetFilter:
 *
 * Which torrents are to be shown: those of a group that have a label, a
 * tracker and all words of a text, each in their name, the name of a label of
 * theirs or the host of a tracker. A plain value.
 */
typedef struct
{
  FreshetGroupKind group;
  gint64 label;    /* 0 any; FRESHET_FILTER_NO_LABEL those without one */
  char *tracker;   /* a host; NULL any, "" those without one */
  GArray *words;   /* of FreshetFilterWord; NULL any */
} FreshetFilter;

#define FRESHET_FILTER_NO_LABEL -1

void     freshet_filter_clear       (FreshetFilter *self);
/* @text: (nullable): what a person typed; @labels: (nullable): of FreshetLabel */
void     freshet_filter_set_text    (FreshetFilter *self, const char *text, GPtrArray *labels);
/* Labels have other names, or there are others. */
void     freshet_filter_set_labels  (FreshetFilter *self, GPtrArray *labels);
void     freshet_filter_set_tracker (FreshetFilter *self, const char *tracker);
gboolean freshet_filter_matches     (const FreshetFilter *self, FreshetTorrentItem *item);

/**
 * freshet_filter_count_trackers:
 *
 * Costs a look at each torrent; hosts are parted once for all that have the same.
 *
 * Returns: (transfer full): hosts of trackers -> how many torrents of @library
 *   have them, as a guint in a pointer
 */
GHashTable *freshet_filter_count_trackers (GListModel *library);
/* @labels: of FreshetLabel. Returns: (transfer full): of guint, how many
 * torrents of @library have each of them, in their order */
GArray     *freshet_filter_count_labels   (GListModel *library, GPtrArray *labels);

G_END_DECLS
