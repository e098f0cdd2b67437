/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli.h"

#include "freshet-cli-transfer.h"

#include <glib/gi18n.h>

/* The three commands that run one torrent, with what is special to each. */

static int
wrong_arguments (const char *what)
{
  freshet_cli_complain (what);
  return FRESHET_CLI_USAGE;
}

int
freshet_cli_get (int argc, char **argv)
{
  g_auto (FreshetTransferOptions) options = { 0 };

  if (!freshet_transfer_parse (&options, _("Download a torrent."), _("FILE.torrent|MAGNET"), FALSE, &argc, &argv))
    return FRESHET_CLI_USAGE;
  if (argc != 2)
    return wrong_arguments (_("“get” takes one torrent file or magnet link. “freshet-cli get --help” tells more."));
  return freshet_transfer_run (&options, argv[1], FALSE);
}

int
freshet_cli_seed (int argc, char **argv)
{
  g_auto (FreshetTransferOptions) options = { 0 };

  if (!freshet_transfer_parse (&options, _("Share data that is complete."), _("FILE.torrent|MAGNET FOLDER"), TRUE, &argc, &argv))
    return FRESHET_CLI_USAGE;
  if (argc != 3)
    return wrong_arguments (_("“seed” takes a torrent file or magnet link, and the folder of its data. “freshet-cli seed --help” tells more."));
  options.folder = g_strdup (argv[2]);
  options.seed = TRUE;
  return freshet_transfer_run (&options, argv[1], TRUE);
}
