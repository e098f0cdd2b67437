#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""drive_keys.py CASE: menus and dialogs of the built program with keys alone, as drive.py.

Each view on the way is looked at as drive_desktop.py does: its controls have
names, and keys come to them."""
import sys

from atspi import CHECKED, FOCUSED
from desktop import Program, plain, run, wait
from drive import main
from drive_desktop import check
from hands import MIB, SLOW, add, close_menu, focus_row, menu_items, must
from swarm import Swarm


def tab_until(program, title, there, what):
    def try_it():
        if there():
            return True
        program.keys_here("Tab")
        return False

    # Once is enough: Tab stays in the window.
    run("xdotool", "windowactivate", "--sync", program.x_window(title))
    wait(try_it, what)


def tab_to(program, role, name, title="Freshet"):
    tab_until(program, title, lambda: any(n.has_state(FOCUSED) for n in program.find_all(role, name)), f"the focus on {role} “{name}”")


def tab_to_row(program, part):
    """A row of a table, of which a label has @part."""
    def there():
        focused = [n for window in program.windows() for n in window.walk() if n.has_state(FOCUSED)]
        return any(part in plain(n.name) for row in focused for n in row.walk())

    tab_until(program, "Freshet", there, f"the focus on the row of “{part}”")


def choose(program, name):
    """In the menu that is open."""
    def there():
        if any(n.has_state(FOCUSED) for n in menu_items(program, name)):
            return True
        program.keys_here("Down")
        return False

    wait(there, f"the focus on “{name}”")
    program.keys_here("Return")


def open_menu(program, key, view, title="Freshet"):
    program.keys(key, title=title)
    wait(lambda: menu_items(program), view)
    check(program, view)


def dialog(program, view):
    """The title of the window that came."""
    title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], view)[0]
    check(program, view)
    return title


def close(program, title):
    program.keys("Escape", title=title)
    program.window_gone(title)


def row_menu(program, name):
    open_menu(program, "Menu", "the menu of a torrent")
    choose(program, name)


def case_dialogs(folder):
    """What is done with a torrent: labels, goals, moving."""
    with Swarm(folder, "Album", {"a.txt": 10, "b.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        focus_row(program)
        open_menu(program, "shift+F10", "the menu of a torrent")
        close_menu(program)
        row_menu(program, "Labels…")
        title = dialog(program, "the labels")
        program.keys("f", "i", "l", "m", "s", "Return", title=title)
        program.find("checkbox", "films")
        check(program, "the labels")
        must(program.find("checkbox", "films").has_state(CHECKED), "the torrent has the label")
        tab_to(program, "checkbox", "films", title)
        program.keys("space", title=title)
        wait(lambda: not program.find("checkbox", "films").has_state(CHECKED), "the torrent without the label")
        tab_to(program, "button", "Colour of the Label", title)
        program.keys("Return", title=title)
        colour = wait(lambda: [t for t in program.window_names() if t not in ("Freshet", title)], "the colours")[0]
        close(program, colour)
        tab_to(program, "button", "Delete the Label", title)
        program.keys("space", title=title)
        wait(lambda: not program.find_all("checkbox", "films"), "the end of the label")
        close(program, title)

        row_menu(program, "Seeding Goals…")
        close(program, dialog(program, "the goals"))
        row_menu(program, "Move Files…")
        # GTK's own window.
        program.window("Move Files To")
        close(program, "Move Files To")
        program.quit()


def case_pages(folder):
    """What is done with files, peers and trackers."""
    with Swarm(folder, "Album", {"a.txt": 10, "b.bin": 30 * MIB}, up=SLOW) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "/s")
        focus_row(program)
        program.keys("alt+Return")
        tab_to(program, "tab", "Files")
        program.keys("space")
        tab_to(program, "checkbox", "a.txt")
        open_menu(program, "Menu", "the menu of a file")
        choose(program, "Rename…")
        close(program, dialog(program, "the new name"))
        tab_to(program, "tab", "Peers")
        program.keys("space")
        program.find("label", "libtorrent 2.0")
        check(program, "the peers")
        tab_to_row(program, "libtorrent")
        open_menu(program, "Menu", "the menu of a peer")
        choose(program, "Copy Address")
        tab_to(program, "tab", "Trackers")
        program.keys("space")
        program.find("label", swarm.tracker.url)
        tab_to(program, "list item", swarm.tracker.url)
        open_menu(program, "Menu", "the menu of a tracker")
        choose(program, "Remove This Tracker")
        program.find("label", "This torrent has no tracker")
        program.quit()


def case_window(folder):
    """What the window itself opens: shortcuts, limits, columns."""
    with Swarm(folder, "a.bin", {"a.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        program.keys("ctrl+question")
        close(program, dialog(program, "the shortcuts"))
        tab_to(program, "button", "Speed Limits")
        program.keys("space")
        program.find("spin button")
        check(program, "the limits")
        program.keys_here("Escape")
        wait(lambda: not program.find_all("spin button"), "the end of the limits")
        program.keys("ctrl+2")
        program.find("label", "Time Left")
        open_menu(program, "F10", "the main menu")
        choose(program, "Choose Columns…")
        wait(lambda: menu_items(program, "Time Left"), "the columns to choose")
        check(program, "the columns to choose")
        choose(program, "Time Left")
        wait(lambda: not program.find_all("label", "Time Left"), "the end of the column")
        tab_to_row(program, "a.bin")
        open_menu(program, "Menu", "the menu of a torrent")
        close_menu(program)
        program.quit()


if __name__ == "__main__":
    sys.exit(main(globals()))
