/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-file-cache.h"
#include "bt-layout.h"
#include "bt-placement.h"
#include "bt-resume.h"

G_BEGIN_DECLS

/**
 * BtFileSet:
 *
 * The files of one torrent below its download folder. Offsets are in the
 * torrent's byte space. Nothing outside the folder is touched: every element
 * of a path is opened without following symbolic links. Counted; may be used
 * from any thread. Functions that may wait say so: they are for workers.
 *
 * @failed, where there is one, is set to the index of the file that an error
 * is about, or -1.
 */
typedef struct _BtFileSet BtFileSet;

/* What tells that a file was not changed. */
typedef struct
{
  gint64 size;      /* bytes; -1: it is not there */
  gint64 mtime;     /* nanoseconds since 1970 */
  gboolean touched; /* it was being written to: @mtime is a lower bound */
} BtFileStamp;

BtFileSet *bt_file_set_new     (BtLayout *layout, const char *folder, BtFileCache *cache);
/* Where bytes of skipped files go that share a piece with wanted ones; made
 * when it is needed. To be called before anything is skipped. */
void       bt_file_set_set_parts_file (BtFileSet *self, const char *path);
/* New files are called this way until what is wanted is complete. */
#define BT_FILE_SET_PARTIAL ".part"
/* To be called before bt_file_set_prepare(). */
void       bt_file_set_set_mark_partial (BtFileSet *self, gboolean mark);
BtFileSet *bt_file_set_ref     (BtFileSet *self);
void       bt_file_set_unref   (BtFileSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtFileSet, bt_file_set_unref)

/* Waits. Makes the folder if need be and looks at what is there.
 * Returns: whether it worked; @found: (out): some file has bytes */
gboolean   bt_file_set_prepare (BtFileSet *self, gboolean *found, int *failed, GError **error);
/* Waits. After bt_file_set_prepare() found nothing: are there files in
 * @folder? Then that is their folder from now on. */
gboolean   bt_file_set_look_in (BtFileSet *self, const char *folder, const char *parts_path);
/* Nobody wants this file: unless it has data already, none is written to it. */
void       bt_file_set_skip    (BtFileSet *self, guint file);
gboolean   bt_file_set_is_skipped (BtFileSet *self, guint file);
/* The file is wanted after all: bt_file_set_unskip() is to follow. */
void       bt_file_set_want    (BtFileSet *self, guint file);
/* Waits. Unless it has been skipped again, what was kept for the file is
 * brought in. When that fails, what is there has to be checked again. */
gboolean   bt_file_set_unskip  (BtFileSet *self, guint file, int *failed, GError **error);
/* Waits. Removes what was kept aside, unless it is of a file that is skipped. */
void       bt_file_set_remove_parts (BtFileSet *self);
/* Waits. Reserves the space of every file. */
gboolean   bt_file_set_reserve (BtFileSet *self, int *failed, GError **error);
/* Waits. Writes verified bytes, making files and folders as needed. A file
 * that had data and is gone is %G_IO_ERROR_NOT_FOUND, never made anew. */
gboolean   bt_file_set_write   (BtFileSet *self, guint64 offset, const guint8 *bytes, gsize length, int *failed, GError **error);
/* Waits. Pads read as zeros; the end of a short file is %G_IO_ERROR_PARTIAL_INPUT. */
gboolean   bt_file_set_read    (BtFileSet *self, guint64 offset, guint8 *bytes, gsize length, int *failed, GError **error);
/* Does not wait: reads what is in the page cache of files that are open.
 * Returns: bytes read, from the front; 0 when it would have had to wait */
gsize      bt_file_set_read_cached (BtFileSet *self, guint64 offset, guint8 *bytes, gsize length);
/* Waits. Everything wanted is verified: brings in what was kept for it, makes
 * empty files, links and modes. */
gboolean   bt_file_set_finish  (BtFileSet *self, int *failed, GError **error);
/* Waits. Of a torrent that is new here: if more of its files are there under
 * the names that other programs give them, those are their names from now on.
 * Returns: whether that is so */
gboolean   bt_file_set_find_long_names (BtFileSet *self);
/* Waits. Looks how the files are now, for later records. */
void       bt_file_set_look    (BtFileSet *self);
/**
 * bt_file_set_sync:
 * @last: nothing is being written any more
 * @stamps: (out) (array): of every file, in the order of the metainfo
 * @parts: (out): of what was kept aside
 *
 * Waits. What was written before goes to the disk, so that it is there after
 * a loss of power. A file that is gone is %G_IO_ERROR_NOT_FOUND.
 */
gboolean   bt_file_set_sync    (BtFileSet *self, gboolean last, BtFileStamp *stamps, BtFileStamp *parts, int *failed, GError **error);
/**
 * bt_file_set_compare:
 * @resume: a record of this torrent, of a time when what was on disk was known
 * @running_since: seconds since 1970: when the torrent was last started after
 *   the record was made, and not stopped since; 0 when it was not
 * @doubt: (out): of n_pieces: those that have to be verified now
 * @gone: (out): a wanted file with verified pieces that is not there, or -1
 *
 * Waits. Says what may have changed since the record was made; to be called
 * after bt_file_set_prepare(). Pieces outside of @doubt are as the record says.
 */
void       bt_file_set_compare (BtFileSet *self, const BtResume *resume, gint64 running_since, BtBitfield *doubt, int *gone);
/* Waits. Is the download folder there? */
gboolean   bt_file_set_check_folder (BtFileSet *self, int *failed, GError **error);
/* Sets %G_IO_ERROR_NOT_FOUND for a file. Returns: FALSE */
gboolean   bt_file_set_is_gone (BtFileSet *self, int file, int *failed, GError **error);
/* Waits. Is everything that we wrote still where we wrote it? @gone: (nullable):
 * of guint: files that went and that nobody wants, which is no error, are added */
gboolean   bt_file_set_check_presence (BtFileSet *self, GArray *gone, int *failed, GError **error);
/* It went, and nobody misses it: nothing is read from it any more, and what
 * comes of it is kept aside. */
void       bt_file_set_lose    (BtFileSet *self, guint file);
/* Files that end later than the torrent says, and were there before us: of
 * those that bt_file_set_finish() saw. Ours it cuts to their size. */
guint      bt_file_set_get_n_long (BtFileSet *self);

/* What is renamed and what is ours; to be set before bt_file_set_prepare().
 * @place: copied; of this torrent */
void       bt_file_set_set_placement (BtFileSet *self, const BtPlacement *place);
/* What @resume, of this torrent, says of sizes and times: some file systems
 * tell in no other way whether a file is still the one that we made. */
void       bt_file_set_expect  (BtFileSet *self, const BtResume *resume);
/* @place: (out): to be cleared */
void       bt_file_set_get_placement (BtFileSet *self, BtPlacement *place);
char      *bt_file_set_dup_folder (BtFileSet *self);
BtFileNames *bt_file_set_ref_names (BtFileSet *self);

/**
 * bt_file_set_relocate:
 * @folder: (nullable): another download folder, NULL for the one it has
 * @names: (nullable): other names, NULL for those it has
 * @parts_path: (nullable): where what is kept aside goes with @folder
 *
 * Waits. Renames what is there, so that it is all at its new place or, when
 * that does not work, still all at the old. Nothing is ever replaced:
 * %G_IO_ERROR_EXISTS. Folders that we made and that are empty now go. What
 * is on another file system is %G_IO_ERROR_WOULD_RECURSE, as of g_file_move().
 */
gboolean   bt_file_set_relocate (BtFileSet *self, const char *folder, BtFileNames *names, const char *parts_path, int *failed, GError **error);
/**
 * bt_file_set_trash:
 * @keep: (nullable): absolute paths that another torrent needs, as a set
 * @n_left: (out): files of the torrent that stay, for they were there before
 *   us or are in @keep
 *
 * Waits. Puts what we made, and nobody has put another file in the place of, into the trash, the torrent's folder as a whole
 * when nothing else is in it, and removes folders that we made and that are
 * empty then. Links are not followed. Where something cannot be put into the
 * trash it stays, and the error says what.
 */
gboolean   bt_file_set_trash   (BtFileSet *self, GHashTable *keep, guint *n_left, int *failed, GError **error);
/**
 * bt_file_set_set_shared:
 * @paths: (nullable): absolute paths of files of other torrents, as a set
 *
 * From now on, when files get another folder or other names, those at @paths
 * stay where they are as well: they get a second name, or a copy.
 */
void       bt_file_set_set_shared (BtFileSet *self, GHashTable *paths);
/* Of those at @paths, how many are this torrent's and have bytes. */
guint      bt_file_set_count_shared (BtFileSet *self);
/* Waits. The torrent is removed and its files stay: what was kept aside goes,
 * and so do folders that we made and that are empty. Nothing is written any more. */
void       bt_file_set_tidy    (BtFileSet *self);
/* A file of the program's own that says where the files are going while their
 * record does not; to be set before bt_file_set_prepare(). */
void       bt_file_set_set_note_file (BtFileSet *self, const char *path);
/* Waits. An earlier run was ended after it had moved the files and before its
 * record said so, or while it renamed them: they are used where they are now.
 * Returns: whether that is another folder */
gboolean   bt_file_set_follow_note (BtFileSet *self);
/* Waits. There is nothing to follow any more. */
void       bt_file_set_forget_note (BtFileSet *self);
/* Waits, on some file systems. Closes everything, what is in use as soon as it is not. */
void       bt_file_set_close   (BtFileSet *self);
/* Whether what is opened from here on is closed again after each use, on
 * whichever thread, so that a disk with a torrent that was stopped can be taken
 * away. Files that are open already are left so. */
void       bt_file_set_set_resting (BtFileSet *self, gboolean resting);

G_END_DECLS
