/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-tracker"

#include "config.h"

#include "trk-server.h"

#include "trk-http.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* The whole store is swept about once a minute, a little at a time so that no
 * turn of the main loop is long. */
#define TRK_SERVER_SWEEP_SECONDS 2
#define TRK_SERVER_SWEEP_PARTS 30

struct _TrkServer
{
  GObject parent_instance;

  TrkPolicy policy;
  TrkStore *store;
  TrkHttp *http;
  GSource *sweep_source;
  BtAddr bind; /* family NONE: all addresses */
  guint16 http_port;
};

G_DEFINE_FINAL_TYPE (TrkServer, trk_server, G_TYPE_OBJECT)

static guint32
now_seconds (void)
{
  return (guint32) (g_get_monotonic_time () / G_USEC_PER_SEC);
}

static const TrkPolicy *
http_policy (gpointer host)
{
  TrkServer *self = host;

  return &self->policy;
}

static void
http_announce (const BtAnnounceRequest *request, const BtAddr *source, BtAnnounceReply *reply, GByteArray *ids, gpointer host)
{
  TrkServer *self = host;

  trk_store_announce (self->store, request, source, now_seconds (), reply, ids);
}

static void
http_scrape (const guint8 *info_hash, BtScrapeEntry *entry, gpointer host)
{
  TrkServer *self = host;

  trk_store_scrape (self->store, info_hash, entry);
}

static const TrkHttpHost http_host = { http_policy, http_announce, http_scrape };

static gboolean
sweep_cb (gpointer user_data)
{
  TrkServer *self = user_data;

  trk_store_sweep (self->store, now_seconds (), TRK_SERVER_SWEEP_PARTS);
  return G_SOURCE_CONTINUE;
}

static void
start_sweep (TrkServer *self)
{
  if (self->sweep_source != NULL)
    return;
  self->sweep_source = g_timeout_source_new_seconds (TRK_SERVER_SWEEP_SECONDS);
  g_source_set_static_name (self->sweep_source, "trk-server sweep");
  g_source_set_callback (self->sweep_source, sweep_cb, self, NULL);
  g_source_attach (self->sweep_source, g_main_context_get_thread_default ());
}

static void
stop_sweep (TrkServer *self)
{
  if (self->sweep_source == NULL)
    return;
  g_source_destroy (self->sweep_source);
  g_clear_pointer (&self->sweep_source, g_source_unref);
}

static gboolean
read_interface (const struct ifaddrs *interface, BtAddr *out)
{
  const struct sockaddr *address = interface->ifa_addr;

  if (address == NULL || !(interface->ifa_flags & IFF_UP) || (interface->ifa_flags & IFF_LOOPBACK))
    return FALSE;
  if (address->sa_family == AF_INET)
    bt_addr_init_v4 (out, (const guint8 *) &((const struct sockaddr_in *) (const void *) address)->sin_addr, 0);
  else if (address->sa_family == AF_INET6)
    bt_addr_init_v6 (out, (const guint8 *) &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr, 0);
  else
    return FALSE;
  /* Link-local addresses mean nothing without the interface's name. */
  return out->family == BT_ADDR_V4 || out->ip[0] != 0xfe || (out->ip[1] & 0xc0) != 0x80;
}

/* IPv4 first: on a home network everything else has that as well. */
static void
choose_own_address (BtAddr *out)
{
  struct ifaddrs *interfaces = NULL;
  BtAddr found;

  bt_addr_parse_ip (out, "127.0.0.1");
  if (getifaddrs (&interfaces) != 0)
    return;
  for (struct ifaddrs *at = interfaces; at != NULL; at = at->ifa_next)
    if (read_interface (at, &found) && (found.family == BT_ADDR_V4 || bt_addr_is_loopback (out)))
      {
        *out = found;
        if (found.family == BT_ADDR_V4)
          break;
      }
  freeifaddrs (interfaces);
}

static void
trk_server_dispose (GObject *object)
{
  trk_server_close (TRK_SERVER (object));

  G_OBJECT_CLASS (trk_server_parent_class)->dispose (object);
}

static void
trk_server_finalize (GObject *object)
{
  TrkServer *self = TRK_SERVER (object);

  g_clear_pointer (&self->store, trk_store_free);

  G_OBJECT_CLASS (trk_server_parent_class)->finalize (object);
}

static void
trk_server_class_init (TrkServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = trk_server_dispose;
  object_class->finalize = trk_server_finalize;
}

/* The key only keeps strangers from choosing hash slots, and nothing is
 * signed with it, so the system's seed for GLib is good enough. */
static TrkStore *
make_store (const TrkPolicy *policy)
{
  return trk_store_new (policy, ((guint64) g_random_int () << 32) | g_random_int ());
}

static void
trk_server_init (TrkServer *self)
{
  trk_policy_init_defaults (&self->policy);
  self->store = make_store (&self->policy);
}

TrkServer *
trk_server_new (void)
{
  return g_object_new (TRK_TYPE_SERVER, NULL);
}

void
trk_server_set_policy (TrkServer *self, const TrkPolicy *policy)
{
  g_return_if_fail (TRK_IS_SERVER (self));
  g_return_if_fail (policy != NULL);

  self->policy = *policy;
  trk_policy_clamp (&self->policy);
  trk_store_set_policy (self->store, &self->policy);
}

gboolean
trk_server_listen_http (TrkServer *self, const BtAddr *bind, guint16 port, GError **error)
{
  g_autoptr(TrkHttp) http = NULL;

  g_return_val_if_fail (TRK_IS_SERVER (self), FALSE);
  g_return_val_if_fail (self->http == NULL, FALSE);

  http = trk_http_new (&http_host, self);
  self->http_port = trk_http_listen (http, bind, port, error);
  if (self->http_port == 0)
    return FALSE;

  self->http = g_steal_pointer (&http);
  memset (&self->bind, 0, sizeof self->bind);
  if (bind != NULL)
    self->bind = *bind;
  start_sweep (self);
  return TRUE;
}

guint16
trk_server_get_http_port (TrkServer *self)
{
  g_return_val_if_fail (TRK_IS_SERVER (self), 0);

  return self->http_port;
}

char *
trk_server_dup_announce_url (TrkServer *self)
{
  char host[BT_ADDR_STRING_MAX];
  BtAddr addr;

  g_return_val_if_fail (TRK_IS_SERVER (self), NULL);

  if (self->http_port == 0)
    return NULL;
  addr = self->bind;
  if (addr.family == BT_ADDR_NONE)
    choose_own_address (&addr);
  addr.port = self->http_port;
  return g_strdup_printf ("http://%s/announce", bt_addr_to_string (&addr, host));
}

void
trk_server_get_stats (TrkServer *self, TrkStats *stats)
{
  g_return_if_fail (TRK_IS_SERVER (self));
  g_return_if_fail (stats != NULL);

  trk_store_get_stats (self->store, stats);
}

void
trk_server_close (TrkServer *self)
{
  g_return_if_fail (TRK_IS_SERVER (self));

  stop_sweep (self);
  g_clear_pointer (&self->http, trk_http_free);
  self->http_port = 0;
  if (self->store != NULL)
    {
      trk_store_free (self->store);
      self->store = make_store (&self->policy);
    }
}
