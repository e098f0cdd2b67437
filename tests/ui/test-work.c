/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-work.h"
#include "ui-support.h"

/* Enough for a thread to lose its time slice between its answer and its end. */
#define N_TASKS 3000u

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_assert_true (g_thread_self () != data);
  g_task_return_pointer (task, g_thread_self (), NULL);
}

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  *(gpointer *) data = g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
gone_cb (gpointer data, GObject *object)
{
  gpointer *where = data;

  *where = g_thread_self ();
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static void
test_source_goes_on_the_main_thread (void)
{
  for (guint i = 0; i < N_TASKS; i++)
    {
      gpointer worker = NULL, where = NULL;
      GObject *source = g_object_new (G_TYPE_OBJECT, NULL);
      GTask *task = g_task_new (source, NULL, answered_cb, &worker);

      g_object_weak_ref (source, gone_cb, &where);
      g_task_set_task_data (task, g_thread_self (), NULL);
      freshet_work_run (task, work);
      g_object_unref (task);
      g_object_unref (source);
      ui_wait (is_set, &where);
      g_assert_true (where == g_thread_self ());
      g_assert_true (worker != NULL && worker != where);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/thread-work/source-goes-on-the-main-thread", test_source_goes_on_the_main_thread);
  return g_test_run ();
}
