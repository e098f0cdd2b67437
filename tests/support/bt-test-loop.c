/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-loop.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef struct
{
  const char *what;
  const char *where;
} Bound;

static gboolean
bound_cb (gpointer data)
{
  Bound *bound = data;

  g_error ("%s: waited in vain for %s", bound->where, bound->what);
  return G_SOURCE_REMOVE;
}

guint
bt_test_bound_new (const char *what, const char *where)
{
  Bound bound = { what, where };

  return g_timeout_add_seconds_full (G_PRIORITY_HIGH, BT_TEST_BOUND_SECONDS, bound_cb, g_memdup2 (&bound, sizeof bound), g_free);
}

void
bt_test_drain (void)
{
  for (guint i = 0; i < 10000 && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

gint64
bt_test_own_time (void)
{
  g_autofree char *schedule = NULL;
  g_auto (GStrv) fields = NULL;
  gint64 waited = 0;

  /* In nanoseconds: what it ran, and how long it was ready and did not run. */
  if (g_file_get_contents ("/proc/thread-self/schedstat", &schedule, NULL, NULL))
    {
      fields = g_strsplit (schedule, " ", 3);
      waited = fields[0] == NULL || fields[1] == NULL ? 0 : g_ascii_strtoll (fields[1], NULL, 10) / 1000;
    }
  return g_get_monotonic_time () - waited;
}

gint64
bt_test_time_worked (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

double
bt_test_slowness (void)
{
  const guint n = 32000;
  const double usual = 10000; /* microseconds */
  gint64 began = bt_test_time_worked ();
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  /* Memory, texts and branches are most of what the program does as well. */
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (texts, g_strdup_printf ("%08x", i * 2654435761u));
  g_ptr_array_sort (texts, compare_texts);
  g_clear_pointer (&texts, g_ptr_array_unref);
  return MAX (1.0, (double) (bt_test_time_worked () - began) / usual);
}

BtTestFolder *
bt_test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("freshet-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
bt_test_delete (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *below = g_build_filename (path, name, NULL);

          bt_test_delete (below);
        }
      g_rmdir (path);
    }
  else
    g_unlink (path);
}

void
bt_test_folder_free (BtTestFolder *self)
{
  bt_test_delete (self);
  g_free (self);
}

guint
bt_test_count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

gboolean
bt_test_folder_has (const BtTestFolder *self, const char *path)
{
  g_autofree char *whole = g_build_filename (self, path, NULL);
  struct stat status;

  return lstat (whole, &status) == 0;
}

void
bt_test_folder_put (const BtTestFolder *self, const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename (self, path, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_assert_true (g_file_set_contents (whole, text, -1, NULL));
}

void
bt_test_folder_assert_holds (const BtTestFolder *self, const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename (self, path, NULL);
  g_autofree char *bytes = NULL;

  g_assert_true (g_file_get_contents (whole, &bytes, NULL, NULL));
  g_assert_cmpstr (bytes, ==, text);
}
