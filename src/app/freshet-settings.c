/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-settings.h"

GSettings *
freshet_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APP_ID, TRUE);
  if (schema == NULL)
    return NULL;
  return g_settings_new_full (schema, NULL, NULL);
}

void
freshet_settings_to_config (GSettings *self, BtConfig *config)
{
  bt_config_init_defaults (config);
  if (self == NULL)
    return;
  config->port = (guint16) MIN (g_settings_get_uint (self, "port"), G_MAXUINT16);
  config->down_limit = g_settings_get_uint64 (self, "down-limit");
  config->up_limit = g_settings_get_uint64 (self, "up-limit");
  config->dht = g_settings_get_boolean (self, "dht");
  config->pex = g_settings_get_boolean (self, "pex");
  config->lsd = g_settings_get_boolean (self, "lsd");
  config->mark_partial = g_settings_get_boolean (self, "mark-partial");
  config->preallocate_full = g_settings_get_boolean (self, "preallocate");
  config->max_peers = g_settings_get_uint (self, "max-peers");
  config->max_peers_per_torrent = g_settings_get_uint (self, "max-peers-per-torrent");
}

GFile *
freshet_settings_dup_download_folder (GSettings *self)
{
  g_autofree char *chosen = self != NULL ? g_settings_get_string (self, "download-folder") : NULL;
  const char *downloads;

  if (chosen != NULL && chosen[0] != '\0')
    return g_file_new_for_path (chosen);
  downloads = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);
  return g_file_new_for_path (downloads != NULL ? downloads : g_get_home_dir ());
}
