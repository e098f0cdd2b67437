/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "freshet-application.h"
#include "freshet-window.h"
#include "ui-support.h"

/* The window is measured while it downloads as fast as the machine can, with
 * the seed and the tracker in the same process and on the same main loop:
 * nothing that the engine does may keep a person waiting. */

#define SIZE ((guint64) 1 << 30)

/* A stall longer than this can be felt. */
#define MAX_STALL 50000 /* microseconds */
#define MIN_FRAMES 50   /* a second */

/* Two clocks: what a person lives through, and the part of it in which the
 * machine gave this thread no processor, which is not the program's doing. */
typedef struct
{
  gint64 now;
  gint64 waited;
} Moment;

static struct
{
  GPollFunc poll;
  int schedstat; /* of the main thread; -1 where the kernel does not tell */
  Moment began;
  Moment left_poll; /* when the loop last had something to do */
  gint64 longest;
  gint64 longest_own; /* without the waiting for a processor */
  guint n_frames;
} meter;

/* Microseconds spent ready to run and not running: the second number. */
static gint64
time_waited (void)
{
  char text[128];
  ssize_t length = meter.schedstat >= 0 ? pread (meter.schedstat, text, sizeof text - 1, 0) : -1;
  g_auto (GStrv) fields = NULL;

  if (length <= 0)
    return 0;
  text[length] = '\0';
  fields = g_strsplit (text, " ", 3);
  return (gint64) (g_ascii_strtoull (fields[1], NULL, 10) / 1000);
}

static Moment
moment_now (void)
{
  return (Moment){ g_get_monotonic_time (), time_waited () };
}

/* The time between two visits of poll() is what input has to wait. */
static gint
metered_poll (GPollFD *fds, guint n_fds, gint timeout)
{
  Moment now = moment_now ();
  gint64 stall = now.now - meter.left_poll.now;
  gint n;

  meter.longest = MAX (meter.longest, stall);
  meter.longest_own = MAX (meter.longest_own, stall - (now.waited - meter.left_poll.waited));
  n = meter.poll (fds, n_fds, timeout);
  meter.left_poll = moment_now ();
  return n;
}

static void
meter_begin (void)
{
  meter.schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  meter.poll = g_main_context_get_poll_func (NULL);
  meter.began = meter.left_poll = moment_now ();
  meter.n_frames = 0;
  g_main_context_set_poll_func (NULL, metered_poll);
}

static void
meter_end (void)
{
  Moment now = moment_now ();
  double seconds = (double) (now.now - meter.began.now) / G_USEC_PER_SEC;
  double waited = (double) (now.waited - meter.began.waited) / G_USEC_PER_SEC;
  double frames = meter.n_frames / seconds;

  g_main_context_set_poll_func (NULL, meter.poll);
  close (meter.schedstat);
  g_test_message ("%.0f MB/s for %.1f s, %.1f s of them without a processor", (double) SIZE / 1e6 / seconds, seconds,
                  waited);
  g_test_message ("%.1f frames a second, longest stall %.1f ms, own %.1f ms", frames, (double) meter.longest / 1000,
                  (double) meter.longest_own / 1000);
  g_assert_cmpint (meter.longest_own, <, MAX_STALL);
  /* Frames that fell into the time without a processor could not be painted. */
  g_assert_cmpfloat (frames, >=, MIN_FRAMES * (1 - waited / seconds));
}

static void
painted_cb (GdkFrameClock *clock, gpointer data)
{
  meter.n_frames++;
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_quiet (gpointer data)
{
  /* The window has come and has painted a while. */
  return meter.n_frames > 30;
}

static gboolean
is_complete (gpointer data)
{
  return freshet_torrent_item_is_complete (data);
}

static void
prepare (FreshetDemo *demo)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  freshet_demo_prepare_async (demo, NULL, NULL, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_prepare_finish (demo, result, &error);
  g_assert_no_error (error);
}

static void
close_demo (FreshetDemo *demo)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  freshet_demo_close_async (demo, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_close_finish (demo, result, &error);
  g_assert_no_error (error);
  g_object_unref (demo);
}

static void
download (FreshetLibrary *library, FreshetDemo *demo)
{
  BtTorrentOptions options = { .folder = freshet_demo_get_download_folder (demo) };
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item = freshet_library_add (library, freshet_demo_get_metainfo (demo), &options, &error);

  g_assert_no_error (error);
  ui_wait (is_complete, item);
}

static void
test_window_stays_smooth (void)
{
  FreshetLibrary *library = ui_library_new ();
  FreshetDemo *demo = freshet_demo_new (SIZE);
  GtkWidget *window = GTK_WIDGET (freshet_window_new (NULL, library, NULL));

  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_add_tick_callback (window, tick_cb, NULL, NULL);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (painted_cb), NULL);
  prepare (demo);
  meter.n_frames = 0;
  ui_wait (is_quiet, NULL);
  meter_begin ();
  download (library, demo);
  meter_end ();
  gtk_window_destroy (GTK_WINDOW (window));
  ui_library_close (library);
  close_demo (demo);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  adw_init ();

  g_test_add_func ("/window/stays-smooth-at-full-speed", test_window_stays_smooth);
  return g_test_run ();
}
