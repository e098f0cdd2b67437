/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

#include "bt-lsd.h"

#include <gnutls/crypto.h>
#include <string.h>

/* BEP 14: every five minutes for each torrent. */
#define INTERVAL (5 * G_TIME_SPAN_MINUTE)

/* BEP 14 allows one packet a minute; torrents that are started together share
 * one, and the first ones need not wait for it. */
#define SPACING (G_TIME_SPAN_MINUTE)
#define BURST 3


struct _BtSessionLsd
{
  BtLsd *lsd;
  gint64 next;   /* packet */
};

static void
received_cb (const BtLsdPacket *packet, const BtAddr *from, gpointer data)
{
  BtSession *session = data;

  for (guint i = 0; i < packet->n_hashes; i++)
    {
      BtTorrent *torrent = bt_session_find (session, packet->hashes[i]);

      if (torrent == NULL || !bt_torrent_is_sought (torrent))
        continue;
      bt_torrent_learn_peer (torrent, from, BT_SOURCE_LSD);
      bt_torrent_connect_more (torrent, bt_loop_now (session->loop));
    }
}

void
bt_session_start_lsd (BtSession *session, const BtAddr *v4, const BtAddr *v6)
{
  g_autofree char *cookie = NULL;
  guint64 random;

  if (!session->config.lsd || session->lsd != NULL)
    return;
  gnutls_rnd (GNUTLS_RND_NONCE, &random, sizeof random);
  cookie = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", random);
  session->lsd = g_new0 (BtSessionLsd, 1);
  session->lsd->lsd = bt_lsd_new (session->loop, v4, v6, cookie, received_cb, session);
}

void
bt_session_stop_lsd (BtSession *session)
{
  BtSessionLsd *self = g_steal_pointer (&session->lsd);

  if (self == NULL)
    return;
  bt_lsd_free (self->lsd);
  g_free (self);
}

static gboolean
is_due (BtTorrent *torrent, gint64 now)
{
  return now >= torrent->next_lsd && bt_torrent_is_sought (torrent);
}

/* One packet has as many torrents as fit; the rest waits for the next. */
void
bt_session_tick_lsd (BtSession *session, gint64 now)
{
  BtSessionLsd *self = session->lsd;
  guint8 hashes[BT_LSD_MAX_HASHES][BT_SHA1_LENGTH];
  guint n = 0;

  if (self == NULL || now < self->next)
    return;
  for (guint i = 0; i < session->torrents->len && n < BT_LSD_MAX_HASHES; i++)
    {
      BtTorrent *torrent = session->torrents->pdata[i];

      if (!is_due (torrent, now))
        continue;
      memcpy (hashes[n++], torrent->info_hash, BT_SHA1_LENGTH);
      torrent->next_lsd = now + INTERVAL + bt_rng_below (&session->rng, 10 * G_USEC_PER_SEC);
    }
  if (n == 0)
    return;
  self->next = MAX (self->next, now - BURST * SPACING) + SPACING;
  bt_lsd_announce (self->lsd, (const guint8 (*)[BT_SHA1_LENGTH]) hashes, n, session->port);
}
