/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-record.h"

#include <string.h>

/* Bytes of hosts that are kept of a torrent. */
#define MOST_HOSTS 1000u

/* Records come and go on the store's thread too. GLib before 2.83.1 lets one
 * thread find an interned string whose last reference another just let go. */
static GMutex interned_mutex;

static char *
interned_new (const char *text)
{
  char *interned;

  g_mutex_lock (&interned_mutex);
  interned = g_ref_string_new_intern (text);
  g_mutex_unlock (&interned_mutex);
  return interned;
}

static void
interned_release (char *interned)
{
  g_mutex_lock (&interned_mutex);
  g_ref_string_release (interned);
  g_mutex_unlock (&interned_mutex);
}

FreshetTorrentRecord *
freshet_torrent_record_new (void)
{
  FreshetTorrentRecord *self = g_new0 (FreshetTorrentRecord, 1);

  self->goals = (FreshetGoals){ FRESHET_GOAL_GLOBAL, FRESHET_GOAL_GLOBAL, FRESHET_GOAL_GLOBAL, FRESHET_GOAL_GLOBAL };
  return self;
}

FreshetTorrentRecord *
freshet_torrent_record_copy (const FreshetTorrentRecord *self)
{
  FreshetTorrentRecord *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->magnet = g_strdup (self->magnet);
  copy->folder = self->folder == NULL ? NULL : g_ref_string_acquire (self->folder);
  copy->trackers = self->trackers == NULL ? NULL : g_ref_string_acquire (self->trackers);
  copy->labels = self->labels == NULL ? NULL : g_array_copy (self->labels);
  return copy;
}

void
freshet_torrent_record_free (FreshetTorrentRecord *self)
{
  g_free (self->name);
  g_free (self->magnet);
  g_clear_pointer (&self->folder, interned_release);
  g_clear_pointer (&self->trackers, interned_release);
  g_clear_pointer (&self->labels, g_array_unref);
  g_free (self);
}

static void
set_interned (char **field, const char *text)
{
  char *interned = text == NULL ? NULL : interned_new (text);

  g_clear_pointer (field, interned_release);
  *field = interned;
}

void
freshet_torrent_record_set_folder (FreshetTorrentRecord *self, const char *folder)
{
  set_interned (&self->folder, folder);
}

void
freshet_torrent_record_set_trackers (FreshetTorrentRecord *self, const char *trackers)
{
  set_interned (&self->trackers, trackers);
}

static void
append_host (GString *hosts, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);
  g_autofree char *folded = NULL;
  g_auto (GStrv) known = NULL;

  if (host == NULL || host[0] == '\0' || hosts->len > MOST_HOSTS)
    return;
  folded = g_utf8_casefold (host, -1);
  known = g_strsplit (hosts->str, " ", -1);
  if (strchr (folded, ' ') != NULL || g_strv_contains ((const char *const *) known, folded))
    return;
  if (hosts->len > 0)
    g_string_append_c (hosts, ' ');
  g_string_append (hosts, folded);
}

gboolean
freshet_torrent_record_take_trackers (FreshetTorrentRecord *self, GArray *trackers)
{
  g_autoptr (GString) hosts = g_string_new (NULL);

  for (guint i = 0; i < trackers->len; i++)
    append_host (hosts, g_array_index (trackers, BtTrackerStats, i).url);
  if (g_strcmp0 (hosts->str, self->trackers) == 0)
    return FALSE;
  freshet_torrent_record_set_trackers (self, hosts->str);
  return TRUE;
}

void
freshet_torrent_record_set_metainfo (FreshetTorrentRecord *self, BtMetainfo *metainfo)
{
  g_autoptr (GString) hosts = g_string_new (NULL);

  g_free (self->name);
  self->name = g_strdup (bt_metainfo_get_name (metainfo));
  self->size = bt_metainfo_get_real_length (metainfo);
  self->n_files = bt_metainfo_get_n_real_files (metainfo);
  for (guint tier = 0; tier < bt_metainfo_get_n_tiers (metainfo); tier++)
    for (const char *const *url = bt_metainfo_get_tier (metainfo, tier); *url != NULL; url++)
      append_host (hosts, *url);
  freshet_torrent_record_set_trackers (self, hosts->str);
}

gboolean
freshet_torrent_record_has_label (const FreshetTorrentRecord *self, gint64 label)
{
  for (guint i = 0; self->labels != NULL && i < self->labels->len; i++)
    if (g_array_index (self->labels, gint64, i) == label)
      return TRUE;
  return FALSE;
}

void
freshet_torrent_record_set_label (FreshetTorrentRecord *self, gint64 label, gboolean has)
{
  if (freshet_torrent_record_has_label (self, label) == has)
    return;
  if (self->labels == NULL)
    self->labels = g_array_new (FALSE, FALSE, sizeof label);
  if (has)
    {
      g_array_append_val (self->labels, label);
      return;
    }
  for (guint i = self->labels->len; i-- > 0;)
    if (g_array_index (self->labels, gint64, i) == label)
      g_array_remove_index (self->labels, i);
  if (self->labels->len == 0)
    g_clear_pointer (&self->labels, g_array_unref);
}
