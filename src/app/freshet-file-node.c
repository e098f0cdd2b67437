/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-file-node.h"

#include "freshet-file-tree.h"

struct _FreshetFileNode
{
  GObject parent_instance;
  FreshetFileNode *root;  /* owned, but for the root itself */
  FreshetFileTree *tree;  /* the root's */
  guint32 index;
  guint32 n_shown;        /* of a folder: children that the model was said to have */
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_IS_FOLDER,
  PROP_SIZE,
  PROP_WANTED,
  PROP_PRIORITY,
  PROP_WANTED_SIZE,
  PROP_PROGRESS,
  N_PROPS
};

enum
{
  CHOICE_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static FreshetFileEntry *
entry_of (FreshetFileNode *self)
{
  return freshet_file_tree_entry (self->tree, self->index);
}

static GType
freshet_file_node_get_item_type (GListModel *model)
{
  return FRESHET_TYPE_FILE_NODE;
}

static guint
freshet_file_node_get_n_items (GListModel *model)
{
  return FRESHET_FILE_NODE (model)->n_shown;
}

static gpointer
freshet_file_node_get_item (GListModel *model, guint position)
{
  FreshetFileNode *self = FRESHET_FILE_NODE (model);
  FreshetFileEntry *child;
  FreshetFileNode *node;
  guint32 index;

  if (position >= self->n_shown)
    return NULL;
  index = self->tree->order[entry_of (self)->first_child + position];
  child = freshet_file_tree_entry (self->tree, index);
  if (child->node != NULL)
    return g_object_ref (child->node);
  node = g_object_new (FRESHET_TYPE_FILE_NODE, NULL);
  node->root = g_object_ref (self->root);
  node->tree = self->tree;
  node->index = index;
  node->n_shown = child->n_shown;
  child->node = node;
  return node;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = freshet_file_node_get_item_type;
  iface->get_n_items = freshet_file_node_get_n_items;
  iface->get_item = freshet_file_node_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FreshetFileNode, freshet_file_node, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
freshet_file_node_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetFileNode *self = FRESHET_FILE_NODE (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, freshet_file_node_get_name (self));
      break;
    case PROP_IS_FOLDER:
      g_value_set_boolean (value, freshet_file_node_is_folder (self));
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, freshet_file_node_get_size (self));
      break;
    case PROP_WANTED:
      g_value_set_uint (value, freshet_file_node_get_wanted (self));
      break;
    case PROP_PRIORITY:
      g_value_set_int (value, freshet_file_node_get_priority (self));
      break;
    case PROP_WANTED_SIZE:
      g_value_set_uint64 (value, freshet_file_node_get_wanted_size (self));
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, freshet_file_node_get_progress (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_file_node_finalize (GObject *object)
{
  FreshetFileNode *self = FRESHET_FILE_NODE (object);

  if (self->root == self)
    freshet_file_tree_free (self->tree);
  else if (self->root != NULL)
    {
      entry_of (self)->node = NULL;
      g_object_unref (self->root);
    }
  G_OBJECT_CLASS (freshet_file_node_parent_class)->finalize (object);
}

static void
freshet_file_node_class_init (FreshetFileNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = freshet_file_node_get_property;
  object_class->finalize = freshet_file_node_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_IS_FOLDER] = g_param_spec_boolean ("is-folder", NULL, NULL, FALSE, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_WANTED] = g_param_spec_uint ("wanted", NULL, NULL, 0, FRESHET_WANTED_ALL, FRESHET_WANTED_ALL, flags);
  properties[PROP_PRIORITY] = g_param_spec_int ("priority", NULL, NULL, FRESHET_PRIORITY_MIXED, BT_FILE_HIGH, BT_FILE_NORMAL, flags);
  properties[PROP_WANTED_SIZE] = g_param_spec_uint64 ("wanted-size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHOICE_CHANGED] = g_signal_new ("choice-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
freshet_file_node_init (FreshetFileNode *self)
{
}

FreshetFileNode *
freshet_file_node_new (BtMetainfo *metainfo)
{
  FreshetFileNode *self;

  g_return_val_if_fail (metainfo != NULL, NULL);

  self = g_object_new (FRESHET_TYPE_FILE_NODE, NULL);
  self->root = self;
  self->tree = freshet_file_tree_new (metainfo);
  self->n_shown = entry_of (self)->n_shown;
  entry_of (self)->node = self;
  return self;
}

const char *
freshet_file_node_get_name (FreshetFileNode *self)
{
  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), NULL);
  return entry_of (self)->name;
}

gboolean
freshet_file_node_is_folder (FreshetFileNode *self)
{
  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), FALSE);
  return entry_of (self)->file == G_MAXUINT32;
}

guint
freshet_file_node_get_file (FreshetFileNode *self)
{
  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), G_MAXUINT);
  return entry_of (self)->file;
}

guint64
freshet_file_node_get_size (FreshetFileNode *self)
{
  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), 0);
  return entry_of (self)->size;
}

guint
freshet_file_node_get_n_files (FreshetFileNode *self)
{
  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), 0);
  return entry_of (self)->n_files;
}

FreshetWanted
freshet_file_node_get_wanted (FreshetFileNode *self)
{
  const FreshetFileEntry *entry;

  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), FRESHET_WANTED_NONE);

  entry = entry_of (self);
  if (entry->n_wanted == 0)
    return FRESHET_WANTED_NONE;
  return entry->n_wanted == entry->n_files ? FRESHET_WANTED_ALL : FRESHET_WANTED_SOME;
}

guint64
freshet_file_node_get_wanted_size (FreshetFileNode *self)
{
  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), 0);
  return entry_of (self)->wanted_size;
}

guint
freshet_file_node_get_n_wanted (FreshetFileNode *self)
{
  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), 0);
  return entry_of (self)->n_wanted;
}

int
freshet_file_node_get_priority (FreshetFileNode *self)
{
  const FreshetFileEntry *entry;

  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), BT_FILE_NORMAL);

  entry = entry_of (self);
  if (entry->n_wanted == 0)
    return BT_FILE_SKIP;
  /* What is not wanted has no say in how much the rest is. */
  for (int priority = BT_FILE_LOW; priority <= BT_FILE_HIGH; priority++)
    if (entry->n_by_priority[priority] == entry->n_wanted)
      return priority;
  return FRESHET_PRIORITY_MIXED;
}

double
freshet_file_node_get_progress (FreshetFileNode *self)
{
  const FreshetFileEntry *entry;

  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), 0);

  entry = entry_of (self);
  return entry->size == 0 ? 1 : (double) entry->done / (double) entry->size;
}

static gboolean
is_below (FreshetFileTree *tree, guint32 index, guint32 folder)
{
  while (index > folder)
    index = freshet_file_tree_entry (tree, index)->parent;
  return index == folder;
}

/* A file below @folder; of those that a search hides nobody thinks. */
static gboolean
is_meant (FreshetFileTree *tree, guint32 index, guint32 folder)
{
  const FreshetFileEntry *entry = freshet_file_tree_entry (tree, index);

  return entry->file != G_MAXUINT32 && entry->is_shown && is_below (tree, index, folder);
}

/* Only those who are looked at have objects that can tell. */
static void
notify_all (FreshetFileNode *self, guint32 from, guint32 to)
{
  FreshetFileTree *tree = self->tree;

  for (guint32 i = 0; i < tree->entries->len; i++)
    {
      GObject *node = freshet_file_tree_entry (tree, i)->node;

      if (node == NULL)
        continue;
      for (guint32 property = from; property <= to; property++)
        g_object_notify_by_pspec (node, properties[property]);
    }
}

void
freshet_file_node_set_priority (FreshetFileNode *self, BtFilePriority priority)
{
  FreshetFileTree *tree;
  gboolean changed = FALSE;

  g_return_if_fail (FRESHET_IS_FILE_NODE (self));

  tree = self->tree;
  /* What is in a folder comes after it. */
  for (guint32 i = self->index; i < tree->entries->len; i++)
    if (is_meant (tree, i, self->index))
      changed |= freshet_file_tree_set_priority (tree, i, priority);
  if (!changed)
    return;
  notify_all (self, PROP_WANTED, PROP_WANTED_SIZE);
  g_signal_emit (self->root, signals[CHOICE_CHANGED], 0);
}

void
freshet_file_node_set_wanted (FreshetFileNode *self, gboolean wanted)
{
  FreshetFileTree *tree;
  gboolean changed = FALSE;

  g_return_if_fail (FRESHET_IS_FILE_NODE (self));

  tree = self->tree;
  for (guint32 i = self->index; i < tree->entries->len; i++)
    {
      const FreshetFileEntry *entry = freshet_file_tree_entry (tree, i);

      if (is_meant (tree, i, self->index) && (entry->priority != BT_FILE_SKIP) != wanted)
        changed |= freshet_file_tree_set_priority (tree, i, wanted ? BT_FILE_NORMAL : BT_FILE_SKIP);
    }
  if (!changed)
    return;
  notify_all (self, PROP_WANTED, PROP_WANTED_SIZE);
  g_signal_emit (self->root, signals[CHOICE_CHANGED], 0);
}

guint
freshet_file_node_search (FreshetFileNode *self, const char *text)
{
  FreshetFileTree *tree;
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_files;

  g_return_val_if_fail (FRESHET_IS_FILE_NODE (self), 0);
  g_return_val_if_fail (self->root == self, 0);

  tree = self->tree;
  n_files = freshet_file_tree_search (tree, text);
  /* Whoever listens may let go of nodes: they are held until all were told,
   * the root last, which makes its rows anew. */
  for (guint32 i = tree->entries->len; i-- > 0;)
    {
      const FreshetFileEntry *entry = freshet_file_tree_entry (tree, i);

      if (entry->node != NULL && entry->file == G_MAXUINT32)
        g_ptr_array_add (folders, g_object_ref (entry->node));
    }
  for (guint i = 0; i < folders->len; i++)
    {
      FreshetFileNode *folder = folders->pdata[i];
      guint32 before = folder->n_shown;

      folder->n_shown = entry_of (folder)->n_shown;
      g_list_model_items_changed (G_LIST_MODEL (folder), 0, before, folder->n_shown);
    }
  return n_files;
}

void
freshet_file_node_update (FreshetFileNode *self, BtTorrent *torrent)
{
  FreshetFileTree *tree;
  gboolean choice = FALSE, done = FALSE;

  g_return_if_fail (FRESHET_IS_FILE_NODE (self));
  g_return_if_fail (self->root == self);
  g_return_if_fail (bt_torrent_get_metainfo (torrent) != NULL);

  tree = self->tree;
  for (guint i = 0; i < tree->n_files; i++)
    {
      guint64 bytes;

      if (tree->by_file[i] == 0)
        continue;
      choice |= freshet_file_tree_set_priority (tree, tree->by_file[i], bt_torrent_get_file_priority (torrent, i));
      bytes = bt_torrent_get_file_progress (torrent, i);
      done |= bytes != freshet_file_tree_entry (tree, tree->by_file[i])->done;
      freshet_file_tree_set_done (tree, tree->by_file[i], bytes);
    }
  if (choice)
    notify_all (self, PROP_WANTED, PROP_WANTED_SIZE);
  if (done)
    notify_all (self, PROP_PROGRESS, PROP_PROGRESS);
}

void
freshet_file_node_apply (FreshetFileNode *self, BtTorrent *torrent)
{
  g_autofree guint8 *priorities = NULL;

  g_return_if_fail (FRESHET_IS_FILE_NODE (self));
  g_return_if_fail (self->root == self);

  priorities = g_malloc (MAX (self->tree->n_files, 1));
  for (guint i = 0; i < self->tree->n_files; i++)
    priorities[i] = self->tree->by_file[i] == 0 ? (guint8) bt_torrent_get_file_priority (torrent, i)
                                                : freshet_file_tree_entry (self->tree, self->tree->by_file[i])->priority;
  bt_torrent_set_file_priorities (torrent, priorities);
}
