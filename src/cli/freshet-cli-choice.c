/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli-choice.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

/* Marks the files that @pattern matches. Returns: how many did */
static guint
mark (BtMetainfo *metainfo, const char *pattern, gboolean *wanted)
{
  g_autoptr (GPatternSpec) spec = g_pattern_spec_new (pattern);
  guint matches = 0;

  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *file = bt_metainfo_get_file (metainfo, i);
      g_autofree char *name = g_path_get_basename (file->path);

      if ((file->flags & BT_FILE_PAD) || !(g_pattern_spec_match_string (spec, file->path) || g_pattern_spec_match_string (spec, name)))
        continue;
      wanted[i] = TRUE;
      matches++;
    }
  return matches;
}

gboolean
freshet_choice_apply (BtTorrent *torrent, char **patterns, GError **error)
{
  BtMetainfo *metainfo = bt_torrent_get_metainfo (torrent);
  g_autofree gboolean *wanted = NULL;

  if (patterns == NULL)
    return TRUE;
  wanted = g_new0 (gboolean, bt_metainfo_get_n_files (metainfo));
  for (char **pattern = patterns; *pattern != NULL; pattern++)
    if (mark (metainfo, *pattern, wanted) == 0)
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                     _("No file of the torrent matches “%s”. “freshet-cli show” lists them."), *pattern);
        return FALSE;
      }
  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    if (!wanted[i])
      bt_torrent_set_file_priority (torrent, i, BT_FILE_SKIP);
  return TRUE;
}
