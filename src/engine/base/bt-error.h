/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtError:
 * @BT_ERROR_MALFORMED: bytes that no version of the format allows
 * @BT_ERROR_TRUNCATED: the input ended inside a value
 * @BT_ERROR_TOO_LARGE: valid, but over one of our limits
 * @BT_ERROR_PROTOCOL: a well-formed message at a moment it is not allowed
 * @BT_ERROR_UNSUPPORTED: valid, but this version cannot do it
 * @BT_ERROR_REFUSED: the other side said no (a tracker's failure reason)
 * @BT_ERROR_DUPLICATE: the torrent is already there
 *
 * The engine's one error domain. Failures of the operating system keep their
 * %G_IO_ERROR or %G_FILE_ERROR code.
 */
typedef enum
{
  BT_ERROR_MALFORMED,
  BT_ERROR_TRUNCATED,
  BT_ERROR_TOO_LARGE,
  BT_ERROR_PROTOCOL,
  BT_ERROR_UNSUPPORTED,
  BT_ERROR_REFUSED,
  BT_ERROR_DUPLICATE,
} BtError;

#define BT_ERROR (bt_error_quark ())
GQuark bt_error_quark (void);

G_END_DECLS
