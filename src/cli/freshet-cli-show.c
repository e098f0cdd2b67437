/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "bt-engine.h"
#include "bt-error.h"
#include "freshet-format.h"

/* Columns of a terminal, where many East Asian letters take two. */
static int
width_of (const char *text)
{
  int width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    width += g_unichar_iszerowidth (g_utf8_get_char (text)) ? 0 : g_unichar_iswide (g_utf8_get_char (text)) ? 2 : 1;
  return width;
}

/* What turns the direction of the text around it. */
static gboolean
is_bidi_control (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

/* Strangers' words may hold sequences that command the terminal, or make a
 * line look like another. */
static char *
make_printable (const char *text)
{
  GString *clean = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c == '\r')
        continue;
      g_string_append_unichar (clean, c != '\n' && (g_unichar_iscntrl (c) || is_bidi_control (c)) ? 0xfffd : c);
    }
  return g_string_free (clean, FALSE);
}

static char *
to_hex (const guint8 *bytes, gsize length)
{
  GString *hex = g_string_sized_new (length * 2);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

static const char *const labels[] = {
  N_("Name"), N_("Info-hash"), N_("Info-hash v2"), N_("Size"), N_("Files"), N_("Pieces"), N_("Private"),
  N_("Comment"), N_("Created by"), N_("Created on"), N_("Trackers"), N_("Web seeds"), N_("Peers"), N_("DHT nodes"),
};

static int
label_column (void)
{
  int width = 0;

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    width = MAX (width, width_of (_(labels[i])));
  return width + 2;
}

/* A label and what belongs to it; more lines are set below the first. */
static void
print_row (const char *label, const char *value)
{
  g_autofree char *clean = make_printable (value);
  g_auto(GStrv) lines = g_strsplit (g_strstrip (clean), "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_print ("%s%*s%s\n", label, label_column () - width_of (label), "", lines[i]);
      label = "";
    }
}

static void
print_hash (const char *label, const guint8 *bytes, gsize length)
{
  g_autofree char *hex = to_hex (bytes, length);

  print_row (label, hex);
}

static void
print_sizes (BtMetainfo *metainfo)
{
  g_autofree char *size = g_format_size_full (bt_metainfo_get_real_length (metainfo), G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *piece = g_format_size_full (bt_metainfo_get_piece_length (metainfo), G_FORMAT_SIZE_IEC_UNITS);
  guint n_pieces = bt_metainfo_get_n_pieces (metainfo);
  g_autofree char *files = g_strdup_printf ("%'u", bt_metainfo_get_n_real_files (metainfo));
  /* Translators: a number of pieces and the size of each */
  g_autofree char *pieces = g_strdup_printf (ngettext ("%'u of %s", "%'u of %s each", n_pieces), n_pieces, piece);

  print_row (_("Size"), size);
  print_row (_("Files"), files);
  print_row (_("Pieces"), pieces);
}

static void
print_origin (BtMetainfo *metainfo)
{
  gint64 created = bt_metainfo_get_creation_date (metainfo);
  g_autoptr(GDateTime) date = created == 0 ? NULL : g_date_time_new_from_unix_local (created);
  g_autofree char *text = date == NULL ? NULL : g_date_time_format (date, "%c");

  if (bt_metainfo_is_private (metainfo))
    print_row (_("Private"), _("yes"));
  if (bt_metainfo_get_comment (metainfo) != NULL)
    print_row (_("Comment"), bt_metainfo_get_comment (metainfo));
  if (bt_metainfo_get_created_by (metainfo) != NULL)
    print_row (_("Created by"), bt_metainfo_get_created_by (metainfo));
  if (text != NULL)
    print_row (_("Created on"), text);
}

static void
print_urls (BtMetainfo *metainfo)
{
  const char *const *lists[] = { bt_metainfo_get_url_list (metainfo), bt_metainfo_get_httpseeds (metainfo) };
  const char *label = _("Trackers");

  for (guint tier = 0; tier < bt_metainfo_get_n_tiers (metainfo); tier++)
    for (const char *const *url = bt_metainfo_get_tier (metainfo, tier); *url != NULL; url++)
      {
        /* Trackers of one tier stand for each other, so a tier is set apart. */
        g_autofree char *text = g_strdup_printf ("%u  %s", tier + 1, *url);

        print_row (label, text);
        label = "";
      }

  label = _("Web seeds");
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const char *const *url = lists[i]; *url != NULL; url++)
      {
        print_row (label, *url);
        label = "";
      }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const BtFileInfo *const *) a)->path, (*(const BtFileInfo *const *) b)->path);
}

/* The folders of @path that the path before was not in. */
static guint
print_folders (const char *path, const char *before)
{
  guint depth = 0;
  gsize same = 0;

  while (path[same] != '\0' && path[same] == before[same])
    same++;
  for (const char *start = path, *slash; (slash = strchr (start, '/')) != NULL; start = slash + 1, depth++)
    if ((gsize) (slash - path) >= same)
      g_print ("%12s%*s%.*s/\n", "", (int) depth * 2 + 2, "", (int) (slash - start), start);
  return depth;
}

static void
print_file (const BtFileInfo *file, guint depth)
{
  g_autofree char *size = g_format_size (file->length);
  const char *slash = strrchr (file->path, '/');
  const char *name = slash == NULL ? file->path : slash + 1;

  g_print ("%*s%s%*s%s%s%s\n", MAX (0, 12 - width_of (size)), "", size, (int) depth * 2 + 2, "", name,
           file->symlink_target == NULL ? "" : " → ", file->symlink_target == NULL ? "" : file->symlink_target);
}

static void
print_tree (BtMetainfo *metainfo)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new ();
  const char *before = "";

  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *file = bt_metainfo_get_file (metainfo, i);

      if (!(file->flags & BT_FILE_PAD))
        g_ptr_array_add (files, (gpointer) file);
    }
  /* Sorted, what is in one folder is together. */
  g_ptr_array_sort (files, compare_paths);

  g_print ("\n");
  for (guint i = 0; i < files->len; i++)
    {
      const BtFileInfo *file = g_ptr_array_index (files, i);

      print_file (file, print_folders (file->path, before));
      before = file->path;
    }
}

static void
print_for_people (BtMetainfo *metainfo)
{
  print_row (_("Name"), bt_metainfo_get_name (metainfo));
  if (bt_metainfo_has_v1 (metainfo))
    print_hash (_("Info-hash"), bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
  if (bt_metainfo_has_v2 (metainfo))
    print_hash (_("Info-hash v2"), bt_metainfo_get_info_hash_v2 (metainfo), BT_SHA256_LENGTH);
  print_sizes (metainfo);
  print_origin (metainfo);
  print_urls (metainfo);
  print_tree (metainfo);
}

/* Always UTF-8, whatever the terminal's encoding: it is for programs. */
static void
print_for_programs (BtMetainfo *metainfo)
{
  g_autofree char *v1 = bt_metainfo_has_v1 (metainfo) ? to_hex (bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH) : g_strdup ("-");
  g_autofree char *v2 = bt_metainfo_has_v2 (metainfo) ? to_hex (bt_metainfo_get_info_hash_v2 (metainfo), BT_SHA256_LENGTH) : g_strdup ("-");

  printf ("%s\t%s\t%u\t%" G_GUINT64_FORMAT "\t%u\t%s\n", v1, v2, bt_metainfo_get_n_real_files (metainfo),
          bt_metainfo_get_real_length (metainfo), bt_metainfo_get_piece_length (metainfo),
          bt_metainfo_get_name (metainfo));
}

static void
print_list (const char *label, GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    print_row (i == 0 ? label : "", values->pdata[i]);
}

static void
print_selection (const GArray *files)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < files->len; i++)
    {
      const BtMagnetRange *range = &g_array_index (files, BtMagnetRange, i);

      g_string_append_printf (text, range->first == range->last ? "%s%u" : "%s%u–%u", i == 0 ? "" : ", ", range->first, range->last);
    }
  if (text->len > 0)
    print_row (_("Files"), text->str);
}

static void
print_magnet_for_people (const BtMagnet *magnet)
{
  if (magnet->name != NULL)
    print_row (_("Name"), magnet->name);
  if (magnet->has_v1)
    print_hash (_("Info-hash"), magnet->info_hash, BT_SHA1_LENGTH);
  if (magnet->has_v2)
    print_hash (_("Info-hash v2"), magnet->info_hash_v2, BT_SHA256_LENGTH);
  print_selection (magnet->files);
  print_list (_("Trackers"), magnet->trackers);
  print_list (_("Web seeds"), magnet->web_seeds);
  print_list (_("Peers"), magnet->peers);
  print_list (_("DHT nodes"), magnet->nodes);
}

static void
print_magnet_for_programs (const BtMagnet *magnet)
{
  g_autofree char *v1 = magnet->has_v1 ? to_hex (magnet->info_hash, BT_SHA1_LENGTH) : g_strdup ("-");
  g_autofree char *v2 = magnet->has_v2 ? to_hex (magnet->info_hash_v2, BT_SHA256_LENGTH) : g_strdup ("-");

  printf ("%s\t%s\t%s\t%u\t%u\t%u\t%u\n", v1, v2, magnet->name == NULL ? "-" : magnet->name, magnet->trackers->len,
          magnet->web_seeds->len, magnet->nodes->len, magnet->peers->len);
}

static int
show_magnet (const char *link, gboolean tsv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMagnet) magnet = bt_magnet_new (link, &error);

  if (magnet == NULL)
    {
      freshet_cli_complain (error->message);
      return FRESHET_CLI_FAILED;
    }
  if (tsv)
    print_magnet_for_programs (magnet);
  else if (magnet->has_v1 || magnet->has_v2)
    print_magnet_for_people (magnet);
  else
    {
      freshet_cli_complain (_("The magnet link is damaged: its hash is not one of a torrent."));
      return FRESHET_CLI_FAILED;
    }
  return FRESHET_CLI_OK;
}

static void
complain_of (const char *path, const GError *error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *message = error->domain == BT_ERROR ? g_strdup_printf ("%s: %s", name, error->message)
                                                       : freshet_format_open_error (name, error);

  freshet_cli_complain (message);
}

int
freshet_cli_show (int argc, char **argv)
{
  gboolean tsv = FALSE;
  const GOptionEntry entries[] = {
    { "tsv", 0, 0, G_OPTION_ARG_NONE, &tsv, N_("One line for programs; the manual names its columns"), NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (_("FILE.torrent|MAGNET"));
  g_autoptr(BtMetainfo) metainfo = NULL;
  g_autoptr(GError) error = NULL;

  g_option_context_set_summary (context, _("Show what a torrent file or a magnet link says."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      freshet_cli_complain (error->message);
      return FRESHET_CLI_USAGE;
    }
  if (argc != 2)
    {
      freshet_cli_complain (_("“show” takes one torrent file or magnet link. “freshet-cli show --help” tells more."));
      return FRESHET_CLI_USAGE;
    }

  if (bt_magnet_is_link (argv[1]))
    return show_magnet (argv[1], tsv);
  metainfo = freshet_cli_read (argv[1], &error);
  if (metainfo == NULL)
    {
      complain_of (argv[1], error);
      return FRESHET_CLI_FAILED;
    }
  if (tsv)
    print_for_programs (metainfo);
  else
    print_for_people (metainfo);
  return FRESHET_CLI_OK;
}
