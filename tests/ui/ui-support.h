/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-demo.h"
#include "freshet-library.h"

G_BEGIN_DECLS

typedef gboolean (*UiCondition) (gpointer data);

/* Runs the main loop until @condition is so; a test that waits for more than
 * two minutes has failed. */
void            ui_wait           (UiCondition condition, gpointer data);
/* What was begun goes on for a second, as in the time that a person takes; for
 * what is measured, never for what is judged. */
void            ui_rest           (void);
/* A callback that keeps its result in a GAsyncResult *. */
void            ui_result_cb      (GObject *object, GAsyncResult *result, gpointer data);
GAsyncResult   *ui_wait_result    (GAsyncResult **result);

/* A library whose session is on the loopback address. */
FreshetLibrary *ui_library_new    (void);
/* Waits until what @folder keeps is in it. */
void            ui_library_open   (FreshetLibrary *library, const char *folder);
void            ui_library_close  (FreshetLibrary *library);
/* A torrent of one file of @size bytes; its tracker answers nobody. */
BtMetainfo     *ui_metainfo_new   (const char *name, guint64 size);
char           *ui_folder_new     (void);
void            ui_folder_remove  (char *folder);

G_END_DECLS
