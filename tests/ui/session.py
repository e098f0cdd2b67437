#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""session.py [--tap] COMMAND…: runs COMMAND on a desktop of its own.

A display that nobody sees, a session bus, a window manager, and empty user
folders; all of it ends with COMMAND. Where a part is not installed the test is
skipped, in the way of TAP with --tap."""
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile

PR_SET_CHILD_SUBREAPER = 36  # of linux/prctl.h
NEEDED = ["Xvfb", "dbus-run-session", "openbox"]
SKIPPED = 77
PATIENCE = 60

SETTINGS = """[Settings]
gtk-font-name=Cantarell 11
gtk-enable-animations=0
"""
# Nothing is asked of the Internet, and other tests on this machine are not called out to.
CHOICES = """[io/github/freshet/Freshet]
dht=false
lsd=false
"""
USER_DIRS = 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n'


def read_line(fd, what):
    """The first line that comes; not later than a desktop may take to start."""
    line = b""
    while not line.endswith(b"\n"):
        if not select.select([fd], [], [], PATIENCE)[0]:
            sys.exit(f"{what} did not start")
        byte = os.read(fd, 1)
        if not byte:
            sys.exit(f"{what} ended")
        line += byte
    return line.decode().strip()


def end(process):
    process.terminate()
    process.wait()


def end_orphans():
    """What the buses have started: not all of it ends with them, such as the bus for helpers of its own."""
    while True:
        with open(f"/proc/self/task/{os.getpid()}/children") as f:
            for pid in f.read().split():
                os.kill(int(pid), signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return


def make_folders(root):
    environment = dict(os.environ)
    for variable, name in (("HOME", "home"), ("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"),
                           ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache"), ("TMPDIR", "tmp")):
        environment[variable] = os.path.join(root, name)
        os.makedirs(environment[variable], 0o700)
    os.makedirs(os.path.join(environment["HOME"], "Downloads"))
    os.makedirs(os.path.join(environment["XDG_CONFIG_HOME"], "gtk-4.0"))
    with open(os.path.join(environment["XDG_CONFIG_HOME"], "gtk-4.0", "settings.ini"), "w") as f:
        f.write(SETTINGS)
    choices = os.path.join(environment["XDG_CONFIG_HOME"], "glib-2.0", "settings")
    os.makedirs(choices)
    with open(os.path.join(choices, "keyfile"), "w") as f:
        f.write(CHOICES)
    with open(os.path.join(environment["XDG_CONFIG_HOME"], "user-dirs.dirs"), "w") as f:
        f.write(USER_DIRS)
    return environment


def set_variables(environment):
    for variable in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_STARTUP_ID", "XDG_ACTIVATION_TOKEN",
                     "AT_SPI_BUS_ADDRESS", "GTK_A11Y", "GTK_THEME"):
        environment.pop(variable, None)
    # All that is asked of the web is on this machine.
    for variable in list(environment):
        if variable.lower().endswith("_proxy"):
            del environment[variable]
    # Texts are compared: whoever runs the tests may speak another language.
    environment["LC_ALL"] = "C.UTF-8"
    environment["LANGUAGE"] = os.environ.get("FRESHET_LANGUAGE", "en")
    environment["GDK_BACKEND"] = "x11"
    environment.setdefault("GSK_RENDERER", "cairo")
    # Asked for or not, GTK tries it at the start, and the drivers leak.
    environment.setdefault("GDK_DEBUG", "gl-disable")
    environment["GSETTINGS_BACKEND"] = "keyfile"
    environment["GIO_USE_VFS"] = "local"
    environment["GIO_USE_VOLUME_MONITOR"] = "unix"
    environment["ADW_DISABLE_PORTAL"] = "1"
    environment["NO_AT_BRIDGE"] = "0"


def outside(command):
    # Those who started it are gone when it is ended: it becomes a child of this process.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # A portal may have left a mount there.
    with tempfile.TemporaryDirectory(prefix="freshet-ui-", ignore_cleanup_errors=True) as root:
        environment = make_folders(root)
        set_variables(environment)
        environment["FRESHET_SESSION"] = root
        readable, writable = os.pipe()
        with open(os.path.join(root, "xvfb.log"), "w") as log:
            display = subprocess.Popen(["Xvfb", "-displayfd", str(writable), "-screen", "0", "1280x800x24",
                                        "-nolisten", "tcp", "-noreset",
                                        # A key that a busy machine holds down for long is one key all the same.
                                        "-r"],
                                       pass_fds=[writable], stdout=log, stderr=log)
        try:
            os.close(writable)
            environment["DISPLAY"] = ":" + read_line(readable, "The display")
            inner = [sys.executable, os.path.abspath(__file__), "--inside", *command]
            with open(os.path.join(root, "bus.log"), "w") as log:
                # The bus and its services would write between the lines of the test.
                kept = [os.dup(1), os.dup(2)]
                environment["FRESHET_OUTPUT"] = "{} {}".format(*kept)
                code = subprocess.run(["dbus-run-session", "--", *inner], env=environment, stdout=log, stderr=log,
                                      pass_fds=kept).returncode
        finally:
            end(display)
            end_orphans()
        return code


def inside(command):
    for standard, kept in zip((1, 2), os.environ.pop("FRESHET_OUTPUT").split()):
        os.dup2(int(kept), standard)
    ready = os.path.join(os.environ["FRESHET_SESSION"], "ready")
    os.mkfifo(ready)
    fd = os.open(ready, os.O_RDWR)
    with open(os.path.join(os.environ["FRESHET_SESSION"], "wm.log"), "w") as log:
        manager = subprocess.Popen(["openbox", "--sm-disable", "--startup", f"sh -c 'echo ready > {ready}'"],
                                   stdout=log, stderr=log)
        services = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(__file__), "services.py"), ready],
                                         stdout=log, stderr=log)
    try:
        for what in ("The window manager", "The services"):
            read_line(fd, what)
        return subprocess.run(command).returncode
    finally:
        end(services)
        end(manager)


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "--inside":
        return inside(arguments[1:])
    tap = arguments[0] == "--tap"
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed")
        return 0 if tap else SKIPPED
    return outside(arguments[1:] if tap else arguments)


sys.exit(main())
