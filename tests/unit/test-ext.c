/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext.h"

#include "bt-test.h"

static gboolean
read_text (BtExtHandshake *handshake, const char *text)
{
  g_autofree guint8 *copy = bt_test_copy (text, strlen (text));

  return bt_ext_handshake_read (handshake, copy, strlen (text));
}

static void
test_reads_what_is_in_use (void)
{
  static const char text[] =
      "d12:complete_agoi-1e1:md11:lt_donthavei7e10:share_modei8e11:upload_onlyi3e12:ut_holepunchi4e"
      "11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31337e1:pi6881e4:reqqi500e11:upload_onlyi1e"
      "1:v18:qBittorrent/4.5.2\x02" "6:yourip4:\x7f\1\2\3e";
  BtExtHandshake handshake;
  char ip[BT_ADDR_STRING_MAX];

  /* The control character after the name is not kept. */
  g_assert_true (read_text (&handshake, text));
  g_assert_cmpuint (handshake.messages, ==, (1u << BT_N_EXT) - 1);
  g_assert_cmpuint (handshake.ids[BT_EXT_METADATA], ==, 2);
  g_assert_cmpuint (handshake.ids[BT_EXT_PEX], ==, 1);
  g_assert_cmpuint (handshake.ids[BT_EXT_UPLOAD_ONLY], ==, 3);
  g_assert_cmpuint (handshake.ids[BT_EXT_HOLEPUNCH], ==, 4);
  g_assert_cmpuint (handshake.ids[BT_EXT_DONT_HAVE], ==, 7);
  g_assert_cmpuint (handshake.metadata_size, ==, 31337);
  g_assert_cmpuint (handshake.port, ==, 6881);
  g_assert_cmpuint (handshake.reqq, ==, 500);
  g_assert_true (handshake.upload_only);
  g_assert_cmpstr (handshake.version, ==, "qBittorrent/4.5.2");
  g_assert_cmpstr (bt_addr_ip_to_string (&handshake.your_ip, ip), ==, "127.1.2.3");
  g_assert_false (handshake.keys & BT_EXT_HAS_COMPLETE_AGO);
}

/* The bytes that qBittorrent 4.4 sent to another client. */
static void
test_reads_a_captured_one (void)
{
  static const char text[] =
      "d12:complete_agoi22934e1:md11:lt_donthavei7e10:share_modei8e11:upload_onlyi3e12:ut_holepunchi4e"
      "11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei138876e4:reqqi500e11:upload_onlyi1e"
      "1:v23:qBittorrent/4.4.0alpha16:yourip4:\177\0\0\1e";
  g_autofree guint8 *copy = bt_test_copy (text, sizeof text - 1);
  BtExtHandshake handshake;

  g_assert_true (bt_ext_handshake_read (&handshake, copy, sizeof text - 1));
  g_assert_cmpuint (handshake.complete_ago, ==, 22934);
  g_assert_cmpuint (handshake.metadata_size, ==, 138876);
  g_assert_cmpuint (handshake.ids[BT_EXT_METADATA], ==, 2);
  g_assert_cmpstr (handshake.version, ==, "qBittorrent/4.4.0alpha1");
  g_assert_true (bt_addr_is_loopback (&handshake.your_ip));
  g_assert_false (handshake.keys & BT_EXT_HAS_PORT);
}

static void
test_delta_says_only_what_changed (void)
{
  BtExtHandshake handshake;

  g_assert_true (read_text (&handshake, "d1:md6:ut_pexi0eee"));
  g_assert_cmpuint (handshake.keys, ==, 0);
  g_assert_cmpuint (handshake.messages, ==, 1u << BT_EXT_PEX);
  g_assert_cmpuint (handshake.ids[BT_EXT_PEX], ==, 0);
  g_assert_true (read_text (&handshake, "de"));
  g_assert_cmpuint (handshake.keys | handshake.messages, ==, 0);
  g_assert_true (read_text (&handshake, "d11:upload_onlyi0ee"));
  g_assert_cmpuint (handshake.keys, ==, BT_EXT_HAS_UPLOAD_ONLY);
  g_assert_false (handshake.upload_only);
}

typedef struct
{
  const char *name;
  const char *text;
} Row;

/* One wrong value each, and a right "reqq". */
static const Row wrong_value_rows[] = {
  { "m-is-a-list", "d1:mle4:reqqi9ee" },
  { "m-is-a-number", "d1:mi3e4:reqqi9ee" },
  { "id-is-a-string", "d1:md6:ut_pex1:1e4:reqqi9ee" },
  { "id-is-negative", "d1:md6:ut_pexi-1ee4:reqqi9ee" },
  { "id-is-over-a-byte", "d1:md6:ut_pexi256ee4:reqqi9ee" },
  { "metadata-size-is-zero", "d13:metadata_sizei0e4:reqqi9ee" },
  { "metadata-size-is-negative", "d13:metadata_sizei-5e4:reqqi9ee" },
  { "metadata-size-is-huge", "d13:metadata_sizei67108865e4:reqqi9ee" },
  { "metadata-size-is-a-string", "d13:metadata_size3:1004:reqqi9ee" },
  { "port-is-zero", "d1:pi0e4:reqqi9ee" },
  { "port-is-over-16-bits", "d1:pi65536e4:reqqi9ee" },
  { "port-is-a-string", "d1:p4:68814:reqqi9ee" },
  { "ipv4-has-sixteen-bytes", "d4:ipv416:aaaaaaaaaaaaaaaa4:reqqi9ee" },
  { "ipv6-has-four-bytes", "d4:ipv64:aaaa4:reqqi9ee" },
  { "encryption-is-a-string", "d1:e1:14:reqqi9ee" },
  { "complete-ago-is-negative", "d12:complete_agoi-1e4:reqqi9ee" },
  { "upload-only-is-a-string", "d4:reqqi9e11:upload_only1:1e" },
  { "version-is-a-number", "d4:reqqi9e1:vi1ee" },
  { "your-ip-is-5-bytes", "d4:reqqi9e6:yourip5:12345e" },
  { "your-ip-is-empty", "d4:reqqi9e6:yourip0:e" },
  { "your-ip-is-a-list", "d4:reqqi9e6:youriplee" },
  { "unknown-key", "d4:reqqi9e3:zzzd1:ali1eeee" },
  { "unsorted", "d3:zzzi1e4:reqqi9ee" },
};

static void
test_wrong_value_is_passed_over (gconstpointer data)
{
  const Row *row = data;
  BtExtHandshake handshake;

  g_assert_true (read_text (&handshake, row->text));
  g_assert_cmpuint (handshake.keys, ==, BT_EXT_HAS_REQQ);
  g_assert_cmpuint (handshake.messages, ==, 0);
  g_assert_cmpuint (handshake.reqq, ==, 9);
}

static const Row garbage_rows[] = {
  { "empty", "" },
  { "number", "i1e" },
  { "list", "le" },
  { "string", "3:abc" },
  { "text", "hello" },
  { "cut", "d1:md6:ut_pexi1e" },
  { "deep", "llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll" },
};

static void
test_garbage_is_no_handshake (gconstpointer data)
{
  const Row *row = data;
  BtExtHandshake handshake;

  g_assert_false (read_text (&handshake, row->text));
  g_assert_cmpuint (handshake.keys | handshake.messages, ==, 0);
}

static void
test_written_and_read_and_cut (void)
{
  BtExtHandshake out = {
    .keys = BT_EXT_HAS_PORT | BT_EXT_HAS_VERSION | BT_EXT_HAS_YOUR_IP | BT_EXT_HAS_REQQ | BT_EXT_HAS_METADATA_SIZE |
            BT_EXT_HAS_UPLOAD_ONLY | BT_EXT_HAS_COMPLETE_AGO | BT_EXT_HAS_ENCRYPTION | BT_EXT_HAS_IPV4 | BT_EXT_HAS_IPV6,
    .messages = 1u << BT_EXT_METADATA | 1u << BT_EXT_UPLOAD_ONLY,
    .ids = { [BT_EXT_METADATA] = 2, [BT_EXT_UPLOAD_ONLY] = 3 },
    .port = 51413,
    .reqq = 2000,
    .metadata_size = 100,
    .upload_only = TRUE,
    .encryption = TRUE,
    .complete_ago = 60,
    .version = "Freshet 0.1.0",
  };
  BtExtHandshake in;
  g_autoptr(GBytes) bytes = NULL;
  gsize length;
  const guint8 *data;

  g_assert_true (bt_addr_parse_ip (&out.your_ip, "2001:db8::1"));
  g_assert_true (bt_addr_parse_ip (&out.ipv4, "192.0.2.1"));
  g_assert_true (bt_addr_parse_ip (&out.ipv6, "2001:db8::2"));
  bytes = bt_ext_handshake_write (&out);
  data = g_bytes_get_data (bytes, &length);
  g_assert_true (bt_ext_handshake_read (&in, data, length));
  g_assert_cmpmem (&in, sizeof in, &out, sizeof out);
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autofree guint8 *copy = bt_test_copy (data, cut);

      g_assert_false (bt_ext_handshake_read (&in, copy, cut));
    }
}

static void
test_version_is_made_fit_to_show (void)
{
  g_autofree char *text = g_strdup_printf ("d1:v70:\033[31m%0*d한글e", 59, 0);
  BtExtHandshake handshake;

  g_assert_true (read_text (&handshake, text));
  g_assert_true (g_str_has_prefix (handshake.version, "[31m0"));
  g_assert_true (g_utf8_validate (handshake.version, -1, NULL));
  g_assert_cmpuint (strlen (handshake.version), ==, BT_EXT_VERSION_MAX - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ext/handshake/reads-what-is-in-use", test_reads_what_is_in_use);
  g_test_add_func ("/ext/handshake/reads-a-captured-one", test_reads_a_captured_one);
  g_test_add_func ("/ext/handshake/delta-says-only-what-changed", test_delta_says_only_what_changed);
  BT_TEST_ADD_ROWS ("/ext/handshake/wrong-value", wrong_value_rows, test_wrong_value_is_passed_over);
  BT_TEST_ADD_ROWS ("/ext/handshake/garbage", garbage_rows, test_garbage_is_no_handshake);
  g_test_add_func ("/ext/handshake/written-and-read-and-cut", test_written_and_read_and_cut);
  g_test_add_func ("/ext/handshake/version-is-made-fit-to-show", test_version_is_made_fit_to_show);
  return g_test_run ();
}
