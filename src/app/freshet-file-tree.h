/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* What is known of a file or folder without an object for it. */
typedef struct
{
  char *name;          /* in the tree's store of texts */
  guint32 parent;      /* index; the root's own is 0 */
  guint32 first_child; /* in the tree's order, of a folder */
  guint32 n_children;
  guint32 n_shown;     /* children that the search leaves, the first of them in the order */
  guint32 file;        /* index in the metainfo; G_MAXUINT32 for a folder */
  guint8 priority;     /* of a file */
  guint8 is_shown;
  guint32 n_files;     /* of a folder in all below it; of a file 1 */
  guint32 n_wanted;
  guint32 n_by_priority[BT_FILE_HIGH + 1];
  guint64 size;
  guint64 wanted_size;
  guint64 done;
  gpointer node;       /* the object, while there is one; not owned */
} FreshetFileEntry;

/**
 * FreshetFileTree:
 *
 * The files and folders of a torrent in flat arrays, counted. Entry 0 is the
 * root. Folders come before what is in them.
 */
typedef struct
{
  GArray *entries;     /* of FreshetFileEntry */
  guint32 *order;      /* children of a folder lie side by side: indices of entries */
  guint32 *by_file;    /* by index in the metainfo: entry, 0 for pads */
  guint n_files;       /* of the metainfo */
  GStringChunk *texts;
} FreshetFileTree;

FreshetFileTree *freshet_file_tree_new   (BtMetainfo *metainfo);
void             freshet_file_tree_free  (FreshetFileTree *self);

static inline FreshetFileEntry *
freshet_file_tree_entry (FreshetFileTree *self, guint32 index)
{
  return &g_array_index (self->entries, FreshetFileEntry, index);
}

/* One file's priority; its folders count it. Returns: whether it changed */
gboolean         freshet_file_tree_set_priority (FreshetFileTree *self, guint32 entry, BtFilePriority priority);
void             freshet_file_tree_set_done     (FreshetFileTree *self, guint32 entry, guint64 done);
/* @text: (nullable): NULL shows all. Returns: files shown */
guint            freshet_file_tree_search       (FreshetFileTree *self, const char *text);

G_END_DECLS
