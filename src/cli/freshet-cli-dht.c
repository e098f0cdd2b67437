/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli.h"

#include "bt-engine.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

/* Looks at the node: each is a line for programs, and for people when
 * something has changed. */
#define UPDATE_MS 1000

typedef struct
{
  char *bind;
  int port;
  char **bootstrap;
  gboolean read_only;
  char *state;
  char *ready_file;
  gboolean json;
} Options;

typedef struct
{
  const Options *options;
  GMainLoop *loop;
  BtSession *session;
  char *told;
  gboolean stopping;
  int exit_code;
} Run;

static void
options_clear (Options *self)
{
  g_free (self->bind);
  g_strfreev (self->bootstrap);
  g_free (self->state);
  g_free (self->ready_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static char *
id_to_string (const guint8 *id)
{
  GString *hex = g_string_new (NULL);

  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    g_string_append_printf (hex, "%02x", id[i]);
  return g_string_free (hex, FALSE);
}

static void
print_json_family (const char *name, const BtDhtFamilyStats *family)
{
  g_autofree char *id = id_to_string (family->id);

  if (family->used)
    g_print (",\"%s\":{\"id\":\"%s\",\"nodes\":%u,\"good\":%u,\"spares\":%u,\"hashes\":%u,\"peers\":%u}",
             name, id, family->n_nodes, family->n_good, family->n_spares, family->n_hashes, family->n_peers);
}

static void
print_json_table (BtSession *session)
{
  g_autoptr (GArray) contacts = bt_session_dup_dht_contacts (session);
  char addr[BT_ADDR_STRING_MAX];

  g_print (",\"table\":[");
  for (guint i = 0; i < contacts->len; i++)
    {
      const BtDhtContactStats *contact = &g_array_index (contacts, BtDhtContactStats, i);
      g_autofree char *id = id_to_string (contact->id);

      g_print ("%s{\"address\":\"%s\",\"id\":\"%s\",\"good\":%s,\"delay\":%u,\"silent\":%" G_GINT64_FORMAT "}", i > 0 ? "," : "",
               bt_addr_to_string (&contact->addr, addr), id, contact->good ? "true" : "false", contact->delay, contact->silent);
    }
  g_print ("]}\n");
  fflush (stdout);
}

static void
print_json (BtSession *session)
{
  BtDhtStats stats;

  bt_session_get_dht_stats (session, &stats);
  g_print ("{\"port\":%u", bt_session_get_port (session));
  print_json_family ("v4", &stats.families[0]);
  print_json_family ("v6", &stats.families[1]);
  g_print (",\"pings\":%" G_GUINT64_FORMAT ",\"find_nodes\":%" G_GUINT64_FORMAT ",\"get_peers\":%" G_GUINT64_FORMAT
           ",\"announces\":%" G_GUINT64_FORMAT ",\"samples\":%" G_GUINT64_FORMAT ",\"others\":%" G_GUINT64_FORMAT
           ",\"answered\":%" G_GUINT64_FORMAT ",\"refused\":%" G_GUINT64_FORMAT,
           stats.pings, stats.find_nodes, stats.get_peers, stats.announces, stats.samples, stats.others, stats.answered, stats.refused);
  g_print (",\"asked\":%" G_GUINT64_FORMAT ",\"replies\":%" G_GUINT64_FORMAT ",\"timeouts\":%" G_GUINT64_FORMAT
           ",\"limited\":%" G_GUINT64_FORMAT ",\"malformed\":%" G_GUINT64_FORMAT ",\"unasked\":%" G_GUINT64_FORMAT
           ",\"bad_tokens\":%" G_GUINT64_FORMAT ",\"bytes_in\":%" G_GUINT64_FORMAT ",\"bytes_out\":%" G_GUINT64_FORMAT,
           stats.asked, stats.replies, stats.timeouts, stats.limited, stats.malformed, stats.unasked, stats.bad_tokens,
           stats.bytes_in, stats.bytes_out);
  print_json_table (session);
}

static void
append_family (GString *line, const char *name, const BtDhtFamilyStats *family)
{
  if (!family->used)
    return;
  g_string_append_printf (line, "%s%s: ", line->len > 0 ? "; " : "", name);
  g_string_append_printf (line, g_dngettext (GETTEXT_PACKAGE, "%u node", "%u nodes", family->n_good), family->n_good);
  g_string_append (line, ", ");
  g_string_append_printf (line, g_dngettext (GETTEXT_PACKAGE, "%u torrent stored", "%u torrents stored", family->n_hashes), family->n_hashes);
}

/* Only what is news. */
static void
print_line (Run *run)
{
  g_autoptr (GString) line = g_string_new (NULL);
  BtDhtStats stats;

  bt_session_get_dht_stats (run->session, &stats);
  append_family (line, "IPv4", &stats.families[0]);
  append_family (line, "IPv6", &stats.families[1]);
  if (g_strcmp0 (line->str, run->told) == 0)
    return;
  g_free (run->told);
  run->told = g_strdup (line->str);
  g_print ("%s\n", line->str);
  fflush (stdout);
}

static void
print_table (BtSession *session)
{
  g_autoptr (GArray) contacts = bt_session_dup_dht_contacts (session);
  char addr[BT_ADDR_STRING_MAX];
  BtDhtStats stats;

  for (guint i = 0; i < contacts->len; i++)
    {
      const BtDhtContactStats *contact = &g_array_index (contacts, BtDhtContactStats, i);
      g_autofree char *id = id_to_string (contact->id);

      /* Translators: one node of a table: its id, where it is, how long it took to answer */
      g_print (_("%s  %-47s  %u ms"), id, bt_addr_to_string (&contact->addr, addr), contact->delay);
      g_print ("%s\n", contact->good ? "" : _("  silent"));
    }
  bt_session_get_dht_stats (session, &stats);
  g_print (_("Asked %lu times, with %lu answers; was asked %lu times.\n"), (gulong) stats.asked, (gulong) stats.replies,
           (gulong) (stats.pings + stats.find_nodes + stats.get_peers + stats.announces + stats.samples + stats.others));
}

static void
update (Run *run)
{
  if (run->options->json)
    print_json (run->session);
  else
    print_line (run);
}

static gboolean
update_cb (gpointer data)
{
  Run *run = data;

  if (!run->stopping)
    update (run);
  return G_SOURCE_CONTINUE;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *run = data;

  bt_session_stop_finish (run->session, result, NULL);
  g_main_loop_quit (run->loop);
}

static void
save_state (Run *run)
{
  g_autoptr (GBytes) state = bt_session_dup_dht_state (run->session);
  g_autoptr (GError) error = NULL;

  if (run->options->state == NULL)
    return;
  if (!g_file_set_contents (run->options->state, g_bytes_get_data (state, NULL), (gssize) g_bytes_get_size (state), &error))
    {
      freshet_cli_complain (error->message);
      run->exit_code = FRESHET_CLI_FAILED;
    }
}

static gboolean
interrupted_cb (gpointer data)
{
  Run *run = data;

  if (run->stopping)
    return G_SOURCE_CONTINUE;
  run->stopping = TRUE;
  if (run->options->json)
    print_json (run->session);
  else
    print_table (run->session);
  save_state (run);
  bt_session_stop_async (run->session, stopped_cb, run);
  return G_SOURCE_CONTINUE;
}

gboolean
freshet_cli_check_hosts (char **hosts)
{
  for (; hosts != NULL && *hosts != NULL; hosts++)
    {
      g_autoptr (GSocketConnectable) address = g_network_address_parse (*hosts, 0, NULL);
      g_autofree char *message = NULL;

      if (address != NULL && g_network_address_get_port (G_NETWORK_ADDRESS (address)) != 0 &&
          g_network_address_get_hostname (G_NETWORK_ADDRESS (address))[0] != '\0')
        continue;
      message = g_strdup_printf (_("“%s” is not a host and a port, like dht.example.org:6881."), *hosts);
      freshet_cli_complain (message);
      return FALSE;
    }
  return TRUE;
}

static gboolean
make_config (const Options *options, BtConfig *config)
{
  g_autofree char *message = NULL;
  BtAddr addr;

  bt_config_init_defaults (config);
  config->port = (guint16) options->port;
  config->dht = TRUE;
  config->dht_read_only = options->read_only;
  config->dht_bootstrap = (const char *const *) options->bootstrap;
  if (options->port < 0 || options->port > 65535)
    message = g_strdup (_("A port is a number from 0 to 65535."));
  else if (options->bind != NULL && !bt_addr_parse_ip (&addr, options->bind))
    message = g_strdup_printf (_("“%s” is not an IP address."), options->bind);
  if (message != NULL)
    {
      freshet_cli_complain (message);
      return FALSE;
    }
  if (options->bind == NULL)
    return TRUE;
  config->bind_only = TRUE;
  if (addr.family == BT_ADDR_V4)
    config->bind_v4 = addr;
  else
    config->bind_v6 = addr;
  return TRUE;
}

/* The first run has no such file yet. */
static void
restore_state (Run *run)
{
  g_autofree char *contents = NULL;
  g_autoptr (GBytes) state = NULL;
  gsize length;

  if (run->options->state == NULL || !g_file_get_contents (run->options->state, &contents, &length, NULL))
    return;
  state = g_bytes_new_take (g_steal_pointer (&contents), length);
  bt_session_restore_dht_state (run->session, state);
}

static gboolean
start (Run *run)
{
  g_autoptr (GError) error = NULL;

  restore_state (run);
  if (bt_session_start (run->session, &error) &&
      (run->options->ready_file == NULL || g_file_set_contents (run->options->ready_file, "", 0, &error)))
    return TRUE;
  freshet_cli_complain (error->message);
  return FALSE;
}

static int
run_node (Run *run)
{
  guint sources[3];

  if (!start (run))
    return FRESHET_CLI_FAILED;
  if (!run->options->json)
    {
      g_print (_("A DHT node on port %u, until it is interrupted.\n"), bt_session_get_port (run->session));
      fflush (stdout);
    }
  update (run);
  sources[0] = g_unix_signal_add (SIGINT, interrupted_cb, run);
  sources[1] = g_unix_signal_add (SIGTERM, interrupted_cb, run);
  sources[2] = g_timeout_add (UPDATE_MS, update_cb, run);
  g_main_loop_run (run->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return run->exit_code;
}

static gboolean
parse (Options *self, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "bind", 0, 0, G_OPTION_ARG_STRING, &self->bind, N_("Use this local address only"), N_("ADDRESS") },
    { "port", 0, 0, G_OPTION_ARG_INT, &self->port, N_("Port of the node (6881; 0 for any free one)"), N_("PORT") },
    { "bootstrap", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->bootstrap, N_("Begin at this node; may be given more than once"), N_("HOST:PORT") },
    { "read-only", 0, 0, G_OPTION_ARG_NONE, &self->read_only, N_("Ask others, and answer nothing"), NULL },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &self->state, N_("Keep the node’s id and good nodes in this file"), N_("FILE") },
    { "ready-file", 0, 0, G_OPTION_ARG_FILENAME, &self->ready_file, N_("Make this file when the node can be asked"), N_("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("Print table and counters as JSON, an object a second"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, _("Run a DHT node until it is interrupted, and show its table and counters."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      freshet_cli_complain (error->message);
      return FALSE;
    }
  if (*argc > 1)
    {
      g_printerr (_("freshet-cli: “%s” is not understood here.\n"), (*argv)[1]);
      return FALSE;
    }
  return TRUE;
}

int
freshet_cli_dht (int argc, char **argv)
{
  g_auto (Options) options = { .port = 6881 };
  g_autoptr (BtSession) session = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  BtConfig config;
  Run run = { .options = &options, .exit_code = FRESHET_CLI_OK };
  int exit_code;

  if (!parse (&options, &argc, &argv) || !freshet_cli_check_hosts (options.bootstrap) || !make_config (&options, &config))
    return FRESHET_CLI_USAGE;
  if (!freshet_cli_check_file (options.state) || !freshet_cli_check_file (options.ready_file))
    return FRESHET_CLI_FAILED;
  run.session = session = bt_session_new (&config);
  run.loop = loop = g_main_loop_new (NULL, FALSE);
  exit_code = run_node (&run);
  g_free (run.told);
  return exit_code;
}
