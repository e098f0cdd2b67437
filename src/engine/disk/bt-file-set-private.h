/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-file-set.h"
#include "bt-file-words.h"
#include "bt-placement.h"
#include "bt-turn-lock.h"

G_BEGIN_DECLS

/* What a note about a move is of. */
typedef enum
{
  BT_NOTE_RENAMES, /* some may have been renamed, and others not */
  BT_NOTE_BEGUN,   /* copies grow in their hidden folder; nothing uses them */
  BT_NOTE_WHOLE,   /* they are whole, and get their names; then the originals go */
} BtNoteKind;

typedef struct
{
  BtNoteKind kind;
  const char *from;
  const char *to;
  const char *parts;  /* (nullable): where what is kept aside goes */
  GPtrArray *folders; /* of char *: those below @to that were not there before */
  GArray *shared;     /* of guint: files that stay as well, for another torrent has them too */
} BtNote;

typedef enum
{
  BT_FOLLOWED_NOT, /* the files are where they were */
  BT_FOLLOWED,     /* they are in the new folder */
  BT_FOLLOW_LATER, /* some are here and some there, and it did not work now */
} BtFollowed;

struct _BtFileSet
{
  BtLayout *layout;
  char *folder;
  char *parts_path;
  char *note_path;
  BtFileCache *cache;
  BtOpenFile *files;
  BtOpenFile parts; /* holes but for the bytes kept aside, at the torrent's own offsets */
  BtTurnLock moving; /* held by who uses @folder or names; written while they change or bytes move between @parts and a file */
  GMutex mutex;     /* for what follows */
  BtPlacement place; /* its names change with @moving held for writing as well */
  gint removed;      /* atomic: in the trash; nothing is made anew before bt_file_set_prepare() */
  gint resting;      /* atomic: nothing is kept open */
  gint n_long;       /* atomic: files with bytes behind their end that are not ours to cut */
  gboolean mark_partial; /* a new file's name has the ending of unfinished ones */
  BtBitfield changed; /* while files are copied: pieces written since; no bytes otherwise */
  guint8 *has_data; /* by file: it is on disk with bytes of ours or found ones */
  guint8 *placed;   /* by file: it has bytes, or a thread is about to write some */
  guint8 *unwanted; /* by file: the latest word */
  guint8 *skipped;  /* by file: nobody wants it, or what was kept has not been brought in yet */
  gboolean any_data; /* some file is on disk */
  guint8 *shared;   /* by file: another torrent has it too, and it is not taken away when this one's move or get other names; NULL: none */
  guint8 *dirty;    /* by file: written to since it was last given to the disk */
  gboolean parts_dirty;
  GMutex stamping;  /* held while files are looked at, or given to the disk; for what follows */
  BtFileStamp *stamps; /* by file, as they were then; those of dirty files are old */
  BtFileStamp parts_stamp;
};

const BtFileInfo *bt_file_set_info (BtFileSet *self, guint index);
gboolean bt_file_set_get_has_data (BtFileSet *self, guint index);
void     bt_file_set_set_has_data (BtFileSet *self, guint index);
/* To be told before bytes are written to it and again after: what is given to
 * the disk between the two may lack them. */
void     bt_file_set_set_dirty   (BtFileSet *self, guint index);
gboolean bt_file_set_get_any_data (BtFileSet *self);
void     bt_file_set_forget_data (BtFileSet *self);
gboolean bt_file_set_is_unwanted (BtFileSet *self, guint file);
/* Are the bytes of this file kept aside? */
gboolean bt_file_set_is_aside    (BtFileSet *self, guint file);
/* Neither a pad nor a link. */
gboolean bt_file_set_is_on_disk  (BtFileSet *self, guint index);
/* Sets @error from errno's @code and @failed from @index, -1 for the folder.
 * Returns: FALSE */
gboolean bt_file_set_fail        (BtFileSet *self, int index, BtFileTask task, int code, int *failed, GError **error);
/* Opens the folder that holds @path below @folder without following a link
 * there, so that a link placed by somebody leads nowhere. @make_first, @make:
 * folders that are missing are made, the first element's and the others'.
 * @made: (nullable): those are added to it, relative to @folder.
 * Returns: a descriptor or -1 with errno; @name: (out): the last element */
int      bt_folder_open_parent   (const char *folder, const char *path, gboolean make_first, gboolean make, GPtrArray *made, const char **name);
/* Gives what is at @from below @from_folder the name @to below @to_folder.
 * Returns: 0, or -1 with errno: ENOENT when it is not there, EEXIST, EXDEV */
int      bt_folder_rename        (const char *from_folder, const char *from, const char *to_folder, const char *to, GPtrArray *made);
/* What is not there stays so. */
void     bt_folder_unlink        (const char *folder, const char *path);
/* Those of @folders, which it sorts, that are empty. @left: (nullable): the others are added */
void     bt_folder_remove_empty  (const char *folder, GPtrArray *folders, GPtrArray *left);
int      bt_file_set_open_parent (BtFileSet *self, const char *path, gboolean make, const char **name);
int      bt_file_set_open_path   (BtFileSet *self, const char *path, int flags);
/* With O_CREAT what is not there is made and counts as ours, what is there is opened. */
int      bt_file_set_open_file   (BtFileSet *self, guint index, int flags);
/* Where a file is below the folder, the ending of unfinished ones included. */
char    *bt_file_set_dup_path    (BtFileSet *self, guint index);
gboolean bt_file_set_get_created (BtFileSet *self, guint index);
/* bt-file-set-identity.c: @name: below the open folder @parent; "" for what is open itself */
/* We have just made it. */
void     bt_file_set_claim       (BtFileSet *self, guint index, int parent, const char *name);
/* Is what is there what we made, and not what somebody put in its place?
 * @before: (nullable): what it was like when it was last known */
gboolean bt_file_set_is_ours     (BtFileSet *self, guint index, int parent, const char *name, const BtFileStamp *before);
/* It is not as a record says: where nothing else tells whose it is, it is not ours. */
void     bt_file_set_disown_changed (BtFileSet *self, guint index);
void     bt_file_set_set_created (BtFileSet *self, guint index, gboolean created);
gboolean bt_file_set_get_partial (BtFileSet *self, guint index);
void     bt_file_set_set_partial (BtFileSet *self, guint index, gboolean partial);
/* Has its name the ending of unfinished files while it is one? */
gboolean bt_file_set_may_be_partial (BtFileSet *self, guint index);
/* Is the unfinished file at @path, with its ending, the one that we made? */
gboolean bt_file_set_is_our_partial (BtFileSet *self, guint index, const char *path);
/* bt-file-set-finish.c: what is wanted is complete: its names lose that ending. */
gboolean bt_file_set_finish_names (BtFileSet *self, int *failed, GError **error);
/* With @moving held for writing: what is there goes to @folder and @names, where
 * they are not NULL. @complete: names of wanted files lose the ending */
gboolean bt_file_set_relocate_held (BtFileSet *self, const char *folder, BtFileNames *names, gboolean complete, const char *parts_path, int *failed, GError **error);
/* The same, and what is at @from stays there. ENOTSUP: it has to be copied */
int      bt_folder_link          (const char *from_folder, const char *from, const char *to_folder, const char *to, GPtrArray *made);
/* Whether there is something at @path below @folder, a link for one */
gboolean bt_folder_has (const char *folder, const char *path);
char    *bt_file_set_dup_link    (BtFileSet *self, BtFileNames *names, guint index);
/* All files are there now; with @moving held for writing. @folders: (transfer none): made by us */
void     bt_file_set_settle      (BtFileSet *self, const char *folder, BtFileNames *names, const char *parts_path, GPtrArray *folders);
/* bt-file-set-note.c: with @moving held. @folders: (nullable): those that are to be made, relative to @to */
gboolean bt_file_set_write_note  (BtFileSet *self, BtNoteKind kind, const char *to, const char *parts, GPtrArray *folders, GError **error);
/* bt-file-set-recover.c: goes on with what @note is about, or takes it back. */
BtFollowed bt_file_set_recover   (BtFileSet *self, const BtNote *note);
/* The hidden folder where copies grow, the same for the same torrent, so that
 * what is left of a move that was killed is found. Files are called by their index in it. */
char    *bt_file_set_dup_staging (BtFileSet *self, const char *folder);
void     bt_folder_remove_staging (const char *staging);
/* Folders of files that are not at @to yet, relative to it. (transfer full): of char * */
GPtrArray *bt_file_set_list_missing_folders (BtFileSet *self, const char *to);
/* With @moving held. The names of what is at @folder last. Returns: whether the system says so */
gboolean bt_file_set_sync_folders (BtFileSet *self, const char *folder);
/* With @moving held for writing: links that we made go along to @to. @made:
 * folders made there are added; @again: a killed move may have done a part of it */
void     bt_file_set_move_links  (BtFileSet *self, const char *from, const char *to, GPtrArray *made, gboolean again);
/* A copy of a file has its name in @folder: it is ours if the original was. */
void     bt_file_set_claim_copy  (BtFileSet *self, guint index, const char *folder, const char *path);
gboolean bt_file_set_is_shared   (BtFileSet *self, guint index);
/* @indices: of guint; of the torrent */
void     bt_file_set_share_indices (BtFileSet *self, GArray *indices);
/* Those that we made. Returns: (transfer full): of char *, below @folder */
GPtrArray *bt_file_set_dup_folders (BtFileSet *self);
void     bt_file_set_add_folders (BtFileSet *self, GPtrArray *made);
/* Bytes of the torrent were written: a copy that is being made needs them too. */
void     bt_file_set_mark_changed (BtFileSet *self, guint64 offset, guint64 length);
gboolean bt_file_set_acquire     (BtFileSet *self, guint index, gboolean writable, gboolean create);
gboolean bt_file_set_acquire_parts (BtFileSet *self, gboolean writable);
/* To the file itself. */
gboolean bt_file_set_write_span  (BtFileSet *self, const BtSpan *span, const guint8 *bytes, int *failed, GError **error);
gboolean bt_file_set_write_all   (int fd, const guint8 *bytes, gsize length, guint64 offset);
/* Returns: bytes read, fewer at the end of the file; -1 with errno */
gssize   bt_file_set_read_some   (int fd, guint8 *bytes, gsize length, guint64 offset);

G_END_DECLS
