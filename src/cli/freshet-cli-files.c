/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli.h"

#include "bt-error.h"
#include "bt-types.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* Files and folders that are named on the command line. */

#define READ_STEP (256u << 10)

void
freshet_cli_complain (const char *message)
{
  gboolean ends = g_str_has_suffix (message, ".") || g_str_has_suffix (message, "?") || g_str_has_suffix (message, "!");

  g_printerr ("freshet-cli: %s%s\n", message, ends ? "" : ".");
}

/* A pipe and a device have no size to judge before, and a file may grow. */
static GBytes *
read_input (GInputStream *input, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (;;)
    {
      g_autoptr (GBytes) some = g_input_stream_read_bytes (input, READ_STEP, NULL, error);

      if (some == NULL)
        return NULL;
      if (g_bytes_get_size (some) == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&all));
      if (all->len + g_bytes_get_size (some) > BT_MAX_TORRENT_FILE)
        {
          g_set_error_literal (error, BT_ERROR, BT_ERROR_TOO_LARGE, _ ("It is too large for a torrent file."));
          return NULL;
        }
      g_byte_array_append (all, g_bytes_get_data (some, NULL), (guint) g_bytes_get_size (some));
    }
}

BtMetainfo *
freshet_cli_read (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (strcmp (path, "-") == 0)
    input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  else
    input = G_INPUT_STREAM (g_file_read (file, NULL, error));
  if (input != NULL)
    bytes = read_input (input, error);
  return bytes == NULL ? NULL : bt_metainfo_new (bytes, error);
}

static void
complain_of (const char *format, const char *name)
{
  g_autofree char *shown = g_filename_display_name (name);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *message = g_strconcat (parts[0], shown, parts[1], NULL);

  freshet_cli_complain (message);
}

gboolean
freshet_cli_check_folder (const char *folder)
{
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  complain_of (g_file_test (folder, G_FILE_TEST_EXISTS) ? _ ("“%s” is not a folder.") : _ ("There is no folder “%s”."), folder);
  return FALSE;
}

gboolean
freshet_cli_check_output (const char *folder)
{
  g_autofree char *there = g_canonicalize_filename (folder, NULL);

  /* What is missing will be made. */
  while (!g_file_test (there, G_FILE_TEST_EXISTS))
    {
      char *parent = g_path_get_dirname (there);

      g_free (there);
      there = parent;
    }
  if (!g_file_test (there, G_FILE_TEST_IS_DIR))
    complain_of (_ ("“%s” is not a folder."), there);
  else if (access (there, W_OK | X_OK) != 0)
    complain_of (_ ("You may not write to the folder “%s”."), there);
  else
    return TRUE;
  return FALSE;
}

gboolean
freshet_cli_check_file (const char *path)
{
  g_autofree char *folder = path == NULL ? NULL : g_path_get_dirname (path);

  return folder == NULL || (freshet_cli_check_folder (folder) && freshet_cli_check_output (folder));
}
