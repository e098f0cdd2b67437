/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-names.h"

#include "bt-error.h"
#include "bt-socket.h"

/* What a name meant, or that it means nothing, is believed for so long. */
#define LIFE (60 * G_USEC_PER_SEC)

typedef struct
{
  BtName name;    /* first: all that others see */
  char *host;
  BtAddrFamily family;
  gint64 until;
  BtNames *names; /* NULL: nobody wants it any more */
} Lookup;

struct _BtNames
{
  BtLoop *loop;
  GPtrArray *lookups; /* of Lookup */
  GCancellable *cancellable;
  void (*done) (gpointer data);
  gpointer data;
};

static void
lookup_free (Lookup *self)
{
  g_free (self->host);
  g_clear_pointer (&self->name.addrs, g_array_unref);
  g_clear_error (&self->name.error);
  g_free (self);
}

/* One that runs is freed when it ends. */
static void
lookup_drop (gpointer data)
{
  Lookup *self = data;

  self->names = NULL;
  if (!self->name.running)
    lookup_free (self);
}

BtNames *
bt_names_new (BtLoop *loop, void (*done) (gpointer data), gpointer data)
{
  BtNames *self = g_new0 (BtNames, 1);

  self->loop = loop;
  self->lookups = g_ptr_array_new_with_free_func (lookup_drop);
  self->cancellable = g_cancellable_new ();
  self->done = done;
  self->data = data;
  return self;
}

void
bt_names_free (BtNames *self)
{
  g_ptr_array_unref (self->lookups);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_free (self);
}

static void
lookup_end (Lookup *self)
{
  self->name.running = FALSE;
  self->until = bt_loop_now (self->names->loop) + LIFE;
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Lookup *self = data;
  GList *found = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (object), result, &self->name.error);

  for (GList *item = found; item != NULL; item = item->next)
    {
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new (item->data, 0);
      BtAddr addr;

      if (bt_socket_address_get (address, &addr) && addr.family == self->family)
        g_array_append_val (self->name.addrs, addr);
    }
  g_resolver_free_addresses (found);
  if (self->names == NULL)
    {
      lookup_free (self);
      return;
    }
  lookup_end (self);
  self->names->done (self->names->data);
}

static void
lookup_begin (Lookup *self)
{
  g_autoptr (GResolver) resolver = NULL;
  BtAddr addr;

  g_clear_pointer (&self->name.addrs, g_array_unref);
  g_clear_error (&self->name.error);
  self->name.addrs = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  self->name.running = TRUE;
  if (!bt_addr_parse_ip (&addr, self->host))
    {
      resolver = g_resolver_get_default ();
      g_resolver_lookup_by_name_with_flags_async (resolver, self->host,
                                                  self->family == BT_ADDR_V4 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY : G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY,
                                                  self->names->cancellable, found_cb, self);
      return;
    }
  if (addr.family == self->family)
    g_array_append_val (self->name.addrs, addr);
  else
    g_set_error (&self->name.error, BT_ERROR, BT_ERROR_UNSUPPORTED, "%s is no address of IPv%d.", self->host, self->family);
  lookup_end (self);
}

static Lookup *
find (BtNames *self, const char *host, BtAddrFamily family)
{
  for (guint i = 0; i < self->lookups->len; i++)
    {
      Lookup *lookup = self->lookups->pdata[i];

      if (lookup->family == family && g_ascii_strcasecmp (lookup->host, host) == 0)
        return lookup;
    }
  return NULL;
}

const BtName *
bt_names_get (BtNames *self, const char *host, BtAddrFamily family)
{
  Lookup *lookup = find (self, host, family);

  if (lookup == NULL)
    {
      lookup = g_new0 (Lookup, 1);
      lookup->host = g_strdup (host);
      lookup->family = family;
      lookup->names = self;
      g_ptr_array_add (self->lookups, lookup);
    }
  if (!lookup->name.running && bt_loop_now (self->loop) >= lookup->until)
    lookup_begin (lookup);
  return &lookup->name;
}

void
bt_names_forget (BtNames *self)
{
  gint64 now = bt_loop_now (self->loop);

  for (guint i = self->lookups->len; i-- > 0;)
    {
      const Lookup *lookup = self->lookups->pdata[i];

      if (!lookup->name.running && now >= lookup->until)
        g_ptr_array_remove_index_fast (self->lookups, i);
    }
}
