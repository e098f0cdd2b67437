/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-turn-lock.h"

/* How often a reader comes in without a writer having been let in. */
#define MOST 100000

/* Looks at the other reader until it is taken to be held back. */
#define PATIENCE 10000u

typedef struct
{
  BtTurnLock lock;
  gint entered[2]; /* atomic: how often each reader came in */
  gint written;    /* atomic */
} Fixture;

/* Goes when the other has come: there is always one of them inside, as long
 * as they are let in. */
static void
read_until_written (Fixture *fixture, guint reader)
{
  while (!g_atomic_int_get (&fixture->written) && g_atomic_int_get (&fixture->entered[0]) < MOST)
    {
      gint awaited;

      bt_turn_lock_read (&fixture->lock);
      awaited = g_atomic_int_add (&fixture->entered[reader], 1) + 1 + (gint) reader;
      for (guint i = 0; i < PATIENCE && g_atomic_int_get (&fixture->entered[1 - reader]) < awaited; i++)
        g_thread_yield ();
      bt_turn_lock_end_reading (&fixture->lock);
    }
}

static gpointer
first_thread (gpointer data)
{
  read_until_written (data, 0);
  return NULL;
}

static gpointer
second_thread (gpointer data)
{
  read_until_written (data, 1);
  return NULL;
}

static void
test_writer_has_its_turn (void)
{
  Fixture fixture = { 0 };
  GThread *first, *second;
  gint entered;

  bt_turn_lock_init (&fixture.lock);
  first = g_thread_new ("first", first_thread, &fixture);
  second = g_thread_new ("second", second_thread, &fixture);
  while (g_atomic_int_get (&fixture.entered[0]) < 10)
    g_thread_yield ();
  bt_turn_lock_write (&fixture.lock);
  entered = g_atomic_int_get (&fixture.entered[0]);
  g_atomic_int_set (&fixture.written, TRUE);
  bt_turn_lock_end_writing (&fixture.lock);
  g_thread_join (first);
  g_thread_join (second);
  bt_turn_lock_clear (&fixture.lock);
  g_test_message ("after %d readers", entered);
  g_assert_cmpint (entered, <, MOST);
}

/* Both count what neither may count at the same time. */
static gpointer
count_thread (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < 20000; i++)
    {
      bt_turn_lock_write (&fixture->lock);
      fixture->entered[0]++;
      bt_turn_lock_end_writing (&fixture->lock);
      bt_turn_lock_read (&fixture->lock);
      g_assert_cmpint (fixture->entered[0], >, (gint) i);
      bt_turn_lock_end_reading (&fixture->lock);
    }
  return NULL;
}

static void
test_writers_are_alone (void)
{
  Fixture fixture = { 0 };
  GThread *other;

  bt_turn_lock_init (&fixture.lock);
  other = g_thread_new ("other", count_thread, &fixture);
  count_thread (&fixture);
  g_thread_join (other);
  bt_turn_lock_clear (&fixture.lock);
  g_assert_cmpint (fixture.entered[0], ==, 40000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn-lock/writer-has-its-turn", test_writer_has_its_turn);
  g_test_add_func ("/turn-lock/writers-are-alone", test_writers_are_alone);
  return g_test_run ();
}
