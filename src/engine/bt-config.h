/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/**
 * BtConfig:
 *
 * Every limit and switch of a session. A value: start from
 * bt_config_init_defaults(), change what you want; the session clamps it.
 * 0 is "no limit" for rates.
 */
typedef struct
{
  BtAddr bind_v4;           /* family NONE: every interface */
  BtAddr bind_v6;
  gboolean bind_only;       /* an address was given: nothing is opened on the other family */
  guint16 port;             /* 0: let the system choose */
  guint64 down_limit;       /* bytes a second for the session */
  guint64 up_limit;
  guint max_peers;          /* connections in all */
  guint max_peers_per_torrent;
  guint half_open_limit;    /* outgoing connections being made at once */
  guint unchoke_slots;      /* peers a torrent uploads to at once */
  gboolean super_seed;      /* show a swarm without other seeds a few pieces at a time (BEP 16) */
  guint request_queue_time; /* seconds of data to keep asked for at a peer */
  gsize piece_memory;       /* bytes of pieces held before they are verified */
  guint hash_threads;       /* 0: one for each processor, at most four */
  gboolean preallocate_full; /* reserve the space at once; otherwise sparse files */
  guint64 space_floor;      /* bytes that downloads leave free on a file system, or a 64th of a small one */
  gboolean mark_partial;    /* names of new files end in ".part" until what is wanted is complete */
  guint announce_timeout;   /* seconds */
  gboolean dht;             /* look for peers in the DHT (BEP 5); off unless whoever makes the session says so */
  gboolean dht_read_only;   /* ask there and answer nothing (BEP 43) */
  const char *const *dht_bootstrap; /* "host:port", where to begin; NULL: the usual routers. Copied by bt_session_new() */
  gboolean pex;             /* tell peers of each other (BEP 11); never for private torrents */
  gboolean lsd;             /* call out to the local network (BEP 14); off unless whoever makes the session says so */
  guint stop_timeout;       /* seconds that a goodbye to trackers may take */
} BtConfig;

void bt_config_init_defaults (BtConfig *self);
void bt_config_clamp         (BtConfig *self);

G_END_DECLS
