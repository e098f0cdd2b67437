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

      if (torrent == NULL)
        bt_session_doze_heard_of (session, packet->hashes[i], from, 1);
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

/* What a packet is filled with. */
typedef struct
{
  guint8 hashes[BT_LSD_MAX_HASHES][BT_SHA1_LENGTH];
  guint n;
} Packet;

static void
maybe_add (BtSession *session, Packet *packet, BtAnnouncer *announcer, gint64 now)
{
  if (packet->n == BT_LSD_MAX_HASHES || now < announcer->next_lsd || !bt_announcer_is_sought (announcer))
    return;
  memcpy (packet->hashes[packet->n++], announcer->info_hash, BT_SHA1_LENGTH);
  announcer->next_lsd = now + INTERVAL + bt_rng_below (&session->rng, 10 * G_USEC_PER_SEC);
}

/* One packet has as many torrents as fit; the rest waits for the next. */
void
bt_session_tick_lsd (BtSession *session, gint64 now)
{
  BtSessionLsd *self = session->lsd;
  Packet packet = { .n = 0 };

  if (self == NULL || now < self->next)
    return;
  for (guint i = 0; i < session->torrents->len; i++)
    maybe_add (session, &packet, ((BtTorrent *) session->torrents->pdata[i])->announcer, now);
  for (guint i = 0; i < session->dozing->len; i++)
    maybe_add (session, &packet, session->dozing->pdata[(session->doze_turn + i) % session->dozing->len], now);
  if (packet.n == 0)
    return;
  self->next = MAX (self->next, now - BURST * SPACING) + SPACING;
  bt_lsd_announce (self->lsd, (const guint8 (*)[BT_SHA1_LENGTH]) packet.hashes, packet.n, session->port);
}
