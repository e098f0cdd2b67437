/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-limits.h"

#include "bt-dht-id.h"

/* A lookup comes to a node a few times at once, and a table that is being
 * filled asks some more. */
#define BURST_SECONDS 6

/* A host that sends twice the burst beyond that is not heard for so long
 * (libtorrent's time). */
#define BLOCK_TIME (5 * G_TIME_SPAN_MINUTE)

/* Places that a host may have. */
#define WAYS 4u

#define THOUSAND 1000

void
bt_dht_limits_init (BtDhtLimits *self, guint rate, guint64 bytes_rate, gint64 now)
{
  *self = (BtDhtLimits){ .rate = rate, .bytes_rate = bytes_rate, .bytes = (gint64) bytes_rate, .last = now };
}

static BtDhtHostCount *
find (BtDhtLimits *self, guint64 network, gint64 now)
{
  guint first = (guint) ((network * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> 40) % (BT_DHT_LIMITS_HOSTS / WAYS) * WAYS;
  BtDhtHostCount *oldest = &self->hosts[first];

  for (guint i = first; i < first + WAYS; i++)
    {
      BtDhtHostCount *host = &self->hosts[i];

      if (host->network == network)
        return host;
      if (MAX (host->last, host->blocked_until) < MAX (oldest->last, oldest->blocked_until))
        oldest = host;
    }
  *oldest = (BtDhtHostCount){ .network = network, .last = now, .tokens = (gint32) self->rate * BURST_SECONDS * THOUSAND };
  return oldest;
}

gboolean
bt_dht_limits_take (BtDhtLimits *self, const BtAddr *from, gint64 now)
{
  BtDhtHostCount *host = find (self, MAX (bt_dht_network (from), 1), now);
  gint64 most = (gint64) self->rate * BURST_SECONDS * THOUSAND;
  gint64 earned = CLAMP (now - host->last, 0, BURST_SECONDS * G_USEC_PER_SEC) * self->rate / (G_USEC_PER_SEC / THOUSAND);

  if (now < host->blocked_until)
    return FALSE;
  host->tokens = (gint32) (MIN (host->tokens + earned, most) - THOUSAND);
  host->last = now;
  if (host->tokens < -2 * most)
    {
      host->blocked_until = now + BLOCK_TIME;
      host->tokens = 0;
    }
  return host->tokens >= 0;
}

gboolean
bt_dht_limits_answer (BtDhtLimits *self, gint64 now)
{
  gint64 passed = CLAMP (now - self->last, 0, G_USEC_PER_SEC);

  self->bytes = MIN (self->bytes + passed * (gint64) self->bytes_rate / G_USEC_PER_SEC, (gint64) self->bytes_rate);
  self->last = now;
  return self->bytes > 0;
}

void
bt_dht_limits_spend (BtDhtLimits *self, gsize bytes)
{
  self->bytes -= (gint64) bytes;
}
