# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with the program again and again, and looks for in it."""
import contextlib
import os
import subprocess

from atspi import FOCUSED, SELECTED
from desktop import PATIENCE, WORDS_SECONDS, Failure, plain, run, wait

MIB = 1 << 20
# Of a seed that is hurried when what takes a while has been looked at: no machine is slower.
SLOW = MIB // 32
# So long what is below the pointer may take to say what it will do, before it is tried once more.
REST_SECONDS = 10
# Of the display: over the lower end of the sidebar, where there is nothing, and no dialog. GTK 4.8 complains when the
# pointer is outside and a menu goes with the row that it belongs to.
QUIET = ("200", "640")
DOWNLOADS = os.path.join(os.environ["HOME"], "Downloads")


def must(condition, what):
    if not condition:
        raise Failure("not so: " + what)


def add(program):
    """Says yes to the dialog that asks where to save."""
    program.window("Add Torrent")
    program.find("label", "~/Downloads")
    program.press("Add")
    program.window_gone("Add Torrent")


def hand_over(*what):
    """To the program that runs, by a second one, which ends."""
    subprocess.run([os.environ["FRESHET"], *what], check=True, timeout=PATIENCE)


def hand_over_again(program, what, words):
    """What is there already: words say so."""
    program.say(lambda: hand_over(what), words)


def still(node):
    """Its extents, when it has come to its place: that is some frames after it came."""
    seen = []

    def see():
        seen.append(node.extents())
        return len(seen) > 1 and seen[-1] == seen[-2] and seen[-1][2] > 0 and seen[-1]

    return wait(see, "its place")


def point_at(program, node, title="Freshet"):
    """A click with the pointer, where GTK 4.8 offers no other."""
    x, y, width, height = still(node)
    run("xdotool", "mousemove", "--window", program.x_window(title), str(x + width // 2), str(y + height // 2),
        "click", "1", "mousemove", *QUIET)


def rows(program):
    """Of the list of torrents."""
    return [n for found in program.find_all("list", "Torrents") for n in found.walk() if n.role == "list item"]


def focus_row(program):
    """By keys alone: into the list, where a row's buttons come first, and onto the row."""
    def in_list():
        if any(n.has_state(FOCUSED) for item in rows(program) for n in item.walk()):
            return True
        program.keys("Tab")
        return False

    wait(in_list, "the focus in the list")
    program.keys("Down")
    wait(lambda: any(n.has_state(FOCUSED) for n in rows(program)), "the focus on a row")


def focus_row_of(program, role, name):
    def there():
        if any(n.has_state(FOCUSED) for n in program.find_all(role, name)):
            return True
        program.keys("Tab")
        return False

    wait(there, f"the focus on {role} “{name}”")


def focus_entry(program):
    """GTK 4.8 does not say which entry has the focus, but of everything else it does."""
    def nothing_else():
        if not any(n.has_state(FOCUSED) for window in program.windows() for n in window.walk()):
            return True
        program.keys("Tab")
        return False

    wait(nothing_else, "the focus on an entry")


def menu_items(program, name=None):
    return [n for window in program.windows() for n in window.walk()
            if n.role.startswith("menu item") and (name is None or name in plain(n.name))]


def close_menu(program):
    """What is pressed before it has gone would be lost with it."""
    program.keys_here("Escape")
    wait(lambda: not menu_items(program), "the end of the menu")


def remove_by_menu(program, choice):
    program.press("More")
    program.press(choice, role="menu item")


def remove_and_undo(program, swarm, remove, words, keys=None):
    """Words offer to take it back for a while; who is too slow adds the torrent again, and tries again. keys: for
    who takes it back without the button."""
    def undo():
        seen = [n for window in program.windows() for n in window.walk()]
        labels = [plain(n.name) for n in seen if n.role == "label"]
        if not any(words in label for label in labels) or "Nothing Here Yet" not in labels:
            return False
        if keys is None:
            return any(n.click() for n in seen if n.role == "button" and "Undo" in n.name)
        program.keys(keys)
        return wait(lambda: not program.find_all("label", "Nothing Here Yet"), "the row again", WORDS_SECONDS)

    def in_time():
        remove()
        program.find("label", "Nothing Here Yet")
        try:
            wait(undo, "the offer to undo it", WORDS_SECONDS)
        except Failure:
            if not program.find_all("label", "Nothing Here Yet"):
                return True
            hand_over(swarm.torrent)
            add(program)
            return False
        return True

    wait(in_time, "an undo in time")


def geometry(window):
    """x, y, width and height on the display."""
    lines = dict(line.split("=") for line in run("xdotool", "getwindowgeometry", "--shell", window).split())
    return [int(lines[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")]


def middle(window):
    x, y, width, height = geometry(window)
    return x + width // 2, y + height // 2


def middle_of(program, node, title):
    """On the display."""
    x, y, width, height = geometry(program.x_window(title))
    _, _, frame_width, frame_height = still(program.window(title))
    left, top, node_width, node_height = still(node)
    return x + (width - frame_width) // 2 + left + node_width // 2, y + (height - frame_height) // 2 + top + node_height // 2


def click(program, node, title):
    """With the pointer: GTK 4.8 has no way for helpers to toggle a box."""
    x, y = middle_of(program, node, title)
    run("xdotool", "mousemove", "--sync", str(x), str(y), "click", "1", "mousemove", *QUIET)


def select(program, name):
    """A torrent, by a click on its row."""
    click(program, program.find("label", name), "Freshet")
    wait(lambda: any(row.has_state(SELECTED) and any(plain(n.name) == name for n in row.walk()) for row in rows(program)),
         f"the choice of “{name}”")


def place_windows(program):
    """Beside each other: the program's and the other one."""
    target, origin = program.x_window("Freshet"), program.x_window("Drag Source")
    run("xdotool", "windowmove", "--sync", target, "420", "120")
    run("xdotool", "windowmove", "--sync", origin, "20", "20")
    return target, origin


def drag(x, y, to_x, to_y, seen, what):
    """From one place to the other, and let go when seen() says that it was seen there."""
    def rest():
        # It goes on as the pointer moves.
        run("xdotool", "mousemove", str(to_x + 1), str(to_y), "mousemove", str(to_x), str(to_y))
        return seen()

    def move():
        # It begins only when the pointer has gone some way.
        for step in range(0, 21):
            run("xdotool", "mousemove", str(x + (to_x - x) * step // 20), str(y + (to_y - y) * step // 20))
        with contextlib.suppress(Failure):
            return wait(rest, what, REST_SECONDS)

    run("xdotool", "mousemove", "--sync", str(x), str(y), "mousedown", "1")
    wait(move, what)
    run("xdotool", "mouseup", "1")


def drag_into(program, *words):
    """What the other window has into the program's, let go when that says what it will do."""
    target, origin = place_windows(program)
    drag(*middle(origin), *middle(target), lambda: all(program.find_all("label", part) for part in words),
         "the words over the window")


CONTROLS = ("button", "toggle button", "checkbox", "switch", "progress bar", "list", "list box", "menu item", "textbox",
            "text box", "combo box", "slider", "spin button", "radio", "link")


def unnamed(program):
    """Controls without a name, as a sentence; empty when all is well."""
    return ", ".join(f"{node.role} in “{window.name}”" for window in program.windows() for node in window.walk()
                     if node.role in CONTROLS and not node.name)
