/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-turn-lock.h"

void
bt_turn_lock_init (BtTurnLock *self)
{
  g_mutex_init (&self->turn);
  g_rw_lock_init (&self->lock);
}

void
bt_turn_lock_clear (BtTurnLock *self)
{
  g_rw_lock_clear (&self->lock);
  g_mutex_clear (&self->turn);
}

void
bt_turn_lock_read (BtTurnLock *self)
{
  g_mutex_lock (&self->turn);
  g_rw_lock_reader_lock (&self->lock);
  g_mutex_unlock (&self->turn);
}

void
bt_turn_lock_end_reading (BtTurnLock *self)
{
  g_rw_lock_reader_unlock (&self->lock);
}

void
bt_turn_lock_write (BtTurnLock *self)
{
  g_mutex_lock (&self->turn);
  g_rw_lock_writer_lock (&self->lock);
  g_mutex_unlock (&self->turn);
}

void
bt_turn_lock_end_writing (BtTurnLock *self)
{
  g_rw_lock_writer_unlock (&self->lock);
}
