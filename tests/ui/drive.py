#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""drive.py CASE: uses the built program from outside, as a person would.

FRESHET is the program, FRESHET_LT_PEER a script that runs a libtorrent peer."""
import contextlib
import os
import subprocess
import sys
import tempfile
import traceback

try:
    import libtorrent  # noqa: F401  what the seed is made of
    import gi  # noqa: F401  the way to the accessibility tree
except ImportError as error:
    print("not installed:", error)
    sys.exit(77)
from atspi import CHECKED
from desktop import WORDS_SECONDS, Failure, OtherProgram, Program, plain, run, service, wait
from hands import (DOWNLOADS, MIB, QUIET, SLOW, add, close_menu, drag_into, focus_entry, focus_row, focus_row_of, hand_over,
                   hand_over_again, must, point_at, remove_and_undo, remove_by_menu, rows, unnamed)
from swarm import Swarm


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
    with Swarm(folder, "slow.bin", {"slow.bin": 8 * MIB}, up=SLOW) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "/s")
        focus_row(program)
        program.keys("space")
        program.find("button", "Resume")
        program.find("label", "paused")
        program.keys("space")
        program.find("button", "Pause")
        remove_and_undo(program, swarm, lambda: program.keys("Delete"), "removed, its files stay")
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
        remove_and_undo(program, swarm, lambda: remove_by_menu(program, "Remove"), "removed, its files stay")
        program.find("label", "complete")
        remove_and_undo(program, swarm, lambda: remove_by_menu(program, "Remove"), "removed, its files stay",
                        "ctrl+z")
        program.find("label", "complete")
        remove_by_menu(program, "Remove")
        program.find("label", "Nothing Here Yet")
        must(swarm.is_in(DOWNLOADS), "the files are there")
        program.quit()
        must(swarm.is_in(DOWNLOADS), "the files are there after it")


def case_remove_files(folder):
    """Files go to the trash when nobody wants to undo it any more."""
    to_trash = "Remove and Move Files to Trash"
    with Swarm(folder, "gone.bin", {"gone.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        remove_and_undo(program, swarm, lambda: remove_by_menu(program, to_trash), "removed, its files go to the trash")
        program.find("label", "complete")
        must(swarm.is_in(DOWNLOADS), "the files are there when it was undone")
        remove_by_menu(program, to_trash)
        program.find("label", "Nothing Here Yet")
        program.quit()
        must(not any(os.path.exists(path) for _, path in swarm.paths(DOWNLOADS)), "the files are gone")


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
        hand_over(swarm.torrent)
        add(program)
        program.find("label", "complete")
        # Once more: it is there.
        hand_over_again(program, swarm.torrent, "“later.bin” is in the list already")
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
            program.window("Freshet")
            program.say(lambda: hand_over(path), words, done=True)
            program.quit()
    with Program(text, folder) as program:
        program.window("Freshet")
        program.say(lambda: hand_over(text, folder), "2 files are not torrents that can be opened", done=True)
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
        program.find("label", "there is a file where a folder should be")
        os.unlink(obstacle)
        program.press("Try Again")
        program.find("label", "complete")
        must(swarm.is_in(DOWNLOADS), "the copy is right")
        program.quit()


def case_error_told(folder):
    """Who looks elsewhere hears of an error, and can try again from there."""
    obstacle = os.path.join(DOWNLOADS, "told.bin")
    os.mkdir(obstacle)
    with Swarm(folder, "told.bin", {"told.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("button", "Try Again")
        os.rmdir(obstacle)
        wait(lambda: service("Press", "Download Stopped", "Try Again"), "the notification to press")
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
    with Swarm(folder, "slow.bin", {"slow.bin": 8 * MIB}, up=SLOW) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "/s")
        program.process.terminate()
        program.wait_end()


def describe(program, role, name):
    return plain(program.find(role, name).get("org.a11y.atspi.Accessible", "Description"))


def case_details(folder):
    """Everything about one torrent, opened by a key, with words for what is drawn."""
    with Swarm(folder, "shown.bin", {"shown.bin": 40 * MIB}, up=SLOW) as swarm, Program(swarm.torrent) as program:
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
        program.keys("x", "Return")
        program.find("label", "An address of a tracker begins with")
        program.keys("ctrl+a")
        program.type("http://127.0.0.1:9/announce")
        program.keys("Return")
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
            with OtherProgram("APP"):
                program.keys("ctrl+f")

                def found():
                    # An entry of GTK has nothing to paste before the other program says what it has.
                    program.keys("ctrl+a", "ctrl+v")
                    with contextlib.suppress(Failure):
                        return wait(lambda: shown(program) == ["apple.bin"], "what was pasted", WORDS_SECONDS)
                wait(found, "the torrent that was searched for")
            program.type("x")
            program.find("label", "No Torrents Found")
            program.keys("Escape")
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
    with Swarm(folder, "long.bin", {"long.bin": 6 * MIB}, up=SLOW) as swarm:
        with Program(swarm.torrent) as program:
            add(program)
            program.find("label", "/s")
            program.quit()
        swarm.hurry()
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
    with Swarm(folder, "Music", files, up=SLOW) as swarm, Program(swarm.torrent) as program:
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
    with Swarm(folder, "told.bin", {"told.bin": 6 * MIB}, up=SLOW) as swarm:
        with Program(environment={"GSETTINGS_BACKEND": "keyfile"}) as program:
            program.keys("ctrl+comma")
            program.window("Preferences")
            program.press("Desktop", role="tab")
            program.press("Go On in the Background", role="switch")
            program.keys("Escape", title="Preferences")
            program.window_gone("Preferences")
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
        wait(lambda: not [n for n in program.find_all("list item") if plain(n.name).startswith("Seeding")], "the end of the sidebar")

        def is_inside():
            x, _, width, _ = rows(program)[0].extents()
            return 0 <= x and 0 < width and x + width <= 360

        wait(is_inside, "the row inside the window")
        program.quit()


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
        close_menu(program)
        program.quit()


def main(functions):
    """Runs the case of the command line, of the functions that are called so."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            # In the middle of the display tooltips with names of torrents and choices of menus come under it.
            run("xdotool", "mousemove", "--sync", *QUIET)
            functions["case_" + sys.argv[1].replace("-", "_")](folder)
        except Exception as failure:
            print(failure if isinstance(failure, Failure) else traceback.format_exc(), file=sys.stderr)
            with open(os.path.join(os.environ["FRESHET_SESSION"], "freshet.log")) as log:
                print(log.read(), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(globals()))
