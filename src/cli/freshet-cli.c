/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *help;
} Command;

static const Command commands[] = {
  { "get", freshet_cli_get, N_("Download a torrent") },
  { "seed", freshet_cli_seed, N_("Share data that is complete") },
  { "check", freshet_cli_check, N_("Verify the data of a torrent") },
  { "show", freshet_cli_show, N_("Show what a torrent file or a magnet link says") },
  { "tracker", freshet_cli_tracker, N_("Run a tracker") },
  { "dht", freshet_cli_dht, N_("Run a DHT node") },
  { "demo", freshet_cli_demo, N_("Download a sample from this machine") },
};

static void
print_help (void)
{
  int width = 0;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    width = MAX (width, (int) strlen (commands[i].name));

  g_print ("%s\n  freshet-cli %s\n\n%s\n", _("Usage:"), _("COMMAND [OPTION…] …"), _("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-*s  %s\n", width, commands[i].name, _(commands[i].help));
  g_print ("\n%s\n", _("“freshet-cli COMMAND --help” tells more about a command."));
}

static int
run_command (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[0], commands[i].name) == 0)
      {
        g_autofree char *name = g_strconcat ("freshet-cli ", commands[i].name, NULL);

        /* What a command's own help calls it. */
        g_set_prgname (name);
        return commands[i].run (argc, argv);
      }
  g_printerr (_("freshet-cli: There is no command “%s”. “freshet-cli --help” lists them."), argv[0]);
  g_printerr ("\n");
  return FRESHET_CLI_USAGE;
}

/* "help COMMAND" is "COMMAND --help". */
static int
help (int argc, char **argv)
{
  char option[] = "--help";
  char *command[] = { argc > 0 ? argv[0] : NULL, option, NULL };

  if (argc > 0)
    return run_command (2, command);
  print_help ();
  return FRESHET_CLI_OK;
}

int
main (int argc, char **argv)
{
  /* Where translations are while nothing is installed. */
  const char *locale_dir = g_getenv ("FRESHET_LOCALEDIR");

  setlocale (LC_ALL, "");
  /* Without any locale set, as in a bare container, bars and spaces would be
   * question marks. */
  if (strcmp (nl_langinfo (CODESET), "ANSI_X3.4-1968") == 0)
    setlocale (LC_CTYPE, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (argc < 2)
    {
      g_printerr ("%s\n", _("freshet-cli: A command is missing. “freshet-cli --help” lists them."));
      return FRESHET_CLI_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    print_help ();
  else if (strcmp (argv[1], "help") == 0)
    return help (argc - 2, argv + 2);
  else if (strcmp (argv[1], "--version") == 0)
    g_print ("freshet-cli %s\n", PACKAGE_VERSION);
  else
    return run_command (argc - 1, argv + 1);
  return FRESHET_CLI_OK;
}
