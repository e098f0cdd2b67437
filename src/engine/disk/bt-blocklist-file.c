/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blocklist-file.h"

#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes read or inflated at once. */
#define CHUNK 65536u

/* One run over a file. */
typedef struct
{
  BtBlocklistJob *job;
  int fd;
  GConverter *inflate; /* NULL: plain text */
  gboolean inside;     /* of a stream that ought to end */
  guint64 total;       /* bytes of text so far */
  guint8 in[CHUNK];
  guint8 out[CHUNK];
} Reader;

static gboolean
fail (BtBlocklistJob *job, GQuark domain, int code, const char *message)
{
  g_autofree char *name = g_filename_display_basename (job->path);

  g_set_error (&job->error, domain, code, _ ("Could not read the blocklist “%s”: %s"), name, message);
  return FALSE;
}

static gboolean
fail_errno (BtBlocklistJob *job, int code)
{
  return fail (job, G_IO_ERROR, (int) g_io_error_from_errno (code), g_strerror (code));
}

/* Not waiting: a pipe that nobody writes to would stop a disk thread. */
static gboolean
open_file (Reader *self)
{
  struct stat info;

  self->fd = open (self->job->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    return fail_errno (self->job, errno);
  if (!S_ISREG (info.st_mode))
    return fail (self->job, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _ ("it is not a file"));
  return TRUE;
}

static gssize
read_some (Reader *self)
{
  gssize n;

  do
    n = read (self->fd, self->in, sizeof self->in);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    fail_errno (self->job, errno);
  return n;
}

static gboolean
feed (Reader *self, const guint8 *bytes, gsize length)
{
  self->total += length;
  if (self->total > BT_BLOCKLIST_MAX_BYTES || !bt_blocklist_feed (self->job->list, bytes, length))
    return fail (self->job, BT_ERROR, BT_ERROR_TOO_LARGE, "it is too large");
  if (g_atomic_int_get (&self->job->cancelled))
    return fail (self->job, G_IO_ERROR, G_IO_ERROR_CANCELLED, "it is not wanted any more");
  return TRUE;
}

/* Inflates @length bytes of the input. A file may have several streams one
 * behind the other, and something else behind the last, which is no text.
 * Returns: %FALSE at an error, or when nothing more will come of the file */
static gboolean
inflate (Reader *self, gsize length)
{
  gsize used = 0, n_read, n_written;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      GConverterResult result = g_converter_convert (self->inflate, self->in + used, length - used, self->out, sizeof self->out,
                                                     G_CONVERTER_NO_FLAGS, &n_read, &n_written, &error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
        return TRUE;
      if (result == G_CONVERTER_ERROR)
        return self->inside ? fail (self->job, BT_ERROR, BT_ERROR_MALFORMED, "it is damaged") : FALSE;
      used += n_read;
      self->inside = result != G_CONVERTER_FINISHED;
      if (!feed (self, self->out, n_written))
        return FALSE;
      if (!self->inside)
        g_converter_reset (self->inflate);
      if (!self->inside && used == length)
        return TRUE;
    }
}

static void
read_all (Reader *self)
{
  gssize n = read_some (self);

  self->inside = n >= 2 && self->in[0] == 0x1f && self->in[1] == 0x8b;
  if (self->inside)
    self->inflate = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  while (n > 0)
    {
      if (self->inflate != NULL ? !inflate (self, (gsize) n) : !feed (self, self->in, (gsize) n))
        return;
      n = read_some (self);
    }
  if (n == 0 && self->inside)
    fail (self->job, BT_ERROR, BT_ERROR_TRUNCATED, "its end is missing");
}

static void
blocklist_work (BtDiskJob *job)
{
  BtBlocklistJob *self = (BtBlocklistJob *) job;
  g_autofree Reader *reader = g_new0 (Reader, 1);

  reader->job = self;
  self->list = bt_blocklist_new ();
  if (open_file (reader))
    read_all (reader);
  if (reader->fd >= 0)
    close (reader->fd);
  g_clear_object (&reader->inflate);
  if (self->error == NULL && !bt_blocklist_seal (self->list))
    fail (self, BT_ERROR, BT_ERROR_TOO_LARGE, "it is too large");
  /* A page that says “not found”, a picture, a list of something else. */
  if (self->error == NULL && bt_blocklist_n_ranges (self->list) == 0 && bt_blocklist_n_skipped (self->list) > 0)
    fail (self, BT_ERROR, BT_ERROR_MALFORMED, "it has no addresses in it");
  if (self->error != NULL)
    g_clear_pointer (&self->list, bt_blocklist_free);
}

BtBlocklistJob *
bt_blocklist_job_new (const char *path, void (*done) (BtDiskJob *job))
{
  BtBlocklistJob *self = g_new0 (BtBlocklistJob, 1);

  self->job.work = blocklist_work;
  self->job.done = done;
  self->path = g_strdup (path);
  return self;
}

void
bt_blocklist_job_free (BtBlocklistJob *self)
{
  g_clear_pointer (&self->list, bt_blocklist_free);
  g_clear_error (&self->error);
  g_free (self->path);
  g_free (self);
}
