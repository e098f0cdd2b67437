/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-webseed-plan.h"

#include <string.h>

/* After a failure a seed rests; twice as long after each further one. */
#define FIRST_REST (3 * G_TIME_SPAN_SECOND)
#define LONGEST_REST (10 * G_TIME_SPAN_MINUTE)

/* A server cannot send us away for longer than this. */
#define LONGEST_RETRY_AFTER 3600u

/* A seed that lacks so many files in a row is not asked for the next at once:
 * of a torrent of thousands it may have none. */
#define MAX_MISSING 4u

/* A mirror that has no such file may get it later. */
#define ASK_AGAIN G_TIME_SPAN_HOUR

/* A first request, before a seed's speed is known. */
#define FIRST_RUN (2u << 20)

/* Later ones are two seconds' worth, within these: less would be a request a
 * piece, more would keep it from others for long. */
#define LEAST_RUN (512u << 10)
#define MOST_RUN (16u << 20)

/* As libsoup takes them: what is escaped stays as it is. */
#define URI_FLAGS \
  (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_SCHEME_NORMALIZE)

static gboolean
is_http (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri), *host = g_uri_get_host (uri);

  return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0) && host != NULL && *host != '\0';
}

/* Debian up to version 11 lists the URL of the file itself as an httpseed. */
static gboolean
names_the_file (BtMetainfo *metainfo, GUri *uri)
{
  const char *slash = strrchr (g_uri_get_path (uri), '/');
  g_autofree char *last = slash == NULL ? NULL : g_uri_unescape_string (slash + 1, NULL);

  return last != NULL && bt_metainfo_is_single_file (metainfo) && strcmp (last, bt_metainfo_get_name (metainfo)) == 0;
}

BtWebseedPlan *
bt_webseed_plan_new (BtLayout *layout, const char *url, gboolean httpseed)
{
  g_autoptr (GUri) uri = g_uri_parse (url, URI_FLAGS, NULL);
  BtWebseedPlan *self;

  if (uri == NULL || !is_http (uri))
    return NULL;
  self = g_new0 (BtWebseedPlan, 1);
  self->layout = bt_layout_ref (layout);
  self->url = g_strndup (url, strcspn (url, "#"));
  self->kind = httpseed && !names_the_file (layout->metainfo, uri) ? BT_WEBSEED_SCRIPT : BT_WEBSEED_FILES;
  self->moved = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
bt_webseed_plan_free (BtWebseedPlan *self)
{
  bt_bitfield_clear (&self->pieces);
  g_hash_table_unref (self->moved);
  bt_layout_unref (self->layout);
  g_free (self->url);
  g_free (self);
}

/* Of a script a request is for bytes of one piece, whichever files they are of. */
static void
stay_in_piece (const BtWebseedPlan *self, guint32 length, BtWebseedRange *range)
{
  guint32 piece = (guint32) (range->offset / self->layout->piece_length);
  guint32 size = bt_layout_piece_size (self->layout, piece);
  BtSpan span;

  range->file = piece;
  range->first = range->offset % self->layout->piece_length;
  range->total = size;
  length = (guint32) MIN (length, size - range->first);
  range->length = MIN (range->length, length);
  while (!range->pad && bt_layout_span (self->layout, range->offset + range->length, length - range->length, &span) && !span.pad)
    range->length += span.length;
}

gboolean
bt_webseed_plan_next (const BtWebseedPlan *self, guint64 offset, guint32 length, BtWebseedRange *range)
{
  BtSpan span;

  if (!bt_layout_span (self->layout, offset, length, &span))
    return FALSE;
  *range = (BtWebseedRange){
    .offset = offset,
    .length = span.length,
    .pad = span.pad,
    .file = span.file,
    .first = span.offset,
    .total = bt_metainfo_get_file (self->layout->metainfo, span.file)->length,
  };
  if (self->kind == BT_WEBSEED_SCRIPT)
    stay_in_piece (self, length, range);
  return TRUE;
}

/* BEP 19: a URL that ends in a slash is the folder; of several files it always
 * is, also where the slash was forgotten. */
static char *
file_url (const BtWebseedPlan *self, guint file)
{
  BtMetainfo *metainfo = self->layout->metainfo;
  gboolean slash = g_str_has_suffix (self->url, "/");
  g_autofree char *path = g_uri_escape_string (bt_metainfo_get_file (metainfo, file)->path, "/", FALSE);

  if (bt_metainfo_is_single_file (metainfo) && !slash)
    return g_strdup (self->url);
  return g_strconcat (self->url, slash ? "" : "/", path, NULL);
}

/* BEP 17: without ranges the whole piece is meant; the end of a range is part of it. */
static char *
script_url (const BtWebseedPlan *self, const BtWebseedRange *range)
{
  GString *url = g_string_new (self->url);
  g_autofree char *hash =
    g_uri_escape_bytes (bt_metainfo_get_info_hash (self->layout->metainfo), BT_SHA1_LENGTH, NULL);

  g_string_append_printf (url, "%cinfo_hash=%s&piece=%u", strchr (self->url, '?') == NULL ? '?' : '&', hash, range->file);
  if (range->length != range->total)
    g_string_append_printf (url, "&ranges=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, range->first,
                            range->first + range->length - 1);
  return g_string_free (url, FALSE);
}

char *
bt_webseed_plan_dup_url (const BtWebseedPlan *self, const BtWebseedRange *range, gboolean *moved)
{
  const char *known = self->kind == BT_WEBSEED_FILES ? g_hash_table_lookup (self->moved, GUINT_TO_POINTER (range->file)) : NULL;

  *moved = known != NULL;
  if (known != NULL)
    return g_strdup (known);
  return self->kind == BT_WEBSEED_FILES ? file_url (self, range->file) : script_url (self, range);
}

gboolean
bt_webseed_plan_has (const BtWebseedPlan *self, guint32 piece)
{
  return self->pieces.bytes == NULL || bt_bitfield_get (&self->pieces, piece);
}

gboolean
bt_webseed_plan_is_ready (BtWebseedPlan *self, gint64 now)
{
  if (self->ask_again != 0 && now >= self->ask_again)
    {
      self->ask_again = 0;
      bt_bitfield_clear (&self->pieces);
    }
  return !self->banned && now >= self->next_try && (self->pieces.bytes == NULL || self->pieces.n_set > 0);
}

void
bt_webseed_plan_gave (BtWebseedPlan *self)
{
  self->works = TRUE;
  self->failures = self->n_missing = 0;
}

void
bt_webseed_plan_failed (BtWebseedPlan *self, guint retry_after, gint64 now)
{
  gint64 rest = MIN (FIRST_REST << MIN (self->failures, 16), LONGEST_REST);

  if (retry_after > 0)
    rest = MIN (retry_after, LONGEST_RETRY_AFTER) * G_TIME_SPAN_SECOND;
  self->works = FALSE;
  self->failures++;
  /* Of two requests that fail together the longer rest counts. */
  self->next_try = MAX (self->next_try, now + rest);
}

void
bt_webseed_plan_missing (BtWebseedPlan *self, const BtWebseedRange *range, gint64 now)
{
  guint32 n_pieces = self->layout->n_pieces, first = 0, last = n_pieces - 1;

  if (self->pieces.bytes == NULL)
    {
      bt_bitfield_init (&self->pieces, n_pieces);
      bt_bitfield_set_all (&self->pieces);
      self->ask_again = now + ASK_AGAIN;
    }
  /* A script that is not there has nothing at all. */
  if (self->kind == BT_WEBSEED_FILES)
    bt_layout_file_pieces (self->layout, range->file, &first, &last);
  for (guint32 i = first; i <= last; i++)
    bt_bitfield_unset (&self->pieces, i);
  if (++self->n_missing >= MAX_MISSING)
    bt_webseed_plan_failed (self, 0, now);
  if (self->pieces.n_set == 0)
    self->works = FALSE;
}

void
bt_webseed_plan_set_moved (BtWebseedPlan *self, const BtWebseedRange *range, const char *url)
{
  if (self->kind != BT_WEBSEED_FILES)
    return;
  if (url == NULL)
    g_hash_table_remove (self->moved, GUINT_TO_POINTER (range->file));
  else
    g_hash_table_insert (self->moved, GUINT_TO_POINTER (range->file), g_strdup (url));
}

void
bt_webseed_plan_ban (BtWebseedPlan *self)
{
  self->banned = TRUE;
  self->works = FALSE;
}

guint32
bt_webseed_run_bytes (guint64 rate, gsize memory, guint64 left, guint n_sources)
{
  guint64 most = rate == 0 ? FIRST_RUN : CLAMP (rate * 2, LEAST_RUN, MOST_RUN);

  /* Four seeds with two requests each may hold all of it. */
  most = MIN (most, memory / 8);
  /* Towards the end everybody gets a part that all are done with together. */
  if (n_sources > 1)
    most = MIN (most, left / (2 * n_sources));
  return (guint32) MAX (most, BT_BLOCK_SIZE);
}
