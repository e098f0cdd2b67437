#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""drive_labels.py CASE: labels, trackers and goals of the built program, as drive.py."""
import os
import sys

from atspi import FOCUSED
from desktop import Failure, Program, plain, run, wait
from drive import main
from hands import MIB, QUIET, focus_row_of, middle_of, must, rows, unnamed
from swarm import Swarm

# After that long a drop has had no effect.
DROP_SECONDS = 10
NAMES = ("apple.bin", "pear.bin", "walnut.bin")


def shows(program, *expected):
    """In any order: rows that come back are told of as new ones."""
    def shown():
        found = [plain(n.name) for n in program.find_all("label")]
        return sorted(name for name in found if name in NAMES)

    wait(lambda: shown() == list(expected), f"{expected} on the window")


def choices(program):
    """Rows of the sidebar beside the groups."""
    return [plain(n.name) for n in program.find_all("list item") if plain(n.name).startswith(("Label ", "Tracker "))]


def look(program, name):
    """A picture, for who asks for one."""
    if "FRESHET_PICTURES" in os.environ:
        run("import", "-window", "root", os.path.join(os.environ["FRESHET_PICTURES"], name + ".png"))


def add_all(program):
    title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], "the dialog")[0]
    program.keys("Return", title=title)
    program.window_gone(title)
    wait(lambda: program.progress().count(1.0) == len(NAMES), "three complete torrents")


def case_sidebar(folder):
    """A label is made, shown on the row and in the sidebar, filters by keys, and goes."""
    swarms = []
    for i, name in enumerate(NAMES):
        os.makedirs(os.path.join(folder, str(i)))
        swarms.append(Swarm(os.path.join(folder, str(i)), name, {name: MIB}))
    try:
        with Program(*[swarm.torrent for swarm in swarms]) as program:
            add_all(program)
            wait(lambda: choices(program) == ["Tracker 127.0.0.1, 3"], "the tracker in the sidebar")
            program.press("More")
            program.press("Labels…", role="menu item")
            program.window("Labels")
            program.type("fruit", "Labels")
            program.keys("Return", title="Labels")
            program.find("checkbox", "fruit")
            program.keys("Escape", title="Labels")
            program.window_gone("Labels")
            wait(lambda: choices(program) == ["Label fruit, 1", "Tracker 127.0.0.1, 3"], "the label in the sidebar")
            wait(lambda: [n for window in program.windows() for n in window.walk() if plain(n.name) == "Labels: fruit"],
                 "the label on its row")
            must(unnamed(program) == "", "all has names: " + unnamed(program))
            look(program, "sidebar")

            focus_row_of(program, "list item", "All, 3")
            program.keys(*["Down"] * 5)
            shows(program, NAMES[0])
            look(program, "sidebar-label")
            program.keys("Down")
            shows(program, *NAMES)

            # Who looks at a label that is deleted sees all torrents.
            program.keys("Up")
            shows(program, NAMES[0])
            program.press("More")
            program.press("Labels…", role="menu item")
            program.window("Labels")
            program.press("Delete the Label")
            wait(lambda: not program.find_all("checkbox", "fruit"), "no label in the dialog")
            program.keys("Escape", title="Labels")
            program.window_gone("Labels")
            shows(program, *NAMES)
            wait(lambda: choices(program) == ["Tracker 127.0.0.1, 3"], "no label in the sidebar")
            program.quit()
    finally:
        for swarm in swarms:
            swarm.__exit__()


def case_adding(folder):
    """A label is named in the dialog that adds a torrent, which has it from then on."""
    title = "Add Torrent"
    with Swarm(folder, NAMES[0], {NAMES[0]: MIB}) as swarm, Program(swarm.torrent) as program:
        program.window(title)
        program.press("Choose Labels")
        program.find("text box", "New Label")
        program.type("fruit", title)
        program.keys_here("Return")
        program.find("checkbox", "fruit")
        must(unnamed(program) == "", "all has names: " + unnamed(program))
        look(program, "adding")
        program.keys_here("Escape")
        wait(lambda: not program.find_all("checkbox", "fruit"), "the end of the list")
        program.find("label", "fruit")
        program.press("Add")
        program.window_gone(title)
        wait(lambda: choices(program) == ["Label fruit, 1", "Tracker 127.0.0.1, 1"], "the label in the sidebar")
        program.quit()


def case_goals(folder):
    """A torrent gets goals of its own by keys, and has them after a restart."""
    title = "Seeding Goals"

    def open_goals(program):
        program.find("label", "complete")
        program.press("More")
        program.press("Seeding Goals…", role="menu item")
        return program.window(title)

    def chosen(program):
        return [n.name for n in program.find_all("label") if n.name in ("As in Preferences", "No goal", "Its Own", "Pause")]

    def focused(program, role, name):
        """Whether what has the focus is called so, or a label in it."""
        return any(name in plain(part.name) for n in program.find_all(role) if n.has_state(FOCUSED)
                   for part in n.walk() if part.role in (role, "label"))

    def choose(program, name, choice):
        """In the list to choose from of that name, in the order of Tab."""
        def there():
            if focused(program, "button", name):
                return True
            program.keys("Tab", title=title)
            return False

        def at_choice():
            if focused(program, "list item", choice):
                return True
            program.keys_here("Down")
            return False

        wait(there, f"the focus on “{name}”")
        program.keys("space", title=title)
        # Keys that come before its rows are lost.
        wait(lambda: focused(program, "list item", ""), "the list to choose from")
        wait(at_choice, f"the focus on “{choice}”")
        program.keys_here("Return")
        wait(lambda: not focused(program, "list item", choice), "the end of the list")

    with Swarm(folder, NAMES[0], {NAMES[0]: MIB}) as swarm:
        with Program(swarm.torrent) as program:
            program.window("Add Torrent")
            program.press("Add")
            program.window_gone("Add Torrent")
            open_goals(program)
            must(unnamed(program) == "", "all has names: " + unnamed(program))
            wait(lambda: chosen(program) == ["As in Preferences"] * 4, "no goals of its own")
            choose(program, "Ratio", "Its Own")
            wait(lambda: [n.value for n in program.find_all("spin button", "Ratio")] == [2.0], "a ratio to begin with")
            choose(program, "Idle Time", "No goal")
            wait(lambda: chosen(program).count("No goal") == 1, "no idle time")
            choose(program, "When It Is Reached", "Pause")
            wait(lambda: chosen(program) == ["Its Own", "As in Preferences", "No goal", "Pause"], "what was chosen")
            look(program, "goals")
            program.keys("Escape", title=title)
            program.window_gone(title)
            program.quit()
        with Program() as program:
            open_goals(program)
            wait(lambda: chosen(program) == ["Its Own", "As in Preferences", "No goal", "Pause"], "what was chosen before")
            must([n.value for n in program.find_all("spin button", "Ratio")] == [2.0], "the ratio is kept")
            program.keys("Escape", title=title)
            program.window_gone(title)
            program.quit()


def case_reorder(folder):
    """A row that is dragged onto another takes its place in the queue, and keeps it."""
    swarms = []
    for i, name in enumerate(NAMES):
        os.makedirs(os.path.join(folder, str(i)))
        swarms.append(Swarm(os.path.join(folder, str(i)), name, {name: MIB}))

    def places(program):
        """Names from top to bottom, of rows: tooltips have them too."""
        def see():
            found = [(n.extents()[1], plain(n.name)) for row in rows(program) for n in row.walk()
                     if n.role == "label" and plain(n.name) in NAMES]
            return [name for _, name in sorted(found)] if len(found) == len(NAMES) else None
        return wait(see, "three rows")

    def middle(program, name):
        node = wait(lambda: next((n for row in rows(program) for n in row.walk() if n.role == "label" and plain(n.name) == name), None),
                    f"the row “{name}”")
        return middle_of(program, node, "Freshet")

    def drag(program, name, onto, lower=0):
        """The name is in the upper half of its row. Returns: when the order is another, or nothing came of it"""
        before = places(program)
        (x, y), (to_x, to_y) = middle(program, name), middle(program, onto)
        to_y += lower
        run("xdotool", "mousemove", "--sync", str(x), str(y), "mousedown", "1")
        for step in range(0, 21):
            run("xdotool", "mousemove", str(x + (to_x - x) * step // 20), str(y + (to_y - y) * step // 20))
        run("xdotool", "mousemove", str(to_x + 3), str(to_y + 2))
        look(program, "reorder-drag")
        run("xdotool", "mouseup", "1")
        try:
            # What is let go before the row below has seen it is not dropped.
            wait(lambda: places(program) != before, "another order", DROP_SECONDS)
        except Failure:
            pass

    def away(program):
        """Tooltips have the names of torrents too."""
        run("xdotool", "mousemove", "--sync", *QUIET)
        wait(lambda: len([n for n in program.find_all("label") if plain(n.name) in NAMES]) == len(NAMES), "the end of the tooltip")

    def select_two(program, first, last):
        away(program)
        for (x, y), keys in zip([middle(program, first), middle(program, last)], ((), ("keydown", "shift"))):
            run("xdotool", "mousemove", "--sync", str(x), str(y), *keys, "click", "1", "keyup", "shift")
        away(program)

    try:
        with Program(*[swarm.torrent for swarm in swarms]) as program:
            add_all(program)
            wait(lambda: places(program) == list(NAMES), "the order in which they were added")

            def dragged():
                now = places(program)
                if now[0] == NAMES[2]:
                    return now
                drag(program, NAMES[2], now[0])
                return None

            first, second, last = wait(dragged, "the last one on top")
            look(program, "reorder")

            # Two at once, below the one that is last.
            def both_dragged():
                if places(program) == [last, first, second]:
                    return True
                select_two(program, first, second)
                drag(program, first, last, 30)
                return False

            wait(both_dragged, "the first two at the bottom")
            program.quit()
        with Program() as program:
            wait(lambda: places(program) == [last, first, second], "the order kept over a restart")
            program.quit()
    finally:
        for swarm in swarms:
            swarm.__exit__()


if __name__ == "__main__":
    sys.exit(main(globals()))
