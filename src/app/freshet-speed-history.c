/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-speed-history.h"

/* 32 bits: no torrent moves 4 GB a second, and a history stays under 3 KB. */
typedef struct
{
  guint32 down;
  guint32 up;
} Sample;

struct _FreshetSpeedHistory
{
  gint64 last; /* the second of the newest sample; -1 before the first */
  Sample samples[FRESHET_SPEED_SECONDS]; /* by second modulo their number */
};

FreshetSpeedHistory *
freshet_speed_history_new (void)
{
  FreshetSpeedHistory *self = g_new0 (FreshetSpeedHistory, 1);

  self->last = -1;
  return self;
}

void
freshet_speed_history_free (FreshetSpeedHistory *self)
{
  g_free (self);
}

void
freshet_speed_history_add (FreshetSpeedHistory *self, gint64 now, guint64 down, guint64 up)
{
  gint64 second = now / G_USEC_PER_SEC;
  gint64 from = self->last < 0 ? second : MAX (self->last + 1, second - (gint64) FRESHET_SPEED_SECONDS + 1);

  for (gint64 still = from; still <= second; still++)
    self->samples[still % FRESHET_SPEED_SECONDS] = (Sample){ 0, 0 };
  self->last = MAX (self->last, second);
  self->samples[second % FRESHET_SPEED_SECONDS] = (Sample){
    (guint32) MIN (down, G_MAXUINT32),
    (guint32) MIN (up, G_MAXUINT32),
  };
}

void
freshet_speed_history_get (const FreshetSpeedHistory *self, gint64 now, guint seconds_ago, guint64 *down, guint64 *up)
{
  gint64 second = now / G_USEC_PER_SEC - seconds_ago;
  gboolean known = self->last >= 0 && second >= 0 && second <= self->last && self->last - second < FRESHET_SPEED_SECONDS;
  Sample sample = known ? self->samples[second % FRESHET_SPEED_SECONDS] : (Sample){ 0, 0 };

  *down = sample.down;
  *up = sample.up;
}

guint64
freshet_speed_history_get_peak (const FreshetSpeedHistory *self, gint64 now)
{
  guint64 peak = 0;

  for (guint ago = 0; ago < FRESHET_SPEED_SECONDS; ago++)
    {
      guint64 down, up;

      freshet_speed_history_get (self, now, ago, &down, &up);
      peak = MAX (peak, MAX (down, up));
    }
  return peak;
}

gboolean
freshet_speed_history_is_still (const FreshetSpeedHistory *self, gint64 now)
{
  return freshet_speed_history_get_peak (self, now) == 0;
}
