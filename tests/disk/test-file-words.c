/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-words.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

/* What people read when something is wrong with files. */

static const int codes[] = {
  ENOSPC, EDQUOT, EROFS, EIO, ENODEV, ENXIO, ENOTCONN, ESTALE, EACCES, EPERM, ENOENT, ENOTDIR, EISDIR, EEXIST, EFBIG, ENAMETOOLONG, ELOOP,
};

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = strstr (text, part); at != NULL; at = strstr (at + 1, part))
    n++;
  return n;
}

/* One sentence with the name once, and nothing in it twice. */
static void
test_nothing_is_said_twice (void)
{
  for (guint task = BT_FILE_TASK_OPEN; task <= BT_FILE_TASK_TAKE_AWAY; task++)
    for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
      {
        g_autoptr (GError) error = NULL;
        g_auto (GStrv) parts = NULL;

        bt_file_words_set_error (&error, task, "some name", "/", codes[i]);
        g_assert_error (error, G_IO_ERROR, (int) g_io_error_from_errno (codes[i]));
        g_assert_cmpuint (count (error->message, "some name"), ==, 1);
        parts = g_strsplit (error->message, ": ", -1);
        g_assert_cmpuint (g_strv_length (parts), <=, 2);
        g_assert_cmpuint (count (error->message, "not there"), <=, 1);
        g_assert_cmpuint (count (error->message, "Could not"), <=, 1);
        g_assert_cmpuint (count (error->message, "could not"), ==, 0);
        g_assert_cmpuint (count (error->message, "disk"), <=, 1);
      }
}

static void
assert_says (BtFileTask task, int code, const char *expected)
{
  g_autoptr (GError) error = NULL;

  bt_file_words_set_error (&error, task, "a", "/", code);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_plain_words (void)
{
  assert_says (BT_FILE_TASK_WRITE, EACCES, "Could not write “a”: you have no permission");
  assert_says (BT_FILE_TASK_READ, ENOENT, "Could not read “a”: it is not there");
  assert_says (BT_FILE_TASK_FIND, ENOENT, "“a” is not there any more");
  assert_says (BT_FILE_TASK_FIND_FOLDER, ENOENT, "The folder “a” is not there any more");
  assert_says (BT_FILE_TASK_MAKE_FOLDER, ENOTDIR, "Could not make the folder “a”: there is a file where a folder should be");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-words/nothing-is-said-twice", test_nothing_is_said_twice);
  g_test_add_func ("/file-words/plain-words", test_plain_words);
  return g_test_run ();
}
