/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-resolver.h"

typedef struct
{
  GResolverClass parent_class;
} BtTestResolverClass;

GType bt_test_resolver_get_type (void);
G_DEFINE_TYPE (BtTestResolver, bt_test_resolver, G_TYPE_RESOLVER)

static void
lookup_async (GResolver *resolver, const char *name, GResolverNameLookupFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);

  ((BtTestResolver *) resolver)->n_lookups++;
  g_task_set_task_data (task, g_strdup (name), g_free);
  if (g_str_equal (name, "two.test") && flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY)
    g_task_return_pointer (task, resolver, NULL);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "“%s” means nothing", name);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  if (g_task_propagate_pointer (G_TASK (result), error) == NULL)
    return NULL;
  return g_list_append (g_list_append (NULL, g_inet_address_new_from_string ("127.0.0.2")), g_inet_address_new_from_string ("127.0.0.1"));
}

static void
bt_test_resolver_class_init (BtTestResolverClass *class)
{
  G_RESOLVER_CLASS (class)->lookup_by_name_with_flags_async = lookup_async;
  G_RESOLVER_CLASS (class)->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
bt_test_resolver_init (BtTestResolver *self)
{
}

BtTestResolver *
bt_test_resolver_new (void)
{
  BtTestResolver *self = g_object_new (bt_test_resolver_get_type (), NULL);

  g_resolver_set_default (G_RESOLVER (self));
  return self;
}
