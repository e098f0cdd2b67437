/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-blocklist.h"
#include "bt-disk.h"

G_BEGIN_DECLS

/* Text that is read of a list, inflated: ten times the largest in use. */
#define BT_BLOCKLIST_MAX_BYTES (256u << 20)

/**
 * BtBlocklistJob:
 *
 * Reads a blocklist from a file, plain or compressed with gzip.
 */
typedef struct
{
  BtDiskJob job;
  char *path;
  gint cancelled;    /* atomic: nobody wants it any more */
  BtBlocklist *list; /* out; NULL with @error */
  GError *error;     /* out */
  gpointer owner;    /* the caller's */
} BtBlocklistJob;

BtBlocklistJob *bt_blocklist_job_new  (const char *path, void (*done) (BtDiskJob *job));
void            bt_blocklist_job_free (BtBlocklistJob *self);

G_END_DECLS
