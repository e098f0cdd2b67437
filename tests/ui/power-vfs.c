/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "power-vfs.h"

#include <sqlite3.h>
#include <string.h>

static const char *const names[] = { "library.db", "library.db-wal", "library.db-journal" };
#define N_FILES G_N_ELEMENTS (names)

typedef enum
{
  WRITE,
  TRUNCATE,
  SYNC,
  DELETE,
  DELETE_FOR_SURE, /* with its folder given to the disk */
  MARK,
} Kind;

typedef struct
{
  Kind kind;
  guint file;
  gsize offset;  /* of a write; a length; a mark's number */
  GBytes *bytes; /* of a write */
} Event;

typedef struct
{
  sqlite3_file parent;
  int file;           /* its place in @names, -1 another */
  sqlite3_file *real; /* behind this */
} File;

static sqlite3_vfs vfs;
static sqlite3_vfs *real_vfs;
static sqlite3_io_methods methods;
static GMutex mutex;
static GArray *events;
static gboolean recording;

static void
note (Kind kind, int file, gsize offset, const void *bytes, gsize length)
{
  Event event = { kind, (guint) file, offset, NULL };

  if (file < 0)
    return;
  g_mutex_lock (&mutex);
  if (recording)
    {
      event.bytes = bytes == NULL ? NULL : g_bytes_new (bytes, length);
      g_array_append_val (events, event);
    }
  g_mutex_unlock (&mutex);
}

static int
find_name (const char *path)
{
  g_autofree char *name = path == NULL ? NULL : g_path_get_basename (path);

  for (guint i = 0; name != NULL && i < N_FILES; i++)
    if (g_str_equal (name, names[i]))
      return (int) i;
  return -1;
}

#define REAL(file) (((File *) (file))->real)

static int
file_close (sqlite3_file *file)
{
  return REAL (file)->pMethods->xClose (REAL (file));
}

static int
file_read (sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
  return REAL (file)->pMethods->xRead (REAL (file), bytes, length, offset);
}

static int
file_write (sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
  note (WRITE, ((File *) file)->file, (gsize) offset, bytes, (gsize) length);
  return REAL (file)->pMethods->xWrite (REAL (file), bytes, length, offset);
}

static int
file_truncate (sqlite3_file *file, sqlite3_int64 length)
{
  note (TRUNCATE, ((File *) file)->file, (gsize) length, NULL, 0);
  return REAL (file)->pMethods->xTruncate (REAL (file), length);
}

static int
file_sync (sqlite3_file *file, int flags)
{
  note (SYNC, ((File *) file)->file, 0, NULL, 0);
  return REAL (file)->pMethods->xSync (REAL (file), flags);
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return REAL (file)->pMethods->xFileSize (REAL (file), size);
}

static int
file_lock (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xLock (REAL (file), level);
}

static int
file_unlock (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xUnlock (REAL (file), level);
}

static int
file_check_lock (sqlite3_file *file, int *locked)
{
  return REAL (file)->pMethods->xCheckReservedLock (REAL (file), locked);
}

static int
file_control (sqlite3_file *file, int op, void *argument)
{
  return REAL (file)->pMethods->xFileControl (REAL (file), op, argument);
}

static int
file_sector_size (sqlite3_file *file)
{
  return REAL (file)->pMethods->xSectorSize (REAL (file));
}

/* A disk that promises nothing. */
static int
file_characteristics (sqlite3_file *file)
{
  return 0;
}

static int
file_shm_map (sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
  return REAL (file)->pMethods->xShmMap (REAL (file), region, size, extend, memory);
}

static int
file_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return REAL (file)->pMethods->xShmLock (REAL (file), offset, n, flags);
}

static void
file_shm_barrier (sqlite3_file *file)
{
  REAL (file)->pMethods->xShmBarrier (REAL (file));
}

static int
file_shm_unmap (sqlite3_file *file, int remove)
{
  return REAL (file)->pMethods->xShmUnmap (REAL (file), remove);
}

static int
vfs_open (sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags, int *flags_out)
{
  File *opened = (File *) file;
  int code;

  opened->file = find_name (path);
  opened->real = (sqlite3_file *) (opened + 1);
  code = real_vfs->xOpen (real_vfs, path, opened->real, flags, flags_out);
  opened->parent.pMethods = opened->real->pMethods == NULL ? NULL : &methods;
  return code;
}

static int
vfs_delete (sqlite3_vfs *self, const char *path, int sync_folder)
{
  note (sync_folder ? DELETE_FOR_SURE : DELETE, find_name (path), 0, NULL, 0);
  return real_vfs->xDelete (real_vfs, path, sync_folder);
}

void
power_vfs_install (void)
{
  real_vfs = sqlite3_vfs_find (NULL);
  methods = (sqlite3_io_methods){
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
  };
  /* What it does not do itself is the system's, which looks for its own name
   * nowhere. */
  vfs = *real_vfs;
  vfs.zName = "power";
  vfs.szOsFile = real_vfs->szOsFile + (int) sizeof (File);
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
}

static void
event_clear (gpointer data)
{
  Event *event = data;

  g_clear_pointer (&event->bytes, g_bytes_unref);
}

void
power_vfs_record (gboolean record)
{
  g_mutex_lock (&mutex);
  recording = record;
  if (record)
    {
      g_clear_pointer (&events, g_array_unref);
      events = g_array_new (FALSE, FALSE, sizeof (Event));
      g_array_set_clear_func (events, event_clear);
    }
  g_mutex_unlock (&mutex);
}

void
power_vfs_mark (guint number)
{
  note (MARK, 0, number, NULL, 0);
}

guint
power_vfs_n_events (void)
{
  return events->len;
}

/* A file as the disk has it. */
typedef struct
{
  GByteArray *bytes; /* NULL: there is none */
  GArray *waiting;   /* of Event *: since it was last told to keep it */
} Disk;

static void
apply (Disk *disk, const Event *event, gsize most)
{
  gsize length;
  const guint8 *bytes;

  if (event->kind == DELETE || event->kind == DELETE_FOR_SURE)
    {
      g_clear_pointer (&disk->bytes, g_byte_array_unref);
      return;
    }
  if (disk->bytes == NULL)
    disk->bytes = g_byte_array_new ();
  if (event->kind == TRUNCATE)
    {
      if (event->offset < disk->bytes->len)
        g_byte_array_set_size (disk->bytes, (guint) event->offset);
      return;
    }
  bytes = g_bytes_get_data (event->bytes, &length);
  length = MIN (length, most);
  if (disk->bytes->len < event->offset + length)
    {
      guint old = disk->bytes->len;

      g_byte_array_set_size (disk->bytes, (guint) (event->offset + length));
      memset (disk->bytes->data + old, 0, disk->bytes->len - old);
    }
  memcpy (disk->bytes->data + event->offset, bytes, length);
}

/* Returns: how many were lost */
static guint
lose (Disk *disk, PowerLoss loss, GRand *chance)
{
  guint n = disk->waiting->len, kept = 0;
  guint first = loss == POWER_KEEPS_ALL ? n : loss == POWER_KEEPS_THE_FIRST ? (guint) g_rand_int_range (chance, 0, (gint32) n + 1) : 0;

  for (guint i = 0; i < n; i++)
    {
      const Event *event = g_array_index (disk->waiting, const Event *, i);
      gboolean cut = i == first && loss == POWER_KEEPS_THE_FIRST && event->kind == WRITE;

      if (i >= first && !cut && !(loss == POWER_KEEPS_SOME && g_rand_boolean (chance)))
        continue;
      apply (disk, event, cut ? (gsize) g_rand_int_range (chance, 0, (gint32) g_bytes_get_size (event->bytes)) : G_MAXSIZE);
      kept++;
    }
  return n - kept;
}

static void
apply_first (Disk *disk, guint n)
{
  for (guint i = 0; i < n; i++)
    apply (disk, g_array_index (disk->waiting, const Event *, i), G_MAXSIZE);
  g_array_remove_range (disk->waiting, 0, n);
}

/* With a file that is new its folder is given to the disk, and so it is known
 * there which files are gone. */
static void
keep_deletions (Disk *disks)
{
  for (guint file = 0; file < N_FILES; file++)
    {
      guint last = 0;

      for (guint i = 0; i < disks[file].waiting->len; i++)
        if (g_array_index (disks[file].waiting, const Event *, i)->kind == DELETE)
          last = i + 1;
      apply_first (&disks[file], last);
    }
}

static void
replay (Disk *disks, guint n_events, guint *mark)
{
  for (guint i = 0; i < n_events; i++)
    {
      const Event *event = &g_array_index (events, Event, i);
      Disk *disk = &disks[event->file];
      gboolean is_new = disk->bytes == NULL;

      if (event->kind == MARK)
        *mark = (guint) event->offset;
      else if (event->kind != SYNC && event->kind != DELETE_FOR_SURE)
        g_array_append_val (disk->waiting, event);
      else
        {
          apply_first (disk, disk->waiting->len);
          if (event->kind == DELETE_FOR_SURE)
            apply (disk, event, 0);
          if (is_new)
            keep_deletions (disks);
        }
    }
}

guint
power_vfs_write_image (guint n_events, PowerLoss loss, GRand *chance, const char *folder, guint *mark)
{
  Disk disks[N_FILES] = { 0 };
  guint n_lost = 0;

  *mark = 0;
  for (guint i = 0; i < N_FILES; i++)
    disks[i].waiting = g_array_new (FALSE, FALSE, sizeof (const Event *));
  replay (disks, n_events, mark);
  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      n_lost += lose (&disks[i], loss, chance);
      if (disks[i].bytes != NULL)
        g_assert_true (g_file_set_contents_full (path, (const char *) disks[i].bytes->data, disks[i].bytes->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_clear_pointer (&disks[i].bytes, g_byte_array_unref);
      g_array_unref (disks[i].waiting);
    }
  return n_lost;
}
