/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rng.h"

static guint64
rotate_left (guint64 x, guint k)
{
  return (x << k) | (x >> (64 - k));
}

/* splitmix64, the authors' way to fill the state from one number. */
void
bt_rng_seed (BtRng *self, guint64 seed)
{
  for (guint i = 0; i < 4; i++)
    {
      guint64 z = (seed += 0x9e3779b97f4a7c15u);

      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      self->state[i] = z ^ (z >> 31);
    }
}

guint64
bt_rng_next (BtRng *self)
{
  guint64 *s = self->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

guint32
bt_rng_below (BtRng *self, guint32 n)
{
  return (guint32) (((bt_rng_next (self) >> 32) * n) >> 32);
}
