/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-group.h"
#include "freshet-library.h"

#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>

/* A library without a window, for scale.py:
 *
 *   scale-runner make LIBRARY TORRENTS DATA STATE   fills LIBRARY with what is in TORRENTS
 *   scale-runner run LIBRARY COUNT STATE            until a signal comes
 *
 * STATE is "paused" or "seeding". The second says "loaded SECONDS" when all are
 * in the list and "ready SECONDS" when all are seeded, and at the end "stall
 * MILLISECONDS", for how long the main loop heard nobody at the most, and
 * "stopped SECONDS". SIGUSR1 has freed memory given back. What is not in DATA is
 * downloaded, with DOWN_LIMIT bytes a second if that is in the environment. */

typedef struct
{
  FreshetLibrary *library;
  GMainLoop *loop;
  GListModel *groups;
  guint n_wanted;
  FreshetGroupKind wanted; /* where all of them are to be */
  gboolean making;
  gboolean then_pause;     /* ... when they have been seeded */
  gint64 began;
} Runner;

static struct
{
  GPollFunc poll;
  gint64 left;
  gint64 longest;
} meter;

static gint
metered_poll (GPollFD *fds, guint n_fds, gint timeout)
{
  gint n;

  if (meter.left != 0)
    meter.longest = MAX (meter.longest, g_get_monotonic_time () - meter.left);
  n = meter.poll (fds, n_fds, timeout);
  meter.left = g_get_monotonic_time ();
  return n;
}

static void
say (const char *what, double value)
{
  g_print ("%s %.3f\n", what, value);
  fflush (stdout);
}

static double
since (gint64 began)
{
  return (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Runner *self = data;

  freshet_library_stop_finish (self->library, result, NULL);
  say ("stall", (double) meter.longest / 1000);
  say ("stopped", since (self->began));
  g_main_loop_quit (self->loop);
}

static gboolean
stop_cb (gpointer data)
{
  Runner *self = data;

  self->began = g_get_monotonic_time ();
  freshet_library_stop_async (self->library, stopped_cb, self);
  return G_SOURCE_REMOVE;
}

static gboolean
trim_cb (gpointer data)
{
  malloc_trim (0);
  return G_SOURCE_CONTINUE;
}

static void
pause_all (Runner *self)
{
  for (guint i = 0; i < self->n_wanted; i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (self->library), i);

      freshet_torrent_item_pause (item);
    }
}

static gboolean
look_cb (gpointer data)
{
  Runner *self = data;

  if (freshet_groups_count (self->groups, self->wanted) < self->n_wanted)
    return G_SOURCE_CONTINUE;
  say ("ready", since (self->began));
  if (self->then_pause)
    pause_all (self);
  if (self->making)
    stop_cb (self);
  return G_SOURCE_REMOVE;
}

static FreshetLibrary *
library_new (void)
{
  FreshetLibrary *library = freshet_library_new ();
  g_autoptr (GError) error = NULL;
  BtConfig config;

  bt_config_init_defaults (&config);
  bt_addr_parse_ip (&config.bind_v4, "127.0.0.1");
  config.bind_only = TRUE;
  if (g_getenv ("DOWN_LIMIT") != NULL)
    config.down_limit = g_ascii_strtoull (g_getenv ("DOWN_LIMIT"), NULL, 10);
  if (!freshet_library_start (library, &config, &error))
    g_error ("%s", error->message);
  return library;
}

/* Their files are there. */
static void
add (Runner *self, const char *path, const char *data)
{
  g_autofree char *contents = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtMetainfo) metainfo = NULL;
  g_autoptr (GError) error = NULL;
  BtTorrentOptions options = { .folder = data };
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, &error))
    g_error ("%s", error->message);
  bytes = g_bytes_new_take (g_steal_pointer (&contents), length);
  metainfo = bt_metainfo_new (bytes, &error);
  if (metainfo == NULL || freshet_library_add (self->library, metainfo, &options, &error) == NULL)
    g_error ("%s: %s", path, error->message);
}

/* What was begun and what was asked for. */
typedef struct
{
  Runner runner;
  char **argv;
  GPtrArray *paths; /* of torrents that are to be added */
} Job;

static guint
add_step (FreshetLibrary *library, guint step, gpointer data)
{
  Job *job = data;

  add (&job->runner, job->paths->pdata[step], job->argv[4]);
  return 1;
}

static void
fill (Job *job)
{
  const char *torrents = job->argv[3];
  g_autoptr (GDir) folder = g_dir_open (torrents, 0, NULL);
  const char *name;

  job->paths = g_ptr_array_new_with_free_func (g_free);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (job->paths, g_build_filename (torrents, name, NULL));
  job->runner.n_wanted = job->paths->len;
  freshet_library_do_many (job->runner.library, job->paths->len, add_step, NULL, job, NULL);
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  Runner *self = &job->runner;

  if (!freshet_library_open_finish (self->library, result))
    g_error ("The library cannot be opened");
  say ("loaded", since (self->began));
  self->groups = freshet_groups_get (G_LIST_MODEL (self->library));
  if (self->making)
    fill (job);
  g_timeout_add (2, look_cb, self);
}

int
main (int argc, char *argv[])
{
  Job job = { .argv = argv };
  Runner *self = &job.runner;
  gboolean paused;

  if (argc < 5)
    return 2;
  self->making = argc == 6;
  paused = g_str_equal (argv[argc - 1], "paused");
  self->wanted = paused && !self->making ? FRESHET_GROUP_PAUSED : FRESHET_GROUP_SEEDING;
  self->then_pause = paused && self->making;
  self->n_wanted = self->making ? 0 : (guint) g_ascii_strtoull (argv[3], NULL, 10);
  self->loop = g_main_loop_new (NULL, FALSE);
  meter.poll = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, metered_poll);
  g_unix_signal_add (SIGTERM, stop_cb, self);
  g_unix_signal_add (SIGUSR1, trim_cb, NULL);
  self->began = g_get_monotonic_time ();
  self->library = library_new ();
  freshet_library_open_async (self->library, argv[2], opened_cb, &job);
  g_main_loop_run (self->loop);
  g_object_unref (self->library);
  g_main_loop_unref (self->loop);
  g_clear_pointer (&job.paths, g_ptr_array_unref);
  return 0;
}
