/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "trk-request.h"

#include <string.h>

/* The next line without its end, which is LF or CR LF (RFC 9112, 2.2). */
static gboolean
take_line (BtReader *input, BtReader *line)
{
  const guint8 *end = input->left > 0 ? memchr (input->data, '\n', input->left) : NULL;
  const guint8 *start = input->data;
  gsize length;

  if (end == NULL)
    return FALSE;
  length = (gsize) (end - input->data);
  bt_reader_take (input, length + 1, &start);
  if (length > 0 && start[length - 1] == '\r')
    length--;
  bt_reader_init (line, start, length);
  return TRUE;
}

/* What comes before @stop, which is skipped; all of it when there is none. */
static void
take_until (BtReader *input, guint8 stop, BtReader *out)
{
  const guint8 *end = input->left > 0 ? memchr (input->data, stop, input->left) : NULL;
  const guint8 *start = input->data;
  gsize length = end != NULL ? (gsize) (end - input->data) : input->left;

  bt_reader_take (input, length, &start);
  bt_reader_init (out, start, length);
  bt_reader_skip (input, 1);
}

static void
trim (BtReader *self)
{
  while (self->left > 0 && g_ascii_isspace (self->data[0]))
    bt_reader_skip (self, 1);
  while (self->left > 0 && g_ascii_isspace (self->data[self->left - 1]))
    self->left--;
}

gboolean
trk_reader_is (const BtReader *self, const char *text)
{
  gsize length = strlen (text);

  return self->left == length && memcmp (self->data, text, length) == 0;
}

static gboolean
is_nocase (const BtReader *self, const char *text)
{
  gsize length = strlen (text);

  return self->left == length && g_ascii_strncasecmp ((const char *) self->data, text, length) == 0;
}

static gboolean
read_target (BtReader target, TrkRequest *request)
{
  static const char scheme[] = "http://";

  /* The absolute form is what a proxy is asked (RFC 9112, 3.2.2). */
  if (target.left > strlen (scheme) && g_ascii_strncasecmp ((const char *) target.data, scheme, strlen (scheme)) == 0)
    {
      bt_reader_skip (&target, strlen (scheme));
      while (target.left > 0 && target.data[0] != '/')
        bt_reader_skip (&target, 1);
    }
  if (target.left == 0 || target.data[0] != '/')
    return FALSE;
  take_until (&target, '?', &request->path);
  request->query = target;
  return TRUE;
}

static gboolean
read_first_line (BtReader line, TrkRequest *request)
{
  BtReader method, target;

  take_until (&line, ' ', &method);
  take_until (&line, ' ', &target);
  request->method = trk_reader_is (&method, "GET")    ? TRK_METHOD_GET
                    : trk_reader_is (&method, "HEAD") ? TRK_METHOD_HEAD
                                                      : TRK_METHOD_OTHER;
  request->http_1_0 = trk_reader_is (&line, "HTTP/1.0");
  request->keep_alive = !request->http_1_0;
  return method.left > 0 && (request->http_1_0 || trk_reader_is (&line, "HTTP/1.1")) && read_target (target, request);
}

static void
read_connection (BtReader value, TrkRequest *request)
{
  while (value.left > 0)
    {
      BtReader token;

      take_until (&value, ',', &token);
      trim (&token);
      if (is_nocase (&token, "close"))
        request->keep_alive = FALSE;
      else if (is_nocase (&token, "keep-alive"))
        request->keep_alive = TRUE;
    }
}

static void
read_header (BtReader line, TrkRequest *request)
{
  BtReader name;

  take_until (&line, ':', &name);
  trim (&line);
  if (is_nocase (&name, "connection"))
    read_connection (line, request);
  else if (is_nocase (&name, "transfer-encoding"))
    request->has_body = TRUE;
  else if (is_nocase (&name, "content-length") && !trk_reader_is (&line, "0"))
    request->has_body = TRUE;
}

BtDecode
trk_request_parse (BtReader *input, TrkRequest *request)
{
  BtReader probe = *input, line;
  BtDecode unfinished = input->left >= TRK_REQUEST_MAX ? BT_DECODE_BAD : BT_DECODE_MORE;

  memset (request, 0, sizeof *request);
  if (!take_line (&probe, &line))
    return unfinished;
  /* Some clients end a request with a line too many (RFC 9112, 2.2). */
  if (line.left == 0 && !take_line (&probe, &line))
    return unfinished;
  if (!read_first_line (line, request))
    return BT_DECODE_BAD;
  do
    {
      if (!take_line (&probe, &line))
        return unfinished;
      read_header (line, request);
    }
  while (line.left > 0);

  if (input->left - probe.left > TRK_REQUEST_MAX)
    return BT_DECODE_BAD;
  /* We read no bodies, so no request can follow one. */
  if (request->has_body)
    request->keep_alive = FALSE;
  *input = probe;
  return BT_DECODE_OK;
}
