/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

#include "bt-error.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <string.h>
#include <sys/resource.h>

/* At the end: a tracker that answers our started within this is told a goodbye
 * as well; one that takes longer will hardly answer at all. */
#define GREETING_TIME G_USEC_PER_SEC

/* With more torrents than this most goodbyes would have to wait for others:
 * nobody wants to wait for them all, and trackers forget who does not come back. */
#define MANY_GOODBYES 200u
#define SHORT_STOP G_USEC_PER_SEC

/* Records of what is on the disk are worth more than goodbyes, and a disk that
 * others use too takes its time. Threads that are stuck end the wait. */
#define DISK_TIME (20 * G_USEC_PER_SEC)

/* Housekeeping of torrents and connections. */
#define TICK_MS 1000

/* Incoming connections that have not said which torrent they want. */
#define MAX_STRANGERS 256u

/* Files kept open; the rest of the process needs descriptors too. */
#define MAX_OPEN_FILES 256u

enum
{
  WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BtSession, bt_session, G_TYPE_OBJECT)

guint
bt_session_hash_key (gconstpointer key)
{
  guint value;

  memcpy (&value, key, sizeof value);
  return value;
}

gboolean
bt_session_hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, BT_SHA1_LENGTH) == 0;
}

static void
stranger_closed (BtPeer *peer, const GError *error, gpointer data)
{
  BtSession *self = data;

  bt_session_drop_caller (self, peer);
  g_ptr_array_remove (self->strangers, peer);
  bt_peer_free (peer);
}

void
bt_session_welcome (BtSession *self, BtTorrent *torrent, BtPeer *peer, const BtHandshake *handshake)
{
  if (!bt_torrent_accept (torrent, peer, handshake))
    {
      bt_peer_close (peer, NULL);
      return;
    }
  g_ptr_array_remove (self->strangers, peer);
  self->n_incoming++;
}

static void
stranger_greeted (BtPeer *peer, const BtHandshake *handshake, gpointer data)
{
  BtSession *self = data;
  BtTorrent *torrent = bt_session_find (self, handshake->info_hash);

  if (bt_session_hold_caller (self, peer, handshake))
    return;
  /* A hash that we do not run gets no answer: nobody learns what we have by
   * asking for what we have not. */
  if (torrent != NULL)
    bt_session_welcome (self, torrent, peer, handshake);
  else
    bt_peer_close (peer, NULL);
}

void
bt_session_tell_wanted (BtSession *self, const guint8 *info_hash)
{
  g_signal_emit (self, signals[WANTED], 0, info_hash);
}

static gsize
stranger_may_read (BtPeer *peer, gpointer data)
{
  return BT_PEER_READ_SIZE;
}

static const BtPeerHost stranger_host = {
  .greeted = stranger_greeted,
  .may_read = stranger_may_read,
  .closed = stranger_closed,
};

/* When there are too many strangers the one that has been silent longest has
 * to go, or a few that say nothing would shut everybody out. */
static void
make_room_for_stranger (BtSession *self)
{
  BtPeer *oldest = NULL;
  guint n = 0;

  for (guint i = self->strangers->len; i-- > 0;)
    if (!bt_peer_is_closing (self->strangers->pdata[i]))
      {
        oldest = self->strangers->pdata[i];
        n++;
      }
  if (n >= MAX_STRANGERS)
    bt_peer_close (oldest, NULL);
}

void
bt_session_let_in (GSocket *socket, const BtAddr *from, gpointer session)
{
  BtSession *self = session;

  if (self->n_peers >= self->config.max_peers || self->stop_task != NULL || bt_session_blocks (self, from))
    {
      g_object_unref (socket);
      return;
    }
  make_room_for_stranger (self);
  g_ptr_array_add (self->strangers, bt_peer_new_incoming (&self->peer_context, socket, from, &stranger_host, self));
}

static gboolean
tick_cb (gpointer data)
{
  BtSession *self = data;
  gint64 now = bt_loop_now (self->loop);

  for (guint i = self->strangers->len; i-- > 0;)
    bt_peer_tick (self->strangers->pdata[i], now);
  for (guint i = self->torrents->len; i-- > 0;)
    bt_torrent_tick (self->torrents->pdata[i], now);
  bt_session_tick_dozing (self, now);
  bt_session_tick_announces (self);
  bt_session_scrape_due (self, now);
  bt_session_tick_dht (self, now);
  bt_session_tick_lsd (self, now);
  bt_session_watch_space (self, now);
  if (self->pool.used == 0)
    bt_piece_pool_trim (&self->pool);
  return G_SOURCE_CONTINUE;
}

static gboolean
has_limits (BtSession *self)
{
  if (self->down_budget.limit > 0 || self->up_budget.limit > 0)
    return TRUE;
  for (guint i = 0; i < self->torrents->len; i++)
    {
      BtTorrent *torrent = self->torrents->pdata[i];

      if (torrent->down_budget.limit > 0 || torrent->up_budget.limit > 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
budget_cb (gpointer data)
{
  BtSession *self = data;
  guint n = self->torrents->len;

  /* Each torrent is first in its turn, so that none lives on what others leave. */
  self->budget_turn++;
  for (guint i = 0; i < n; i++)
    bt_torrent_spend_budget (self->torrents->pdata[(self->budget_turn + i) % n]);
  return G_SOURCE_CONTINUE;
}

static void
stop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
bt_session_update_budgets (BtSession *self)
{
  gint64 now = bt_loop_now (self->loop);

  bt_budget_set_limit (&self->down_budget, self->config.down_limit, now);
  bt_budget_set_limit (&self->up_budget, self->config.up_limit, now);
  if (has_limits (self) && self->budget_source == NULL)
    self->budget_source = bt_loop_every (self->loop, "bt-session budgets", BT_BUDGET_PERIOD_MS, budget_cb, self);
  else if (!has_limits (self) && self->budget_source != NULL)
    {
      budget_cb (self);
      stop_source (&self->budget_source);
    }
}

static guint
open_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return MAX_OPEN_FILES / 4;
  /* Sockets come first; a soft limit of 1024 is raised as far as allowed. */
  if (limit.rlim_cur < 65536 && limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = MIN (limit.rlim_max, 65536);
      setrlimit (RLIMIT_NOFILE, &limit);
    }
  return (guint) MIN (MAX_OPEN_FILES, limit.rlim_cur / 4);
}

static void
bt_session_dispose (GObject *object)
{
  BtSession *self = BT_SESSION (object);

  stop_source (&self->tick_source);
  stop_source (&self->budget_source);
  bt_session_stop_watching_space (self);
  for (guint i = 0; i < self->torrents->len; i++)
    {
      BtTorrent *torrent = self->torrents->pdata[i];

      /* A record is made by several jobs, one after the other: too late. */
      torrent->saves_resume = FALSE;
      bt_torrent_shutdown (torrent);
    }
  for (guint i = 0; i < self->strangers->len; i++)
    bt_peer_close (self->strangers->pdata[i], NULL);
  g_clear_pointer (&self->listener, bt_listener_free);
  g_cancellable_cancel (self->scrapes);
  bt_session_stop_dht (self);
  bt_session_stop_lsd (self);
  g_clear_pointer (&self->tracker_udp, bt_tracker_udp_free);
  g_clear_pointer (&self->udp, bt_udp_free);
  /* Jobs and connections that end here still look at us. */
  g_clear_pointer (&self->disk, bt_disk_free);
  g_clear_pointer (&self->loop, bt_loop_free);
  bt_session_end_announces (self);
  G_OBJECT_CLASS (bt_session_parent_class)->dispose (object);
}

static void
bt_session_finalize (GObject *object)
{
  BtSession *self = BT_SESSION (object);

  g_clear_pointer (&self->tracker_http, bt_tracker_http_free);
  g_object_unref (self->scrapes);
  bt_session_clear_doze (self);
  g_clear_pointer (&self->webseed_http, bt_webseed_http_free);
  g_ptr_array_unref (self->torrents);
  g_ptr_array_unref (self->strangers);
  g_hash_table_unref (self->by_hash);
  bt_file_cache_unref (self->file_cache);
  bt_piece_pool_clear (&self->pool);
  g_clear_pointer (&self->blocklist, bt_blocklist_free);
  g_clear_pointer (&self->dht_saved, g_bytes_unref);
  g_strfreev (self->dht_bootstrap);
  g_free (self->peer_context.read_buffer);
  g_free (self->send_buffer);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (bt_session_parent_class)->finalize (object);
}

static void
bt_session_class_init (BtSessionClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = bt_session_dispose;
  object_class->finalize = bt_session_finalize;

  signals[WANTED] = g_signal_new ("wanted", BT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
bt_session_init (BtSession *self)
{
  guint64 seed;

  gnutls_rnd (GNUTLS_RND_NONCE, &seed, sizeof seed);
  bt_rng_seed (&self->rng, seed);
  self->context = g_main_context_ref_thread_default ();
  self->loop = bt_loop_new (self->context);
  self->torrents = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_hash = g_hash_table_new (bt_session_hash_key, bt_session_hash_equal);
  self->strangers = g_ptr_array_new ();
  self->scrapes = g_cancellable_new ();
  bt_session_init_announces (self);
  bt_session_init_doze (self);
  self->file_cache = bt_file_cache_new (open_file_limit ());
  self->peer_context.loop = self->loop;
  self->peer_context.read_buffer = g_malloc (BT_PEER_READ_SIZE);
  self->send_buffer = g_malloc (BT_PEER_READ_SIZE);
}

BtSession *
bt_session_new (const BtConfig *config)
{
  BtSession *self = g_object_new (BT_TYPE_SESSION, NULL);

  if (config != NULL)
    self->config = *config;
  else
    bt_config_init_defaults (&self->config);
  bt_config_clamp (&self->config);
  self->dht_bootstrap = g_strdupv ((char **) self->config.dht_bootstrap);
  self->config.dht_bootstrap = NULL;
  bt_piece_pool_init (&self->pool, self->config.piece_memory);
  self->disk = bt_disk_new (self->context, self->config.hash_threads);
  return self;
}

static guint32
random_id (void)
{
  guint32 id;

  gnutls_rnd (GNUTLS_RND_NONCE, &id, sizeof id);
  return id;
}

gboolean
bt_session_start (BtSession *self, GError **error)
{
  BtAddr any_v4, any_v6;
  const BtAddr *v4 = bt_session_local_v4 (self, &any_v4), *v6 = bt_session_local_v6 (self, &any_v6);

  g_return_val_if_fail (self->listener == NULL, FALSE);

  if (!bt_session_open_port (self, error))
    return FALSE;
  self->tracker_udp = bt_tracker_udp_new (self->loop, self->udp, random_id);
  self->tracker_http = bt_tracker_http_new (v4, v6, BT_SESSION_USER_AGENT);
  self->webseed_http = bt_webseed_http_new (self->loop, v4, v6, BT_SESSION_USER_AGENT);
  bt_session_start_announces (self);
  bt_session_update_budgets (self);
  bt_session_start_dht (self);
  bt_session_open_lsd (self);
  self->tick_source = bt_loop_every (self->loop, "bt-session tick", TICK_MS, tick_cb, self);
  return TRUE;
}

BtTorrent *
bt_session_find (BtSession *self, const guint8 *info_hash)
{
  return g_hash_table_lookup (self->by_hash, info_hash);
}

gboolean
bt_session_check_open (BtSession *self, GError **error)
{
  if (self->listener != NULL && self->stop_task == NULL)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The session has ended");
  return FALSE;
}

BtTorrent *
bt_session_begin_torrent (BtSession *self, BtTorrent *torrent, const BtTorrentOptions *options)
{
  g_ptr_array_add (self->torrents, torrent);
  g_hash_table_insert (self->by_hash, torrent->info_hash, torrent);
  for (guint i = 0; i < options->n_peers; i++)
    bt_torrent_add_peer (torrent, &options->peers[i]);
  if (!options->paused)
    bt_torrent_start (torrent);
  return torrent;
}

BtTorrent *
bt_session_add (BtSession *self, BtMetainfo *metainfo, const BtTorrentOptions *options, GError **error)
{
  BtTorrent *torrent;

  g_return_val_if_fail (BT_IS_SESSION (self), NULL);
  g_return_val_if_fail (options->folder != NULL, NULL);

  if (!bt_session_check_open (self, error))
    return NULL;
  if (!bt_metainfo_has_v1 (metainfo))
    {
      g_set_error (error, BT_ERROR, BT_ERROR_UNSUPPORTED,
                   _ ("“%s” is a version 2 torrent, which Freshet can read but not download yet"), bt_metainfo_get_name (metainfo));
      return NULL;
    }
  torrent = bt_session_find (self, bt_metainfo_get_info_hash (metainfo));
  if (torrent != NULL)
    {
      bt_session_merge_metainfo (self, torrent, metainfo);
      g_set_error (error, BT_ERROR, BT_ERROR_DUPLICATE, _ ("“%s” is already there"), bt_metainfo_get_name (metainfo));
      return NULL;
    }
  return bt_session_begin_torrent (self, bt_torrent_new (self, metainfo, NULL, options), options);
}

void
bt_session_remove (BtSession *self, BtTorrent *torrent)
{
  g_return_if_fail (torrent->session == self);

  torrent->saves_resume = FALSE;
  bt_torrent_shutdown (torrent);
  bt_torrent_tidy (torrent);
  g_hash_table_remove (self->by_hash, torrent->info_hash);
  g_ptr_array_remove (self->torrents, torrent);
}

gboolean
bt_session_put_away (BtSession *self, BtTorrent *torrent)
{
  g_return_val_if_fail (torrent->session == self, FALSE);

  if (torrent->state != BT_TORRENT_PAUSED || torrent->choices_changed || !bt_torrent_is_quiet (torrent, TRUE))
    return FALSE;
  torrent->saves_resume = FALSE;
  g_hash_table_remove (self->by_hash, torrent->info_hash);
  g_ptr_array_remove (self->torrents, torrent);
  return TRUE;
}

void
bt_session_set_limits (BtSession *self, guint64 down, guint64 up)
{
  self->config.down_limit = down;
  self->config.up_limit = up;
  bt_session_update_budgets (self);
}

void
bt_session_get_stats (BtSession *self, BtSessionStats *stats)
{
  gint64 now = bt_loop_now (self->loop);
  BtDhtStats dht;

  bt_session_get_dht_stats (self, &dht);
  *stats = (BtSessionStats){
    .down_rate = bt_rate_get (&self->down, now),
    .up_rate = bt_rate_get (&self->up, now),
    .downloaded = self->down.total,
    .uploaded = self->up.total,
    .n_peers = self->n_peers,
    .n_torrents = self->torrents->len,
    .dht_nodes_v4 = dht.families[0].n_good,
    .dht_nodes_v6 = dht.families[1].n_good,
    .n_incoming = self->n_incoming,
  };
}

static gboolean
is_quiet (BtSession *self, gboolean patient)
{
  gboolean quiet = self->strangers->len == 0 && (patient ? self->n_announces : self->n_goodbyes) == 0;

  for (guint i = 0; i < self->torrents->len; i++)
    quiet &= bt_torrent_is_quiet (self->torrents->pdata[i], patient);
  return quiet;
}

/* Disk jobs and goodbyes are given some time; then we go. */
static gboolean
stop_cb (gpointer data)
{
  BtSession *self = data;
  gint64 now = bt_loop_now (self->loop);
  GTask *task;

  if (now < self->stop_deadline && !is_quiet (self, now < self->stop_greetings))
    return G_SOURCE_CONTINUE;
  if (now < self->stop_disk_deadline && bt_disk_n_pending (self->disk) > 0)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->stop_source, g_source_unref);
  g_cancellable_cancel (self->announces);
  task = g_steal_pointer (&self->stop_task);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

void
bt_session_stop_async (BtSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  gint64 now = bt_loop_now (self->loop);
  gboolean many = self->torrents->len + self->dozing->len > MANY_GOODBYES;

  g_return_if_fail (self->stop_task == NULL);
  g_task_set_source_tag (task, bt_session_stop_async);
  self->stop_task = task;
  self->stop_deadline = now + (many ? SHORT_STOP : self->config.stop_timeout * G_USEC_PER_SEC);
  self->stop_disk_deadline = now + DISK_TIME;
  self->stop_greetings = now + (many ? SHORT_STOP : GREETING_TIME);
  bt_session_cancel_blocklist (self);
  bt_session_stop_dht (self);
  bt_session_stop_lsd (self);
  bt_session_stop_watching_space (self);
  for (guint i = 0; i < self->torrents->len; i++)
    bt_torrent_shutdown (self->torrents->pdata[i]);
  bt_session_stop_dozing (self);
  for (guint i = 0; i < self->strangers->len; i++)
    bt_peer_close (self->strangers->pdata[i], NULL);
  g_clear_pointer (&self->listener, bt_listener_free);
  self->stop_source = bt_loop_every (self->loop, "bt-session stop", 10, stop_cb, self);
}

gboolean
bt_session_stop_finish (BtSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
