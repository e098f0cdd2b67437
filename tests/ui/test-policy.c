/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-blocklist.h"
#include "freshet-policy.h"
#include "freshet-settings.h"
#include "ui-support.h"

/* What the settings and the network say is done at once. */
typedef struct
{
  FreshetLibrary *library;
  GSettings *settings;
  FreshetPolicy *policy;
  FreshetTorrentItem *item;
  char *folder;
} Fixture;

static gboolean
is_downloading (gpointer data)
{
  return freshet_torrent_item_get_state (data) == BT_TORRENT_DOWNLOADING;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("a", 1000000);
  BtTorrentOptions options = { 0 };
  static const char *const keys[] = { "alt-limits", "metered", "dht", "max-downloads", "blocklist", "port" };

  fixture->library = ui_library_new ();
  fixture->folder = ui_folder_new ();
  fixture->settings = freshet_settings_new ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (fixture->settings, keys[i]);
  fixture->policy = freshet_policy_new (fixture->settings, fixture->library);
  options.folder = fixture->folder;
  fixture->item = freshet_library_add (fixture->library, metainfo, &options, NULL);
  ui_wait (is_downloading, fixture->item);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->policy);
  g_object_unref (fixture->settings);
  ui_library_close (fixture->library);
  ui_folder_remove (fixture->folder);
}

static void
test_slow_is_a_switch (Fixture *fixture, gconstpointer data)
{
  g_assert_false (freshet_policy_is_slow (fixture->policy));
  g_settings_set_boolean (fixture->settings, "alt-limits", TRUE);
  g_assert_true (freshet_policy_is_slow (fixture->policy));
  g_settings_set_boolean (fixture->settings, "alt-limits", FALSE);
  g_assert_false (freshet_policy_is_slow (fixture->policy));
}

static void
test_metered_means_slow (Fixture *fixture, gconstpointer data)
{
  g_settings_set_string (fixture->settings, "metered", "slow");
  freshet_policy_set_metered (fixture->policy, TRUE);
  g_assert_true (freshet_policy_is_slow (fixture->policy));
  g_assert_true (is_downloading (fixture->item));
  g_settings_set_string (fixture->settings, "metered", "go-on");
  g_assert_false (freshet_policy_is_slow (fixture->policy));
  g_settings_set_string (fixture->settings, "metered", "slow");
  freshet_policy_set_metered (fixture->policy, FALSE);
  g_assert_false (freshet_policy_is_slow (fixture->policy));
}

static gboolean
is_paused (gpointer data)
{
  return freshet_torrent_item_get_state (data) == BT_TORRENT_PAUSED;
}

static void
test_metered_pauses_and_goes_on (Fixture *fixture, gconstpointer data)
{
  g_settings_set_string (fixture->settings, "metered", "pause");
  freshet_policy_set_metered (fixture->policy, TRUE);
  ui_wait (is_paused, fixture->item);
  freshet_policy_set_metered (fixture->policy, FALSE);
  ui_wait (is_downloading, fixture->item);
}

/* What a person stopped is not started by a network. */
static void
test_metered_leaves_paused_ones_alone (Fixture *fixture, gconstpointer data)
{
  freshet_torrent_item_pause (fixture->item);
  ui_wait (is_paused, fixture->item);
  g_settings_set_string (fixture->settings, "metered", "pause");
  freshet_policy_set_metered (fixture->policy, TRUE);
  freshet_policy_set_metered (fixture->policy, FALSE);
  g_assert_true (is_paused (fixture->item));
}

static void
test_dht_is_switched_at_once (Fixture *fixture, gconstpointer data)
{
  BtSession *session = freshet_library_get_session (fixture->library);
  BtDhtStats stats;

  g_settings_set_boolean (fixture->settings, "dht", FALSE);
  g_assert_false (bt_session_get_dht_stats (session, &stats));
  g_settings_set_boolean (fixture->settings, "dht", TRUE);
  g_assert_true (bt_session_get_dht_stats (session, &stats));
  g_settings_set_boolean (fixture->settings, "dht", FALSE);
  g_assert_false (bt_session_get_dht_stats (session, &stats));
}

static gboolean
has_note (gpointer policy)
{
  return freshet_policy_get_port_note (policy) != NULL;
}

static gboolean
has_no_note (gpointer policy)
{
  return freshet_policy_get_port_note (policy) == NULL;
}

typedef struct
{
  FreshetPolicy *policy;
  char *note; /* before */
} Attempt;

static gboolean
is_decided (gpointer data)
{
  Attempt *self = data;

  return g_strcmp0 (freshet_policy_get_port_note (self->policy), self->note) != 0;
}

static guint16
port_of (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static guint
find_free_port (void)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  return port_of (socket);
}

/* Somebody else may take one that was just free. Returns: the one that is had */
static guint
have_free_port (Fixture *fixture)
{
  guint16 before = bt_session_get_port (freshet_library_get_session (fixture->library));
  guint port = 0;

  for (guint i = 0; i < 20 && has_note (fixture->policy); i++)
    {
      Attempt attempt = { fixture->policy, g_strdup (freshet_policy_get_port_note (fixture->policy)) };

      port = find_free_port ();
      g_settings_set_uint (fixture->settings, "port", port);
      g_assert_cmpuint (bt_session_get_port (freshet_library_get_session (fixture->library)), ==, before);
      ui_wait (is_decided, &attempt);
      g_free (attempt.note);
    }
  g_assert_false (has_note (fixture->policy));
  return port;
}

/* Only the last of many numbers, and not one that is taken. */
static void
test_port_is_taken_at_once (Fixture *fixture, gconstpointer data)
{
  BtSession *session = freshet_library_get_session (fixture->library);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) taken = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autofree char *expected = NULL;
  guint first = bt_session_get_port (session), free_port;

  g_assert_true (g_socket_bind (taken, address, FALSE, NULL) && g_socket_listen (taken, NULL));
  g_settings_set_uint (fixture->settings, "port", first);
  ui_wait (has_no_note, fixture->policy);

  g_settings_set_uint (fixture->settings, "port", find_free_port ());
  g_settings_set_uint (fixture->settings, "port", port_of (taken));
  ui_wait (has_note, fixture->policy);
  expected = g_strdup_printf ("Port %u cannot be used, perhaps because another program uses it; port %u is used instead",
                              port_of (taken), first);
  g_assert_cmpstr (freshet_policy_get_port_note (fixture->policy), ==, expected);
  g_assert_cmpuint (bt_session_get_port (session), ==, first);

  free_port = have_free_port (fixture);
  g_assert_cmpuint (bt_session_get_port (session), ==, free_port);
}

static gboolean
has_list (gpointer blocklist)
{
  return g_strcmp0 (freshet_blocklist_get_status (blocklist), "2 ranges of addresses are blocked") == 0;
}

static gboolean
has_failed (gpointer blocklist)
{
  return freshet_blocklist_has_failed (blocklist);
}

static gboolean
has_none (gpointer blocklist)
{
  return freshet_blocklist_get_status (blocklist) == NULL && !freshet_blocklist_has_failed (blocklist);
}

static void
test_blocklist_is_followed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "list", NULL);
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", NULL);
  g_autoptr (FreshetBlocklist) blocklist = NULL;

  g_assert_true (g_file_set_contents (path, "10.0.0.0/8\n192.168.0.0/16\n", -1, NULL));
  g_settings_set_string (fixture->settings, "blocklist", path);
  blocklist = freshet_blocklist_new (fixture->settings, fixture->library);
  ui_wait (has_list, blocklist);
  g_assert_false (freshet_blocklist_has_failed (blocklist));
  g_settings_set_string (fixture->settings, "blocklist", missing);
  ui_wait (has_failed, blocklist);
  g_settings_reset (fixture->settings, "blocklist");
  ui_wait (has_none, blocklist);
}

#define ADD(path, func) g_test_add ("/policy/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("slow/is-a-switch", test_slow_is_a_switch);
  ADD ("metered/means-slow", test_metered_means_slow);
  ADD ("metered/pauses-and-goes-on", test_metered_pauses_and_goes_on);
  ADD ("metered/leaves-paused-ones-alone", test_metered_leaves_paused_ones_alone);
  ADD ("dht/is-switched-at-once", test_dht_is_switched_at_once);
  ADD ("port/is-taken-at-once", test_port_is_taken_at_once);
  ADD ("blocklist/is-followed", test_blocklist_is_followed);
  return g_test_run ();
}
