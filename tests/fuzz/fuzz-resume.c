/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-resume.h"
#include "bt-sha.h"
#include "fuzz.h"

static const char torrent[] =
    "d4:infod5:filesld6:lengthi30000e4:pathl1:aeed6:lengthi5000e4:pathl1:beee4:name1:t"
    "12:piece lengthi16384e6:pieces60:............................................................ee";

/* The sum is made right, or nothing would ever be read; what is read, written
 * and read again is the same. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static BtMetainfo *metainfo;
  g_autofree guint8 *whole = g_malloc (24 + length);
  g_autoptr (GBytes) input = NULL, first = NULL, second = NULL;
  g_autoptr (BtResume) record = NULL, again = NULL;
  g_autoptr (BtResume) small = NULL;
  const guint8 *hash;

  if (metainfo == NULL)
    {
      g_autoptr (GBytes) file = g_bytes_new_static (torrent, sizeof torrent - 1);

      metainfo = bt_metainfo_new (file, NULL);
      g_assert_nonnull (metainfo);
    }
  hash = bt_metainfo_get_info_hash (metainfo);
  memcpy (whole, "FrRs", 4);
  bt_sha1 (bytes, length, whole + 4);
  if (length > 0)
    memcpy (whole + 24, bytes, length);
  input = g_bytes_new (whole, 24 + length);
  small = bt_resume_decode (input, NULL, hash, NULL);
  record = bt_resume_decode (input, metainfo, hash, NULL);
  if (record == NULL)
    return 0;
  first = bt_resume_encode (record);
  again = bt_resume_decode (first, metainfo, hash, NULL);
  g_assert_nonnull (again);
  second = bt_resume_encode (again);
  g_assert_true (g_bytes_equal (first, second));
  return 0;
}
