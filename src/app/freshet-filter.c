/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-filter.h"

#include <string.h>

void
freshet_filter_clear (FreshetFilter *self)
{
  g_clear_pointer (&self->tracker, g_free);
  g_clear_pointer (&self->words, g_strfreev);
  self->group = FRESHET_GROUP_ALL;
  self->label = 0;
}

void
freshet_filter_set_text (FreshetFilter *self, const char *text)
{
  g_autofree char *folded = text == NULL ? NULL : g_utf8_casefold (text, -1);

  g_clear_pointer (&self->words, g_strfreev);
  if (folded != NULL && g_strstrip (folded)[0] != '\0')
    self->words = g_strsplit_set (folded, " \t\n", -1);
}

void
freshet_filter_set_tracker (FreshetFilter *self, const char *tracker)
{
  g_free (self->tracker);
  self->tracker = g_strdup (tracker);
}

/* Hosts stand apart by spaces. */
static gboolean
has_host (const char *hosts, const char *host)
{
  gsize length = strlen (host);

  if (hosts == NULL || length == 0)
    return (hosts == NULL || hosts[0] == '\0') && length == 0;
  for (const char *at = strstr (hosts, host); at != NULL; at = strstr (at + 1, host))
    if ((at == hosts || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
      return TRUE;
  return FALSE;
}

gboolean
freshet_filter_matches (const FreshetFilter *self, FreshetTorrentItem *item)
{
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);

  if (!freshet_group_kind_has (self->group, freshet_torrent_item_get_state (item)))
    return FALSE;
  if (self->label == FRESHET_FILTER_NO_LABEL ? record->labels != NULL
                                             : self->label != 0 && !freshet_torrent_record_has_label (record, self->label))
    return FALSE;
  if (self->tracker != NULL && !has_host (record->trackers, self->tracker))
    return FALSE;
  return self->words == NULL || freshet_torrent_item_has_words (item, (const char *const *) self->words);
}

GHashTable *
freshet_filter_count_trackers (GListModel *library)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (library, i);
      const char *trackers = freshet_torrent_item_peek_record (item)->trackers;
      g_auto (GStrv) hosts = g_strsplit (trackers != NULL ? trackers : "", " ", -1);

      for (guint k = 0; hosts[k] != NULL; k++)
        g_hash_table_replace (counts, g_strdup (hosts[k]), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, hosts[k])) + 1));
    }
  return counts;
}
