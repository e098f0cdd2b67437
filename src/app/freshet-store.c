/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-store-private.h"

#include <string.h>

enum
{
  STATE,
  WRITABLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetStore, freshet_store, G_TYPE_OBJECT)

static FreshetStoreOp *
op_new (FreshetStoreOpKind kind, const guint8 *hash)
{
  FreshetStoreOp *op = g_new0 (FreshetStoreOp, 1);

  op->kind = kind;
  if (hash != NULL)
    memcpy (op->hash, hash, BT_SHA1_LENGTH);
  return op;
}

/* Can a later operation take the place of it? */
static gboolean
is_replaceable (const FreshetStoreOp *op)
{
  return op->kind <= FRESHET_STORE_OP_VALUE && op->kind != FRESHET_STORE_OP_REMOVE && op->kind != FRESHET_STORE_OP_REMOVE_LABEL;
}

/* Operations are their own keys: what they are about. */
static guint
op_hash (gconstpointer data)
{
  const FreshetStoreOp *op = data;
  guint value;

  memcpy (&value, op->hash, sizeof value);
  return value ^ (guint) op->kind ^ (op->key != NULL ? g_str_hash (op->key) : 0);
}

static gboolean
op_equal (gconstpointer a, gconstpointer b)
{
  const FreshetStoreOp *one = a, *other = b;

  return one->kind == other->kind && memcmp (one->hash, other->hash, BT_SHA1_LENGTH) == 0 && g_strcmp0 (one->key, other->key) == 0;
}

/* With the mutex held. What takes the place of something earlier must not
 * come before the removal that is to follow. */
static void
forget_label (FreshetStore *self, gint64 id)
{
  FreshetStoreOp label = { .kind = FRESHET_STORE_OP_LABEL };

  label.key = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_hash_table_remove (self->latest, &label);
  g_free (label.key);
}

/* With the mutex held. */
static void
drop_puts (FreshetStore *self, const guint8 *hash)
{
  static const FreshetStoreOpKind kinds[] = { FRESHET_STORE_OP_PUT, FRESHET_STORE_OP_METAINFO, FRESHET_STORE_OP_RESUME };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      FreshetStoreOp wanted = { .kind = kinds[i] };
      GList *link;

      memcpy (wanted.hash, hash, BT_SHA1_LENGTH);
      link = g_hash_table_lookup (self->latest, &wanted);
      if (link == NULL)
        continue;
      g_hash_table_remove (self->latest, &wanted);
      freshet_store_op_free (link->data);
      g_queue_delete_link (&self->queue, link);
    }
}

/* @op: (transfer full) */
static void
push (FreshetStore *self, FreshetStoreOp *op)
{
  gboolean is_urgent = !op->lazy;
  GList *earlier;

  if (!self->keeps && op->kind <= FRESHET_STORE_OP_VALUE)
    {
      freshet_store_op_free (op);
      return;
    }
  g_mutex_lock (&self->mutex);
  earlier = is_replaceable (op) ? g_hash_table_lookup (self->latest, op) : NULL;
  if (op->kind == FRESHET_STORE_OP_REMOVE)
    drop_puts (self, op->hash);
  else if (op->kind == FRESHET_STORE_OP_REMOVE_LABEL)
    forget_label (self, op->label);
  if (earlier != NULL)
    {
      g_hash_table_remove (self->latest, op);
      freshet_store_op_free (earlier->data);
      earlier->data = op;
      g_hash_table_insert (self->latest, op, earlier);
    }
  else
    {
      g_queue_push_tail (&self->queue, op);
      if (is_replaceable (op))
        g_hash_table_insert (self->latest, op, self->queue.tail);
    }
  self->n_urgent += is_urgent ? 1 : 0;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

static void
weak_clear (gpointer data)
{
  g_weak_ref_clear (data);
}

void
freshet_store_weak_unref (GWeakRef *weak)
{
  g_atomic_rc_box_release_full (weak, weak_clear);
}

static void
freshet_store_finalize (GObject *object)
{
  FreshetStore *self = FRESHET_STORE (object);

  if (self->thread != NULL)
    {
      FreshetStoreOp *op = op_new (FRESHET_STORE_OP_CLOSE, NULL);

      push (self, op);
      g_thread_join (self->thread);
    }
  g_queue_clear_full (&self->queue, (GDestroyNotify) freshet_store_op_free);
  g_hash_table_unref (self->latest);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  freshet_store_weak_unref (self->weak);
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
  self->latest = g_hash_table_new (op_hash, op_equal);
  self->weak = g_atomic_rc_box_new0 (GWeakRef);
  g_weak_ref_init (self->weak, self);
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
  FreshetStoreOp *op;

  g_return_if_fail (FRESHET_IS_STORE (self));
  g_return_if_fail (self->thread == NULL);

  op = op_new (FRESHET_STORE_OP_OPEN, NULL);
  op->task = task_new (self, callback, user_data, freshet_store_open_async);
  push (self, op);
  self->thread = g_thread_new ("freshet-store", freshet_store_thread, self);
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

static void
put (FreshetStore *self, const FreshetTorrentRecord *record, gboolean lazy)
{
  FreshetStoreOp *op = op_new (FRESHET_STORE_OP_PUT, record->hash);

  op->data = freshet_torrent_record_copy (record);
  op->free = (GDestroyNotify) freshet_torrent_record_free;
  op->lazy = lazy;
  push (self, op);
}

void
freshet_store_put (FreshetStore *self, const FreshetTorrentRecord *record)
{
  put (self, record, FALSE);
}

void
freshet_store_put_counters (FreshetStore *self, const FreshetTorrentRecord *record)
{
  put (self, record, TRUE);
}

static void
put_bytes (FreshetStore *self, FreshetStoreOpKind kind, const guint8 *hash, const char *key, GBytes *bytes, gboolean lazy)
{
  FreshetStoreOp *op = op_new (kind, hash);

  op->key = g_strdup (key);
  op->data = g_bytes_ref (bytes);
  op->free = (GDestroyNotify) g_bytes_unref;
  op->lazy = lazy;
  push (self, op);
}

void
freshet_store_put_metainfo (FreshetStore *self, const guint8 *hash, GBytes *metainfo)
{
  put_bytes (self, FRESHET_STORE_OP_METAINFO, hash, NULL, metainfo, FALSE);
}

void
freshet_store_put_resume (FreshetStore *self, const guint8 *hash, GBytes *resume, gboolean lazy)
{
  put_bytes (self, FRESHET_STORE_OP_RESUME, hash, NULL, resume, lazy);
}

void
freshet_store_remove (FreshetStore *self, const guint8 *hash)
{
  push (self, op_new (FRESHET_STORE_OP_REMOVE, hash));
}

void
freshet_store_put_order (FreshetStore *self, GArray *hashes)
{
  FreshetStoreOp *op = op_new (FRESHET_STORE_OP_ORDER, NULL);

  op->data = g_array_ref (hashes);
  op->free = (GDestroyNotify) g_array_unref;
  push (self, op);
}

void
freshet_store_put_label (FreshetStore *self, const FreshetLabel *label)
{
  FreshetStoreOp *op = op_new (FRESHET_STORE_OP_LABEL, NULL);

  op->key = g_strdup_printf ("%" G_GINT64_FORMAT, label->id);
  op->data = freshet_label_copy (label);
  op->free = (GDestroyNotify) freshet_label_free;
  push (self, op);
}

void
freshet_store_remove_label (FreshetStore *self, gint64 id)
{
  FreshetStoreOp *op = op_new (FRESHET_STORE_OP_REMOVE_LABEL, NULL);

  op->label = id;
  push (self, op);
}

void
freshet_store_put_value (FreshetStore *self, const char *key, GBytes *value)
{
  put_bytes (self, FRESHET_STORE_OP_VALUE, NULL, key, value, FALSE);
}

/* @task: (transfer full) */
static void
ask (FreshetStore *self, FreshetStoreOpKind kind, const guint8 *hash, const char *key, GTask *task)
{
  FreshetStoreOp *op;

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
  ask (self, FRESHET_STORE_OP_GET_VALUE, NULL, key, task_new (self, callback, user_data, freshet_store_get_value_async));
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
  ask (self, FRESHET_STORE_OP_LOAD, hash, NULL, task_new (self, callback, user_data, freshet_store_load_async));
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
  ask (self, FRESHET_STORE_OP_FLUSH, NULL, NULL, task_new (self, callback, user_data, freshet_store_flush_async));
}

gboolean
freshet_store_flush_finish (FreshetStore *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_store_flush_async), FALSE);
  return g_task_propagate_pointer (G_TASK (result), NULL) != NULL;
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
  FreshetStoreOp *op;

  if (self->thread == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  op = op_new (FRESHET_STORE_OP_CLOSE, NULL);
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
