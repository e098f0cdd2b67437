/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-store-private.h"

#include <string.h>

/* The thread that has the database: it takes all that waits and makes one
 * transaction of it. */

/* Microseconds between two transactions of what is not urgent: many torrents
 * that are active tell of themselves all the time, each by itself. */
#define LAZY_INTERVAL (2 * G_USEC_PER_SEC)

/* Seconds until what could not be written is tried again. */
#define RETRY 2

/* Seconds without anything to do until a backup is made. */
#define BACKUP_PATIENCE 30

/* A database larger than this is not copied while the program ends. */
#define MOST_COPIED_AT_END (64 << 20)

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

void
freshet_store_op_free (FreshetStoreOp *op)
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
  GWeakRef *store; /* a box */
  const char *signal;
  guint value;
  char *detail;
} Notice;

static gboolean
notice_cb (gpointer data)
{
  Notice *notice = data;
  g_autoptr (FreshetStore) store = g_weak_ref_get (notice->store);

  if (store != NULL)
    g_signal_emit_by_name (store, notice->signal, notice->value, notice->detail);
  return G_SOURCE_REMOVE;
}

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  freshet_store_weak_unref (notice->store);
  g_free (notice->detail);
  g_free (notice);
}

/* Not g_main_context_invoke(): that runs it here while nobody has the context. */
static void
post (FreshetStore *self, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static void
notify_main (FreshetStore *self, const char *signal, guint value, const char *detail)
{
  Notice *notice = g_new (Notice, 1);

  /* The store may be waiting for this thread, on its way out. */
  *notice = (Notice){ g_atomic_rc_box_acquire (self->weak), signal, value, g_strdup (detail) };
  post (self, notice_cb, notice, notice_free);
}

static int
do_op (FreshetStore *self, FreshetStoreOp *op)
{
  FreshetStoreDb *db = &self->db;

  switch (op->kind)
    {
    case FRESHET_STORE_OP_PUT:
      return freshet_store_rows_put (db, op->data);
    case FRESHET_STORE_OP_METAINFO:
      return freshet_store_rows_put_blob (db, FRESHET_SQL_PUT_METAINFO, op->hash, op->data);
    case FRESHET_STORE_OP_RESUME:
      return freshet_store_rows_put_blob (db, FRESHET_SQL_PUT_RESUME, op->hash, op->data);
    case FRESHET_STORE_OP_REMOVE:
      return freshet_store_rows_remove (db, op->hash);
    case FRESHET_STORE_OP_ORDER:
      return freshet_store_rows_put_order (db, op->data);
    case FRESHET_STORE_OP_LABEL:
      return freshet_store_rows_put_label (db, op->data);
    case FRESHET_STORE_OP_REMOVE_LABEL:
      return freshet_store_rows_remove_label (db, op->label);
    case FRESHET_STORE_OP_VALUE:
      return freshet_store_rows_put_value (db, op->key, op->data);
    case FRESHET_STORE_OP_GET_VALUE:
      if (op->answer == NULL)
        op->answer = freshet_store_rows_get_value (db, op->key);
      op->free_answer = (GDestroyNotify) g_bytes_unref;
      return SQLITE_OK;
    case FRESHET_STORE_OP_LOAD:
      if (op->answer == NULL)
        op->answer = freshet_store_rows_get_torrent (db, op->hash);
      op->free_answer = (GDestroyNotify) freshet_store_torrent_free;
      return SQLITE_OK;
    case FRESHET_STORE_OP_FLUSH:
      op->answer = GINT_TO_POINTER (TRUE);
      return SQLITE_OK;
    case FRESHET_STORE_OP_CLOSE:
    case FRESHET_STORE_OP_OPEN:
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
  notify_main (self, "writable", writable, message);
}

static void
mend (FreshetStore *self)
{
  g_autoptr (FreshetStoreContents) contents = contents_new ();

  freshet_store_db_mend (&self->db, contents);
  notify_main (self, "state", contents->state, contents->state == FRESHET_STORE_FAILED ? contents->message : contents->set_aside);
}

static gboolean
has_close (GQueue *batch)
{
  return batch->tail != NULL && ((FreshetStoreOp *) batch->tail->data)->kind == FRESHET_STORE_OP_CLOSE;
}

static gboolean
answer_cb (gpointer data)
{
  FreshetStoreOp *op = data;

  g_task_return_pointer (op->task, g_steal_pointer (&op->answer), op->free_answer);
  return G_SOURCE_REMOVE;
}

/* A task keeps the store: the last of them must not go on this thread, for
 * which the store waits when it goes. @op: (transfer full) */
static void
answer (FreshetStore *self, FreshetStoreOp *op)
{
  if (op->task != NULL)
    post (self, answer_cb, op, (GDestroyNotify) freshet_store_op_free);
  else
    freshet_store_op_free (op);
}

/* Can it be answered while nothing of @ops can be written? */
static gboolean
needs_none_of (const FreshetStoreOp *op, const GQueue *ops)
{
  if (op->kind == FRESHET_STORE_OP_FLUSH)
    return TRUE;
  if (op->kind != FRESHET_STORE_OP_LOAD && op->kind != FRESHET_STORE_OP_GET_VALUE)
    return FALSE;
  for (const GList *l = ops->head; l != NULL; l = l->next)
    {
      const FreshetStoreOp *other = l->data;

      if (other->kind <= FRESHET_STORE_OP_VALUE && memcmp (other->hash, op->hash, BT_SHA1_LENGTH) == 0 &&
          g_strcmp0 (other->key, op->key) == 0)
        return FALSE;
    }
  return TRUE;
}

/* Moves those of @ops to @readers that are answered while @batch, and what
 * comes after it, cannot be written. */
static void
take_readers (GQueue *ops, const GQueue *batch, GQueue *readers)
{
  for (GList *l = ops->head, *next; l != NULL; l = next)
    {
      next = l->next;
      if (!needs_none_of (l->data, batch) || !needs_none_of (l->data, ops))
        continue;
      g_queue_unlink (ops, l);
      g_queue_push_tail_link (readers, l);
    }
}

/* Who flushes hears that it is not written. */
static void
answer_readers (FreshetStore *self, GQueue *readers)
{
  FreshetStoreOp *op;

  while ((op = g_queue_pop_head (readers)) != NULL)
    {
      if (op->kind == FRESHET_STORE_OP_FLUSH)
        op->answer = NULL;
      else
        do_op (self, op);
      answer (self, op);
    }
}

/* Waits, unless the program ends, and answers who only reads. Returns: whether it ends */
static gboolean
wait_to_retry (FreshetStore *self, const GQueue *batch)
{
  gint64 until = g_get_monotonic_time () + RETRY * G_USEC_PER_SEC;
  gboolean closing, waiting = TRUE;

  g_mutex_lock (&self->mutex);
  while (!(closing = has_close (&self->queue)) && waiting)
    {
      g_auto (GQueue) readers = G_QUEUE_INIT;

      take_readers (&self->queue, batch, &readers);
      if (readers.length > 0)
        {
          g_mutex_unlock (&self->mutex);
          answer_readers (self, &readers);
          g_mutex_lock (&self->mutex);
        }
      else
        waiting = g_cond_wait_until (&self->wake, &self->mutex, until);
    }
  g_mutex_unlock (&self->mutex);
  return closing;
}

static void
answer_all (FreshetStore *self, GQueue *batch)
{
  FreshetStoreOp *op;

  while ((op = g_queue_pop_head (batch)) != NULL)
    answer (self, op);
}

/* Whatever it takes, until it is written, or the program ends without. */
static void
write_batch (FreshetStore *self, GQueue *batch)
{
  gboolean mended = FALSE, closing = has_close (batch);
  g_auto (GQueue) readers = G_QUEUE_INIT;
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
      take_readers (batch, batch, &readers);
      answer_readers (self, &readers);
      if (closing)
        return;
      closing = wait_to_retry (self, batch);
    }
  if (self->db.db != NULL)
    say_writable (self, TRUE, NULL);
}

/* @op: (transfer full) */
static void
open_db (FreshetStore *self, FreshetStoreOp *op)
{
  FreshetStoreContents *contents = contents_new ();
  gboolean fine;

  freshet_store_db_open (&self->db, contents);
  fine = contents->state == FRESHET_STORE_FINE;
  op->answer = contents;
  op->free_answer = (GDestroyNotify) freshet_store_contents_free;
  answer (self, op);
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

/* Only what is told again and again, and of which an older value does no harm:
 * what is on disk is seen to be newer than its record, and looked at.
 * With the mutex held. */
static gboolean
can_wait (FreshetStore *self)
{
  return self->n_urgent == 0 && !self->trouble;
}

/* With the mutex held. */
static void
wait_for_more (FreshetStore *self)
{
  gint64 until = self->written_at + LAZY_INTERVAL;

  while (can_wait (self) && g_cond_wait_until (&self->wake, &self->mutex, until))
    ;
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
  wait_for_more (self);
  *batch = self->queue;
  self->n_urgent = 0;
  g_queue_init (&self->queue);
  g_hash_table_remove_all (self->latest);
  g_mutex_unlock (&self->mutex);
}

gpointer
freshet_store_thread (gpointer data)
{
  FreshetStore *self = data;
  gboolean closing = FALSE;

  while (!closing)
    {
      GQueue batch;

      take_batch (self, &batch);
      if (((FreshetStoreOp *) batch.head->data)->kind == FRESHET_STORE_OP_OPEN)
        open_db (self, g_queue_pop_head (&batch));
      closing = has_close (&batch);
      if (batch.length > 0)
        write_batch (self, &batch);
      self->written_at = g_get_monotonic_time ();
      if (closing && self->db.db != NULL && self->db.backup_due && may_copy_at_end (self))
        freshet_store_backup_make (&self->db);
      if (closing)
        freshet_store_db_close (&self->db);
      answer_all (self, &batch);
    }
  return NULL;
}
