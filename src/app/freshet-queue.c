/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-queue.h"

static gboolean
is_free (const FreshetQueueEntry *entry)
{
  return entry->forced || (entry->running && entry->stalled);
}

static void
plan_kind (FreshetQueueEntry *entries, guint n_entries, gboolean complete, guint limit, gboolean strict)
{
  guint n_running = 0;

  /* What runs keeps its slot, unless somebody wants the order to be kept. */
  for (guint i = 0; i < n_entries && !strict; i++)
    n_running += entries[i].wants && entries[i].running && (entries[i].complete != FALSE) == complete && !is_free (&entries[i]);
  for (guint i = 0; i < n_entries; i++)
    {
      FreshetQueueEntry *entry = &entries[i];

      if ((entry->complete != FALSE) != complete)
        continue;
      entry->run = entry->wants && (is_free (entry) || (!strict && entry->running) || limit == 0 || n_running < limit);
      if (entry->run && !is_free (entry) && (strict || !entry->running))
        n_running++;
    }
}

void
freshet_queue_plan (FreshetQueueEntry *entries, guint n_entries, FreshetQueueLimits limits, gboolean strict)
{
  plan_kind (entries, n_entries, FALSE, limits.downloads, strict);
  plan_kind (entries, n_entries, TRUE, limits.seeds, strict);
}

FreshetGoals
freshet_goals_resolve (const FreshetGoals *own, const FreshetGoals *global)
{
  return (FreshetGoals){
    .ratio = own->ratio < 0 ? global->ratio : own->ratio,
    .time = own->time < 0 ? global->time : own->time,
    .idle = own->idle < 0 ? global->idle : own->idle,
    .action = own->action < 0 ? global->action : own->action,
  };
}

gboolean
freshet_goals_reached (const FreshetGoals *goals, double ratio, guint64 seeding_time, guint64 idle)
{
  return (goals->ratio > 0 && ratio >= goals->ratio) || (goals->time > 0 && seeding_time >= (guint64) goals->time) ||
         (goals->idle > 0 && idle >= (guint64) goals->idle);
}
