/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-loop.h"

G_BEGIN_DECLS

/**
 * BtNames:
 *
 * What names of hosts mean, asked once for all who want to know and believed
 * for a minute.
 */
typedef struct _BtNames BtNames;

/* One name in one family; valid until bt_names_forget(). */
typedef struct
{
  gboolean running; /* nothing below is known yet */
  GArray *addrs;    /* of BtAddr, port 0; replaced, never changed: take a reference */
  GError *error;    /* when there is none: of the resolver, or BT_ERROR_UNSUPPORTED
                     * for an address of the other family */
} BtName;

/* @done: some name is known now */
BtNames      *bt_names_new    (BtLoop *loop, void (*done) (gpointer data), gpointer data);
void          bt_names_free   (BtNames *self);
/* @host: a name or an address; addresses are known at once.
 * Returns: (transfer none) */
const BtName *bt_names_get    (BtNames *self, const char *host, BtAddrFamily family);
/* Drops what is not to be believed any more. */
void          bt_names_forget (BtNames *self);

G_END_DECLS
