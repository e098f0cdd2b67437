/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* What becomes of a torrent that reached a seeding goal. */
typedef enum
{
  FRESHET_GOAL_STOP,
  FRESHET_GOAL_REMOVE, /* from the list; its files stay */
} FreshetGoalAction;

/* A goal of a torrent that is not its own but that of the settings. */
#define FRESHET_GOAL_GLOBAL -1

/* How long a torrent is seeded: until any of them is reached. */
typedef struct
{
  double ratio;     /* uploaded by what was wanted; 0 none */
  gint64 time;      /* seconds of seeding; 0 none */
  gint64 idle;      /* seconds without anybody asking; 0 none */
  int action;       /* FreshetGoalAction */
} FreshetGoals;

/**
 * FreshetTorrentRecord:
 *
 * A torrent as the list knows it without the engine: a row of the database.
 * A plain value with owned strings.
 */
typedef struct
{
  guint8 hash[BT_SHA1_LENGTH];
  char *name;
  char *folder;          /* file system encoding; from g_ref_string_new_intern(), many are the same */
  char *magnet;          /* a link, as long as there is no metainfo; NULL */
  char *trackers;        /* their hosts, case-folded, with spaces between; interned too */
  gint64 position;       /* in the list when it was put there; see freshet_store_put_order() */
  guint n_files;
  guint64 size;          /* bytes in all */
  guint64 wanted;        /* bytes of files that are wanted */
  guint64 verified;      /* of them, here and right */
  guint64 downloaded;
  guint64 uploaded;
  guint64 active_time;   /* seconds */
  guint64 seeding_time;
  gint64 added;          /* seconds since 1970 */
  gint64 finished;       /* 0 not yet */
  gint64 last_active;    /* 0 never */
  gint64 running_since;  /* when it was started and not stopped since; 0 it is stopped */
  gboolean paused;       /* by a person or by a goal */
  gboolean forced;       /* runs whatever the queue says */
  gboolean temporary;    /* it is not kept in the database */
  FreshetGoals goals;    /* FRESHET_GOAL_GLOBAL where it has none of its own */
  GArray *labels;        /* of gint64: ids; NULL none */
} FreshetTorrentRecord;

FreshetTorrentRecord *freshet_torrent_record_new  (void);
FreshetTorrentRecord *freshet_torrent_record_copy (const FreshetTorrentRecord *self);
void                  freshet_torrent_record_free (FreshetTorrentRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FreshetTorrentRecord, freshet_torrent_record_free)

void                  freshet_torrent_record_set_folder   (FreshetTorrentRecord *self, const char *folder);
void                  freshet_torrent_record_set_trackers (FreshetTorrentRecord *self, const char *trackers);
/* @trackers: of BtTrackerStats, those that it has now. Returns: whether their hosts are others than before */
gboolean              freshet_torrent_record_take_trackers (FreshetTorrentRecord *self, GArray *trackers);
/* Name, size and trackers as @metainfo says. */
void                  freshet_torrent_record_set_metainfo (FreshetTorrentRecord *self, BtMetainfo *metainfo);
gboolean              freshet_torrent_record_has_label    (const FreshetTorrentRecord *self, gint64 label);
void                  freshet_torrent_record_set_label    (FreshetTorrentRecord *self, gint64 label, gboolean has);

G_END_DECLS
