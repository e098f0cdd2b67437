/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

typedef enum
{
  FRESHET_PROGRESS_BAR,   /* a line that is drawn again, on a terminal */
  FRESHET_PROGRESS_LINES, /* now and then a line, when it is no terminal */
  FRESHET_PROGRESS_JSON,  /* an object a line, for programs */
  FRESHET_PROGRESS_QUIET,
} FreshetProgressStyle;

/**
 * FreshetProgress:
 *
 * Tells on standard output how a transfer goes.
 */
typedef struct
{
  FreshetProgressStyle style;
  BtTorrent *torrent;   /* not owned */
  BtTorrentState told;  /* the state of the last line */
  int told_percent;
  gboolean drawn;       /* a bar is on the terminal's last line */
} FreshetProgress;

/* Quiet and JSON win over what standard output is. */
void freshet_progress_init   (FreshetProgress *self, BtTorrent *torrent, gboolean quiet, gboolean json);
/* Call a few times a second, and once at the end. */
void freshet_progress_update (FreshetProgress *self);
/* Leaves the bar as it is and goes to the next line. */
void freshet_progress_end    (FreshetProgress *self);

G_END_DECLS
