/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-budget.h"

/* Unused budget that is kept: bursts stay short, a late timer loses nothing. */
#define KEEP_MS 200

void
bt_budget_set_limit (BtBudget *self, guint64 limit, gint64 now)
{
  if (self->limit == limit)
    return;
  self->limit = limit;
  self->tokens = 0;
  self->last = now;
}

gsize
bt_budget_available (BtBudget *self, gint64 now)
{
  guint64 earned;
  gint64 most;

  if (self->limit == 0)
    return G_MAXSIZE;
  /* A clock that stood still for an hour of suspend earns no hour's worth. */
  earned = self->limit * (guint64) CLAMP (now - self->last, 0, G_USEC_PER_SEC) / G_USEC_PER_SEC;
  if (now - self->last > G_USEC_PER_SEC)
    self->last = now;
  else
    /* Only what became whole bytes is counted as used time. */
    self->last += (gint64) (earned * G_USEC_PER_SEC / self->limit);
  most = (gint64) MAX (self->limit * KEEP_MS / 1000, 1);
  self->tokens = MIN (self->tokens + (gint64) earned, most);
  return self->tokens > 0 ? (gsize) self->tokens : 0;
}
