/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <fcntl.h>
#include <locale.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bt-test-loop.h"
#include "freshet-application.h"
#include "freshet-window.h"
#include "ui-stops.h"
#include "ui-support.h"

/* The window is measured while it downloads as fast as the machine can, with
 * the seed and the tracker in the same process and on the same main loop:
 * nothing that the engine does may keep a person waiting. */

#define SIZE ((guint64) 1 << 30)

/* A stall longer than this can be felt, on a machine of usual speed. */
#define MAX_STALL 50000 /* microseconds */
#define MIN_FRAMES 50   /* a second */

/* Stalls are looked at more closely from here on. */
#define STALL 10000

/* When others had more than this share of the machine, a thread that has a lock
 * may have waited for a processor and this one for the lock: that is measured
 * again, and is no measurement in the end. */
#define MAX_OTHERS 0.25
#define TRIES 3

/* Two clocks: what a person lives through, and the part of it in which the
 * machine gave this thread no processor, which is not the program's doing. No
 * more is what happened while nothing in this process could go on (UiStops). */
typedef struct
{
  gint64 now;
  gint64 waited;
} Moment;

typedef struct
{
  double frames; /* a second */
  double awake;  /* the share of the time in which this thread had a processor if it wanted one */
  double others; /* the share of the machine that others had */
  double stall;  /* the longest that is the program's own, microseconds */
} Result;

static struct
{
  GPollFunc poll;
  int schedstat; /* of the main thread; -1 where the kernel does not tell */
  Moment began;
  double others_began;
  Moment left_poll; /* when the loop last had something to do */
  gint64 longest;
  gint64 longest_own; /* without the waiting for a processor */
  UiStops *stops;
  guint n_frames;
} meter;

/* Seconds of processors that the machine has spent on others; 0 where it does not tell. */
static double
time_of_others (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  struct rusage own;
  double busy = 0;

  if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL))
    return 0;
  /* proc(5): "cpu ", user, nice, system, idle, iowait, irq, softirq, steal. */
  fields = g_strsplit (text, " ", 11);
  if (g_strv_length (fields) < 10)
    return 0;
  for (guint i = 2; i < 10; i++)
    if (i != 5 && i != 6)
      busy += g_ascii_strtod (fields[i], NULL);
  getrusage (RUSAGE_SELF, &own);
  return busy / (double) sysconf (_SC_CLK_TCK) - (double) (own.ru_utime.tv_sec + own.ru_stime.tv_sec)
         - (double) (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
}

static Moment
moment_now (void)
{
  return (Moment){ g_get_monotonic_time (), ui_time_waited (meter.schedstat) };
}

/* The time between two visits of poll() is what input has to wait. */
static gint
metered_poll (GPollFD *fds, guint n_fds, gint timeout)
{
  Moment now = moment_now ();
  gint64 stall = now.now - meter.left_poll.now, own = stall - (now.waited - meter.left_poll.waited);
  gint n;

  if (own > STALL)
    own -= ui_stops_between (meter.stops, meter.left_poll.now, now.now);
  meter.longest = MAX (meter.longest, stall);
  meter.longest_own = MAX (meter.longest_own, own);
  n = meter.poll (fds, n_fds, timeout);
  meter.left_poll = moment_now ();
  return n;
}

static void
meter_begin (void)
{
  meter.schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  meter.stops = ui_stops_new ();
  meter.poll = g_main_context_get_poll_func (NULL);
  meter.began = meter.left_poll = moment_now ();
  meter.n_frames = 0;
  meter.longest = meter.longest_own = 0;
  meter.others_began = time_of_others ();
  g_main_context_set_poll_func (NULL, metered_poll);
}

static Result
meter_end (void)
{
  Moment now = moment_now ();
  double seconds = (double) (now.now - meter.began.now) / G_USEC_PER_SEC;
  double waited = (double) (now.waited - meter.began.waited) / G_USEC_PER_SEC;
  double stopped = (double) ui_stops_between (meter.stops, meter.began.now, now.now) / G_USEC_PER_SEC;
  double others = (time_of_others () - meter.others_began) / seconds / g_get_num_processors ();

  g_main_context_set_poll_func (NULL, meter.poll);
  ui_stops_free (meter.stops);
  close (meter.schedstat);
  g_test_message ("%.0f MB/s for %.1f s, %.1f s of them without a processor and %.1f s stopped, others had %.0f %% of the machine",
                  (double) SIZE / 1e6 / seconds, seconds, waited, stopped, 100 * others);
  g_test_message ("%.1f frames a second, longest stall %.1f ms, own %.1f ms", meter.n_frames / seconds,
                  (double) meter.longest / 1000, (double) meter.longest_own / 1000);
  return (Result){ meter.n_frames / seconds, 1 - (waited + stopped) / seconds, others, (double) meter.longest_own };
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

static Result
measure (void)
{
  FreshetLibrary *library = ui_library_new ();
  FreshetDemo *demo = freshet_demo_new (SIZE);
  GtkWidget *window = GTK_WIDGET (freshet_window_new (NULL, library, NULL));
  Result result;

  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_add_tick_callback (window, tick_cb, NULL, NULL);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (painted_cb), NULL);
  prepare (demo);
  meter.n_frames = 0;
  ui_wait (is_quiet, NULL);
  meter_begin ();
  download (library, demo);
  result = meter_end ();
  gtk_window_destroy (GTK_WINDOW (window));
  ui_library_close (library);
  close_demo (demo);
  return result;
}

static void
test_window_stays_smooth (void)
{
  for (guint i = 0; i < TRIES; i++)
    {
      double before = bt_test_slowness ();
      Result result = measure ();
      double slowness = MAX (before, bt_test_slowness ());
      /* Frames that fell into the time without a processor could not be painted. */
      double least = MIN_FRAMES * result.awake / slowness;
      double most = MAX_STALL * slowness;

      g_test_message ("a machine %.1f times as slow as usual: at least %.1f frames, stalls below %.1f ms", slowness, least, most / 1000);
      if (result.others > MAX_OTHERS && (result.stall >= most || result.frames < least))
        continue;
      g_assert_cmpfloat (result.stall, <, most);
      g_assert_cmpfloat (result.frames, >=, least);
      return;
    }
  g_test_skip ("The machine did something else each time");
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
