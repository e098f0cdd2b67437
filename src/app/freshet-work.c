/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-work.h"

typedef struct
{
  GTask *task; /* kept by what is told of the end */
  GTaskThreadFunc func;
} Work;

static void
work_thread (GTask *inner, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;

  work->func (work->task, g_task_get_source_object (work->task), g_task_get_task_data (work->task), g_task_get_cancellable (work->task));
  g_task_return_boolean (inner, TRUE);
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_object_unref (data);
}

void
freshet_work_run (GTask *task, GTaskThreadFunc func)
{
  g_autoptr (GTask) inner = g_task_new (NULL, NULL, ended_cb, g_object_ref (task));
  Work *work = g_new (Work, 1);

  *work = (Work){ task, func };
  g_task_set_source_tag (inner, freshet_work_run);
  g_task_set_task_data (inner, work, g_free);
  g_task_run_in_thread (inner, work_thread);
}
