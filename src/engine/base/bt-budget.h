/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtBudget:
 *
 * A token bucket: how many bytes may pass now under a limit. A block may be
 * sent as a whole when any budget is left; the debt is paid before the next.
 */
typedef struct
{
  guint64 limit;  /* bytes a second; 0: none */
  gint64 tokens;  /* bytes; negative is debt */
  gint64 last;    /* when tokens were last added, microseconds */
} BtBudget;

/* Budgets are filled at least this often while somebody waits for them. */
#define BT_BUDGET_PERIOD_MS 50

void  bt_budget_set_limit (BtBudget *self, guint64 limit, gint64 now);
/* Returns: bytes that may pass; G_MAXSIZE without a limit */
gsize bt_budget_available (BtBudget *self, gint64 now);

static inline void
bt_budget_spend (BtBudget *self, gsize bytes)
{
  if (self->limit > 0)
    self->tokens -= (gint64) bytes;
}

G_END_DECLS
