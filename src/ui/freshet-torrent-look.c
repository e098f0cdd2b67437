/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-look.h"

const char *
freshet_torrent_look_class (FreshetTorrentItem *item)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (item), NULL);

  switch (freshet_torrent_item_get_state (item))
    {
    case BT_TORRENT_METADATA:
      return "fetching";
    case BT_TORRENT_CHECKING:
      return "checking";
    case BT_TORRENT_DOWNLOADING:
      return "downloading";
    case BT_TORRENT_SEEDING:
      return "seeding";
    case BT_TORRENT_ERROR:
      return "failed";
    case BT_TORRENT_PAUSED:
    default:
      return freshet_torrent_item_is_complete (item) ? "complete" : "paused";
    }
}
