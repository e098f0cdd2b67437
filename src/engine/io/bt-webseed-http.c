/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-webseed-private.h"

#include "bt-socket.h"

#include <string.h>

/* A server that is silent for this long has failed. */
#define TIMEOUT_SECONDS 30

/* Requests of a whole session. Connections are a few more, so that no request
 * ever waits for one inside libsoup, where it would look like a silent server. */
#define MAX_FETCHES 32u
#define MAX_CONNECTIONS 40

static SoupSession *
session_new (const BtAddr *local, const char *user_agent)
{
  g_autoptr (GSocketAddress) address = NULL;
  SoupSession *session;

  if (local != NULL)
    {
      BtAddr any_port = *local;

      any_port.port = 0;
      address = bt_socket_address_new (&any_port);
    }
  session = g_object_new (SOUP_TYPE_SESSION, "local-address", address, "user-agent", user_agent, "max-conns",
                          MAX_CONNECTIONS, "max-conns-per-host", MAX_CONNECTIONS, "idle-timeout", 15, NULL);
  /* A range of a compressed file is not a range of the file. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

static gboolean
is_bound (const BtAddr *local)
{
  static const guint8 any[16];

  return local != NULL && memcmp (local->ip, any, sizeof any) != 0;
}

BtWebseedHttp *
bt_webseed_http_new (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, const char *user_agent)
{
  BtWebseedHttp *self = g_new0 (BtWebseedHttp, 1);

  self->loop = loop;
  self->timeout = TIMEOUT_SECONDS;
  /* With any address of both families GIO finds out itself which one works. */
  if (v4 != NULL && v6 != NULL && !is_bound (v4) && !is_bound (v6))
    self->sessions[self->n_sessions++] = session_new (NULL, user_agent);
  else
    {
      if (v4 != NULL)
        self->sessions[self->n_sessions++] = session_new (v4, user_agent);
      if (v6 != NULL)
        self->sessions[self->n_sessions++] = session_new (v6, user_agent);
    }
  return self;
}

void
bt_webseed_http_free (BtWebseedHttp *self)
{
  g_assert (self->n_fetches == 0);
  for (guint i = 0; i < self->n_sessions; i++)
    {
      soup_session_abort (self->sessions[i]);
      g_object_unref (self->sessions[i]);
    }
  g_free (self);
}

void
bt_webseed_http_set_timeout (BtWebseedHttp *self, guint seconds)
{
  self->timeout = seconds;
}

gboolean
bt_webseed_http_is_full (const BtWebseedHttp *self)
{
  return self->n_fetches >= MAX_FETCHES;
}
