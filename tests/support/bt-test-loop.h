/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Longer than anything here takes on a busy machine; a test that waits this long has failed. */
#define BT_TEST_BOUND_SECONDS 60

guint bt_test_bound_new (const char *what, const char *where);

/* Runs the main context until @condition, which is looked at after every turn. */
#define bt_test_wait(condition)                               \
  G_STMT_START                                                \
  {                                                           \
    guint bound_ = bt_test_bound_new (#condition, G_STRLOC);  \
    while (!(condition))                                      \
      g_main_context_iteration (NULL, TRUE);                  \
    g_source_remove (bound_);                                 \
  }                                                           \
  G_STMT_END

/* Runs what is ready now and nothing that would have to be waited for. */
void  bt_test_drain (void);

/* Microseconds: as g_get_monotonic_time(), but that it stands still while others
 * have the processor that this thread is waiting for. */
gint64 bt_test_own_time (void);

/* Microseconds that this thread has run. */
gint64 bt_test_time_worked (void);

/* How many times as long as on a desktop of 2020 a thread works here and now,
 * the sanitizers included; at least 1. Takes some 10 ms of it. */
double bt_test_slowness (void);

/* A new folder below the temporary one; freed with all that is in it. */
typedef char BtTestFolder;
BtTestFolder *bt_test_folder_new  (void);
void          bt_test_folder_free (BtTestFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTestFolder, bt_test_folder_free)
/* Whether something is at @path below it, a link that leads nowhere included. */
gboolean      bt_test_folder_has  (const BtTestFolder *self, const char *path);
/* Makes a file, and the folders it is in. */
void          bt_test_folder_put  (const BtTestFolder *self, const char *path, const char *text);
void          bt_test_folder_assert_holds (const BtTestFolder *self, const char *path, const char *text);
/* Deletes what is at @path, with all that is below it, links not followed. */
void          bt_test_delete      (const char *path);

/* Descriptors that this process has open. */
guint bt_test_count_fds (void);

G_END_DECLS
