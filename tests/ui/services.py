#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""services.py READY: the parts of a desktop that programs talk to, for tests.

One shows notifications: it keeps what it is given, and presses on it when asked to with
Shown() and Press(summary, label) of org.freshet.Test. One keeps the computer awake for who
asks for it, whom Inhibitors() of org.freshet.Test tells. Writes a line to READY when all
is there."""
import sys

from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
MANAGER, MANAGER_PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
XML = """<node>
  <interface name="org.freedesktop.Notifications">
    <method name="Notify"><arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/>
      <arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="in" type="as"/>
      <arg direction="in" type="a{sv}"/><arg direction="in" type="i"/><arg direction="out" type="u"/></method>
    <method name="CloseNotification"><arg direction="in" type="u"/></method>
    <method name="GetCapabilities"><arg direction="out" type="as"/></method>
    <method name="GetServerInformation"><arg direction="out" type="s"/><arg direction="out" type="s"/>
      <arg direction="out" type="s"/><arg direction="out" type="s"/></method>
    <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
    <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
  </interface>
  <interface name="org.freshet.Test">
    <method name="Shown"><arg direction="out" type="a(ss)"/></method>
    <method name="Press"><arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="out" type="b"/></method>
    <method name="Inhibitors"><arg direction="out" type="a(su)"/></method>
  </interface>
</node>"""
MANAGER_XML = """<node>
  <interface name="org.gnome.SessionManager">
    <method name="Inhibit"><arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/>
      <arg direction="in" type="u"/><arg direction="out" type="u"/></method>
    <method name="Uninhibit"><arg direction="in" type="u"/></method>
  </interface>
</node>"""


class SessionManager:
    def __init__(self):
        self.inhibitors = {}  # cookie -> reason, flags
        self.last = 0

    def Inhibit(self, connection, app, window, reason, flags):
        self.last += 1
        self.inhibitors[self.last] = (reason, flags)
        return GLib.Variant("(u)", (self.last,))

    def Uninhibit(self, connection, cookie):
        self.inhibitors.pop(cookie, None)


class Notifications:
    def __init__(self, manager):
        self.manager = manager
        self.shown = {}  # id -> summary, body, actions
        self.last = 0

    def Notify(self, connection, app, replaces, icon, summary, body, actions, hints, timeout):
        self.last += 1
        number = replaces or self.last
        self.shown[number] = (summary, body, dict(zip(actions[1::2], actions[::2])))
        return GLib.Variant("(u)", (number,))

    def CloseNotification(self, connection, number):
        if self.shown.pop(number, None):
            connection.emit_signal(None, PATH, NAME, "NotificationClosed", GLib.Variant("(uu)", (number, 3)))

    def GetCapabilities(self, connection):
        return GLib.Variant("(as)", (["actions", "body"],))

    def GetServerInformation(self, connection):
        return GLib.Variant("(ssss)", ("test", "freshet", "1", "1.2"))

    def Shown(self, connection):
        return GLib.Variant("(a(ss))", ([(summary, body) for summary, body, _ in self.shown.values()],))

    def Press(self, connection, summary, label):
        for number, (shown, _, actions) in self.shown.items():
            if shown == summary and label in actions:
                connection.emit_signal(None, PATH, NAME, "ActionInvoked",
                                       GLib.Variant("(us)", (number, actions[label])))
                return GLib.Variant("(b)", (True,))
        return GLib.Variant("(b)", (False,))

    def Inhibitors(self, connection):
        return GLib.Variant("(a(su))", (list(self.manager.inhibitors.values()),))


def own(name, path, xml, service, owned):
    def called(connection, sender, path, interface, method, parameters, invocation):
        invocation.return_value(getattr(service, method)(connection, *parameters.unpack()))

    def acquired(connection, name):
        for interface in Gio.DBusNodeInfo.new_for_xml(xml).interfaces:
            connection.register_object(path, interface, called, None, None)

    Gio.bus_own_name(Gio.BusType.SESSION, name, Gio.BusNameOwnerFlags.NONE, acquired, owned, None)


def main():
    manager = SessionManager()
    notifications = Notifications(manager)
    owned = []

    def named(connection, name):
        owned.append(name)
        if len(owned) == 2:
            with open(sys.argv[1], "w") as ready:
                ready.write("ready\n")

    own(NAME, PATH, XML, notifications, named)
    own(MANAGER, MANAGER_PATH, MANAGER_XML, manager, named)
    GLib.MainLoop().run()


main()
