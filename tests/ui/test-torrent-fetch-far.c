/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-network.h"
#include "freshet-torrent-fetch.h"
#include "ui-support.h"

#include <libsoup/soup.h>
#include <string.h>

/* In a network of our own anybody may be the Internet. */
#define FAR "81.2.69.142"
#define HOME "127.0.0.1"

/* The key of nobody, and the certificate that nobody signed. */
static const char nobody[] =
  "-----BEGIN PRIVATE KEY-----\n"
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZFmnA6HYzXQvIqhs\n"
  "K7FZuV/zGJB2OypAdEVSG7zF/w+hRANCAAShBbtpbqGd6pLAXq/7AWfHQiTyhkAo\n"
  "A1FnNpvJGUhucOfprPlnKbiHHQumqaX9SUfx8xmsEq8WjLsDt0DbnYOM\n"
  "-----END PRIVATE KEY-----\n"
  "-----BEGIN CERTIFICATE-----\n"
  "MIIBejCCAR+gAwIBAgIUIZtRENE8gSfhiHEl7/rA10w+aZ8wCgYIKoZIzj0EAwIw\n"
  "ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyMjAzMDc1OVoYDzIxMjYxMDI5MDMw\n"
  "NzU5WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
  "AAShBbtpbqGd6pLAXq/7AWfHQiTyhkAoA1FnNpvJGUhucOfprPlnKbiHHQumqaX9\n"
  "SUfx8xmsEq8WjLsDt0DbnYOMo1MwUTAdBgNVHQ4EFgQU67Ua6U1KqaFctquJR5d3\n"
  "gujBwnYwHwYDVR0jBBgwFoAU67Ua6U1KqaFctquJR5d3gujBwnYwDwYDVR0TAQH/\n"
  "BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAm9Wy7i4bPc1TLrhIkRITwpirmC07\n"
  "aGnmyzL83fBIavACIQCZxqAJYRw6sCT+6VW8x1F7+/xV+MNUnJBQGfiL2ji5fA==\n"
  "-----END CERTIFICATE-----\n";

typedef struct
{
  SoupServer *server;
  guint16 port;
  guint n_requests;
} Host;

typedef struct
{
  GBytes *torrent;
  Host far;
  Host home;
} Fixture;

static gboolean own_network;

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Fixture *fixture = data;
  Host *host = server == fixture->far.server ? &fixture->far : &fixture->home;
  const char *to = query == NULL ? NULL : g_hash_table_lookup (query, "to");

  host->n_requests++;
  if (to != NULL)
    {
      g_autofree char *url = g_strdup_printf ("http://%s:%u/torrent", to, fixture->home.port);

      soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, strcmp (to, "same") == 0 ? "/torrent" : url);
      return;
    }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/x-bittorrent", SOUP_MEMORY_COPY, g_bytes_get_data (fixture->torrent, NULL),
                                    g_bytes_get_size (fixture->torrent));
}

static void
listen_at (Fixture *fixture, Host *host, const char *ip, GTlsCertificate *certificate)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (ip, 0);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  host->server = g_object_new (SOUP_TYPE_SERVER, "tls-certificate", certificate, NULL);
  soup_server_add_handler (host->server, NULL, request_cb, fixture, NULL);
  soup_server_listen (host->server, address, certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (host->server);
  host->port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("film.bin", 1000000);

  fixture->torrent = g_bytes_ref (bt_metainfo_get_bytes (metainfo));
}

static void
host_clear (Host *self)
{
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  host_clear (&fixture->far);
  host_clear (&fixture->home);
  g_bytes_unref (fixture->torrent);
}

static FreshetAddRequest *
fetch (const char *address, GError **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char *link = NULL;

  freshet_torrent_fetch_async (address, NULL, NULL, ui_result_cb, &result);
  done = ui_wait_result (&result);
  return freshet_torrent_fetch_finish (done, &link, error);
}

/* Whom the person names may be asked, and sends on to whomever it likes at home. */
static void
test_home_may_be_asked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetAddRequest) request = NULL;
  g_autofree char *address = NULL;

  if (!own_network)
    {
      g_test_skip ("no network of our own");
      return;
    }
  listen_at (fixture, &fixture->home, HOME, NULL);
  address = g_strdup_printf ("http://" HOME ":%u/?to=" HOME, fixture->home.port);
  request = fetch (address, NULL);
  g_assert_nonnull (request);
  g_assert_cmpuint (fixture->home.n_requests, ==, 2);
}

/* A server on the Internet sends nobody to machines that only the person can reach. */
static void
test_not_from_far (Fixture *fixture, gconstpointer to)
{
  g_autoptr (FreshetAddRequest) request = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  gboolean stays = strcmp (to, "same") == 0;

  if (!own_network)
    {
      g_test_skip ("no network of our own");
      return;
    }
  listen_at (fixture, &fixture->home, HOME, NULL);
  listen_at (fixture, &fixture->far, FAR, NULL);
  address = g_strdup_printf ("http://" FAR ":%u/?to=%s", fixture->far.port, (const char *) to);
  request = fetch (address, &error);
  g_assert_cmpuint (fixture->home.n_requests, ==, 0);
  g_assert_true ((request != NULL) == stays);
  if (stays)
    return;
  g_assert_error (error, BT_ERROR, BT_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "This address leads from the Internet into your own network");
}

static void
test_nobodys_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (nobody, -1, &error);
  g_autofree char *address = NULL;

  g_assert_no_error (error);
  listen_at (fixture, &fixture->home, HOME, certificate);
  address = g_strdup_printf ("https://" HOME ":%u/torrent", fixture->home.port);
  g_assert_null (fetch (address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "“127.0.0.1” cannot prove that it is that server");
  g_assert_cmpuint (fixture->home.n_requests, ==, 0);
}

#define ADD(path, data, function) g_test_add ("/torrent-fetch-far/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  own_network = bt_test_network_begin ();
  g_test_init (&argc, &argv, NULL);
  ADD ("home/may-be-asked", NULL, test_home_may_be_asked);
  ADD ("far/stays-there", "same", test_not_from_far);
  ADD ("far/to-this-machine", HOME, test_not_from_far);
  ADD ("far/to-its-name", "localhost", test_not_from_far);
  ADD ("far/to-any", "0.0.0.0", test_not_from_far);
  ADD ("far/in-other-words", "[::ffff:127.0.0.1]", test_not_from_far);
  ADD ("certificate/of-nobody", NULL, test_nobodys_certificate);
  return g_test_run ();
}
