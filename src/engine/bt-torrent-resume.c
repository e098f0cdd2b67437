/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-sync-job.h"
#include "bt-tracker-url.h"

#include <string.h>

/* The record of a torrent: made every few seconds while something changes,
 * after what it says has been given to the disk. */

/* Verified pieces that a kill may have us look for again on disk: as often as
 * this, and on a slow disk seldom enough to leave it most of its time. */
#define SAVE_INTERVAL (1 * G_USEC_PER_SEC)
#define SAVE_SHARE 10
#define LONGEST_SAVE_INTERVAL (15 * G_USEC_PER_SEC)
/* Counters of bytes and time, which are nice to have. */
#define COUNTERS_INTERVAL (60 * G_USEC_PER_SEC)
/* A person's choices. */
#define CHOICE_INTERVAL (1 * G_USEC_PER_SEC)

/* The tick comes once a second, about. */
#define SAVE_SLACK (G_USEC_PER_SEC / 4)

static gint64
real_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gint
better_peer (gconstpointer a, gconstpointer b)
{
  const BtKnownPeer *one = *(BtKnownPeer *const *) a, *other = *(BtKnownPeer *const *) b;

  if (one->in_use != other->in_use)
    return one->in_use ? -1 : 1;
  return (int) one->fails - (int) other->fails;
}

static void
add_peers (BtTorrent *self, BtResume *record)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; i < self->known.list->len; i++)
    {
      BtKnownPeer *peer = self->known.list->pdata[i];

      if (peer->connectable && !peer->banned)
        g_ptr_array_add (list, peer);
    }
  g_ptr_array_sort (list, better_peer);
  for (guint i = 0; i < MIN (list->len, BT_RESUME_MAX_PEERS); i++)
    g_array_append_val (record->peers, ((BtKnownPeer *) list->pdata[i])->addr);
}

static void
add_trackers (BtTorrent *self, BtResume *record)
{
  const BtAnnouncePlan *plan = &self->announcer->plans[0];

  record->has_trackers = TRUE;
  for (guint i = 0; i < plan->trackers->len; i++)
    {
      const BtAnnounceTracker *v4 = plan->trackers->pdata[i];
      const BtAnnounceTracker *v6 = bt_announce_plan_find (&self->announcer->plans[1], v4->url);
      BtResumeTracker tracker = {
        .url = v4->url,
        .tier = v4->tier,
        .fails = v6 == NULL ? v4->fails : MIN (v4->fails, v6->fails),
        .seeds = v6 == NULL ? v4->seeds : MAX (v4->seeds, v6->seeds),
        .leechers = v6 == NULL ? v4->leechers : MAX (v4->leechers, v6->leechers),
      };

      bt_resume_add_tracker (record, &tracker);
    }
}

static void
add_choices (BtTorrent *self, BtResume *record)
{
  for (guint i = 0; i < record->n_files; i++)
    record->files[i].priority = (guint8) bt_torrent_get_file_priority (self, i);
  bt_torrent_get_placement (self, &record->place);
  record->done_folder = g_strdup (self->done_folder);
  record->sequential = self->sequential;
  record->ends_first = self->ends_first;
  record->down_limit = self->down_budget.limit;
  record->up_limit = self->up_budget.limit;
  record->downloaded = self->down.total;
  record->uploaded = self->up.total;
  record->wasted = self->wasted;
  record->active_time = self->active_time / G_USEC_PER_SEC;
  record->seeding_time = self->seeding_time / G_USEC_PER_SEC;
  record->finished_at = self->finished_at;
  record->last_active = self->last_active;
}

static void
copy_files (BtResume *record, const BtResume *old)
{
  for (guint i = 0; i < record->n_files; i++)
    {
      record->files[i].size = old->files[i].size;
      record->files[i].mtime = old->files[i].mtime;
      record->files[i].touched = old->files[i].touched;
    }
  record->parts_size = old->parts_size;
  record->parts_mtime = old->parts_mtime;
}

/* What is on disk as the last record said: nothing of it was looked at since. */
static void
add_old_content (BtTorrent *self, BtResume *record)
{
  const BtResume *old = self->resume;

  if (old == NULL)
    return;
  record->saved = old->saved;
  record->checked = old->checked;
  record->clean = old->clean;
  bt_bitfield_assign (&record->have, old->have.bytes, bt_bitfield_n_bytes (&old->have));
  copy_files (record, old);
}

static void
add_new_content (BtTorrent *self, BtResume *record, const BtSyncJob *job)
{
  record->saved = self->saving_at;
  record->checked = TRUE;
  record->clean = job->last && self->state != BT_TORRENT_DOWNLOADING && self->state != BT_TORRENT_CHECKING;
  bt_bitfield_assign (&record->have, self->saving_have.bytes, bt_bitfield_n_bytes (&self->saving_have));
  for (guint i = 0; i < record->n_files; i++)
    {
      record->files[i].size = job->stamps[i].size;
      record->files[i].mtime = job->stamps[i].mtime;
      record->files[i].touched = job->stamps[i].touched;
    }
  record->parts_size = job->parts.size;
  record->parts_mtime = job->parts.mtime;
}

/* @job: (nullable): one that has just given the files to the disk */
static BtResume *
make_record (BtTorrent *self, const BtSyncJob *job)
{
  BtResume *record = bt_resume_new (self->metainfo, bt_metainfo_get_info_hash (self->metainfo));

  if (job != NULL)
    add_new_content (self, record, job);
  else
    add_old_content (self, record);
  for (guint i = 0; i < self->kept->len; i++)
    {
      const BtResumePartial *kept = &g_array_index (self->kept, BtResumePartial, i);

      bt_resume_add_partial (record, kept->piece, &kept->blocks);
    }
  add_choices (self, record);
  add_peers (self, record);
  add_trackers (self, record);
  return record;
}

GBytes *
bt_torrent_dup_resume (BtTorrent *self)
{
  g_autoptr (BtResume) record = NULL;

  g_return_val_if_fail (BT_IS_TORRENT (self), NULL);

  if (self->metainfo == NULL)
    return NULL;
  record = make_record (self, NULL);
  return bt_resume_encode (record);
}

void
bt_torrent_set_save_resume (BtTorrent *self, gboolean save)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (save && !self->saves_resume && self->files != NULL)
    bt_torrent_make_note (self);
  self->saves_resume = save;
}

/* @record: (transfer full) */
static void
tell (BtTorrent *self, BtResume *record)
{
  g_autoptr (GBytes) bytes = bt_resume_encode (record);

  g_clear_pointer (&self->resume, bt_resume_unref);
  self->resume = record;
  self->saved_down = self->down.total;
  self->saved_up = self->up.total;
  self->choices_changed = FALSE;
  bt_torrent_emit_resume (self, bytes, self->resume_is_now);
}

static void
synced_cb (BtDiskJob *done)
{
  BtSyncJob *job = (BtSyncJob *) done;
  g_autoptr (BtTorrent) self = job->owner;

  self->n_disk--;
  self->saving = FALSE;
  if (self->session != NULL)
    self->save_took = bt_loop_now (self->session->loop) - self->save_began;
  /* Of a run that has ended, or before what is here was doubted. */
  if (self->session != NULL && GPOINTER_TO_UINT (job->owner_data) == self->run && self->checked)
    {
      if (job->ok)
        {
          BtResume *record = make_record (self, job);

          self->resume_is_now = record->clean;
          if (record->clean)
            self->running_since = 0;
          tell (self, record);
        }
      else
        g_debug ("No record of %s: %s", bt_metainfo_get_name (self->metainfo), job->error->message);
    }
  bt_bitfield_clear (&self->saving_have);
  bt_sync_job_free (job);
  if (self->session != NULL)
    bt_torrent_maybe_save_last (self);
}

static void
save (BtTorrent *self, gboolean last)
{
  BtSyncJob *job = bt_sync_job_new (self->files, self->layout->n_files, last, synced_cb);

  /* As things are now: what is written while the job runs may not be given to
   * the disk by it. */
  bt_bitfield_copy (&self->saving_have, bt_picker_get_have (self->picker));
  self->saving_at = real_seconds ();
  self->pieces_changed = FALSE;
  self->saving = TRUE;
  self->save_began = bt_loop_now (self->session->loop);
  job->owner = g_object_ref (self);
  job->owner_data = GUINT_TO_POINTER (self->run);
  self->n_disk++;
  bt_disk_push (self->session->disk, &job->job, BT_DISK_BACKGROUND);
}

void
bt_torrent_maybe_save_last (BtTorrent *self)
{
  if (!self->last_is_due || !self->saves_resume || self->metainfo == NULL || self->n_disk > 0 || bt_torrent_is_active (self) ||
      self->state == BT_TORRENT_CHECKING)
    return;
  self->last_is_due = FALSE;
  if (self->checked)
    save (self, TRUE);
  else
    tell (self, make_record (self, NULL));
}

void
bt_torrent_save_resume (BtTorrent *self)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (!self->saves_resume || self->session == NULL || self->metainfo == NULL)
    return;
  self->last_save = bt_loop_now (self->session->loop);
  if (!self->checked || (!self->pieces_changed && self->resume != NULL && self->resume->checked))
    tell (self, make_record (self, NULL));
  else if (!self->saving)
    save (self, FALSE);
}

void
bt_torrent_save_clean (BtTorrent *self)
{
  if (!self->saving)
    save (self, TRUE);
}

static gboolean
is_save_due (BtTorrent *self, gint64 now)
{
  gint64 since = now - self->last_save;

  if (self->pieces_changed && since >= CLAMP (self->save_took * SAVE_SHARE, SAVE_INTERVAL - SAVE_SLACK, LONGEST_SAVE_INTERVAL))
    return TRUE;
  if (self->choices_changed && since >= CHOICE_INTERVAL)
    return TRUE;
  return (self->saved_down != self->down.total || self->saved_up != self->up.total) && since >= COUNTERS_INTERVAL;
}

static void
count_time (BtTorrent *self, gint64 now)
{
  guint64 passed = self->counted_at == 0 ? 0 : (guint64) MAX (now - self->counted_at, 0);

  self->counted_at = bt_torrent_is_active (self) ? now : 0;
  if (!bt_torrent_is_active (self))
    return;
  self->active_time += passed;
  if (self->state == BT_TORRENT_SEEDING)
    self->seeding_time += passed;
  if (self->down.total != self->counted_down || self->up.total != self->counted_up)
    self->last_active = real_seconds ();
  self->counted_down = self->down.total;
  self->counted_up = self->up.total;
}

void
bt_torrent_tick_resume (BtTorrent *self, gint64 now)
{
  count_time (self, now);
  if (self->saves_resume && self->metainfo != NULL && !self->saving && self->state != BT_TORRENT_CHECKING && is_save_due (self, now))
    bt_torrent_save_resume (self);
}

static gboolean
is_in_record (const BtResume *record, const char *url)
{
  for (guint i = 0; i < record->trackers->len; i++)
    if (strcmp (g_array_index (record->trackers, BtResumeTracker, i).url, url) == 0)
      return TRUE;
  return FALSE;
}

static void
use_tracker (BtAnnouncePlan *plan, const BtResumeTracker *saved, gint64 now)
{
  BtAnnounceTracker *tracker = bt_announce_plan_find (plan, saved->url);
  BtTrackerUrl parts;

  if (tracker == NULL && !bt_announce_plan_is_full (plan) && bt_tracker_url_parse (&parts, saved->url, NULL))
    {
      bt_tracker_url_clear (&parts);
      bt_announce_plan_add (plan, saved->url, saved->tier, now);
      tracker = bt_announce_plan_find (plan, saved->url);
    }
  if (tracker == NULL)
    return;
  tracker->seeds = saved->seeds;
  tracker->leechers = saved->leechers;
}

static void
use_trackers (BtTorrent *self, const BtResume *record)
{
  gint64 now = bt_loop_now (self->session->loop);

  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    {
      BtAnnouncePlan *plan = &self->announcer->plans[family];

      for (guint i = plan->trackers->len; i-- > 0;)
        {
          g_autofree char *url = g_strdup (((BtAnnounceTracker *) plan->trackers->pdata[i])->url);

          if (!is_in_record (record, url))
            bt_announce_plan_remove (plan, url);
        }
      for (guint i = 0; i < record->trackers->len; i++)
        use_tracker (plan, &g_array_index (record->trackers, BtResumeTracker, i), now);
    }
}

static void
use_choices (BtTorrent *self, const BtResume *record)
{
  g_autofree guint8 *priorities = g_malloc (MAX (record->n_files, 1));

  for (guint i = 0; i < record->n_files; i++)
    priorities[i] = record->files[i].priority;
  bt_torrent_set_priorities (self, priorities);
  bt_torrent_set_sequential (self, record->sequential);
  bt_torrent_set_ends_first (self, record->ends_first);
  bt_torrent_set_limits (self, record->down_limit, record->up_limit);
  self->down.total = self->saved_down = self->counted_down = record->downloaded;
  self->up.total = self->saved_up = self->counted_up = record->uploaded;
  self->wasted = record->wasted;
  self->active_time = record->active_time * G_USEC_PER_SEC;
  self->seeding_time = record->seeding_time * G_USEC_PER_SEC;
  self->finished_at = record->finished_at;
  self->last_active = record->last_active;
}

/* Until the files have been looked at, this is what is believed. */
static void
use_pieces (BtTorrent *self, const BtResume *record)
{
  for (guint32 i = 0; i < self->layout->n_pieces; i++)
    if (bt_bitfield_get (&record->have, i))
      bt_torrent_set_have (self, i);
  for (guint i = 0; i < record->partials->len; i++)
    {
      const BtResumePartial *partial = &g_array_index (record->partials, BtResumePartial, i);
      BtResumePartial copy = { .piece = partial->piece };

      bt_bitfield_copy (&copy.blocks, &partial->blocks);
      g_array_append_val (self->kept, copy);
    }
}

void
bt_torrent_use_resume (BtTorrent *self, GBytes *bytes, gint64 running_since)
{
  g_autoptr (GError) error = NULL;
  BtResume *record = bt_resume_decode (bytes, self->metainfo, bt_metainfo_get_info_hash (self->metainfo), &error);

  if (record == NULL)
    {
      g_message ("The record of “%s” is of no use, so its files are checked: %s", bt_metainfo_get_name (self->metainfo),
                 error->message);
      return;
    }
  self->running_since = running_since;
  bt_torrent_use_placement (self, &record->place);
  if (record->checked)
    bt_file_set_expect (self->files, record);
  if (record->done_folder != NULL && self->done_folder == NULL)
    bt_torrent_set_done_folder (self, record->done_folder);
  use_choices (self, record);
  if (record->checked)
    use_pieces (self, record);
  /* Those of one that dozed are as they were. */
  if (record->has_trackers && !self->was_dozing)
    use_trackers (self, record);
  for (guint i = 0; i < record->peers->len; i++)
    bt_torrent_learn_peer (self, &g_array_index (record->peers, BtAddr, i), BT_SOURCE_TRACKER);
  self->resume = record;
  self->pieces_changed = self->choices_changed = FALSE;
}

BtResume *
bt_torrent_ref_resume_to_compare (BtTorrent *self)
{
  if (self->resume == NULL || !self->resume->checked || (self->checked && !self->resume_is_now))
    return NULL;
  return bt_resume_ref (self->resume);
}
