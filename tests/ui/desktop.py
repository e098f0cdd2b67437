# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as a person meets it: through the accessibility tree and keys."""
import os
import re
import signal
import subprocess
import sys
import time

from gi.repository import Gio, GLib

import atspi

# Seconds. A machine may be ten times as slow as another, and a sanitizer makes the program that slow too.
PATIENCE = 120
# So long are the words of libadwaita's toasts there.
WORDS_SECONDS = 5


class Failure(Exception):
    pass


def wait(condition, what, seconds=PATIENCE):
    """The first true answer of condition(), which is tried until it comes."""
    context = GLib.MainContext.default()
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = condition()
        except GLib.Error:
            value = None  # what was looked at has gone
        if value:
            return value
        if time.monotonic() > deadline:
            if "FRESHET_PICTURES" in os.environ:
                run("import", "-window", "root", os.path.join(os.environ["FRESHET_PICTURES"], sys.argv[1] + "-waits.png"))
            raise Failure("never came: " + what)
        GLib.timeout_add(40, lambda: False)
        context.iteration(True)


def plain(text):
    """Without what only keeps lines together."""
    return text.replace("\u2060", "").replace("\u00a0", " ")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run_quietly(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout


def succeeds(*command):
    return subprocess.run(command, capture_output=True).returncode == 0


class OtherProgram:
    """A window with a text that was copied, or files, to be dragged out of it, and into it. busy: it does nothing more
    when its window is there, until it is let go on."""

    TITLE = "Drag Source"

    def __init__(self, text=None, files=(), dropped=None, busy=False):
        self.arguments = ["--text", text] if text is not None else files
        self.environment = {**os.environ, **({"DROPPED": dropped} if dropped else {}), **({"BUSY": "1"} if busy else {})}

    def __enter__(self):
        self.process = subprocess.Popen([os.environ["FRESHET_DRAG_SOURCE"], *self.arguments], env=self.environment)
        wait(lambda: self.is_called(self.TITLE), "the other window")
        return self

    @staticmethod
    def is_called(title):
        return run_quietly("xdotool", "search", "--onlyvisible", "--name", f"^{title}$")

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def is_under_drag(self):
        """What is dragged is over it, and it would take that."""
        return self.is_called("Drop Here")

    def __exit__(self, *exception):
        self.process.terminate()
        self.go_on()
        self.process.wait()


def service(method, *arguments):
    """What the parts of the desktop say that the program talks to; see services.py."""
    parameters = GLib.Variant("(" + "s" * len(arguments) + ")", arguments) if arguments else None
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    return bus.call_sync("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freshet.Test", method,
                         parameters, None, Gio.DBusCallFlags.NONE, atspi.TIMEOUT, None).unpack()[0]


class Program:
    """freshet, running."""

    def __init__(self, *arguments, environment=None):
        self.log_path = os.path.join(os.environ["FRESHET_SESSION"], "freshet.log")
        self.log = open(self.log_path, "a")
        self.process = subprocess.Popen([os.environ["FRESHET"], *arguments], stdout=self.log, stderr=self.log,
                                        env={**os.environ, **(environment or {})})

    def windows(self):
        """Those that have a title, and what can be seen in them, as of one moment."""
        def see():
            application = atspi.applications().get(self.process.pid)
            found = application.children() if application else []
            atspi.look(found)
            # Once more when something goes while it is looked at.
            return ([w for w in found if w.seen.get("name")],)
        return wait(see, "a look at the windows")[0]

    def window_names(self):
        return [w.name for w in self.windows()]

    def window(self, title):
        return wait(lambda: next((w for w in self.windows() if w.name == title), None), f"the window “{title}”")

    def window_gone(self, title):
        wait(lambda: title not in self.window_names(), f"the end of the window “{title}”")

    def find_all(self, role, name=None):
        return [n for w in self.windows() for n in w.walk()
                if n.role == role and (name is None or name in plain(n.name))]

    def find(self, role, name=None):
        return wait(lambda: next(iter(self.find_all(role, name)), None), f"{role} “{name}”")

    def press(self, name, role="button"):
        """A menu button shows as two of one name, of which one can be clicked."""
        wait(lambda: any(n.click() for n in self.find_all(role, name)), f"{role} “{name}” to press")

    def text(self, part):
        """A label that holds part of a text."""
        return plain(self.find("label", part).name)

    def say(self, do, words, done=False):
        """The words that come for a while after do(), which is done again when they have gone unseen. done: once it is
        done already"""
        if not done:
            do()

        def hear():
            deadline = time.monotonic() + WORDS_SECONDS
            while time.monotonic() < deadline:
                if self.find_all("label", words):
                    return True
            do()
            return False
        wait(hear, f"the words “{words}”")

    def progress(self):
        return [bar.value for bar in self.find_all("progress bar")]

    def x_window(self, title):
        # A person's window manager shows the window before it can be used. It
        # puts windows on a desktop, but not menus and tooltips of the same name.
        def see():
            return [window for window in run_quietly("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").split()
                    if succeeds("xdotool", "get_desktop_for_window", window)]
        return wait(see, f"the window “{title}” on the display")[0]

    def keys(self, *keys, title="Freshet"):
        run("xdotool", "windowactivate", "--sync", self.x_window(title), "key", "--clearmodifiers", *keys)

    def type(self, text, title="Freshet"):
        """To the window: one that has come may not have the keyboard yet."""
        run("xdotool", "windowactivate", "--sync", self.x_window(title), "type", text)

    def keys_here(self, *keys):
        """To what has the keyboard now, such as an open menu."""
        run("xdotool", "key", "--clearmodifiers", *keys)

    def complaints(self):
        with open(self.log_path) as log:
            return [line for line in log if re.search(r"-(WARNING|CRITICAL) \*\*", line)]

    def wait_end(self):
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failure("the program did not end") from None
        if code != 0:
            raise Failure(f"the program ended with {code}")
        if self.complaints():
            raise Failure("the program complained: " + "".join(self.complaints()))

    def quit(self):
        self.keys("ctrl+q")
        self.wait_end()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
