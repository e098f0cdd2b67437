/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "freshet-application.h"

int
main (int argc, char *argv[])
{
  g_autoptr (FreshetApplication) app = NULL;
  /* Where translations are while nothing is installed. */
  const char *locale_dir = g_getenv ("FRESHET_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  app = freshet_application_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
