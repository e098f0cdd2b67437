/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-bitfield.h"
#include "bt-disk.h"
#include "bt-file-set.h"

G_BEGIN_DECLS

/**
 * BtVerify:
 *
 * A recheck of a torrent's existing data, on all disk threads at once.
 * @finished is called on the main context unless it was cancelled before.
 */
typedef struct _BtVerify BtVerify;

/* @right: pieces whose hash was right; valid during the call.
 * @error: (nullable): a file could not be read, other than by being missing
 * or short; @failed_file: which */
typedef void (*BtVerifyFinished) (const BtBitfield *right, const GError *error, int failed_file, gpointer data);

/* @only: (nullable): the pieces to look at, one at the least; NULL for all */
BtVerify *bt_verify_start        (BtDisk *disk, BtFileSet *files, BtLayout *layout, const BtBitfield *only, BtVerifyFinished finished, gpointer data);
/* 0 .. 1 */
double    bt_verify_get_progress (BtVerify *self);
/* Nothing is called any more. The pointer is of no use after this, nor after @finished. */
void      bt_verify_cancel       (BtVerify *self);

G_END_DECLS
