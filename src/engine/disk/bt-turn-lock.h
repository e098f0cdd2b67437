/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtTurnLock:
 *
 * As a #GRWLock, in which a writer waits for ever while there is always some
 * reader, but everybody has a turn: who comes after a waiting writer waits
 * behind it. So a thread must not take it for reading twice, nor wait, while
 * it reads, for another thread that is about to read.
 */
typedef struct
{
  GMutex turn;  /* of who gets @lock next */
  GRWLock lock;
} BtTurnLock;

void bt_turn_lock_init        (BtTurnLock *self);
void bt_turn_lock_clear       (BtTurnLock *self);
void bt_turn_lock_read        (BtTurnLock *self);
void bt_turn_lock_end_reading (BtTurnLock *self);
void bt_turn_lock_write       (BtTurnLock *self);
void bt_turn_lock_end_writing (BtTurnLock *self);

G_END_DECLS
