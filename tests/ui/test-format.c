/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <locale.h>

#include "freshet-format.h"

/* Compares without regard to no-break spaces, and frees @actual. */
static void
assert_text (char *actual, const char *expected)
{
  g_auto (GStrv) parts = g_strsplit (actual, "\u00a0", -1);
  g_autofree char *plain = g_strjoinv (" ", parts);

  g_assert_cmpstr (plain, ==, expected);
  g_free (actual);
}

static void
test_percent_rounds_down (void)
{
  assert_text (freshet_format_percent (0.0), "0 %");
  assert_text (freshet_format_percent (0.529), "52 %");
  assert_text (freshet_format_percent (0.9999), "99 %");
  assert_text (freshet_format_percent (1.0), "100 %");
  assert_text (freshet_format_percent (7.0), "100 %");
}

static void
test_duration_has_two_units (void)
{
  assert_text (freshet_format_duration (0), "0 s");
  assert_text (freshet_format_duration (59), "59 s");
  assert_text (freshet_format_duration (60), "1 min");
  assert_text (freshet_format_duration (3600 + 5 * 60), "1 h 5 min");
  assert_text (freshet_format_duration (3 * 86400 + 4 * 3600), "3 d 4 h");
  assert_text (freshet_format_duration (G_MAXINT64), "a long time");
}

static void
test_rates_leave_out_what_stands (void)
{
  assert_text (freshet_format_rates (0, 0), "");
  assert_text (freshet_format_rates (12400000, 0), "↓ 12.4 MB/s");
  assert_text (freshet_format_rates (0, 1100000), "↑ 1.1 MB/s");
  assert_text (freshet_format_rates (12400000, 1100000), "↓ 12.4 MB/s   ↑ 1.1 MB/s");
}

static void
test_contents_counts_files (void)
{
  assert_text (freshet_format_contents (783000000, 1), "783.0 MB, 1 file");
  assert_text (freshet_format_contents (783000000, 3), "783.0 MB, 3 files");
}

typedef struct
{
  const char *path;
  BtTorrentStats stats;
  const char *text;
} StatusCase;

static const StatusCase status_cases[] = {
  { "/format/status/downloading",
    { .state = BT_TORRENT_DOWNLOADING, .wanted = 783000000, .verified = 412000000, .down_rate = 9100000, .eta = 41,
      .n_peers = 63, .n_sending = 14 },
    "412.0 MB of 783.0 MB (52 %) · 9.1 MB/s · 41 s left · from 14 of 63 peers" },
  { "/format/status/no-guess",
    { .state = BT_TORRENT_DOWNLOADING, .wanted = 1000, .verified = 0, .down_rate = 1, .eta = -1, .n_peers = 1,
      .n_sending = 1 },
    "0 bytes of 1.0 kB (0 %) · 1 byte/s · from 1 of 1 peer" },
  { "/format/status/nobody",
    { .state = BT_TORRENT_DOWNLOADING, .wanted = 1000, .eta = -1 },
    "0 bytes of 1.0 kB (0 %) · looking for peers" },
  { "/format/status/stalled",
    { .state = BT_TORRENT_DOWNLOADING, .wanted = 1000, .eta = -1, .n_peers = 3 },
    "0 bytes of 1.0 kB (0 %) · waiting for one of 3 peers to send" },
  { "/format/status/checking",
    { .state = BT_TORRENT_CHECKING, .wanted = 1000, .check_progress = 0.345 },
    "Checking the files that are here (34 %)" },
  { "/format/status/seeding",
    { .state = BT_TORRENT_SEEDING, .wanted = 1000000, .verified = 1000000, .up_rate = 2000, .n_peers = 2 },
    "1.0 MB · complete, sharing with 2 peers · 2.0 kB/s" },
  { "/format/status/alone",
    { .state = BT_TORRENT_SEEDING, .wanted = 1000000, .verified = 1000000 },
    "1.0 MB · complete, ready for others to fetch" },
  { "/format/status/long-files",
    { .state = BT_TORRENT_SEEDING, .wanted = 1000000, .verified = 1000000, .n_long_files = 2 },
    "1.0 MB · complete, ready for others to fetch · 2 files were longer before and are left so" },
  { "/format/status/moving",
    { .state = BT_TORRENT_DOWNLOADING, .wanted = 1000000, .moving = TRUE, .move_progress = 0.255 },
    "Moving the files (25 %)" },
  { "/format/status/paused",
    { .state = BT_TORRENT_PAUSED, .wanted = 2000000, .verified = 1000000 },
    "1.0 MB of 2.0 MB (50 %) · paused" },
  { "/format/status/paused-complete",
    { .state = BT_TORRENT_PAUSED, .wanted = 2000000, .verified = 2000000 },
    "2.0 MB · complete, paused" },
  { "/format/status/metadata",
    { .state = BT_TORRENT_METADATA, .metadata_size = 40000, .metadata_had = 16384, .n_tried = 5, .n_peers = 1 },
    "Fetching metadata (40 %)" },
  { "/format/status/metadata-of-nobody",
    { .state = BT_TORRENT_METADATA, .n_tried = 5 },
    "Fetching metadata, 5 peers tried" },
  { "/format/status/metadata-at-first",
    { .state = BT_TORRENT_METADATA },
    "Fetching metadata, looking for peers" },
  { "/format/status/paused-without-metadata",
    { .state = BT_TORRENT_PAUSED },
    "Paused before the metadata was here" },
  { "/format/status/failed",
    { .state = BT_TORRENT_ERROR },
    "Something went wrong" },
};

static void
test_status (gconstpointer data)
{
  const StatusCase *row = data;

  assert_text (freshet_format_status (&row->stats, NULL), row->text);
}

/* The sentence says it all; said twice it would be "The disk is full · … is full". */
static void
test_error_is_said_once (void)
{
  g_autoptr (GError) full = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "Could not write “a.iso”: the disk “Data” is full");
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "The moon is in the way");

  assert_text (freshet_format_error (full), "Could not write “a.iso”: the disk “Data” is full");
  assert_text (freshet_format_error (other), "The moon is in the way");
  assert_text (freshet_format_error (NULL), "Something went wrong");
}

typedef struct
{
  const char *path;
  GQuark (*domain) (void);
  int code;
  const char *text;
} OpenCase;

static const OpenCase open_cases[] = {
  { "/format/open-error/malformed", bt_error_quark, BT_ERROR_MALFORMED, "“a” is not a torrent file, or it is damaged" },
  { "/format/open-error/truncated", bt_error_quark, BT_ERROR_TRUNCATED, "“a” is not a torrent file, or it is damaged" },
  { "/format/open-error/too-large", bt_error_quark, BT_ERROR_TOO_LARGE, "“a” is too large for a torrent file" },
  { "/format/open-error/unsupported", bt_error_quark, BT_ERROR_UNSUPPORTED,
    "“a” is of a kind that cannot be downloaded yet" },
  { "/format/open-error/duplicate", bt_error_quark, BT_ERROR_DUPLICATE, "“a” is in the list already" },
  { "/format/open-error/folder", g_io_error_quark, G_IO_ERROR_IS_DIRECTORY, "“a” is a folder, not a torrent file" },
  { "/format/open-error/gone", g_io_error_quark, G_IO_ERROR_NOT_FOUND, "“a” was not found" },
  { "/format/open-error/secret", g_io_error_quark, G_IO_ERROR_PERMISSION_DENIED, "You may not read “a”" },
  { "/format/open-error/other", g_io_error_quark, G_IO_ERROR_FAILED, "“a” could not be opened: why" },
};

static void
test_open_error (gconstpointer data)
{
  const OpenCase *row = data;
  g_autoptr (GError) error = g_error_new_literal (row->domain (), row->code, "why");

  assert_text (freshet_format_open_error ("a", error), row->text);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/format/percent/rounds-down", test_percent_rounds_down);
  g_test_add_func ("/format/duration/has-two-units", test_duration_has_two_units);
  g_test_add_func ("/format/rates/leaves-out-nothing", test_rates_leave_out_what_stands);
  g_test_add_func ("/format/contents/counts-files", test_contents_counts_files);
  g_test_add_func ("/format/error/keeps-the-reason", test_error_is_said_once);
  for (guint i = 0; i < G_N_ELEMENTS (status_cases); i++)
    g_test_add_data_func (status_cases[i].path, &status_cases[i], test_status);
  for (guint i = 0; i < G_N_ELEMENTS (open_cases); i++)
    g_test_add_data_func (open_cases[i].path, &open_cases[i], test_open_error);
  return g_test_run ();
}
