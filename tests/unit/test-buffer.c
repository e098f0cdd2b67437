/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-buffer.h"
#include "bt-rng.h"

#include "bt-test.h"

static void
test_empty_costs_nothing (void)
{
  BtBuffer buffer = { 0 };

  g_assert_cmpuint (bt_buffer_length (&buffer), ==, 0);
  g_assert_null (bt_buffer_peek (&buffer));
  bt_buffer_append (&buffer, NULL, 0);
  bt_buffer_consume (&buffer, 0);
  g_assert_null (buffer.data);
  bt_buffer_clear (&buffer);
}

/* Against a plain array: what goes in comes out, in order. */
static void
test_keeps_order (void)
{
  g_autoptr(GByteArray) model = g_byte_array_new ();
  BtBuffer buffer = { 0 };
  guint8 bytes[700];
  BtRng rng;

  bt_rng_seed (&rng, 1);
  for (guint round = 0; round < 3000; round++)
    {
      guint n = bt_rng_below (&rng, sizeof bytes);

      for (guint i = 0; i < n; i++)
        bytes[i] = (guint8) bt_rng_next (&rng);
      bt_buffer_append (&buffer, bytes, n);
      g_byte_array_append (model, bytes, n);
      n = bt_rng_below (&rng, model->len + 1);
      if (n > 0)
        g_byte_array_remove_range (model, 0, n);
      bt_buffer_consume (&buffer, n);
      g_assert_cmpmem (bt_buffer_peek (&buffer), bt_buffer_length (&buffer), model->data, model->len);
    }
  bt_buffer_clear (&buffer);
}

static void
test_idle_keeps_no_large_block (void)
{
  BtBuffer buffer = { 0 };
  guint8 *room = bt_buffer_reserve (&buffer, 100000);

  memset (room, 7, 100000);
  bt_buffer_commit (&buffer, 100000);
  bt_buffer_consume (&buffer, 99999);
  g_assert_cmpuint (*bt_buffer_peek (&buffer), ==, 7);
  bt_buffer_consume (&buffer, 1);
  g_assert_null (buffer.data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buffer/empty/costs-nothing", test_empty_costs_nothing);
  g_test_add_func ("/buffer/queue/keeps-order", test_keeps_order);
  g_test_add_func ("/buffer/idle/keeps-no-large-block", test_idle_keeps_no_large_block);
  return g_test_run ();
}
