/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "power-vfs.h"
#include "store-support.h"
#include "ui-support.h"

/* The power goes at any moment while the database is written, and with it what
 * the disk was not told to keep: what the database once said it had is there
 * afterwards, and nobody is told of damage. */

#define N_TORRENTS 6u

/* Enough of them that the log is brought into the database three times, which
 * is done every thousand pages. */
#define N_ROUNDS 40u
#define RESUME_LENGTH 60000u

/* Moments that are tried, besides those beside an answer. */
#define N_MOMENTS 80u

/* Every record is of round @round. */
static void
put_round (StoreFixture *fixture, guint round)
{
  g_autofree guint8 *bytes = g_malloc (RESUME_LENGTH);
  g_autoptr (GBytes) resume = NULL;

  memset (bytes, (int) round, RESUME_LENGTH);
  resume = g_bytes_new (bytes, RESUME_LENGTH);
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      g_autoptr (BtMetainfo) metainfo = store_metainfo (i);
      g_autoptr (FreshetTorrentRecord) record = freshet_torrent_record_new ();

      memcpy (record->hash, bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
      freshet_torrent_record_set_folder (record, "/somewhere");
      freshet_torrent_record_set_metainfo (record, metainfo);
      record->position = i;
      record->wanted = 1000000;
      record->verified = round;
      freshet_store_put (fixture->store, record);
      freshet_store_put_metainfo (fixture->store, record->hash, bt_metainfo_get_bytes (metainfo));
      freshet_store_put_resume (fixture->store, record->hash, resume, FALSE);
    }
}

static void
record_life (void)
{
  StoreFixture life = { .folder = ui_folder_new () };

  power_vfs_record (TRUE);
  store_open (&life);
  for (guint round = 1; round <= N_ROUNDS; round++)
    {
      put_round (&life, round);
      store_flush (&life);
      power_vfs_mark (round);
    }
  store_close (&life);
  power_vfs_record (FALSE);
  store_tear_down (&life, NULL);
}

static void
assert_resume (StoreFixture *fixture, guint i, guint oldest)
{
  g_autoptr (FreshetStoreTorrent) torrent = store_load (fixture, i);
  const guint8 *bytes;
  gsize length;

  g_assert_nonnull (torrent->metainfo);
  g_assert_nonnull (torrent->resume);
  bytes = g_bytes_get_data (torrent->resume, &length);
  g_assert_cmpuint (length, ==, RESUME_LENGTH);
  g_assert_cmpuint (bytes[0], >=, oldest);
  g_assert_cmpint (memcmp (bytes, bytes + 1, length - 1), ==, 0);
}

/* Returns: whether something was lost, which nobody had been told is kept */
static gboolean
lose_power (guint moment, PowerLoss loss, GRand *chance)
{
  StoreFixture after = { .folder = ui_folder_new () };
  guint mark, n_lost = power_vfs_write_image (moment, loss, chance, after.folder, &mark);

  store_open (&after);
  g_test_message ("after %u events, loss %u, %u writes lost: kept is %u", moment, loss, n_lost, mark);
  g_assert_cmpint (after.contents->state, ==, FRESHET_STORE_FINE);
  if (mark > 0)
    g_assert_cmpuint (after.contents->records->len, ==, N_TORRENTS);
  for (guint i = 0; i < after.contents->records->len; i++)
    {
      const FreshetTorrentRecord *record = after.contents->records->pdata[i];

      g_assert_cmpuint (record->verified, >=, mark);
      g_assert_cmpuint (record->verified, <=, N_ROUNDS);
    }
  for (guint i = 0; mark > 0 && i < N_TORRENTS; i++)
    assert_resume (&after, i, mark);
  store_tear_down (&after, NULL);
  return n_lost > 0;
}

static void
test_loses_nothing (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (7);
  guint n_events, n_losses = 0;

  record_life ();
  n_events = power_vfs_n_events ();
  g_assert_cmpuint (n_events, >, 1000);
  for (guint i = 0; i < N_MOMENTS; i++)
    n_losses += lose_power ((guint) g_rand_int_range (chance, 0, (gint32) n_events + 1), i % POWER_N_LOSSES, chance);
  /* A new database has few events, and they are its most delicate ones. */
  for (guint i = 0; i < 24; i++)
    n_losses += lose_power (i, i % POWER_N_LOSSES, chance);
  g_assert_cmpuint (n_losses, >, N_MOMENTS / 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  power_vfs_install ();
  g_test_add_func ("/store-power/loses-nothing", test_loses_nothing);
  return g_test_run ();
}
