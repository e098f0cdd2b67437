/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-metainfo.h"

G_BEGIN_DECLS

/* What a command answers and the program exits with. */
typedef enum
{
  FRESHET_CLI_OK = 0,
  FRESHET_CLI_FAILED = 1, /* it could not be done */
  FRESHET_CLI_USAGE = 2,  /* it was not asked for rightly */
} FreshetCliExit;

/* The commands. @argv[0] is the command's name. */
int freshet_cli_get     (int argc, char **argv);
int freshet_cli_seed    (int argc, char **argv);
int freshet_cli_check   (int argc, char **argv);
int freshet_cli_show    (int argc, char **argv);
int freshet_cli_tracker (int argc, char **argv);
int freshet_cli_dht     (int argc, char **argv);
int freshet_cli_demo    (int argc, char **argv);

/* One line of what went wrong, to the error output. @message: a sentence, with or without its period */
void freshet_cli_complain (const char *message);
/* Reads a torrent file, "-" for the standard input.
 * Returns: (transfer full) (nullable): NULL with an error of #GIOError or #BtError */
BtMetainfo *freshet_cli_read (const char *path, GError **error);
/* The folder of data that is there already. Complains when it is not. */
gboolean freshet_cli_check_folder (const char *folder);
/* A folder to write to, which may be missing. Complains when that cannot work. */
gboolean freshet_cli_check_output (const char *folder);
/* Can @path be made when it is needed? Better to say so now. @path: (nullable) */
gboolean freshet_cli_check_file (const char *path);
/* Are these "host:port" each? Complains of the first that is not. @hosts: (nullable) */
gboolean freshet_cli_check_hosts (char **hosts);

G_END_DECLS
