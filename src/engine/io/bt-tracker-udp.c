/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-tracker-udp.h"

#include "bt-announce-udp.h"
#include "bt-error.h"
#include "bt-names.h"
#include "bt-tracker-url.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A client may use a connection id for a minute (BEP 15). */
#define CONNECTION_LIFE (60 * G_USEC_PER_SEC)

/* How often what is of no more use is looked for. */
#define FORGET_INTERVAL (60 * G_USEC_PER_SEC)

/* Addresses of one name that are tried. */
#define MAX_ADDRESSES 4u

/* Requests of many torrents want the same connection: it is asked for once in
 * this time at most. */
#define CONNECT_PAUSE (G_USEC_PER_SEC / 4)

/* Requests that one tracker has to answer at once: those of a thousand
 * torrents, sent together, would not fit in its queue. */
#define MAX_ASKING 64u

/* Time-outs and cancellations are noticed after at most this. */
#define TICK_MS 200

/* One address of a tracker, and our connection to it. */
typedef struct
{
  BtAddr addr;            /* first: it is the key */
  guint64 connection_id;
  gint64 valid_until;
  guint32 transaction_id; /* of the connect under way */
  gint64 asked_at;        /* 0: none is */
  gint64 heard_at;        /* its last answer to a request */
  guint n_users;          /* requests that point here */
  guint n_asking;         /* ... and are ASKING */
} Server;

typedef enum
{
  LOOKING_UP,
  CONNECTING,
  WAITING,                /* until others have their answer */
  ASKING,
  FAILED,                 /* the tick says so */
} Step;

/* One announce or scrape. */
typedef struct
{
  BtTrackerUrl url;
  BtAddrFamily family;
  BtAnnounceRequest request;
  guint8 (*hashes)[BT_SHA1_LENGTH]; /* NULL: an announce */
  guint n_hashes;
  gint64 timeout;
  GCancellable *cancellable;
  BtTrackerFunc func;
  BtTrackerScrapeFunc scrape_func;
  gpointer data;

  Step step;
  const BtName *name;     /* while LOOKING_UP */
  GArray *addrs;          /* what it found */
  guint next_addr;
  Server *server;
  guint64 connection_id;  /* that was sent */
  gboolean trusts_old;    /* the connection may be of before a tracker's restart */
  guint32 transaction_id;
  gint64 again_at;        /* sent once more, G_MAXINT64 when it was */
  gint64 give_up_at;
  GError *error;
} Request;

struct _BtTrackerUdp
{
  BtLoop *loop;
  BtUdp *udp;
  BtTrackerUdpRandom random;
  BtNames *names;
  GPtrArray *requests;       /* of Request */
  GHashTable *servers;       /* of Server, by address */
  GSource *tick_source;      /* while there are requests */
  gint64 forget_at;
};

static void
set_step (Request *self, Step step)
{
  if (self->step == ASKING)
    self->server->n_asking--;
  self->step = step;
  if (step == ASKING)
    self->server->n_asking++;
}

static void
set_server (Request *self, Server *server)
{
  if (self->server != NULL)
    self->server->n_users--;
  self->server = server;
  if (server != NULL)
    server->n_users++;
}

static void
request_free (Request *self)
{
  set_step (self, FAILED);
  set_server (self, NULL);
  g_clear_pointer (&self->addrs, g_array_unref);
  bt_tracker_url_clear (&self->url);
  g_free (self->hashes);
  g_object_unref (self->cancellable);
  g_clear_error (&self->error);
  g_free (self);
}

/* The next tick is now. */
static void
poke (gpointer data)
{
  BtTrackerUdp *self = data;

  if (self->tick_source != NULL)
    g_source_set_ready_time (self->tick_source, 0);
}

/* The request is taken out first: who is told may make the next. */
static void
request_end (BtTrackerUdp *self, Request *request, const BtAnnounceReply *reply, const GArray *entries, const GError *error)
{
  g_ptr_array_remove_fast (self->requests, request);
  if (request->step == ASKING && request->server->n_asking == MAX_ASKING)
    poke (self);
  if (request->hashes != NULL)
    request->scrape_func (entries, error, request->data);
  else
    request->func (reply, error, request->data);
  request_free (request);
}

static void
request_fail (BtTrackerUdp *self, Request *request)
{
  if (request->error == NULL)
    request->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("The tracker did not answer."));
  request_end (self, request, NULL, NULL, request->error);
}

static void
begin_step (Request *self, Step step, gint64 now)
{
  set_step (self, step);
  self->again_at = now + self->timeout / 3;
  self->give_up_at = now + self->timeout;
}

static gboolean
send_connect (BtTrackerUdp *self, Server *server, gint64 now)
{
  guint8 packet[BT_ANNOUNCE_UDP_MAX_QUERY];

  if (server->asked_at != 0 && now - server->asked_at < CONNECT_PAUSE)
    return TRUE;
  /* Sent again it is the same, so that a late answer to the first will do. */
  if (server->asked_at == 0)
    server->transaction_id = self->random ();
  server->asked_at = now;
  return bt_udp_send (self->udp, &server->addr, packet, bt_announce_udp_write_connect (packet, server->transaction_id));
}

static gboolean
send_request (BtTrackerUdp *self, Request *request)
{
  const Server *server = request->server;
  guint8 packet[BT_ANNOUNCE_UDP_MAX_QUERY];
  gsize length;

  request->connection_id = server->connection_id;
  if (request->hashes != NULL)
    length = bt_announce_udp_write_scrape (packet, server->connection_id, request->transaction_id,
                                           (const guint8 (*)[BT_SHA1_LENGTH]) request->hashes, request->n_hashes);
  else
    length = bt_announce_udp_write_announce (packet, server->connection_id, request->transaction_id,
                                             &request->request, request->url.url_data);
  return bt_udp_send (self->udp, &server->addr, packet, length);
}

/* Returns: FALSE when it cannot be sent */
static gboolean
ask (BtTrackerUdp *self, Request *request, gint64 now)
{
  if (now >= request->server->valid_until)
    {
      request->trusts_old = FALSE;
      begin_step (request, CONNECTING, now);
      return send_connect (self, request->server, now);
    }
  if (request->server->n_asking >= MAX_ASKING)
    {
      begin_step (request, WAITING, now);
      return TRUE;
    }
  begin_step (request, ASKING, now);
  return send_request (self, request);
}

static Server *
get_server (BtTrackerUdp *self, const BtAddr *addr)
{
  Server *server = g_hash_table_lookup (self->servers, addr);

  if (server == NULL)
    {
      server = g_new0 (Server, 1);
      server->addr = *addr;
      g_hash_table_insert (self->servers, &server->addr, server);
    }
  return server;
}

/* Goes on to the next address that can be sent to. */
static void
try_next_address (BtTrackerUdp *self, Request *request, gint64 now)
{
  while (request->next_addr < MIN (request->addrs->len, MAX_ADDRESSES))
    {
      BtAddr addr = g_array_index (request->addrs, BtAddr, request->next_addr++);

      addr.port = request->url.port;
      set_step (request, LOOKING_UP);
      set_server (request, get_server (self, &addr));
      request->trusts_old = TRUE;
      request->transaction_id = self->random ();
      if (ask (self, request, now))
        return;
      if (request->error == NULL)
        request->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, _ ("The tracker cannot be reached from here."));
    }
  set_step (request, FAILED);
  poke (self);
}

/* The id that the tracker gave may be none that it knows any more. */
static void
connect_anew (BtTrackerUdp *self, Request *request, gint64 now)
{
  Server *server = request->server;
  gboolean renewed = now < server->valid_until && server->connection_id != request->connection_id;

  request->trusts_old = FALSE;
  if (!renewed)
    {
      server->valid_until = 0;
      set_step (request, CONNECTING);
    }
  if (!(renewed ? send_request (self, request) : send_connect (self, server, now)))
    try_next_address (self, request, now);
}

static void
send_again (BtTrackerUdp *self, Request *request, gint64 now)
{
  request->again_at = G_MAXINT64;
  if (request->step == WAITING)
    return;
  if (request->step == ASKING && request->trusts_old)
    connect_anew (self, request, now);
  else if (!(request->step == ASKING ? send_request (self, request) : send_connect (self, request->server, now)))
    try_next_address (self, request, now);
}

static void
looked_up (BtTrackerUdp *self, Request *request, gint64 now)
{
  const BtName *name = g_steal_pointer (&request->name);

  request->addrs = g_array_ref (name->addrs);
  if (name->error != NULL)
    request->error = g_error_copy (name->error);
  try_next_address (self, request, now);
}

static void
give_up (BtTrackerUdp *self, Request *request, gint64 now)
{
  if (request->step == CONNECTING)
    request->server->asked_at = 0;
  try_next_address (self, request, now);
}

static gboolean
is_under_way (const Request *self)
{
  return self->step == CONNECTING || self->step == WAITING || self->step == ASKING;
}

/* The time of one that waits for its turn begins anew while others have answers. */
static gboolean
is_too_late (const Request *self, gint64 now)
{
  return now >= self->give_up_at && (self->step != WAITING || now >= self->server->heard_at + self->timeout);
}

static void
tick_request (BtTrackerUdp *self, Request *request, gint64 now)
{
  if (g_cancellable_is_cancelled (request->cancellable))
    {
      g_clear_error (&request->error);
      g_cancellable_set_error_if_cancelled (request->cancellable, &request->error);
      set_step (request, FAILED);
    }
  else if (request->step == LOOKING_UP && !request->name->running)
    looked_up (self, request, now);
  else if (request->step == WAITING && request->server->n_asking < MAX_ASKING)
    {
      if (!ask (self, request, now))
        try_next_address (self, request, now);
    }
  else if (is_under_way (request) && is_too_late (request, now))
    give_up (self, request, now);
  else if (is_under_way (request) && now >= request->again_at)
    send_again (self, request, now);
  if (request->step == FAILED)
    request_fail (self, request);
}

/* After a tick no request waits for a name that is known. */
static void
forget_old (BtTrackerUdp *self, gint64 now)
{
  GHashTableIter iter;
  Server *server;

  self->forget_at = now + FORGET_INTERVAL;
  g_hash_table_iter_init (&iter, self->servers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    if (now >= server->valid_until && server->n_users == 0)
      g_hash_table_iter_remove (&iter);
  bt_names_forget (self->names);
}

static gboolean
tick_cb (gpointer data)
{
  BtTrackerUdp *self = data;
  gint64 now = bt_loop_now (self->loop);

  /* Who is told of an end may only add at the end. */
  for (guint i = self->requests->len; i-- > 0;)
    tick_request (self, self->requests->pdata[i], now);
  if (self->requests->len == 0 || now >= self->forget_at)
    forget_old (self, now);
  if (self->requests->len > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->tick_source, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
take_connection (BtTrackerUdp *self, const BtAnnounceUdpAnswer *answer, const BtAddr *from, gint64 now)
{
  Server *server = g_hash_table_lookup (self->servers, from);

  if (server == NULL || server->asked_at == 0 || server->transaction_id != answer->transaction_id)
    return;
  server->connection_id = answer->connection_id;
  server->valid_until = now + CONNECTION_LIFE;
  server->asked_at = 0;
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = self->requests->pdata[i];

      if (request->step != CONNECTING || request->server != server)
        continue;
      if (!ask (self, request, now))
        try_next_address (self, request, now);
    }
}

/* A refused connect is the end of all that wait for it, at this address. */
static void
take_connect_error (BtTrackerUdp *self, const BtAnnounceUdpAnswer *answer, const BtAddr *from, gint64 now)
{
  Server *server = g_hash_table_lookup (self->servers, from);

  if (server == NULL || server->asked_at == 0 || server->transaction_id != answer->transaction_id)
    return;
  server->asked_at = 0;
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = self->requests->pdata[i];

      if (request->step != CONNECTING || request->server != server)
        continue;
      g_clear_error (&request->error);
      g_set_error_literal (&request->error, BT_ERROR, BT_ERROR_REFUSED, "");
      g_free (request->error->message);
      request->error->message = bt_announce_udp_dup_error (answer);
      try_next_address (self, request, now);
    }
}

static Request *
find_request (BtTrackerUdp *self, guint32 transaction_id, const BtAddr *from)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = self->requests->pdata[i];

      if (request->step == ASKING && request->transaction_id == transaction_id && bt_addr_equal (&request->server->addr, from))
        return request;
    }
  return NULL;
}

static void
finish_announce (BtTrackerUdp *self, Request *request, const BtAnnounceUdpAnswer *answer)
{
  BtAnnounceReply reply;

  bt_announce_reply_init (&reply);
  bt_announce_udp_read_reply (answer, request->family, &reply);
  request_end (self, request, &reply, NULL, NULL);
  bt_announce_reply_clear (&reply);
}

static void
finish_scrape (BtTrackerUdp *self, Request *request, const BtAnnounceUdpAnswer *answer)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  g_autofree char *text = NULL;

  if (answer->action == BT_ANNOUNCE_UDP_ERROR)
    {
      text = bt_announce_udp_dup_error (answer);
      g_clear_error (&request->error);
      g_set_error_literal (&request->error, BT_ERROR, BT_ERROR_REFUSED, text);
      request_fail (self, request);
      return;
    }
  bt_announce_udp_read_scrape (answer, (const guint8 (*)[BT_SHA1_LENGTH]) request->hashes, request->n_hashes, entries);
  request_end (self, request, NULL, entries, NULL);
}

static void
received (const guint8 *bytes, gsize length, const BtAddr *from, gpointer data)
{
  BtTrackerUdp *self = data;
  gint64 now = bt_loop_now (self->loop);
  BtAnnounceUdpAnswer answer;
  Request *request;

  if (!bt_announce_udp_parse_answer (bytes, length, &answer))
    return;
  if (answer.action == BT_ANNOUNCE_UDP_CONNECT)
    {
      take_connection (self, &answer, from, now);
      return;
    }
  request = find_request (self, answer.transaction_id, from);
  if (request != NULL)
    request->server->heard_at = now;
  if (request == NULL)
    {
      if (answer.action == BT_ANNOUNCE_UDP_ERROR)
        take_connect_error (self, &answer, from, now);
    }
  else if (answer.action == BT_ANNOUNCE_UDP_ERROR && request->trusts_old)
    connect_anew (self, request, now);
  else if (request->hashes != NULL && answer.action != BT_ANNOUNCE_UDP_ANNOUNCE)
    finish_scrape (self, request, &answer);
  else if (request->hashes == NULL && answer.action != BT_ANNOUNCE_UDP_SCRAPE)
    finish_announce (self, request, &answer);
}

/* The message must hold what only who saw our packet can know: its id. */
static void
unreachable (const guint8 *bytes, gsize length, const BtAddr *to, gpointer data)
{
  BtTrackerUdp *self = data;
  gint64 now = bt_loop_now (self->loop);
  Server *server = g_hash_table_lookup (self->servers, to);
  BtAnnounceUdpQuery query;
  BtReader reader;
  guint32 action;

  bt_reader_init (&reader, bytes, length);
  if (server == NULL || !bt_reader_u64 (&reader, &query.connection_id) || !bt_reader_u32 (&reader, &action) ||
      !bt_reader_u32 (&reader, &query.transaction_id))
    return;
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = self->requests->pdata[i];

      if (request->server != server ||
          !((request->step == CONNECTING && query.transaction_id == server->transaction_id) ||
            (request->step == ASKING && query.transaction_id == request->transaction_id)))
        continue;
      if (request->error == NULL)
        request->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, _ ("Nothing answers at the tracker’s address."));
      give_up (self, request, now);
    }
}

static const BtUdpHost udp_host = {
  .received = received,
  .unreachable = unreachable,
};

BtTrackerUdp *
bt_tracker_udp_new (BtLoop *loop, BtUdp *udp, BtTrackerUdpRandom random)
{
  BtTrackerUdp *self = g_new0 (BtTrackerUdp, 1);

  self->loop = loop;
  self->udp = udp;
  self->random = random;
  self->names = bt_names_new (loop, poke, self);
  self->requests = g_ptr_array_new ();
  self->servers = g_hash_table_new_full (bt_addr_hash, bt_addr_equal, NULL, g_free);
  bt_udp_set_host (udp, BT_UDP_TRACKER, &udp_host, self);
  return self;
}

void
bt_tracker_udp_free (BtTrackerUdp *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session has ended.");

  bt_udp_set_host (self->udp, BT_UDP_TRACKER, NULL, NULL);
  while (self->requests->len > 0)
    request_end (self, self->requests->pdata[self->requests->len - 1], NULL, NULL, error);
  if (self->tick_source != NULL)
    g_source_destroy (self->tick_source);
  g_clear_pointer (&self->tick_source, g_source_unref);
  bt_names_free (self->names);
  g_ptr_array_unref (self->requests);
  g_hash_table_unref (self->servers);
  g_free (self);
}

static Request *
request_begin (BtTrackerUdp *self, const char *url, BtAddrFamily family, guint timeout_seconds, GCancellable *cancellable, gpointer data)
{
  Request *request = g_new0 (Request, 1);

  request->family = family;
  request->timeout = timeout_seconds * G_USEC_PER_SEC;
  request->cancellable = g_object_ref (cancellable);
  request->data = data;
  request->step = FAILED;
  if (!bt_udp_has_family (self->udp, family))
    g_set_error (&request->error, BT_ERROR, BT_ERROR_UNSUPPORTED, _ ("There is no IPv%d here."), family);
  else if (bt_tracker_url_parse (&request->url, url, &request->error))
    {
      request->step = LOOKING_UP;
      request->name = bt_names_get (self->names, request->url.host, family);
    }
  g_ptr_array_add (self->requests, request);
  if (self->tick_source == NULL)
    self->tick_source = bt_loop_every (self->loop, "bt-tracker-udp tick", TICK_MS, tick_cb, self);
  if (request->step == FAILED || !request->name->running)
    poke (self);
  return request;
}

void
bt_tracker_udp_announce (BtTrackerUdp *self, const char *url, BtAddrFamily family, const BtAnnounceRequest *request, guint timeout_seconds, GCancellable *cancellable, BtTrackerFunc func, gpointer data)
{
  Request *announce = request_begin (self, url, family, timeout_seconds, cancellable, data);

  announce->request = *request;
  announce->func = func;
}

void
bt_tracker_udp_scrape (BtTrackerUdp *self, const char *url, BtAddrFamily family, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes, guint timeout_seconds, GCancellable *cancellable, BtTrackerScrapeFunc func, gpointer data)
{
  Request *scrape;

  g_return_if_fail (n_hashes > 0);

  scrape = request_begin (self, url, family, timeout_seconds, cancellable, data);
  scrape->n_hashes = MIN (n_hashes, BT_ANNOUNCE_UDP_MAX_SCRAPE);
  scrape->hashes = g_memdup2 (hashes, (gsize) scrape->n_hashes * BT_SHA1_LENGTH);
  scrape->scrape_func = func;
}
