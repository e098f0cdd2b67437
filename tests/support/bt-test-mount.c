/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static gboolean
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  if (fd >= 0)
    close (fd);
  return written;
}

/* Who may not mount may do so in a user namespace, where the system allows them. */
static gboolean
become_root_of_a_namespace (void)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1", (guint) getuid ());
  g_autofree char *groups = g_strdup_printf ("0 %u 1", (guint) getgid ());

  return unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_file ("/proc/self/setgroups", "deny") &&
         write_file ("/proc/self/uid_map", users) && write_file ("/proc/self/gid_map", groups);
}

gboolean
bt_test_mounts_begin (void)
{
  if (unshare (CLONE_NEWNS) != 0 && !become_root_of_a_namespace ())
    return FALSE;
  return mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

void
bt_test_mount_small (const char *folder, guint64 bytes)
{
  g_autofree char *options = g_strdup_printf ("size=%" G_GUINT64_FORMAT, bytes);

  if (mount ("none", folder, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
    g_error ("Could not mount on %s: %s", folder, g_strerror (errno));
}

void
bt_test_unmount (const char *folder)
{
  umount2 (folder, MNT_DETACH);
}
