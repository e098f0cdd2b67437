/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* How much of a file or folder is wanted. */
typedef enum
{
  FRESHET_WANTED_NONE,
  FRESHET_WANTED_SOME, /* of a folder: some of its files */
  FRESHET_WANTED_ALL,
} FreshetWanted;

/* A folder whose wanted files have different priorities. */
#define FRESHET_PRIORITY_MIXED (-1)

/**
 * FreshetFileNode:
 *
 * A file or folder of a torrent. A folder is a #GListModel of the nodes in
 * it, folders first, as a tree list model wants it; the root stands for the
 * torrent and is not shown itself. Nodes are made when somebody looks at
 * them: what is kept of a file until then is a few words in an array, and
 * 40,000 files cost some milliseconds.
 *
 * Properties, notified when they change: `wanted` (a #FreshetWanted),
 * `priority`, `wanted-size`, `progress`.
 *
 * Signals, of the root alone:
 *
 * - `choice-changed (FreshetFileNode *self)`: what is wanted, or how much,
 *   changed by one of the functions below; once a call
 */
#define FRESHET_TYPE_FILE_NODE (freshet_file_node_get_type ())
G_DECLARE_FINAL_TYPE (FreshetFileNode, freshet_file_node, FRESHET, FILE_NODE, GObject)

/* The root, with everything wanted. Any thread may make one; from then on it
 * belongs to the main thread. */
FreshetFileNode *freshet_file_node_new         (BtMetainfo *metainfo);

const char      *freshet_file_node_get_name    (FreshetFileNode *self);
gboolean         freshet_file_node_is_folder   (FreshetFileNode *self);
/* Of a file: its index in the metainfo; of a folder %G_MAXUINT. */
guint            freshet_file_node_get_file    (FreshetFileNode *self);
/* Bytes, of a folder of all in it. */
guint64          freshet_file_node_get_size    (FreshetFileNode *self);
guint            freshet_file_node_get_n_files (FreshetFileNode *self);
FreshetWanted    freshet_file_node_get_wanted  (FreshetFileNode *self);
/* Bytes of what is wanted. */
guint64          freshet_file_node_get_wanted_size (FreshetFileNode *self);
guint            freshet_file_node_get_n_wanted (FreshetFileNode *self);
/* A #BtFilePriority, or FRESHET_PRIORITY_MIXED. */
int              freshet_file_node_get_priority (FreshetFileNode *self);
/* 0 .. 1 of the bytes that are verified; 1 of what is empty */
double           freshet_file_node_get_progress (FreshetFileNode *self);

/* With all that is in it and that a search leaves. What becomes wanted is of
 * normal priority. */
void             freshet_file_node_set_wanted  (FreshetFileNode *self, gboolean wanted);
void             freshet_file_node_set_priority (FreshetFileNode *self, BtFilePriority priority);

/* Of the root: only files whose name holds @text, without regard to case, and
 * their folders are in the models, and all that is in a folder that does.
 * @text: (nullable). Returns: how many files */
guint            freshet_file_node_search      (FreshetFileNode *self, const char *text);

/* Of the root: as the torrent has it now, choices and progress. */
void             freshet_file_node_update      (FreshetFileNode *self, BtTorrent *torrent);
/* Of the root: tells the torrent what was chosen. */
void             freshet_file_node_apply       (FreshetFileNode *self, BtTorrent *torrent);

G_END_DECLS
