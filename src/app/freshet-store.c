/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-store-private.h"

#include <string.h>

/* Seconds until what could not be written is tried again. */
#define RETRY 5

/* Seconds without anything to do until a backup is made. */
#define BACKUP_PATIENCE 30

/* A database larger than this is not copied while the program ends. */
#define MOST_COPIED_AT_END (64 << 20)

typedef enum
{
  OP_PUT,
  OP_METAINFO,
  OP_RESUME,
  OP_REMOVE,
  OP_ORDER,
  OP_LABEL,
  OP_REMOVE_LABEL,
  OP_VALUE,
  OP_GET_VALUE,
  OP_LOAD,
  OP_FLUSH,
  OP_OPEN,
  OP_CLOSE,
} OpKind;

/* Something to be done on the thread. */
typedef struct
{
  OpKind kind;
  guint8 hash[BT_SHA1_LENGTH];
  char *key;           /* of a value; or a label's id as text */
  gint64 label;
  gpointer data;
  GDestroyNotify free;
  GTask *task;         /* of those that answer */
  gpointer answer;
  GDestroyNotify free_answer;
} Op;

struct _FreshetStore
{
  GObject parent_instance;
  GMainContext *context;
  GThread *thread;
  gboolean opened;     /* it was tried */
  gboolean keeps;      /* main context: what is put is kept */
  GMutex mutex;        /* for what follows */
  GCond wake;
  GQueue queue;        /* of Op, which is its own link's data */
  GHashTable *latest;  /* "kind:key" -> GList: puts that a later one can take the place of */
  FreshetStoreDb db;   /* the thread's */
  gboolean trouble;    /* the thread's: it was said that nothing can be written */
};

enum
{
  STATE,
  WRITABLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetStore, freshet_store, G_TYPE_OBJECT)

FreshetLabel *
freshet_label_copy (const FreshetLabel *self)
{
  FreshetLabel *copy = g_new (FreshetLabel, 1);

  *copy = (FreshetLabel){ self->id, g_strdup (self->name), g_strdup (self->colour), g_strdup (self->folder) };
  return copy;
}

void
freshet_label_free (FreshetLabel *self)
{
  g_free (self->name);
  g_free (self->colour);
  g_free (self->folder);
  g_free (self);
}

static FreshetStoreContents *
contents_new (void)
{
  FreshetStoreContents *self = g_new0 (FreshetStoreContents, 1);

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) freshet_torrent_record_free);
  self->labels = g_ptr_array_new_with_free_func ((GDestroyNotify) freshet_label_free);
  return self;
}

void
freshet_store_contents_free (FreshetStoreContents *self)
{
  g_free (self->set_aside);
  g_free (self->message);
  g_ptr_array_unref (self->records);
  g_ptr_array_unref (self->labels);
  g_free (self);
}

void
freshet_store_torrent_free (FreshetStoreTorrent *self)
{
  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  g_clear_pointer (&self->resume, g_bytes_unref);
  g_free (self);
}

static void
op_free (Op *op)
{
  if (op->free != NULL && op->data != NULL)
    op->free (op->data);
  if (op->free_answer != NULL && op->answer != NULL)
    op->free_answer (op->answer);
  g_clear_object (&op->task);
  g_free (op->key);
  g_free (op);
}

/* A signal to be emitted on the main context. */
typedef struct
{
  FreshetStore *store;
  guint signal;
  guint value;
  char *detail;
} Notice;

static gboolean
notice_cb (gpointer data)
{
  Notice *notice = data;

  g_signal_emit (notice->store, signals[notice->signal], 0, notice->value, notice->detail);
  return G_SOURCE_REMOVE;
}

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_object_unref (notice->store);
  g_free (notice->detail);
  g_free (notice);
}

static void
notify_main (FreshetStore *self, guint signal, guint value, const char *detail)
{
  Notice *notice = g_new (Notice, 1);

  *notice = (Notice){ g_object_ref (self), signal, value, g_strdup (detail) };
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, notice_cb, notice, notice_free);
}

static int
do_op (FreshetStore *self, Op *op)
{
  FreshetStoreDb *db = &self->db;

  switch (op->kind)
    {
    case OP_PUT:
      return freshet_store_rows_put (db, op->data);
    case OP_METAINFO:
      return freshet_store_rows_put_blob (db, FRESHET_SQL_PUT_METAINFO, op->hash, op->data);
    case OP_RESUME:
      return freshet_store_rows_put_blob (db, FRESHET_SQL_PUT_RESUME, op->hash, op->data);
    case OP_REMOVE:
      return freshet_store_rows_remove (db, op->hash);
    case OP_ORDER:
      return freshet_store_rows_put_order (db, op->data);
    case OP_LABEL:
      return freshet_store_rows_put_label (db, op->data);
    case OP_REMOVE_LABEL:
      return freshet_store_rows_remove_label (db, op->label);
    case OP_VALUE:
      return freshet_store_rows_put_value (db, op->key, op->data);
    case OP_GET_VALUE:
      if (op->answer == NULL)
        op->answer = freshet_store_rows_get_value (db, op->key);
      op->free_answer = (GDestroyNotify) g_bytes_unref;
      return SQLITE_OK;
    case OP_LOAD:
      if (op->answer == NULL)
        op->answer = freshet_store_rows_get_torrent (db, op->hash);
      op->free_answer = (GDestroyNotify) freshet_store_torrent_free;
      return SQLITE_OK;
    case OP_FLUSH:
    case OP_CLOSE:
    case OP_OPEN:
    default:
      return SQLITE_OK;
    }
}

/* Everything at once or nothing of it. */
static int
do_batch (FreshetStore *self, GQueue *batch)
{
  int code = freshet_store_db_run (&self->db, freshet_store_db_statement (&self->db, FRESHET_SQL_BEGIN));

  for (GList *l = batch->head; l != NULL && code == SQLITE_OK; l = l->next)
    code = do_op (self, l->data);
  if (code == SQLITE_OK)
    code = freshet_store_db_run (&self->db, freshet_store_db_statement (&self->db, FRESHET_SQL_COMMIT));
  if (code != SQLITE_OK && !sqlite3_get_autocommit (self->db.db))
    sqlite3_exec (self->db.db, "ROLLBACK", NULL, NULL, NULL);
  return code;
}

static void
say_writable (FreshetStore *self, gboolean writable, const char *message)
{
  if (self->trouble == !writable)
    return;
  self->trouble = !writable;
  notify_main (self, WRITABLE, writable, message);
}

static void
mend (FreshetStore *self)
{
  g_autoptr (FreshetStoreContents) contents = contents_new ();

  freshet_store_db_mend (&self->db, contents);
  notify_main (self, STATE, contents->state, contents->state == FRESHET_STORE_FAILED ? contents->message : contents->set_aside);
}

static gboolean
has_close (GQueue *batch)
{
  return batch->tail != NULL && ((Op *) batch->tail->data)->kind == OP_CLOSE;
}

/* Waits, unless the program ends. Returns: whether it ends */
static gboolean
wait_to_retry (FreshetStore *self)
{
  gint64 until = g_get_monotonic_time () + RETRY * G_USEC_PER_SEC;
  gboolean closing;

  g_mutex_lock (&self->mutex);
  while (!(closing = has_close (&self->queue)) && g_cond_wait_until (&self->wake, &self->mutex, until))
    ;
  g_mutex_unlock (&self->mutex);
  return closing;
}

static void
answer_all (GQueue *batch)
{
  Op *op;

  while ((op = g_queue_pop_head (batch)) != NULL)
    {
      if (op->task != NULL)
        g_task_return_pointer (op->task, g_steal_pointer (&op->answer), op->free_answer);
      op_free (op);
    }
}

/* Whatever it takes, until it is written, or the program ends without. */
static void
write_batch (FreshetStore *self, GQueue *batch)
{
  gboolean mended = FALSE, closing = has_close (batch);
  int code;

  while (self->db.db != NULL && (code = do_batch (self, batch)) != SQLITE_OK)
    {
      if (freshet_store_db_is_damage (code) && !mended)
        {
          mended = TRUE;
          mend (self);
          continue;
        }
      say_writable (self, FALSE, sqlite3_errstr (code));
      if (closing)
        return;
      closing = wait_to_retry (self);
    }
  if (self->db.db != NULL)
    say_writable (self, TRUE, NULL);
}

static void
open_db (FreshetStore *self, Op *op)
{
  FreshetStoreContents *contents = contents_new ();
  gboolean fine;

  freshet_store_db_open (&self->db, contents);
  fine = contents->state == FRESHET_STORE_FINE;
  g_task_return_pointer (op->task, contents, (GDestroyNotify) freshet_store_contents_free);
  /* The list is there by now. The rest of the database may be large. */
  if (fine && !freshet_store_db_check (&self->db))
    mend (self);
}

static gboolean
may_copy_at_end (FreshetStore *self)
{
  sqlite3_stmt *statement = NULL;
  gint64 bytes = 0;

  if (sqlite3_prepare_v2 (self->db.db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", -1, &statement, NULL) ==
          SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    bytes = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return bytes <= MOST_COPIED_AT_END;
}

/* Returns: (transfer full): all that waits, after waiting for something */
static void
take_batch (FreshetStore *self, GQueue *batch)
{
  gint64 until = g_get_monotonic_time () + BACKUP_PATIENCE * G_USEC_PER_SEC;

  g_mutex_lock (&self->mutex);
  while (self->queue.length == 0)
    if (!self->db.backup_due)
      g_cond_wait (&self->wake, &self->mutex);
    else if (!g_cond_wait_until (&self->wake, &self->mutex, until))
      {
        g_mutex_unlock (&self->mutex);
        self->db.backup_due = FALSE;
        freshet_store_backup_make (&self->db);
        g_mutex_lock (&self->mutex);
      }
  *batch = self->queue;
  g_queue_init (&self->queue);
  g_hash_table_remove_all (self->latest);
  g_mutex_unlock (&self->mutex);
}

static gpointer
thread_main (gpointer data)
{
  FreshetStore *self = data;
  gboolean closing = FALSE;

  while (!closing)
    {
      GQueue batch;

      take_batch (self, &batch);
      if (((Op *) batch.head->data)->kind == OP_OPEN)
        {
          Op *op = g_queue_pop_head (&batch);

          open_db (self, op);
          op_free (op);
        }
      closing = has_close (&batch);
      if (batch.length > 0)
        write_batch (self, &batch);
      if (closing && self->db.db != NULL && self->db.backup_due && may_copy_at_end (self))
        freshet_store_backup_make (&self->db);
      if (closing)
        freshet_store_db_close (&self->db);
      answer_all (&batch);
    }
  return NULL;
}

static Op *
op_new (OpKind kind, const guint8 *hash)
{
  Op *op = g_new0 (Op, 1);

  op->kind = kind;
  if (hash != NULL)
    memcpy (op->hash, hash, BT_SHA1_LENGTH);
  return op;
}

/* What a later operation can take the place of. */
static char *
name_of (const Op *op)
{
  GString *name;

  if (op->kind > OP_VALUE || op->kind == OP_REMOVE || op->kind == OP_REMOVE_LABEL)
    return NULL;
  name = g_string_new (NULL);
  g_string_printf (name, "%d:%s", op->kind, op->key != NULL ? op->key : "");
  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    g_string_append_printf (name, "%02x", op->hash[i]);
  return g_string_free (name, FALSE);
}

/* With the mutex held. */
static void
drop_puts (FreshetStore *self, const guint8 *hash)
{
  for (GList *l = self->queue.head, *next; l != NULL; l = next)
    {
      Op *op = l->data;
      g_autofree char *name = NULL;

      next = l->next;
      if (op->kind > OP_RESUME || memcmp (op->hash, hash, BT_SHA1_LENGTH) != 0)
        continue;
      name = name_of (op);
      g_hash_table_remove (self->latest, name);
      g_queue_delete_link (&self->queue, l);
      op_free (op);
    }
}

/* @op: (transfer full) */
static void
push (FreshetStore *self, Op *op)
{
  g_autofree char *name = name_of (op);
  GList *earlier;

  if (!self->keeps && op->kind <= OP_VALUE)
    {
      op_free (op);
      return;
    }
  g_mutex_lock (&self->mutex);
  earlier = name == NULL ? NULL : g_hash_table_lookup (self->latest, name);
  if (op->kind == OP_REMOVE)
    drop_puts (self, op->hash);
  if (earlier != NULL)
    {
      op_free (earlier->data);
      earlier->data = op;
    }
  else
    {
      g_queue_push_tail (&self->queue, op);
      if (name != NULL)
        g_hash_table_insert (self->latest, g_steal_pointer (&name), self->queue.tail);
    }
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

static void
freshet_store_finalize (GObject *object)
{
  FreshetStore *self = FRESHET_STORE (object);

  if (self->thread != NULL)
    {
      Op *op = op_new (OP_CLOSE, NULL);

      push (self, op);
      g_thread_join (self->thread);
    }
  g_queue_clear_full (&self->queue, (GDestroyNotify) op_free);
  g_hash_table_unref (self->latest);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_main_context_unref (self->context);
  g_free (self->db.folder);
  G_OBJECT_CLASS (freshet_store_parent_class)->finalize (object);
}

static void
freshet_store_class_init (FreshetStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = freshet_store_finalize;

  signals[STATE] = g_signal_new ("state", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[WRITABLE] = g_signal_new ("writable", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
freshet_store_init (FreshetStore *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->db.lock = -1;
  g_queue_init (&self->queue);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
}

FreshetStore *
freshet_store_new (const char *folder)
{
  FreshetStore *self = g_object_new (FRESHET_TYPE_STORE, NULL);

  self->db.folder = g_strdup (folder);
  return self;
}

char *
freshet_store_dup_default_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "freshet", NULL);
}

static GTask *
task_new (FreshetStore *self, GAsyncReadyCallback callback, gpointer user_data, gpointer tag)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

void
freshet_store_open_async (FreshetStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  Op *op;

  g_return_if_fail (FRESHET_IS_STORE (self));
  g_return_if_fail (self->thread == NULL);

  op = op_new (OP_OPEN, NULL);
  op->task = task_new (self, callback, user_data, freshet_store_open_async);
  push (self, op);
  self->thread = g_thread_new ("freshet-store", thread_main, self);
}

FreshetStoreContents *
freshet_store_open_finish (FreshetStore *self, GAsyncResult *result)
{
  FreshetStoreContents *contents;

  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_store_open_async), NULL);

  contents = g_task_propagate_pointer (G_TASK (result), NULL);
  self->keeps = contents->state <= FRESHET_STORE_LOST;
  return contents;
}

void
freshet_store_put (FreshetStore *self, const FreshetTorrentRecord *record)
{
  Op *op = op_new (OP_PUT, record->hash);

  op->data = freshet_torrent_record_copy (record);
  op->free = (GDestroyNotify) freshet_torrent_record_free;
  push (self, op);
}

static void
put_bytes (FreshetStore *self, OpKind kind, const guint8 *hash, const char *key, GBytes *bytes)
{
  Op *op = op_new (kind, hash);

  op->key = g_strdup (key);
  op->data = g_bytes_ref (bytes);
  op->free = (GDestroyNotify) g_bytes_unref;
  push (self, op);
}

void
freshet_store_put_metainfo (FreshetStore *self, const guint8 *hash, GBytes *metainfo)
{
  put_bytes (self, OP_METAINFO, hash, NULL, metainfo);
}

void
freshet_store_put_resume (FreshetStore *self, const guint8 *hash, GBytes *resume)
{
  put_bytes (self, OP_RESUME, hash, NULL, resume);
}

void
freshet_store_remove (FreshetStore *self, const guint8 *hash)
{
  push (self, op_new (OP_REMOVE, hash));
}

void
freshet_store_put_order (FreshetStore *self, GArray *hashes)
{
  Op *op = op_new (OP_ORDER, NULL);

  op->data = g_array_ref (hashes);
  op->free = (GDestroyNotify) g_array_unref;
  push (self, op);
}

void
freshet_store_put_label (FreshetStore *self, const FreshetLabel *label)
{
  Op *op = op_new (OP_LABEL, NULL);

  op->key = g_strdup_printf ("%" G_GINT64_FORMAT, label->id);
  op->data = freshet_label_copy (label);
  op->free = (GDestroyNotify) freshet_label_free;
  push (self, op);
}

void
freshet_store_remove_label (FreshetStore *self, gint64 id)
{
  Op *op = op_new (OP_REMOVE_LABEL, NULL);

  op->label = id;
  push (self, op);
}

void
freshet_store_put_value (FreshetStore *self, const char *key, GBytes *value)
{
  put_bytes (self, OP_VALUE, NULL, key, value);
}

/* @task: (transfer full) */
static void
ask (FreshetStore *self, OpKind kind, const guint8 *hash, const char *key, GTask *task)
{
  Op *op;

  if (!self->keeps || self->thread == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
      return;
    }
  op = op_new (kind, hash);
  op->key = g_strdup (key);
  op->task = task;
  push (self, op);
}

void
freshet_store_get_value_async (FreshetStore *self, const char *key, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (self, OP_GET_VALUE, NULL, key, task_new (self, callback, user_data, freshet_store_get_value_async));
}

GBytes *
freshet_store_get_value_finish (FreshetStore *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_store_get_value_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

void
freshet_store_load_async (FreshetStore *self, const guint8 *hash, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (self, OP_LOAD, hash, NULL, task_new (self, callback, user_data, freshet_store_load_async));
}

FreshetStoreTorrent *
freshet_store_load_finish (FreshetStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_store_load_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
freshet_store_flush_async (FreshetStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (self, OP_FLUSH, NULL, NULL, task_new (self, callback, user_data, freshet_store_flush_async));
}

gboolean
freshet_store_flush_finish (FreshetStore *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_store_flush_async), FALSE);
  g_task_propagate_pointer (G_TASK (result), NULL);
  return TRUE;
}

static void
closed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  FreshetStore *self = FRESHET_STORE (object);
  g_autoptr (GTask) task = data;

  g_task_propagate_pointer (G_TASK (result), NULL);
  g_clear_pointer (&self->thread, g_thread_join);
  g_task_return_boolean (task, TRUE);
}

void
freshet_store_close_async (FreshetStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = task_new (self, callback, user_data, freshet_store_close_async);
  Op *op;

  if (self->thread == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  op = op_new (OP_CLOSE, NULL);
  op->task = g_task_new (self, NULL, closed_cb, g_steal_pointer (&task));
  push (self, op);
  self->keeps = FALSE;
}

gboolean
freshet_store_close_finish (FreshetStore *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_store_close_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
