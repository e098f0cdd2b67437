/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

#include "bt-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Magnet links in and out of a session. */

void
bt_torrent_learn_link_peers (BtTorrent *torrent, BtMagnet *magnet)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < magnet->peers->len; i++)
    {
      const char *text = magnet->peers->pdata[i];
      BtAddr addr;

      if (!bt_addr_parse (&addr, text))
        g_ptr_array_add (names, (gpointer) text);
      else if (bt_addr_is_usable (&addr))
        bt_torrent_add_peer (torrent, &addr);
    }
  bt_torrent_resolve_peers (torrent, names);
}

/* A private torrent is told nothing: its trackers are its own, and its peers
 * come from them alone (BEP 27). */
static void
merge_magnet (BtTorrent *torrent, BtMagnet *magnet)
{
  if (bt_torrent_is_private (torrent))
    return;
  bt_torrent_merge_trackers (torrent, magnet);
  bt_torrent_learn_link_peers (torrent, magnet);
}

void
bt_session_merge_metainfo (BtSession *self, BtTorrent *torrent, BtMetainfo *metainfo)
{
  if (torrent->metainfo == NULL)
    {
      for (guint tier = 0; tier < bt_metainfo_get_n_tiers (metainfo); tier++)
        for (const char *const *url = bt_metainfo_get_tier (metainfo, tier); *url != NULL; url++)
          bt_torrent_add_tracker (torrent, *url, G_MAXUINT, NULL);
      bt_torrent_take_metainfo (torrent, metainfo);
    }
  else if (!bt_torrent_is_private (torrent) && !bt_metainfo_is_private (metainfo))
    {
      g_autoptr (BtMagnet) magnet = bt_magnet_new_for_metainfo (metainfo);

      bt_torrent_merge_trackers (torrent, magnet);
    }
}

static gboolean
check_magnet (BtMagnet *magnet, GError **error)
{
  if (magnet->has_v1)
    return TRUE;
  if (magnet->has_v2)
    g_set_error (error, BT_ERROR, BT_ERROR_UNSUPPORTED,
                 _ ("“%s” is a version 2 torrent, which Freshet can read but not download yet"),
                 magnet->name != NULL ? magnet->name : _ ("The magnet link"));
  else
    g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, _ ("The magnet link is damaged: its hash is not one of a torrent."));
  return FALSE;
}

BtTorrent *
bt_session_add_magnet (BtSession *self, BtMagnet *magnet, const BtTorrentOptions *options, GError **error)
{
  BtTorrent *torrent;

  g_return_val_if_fail (BT_IS_SESSION (self), NULL);
  g_return_val_if_fail (options->folder != NULL, NULL);

  if (!bt_session_check_open (self, error))
    return NULL;
  if (!check_magnet (magnet, error))
    return NULL;
  torrent = bt_session_find (self, magnet->info_hash);
  if (torrent != NULL)
    {
      g_autofree char *name = bt_torrent_dup_name (torrent);

      merge_magnet (torrent, magnet);
      g_set_error (error, BT_ERROR, BT_ERROR_DUPLICATE, _ ("“%s” is already there"), name);
      return NULL;
    }
  return bt_session_begin_torrent (self, bt_torrent_new (self, NULL, magnet, options), options);
}

char *
bt_torrent_dup_name (BtTorrent *self)
{
  GString *hex;

  g_return_val_if_fail (BT_IS_TORRENT (self), NULL);

  if (self->metainfo != NULL)
    return g_strdup (bt_metainfo_get_name (self->metainfo));
  if (self->magnet->name != NULL)
    return g_strdup (self->magnet->name);
  hex = g_string_new (NULL);
  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    g_string_append_printf (hex, "%02x", self->info_hash[i]);
  return g_string_free (hex, FALSE);
}

/* A name and a password in an address are a person's own. */
static gboolean
has_secret (const char *url)
{
  const char *host = strstr (url, "://");

  return host != NULL && memchr (host + 3, '@', strcspn (host + 3, "/?#")) != NULL;
}

static void
copy_values (GPtrArray *to, GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, g_strdup (from->pdata[i]));
}

/* The trackers as they are now, in the order of their tiers. */
static void
use_trackers (BtTorrent *self, BtMagnet *magnet, gboolean secrets)
{
  g_ptr_array_set_size (magnet->trackers, 0);
  for (guint i = 0; i < self->announcer->plans[0].trackers->len; i++)
    {
      const char *url = ((BtAnnounceTracker *) self->announcer->plans[0].trackers->pdata[i])->url;

      if (secrets || !has_secret (url))
        g_ptr_array_add (magnet->trackers, g_strdup (url));
    }
}

/* What the link said that no metainfo knows. */
static BtMagnet *
copy_link (BtMagnet *link)
{
  BtMagnet *copy = bt_magnet_new_for_hash (link->info_hash, link->name);

  copy->has_v2 = link->has_v2;
  memcpy (copy->info_hash_v2, link->info_hash_v2, BT_SHA256_LENGTH);
  copy_values (copy->web_seeds, link->web_seeds);
  copy_values (copy->peers, link->peers);
  copy_values (copy->nodes, link->nodes);
  g_array_append_vals (copy->files, link->files->data, link->files->len);
  return copy;
}

char *
bt_torrent_dup_magnet (BtTorrent *self)
{
  g_autoptr (BtMagnet) magnet = NULL;

  g_return_val_if_fail (BT_IS_TORRENT (self), NULL);

  magnet = self->metainfo != NULL ? bt_magnet_new_for_metainfo (self->metainfo) : copy_link (self->magnet);
  if (!bt_torrent_is_private (self))
    use_trackers (self, magnet, FALSE);
  return bt_magnet_to_string (magnet);
}

GBytes *
bt_torrent_dup_file (BtTorrent *self)
{
  g_autoptr (BtMagnet) magnet = NULL;
  const guint8 *info;
  gsize length;

  g_return_val_if_fail (BT_IS_TORRENT (self), NULL);

  if (self->metainfo == NULL)
    return NULL;
  if (self->magnet == NULL)
    return g_bytes_ref (bt_metainfo_get_bytes (self->metainfo));
  info = bt_metainfo_peek_info (self->metainfo, &length);
  magnet = copy_link (self->magnet);
  use_trackers (self, magnet, TRUE);
  return bt_magnet_make_torrent (magnet, info, length);
}
