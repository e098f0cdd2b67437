# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader sees, asked for over D-Bus each time.

The usual library keeps what it saw, and asks for children one at a time, which
GTK 4.8 cannot answer for a widget that has just come. Here nothing is kept and
children are asked for all at once."""
from gi.repository import Gio, GLib

TIMEOUT = 5000  # milliseconds
ACCESSIBLE = "org.a11y.atspi.Accessible"
CHECKED, FOCUSED, VISIBLE = 4, 12, 30


def connect():
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                Gio.DBusCallFlags.NONE, TIMEOUT, None).unpack()[0]
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags)


class Node:
    """A widget, an application or the desktop."""

    bus = None

    def __init__(self, owner, path):
        self.owner, self.path = owner, path

    def call(self, interface, method, parameters=None):
        return Node.bus.call_sync(self.owner, self.path, interface, method, parameters, None,
                                  Gio.DBusCallFlags.NONE, TIMEOUT, None).unpack()

    def get(self, interface, name):
        return self.call("org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (interface, name)))[0]

    @property
    def name(self):
        return self.get(ACCESSIBLE, "Name")

    @property
    def role(self):
        return self.call(ACCESSIBLE, "GetRoleName")[0]

    @property
    def value(self):
        return self.get("org.a11y.atspi.Value", "CurrentValue")

    def has_state(self, state):
        low, high = self.call(ACCESSIBLE, "GetState")[0]
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

    def walk(self):
        """What can be seen, from here downwards."""
        if not self.has_state(VISIBLE):
            return
        yield self
        for child in self.children():
            yield from child.walk()


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
