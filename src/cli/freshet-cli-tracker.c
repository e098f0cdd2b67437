/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "freshet-cli.h"
#include "trk-server.h"

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
read_bind (const char *text, BtAddr *out, GError **error)
{
  if (bt_addr_parse_ip (out, text))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is not an IP address."), text);
  return FALSE;
}

static gboolean
listen_at (TrkServer *server, const char *bind, int port, GError **error)
{
  BtAddr addr;

  if (port < 0 || port > G_MAXUINT16)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("A port is a number from 0 to 65535."));
      return FALSE;
    }
  if (bind != NULL && !read_bind (bind, &addr, error))
    return FALSE;
  return trk_server_listen_http (server, bind != NULL ? &addr : NULL, (guint16) port, error);
}

static void
set_interval (TrkServer *server, int interval)
{
  TrkPolicy policy;

  trk_policy_init_defaults (&policy);
  policy.interval = (guint) interval;
  policy.min_interval = MIN (policy.min_interval, policy.interval);
  trk_server_set_policy (server, &policy);
}

/* One line, and at once: scripts read the address from it. */
static void
run (TrkServer *server)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *url = trk_server_dup_announce_url (server);
  guint interrupted = g_unix_signal_add (SIGINT, quit_cb, loop);
  guint terminated = g_unix_signal_add (SIGTERM, quit_cb, loop);

  g_print ("%s\n", url);
  g_main_loop_run (loop);
  g_source_remove (interrupted);
  g_source_remove (terminated);
}

int
freshet_cli_tracker (int argc, char **argv)
{
  g_autofree char *bind = NULL;
  int port = 6969, interval = 0;
  const GOptionEntry entries[] = {
    { "bind", 0, 0, G_OPTION_ARG_STRING, &bind, N_("Serve this address only"), N_("ADDRESS") },
    { "http", 0, 0, G_OPTION_ARG_INT, &port, N_("Port for HTTP (6969; 0 for any free one)"), N_("PORT") },
    { "interval", 0, 0, G_OPTION_ARG_INT, &interval, N_("Ask peers to come back after this time"), N_("SECONDS") },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(TrkServer) server = trk_server_new ();
  g_autoptr(GError) error = NULL;

  g_option_context_set_summary (context, _("Run a tracker until it is interrupted."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      freshet_cli_complain (error->message);
      return FRESHET_CLI_USAGE;
    }
  if (argc > 1)
    {
      g_printerr (_("freshet-cli: “%s” is not understood here.\n"), argv[1]);
      return FRESHET_CLI_USAGE;
    }
  if (interval < 0)
    {
      freshet_cli_complain (_("An interval is a number of seconds."));
      return FRESHET_CLI_USAGE;
    }
  if (interval > 0)
    set_interval (server, interval);
  if (!listen_at (server, bind, port, &error))
    {
      freshet_cli_complain (error->message);
      return g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE) ? FRESHET_CLI_USAGE : FRESHET_CLI_FAILED;
    }

  run (server);
  trk_server_close (server);
  return FRESHET_CLI_OK;
}
