/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-bencode.h"
#include "bt-resume.h"

G_BEGIN_DECLS

/* Counts up when a reader of the present one would misunderstand the next. */
#define BT_RESUME_VERSION 1

#define BT_RESUME_MAGIC "FrRs"
#define BT_RESUME_MAGIC_LENGTH 4u
#define BT_RESUME_HEADER (BT_RESUME_MAGIC_LENGTH + BT_SHA1_LENGTH)

#define BT_RESUME_NORMAL 2

/* A byte of flags a file. */
#define BT_RESUME_PRIORITY 0x03
#define BT_RESUME_TOUCHED 0x04

G_END_DECLS
