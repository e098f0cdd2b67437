/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Which files we made. A name alone does not tell: somebody may have put a
 * file of their own where ours was. */

/* Not in the headers of every kernel. */
#define EXFAT_MAGIC 0x2011bab0

/* FAT has no numbers for files: the system makes them up, others each time. */
static gboolean
numbers_last (int fd)
{
  struct statfs system;

  return fstatfs (fd, &system) == 0 && system.f_type != MSDOS_SUPER_MAGIC && system.f_type != EXFAT_MAGIC;
}

/* A number alone would not do either: that of a file that was removed is the
 * next new one's on many file systems. The device has none that lasts.
 * Returns: all zeros where the file system does not say when a file was born */
static BtFileIdentity
identify (int parent, const char *name)
{
  BtFileIdentity identity = { 0 };
  struct statx status;

  if (statx (parent, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0 ||
      (status.stx_mask & STATX_BTIME) == 0)
    return identity;
  identity.born = status.stx_btime.tv_sec * G_GINT64_CONSTANT (1000000000) + status.stx_btime.tv_nsec;
  if (identity.born != 0 && (status.stx_mask & STATX_INO) && numbers_last (parent))
    identity.inode = status.stx_ino;
  return identity;
}

static gboolean
is_known (const BtFileIdentity *identity)
{
  return identity->born != 0;
}

void
bt_file_set_claim (BtFileSet *self, guint index, int parent, const char *name)
{
  BtFileIdentity identity = identify (parent, name);

  g_mutex_lock (&self->mutex);
  bt_bitfield_set (&self->place.created, index);
  self->place.identities[index] = identity;
  g_mutex_unlock (&self->mutex);
}

/* Where a file cannot be told by when it was born it can by what it was like
 * when we last knew, unless we have been writing to it. */
static gboolean
is_like_before (const BtFileStamp *before, const struct stat *now)
{
  gint64 mtime = now->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + now->st_mtim.tv_nsec;

  if (before->size < 0)
    return TRUE;
  if (before->touched)
    return now->st_size >= before->size && mtime >= before->mtime;
  return now->st_size == before->size && mtime == before->mtime;
}

gboolean
bt_file_set_is_ours (BtFileSet *self, guint index, int parent, const char *name, const BtFileStamp *before)
{
  BtFileIdentity now = identify (parent, name), then;
  gboolean created, dirty;
  struct stat status;

  g_mutex_lock (&self->mutex);
  created = bt_bitfield_get (&self->place.created, index);
  dirty = self->dirty[index];
  then = self->place.identities[index];
  g_mutex_unlock (&self->mutex);
  if (!created)
    return FALSE;
  if (is_known (&then) && is_known (&now))
    return then.born == now.born && (then.inode == now.inode || then.inode == 0 || now.inode == 0);
  return dirty || before == NULL ||
         (fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0 && is_like_before (before, &status));
}

void
bt_file_set_disown_changed (BtFileSet *self, guint index)
{
  g_mutex_lock (&self->mutex);
  if (!is_known (&self->place.identities[index]))
    bt_bitfield_unset (&self->place.created, index);
  g_mutex_unlock (&self->mutex);
}

void
bt_file_set_expect (BtFileSet *self, const BtResume *resume)
{
  g_return_if_fail (resume->n_files == self->layout->n_files);

  g_mutex_lock (&self->stamping);
  for (guint i = 0; i < resume->n_files; i++)
    self->stamps[i] = (BtFileStamp){ resume->files[i].size, resume->files[i].mtime, resume->files[i].touched || !resume->clean };
  g_mutex_unlock (&self->stamping);
}
