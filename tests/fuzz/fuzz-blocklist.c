/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blocklist.h"
#include "fuzz.h"

/* It says the same however the text is cut, and is never more than the lines. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (BtBlocklist) whole = bt_blocklist_new ();
  g_autoptr (BtBlocklist) cut = bt_blocklist_new ();
  BtAddr addr;
  guint lines = 1;

  bt_blocklist_feed (whole, bytes, length);
  for (gsize i = 0; i < length; i++)
    {
      lines += bytes[i] == '\n';
      bt_blocklist_feed (cut, bytes + i, 1);
    }
  bt_blocklist_seal (whole);
  bt_blocklist_seal (cut);
  g_assert_true (bt_blocklist_n_ranges (whole) + bt_blocklist_n_skipped (whole) <= lines);
  g_assert_true (bt_blocklist_n_ranges (whole) == bt_blocklist_n_ranges (cut));
  g_assert_true (bt_blocklist_n_skipped (whole) == bt_blocklist_n_skipped (cut));
  if (length >= 16)
    {
      bt_addr_init_v6 (&addr, bytes, 0);
      g_assert_true (bt_blocklist_contains (whole, &addr) == bt_blocklist_contains (cut, &addr));
      bt_addr_init_v4 (&addr, bytes, 0);
      g_assert_true (bt_blocklist_contains (whole, &addr) == bt_blocklist_contains (cut, &addr));
    }
  return 0;
}
