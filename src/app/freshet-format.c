/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "freshet-format.h"
#include "freshet-store.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* A guess that is further away than this is no information. */
#define LONG_TIME (365 * (gint64) DAY)

char *
freshet_format_size (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
freshet_format_rate (guint64 bytes_per_second)
{
  g_autofree char *size = g_format_size (bytes_per_second);

  /* Translators: a speed; %s is a size such as “9.1 MB” */
  return g_strdup_printf (_ ("%s/s"), size);
}

char *
freshet_format_moving_rate (guint64 bytes_per_second)
{
  return bytes_per_second > 0 ? freshet_format_rate (bytes_per_second) : g_strdup ("");
}

char *
freshet_format_percent (double fraction)
{
  /* Translators: a part of a whole, such as “52 %” */
  return g_strdup_printf (_ ("%d %%"), (int) (CLAMP (fraction, 0.0, 1.0) * 100));
}

char *
freshet_format_duration (gint64 seconds)
{
  int s = (int) CLAMP (seconds, 0, LONG_TIME);

  if (seconds >= LONG_TIME)
    return g_strdup (C_ ("duration", "a long time"));
  if (s < MINUTE)
    /* Translators: seconds, such as “41 s” */
    return g_strdup_printf (_ ("%d s"), s);
  if (s < HOUR)
    /* Translators: minutes */
    return g_strdup_printf (_ ("%d min"), s / MINUTE);
  if (s < DAY)
    /* Translators: hours and minutes, such as “2 h 5 min” */
    return g_strdup_printf (_ ("%d h %d min"), s / HOUR, s % HOUR / MINUTE);
  /* Translators: days and hours, such as “3 d 4 h” */
  return g_strdup_printf (_ ("%d d %d h"), s / DAY, s % DAY / HOUR);
}

char *
freshet_format_contents (guint64 bytes, guint n_files)
{
  g_autofree char *size = g_format_size (bytes);

  /* Translators: what is in a torrent: a size, and how many files */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %u file", "%s, %u files", n_files), size, n_files);
}

char *
freshet_format_rates (guint64 down, guint64 up)
{
  g_autofree char *down_text = freshet_format_rate (down);
  g_autofree char *up_text = freshet_format_rate (up);

  if (down > 0 && up > 0)
    /* Translators: the speeds of all downloads and all uploads */
    return g_strdup_printf (_ ("↓ %s   ↑ %s"), down_text, up_text);
  if (down > 0)
    return g_strdup_printf (C_ ("download speed", "↓ %s"), down_text);
  if (up > 0)
    return g_strdup_printf (C_ ("upload speed", "↑ %s"), up_text);
  return g_strdup ("");
}

/* Keeps a short part in one piece when the line is broken. Frees @part. */
static char *
glue (char *part)
{
  g_auto (GStrv) words = g_strsplit (part, " ", -1);

  g_free (part);
  return g_strjoinv ("\u00a0", words);
}

/* "412.0 MB of 783.0 MB (52 %)" */
static char *
format_amount (const BtTorrentStats *stats)
{
  g_autofree char *done = g_format_size (stats->verified);
  g_autofree char *all = g_format_size (stats->wanted);
  g_autofree char *percent = NULL;

  if (stats->verified >= stats->wanted)
    return g_steal_pointer (&all);
  percent = freshet_format_percent ((double) stats->verified / (double) stats->wanted);
  /* Translators: how much is here of how much, and the same in percent */
  return glue (g_strdup_printf (_ ("%s of %s (%s)"), done, all, percent));
}

/* The sentence; the array is of no use afterwards. A dot ends a line rather
 * than to begin one. */
static char *
join_parts (GPtrArray *parts)
{
  g_ptr_array_add (parts, NULL);
  return g_strjoinv ("\u00a0· ", (char **) parts->pdata);
}

static char *
format_senders (const BtTorrentStats *stats)
{
  /* Translators: the peers that send us data just now, of all connected peers */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "from %u of %u peer", "from %u of %u peers", stats->n_peers),
                          stats->n_sending, stats->n_peers);
}

static void
add_progress_parts (GPtrArray *parts, const BtTorrentStats *stats)
{
  g_ptr_array_add (parts, glue (freshet_format_rate (stats->down_rate)));
  if (stats->eta >= 0)
    {
      g_autofree char *time = freshet_format_duration (stats->eta);

      /* Translators: time until a download is complete, such as “41 s left” */
      g_ptr_array_add (parts, glue (g_strdup_printf (_ ("%s left"), time)));
    }
  g_ptr_array_add (parts, glue (format_senders (stats)));
}

/* Why nothing arrives, in words. */
static char *
format_stall (const BtTorrentStats *stats)
{
  switch (stats->stall)
    {
    case BT_STALL_LIMIT:
      return g_strdup (_ ("held back by the speed limits"));
    case BT_STALL_DISK:
      return g_strdup (_ ("waiting for the disk"));
    case BT_STALL_TRACKER:
      return g_strdup (_ ("looking for peers, but no tracker answers"));
    case BT_STALL_UNREACHABLE:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "the only known peer does not answer",
                                           "none of %u known peers answers", stats->n_known_peers),
                              stats->n_known_peers);
    case BT_STALL_NOTHING_NEW:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u peer, which has nothing that is missing",
                                           "%u peers, which have nothing that is missing", stats->n_peers),
                              stats->n_peers);
    case BT_STALL_CHOKED:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u peer, which serves others first",
                                           "%u peers, which all serve others first", stats->n_peers),
                              stats->n_peers);
    case BT_STALL_NONE:
    case BT_STALL_NO_PEERS:
    default:
      if (stats->n_peers == 0)
        return g_strdup (_ ("looking for peers"));
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "waiting for %u peer to send",
                                           "waiting for one of %u peers to send", stats->n_peers),
                              stats->n_peers);
    }
}

static char *
format_downloading (const BtTorrentStats *stats)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (parts, format_amount (stats));
  if (stats->down_rate == 0)
    g_ptr_array_add (parts, format_stall (stats));
  else
    add_progress_parts (parts, stats);
  return join_parts (parts);
}

static char *
format_seeding (const BtTorrentStats *stats)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (parts, format_amount (stats));
  if (stats->n_peers == 0)
    g_ptr_array_add (parts, g_strdup (_ ("complete, ready for others to fetch")));
  else
    g_ptr_array_add (parts, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "complete, sharing with %u peer",
                                                          "complete, sharing with %u peers", stats->n_peers),
                                             stats->n_peers));
  if (stats->up_rate > 0)
    g_ptr_array_add (parts, glue (freshet_format_rate (stats->up_rate)));
  if (stats->n_long_files > 0)
    g_ptr_array_add (parts, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file was longer before and is left so",
                                                          "%u files were longer before and are left so", stats->n_long_files),
                                             stats->n_long_files));
  return join_parts (parts);
}

char *
freshet_format_metadata (const BtTorrentStats *stats)
{
  g_autofree char *percent = NULL;

  if (stats->metadata_size > 0)
    {
      percent = freshet_format_percent ((double) stats->metadata_had / (double) stats->metadata_size);
      /* Translators: the metadata, which says what a magnet link leads to, is being downloaded */
      return g_strdup_printf (_ ("Fetching metadata (%s)"), percent);
    }
  if (stats->n_tried == 0)
    return g_strdup (_ ("Fetching metadata, looking for peers"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Fetching metadata, %u peer tried", "Fetching metadata, %u peers tried",
                                       stats->n_tried),
                          stats->n_tried);
}

static gboolean
knows_nothing (const BtTorrentStats *stats)
{
  return stats->wanted == 0 && (stats->metadata_size == 0 || stats->metadata_had < stats->metadata_size);
}

static char *
format_paused (const BtTorrentStats *stats)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (knows_nothing (stats))
    return g_strdup (_ ("Paused before the metadata was here"));
  g_ptr_array_add (parts, format_amount (stats));
  if (stats->queued)
    /* Translators: the torrent starts when it is its turn */
    g_ptr_array_add (parts, g_strdup (_ ("queued")));
  else
    g_ptr_array_add (parts, g_strdup (stats->verified >= stats->wanted ? _ ("complete, paused") : _ ("paused")));
  return join_parts (parts);
}

char *
freshet_format_status (const BtTorrentStats *stats, const GError *error)
{
  g_autofree char *percent = NULL;

  if (stats->moving && stats->state != BT_TORRENT_ERROR)
    {
      percent = freshet_format_percent (stats->move_progress);
      /* Translators: the files are being brought to another folder */
      return g_strdup_printf (_ ("Moving the files (%s)"), percent);
    }
  switch (stats->state)
    {
    case BT_TORRENT_METADATA:
      return freshet_format_metadata (stats);
    case BT_TORRENT_CHECKING:
      percent = freshet_format_percent (stats->check_progress);
      /* Translators: the files on disk are compared with the torrent */
      return g_strdup_printf (_ ("Checking the files that are here (%s)"), percent);
    case BT_TORRENT_DOWNLOADING:
      return format_downloading (stats);
    case BT_TORRENT_SEEDING:
      return format_seeding (stats);
    case BT_TORRENT_ERROR:
      return freshet_format_error (error);
    case BT_TORRENT_PAUSED:
    default:
      return format_paused (stats);
    }
}

const char *
freshet_format_state (const BtTorrentStats *stats)
{
  switch (stats->state)
    {
    case BT_TORRENT_METADATA:
      return C_ ("state", "Fetching metadata");
    case BT_TORRENT_CHECKING:
      return C_ ("state", "Checking");
    case BT_TORRENT_DOWNLOADING:
      return stats->stall != BT_STALL_NONE ? C_ ("state", "Waiting") : C_ ("state", "Downloading");
    case BT_TORRENT_SEEDING:
      return C_ ("state", "Seeding");
    case BT_TORRENT_ERROR:
      return C_ ("state", "Failed");
    case BT_TORRENT_PAUSED:
    default:
      return stats->verified >= stats->wanted ? C_ ("state", "Complete") : C_ ("state", "Paused");
    }
}

/* Whoever failed said so in a sentence, in the person's language: nothing is
 * said before or behind it that it says itself. */
char *
freshet_format_error (const GError *error)
{
  return g_strdup (error != NULL ? error->message : _ ("Something went wrong"));
}

char *
freshet_format_files_left (const char *name, const GError *error, guint n_left)
{
  g_autofree char *reason = error == NULL ? NULL : freshet_format_error (error);

  if (reason != NULL)
    return g_strdup_printf (_ ("Files of “%s” are still there: %s"), name, reason);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file of “%s” was there before and stays", "%u files of “%s” were there before and stay", n_left),
                          n_left, name);
}

char *
freshet_format_files_shared (const char *name, guint n)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file of “%s” stays where it was as well: another torrent has it too",
                                       "%u files of “%s” stay where they were as well: another torrent has them too", n),
                          n, name);
}

static char *
format_content_error (const char *name, const GError *error)
{
  switch ((BtError) error->code)
    {
    case BT_ERROR_TOO_LARGE:
      return g_strdup_printf (_ ("“%s” is too large for a torrent file"), name);
    case BT_ERROR_UNSUPPORTED:
      return g_strdup_printf (_ ("“%s” is of a kind that cannot be downloaded yet"), name);
    case BT_ERROR_DUPLICATE:
      return g_strdup_printf (_ ("“%s” is in the list already"), name);
    case BT_ERROR_MALFORMED:
    case BT_ERROR_TRUNCATED:
    case BT_ERROR_PROTOCOL:
    case BT_ERROR_REFUSED:
    default:
      return g_strdup_printf (_ ("“%s” is not a torrent file, or it is damaged"), name);
    }
}

char *
freshet_format_open_error (const char *name, const GError *error)
{
  if (error->domain == BT_ERROR)
    return format_content_error (name, error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY))
    return g_strdup_printf (_ ("“%s” is a folder, not a torrent file"), name);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return g_strdup_printf (_ ("“%s” was not found"), name);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return g_strdup_printf (_ ("You may not read “%s”"), name);
  return g_strdup_printf (_ ("“%s” could not be opened: %s"), name, error->message);
}

char *
freshet_format_store_note (guint state, const char *detail)
{
  g_autofree char *name = detail == NULL ? g_strdup ("") : g_filename_display_basename (detail);

  switch ((FreshetStoreState) state)
    {
    case FRESHET_STORE_RESTORED:
      /* Translators: %s is the name of a file */
      return g_strdup_printf (_ ("The library was damaged and has been restored from a backup. The damaged one is kept as “%s”."), name);
    case FRESHET_STORE_LOST:
      /* Translators: %s is the name of a file */
      return g_strdup_printf (_ ("The library was damaged, and there was no backup. What could be read of it is here; it is kept as “%s”."), name);
    case FRESHET_STORE_NEWER:
      return g_strdup (_ ("A newer version of Freshet wrote the library. It is left as it is, and what you add now is forgotten at the end."));
    case FRESHET_STORE_IN_USE:
      return g_strdup (_ ("Another program uses the library. What you add here is forgotten at the end."));
    case FRESHET_STORE_FINE:
    case FRESHET_STORE_FAILED:
    default:
      /* Translators: %s is what the system says */
      return g_strdup_printf (_ ("The library cannot be written, and what you add may be forgotten: %s"), detail != NULL ? detail : "");
    }
}

char *
freshet_format_link_error (const char *name, const GError *error)
{
  if (g_error_matches (error, BT_ERROR, BT_ERROR_DUPLICATE))
    return g_strdup_printf (_ ("“%s” is in the list already"), name);
  if (g_error_matches (error, BT_ERROR, BT_ERROR_UNSUPPORTED))
    return g_strdup_printf (_ ("“%s” is of a kind that cannot be downloaded yet"), name);
  if (error->domain == BT_ERROR)
    return g_strdup (_ ("This magnet link is damaged"));
  return g_strdup_printf (_ ("“%s” could not be opened: %s"), name, error->message);
}
