/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "freshet-format.h"
#include "freshet-format-details.h"

#define N_DAYS 7u
#define ALL_DAYS 0x7fu

char *
freshet_format_ratio (guint64 sent, guint64 here)
{
  if (here == 0)
    return g_strdup ("–");
  return g_strdup_printf ("%.2f", (double) sent / (double) here);
}

char *
freshet_format_peer_rates (guint64 down, guint64 up)
{
  g_autofree char *from = down > 0 ? freshet_format_rates (down, 0) : NULL;
  g_autofree char *to = up > 0 ? freshet_format_rates (0, up) : NULL;

  return g_strconcat (from != NULL ? from : "", from != NULL && to != NULL ? "\n" : "", to, NULL);
}

char *
freshet_format_pieces (guint32 done, guint32 all, guint32 length)
{
  g_autofree char *size = g_format_size_full (length, G_FORMAT_SIZE_IEC_UNITS);

  /* Translators: pieces that are here, of all; then the size of one, such as “1.0 MiB” */
  return g_strdup_printf (_ ("%u of %u, %s each"), done, all, size);
}

char *
freshet_format_pieces_map (guint32 done, guint32 all, double availability)
{
  if (done >= all)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "The only piece is here", "All %u pieces are here", all), all);
  /* Translators: then how many copies of it the connected peers have, such as “2.31” */
  return g_strdup_printf (_ ("%u of %u pieces are here; the peers have %.2f copies"), done, all, availability);
}

char *
freshet_format_speed_graph (const FreshetSpeedHistory *history, gint64 now)
{
  g_autofree char *down_text = NULL;
  g_autofree char *up_text = NULL;
  g_autofree char *peak_text = NULL;
  guint64 down, up;

  if (history == NULL)
    return g_strdup (_ ("Nothing moved in the last five minutes"));
  freshet_speed_history_get (history, now, 0, &down, &up);
  down_text = freshet_format_rate (down);
  up_text = freshet_format_rate (up);
  peak_text = freshet_format_rate (freshet_speed_history_get_peak (history, now));
  /* Translators: three speeds; the graph shows the last five minutes */
  return g_strdup_printf (_ ("Download %s, upload %s; at most %s in the last five minutes"), down_text, up_text, peak_text);
}

char *
freshet_format_time (gint64 seconds)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (seconds);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  char *text = local != NULL ? g_date_time_format (local, "%x %H:%M") : NULL;

  return text != NULL ? text : g_strdup ("–");
}

char *
freshet_format_date (gint64 seconds)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (seconds);
  g_autoptr (GDateTime) local = utc != NULL && seconds > 0 ? g_date_time_to_local (utc) : NULL;
  /* Translators: a short date, as for strftime(), such as “22 Nov 2026” */
  char *text = local != NULL ? g_date_time_format (local, _ ("%-d %b %Y")) : NULL;

  return text != NULL ? text : g_strdup ("–");
}

/* "Mon, Wed" */
static char *
format_days (guint days)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if ((days & ALL_DAYS) == ALL_DAYS)
    return g_strdup (_ ("Every day"));
  for (guint i = 0; i < N_DAYS; i++)
    {
      /* The first of January 2024 was a Monday. */
      g_autoptr (GDateTime) day = g_date_time_new_utc (2024, 1, 1 + (int) i, 0, 0, 0);

      if ((days & (1u << i)) != 0)
        g_ptr_array_add (names, g_date_time_format (day, "%a"));
    }
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

char *
freshet_format_schedule (guint days, guint begin, guint end)
{
  g_autofree char *names = format_days (days);

  if ((days & ALL_DAYS) == 0)
    return g_strdup (_ ("On no day"));
  /* Translators: days of the week, and from when until when on them, such as “Mon, Tue, 09:00–17:00” */
  return g_strdup_printf (_ ("%s, %02u:%02u–%02u:%02u"), names, begin / 60, begin % 60, end / 60, end % 60);
}

char *
freshet_format_hash (const guint8 *bytes, gsize length)
{
  GString *text = g_string_sized_new (2 * length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

/* What there is to know about a peer: a letter, and its meaning. */
typedef struct
{
  char letter;
  const char *words;
} Flag;

static const Flag *
down_flag (BtPeerFlags flags)
{
  static const Flag sends = { 'D', N_ ("D: sends to us") };
  static const Flag chokes = { 'd', N_ ("d: has what we want, and serves others first") };

  if (!(flags & BT_PEER_WE_WANT))
    return NULL;
  return flags & BT_PEER_CHOKES_US ? &chokes : &sends;
}

static const Flag *
up_flag (BtPeerFlags flags)
{
  static const Flag gets = { 'U', N_ ("U: gets from us") };
  static const Flag waits = { 'u', N_ ("u: wants something, and is not served now") };

  if (!(flags & BT_PEER_WANTS_US))
    return NULL;
  return flags & BT_PEER_WE_CHOKE ? &waits : &gets;
}

static const Flag *
origin_flag (BtPeerOrigin origin)
{
  static const Flag flags[] = {
    [BT_PEER_ORIGIN_USER] = { 'M', N_ ("M: was added by hand or by a link") },
    [BT_PEER_ORIGIN_TRACKER] = { 'T', N_ ("T: a tracker named it") },
    [BT_PEER_ORIGIN_INCOMING] = { 'I', N_ ("I: came to us") },
    [BT_PEER_ORIGIN_PEX] = { 'X', N_ ("X: another peer named it") },
    [BT_PEER_ORIGIN_DHT] = { 'H', N_ ("H: was found in the DHT") },
    [BT_PEER_ORIGIN_LSD] = { 'L', N_ ("L: is on the local network") },
  };

  return origin < G_N_ELEMENTS (flags) ? &flags[origin] : NULL;
}

#define MAX_FLAGS 6u

/* Returns: how many there are */
static guint
list_flags (const BtPeerStats *peer, const Flag *list[MAX_FLAGS])
{
  static const Flag optimistic = { 'O', N_ ("O: is served to see what it gives in return") };
  static const Flag snubbed = { 'S', N_ ("S: was asked and has been silent for a while") };
  const Flag *all[MAX_FLAGS] = {
    down_flag (peer->flags),
    up_flag (peer->flags),
    peer->flags & BT_PEER_OPTIMISTIC ? &optimistic : NULL,
    peer->flags & BT_PEER_SNUBBED ? &snubbed : NULL,
    origin_flag (peer->origin),
  };
  guint n = 0;

  for (guint i = 0; i < MAX_FLAGS; i++)
    if (all[i] != NULL)
      list[n++] = all[i];
  return n;
}

char *
freshet_format_peer_flags (const BtPeerStats *peer)
{
  const Flag *list[MAX_FLAGS];
  guint n = list_flags (peer, list);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%c", i > 0 ? " " : "", list[i]->letter);
  return g_string_free (text, FALSE);
}

char *
freshet_format_peer_words (const BtPeerStats *peer)
{
  const Flag *list[MAX_FLAGS];
  guint n = list_flags (peer, list);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", _ (list[i]->words));
  return g_string_free (text, FALSE);
}

static const char *
tracker_state (const BtTrackerStats *tracker)
{
  switch (tracker->state)
    {
    case BT_TRACKER_ANNOUNCING:
      return _ ("Being asked now");
    case BT_TRACKER_WORKING:
      return _ ("Works");
    case BT_TRACKER_FAILED:
      return _ ("Does not work");
    case BT_TRACKER_IDLE:
    default:
      return _ ("Not asked yet");
    }
}

char *
freshet_format_tracker_state (const BtTrackerStats *tracker)
{
  const char *state = tracker_state (tracker);
  g_autofree char *time = NULL;

  if (tracker->next_announce < 0 || tracker->state == BT_TRACKER_ANNOUNCING || tracker->state == BT_TRACKER_IDLE)
    return g_strdup (state);
  time = freshet_format_duration (tracker->next_announce);
  /* Translators: how a tracker does, such as “Works”; then a time, such as “12 min” */
  return g_strdup_printf (_ ("%s, is asked again in %s"), state, time);
}

char *
freshet_format_swarm (guint seeds, guint leechers)
{
  g_autofree char *seeds_text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seed", "%u seeds", seeds), seeds);
  g_autofree char *others = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u downloader", "%u downloaders", leechers),
                                             leechers);

  return g_strdup_printf ("%s · %s", seeds_text, others);
}

char *
freshet_format_tracker_swarm (const BtTrackerStats *tracker)
{
  g_autofree char *given = NULL;
  g_autofree char *swarm = NULL;

  if (tracker->state == BT_TRACKER_IDLE || (tracker->seeds < 0 && tracker->leechers < 0 && tracker->n_peers == 0))
    return g_strdup ("");
  given = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "gave %u peer", "gave %u peers", tracker->n_peers),
                           tracker->n_peers);
  if (tracker->seeds < 0 || tracker->leechers < 0)
    return g_steal_pointer (&given);
  swarm = freshet_format_swarm ((guint) tracker->seeds, (guint) tracker->leechers);
  return g_strdup_printf ("%s · %s", swarm, given);
}
