/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-state.h"
#include "bt-krpc.h"
#include "fuzz.h"

static void
assert_bounds (const BtKrpc *message)
{
  g_assert_cmpuint (message->tid_length, >, 0);
  g_assert_cmpuint (message->tid_length, <=, BT_KRPC_MAX_TID);
  g_assert_cmpuint (message->token_length, <=, BT_KRPC_MAX_TOKEN);
  g_assert_cmpuint (message->n_nodes, <=, BT_KRPC_MAX_NODES);
  g_assert_cmpuint (message->n_values, <=, BT_KRPC_MAX_VALUES);
  for (guint i = 0; i < message->n_nodes; i++)
    g_assert_true (bt_addr_is_usable (&message->nodes[i].addr));
  for (guint i = 0; i < message->n_values; i++)
    g_assert_true (bt_addr_is_usable (&message->values[i]));
}

/* What is read can be written, and is then read as the same. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_auto (BtDhtState) state = { 0 };
  g_autoptr (GBytes) written = NULL;
  BtKrpc first, second;

  bt_dht_state_init (&state);
  bt_dht_state_read (&state, bytes, length);
  g_assert_cmpuint (state.nodes->len, <=, BT_DHT_STATE_MAX_NODES);
  if (!bt_krpc_read (&first, bytes, length))
    return 0;
  assert_bounds (&first);
  written = bt_krpc_write (&first);
  if (g_bytes_get_size (written) > BT_KRPC_MAX_READ)
    return 0;
  g_assert_true (bt_krpc_read (&second, g_bytes_get_data (written, NULL), g_bytes_get_size (written)));
  g_assert_cmpint (second.type, ==, first.type);
  g_assert_cmpmem (second.tid, second.tid_length, first.tid, first.tid_length);
  g_assert_cmpuint (second.n_nodes, ==, first.n_nodes);
  g_assert_cmpuint (second.n_values, ==, first.n_values);
  return 0;
}
