/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-webseed-private.h"

#include <string.h>

/* Web seeds of a torrent that are used at all, and at once. */
#define MAX_SEEDS 10u
#define MAX_ACTIVE 4u

/* Their ids; those of known peers count up from 1. */
#define FIRST_ID 0x80000000u

/* Others are asked for what a seed has been silent about for this long. */
#define SILENCE (8 * G_USEC_PER_SEC)

/* The least that is read at once under a limit: a packet's worth. */
#define LEAST_READ 1448u

static void
seed_free (gpointer data)
{
  BtSeed *seed = data;

  for (guint i = 0; i < G_N_ELEMENTS (seed->runs); i++)
    {
      g_assert (seed->runs[i].fetch == NULL);
      g_array_unref (seed->runs[i].blocks);
      g_free (seed->runs[i].part);
    }
  bt_webseed_plan_free (seed->plan);
  g_free (seed);
}

static void
add_seeds (BtTorrent *self, const char *const *urls, gboolean httpseeds)
{
  for (guint i = 0; urls[i] != NULL && self->webseeds->len < MAX_SEEDS; i++)
    {
      BtWebseedPlan *plan = bt_webseed_plan_new (self->layout, urls[i], httpseeds);
      BtSeed *seed;

      if (plan == NULL)
        continue;
      seed = g_new0 (BtSeed, 1);
      seed->torrent = self;
      seed->plan = plan;
      seed->id = FIRST_ID + self->webseeds->len;
      for (guint k = 0; k < G_N_ELEMENTS (seed->runs); k++)
        {
          seed->runs[k].seed = seed;
          seed->runs[k].blocks = g_array_new (FALSE, FALSE, sizeof (BtBlock));
        }
      g_ptr_array_add (self->webseeds, seed);
    }
}

GPtrArray *
bt_torrent_new_webseeds (void)
{
  return g_ptr_array_new_with_free_func (seed_free);
}

void
bt_torrent_init_webseeds (BtTorrent *self)
{
  add_seeds (self, bt_metainfo_get_url_list (self->metainfo), FALSE);
  add_seeds (self, bt_metainfo_get_httpseeds (self->metainfo), TRUE);
}

static void
release_blocks (BtSeedRun *run)
{
  BtTorrent *torrent = run->seed->torrent;

  if (run->released || run->next == run->blocks->len)
    return;
  run->released = torrent->released = TRUE;
  for (guint i = run->next; i < run->blocks->len; i++)
    bt_picker_release (torrent->picker, bt_seed_run_block (run, i));
  bt_picker_peer_gone (torrent->picker, run->seed->id);
}

static void
stop_waiting (BtSeedRun *run)
{
  run->seed->torrent->n_waiting -= run->waits;
  run->waits = FALSE;
}

/* What has not come is for the others. */
static void
stop_run (BtSeedRun *run)
{
  if (run->fetch != NULL)
    bt_webseed_fetch_cancel (g_steal_pointer (&run->fetch));
  stop_waiting (run);
  release_blocks (run);
  g_array_set_size (run->blocks, 0);
  run->next = 0;
  g_clear_pointer (&run->part, g_free);
}

static void
stop_seed (BtSeed *seed)
{
  for (guint i = 0; i < G_N_ELEMENTS (seed->runs); i++)
    stop_run (&seed->runs[i]);
}

/* --- what comes --- */

static void
got_block (BtSeedRun *run, const guint8 *bytes)
{
  BtSeed *seed = run->seed;
  BtBlock block = *bt_seed_run_block (run, run->next);

  run->next++;
  run->filled = 0;
  bt_webseed_plan_gave (seed->plan);
  bt_torrent_got_block (seed->torrent, &block, seed->id, bytes);
}

/* @bytes: (nullable): NULL for zeros */
static void
feed (BtSeedRun *run, const guint8 *bytes, gsize length)
{
  while (length > 0 && run->next < run->blocks->len)
    {
      guint32 size = bt_seed_run_block (run, run->next)->length;
      gsize n = MIN (length, size - run->filled);

      if (run->part == NULL)
        run->part = g_malloc (BT_BLOCK_SIZE);
      if (bytes == NULL)
        memset (run->part + run->filled, 0, n);
      else if (n < size)
        memcpy (run->part + run->filled, bytes, n);
      run->filled += (guint32) n;
      /* A block that came in one go is not copied twice. */
      if (run->filled == size)
        got_block (run, bytes != NULL && n == size ? bytes : run->part);
      length -= n;
      bytes = bytes == NULL ? NULL : bytes + n;
    }
}

/* As a peer's connection: under a limit everybody who waits gets a part. */
static gsize
may_read_cb (BtWebseedFetch *fetch, gpointer data)
{
  BtSeedRun *run = data;
  BtTorrent *torrent = run->seed->torrent;
  BtSession *session = torrent->session;
  gint64 now = bt_loop_now (session->loop);
  gsize most = MIN (bt_budget_available (&torrent->down_budget, now), bt_budget_available (&session->down_budget, now));

  if (most > 0)
    return MAX (most / MAX (torrent->n_waiting, 1), LEAST_READ);
  torrent->n_waiting += !run->waits;
  run->waits = TRUE;
  return 0;
}

static gboolean begin_run (BtSeedRun *run, gint64 now);

static guint32
bytes_left (const BtSeedRun *run)
{
  return run->blocks->len == 0 ? 0 : (run->blocks->len - run->next) * BT_BLOCK_SIZE;
}

static void
bytes_cb (BtWebseedFetch *fetch, const guint8 *bytes, gsize length, gpointer data)
{
  BtSeedRun *run = data;
  BtSeed *seed = run->seed;
  BtTorrent *torrent = seed->torrent;
  gint64 now = bt_loop_now (torrent->session->loop);
  BtSeedRun *other = &seed->runs[run == &seed->runs[0]];

  bt_budget_spend (&torrent->down_budget, length);
  bt_budget_spend (&torrent->session->down_budget, length);
  bt_rate_add (&seed->rate, now, length);
  run->last_bytes = now;
  feed (run, bytes, length);
  /* The next request is on its way before this one ends: no round trip is lost. */
  if (!bt_seed_run_is_active (other) && seed->plan->works && bytes_left (run) < run->blocks->len * BT_BLOCK_SIZE / 2)
    begin_run (other, now);
}

static void fetch_next (BtSeedRun *run);

static void
done_cb (BtWebseedFetch *fetch, const BtWebseedResult *result, gpointer data)
{
  BtSeedRun *run = data;
  BtSeed *seed = run->seed;
  BtTorrent *torrent = seed->torrent;
  gint64 now = bt_loop_now (torrent->session->loop);

  run->fetch = NULL;
  stop_waiting (run);
  seed->from_public |= result->from_public;
  if (result->outcome == BT_WEBSEED_DONE)
    {
      if (result->moved_to != NULL)
        bt_webseed_plan_set_moved (seed->plan, &run->range, result->moved_to);
      fetch_next (run);
      if (!bt_seed_run_is_active (run))
        bt_torrent_run_webseeds (torrent);
      return;
    }
  g_debug ("%s: %s", seed->plan->url, result->error == NULL ? "failed" : result->error->message);
  /* Where a redirect led is good for a while only: from the start, then. */
  if (run->moved)
    bt_webseed_plan_set_moved (seed->plan, &run->range, NULL);
  else if (result->outcome == BT_WEBSEED_MISSING)
    bt_webseed_plan_missing (seed->plan, &run->range, now);
  if (result->outcome == BT_WEBSEED_FAILED)
    bt_webseed_plan_failed (seed->plan, result->retry_after, now);
  stop_run (run);
  bt_torrent_request_all (torrent);
}

static const BtWebseedHost host = {
  .may_read = may_read_cb,
  .bytes = bytes_cb,
  .done = done_cb,
};

/* --- what is asked for --- */

static guint64
position (const BtSeedRun *run)
{
  const BtBlock *block = bt_seed_run_block (run, run->next);

  return (guint64) block->piece * run->seed->torrent->layout->piece_length + block->begin + run->filled;
}

/* Bytes that follow each other from the next on. */
static guint32
contiguous (const BtSeedRun *run)
{
  const BtLayout *layout = run->seed->torrent->layout;
  guint32 length = bt_seed_run_block (run, run->next)->length - run->filled;

  for (guint i = run->next + 1; i < run->blocks->len; i++)
    {
      const BtBlock *last = bt_seed_run_block (run, i - 1), *block = bt_seed_run_block (run, i);

      if ((guint64) block->piece * layout->piece_length + block->begin !=
          (guint64) last->piece * layout->piece_length + last->begin + last->length)
        break;
      length += block->length;
    }
  return length;
}

static void
fetch (BtSeedRun *run)
{
  BtSeed *seed = run->seed;
  const BtWebseedRange *range = &run->range;
  g_autofree char *url = bt_webseed_plan_dup_url (seed->plan, range, &run->moved);
  BtWebseedRequest request = {
    .url = url,
    .first = range->first,
    .length = range->length,
    .total = range->total,
    .url_says = seed->plan->kind == BT_WEBSEED_SCRIPT,
    .from_public = run->moved && seed->from_public,
  };

  run->fetch = bt_webseed_fetch_new (seed->torrent->session->webseed_http, &request, &host, run);
}

/* Ends the run when there is nothing more to fetch. */
static void
fetch_next (BtSeedRun *run)
{
  while (run->next < run->blocks->len)
    {
      bt_webseed_plan_next (run->seed->plan, position (run), contiguous (run), &run->range);
      if (!run->range.pad)
        {
          fetch (run);
          return;
        }
      feed (run, NULL, run->range.length);
    }
  stop_run (run);
}

static gboolean
begin_run (BtSeedRun *run, gint64 now)
{
  BtTorrent *torrent = run->seed->torrent;

  if (torrent->state != BT_TORRENT_DOWNLOADING || !bt_webseed_plan_is_ready (run->seed->plan, now) ||
      bt_webseed_http_is_full (torrent->session->webseed_http))
    return FALSE;
  bt_seed_run_pick (run, now);
  if (run->blocks->len == 0)
    return FALSE;
  run->next = run->filled = 0;
  run->released = FALSE;
  run->last_bytes = now;
  fetch_next (run);
  return bt_seed_run_is_active (run);
}

void
bt_torrent_run_webseeds (BtTorrent *self)
{
  gint64 now = bt_loop_now (self->session->loop);
  guint n_active = 0;

  if (self->state != BT_TORRENT_DOWNLOADING || self->offline)
    return;
  for (guint i = 0; i < self->webseeds->len; i++)
    n_active += bt_seed_is_active (self->webseeds->pdata[i]);
  for (guint i = 0; i < self->webseeds->len && n_active < MAX_ACTIVE; i++)
    {
      BtSeed *seed = self->webseeds->pdata[i];

      if (!bt_seed_is_active (seed))
        n_active += begin_run (&seed->runs[0], now);
    }
}

/* Is anything of it still of use? */
static gboolean
is_wanted (const BtSeedRun *run)
{
  for (guint i = run->next; i < run->blocks->len; i++)
    if (bt_picker_expects (run->seed->torrent->picker, bt_seed_run_block (run, i)) != NULL)
      return TRUE;
  return FALSE;
}

static void
tick_run (BtSeedRun *run, gint64 now)
{
  gboolean silent = !run->waits && now - run->last_bytes > SILENCE;

  if (!bt_seed_run_is_active (run))
    return;
  if (silent)
    release_blocks (run);
  if (is_wanted (run))
    return;
  /* Others were faster. */
  if (silent)
    bt_webseed_plan_failed (run->seed->plan, 0, now);
  stop_run (run);
}

void
bt_torrent_tick_webseeds (BtTorrent *self, gint64 now)
{
  for (guint i = 0; i < self->webseeds->len; i++)
    {
      BtSeed *seed = self->webseeds->pdata[i];

      tick_run (&seed->runs[0], now);
      tick_run (&seed->runs[1], now);
    }
  if (self->released)
    bt_torrent_request_all (self);
  else
    bt_torrent_run_webseeds (self);
}

void
bt_torrent_stop_webseeds (BtTorrent *self)
{
  for (guint i = 0; i < self->webseeds->len; i++)
    stop_seed (self->webseeds->pdata[i]);
}

void
bt_torrent_resume_webseeds (BtTorrent *self)
{
  for (guint i = 0; i < self->webseeds->len; i++)
    {
      BtSeed *seed = self->webseeds->pdata[i];

      for (guint k = 0; k < G_N_ELEMENTS (seed->runs); k++)
        if (seed->runs[k].waits)
          {
            stop_waiting (&seed->runs[k]);
            bt_webseed_fetch_resume (seed->runs[k].fetch);
          }
    }
}

void
bt_torrent_ban_webseed (BtTorrent *self, guint32 id)
{
  BtSeed *seed;

  if (id < FIRST_ID || id - FIRST_ID >= self->webseeds->len)
    return;
  seed = self->webseeds->pdata[id - FIRST_ID];
  g_debug ("%s: wrong data", seed->plan->url);
  bt_webseed_plan_ban (seed->plan);
  stop_seed (seed);
}

guint32
bt_torrent_choose_webseed (BtTorrent *self, guint32 piece)
{
  gint64 now = bt_loop_now (self->session->loop);
  guint n = self->webseeds->len, start = bt_rng_below (&self->session->rng, n);

  for (guint i = 0; i < n; i++)
    {
      BtSeed *seed = self->webseeds->pdata[(start + i) % n];

      if (bt_webseed_plan_is_ready (seed->plan, now) && bt_webseed_plan_has (seed->plan, piece))
        return seed->id;
    }
  return 0;
}

guint
bt_torrent_count_webseeds (BtTorrent *self)
{
  guint n = 0;

  for (guint i = 0; i < self->webseeds->len; i++)
    n += ((BtSeed *) self->webseeds->pdata[i])->plan->works;
  return n;
}
