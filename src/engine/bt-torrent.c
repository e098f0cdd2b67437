/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* How often a torrent makes sure that its files are still there. */
#define PRESENCE_INTERVAL (10 * G_USEC_PER_SEC)

enum
{
  STATE_CHANGED,
  FINISHED,
  PLACE_CHANGED,
  RESUME_READY,
  TRACKERS_CHANGED,
  METADATA_READY,
  ASK_NEIGHBOURS,
  FILES_SHARED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BtTorrent, bt_torrent, G_TYPE_OBJECT)

static void
bt_torrent_dispose (GObject *object)
{
  BtTorrent *self = BT_TORRENT (object);

  if (self->session != NULL)
    g_object_remove_weak_pointer (G_OBJECT (self->session), (gpointer *) &self->session);
  self->session = NULL;
  G_OBJECT_CLASS (bt_torrent_parent_class)->dispose (object);
}

static void
bt_torrent_finalize (GObject *object)
{
  BtTorrent *self = BT_TORRENT (object);

  g_assert (self->links->len == 0);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->webseeds);
  g_clear_pointer (&self->picker, bt_picker_free);
  bt_rivals_clear (&self->rivals);
  bt_blame_clear (&self->blame);
  bt_known_peers_clear (&self->known);
  bt_torrent_let_go_of_announcer (self);
  bt_announcer_unref (self->announcer);
  g_clear_pointer (&self->files, bt_file_set_unref);
  g_clear_pointer (&self->layout, bt_layout_unref);
  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  g_clear_pointer (&self->metadata, bt_metadata_free);
  g_clear_pointer (&self->magnet, bt_magnet_unref);
  g_clear_error (&self->error);
  g_free (self->error_file);
  g_free (self->file_priority);
  g_free (self->n_shown);
  g_free (self->folder);
  g_clear_pointer (&self->resume, bt_resume_unref);
  bt_bitfield_clear (&self->saving_have);
  g_array_unref (self->kept);
  g_free (self->blocks_path);
  g_free (self->done_folder);
  G_OBJECT_CLASS (bt_torrent_parent_class)->finalize (object);
}

static void
bt_torrent_class_init (BtTorrentClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = bt_torrent_dispose;
  object_class->finalize = bt_torrent_finalize;

  signals[STATE_CHANGED] = g_signal_new ("state-changed", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[PLACE_CHANGED] =
      g_signal_new ("place-changed", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESUME_READY] = g_signal_new ("resume-ready", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, G_TYPE_BYTES, G_TYPE_BOOLEAN);
  signals[TRACKERS_CHANGED] =
      g_signal_new ("trackers-changed", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ASK_NEIGHBOURS] = g_signal_new ("ask-neighbours", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0,
                                          g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 0);
  signals[FILES_SHARED] = g_signal_new ("files-shared", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[METADATA_READY] = g_signal_new ("metadata-ready", BT_TYPE_TORRENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
kept_clear (gpointer data)
{
  bt_bitfield_clear (&((BtResumePartial *) data)->blocks);
}

static void
bt_torrent_init (BtTorrent *self)
{
  self->links = g_ptr_array_new ();
  self->webseeds = bt_torrent_new_webseeds ();
  self->kept = g_array_new (FALSE, FALSE, sizeof (BtResumePartial));
  g_array_set_clear_func (self->kept, kept_clear);
  bt_blame_init (&self->blame);
}

void
bt_torrent_let_go_of_announcer (BtTorrent *self)
{
  BtAnnouncer *announcer = self->announcer;

  if (announcer->torrent != self)
    return;
  announcer->down = self->down.total;
  announcer->up = self->up.total;
  announcer->left = bt_torrent_bytes_left (self);
  announcer->is_private = bt_torrent_is_private (self);
  announcer->torrent = NULL;
}

/* One that dozed goes on as who it was. */
static void
take_announcer (BtTorrent *self)
{
  g_autoptr (GArray) heard = NULL;

  self->announcer = bt_session_wake_announcer (self->session, self->info_hash);
  self->was_dozing = self->announcer != NULL;
  if (self->announcer == NULL)
    self->announcer = bt_announcer_new (self->session, self->info_hash, self->metainfo);
  self->announcer->torrent = self;
  heard = g_steal_pointer (&self->announcer->heard);
  for (guint i = 0; heard != NULL && i < heard->len; i++)
    bt_torrent_learn_peer (self, &g_array_index (heard, BtAddr, i), BT_SOURCE_TRACKER);
  if (self->magnet != NULL && self->metainfo == NULL)
    bt_torrent_merge_trackers (self, self->magnet);
}

void
bt_torrent_set_up (BtTorrent *self)
{
  self->layout = bt_layout_new (self->metainfo);
  bt_torrent_make_files (self);
  self->blocks_path = bt_torrent_dup_own_path (self, NULL, ".blocks");
  self->wanted_bytes = bt_metainfo_get_real_length (self->metainfo);
  self->picker = bt_picker_new (self->layout, &self->session->rng);
  bt_torrent_init_webseeds (self);
}

BtTorrent *
bt_torrent_new (BtSession *session, BtMetainfo *metainfo, BtMagnet *magnet, const BtTorrentOptions *options)
{
  BtTorrent *self = g_object_new (BT_TYPE_TORRENT, NULL);

  self->session = session;
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &self->session);
  memcpy (self->info_hash, metainfo != NULL ? bt_metainfo_get_info_hash (metainfo) : magnet->info_hash, BT_SHA1_LENGTH);
  self->folder = g_canonicalize_filename (options->folder, NULL);
  if (options->done_folder != NULL)
    bt_torrent_set_done_folder (self, options->done_folder);
  if (magnet != NULL)
    self->magnet = bt_magnet_ref (magnet);
  if (metainfo != NULL)
    {
      self->metainfo = bt_metainfo_ref (metainfo);
      bt_torrent_set_up (self);
    }
  self->ask_first = options->ask_first && metainfo == NULL;
  bt_known_peers_init (&self->known, &session->rng);
  take_announcer (self);
  self->trusted = options->trust_existing;
  self->offline = options->offline;
  self->super_seed = session->config.super_seed;
  bt_rivals_init (&self->rivals, self->announcer->peer_id);
  bt_torrent_set_save_resume (self, options->save_resume);
  if (options->resume != NULL)
    bt_torrent_use_resume (self, options->resume, options->running_since);
  self->active_time = MAX (self->active_time, options->active_time * G_USEC_PER_SEC);
  self->seeding_time = MAX (self->seeding_time, options->seeding_time * G_USEC_PER_SEC);
  return self;
}

gboolean
bt_torrent_is_active (BtTorrent *self)
{
  return self->state == BT_TORRENT_DOWNLOADING || self->state == BT_TORRENT_SEEDING || self->gives_on;
}

gboolean
bt_torrent_is_online (BtTorrent *self)
{
  return self->state == BT_TORRENT_METADATA || bt_torrent_is_active (self);
}

/* Those who were connected before there was a metainfo stay over the check. */
static void
go_online (BtTorrent *self, gint64 now)
{
  if (self->offline)
    return;
  if (!self->announcer->announced)
    bt_torrent_announce_start (self, now);
  if (bt_torrent_is_active (self))
    {
      bt_torrent_greet_links (self);
      self->was_dozing = FALSE;
      bt_session_let_callers_in (self->session, self);
    }
  bt_torrent_connect_more (self, now);
}

void
bt_torrent_set_state (BtTorrent *self, BtTorrentState state)
{
  gint64 now;
  gboolean was_active = bt_torrent_is_active (self);

  if (self->state == state)
    return;
  now = bt_loop_now (self->session->loop);
  self->state = state;
  if (state == BT_TORRENT_DOWNLOADING || state == BT_TORRENT_ERROR)
    self->session->next_space = MIN (self->session->next_space, now);
  if (bt_torrent_is_online (self) && !was_active)
    go_online (self, now);
  if (bt_torrent_is_active (self) && !was_active)
    {
      self->resume_is_now = self->accept_gone = FALSE;
      if (self->running_since == 0)
        self->running_since = g_get_real_time () / G_USEC_PER_SEC;
    }
  if (state == BT_TORRENT_DOWNLOADING)
    {
      self->resume_is_now = FALSE;
      bt_torrent_tick_webseeds (self, now);
    }
  else
    bt_torrent_stop_webseeds (self);
  bt_torrent_tell_upload_only (self);
  g_signal_emit (self, signals[STATE_CHANGED], 0, (guint) state);
  if (state == BT_TORRENT_SEEDING && was_active)
    {
      self->finished_at = g_get_real_time () / G_USEC_PER_SEC;
      bt_torrent_save_resume (self);
      g_signal_emit (self, signals[FINISHED], 0);
    }
}

void
bt_torrent_emit_resume (BtTorrent *self, GBytes *record, gboolean clean)
{
  g_signal_emit (self, signals[RESUME_READY], 0, record, clean);
}

void
bt_torrent_tell_place_changed (BtTorrent *self)
{
  self->choices_changed = TRUE;
  g_signal_emit (self, signals[PLACE_CHANGED], 0);
}

void
bt_torrent_tell_trackers_changed (BtTorrent *self)
{
  self->choices_changed = TRUE;
  g_signal_emit (self, signals[TRACKERS_CHANGED], 0);
}

void
bt_torrent_tell_metadata_ready (BtTorrent *self)
{
  g_signal_emit (self, signals[METADATA_READY], 0);
}

gboolean
bt_torrent_emit_ask_neighbours (BtTorrent *self)
{
  gboolean waits = FALSE;

  g_signal_emit (self, signals[ASK_NEIGHBOURS], 0, &waits);
  return waits;
}

void
bt_torrent_emit_files_shared (BtTorrent *self, guint n)
{
  g_signal_emit (self, signals[FILES_SHARED], 0, n);
}

static void
stop_everything (BtTorrent *self)
{
  if (self->verify != NULL)
    bt_verify_cancel (g_steal_pointer (&self->verify));
  bt_torrent_close_links (self);
  if (self->picker != NULL)
    bt_torrent_keep_partials (self);
  bt_session_cancel_dht (self->session, self->info_hash);
  bt_announcer_say_goodbye (self->announcer);
  if (self->files != NULL)
    bt_torrent_close_files (self);
  self->finishing = self->finish_again = self->waits_for_kept = self->gives_on = FALSE;
  self->last_is_due = TRUE;
  self->run++;
}

/* There is no room for more, and what is here can be given all the same. */
static void
stop_taking (BtTorrent *self)
{
  bt_torrent_cancel_requests (self);
  bt_torrent_keep_partials (self);
  self->finishing = self->finish_again = FALSE;
  self->gives_on = TRUE;
  self->run++;
}

void
bt_torrent_fail_checked (BtTorrent *self, GError *error, int file)
{
  gboolean checked = self->checked;

  bt_torrent_fail (self, error, file);
  self->checked = checked;
}

void
bt_torrent_fail (BtTorrent *self, GError *error, int file)
{
  if (self->state == BT_TORRENT_ERROR || self->state == BT_TORRENT_PAUSED)
    {
      g_error_free (error);
      return;
    }
  self->waits_for_space = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  if (self->waits_for_space && self->state == BT_TORRENT_DOWNLOADING && bt_picker_get_have (self->picker)->n_set > 0)
    stop_taking (self);
  else
    stop_everything (self);
  g_clear_error (&self->error);
  self->error = error;
  g_free (self->error_file);
  self->error_file = file < 0 ? NULL : bt_torrent_dup_file_path (self, (guint) file);
  /* What is on disk is known no more when a file or the folder went. */
  if (!self->waits_for_space)
    self->checked = FALSE;
  self->accept_gone = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  bt_torrent_set_state (self, BT_TORRENT_ERROR);
  if (self->gives_on)
    bt_torrent_count_wanted (self);
  bt_torrent_maybe_save_last (self);
}

void
bt_torrent_confirm (BtTorrent *self)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (self->session == NULL || !self->ask_first)
    return;
  self->ask_first = FALSE;
  if (self->metainfo == NULL)
    return;
  bt_torrent_make_files (self);
  if (self->state == BT_TORRENT_METADATA)
    bt_torrent_check_files (self);
}

/* A start of what is being asked for already is the answer to ask_first. */
static void
begin_metadata (BtTorrent *self)
{
  if (self->state == BT_TORRENT_METADATA)
    {
      bt_torrent_confirm (self);
      return;
    }
  bt_torrent_begin_metadata (self);
  bt_torrent_set_state (self, BT_TORRENT_METADATA);
  bt_torrent_learn_link_peers (self, self->magnet);
}

/* Those whom it gave to are still there, and nothing was written meanwhile. */
static void
take_on (BtTorrent *self)
{
  self->gives_on = self->waits_for_space = FALSE;
  /* The next tick asks everybody. */
  self->released = TRUE;
  bt_torrent_become_active (self);
}

void
bt_torrent_start (BtTorrent *self)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (self->session == NULL || self->state == BT_TORRENT_CHECKING || (bt_torrent_is_active (self) && !self->gives_on))
    return;
  self->running = TRUE;
  g_clear_error (&self->error);
  g_clear_pointer (&self->error_file, g_free);
  if (self->gives_on && bt_picker_n_missing (self->picker) > 0)
    {
      take_on (self);
      return;
    }
  if (self->gives_on)
    stop_everything (self);
  self->last_is_due = FALSE;
  if (self->metainfo == NULL)
    {
      begin_metadata (self);
      return;
    }
  bt_torrent_confirm (self);
  if (self->state != BT_TORRENT_CHECKING)
    bt_torrent_check_files (self);
}

void
bt_torrent_pause (BtTorrent *self)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  self->running = FALSE;
  if (self->session == NULL || self->state == BT_TORRENT_PAUSED)
    return;
  stop_everything (self);
  bt_torrent_set_state (self, BT_TORRENT_PAUSED);
  bt_torrent_maybe_save_last (self);
}

void
bt_torrent_recheck (BtTorrent *self)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (self->session == NULL || self->metainfo == NULL || self->ask_first)
    return;
  bt_torrent_pause (self);
  self->checked = self->trusted = FALSE;
  /* No record vouches for anything any more, nor one that is on its way. */
  self->run++;
  g_clear_pointer (&self->resume, bt_resume_unref);
  bt_torrent_save_resume (self);
  bt_torrent_start (self);
}

void
bt_torrent_shutdown (BtTorrent *self)
{
  bt_torrent_pause (self);
  bt_torrent_forget_pending (self);
  bt_torrent_cancel_move (self);
  if (self->choices_changed)
    bt_torrent_save_resume (self);
}

gboolean
bt_torrent_is_quiet (BtTorrent *self, gboolean patient)
{
  return self->links->len == 0 && (patient ? self->announcer->n_announces + self->n_resolving : self->announcer->n_goodbyes) == 0 &&
         self->n_disk == 0 && self->pending_move == NULL;
}

void
bt_torrent_tick (BtTorrent *self, gint64 now)
{
  bt_torrent_tick_links (self, now);
  bt_announcer_due (self->announcer, now);
  bt_announcer_dht_due (self->announcer, now);
  bt_torrent_tick_resume (self, now);
  if (self->state == BT_TORRENT_METADATA)
    {
      bt_torrent_connect_more (self, now);
      bt_torrent_tick_metadata (self, now);
    }
  if (!bt_torrent_is_active (self))
    return;
  bt_torrent_tick_super_seeding (self);
  if (now >= self->next_choke)
    bt_torrent_run_choker (self, now);
  bt_torrent_connect_more (self, now);
  bt_torrent_tick_webseeds (self, now);
  if (now >= self->next_presence)
    {
      self->next_presence = now + PRESENCE_INTERVAL;
      bt_torrent_check_presence (self);
    }
}

void
bt_torrent_add_peer (BtTorrent *self, const BtAddr *addr)
{
  BtKnownPeer *known;

  g_return_if_fail (BT_IS_TORRENT (self));

  known = bt_torrent_learn_peer (self, addr, BT_SOURCE_USER);
  /* A person who names a peer means now. */
  if (known != NULL)
    known->next_try = 0;
  bt_torrent_dht_offer (self, addr);
  if (bt_torrent_is_online (self))
    bt_torrent_connect_more (self, bt_loop_now (self->session->loop));
}

BtMetainfo *
bt_torrent_get_metainfo (BtTorrent *self)
{
  return self->metainfo;
}

const guint8 *
bt_torrent_get_info_hash (BtTorrent *self)
{
  return self->info_hash;
}

gboolean
bt_torrent_is_private (BtTorrent *self)
{
  return self->metainfo != NULL && bt_metainfo_is_private (self->metainfo);
}

const char *
bt_torrent_get_folder (BtTorrent *self)
{
  return self->folder;
}

gboolean
bt_torrent_set_folder (BtTorrent *self, const char *folder)
{
  g_return_val_if_fail (BT_IS_TORRENT (self), FALSE);

  if (self->session == NULL || (self->metainfo != NULL && !self->ask_first))
    return FALSE;
  g_free (self->folder);
  self->folder = g_canonicalize_filename (folder, NULL);
  if (self->metainfo != NULL)
    bt_torrent_make_files (self);
  return TRUE;
}

BtTorrentState
bt_torrent_get_state (BtTorrent *self)
{
  return self->state;
}

const GError *
bt_torrent_get_error (BtTorrent *self)
{
  return self->error;
}

const char *
bt_torrent_get_error_file (BtTorrent *self)
{
  return self->error_file;
}

const BtBitfield *
bt_torrent_peek_pieces (BtTorrent *self)
{
  static const BtBitfield none;

  return self->picker == NULL ? &none : bt_picker_get_have (self->picker);
}
