# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader sees, asked for over D-Bus each time.

The usual library keeps what it saw, and asks for children one at a time, which
GTK 4.8 cannot answer for a widget that has just come. Here nothing is kept
between two looks and children are asked for all at once."""
import re

from gi.repository import Gio, GLib

# Milliseconds. An answer that is only late must not look like none: what was
# asked to click has done it then.
TIMEOUT = 60000
ACCESSIBLE = "org.a11y.atspi.Accessible"
CHECKED, FOCUSED, SELECTED, VISIBLE = 4, 12, 23, 30


def connect():
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                Gio.DBusCallFlags.NONE, TIMEOUT, None).unpack()[0]
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags)


def ask(questions):
    """questions: (node, interface, method, parameters). Returns: the answers in
    their order. All are asked before the first is answered: on a busy machine
    each answer that is waited for costs the program and this test a turn."""
    context = GLib.MainContext.default()
    answers, errors, waiting = [None] * len(questions), [], [0]

    def answered(bus, result, i):
        waiting[0] -= 1
        try:
            answers[i] = bus.call_finish(result).unpack()
        except GLib.Error as error:
            errors.append(error)

    for i, (node, interface, method, parameters) in enumerate(questions):
        # Buses have a limit for what a connection waits for.
        while waiting[0] >= 100:
            context.iteration(True)
        waiting[0] += 1
        Node.bus.call(node.owner, node.path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, TIMEOUT, None,
                      answered, i)
    while waiting[0]:
        context.iteration(True)
    if errors:
        raise errors[0]
    return answers


NAME_OF = GLib.Variant("(ss)", (ACCESSIBLE, "Name"))


def look(roots):
    """What can be seen, from @roots downwards, parents first, with name, role
    and states as they were then; an error when some of it goes meanwhile."""
    level = list(roots)
    while level:
        states = ask([(node, ACCESSIBLE, "GetState", None) for node in level])
        for node, (state,) in zip(level, states):
            node.seen = {"state": state, "below": []}
        level = [node for node in level if node.has_state(VISIBLE)]
        said = ask([question for node in level for question in (
            (node, ACCESSIBLE, "GetRoleName", None), (node, "org.freedesktop.DBus.Properties", "Get", NAME_OF),
            (node, ACCESSIBLE, "GetChildren", None))])
        for i, node in enumerate(level):
            (role,), (name,), (children,) = said[3 * i:3 * i + 3]
            below = [Node(*child) for child in children if not child[1].endswith("/null")]
            node.seen.update(role=role, name=name, below=below)
        level = [child for node in level for child in node.seen["below"]]
    return [node for root in roots for node in root.in_order()]


class Node:
    """A widget, an application or the desktop."""

    bus = None

    def __init__(self, owner, path):
        self.owner, self.path = owner, path
        self.seen = None  # what look() saw of it

    def call(self, interface, method, parameters=None):
        return Node.bus.call_sync(self.owner, self.path, interface, method, parameters, None,
                                  Gio.DBusCallFlags.NONE, TIMEOUT, None).unpack()

    def get(self, interface, name):
        return self.call("org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (interface, name)))[0]

    @property
    def name(self):
        return self.seen["name"] if self.seen else self.get(ACCESSIBLE, "Name")

    @property
    def role(self):
        return self.seen["role"] if self.seen else self.call(ACCESSIBLE, "GetRoleName")[0]

    @property
    def value(self):
        """Of our own bars it is the description: “52 %”, or “52%” in Korean."""
        percent = re.match(r"\d+", self.get(ACCESSIBLE, "Description")) if self.role == "progress bar" else None
        if percent:
            return int(percent[0]) / 100
        return self.get("org.a11y.atspi.Value", "CurrentValue")

    def has_state(self, state):
        low, high = self.seen["state"] if self.seen else self.call(ACCESSIBLE, "GetState")[0]
        return bool((low | high << 32) >> state & 1)

    def children(self):
        return [Node(*child) for child in self.call(ACCESSIBLE, "GetChildren")[0]
                if not child[1].endswith("/null")]

    def extents(self):
        """x, y, width and height in the window."""
        return self.call("org.a11y.atspi.Component", "GetExtents", GLib.Variant("(u)", (1,)))[0]

    def click(self):
        """Does what a click does; whether there is such a thing."""
        try:
            n_actions = self.get("org.a11y.atspi.Action", "NActions")
        except GLib.Error:
            return False
        for i in range(n_actions):
            index = GLib.Variant("(i)", (i,))
            if self.call("org.a11y.atspi.Action", "GetName", index)[0] in ("click", "toggle"):
                return self.call("org.a11y.atspi.Action", "DoAction", index)[0]
        return False

    def in_order(self):
        """Of what look() saw: this and all below."""
        if not self.has_state(VISIBLE):
            return
        yield self
        for child in self.seen["below"]:
            yield from child.in_order()

    def walk(self):
        """What can be seen, from here downwards; without asking again where look() came by."""
        return list(self.in_order()) if self.seen else look([self])


def applications():
    """Process number -> the application's node."""
    if Node.bus is None:
        Node.bus = connect()
    found = {}
    for application in Node("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root").children():
        pid = Node.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 "GetConnectionUnixProcessID", GLib.Variant("(s)", (application.owner,)), None,
                                 Gio.DBusCallFlags.NONE, TIMEOUT, None).unpack()[0]
        found[pid] = application
    return found
