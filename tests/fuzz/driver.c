/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rng.h"
#include "fuzz.h"

/* Stands in for libFuzzer where there is none: every file of the folders that
 * are named, and mutations of them that are the same in every run. */

/* Enough to meet each branch of a small parser, and under a second. */
#define MUTATIONS_PER_FILE 400u


static void
run (const guint8 *bytes, gsize length)
{
  /* Of just its size, so that a sanitizer sees a byte too far. */
  g_autofree guint8 *copy = g_memdup2 (bytes, length);

  LLVMFuzzerTestOneInput (copy, length);
}

static void
mutate_once (GByteArray *bytes, BtRng *rng)
{
  static const char interesting[] = "0123456789eidl:-%&=\xff";
  guint at = bt_rng_below (rng, bytes->len + 1);
  guint n = bt_rng_below (rng, 8) + 1;
  guint8 letter = (guint8) interesting[bt_rng_below (rng, sizeof interesting)];

  switch (bt_rng_below (rng, 5))
    {
    case 0:
      if (at < bytes->len)
        bytes->data[at] ^= (guint8) (1u << bt_rng_below (rng, 8));
      break;
    case 1:
      if (at < bytes->len)
        bytes->data[at] = letter;
      break;
    case 2:
      if (at < bytes->len)
        g_byte_array_remove_range (bytes, at, MIN (n, bytes->len - at));
      break;
    case 3:
      g_byte_array_set_size (bytes, at);
      break;
    default:
      g_byte_array_append (bytes, &letter, 1);
      memmove (bytes->data + at, bytes->data + (at < n ? 0 : at - n), bytes->len - at);
      break;
    }
}

static void
run_mutations (const guint8 *bytes, gsize length)
{
  BtRng rng;

  bt_rng_seed (&rng, length);
  for (guint i = 0; i < MUTATIONS_PER_FILE; i++)
    {
      g_autoptr(GByteArray) changed = g_byte_array_new ();

      g_byte_array_append (changed, bytes, (guint) length);
      for (guint n = bt_rng_below (&rng, 4) + 1; n > 0; n--)
        mutate_once (changed, &rng);
      run (changed->data, changed->len);
    }
}

/* Returns: files run */
static guint
run_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_files = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      if (!g_file_get_contents (path, &bytes, &length, NULL))
        continue;
      run ((const guint8 *) bytes, length);
      run_mutations ((const guint8 *) bytes, length);
      n_files++;
    }
  return n_files;
}

int
main (int argc, char **argv)
{
  guint n_files = 0;

  run ((const guint8 *) "", 0);
  for (int i = 1; i < argc; i++)
    n_files += run_folder (argv[i]);
  g_print ("%u files\n", n_files);
  /* A corpus that is not found tests nothing. */
  return n_files > 0 ? 0 : 1;
}
