/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-file-set.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

G_BEGIN_DECLS

/* A torrent of some files and folders, and the set of files that it is on
 * disk: what the tests stand on that are about places and names. */

enum
{
  FILE_A,
  FILE_B,
  FILE_C,
  FILE_EMPTY,
  FILE_LINK,
  N_FILES
};

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestFolder *folder;
  BtTestFolder *elsewhere;
  BtTestFolder *own;
} PlaceFixture;

extern const BtTestFile place_files[N_FILES];

void place_set_up       (PlaceFixture *fixture, gconstpointer data);
void place_tear_down    (PlaceFixture *fixture, gconstpointer data);
/* A new set, of whatever is in the folder. */
void place_open         (PlaceFixture *fixture);
void place_prepare      (PlaceFixture *fixture);
void place_write_file   (PlaceFixture *fixture, guint file);
void place_write_all    (PlaceFixture *fixture);
/* What can be read is what the torrent holds. */
void place_assert_bytes (PlaceFixture *fixture);

G_END_DECLS
