/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * freshet_work_run:
 * @func: runs on a thread, and gives @task its answer
 *
 * As g_task_run_in_thread(), whose thread may be the last to let go of the
 * task: its source object would be disposed of there, where nothing of ours
 * may run. Here the last goes on the main context of @task.
 */
void freshet_work_run (GTask *task, GTaskThreadFunc func);

G_END_DECLS
