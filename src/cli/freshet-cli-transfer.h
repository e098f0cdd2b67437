/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/**
 * FreshetTransferOptions:
 *
 * What the command line says of one torrent that runs in a session of its own
 * until it is done, fails, or is interrupted.
 */
typedef struct
{
  char *folder;
  char **peers;
  char *bind;
  char *blocklist;
  char **only;     /* patterns of the files that are wanted; NULL: all */
  gboolean sequential;
  char **dht_bootstrap; /* NULL: the usual routers */
  gboolean no_dht;
  gboolean no_lsd;
  int port;
  gint64 down_limit;
  gint64 up_limit;
  char *ready_file;
  gboolean seed;   /* go on after it is complete */
  gboolean quiet;
  gboolean json;
} FreshetTransferOptions;

/* Reads @argv by the options that get, seed and check share; what is left in
 * @argv are the arguments.
 * Returns: whether to go on; otherwise the command line was wrong */
gboolean freshet_transfer_parse   (FreshetTransferOptions *self, const char *summary, const char *arguments, gboolean only_seed, int *argc, char ***argv);
void     freshet_transfer_options_clear (FreshetTransferOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FreshetTransferOptions, freshet_transfer_options_clear)

/* Runs it. @torrent: a file or a magnet link. @only_seed: missing data is an error instead of a download.
 * Returns: the program's exit code */
int      freshet_transfer_run     (const FreshetTransferOptions *options, const char *torrent, gboolean only_seed);

/* Reads a .torrent, or says in one line why not. (transfer full) (nullable) */
BtMetainfo *freshet_transfer_load (const char *path);

G_END_DECLS
