/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/**
 * freshet_choice_apply:
 * @patterns: (nullable): NULL-terminated, with * and ?; a file is wanted when
 *   one matches its path in the torrent or its name alone; NULL wants all
 *
 * Of a torrent whose metainfo is known.
 *
 * Returns: FALSE with a sentence for a person when a pattern matches no file;
 * nothing has been chosen then
 */
gboolean freshet_choice_apply (BtTorrent *torrent, char **patterns, GError **error);

G_END_DECLS
