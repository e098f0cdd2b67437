/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-filter.h"

#include <string.h>

static void
word_clear (gpointer data)
{
  FreshetFilterWord *word = data;

  g_free (word->text);
  g_clear_pointer (&word->labels, g_array_unref);
}

void
freshet_filter_clear (FreshetFilter *self)
{
  g_clear_pointer (&self->tracker, g_free);
  g_clear_pointer (&self->words, g_array_unref);
  self->group = FRESHET_GROUP_ALL;
  self->label = 0;
}

void
freshet_filter_set_labels (FreshetFilter *self, GPtrArray *labels)
{
  for (guint i = 0; self->words != NULL && i < self->words->len; i++)
    {
      FreshetFilterWord *word = &g_array_index (self->words, FreshetFilterWord, i);

      g_clear_pointer (&word->labels, g_array_unref);
      for (guint k = 0; labels != NULL && k < labels->len; k++)
        {
          const FreshetLabel *label = labels->pdata[k];
          g_autofree char *folded = g_utf8_casefold (label->name, -1);

          if (strstr (folded, word->text) == NULL)
            continue;
          if (word->labels == NULL)
            word->labels = g_array_new (FALSE, FALSE, sizeof label->id);
          g_array_append_val (word->labels, label->id);
        }
    }
}

void
freshet_filter_set_text (FreshetFilter *self, const char *text, GPtrArray *labels)
{
  g_autofree char *folded = g_utf8_casefold (text != NULL ? text : "", -1);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);

  g_clear_pointer (&self->words, g_array_unref);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      FreshetFilterWord word = { NULL };

      if (parts[i][0] == '\0')
        continue;
      if (self->words == NULL)
        {
          self->words = g_array_new (FALSE, FALSE, sizeof word);
          g_array_set_clear_func (self->words, word_clear);
        }
      word.text = g_strdup (parts[i]);
      g_array_append_val (self->words, word);
    }
  freshet_filter_set_labels (self, labels);
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

static gboolean
has_word (FreshetTorrentItem *item, const FreshetTorrentRecord *record, const FreshetFilterWord *word)
{
  if (strstr (freshet_torrent_item_peek_search_key (item), word->text) != NULL ||
      (record->trackers != NULL && strstr (record->trackers, word->text) != NULL))
    return TRUE;
  for (guint i = 0; word->labels != NULL && i < word->labels->len; i++)
    if (freshet_torrent_record_has_label (record, g_array_index (word->labels, gint64, i)))
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
  for (guint i = 0; self->words != NULL && i < self->words->len; i++)
    if (!has_word (item, record, &g_array_index (self->words, FreshetFilterWord, i)))
      return FALSE;
  return TRUE;
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
