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

/* What a later operation can take the place of. */
static char *
name_of (const FreshetStoreOp *op)
{
  GString *name;

  if (op->kind > FRESHET_STORE_OP_VALUE || op->kind == FRESHET_STORE_OP_REMOVE || op->kind == FRESHET_STORE_OP_REMOVE_LABEL)
    return NULL;
  name = g_string_new (NULL);
  g_string_printf (name, "%d:%s", op->kind, op->key != NULL ? op->key : "");
  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    g_string_append_printf (name, "%02x", op->hash[i]);
  return g_string_free (name, FALSE);
}

/* With the mutex held. What takes the place of something earlier must not
 * come before the removal that is to follow. */
static void
forget_label (FreshetStore *self, gint64 id)
{
  FreshetStoreOp label = { .kind = FRESHET_STORE_OP_LABEL };
  g_autofree char *name = NULL;

  label.key = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  name = name_of (&label);
  g_hash_table_remove (self->latest, name);
  g_free (label.key);
}

/* With the mutex held. */
static void
drop_puts (FreshetStore *self, const guint8 *hash)
{
  for (GList *l = self->queue.head, *next; l != NULL; l = next)
    {
      FreshetStoreOp *op = l->data;
      g_autofree char *name = NULL;

      next = l->next;
      if (op->kind > FRESHET_STORE_OP_RESUME || memcmp (op->hash, hash, BT_SHA1_LENGTH) != 0)
        continue;
      name = name_of (op);
      g_hash_table_remove (self->latest, name);
      g_queue_delete_link (&self->queue, l);
      freshet_store_op_free (op);
    }
}

/* @op: (transfer full) */
static void
push (FreshetStore *self, FreshetStoreOp *op)
{
  g_autofree char *name = name_of (op);
  GList *earlier;

  if (!self->keeps && op->kind <= FRESHET_STORE_OP_VALUE)
    {
      freshet_store_op_free (op);
      return;
    }
  g_mutex_lock (&self->mutex);
  earlier = name == NULL ? NULL : g_hash_table_lookup (self->latest, name);
  if (op->kind == FRESHET_STORE_OP_REMOVE)
    drop_puts (self, op->hash);
  else if (op->kind == FRESHET_STORE_OP_REMOVE_LABEL)
    forget_label (self, op->label);
  if (earlier != NULL)
    {
      freshet_store_op_free (earlier->data);
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
  self->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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

void
freshet_store_put (FreshetStore *self, const FreshetTorrentRecord *record)
{
  FreshetStoreOp *op = op_new (FRESHET_STORE_OP_PUT, record->hash);

  op->data = freshet_torrent_record_copy (record);
  op->free = (GDestroyNotify) freshet_torrent_record_free;
  push (self, op);
}

static void
put_bytes (FreshetStore *self, FreshetStoreOpKind kind, const guint8 *hash, const char *key, GBytes *bytes)
{
  FreshetStoreOp *op = op_new (kind, hash);

  op->key = g_strdup (key);
  op->data = g_bytes_ref (bytes);
  op->free = (GDestroyNotify) g_bytes_unref;
  push (self, op);
}

void
freshet_store_put_metainfo (FreshetStore *self, const guint8 *hash, GBytes *metainfo)
{
  put_bytes (self, FRESHET_STORE_OP_METAINFO, hash, NULL, metainfo);
}

void
freshet_store_put_resume (FreshetStore *self, const guint8 *hash, GBytes *resume)
{
  put_bytes (self, FRESHET_STORE_OP_RESUME, hash, NULL, resume);
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
  put_bytes (self, FRESHET_STORE_OP_VALUE, NULL, key, value);
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
