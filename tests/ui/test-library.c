/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-add-request.h"
#include "freshet-settings.h"
#include "ui-support.h"

/* What a list told about its changes. */
typedef struct
{
  guint position, removed, added, count;
} Change;

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Change *change = data;

  *change = (Change){ position, removed, added, change->count + 1 };
}

static FreshetTorrentItem *
add_paused (FreshetLibrary *library, const char *folder, const char *name)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, 1000000);
  BtTorrentOptions options = { .folder = folder, .paused = TRUE };
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item = freshet_library_add (library, metainfo, &options, &error);

  g_assert_no_error (error);
  return item;
}

static void
assert_names (FreshetLibrary *library, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (library)); i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (library), i);

      g_string_append_printf (names, "%s ", freshet_torrent_item_get_name (item));
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_add_tells_where (void)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();
  Change change = { 0 };

  g_signal_connect (library, "items-changed", G_CALLBACK (items_changed_cb), &change);
  add_paused (library, folder, "a");
  add_paused (library, folder, "b");
  g_assert_cmpuint (change.count, ==, 2);
  g_assert_cmpuint (change.position, ==, 1);
  g_assert_cmpuint (change.added, ==, 1);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (library)) == FRESHET_TYPE_TORRENT_ITEM);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (library), 2));
  assert_names (library, "a b ");
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
test_add_refuses_twins (void)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("a", 1000000);
  BtTorrentOptions options = { .folder = folder, .paused = TRUE };
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item = add_paused (library, folder, "a");

  g_assert_null (freshet_library_add (library, metainfo, &options, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_DUPLICATE);
  g_assert_true (freshet_library_find (library, bt_metainfo_get_info_hash (metainfo)) == item);
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
test_remove_can_be_undone (void)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();
  FreshetTorrentItem *item;

  add_paused (library, folder, "a");
  item = add_paused (library, folder, "b");
  add_paused (library, folder, "c");
  freshet_library_remove (library, item);
  assert_names (library, "a c ");
  freshet_library_restore (library, item);
  assert_names (library, "a b c ");
  /* After that there is nothing to forget. */
  freshet_library_forget (library, item);
  assert_names (library, "a b c ");
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
test_remove_is_final_when_forgotten (void)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();
  FreshetTorrentItem *item = add_paused (library, folder, "a");
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("a", 1000000);

  freshet_library_remove (library, item);
  freshet_library_forget (library, item);
  g_assert_null (bt_session_find (freshet_library_get_session (library), bt_metainfo_get_info_hash (metainfo)));
  add_paused (library, folder, "a");
  assert_names (library, "a ");
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
test_remove_makes_room_for_another (void)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();

  freshet_library_remove (library, add_paused (library, folder, "a"));
  add_paused (library, folder, "a");
  assert_names (library, "a ");
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  guint *count = data;

  (*count)++;
}

static void
test_item_tells_changes_only (void)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();
  FreshetTorrentItem *item = add_paused (library, folder, "a");
  guint count = 0;

  g_signal_connect (item, "notify", G_CALLBACK (count_cb), &count);
  g_assert_false (freshet_torrent_item_refresh (item));
  g_assert_cmpuint (count, ==, 0);

  freshet_torrent_item_start (item);
  g_assert_cmpint (freshet_torrent_item_get_state (item), !=, BT_TORRENT_PAUSED);
  g_assert_cmpuint (count, >, 0);
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
test_item_finds_its_file (void)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();
  g_autoptr (GFile) file = freshet_torrent_item_dup_file (add_paused (library, folder, "a"));
  g_autofree char *expected = g_build_filename (folder, "a", NULL);

  g_assert_cmpstr (g_file_peek_path (file), ==, expected);
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
finished_cb (FreshetLibrary *library, FreshetTorrentItem *item, gpointer data)
{
  gboolean *finished = data;

  *finished = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
count_progress (double fraction, gpointer data)
{
  g_assert_cmpfloat (fraction, >=, 0.0);
  g_assert_cmpfloat (fraction, <=, 1.0);
}

static void
prepare (FreshetDemo *demo)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  freshet_demo_prepare_async (demo, count_progress, NULL, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_prepare_finish (demo, result, &error);
  g_assert_no_error (error);
}

static void
verify (FreshetDemo *demo, gboolean right)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  freshet_demo_verify_async (demo, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_assert_true (freshet_demo_verify_finish (demo, result, &error) == right);
  g_assert_true ((error == NULL) == right);
}

static void
close_demo (FreshetDemo *demo)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (freshet_demo_get_download_folder (demo));

  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  freshet_demo_close_async (demo, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_close_finish (demo, result, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_object_unref (demo);
}

static void
test_demo_arrives (void)
{
  FreshetLibrary *library = ui_library_new ();
  FreshetDemo *demo = freshet_demo_new (5000001);
  BtTorrentOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean finished = FALSE;
  FreshetTorrentItem *item;

  prepare (demo);
  verify (demo, FALSE);
  options.folder = freshet_demo_get_download_folder (demo);
  g_signal_connect (library, "finished", G_CALLBACK (finished_cb), &finished);
  item = freshet_library_add (library, freshet_demo_get_metainfo (demo), &options, &error);
  g_assert_no_error (error);
  ui_wait (is_true, &finished);
  g_assert_cmpfloat (freshet_torrent_item_get_progress (item), ==, 1.0);
  g_assert_true (freshet_torrent_item_is_complete (item));
  verify (demo, TRUE);
  ui_library_close (library);
  close_demo (demo);
}

static void
test_demo_closes_while_it_prepares (void)
{
  FreshetDemo *demo = freshet_demo_new (64 << 20);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_demo_prepare_async (demo, NULL, NULL, cancellable, ui_result_cb, &pending);
  g_cancellable_cancel (cancellable);
  close_demo (demo);
  result = ui_wait_result (&pending);
  g_assert_true (g_task_had_error (G_TASK (result)));
}

static void
load (const char *path, GQuark domain, int code)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (FreshetAddRequest) request = NULL;
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  freshet_add_request_load_async (file, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_assert_true (g_file_equal (freshet_add_request_load_file (result), file));
  request = freshet_add_request_load_finish (result, &error);
  if (domain != 0)
    {
      g_assert_error (error, domain, code);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (freshet_add_request_get_name (request), ==, "a");
  g_assert_cmpuint (freshet_add_request_get_size (request), ==, 1000000);
  g_assert_cmpuint (freshet_add_request_get_n_files (request), ==, 1);
}

static void
test_load_judges_files (void)
{
  char *folder = ui_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.torrent", NULL);
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("a", 1000000);
  GBytes *bytes = bt_metainfo_get_bytes (metainfo);

  load (path, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  load (folder, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  load ("/dev/zero", G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_true (g_file_set_contents (path, "no", -1, NULL));
  load (path, BT_ERROR, BT_ERROR_MALFORMED);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  load (path, 0, 0);
  ui_folder_remove (folder);
}

static gboolean
has_failed (gpointer request)
{
  return freshet_add_request_get_state (request) == FRESHET_ADD_FAILED;
}

/* Before its time is over, and when it begins anew, it is still looking. */
static void
test_link_says_that_nobody_was_found (gconstpointer data)
{
  FreshetLibrary *library = ui_library_new ();
  char *folder = ui_folder_new ();
  g_autofree char *link = g_strconcat ("magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567", data, NULL);
  g_autoptr (GError) error = NULL;
  FreshetAddRequest *request = freshet_add_request_new_for_link (library, link, folder, &error);
  gboolean knows_somebody = *(const char *) data != '\0';

  g_assert_no_error (error);
  g_assert_cmpint (freshet_add_request_get_state (request), ==, FRESHET_ADD_FETCHING);
  freshet_add_request_set_patience (request, 0);
  ui_wait (has_failed, request);
  g_assert_cmpstr (freshet_add_request_get_status (request), ==,
                   knows_somebody ? "Nobody who has this torrent answers" : "Nobody was found who has this torrent");
  freshet_add_request_set_patience (request, 30 * G_TIME_SPAN_SECOND);
  freshet_add_request_retry (request);
  g_assert_cmpint (freshet_add_request_get_state (request), ==, FRESHET_ADD_FETCHING);
  g_object_unref (request);
  ui_library_close (library);
  ui_folder_remove (folder);
}

static void
test_settings_do_without_a_schema (void)
{
  g_autoptr (GFile) folder = freshet_settings_dup_download_folder (NULL);
  BtConfig config, defaults;

  freshet_settings_to_config (NULL, &config);
  bt_config_init_defaults (&defaults);
  g_assert_cmpmem (&config, sizeof config, &defaults, sizeof defaults);
  g_assert_nonnull (folder);
}

static void
test_settings_reach_the_engine (void)
{
  g_autoptr (GSettings) settings = freshet_settings_new ();
  g_autoptr (GFile) folder = NULL;
  BtConfig config;

  g_assert_nonnull (settings);
  g_settings_set_uint (settings, "port", 1234);
  g_settings_set_uint64 (settings, "up-limit", 5000);
  g_settings_set_string (settings, "download-folder", "/somewhere");
  g_settings_set_boolean (settings, "lsd", FALSE);
  freshet_settings_to_config (settings, &config);
  g_assert_cmpuint (config.port, ==, 1234);
  g_assert_cmpuint (config.up_limit, ==, 5000);
  g_assert_true (config.dht);
  g_assert_false (config.lsd);
  folder = freshet_settings_dup_download_folder (settings);
  g_assert_cmpstr (g_file_peek_path (folder), ==, "/somewhere");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/library/add/tells-where", test_add_tells_where);
  g_test_add_func ("/library/add/refuses-twins", test_add_refuses_twins);
  g_test_add_func ("/library/remove/can-be-undone", test_remove_can_be_undone);
  g_test_add_func ("/library/remove/is-final-when-forgotten", test_remove_is_final_when_forgotten);
  g_test_add_func ("/library/remove/makes-room-for-another", test_remove_makes_room_for_another);
  g_test_add_func ("/item/tells-changes-only", test_item_tells_changes_only);
  g_test_add_func ("/item/finds-its-file", test_item_finds_its_file);
  g_test_add_func ("/demo/arrives", test_demo_arrives);
  g_test_add_func ("/demo/closes-while-it-prepares", test_demo_closes_while_it_prepares);
  g_test_add_func ("/add-request/judges-files", test_load_judges_files);
  g_test_add_data_func ("/add-request/nobody-was-found", "", test_link_says_that_nobody_was_found);
  g_test_add_data_func ("/add-request/nobody-answers", "&x.pe=127.0.0.1:9", test_link_says_that_nobody_was_found);
  g_test_add_func ("/settings/do-without-a-schema", test_settings_do_without_a_schema);
  g_test_add_func ("/settings/reach-the-engine", test_settings_reach_the_engine);
  return g_test_run ();
}
