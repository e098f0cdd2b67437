#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""drive.py CASE: uses the built program from outside, as a person would.

FRESHET is the program, FRESHET_LT_PEER a script that runs a libtorrent peer."""
import os
import subprocess
import sys
import tempfile

try:
    import libtorrent  # noqa: F401  what the seed is made of
    import gi  # noqa: F401  the way to the accessibility tree
except ImportError as error:
    print("not installed:", error)
    sys.exit(77)
from atspi import CHECKED, FOCUSED
from desktop import Failure, Program, plain, run, service, wait
from swarm import Swarm

MIB = 1 << 20
DOWNLOADS = os.path.join(os.environ["HOME"], "Downloads")


def must(condition, what):
    if not condition:
        raise Failure("not so: " + what)


def add(program):
    """Says yes to the dialog that asks where to save."""
    program.window("Add Torrent")
    must(program.find_all("label", "~/Downloads"), "downloads go to the Downloads folder")
    program.press("Add")
    program.window_gone("Add Torrent")


def point_at(program, node, title="Freshet"):
    """A click with the pointer, where GTK 4.8 offers no other."""
    x, y, width, height = node.extents()
    run("xdotool", "mousemove", "--window", program.x_window(title), str(x + width // 2), str(y + height // 2),
        "click", "1")


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


def case_open(folder):
    """A torrent is opened, arrives from libtorrent, and is right."""
    with Swarm(folder, "film.bin", {"film.bin": 24 * MIB + 12345}) as swarm, Program(swarm.torrent) as program:
        program.window("Add Torrent")
        must(program.text("25.2 MB") == "25.2 MB, 1 file", "the dialog says what is in it")
        add(program)
        program.find("label", "film.bin")
        program.find("label", "complete")
        must(program.progress() == [1.0], "the bar is full")
        must(swarm.is_in(DOWNLOADS), "the copy is right")
        program.quit()


def case_open_folder(folder):
    """A torrent of several files makes its folder."""
    files = {"a.txt": 10, "deep/er/b.bin": 3 * MIB, "c.bin": 70000}
    with Swarm(folder, "Album", files) as swarm, Program(swarm.torrent) as program:
        must(program.text("3 files"), "the dialog counts the files")
        add(program)
        program.find("label", "complete")
        must(swarm.is_in(DOWNLOADS), "the copy is right")
        program.quit()


def case_keys(folder):
    """Pause, go on, remove, and undo, all by keys."""
    with Swarm(folder, "slow.bin", {"slow.bin": 8 * MIB}, up=MIB // 8) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "/s")
        focus_row(program)
        program.keys("space")
        program.find("button", "Resume")
        program.find("label", "paused")
        program.keys("space")
        program.find("button", "Pause")
        program.keys("Delete")
        program.find("label", "Nothing Here Yet")
        program.press("Undo")
        program.find("label", "slow.bin")
        swarm.hurry()
        program.find("label", "complete")
        must(swarm.is_in(DOWNLOADS), "the copy is right")
        program.quit()


def case_remove(folder):
    """What is removed leaves its files."""
    with Swarm(folder, "kept.bin", {"kept.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        program.press("More")
        program.press("Remove", role="menu item")
        program.find("label", "removed, its files stay")
        program.find("label", "Nothing Here Yet")
        must(swarm.is_in(DOWNLOADS), "the files are there")
        program.quit()


def case_remove_files(folder):
    """Files go to the trash when nobody wants to undo it any more."""
    with Swarm(folder, "gone.bin", {"gone.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        program.press("More")
        program.press("Remove and Move Files to Trash", role="menu item")
        program.find("label", "removed, its files go to the trash")
        program.find("label", "Nothing Here Yet")
        must(swarm.is_in(DOWNLOADS), "the files are there while it can be undone")
        program.press("Undo")
        program.find("label", "complete")
        program.press("More")
        program.press("Remove and Move Files to Trash", role="menu item")
        program.find("label", "Nothing Here Yet")
        program.quit()
        must(not any(os.path.exists(path) for _, path in swarm.paths(DOWNLOADS)), "the files are gone")


def geometry(window):
    """x, y, width and height on the display."""
    lines = dict(line.split("=") for line in run("xdotool", "getwindowgeometry", "--shell", window).split())
    return [int(lines[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")]


def middle(window):
    x, y, width, height = geometry(window)
    return x + width // 2, y + height // 2


def click(program, node, title):
    """With the pointer: GTK 4.8 has no way for helpers to toggle a box."""
    x, y, width, height = geometry(program.x_window(title))
    _, _, frame_width, frame_height = program.window(title).extents()
    left, top, node_width, node_height = node.extents()
    run("xdotool", "mousemove", "--sync", str(x + (width - frame_width) // 2 + left + node_width // 2),
        str(y + (height - frame_height) // 2 + top + node_height // 2), "click", "1")


def place_windows(program):
    """Beside each other: the program's and the other one."""
    target, origin = program.x_window("Freshet"), program.x_window("Drag Source")
    run("xdotool", "windowmove", "--sync", target, "420", "120")
    run("xdotool", "windowmove", "--sync", origin, "20", "20")
    return target, origin


def drag_into(program, *words):
    """What the other window has into the program's, let go when that says what it will do."""
    target, origin = place_windows(program)
    (x, y), (to_x, to_y) = middle(origin), middle(target)
    run("xdotool", "mousemove", "--sync", str(x), str(y), "mousedown", "1")

    def drag():
        # A drag begins only when the pointer has gone some way, and goes on as it moves.
        for step in range(0, 21):
            run("xdotool", "mousemove", str(x + (to_x - x) * step // 20), str(y + (to_y - y) * step // 20))
        return all(program.find_all("label", part) for part in words)
    wait(drag, "the words over the window")
    run("xdotool", "mouseup", "1")


def case_drop(folder):
    """A file dragged in says what will happen, and is added when let go."""
    with Swarm(folder, "dropped.bin", {"dropped.bin": MIB}) as swarm, Program() as program:
        source = subprocess.Popen([os.environ["FRESHET_DRAG_SOURCE"], swarm.torrent])
        try:
            drag_into(program, "Drop to add 1 torrent")
            add(program)
            program.find("label", "complete")
            must(not program.find_all("label", "Drop to add"), "the words are gone")
            program.quit()
        finally:
            source.terminate()
            source.wait()


def case_second_instance(folder):
    """A second program hands its file to the first and ends."""
    with Swarm(folder, "later.bin", {"later.bin": MIB}) as swarm, Program() as program:
        program.find("label", "Nothing Here Yet")
        subprocess.run([os.environ["FRESHET"], swarm.torrent], check=True, timeout=20)
        add(program)
        program.find("label", "complete")
        # Once more: it is there.
        subprocess.run([os.environ["FRESHET"], swarm.torrent], check=True, timeout=20)
        program.find("label", "“later.bin” is in the list already")
        program.quit()


def case_cancel(folder):
    """Escape adds nothing."""
    with Swarm(folder, "no.bin", {"no.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        program.window("Add Torrent")
        program.keys("Escape", title="Add Torrent")
        program.window_gone("Add Torrent")
        program.find("label", "Nothing Here Yet")
        must(os.listdir(DOWNLOADS) == [], "nothing was written")
        program.quit()


def case_bad_files(folder):
    """What cannot be opened is said in words."""
    text = os.path.join(folder, "letter.txt")
    with open(text, "w") as f:
        f.write("Dear Freshet,\n")
    for path, words in ((text, "“letter.txt” is not a torrent file, or it is damaged"),
                        (folder, f"“{os.path.basename(folder)}” is a folder, not a torrent file"),
                        (os.path.join(folder, "gone.torrent"), "“gone.torrent” was not found"),
                        ("magnet:?xt=urn:btih:" + "0" * 39, "This magnet link is damaged")):
        with Program(path) as program:
            program.find("label", words)
            program.quit()
    with Program(text, folder) as program:
        program.find("label", "2 files are not torrents that can be opened")
        program.quit()


def case_error(folder):
    """An error is said in words, and trying again mends it."""
    obstacle = os.path.join(DOWNLOADS, "Album")
    with open(obstacle, "w") as f:
        f.write("in the way")
    files = {"a.bin": 2 * MIB, "b.bin": MIB}
    with Swarm(folder, "Album", files) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "Album")
        program.find("button", "Try Again")
        program.find("label", "There is a file where a folder should be")
        os.unlink(obstacle)
        program.press("Try Again")
        program.find("label", "complete")
        must(swarm.is_in(DOWNLOADS), "the copy is right")
        program.quit()


def case_demo(folder):
    """The demo needs nothing and leaves nothing."""
    with Program("--demo", environment={"TMPDIR": folder}) as program:
        program.find("label", "and every byte is right")
        program.find("label", "Freshet sample.bin")
        program.find("label", "complete")
        program.quit()
    must(os.listdir(folder) == [], "the demo's folder is gone")


def case_demo_ends_early(folder):
    """Ending in the middle of the demo leaves nothing either."""
    with Program("--demo", environment={"TMPDIR": folder}) as program:
        program.find("label", "Making a sample to download")
        program.quit()
    must(os.listdir(folder) == [], "the demo's folder is gone")


def case_signal(folder):
    """SIGTERM is a way to quit."""
    with Swarm(folder, "slow.bin", {"slow.bin": 8 * MIB}, up=MIB // 8) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "/s")
        program.process.terminate()
        program.wait_end()


def describe(program, role, name):
    return plain(program.find(role, name).get("org.a11y.atspi.Accessible", "Description"))


def case_details(folder):
    """Everything about one torrent, opened by a key, with words for what is drawn."""
    with Swarm(folder, "shown.bin", {"shown.bin": 40 * MIB}, up=MIB // 4) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "/s")
        focus_row(program)
        program.keys("alt+Return")
        program.find("label", "pieces are here")
        wait(lambda: "pieces are here" in describe(program, "image", "Pieces"), "the pieces in words")
        wait(lambda: describe(program, "image", "Speed").startswith("Download "), "the speeds in words")
        program.find("label", "Downloads Folder")
        program.press("Peers", role="tab")
        program.find("label", "libtorrent")
        must(not program.find_all("image", "Speed"), "the page before is not there")
        program.press("Trackers", role="tab")
        program.find("label", swarm.tracker.url)
        program.find("label", "gave 1 peer")
        # Another one, first an address that is none.
        focus_entry(program)
        program.keys_here("x", "Return")
        program.find("label", "An address of a tracker begins with")
        run("xdotool", "key", "ctrl+a")
        run("xdotool", "type", "http://127.0.0.1:9/announce")
        program.keys_here("Return")
        program.find("label", "Does not work")
        program.press("Remove http://127.0.0.1:9/announce")
        wait(lambda: not program.find_all("label", "Does not work"), "the end of the tracker")
        must(unnamed(program) == "", "the details have names: " + unnamed(program))
        program.keys("alt+Return")
        wait(lambda: not program.find_all("tab"), "the end of the details")
        program.quit()


def case_find(folder):
    """Search, groups, order and columns, by keys and menus."""
    swarms = []
    for i, name in enumerate(("walnut.bin", "apple.bin", "pear.bin")):
        os.makedirs(os.path.join(folder, str(i)))
        swarms.append(Swarm(os.path.join(folder, str(i)), name, {name: (i + 1) * MIB}))
    names = [swarm.name for swarm in swarms]

    def shown(program):
        return [name for name in (plain(n.name) for n in program.find_all("label")) if name in names]

    def shows(program, *expected):
        wait(lambda: shown(program) == list(expected), f"{expected} on the window")

    try:
        with Program(*[swarm.torrent for swarm in swarms]) as program:
            title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], "the dialog")[0]
            program.keys("Return", title=title)
            program.window_gone(title)
            wait(lambda: program.progress().count(1.0) == 3, "three complete torrents")
            shows(program, *names)
            program.keys("ctrl+f")
            run("xdotool", "type", "APP")
            shows(program, "apple.bin")
            run("xdotool", "type", "x")
            program.find("label", "No Torrents Found")
            program.keys_here("Escape")
            shows(program, *names)

            # Sorted by a menu.
            program.press("Sort By")
            program.find("menu item radio", "Order Added")
            program.keys_here("Down", "Return")
            shows(program, "apple.bin", "pear.bin", "walnut.bin")

            # In columns, in the same order.
            program.keys("ctrl+2")
            program.find("label", "Time Left")
            shows(program, "apple.bin", "pear.bin", "walnut.bin")
            must(unnamed(program) == "", "the columns have names: " + unnamed(program))

            # By group.
            program.find("list item", "Seeding, 3")
            focus_row_of(program, "list item", "All, 3")
            program.keys("Down")
            program.find("label", "No Torrents Found")
            program.keys("Down")
            shows(program, "apple.bin", "pear.bin", "walnut.bin")
            program.quit()
    finally:
        for swarm in swarms:
            swarm.__exit__()


def case_remembered(folder):
    """What was chosen is chosen after a restart."""
    environment = {"GSETTINGS_BACKEND": "keyfile"}
    with Program(environment=environment) as program:
        program.find("label", "Nothing Here Yet")
        program.keys("alt+Return")
        program.find("label", "Nothing Selected")
        program.keys("ctrl+2")
        program.quit()
    with Swarm(folder, "a.bin", {"a.bin": MIB}) as swarm, Program(swarm.torrent, environment=environment) as program:
        program.find("label", "Nothing Selected")
        add(program)
        program.find("label", "Time Left")
        program.quit()


def case_restart(folder):
    """What was begun is there again, and comes to its end."""
    with Swarm(folder, "long.bin", {"long.bin": 6 * MIB}, up=MIB) as swarm:
        with Program(swarm.torrent) as program:
            add(program)
            program.find("label", "/s")
            program.quit()
        with Program() as program:
            program.find("label", "long.bin")
            program.find("label", "complete")
            must(swarm.is_in(DOWNLOADS), "the copy is right")
            program.quit()
        with Program() as program:
            program.find("label", "complete")
            must(program.progress() == [1.0], "the bar is full")
            program.quit()


def case_labels(folder):
    """A label is made for a torrent, and is there after a restart."""
    def open_labels(program):
        program.press("More")
        program.press("Labels…", role="menu item")
        return program.window("Labels")

    with Swarm(folder, "a.bin", {"a.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        open_labels(program)
        program.keys("f", "i", "l", "m", "s", "Return", title="Labels")
        program.find("checkbox", "films")
        program.keys("Escape", title="Labels")
        program.window_gone("Labels")
        program.quit()
    with Program() as program:
        program.find("label", "a.bin")
        open_labels(program)
        must(program.find("checkbox", "films").has_state(CHECKED), "it has the label")
        program.keys("Escape", title="Labels")
        program.window_gone("Labels")
        program.quit()


def case_damaged(folder):
    """A damaged database is set aside, and somebody is told."""
    database = os.path.join(os.environ["XDG_DATA_HOME"], "freshet", "library.db")
    with Swarm(folder, "a.bin", {"a.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        program.quit()
    os.truncate(database, 5000)
    with Program() as program:
        program.find("label", "has been restored from a backup")
        program.find("label", "a.bin")
        program.quit()
    must([n for n in os.listdir(os.path.dirname(database)) if n.startswith("library.db.damaged")], "it was set aside")


def case_files(folder):
    """Which files are wanted is chosen while it runs."""
    files = {"Album/one.bin": 20 * MIB, "Album/two.bin": 20 * MIB, "notes.txt": 1000}
    with Swarm(folder, "Music", files, up=MIB // 2) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "/s")
        focus_row(program)
        program.keys("alt+Return")
        program.press("Files", role="tab")
        program.find("label", "notes.txt")
        point_at(program, program.find("checkbox", "Album"))
        program.find("label", "not wanted")
        swarm.hurry()
        program.find("label", "complete")
        must(sum(os.stat(os.path.join(root, name)).st_blocks * 512 for root, _, names in os.walk(DOWNLOADS)
                 for name in names) < 40 * MIB, "not all of it came")
        program.quit()


def case_preferences(folder):
    """What is chosen holds at once, and after a restart."""
    environment = {"GSETTINGS_BACKEND": "keyfile"}
    with Swarm(folder, "slow.bin", {"slow.bin": 150 * MIB}, zeros=True) as swarm:
        with Program(environment=environment) as program:
            program.keys("ctrl+comma")
            program.window("Preferences")
            for page in ("Downloads", "Speed", "Network", "Desktop"):
                program.press(page, role="tab")
                must(unnamed(program) == "", f"the page {page} has names: {unnamed(program)}")
            program.press("Speed", role="tab")
            program.press("Slow Speeds", role="switch")
            program.keys("Escape", title="Preferences")
            program.window_gone("Preferences")
            program.quit()
        with Program(swarm.torrent, environment=environment) as program:
            add(program)
            # One megabyte a second.
            program.find("label", "min left")
            program.press("Main Menu")
            program.press("Slow Speeds", role="menu item checkbox")
            program.find("label", "complete")
            program.quit()


def case_notifications(folder):
    """Who looks elsewhere hears that it is complete, and closing the window may not end it."""
    with Swarm(folder, "told.bin", {"told.bin": 6 * MIB}, up=MIB // 8) as swarm:
        with Program(environment={"GSETTINGS_BACKEND": "keyfile"}) as program:
            program.keys("ctrl+comma")
            program.window("Preferences")
            program.press("Desktop", role="tab")
            program.press("Go On in the Background", role="switch")
            program.keys("Escape", title="Preferences")
            program.quit()
        with Program(swarm.torrent, environment={"GSETTINGS_BACKEND": "keyfile"}) as program:
            add(program)
            program.find("label", "/s")
            program.keys("ctrl+w")
            wait(lambda: ("Freshet Goes On in the Background", "Open it again to see the transfers")
                 in service("Shown"), "the word that it goes on")
            swarm.hurry()
            wait(lambda: ("Download Complete", "told.bin") in service("Shown"), "the good news")
            must(swarm.is_in(DOWNLOADS), "the copy is right")
            # Pressed on: the window comes back, with its details.
            wait(lambda: service("Press", "Download Complete", ""), "the notification to press")
            program.find("label", "All 96 pieces are here")
            program.quit()


def case_narrow(folder):
    """All of it fits on a telephone."""
    with Swarm(folder, "A rather long name of a film in several words.bin",
               {"A rather long name of a film in several words.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        window = program.x_window("Freshet")

        def is_narrow():
            # What has no room goes away while it becomes narrower.
            run("xdotool", "windowsize", window, "360", "600")
            return program.window("Freshet").extents()[2] <= 360

        wait(is_narrow, "360 pixels of width")
        must(not [n for n in program.find_all("list item") if plain(n.name).startswith("Seeding")], "no sidebar")
        for row in rows(program):
            x, _, width, _ = row.extents()
            must(0 <= x and x + width <= 360, "the row is inside the window")
        program.quit()


CONTROLS = ("button", "toggle button", "checkbox", "switch", "progress bar", "list", "list box", "menu item", "textbox",
            "text box", "combo box", "slider", "spin button", "radio", "link")


def unnamed(program):
    """Controls without a name, as a sentence; empty when all is well."""
    return ", ".join(f"{node.role} in “{window.name}”" for window in program.windows() for node in window.walk()
                     if node.role in CONTROLS and not node.name)


def case_named(folder):
    """Every control has a name for those who cannot see it."""
    with Swarm(folder, "named.bin", {"named.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        program.window("Add Torrent")
        must(unnamed(program) == "", "the dialog has names: " + unnamed(program))
        add(program)
        program.find("label", "complete")
        must(unnamed(program) == "", "the window has names: " + unnamed(program))
        program.keys("F10")
        program.find("menu item", "About Freshet")
        must(unnamed(program) == "", "the menu has names: " + unnamed(program))
        program.keys_here("Escape")
        program.quit()


def main(functions):
    """Runs the case of the command line, of the functions that are called so."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            functions["case_" + sys.argv[1].replace("-", "_")](folder)
        except Failure as failure:
            print(failure, file=sys.stderr)
            with open(os.path.join(os.environ["FRESHET_SESSION"], "freshet.log")) as log:
                print(log.read(), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(globals()))
