#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""notifyd.py READY: the part of a desktop that shows notifications, for tests.

Keeps what it is given, and presses on it when asked to: Shown() and Press(summary, label)
of org.freshet.Test on the same object. Writes a line to READY when it is there."""
import sys

from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
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
  </interface>
</node>"""


class Notifications:
    def __init__(self):
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


def main():
    notifications = Notifications()

    def called(connection, sender, path, interface, method, parameters, invocation):
        invocation.return_value(getattr(notifications, method)(connection, *parameters.unpack()))

    def acquired(connection, name):
        for interface in Gio.DBusNodeInfo.new_for_xml(XML).interfaces:
            connection.register_object(PATH, interface, called, None, None)

    def named(connection, name):
        with open(sys.argv[1], "w") as ready:
            ready.write("ready\n")

    Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, acquired, named, None)
    GLib.MainLoop().run()


main()
