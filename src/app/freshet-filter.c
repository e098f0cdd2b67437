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

static guint
lookup_count (GHashTable *counts, gconstpointer key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, key));
}

/* Strings of hosts are interned: those of most torrents are the same. */
static GHashTable *
count_strings (GListModel *library)
{
  GHashTable *counts = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (library, i);
      char *trackers = freshet_torrent_item_peek_record (item)->trackers;

      if (trackers != NULL)
        g_hash_table_insert (counts, trackers, GUINT_TO_POINTER (lookup_count (counts, trackers) + 1));
    }
  return counts;
}

GHashTable *
freshet_filter_count_trackers (GListModel *library)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) strings = count_strings (library);
  GHashTableIter iter;
  gpointer trackers, n;

  g_hash_table_iter_init (&iter, strings);
  while (g_hash_table_iter_next (&iter, &trackers, &n))
    {
      g_auto (GStrv) hosts = g_strsplit (trackers, " ", -1);

      for (guint k = 0; hosts[k] != NULL; k++)
        if (hosts[k][0] != '\0')
          g_hash_table_replace (counts, g_strdup (hosts[k]),
                                GUINT_TO_POINTER (lookup_count (counts, hosts[k]) + GPOINTER_TO_UINT (n)));
    }
  return counts;
}

GArray *
freshet_filter_count_labels (GListModel *library, GPtrArray *labels)
{
  GArray *counts = g_array_sized_new (FALSE, TRUE, sizeof (guint), labels->len);

  g_array_set_size (counts, labels->len);
  for (guint i = 0; i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (library, i);
      gboolean any = freshet_torrent_item_peek_record (item)->labels != NULL;

      for (guint k = 0; any && k < labels->len; k++)
        g_array_index (counts, guint, k) += freshet_torrent_item_has_label (item, ((FreshetLabel *) labels->pdata[k])->id) ? 1 : 0;
    }
  return counts;
}
