/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "freshet-about.h"

#define COMMON_PROPERTIES \
  "application-icon", APP_ID, \
    "application-name", _ ("Freshet"), \
    "version", PACKAGE_VERSION, \
    "comments", _ ("Downloads and shares files with BitTorrent"), \
    "developer-name", _ ("The Freshet authors"), \
    "website", "https://github.com/freshet/freshet", \
    "issue-url", "https://github.com/freshet/freshet/issues", \
    "copyright", "© 2026 The Freshet authors", \
    "license-type", GTK_LICENSE_GPL_3_0, \
    "translator-credits", _ ("translator-credits")

void
freshet_about_present (GtkWindow *parent)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  /* Built against a newer library than the one we promise to run on. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  AdwDialog *dialog = g_object_new (ADW_TYPE_ABOUT_DIALOG, COMMON_PROPERTIES, NULL);

  adw_dialog_present (dialog, GTK_WIDGET (parent));
  G_GNUC_END_IGNORE_DEPRECATIONS
#else
  GtkWindow *window = g_object_new (ADW_TYPE_ABOUT_WINDOW, "transient-for", parent, COMMON_PROPERTIES, NULL);

  gtk_window_present (window);
#endif
}
