#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""drive_desktop.py CASE: what the built program does with the rest of the desktop, as drive.py."""
import contextlib
import os
import socket
import sys

from desktop import Failure, OtherProgram, Program, plain, run, service, wait
from drive import main
from hands import (DOWNLOADS, MIB, QUIET, REST_SECONDS, SLOW, add, click, close_menu, drag, drag_into, focus_row, hand_over,
                   middle, middle_of, must, place_windows, rows, still, unnamed)
from swarm import Swarm

# States of AT-SPI, and what somebody does something with.
FOCUSABLE, SENSITIVE = 11, 24
REACHED = ("button", "toggle button", "checkbox", "switch", "combo box", "slider", "spin button", "radio", "link")


def case_drop_words(folder):
    """What is dragged over the window is judged before it is let go."""
    letter = os.path.join(folder, "letter.txt")
    with open(letter, "w") as f:
        f.write("Dear Freshet,\n")
    torrents = [os.path.join(folder, f"{i}.Torrent") for i in range(3)]
    for path in torrents:
        with open(path, "w") as f:
            f.write("not one")
    # Its name says nothing, but what is in it does.
    nameless = os.path.join(folder, "download")
    with open(nameless, "w") as f:
        f.write("d8:announce18:http://127.0.0.1:94:infodee")
    refused = "Folders and other files cannot be shared yet"
    with Program() as program:
        for files, words, afterwards in (((folder, letter), [refused], None),
                                         ((nameless, letter), ["Drop to add 1 torrent", "Folders and other files are left out"],
                                          "“download” is not a torrent file, or it is damaged"),
                                         ((*torrents, folder), ["Drop to add 3 torrents", "Folders and other files are left out"],
                                          "3 files are not torrents that can be opened")):
            def hold():
                drag_into(program, *words)
                wait(lambda: not program.find_all("label", words[0]), "the end of the words")

            with OtherProgram(files=files):
                if afterwards:
                    program.say(hold, afterwards)
                else:
                    hold()
                must(program.window_names() == ["Freshet"], "nothing is added")
        with OtherProgram("Dear Freshet"):
            drag_into(program, "There is no link to a torrent in this text")
            wait(lambda: not program.find_all("label", "There is no link to a torrent"), "the end of the words")
        program.quit()


def drag_out(program, other, node, dropped):
    """A row onto the other window, until that has the file."""
    _, origin = place_windows(program)
    left, top, width, height = still(node)
    x, y = middle(program.x_window("Freshet"))
    _, _, frame_width, frame_height = still(program.window("Freshet"))
    x, y = x - frame_width // 2 + left + width // 4, y - frame_height // 2 + top + height // 2
    # What is let go before the other window has said yes is not dropped.
    drag(x, y, *middle(origin), other.is_under_drag, "the other window to see the file")
    wait(lambda: os.path.exists(dropped), "the file")


def case_drag_out(folder):
    """A row that is dragged out is a torrent file, also one that sleeps after a restart."""
    dropped = os.path.join(folder, "dropped.torrent")
    with Swarm(folder, "given.bin", {"given.bin": MIB}) as swarm:
        with open(swarm.torrent, "rb") as f:
            original = f.read()

        def give(program, find):
            with OtherProgram(files=(swarm.torrent,), dropped=dropped) as other:
                drag_out(program, other, find(), dropped)
                with open(dropped, "rb") as f:
                    must(f.read() == original, "the file is the one it came from")
                os.unlink(dropped)

        with Program(swarm.torrent) as program:
            add(program)
            program.find("label", "complete")
            give(program, lambda: wait(lambda: rows(program), "the row")[0])
            must(program.window_names() == ["Freshet"], "nothing is added")
            program.press("Pause")
            program.find("button", "Resume")
            program.quit()
        with Program() as program:
            program.find("label", "given.bin")
            program.keys("ctrl+2")
            program.find("label", "Time Left")
            give(program, lambda: program.find("label", "given.bin"))
            program.quit()


def case_drag_out_several(folder):
    """All that is selected goes with the row that is dragged."""
    dropped = os.path.join(folder, "dropped.torrent")
    with contextlib.ExitStack() as ended:
        swarms = []
        for name in ("apple.bin", "pear.bin"):
            os.makedirs(os.path.join(folder, name))
            swarms.append(ended.enter_context(Swarm(os.path.join(folder, name), name, {name: MIB})))
        program = ended.enter_context(Program(*[swarm.torrent for swarm in swarms]))
        title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], "the dialog")[0]
        program.keys("Return", title=title)
        program.window_gone(title)
        wait(lambda: program.progress().count(1.0) == 2, "two complete torrents")
        focus_row(program)
        program.keys("ctrl+a")
        with OtherProgram(files=(swarms[0].torrent,), dropped=dropped) as other:
            drag_out(program, other, rows(program)[0], dropped)
            wait(lambda: os.path.exists(dropped + ".1"), "the second file")
            given = [open(path, "rb").read() for path in (dropped, dropped + ".1")]
        must(given == [open(swarm.torrent, "rb").read() for swarm in swarms], "the files are those they came from")
        program.quit()


def case_rename(folder):
    """A file is called something else, on disk and on the page."""
    with Swarm(folder, "Album", {"a.txt": 10, "b.bin": MIB}) as swarm, Program(swarm.torrent) as program:
        add(program)
        program.find("label", "complete")
        focus_row(program)
        program.keys("alt+Return")
        program.press("Files", role="tab")
        program.find("checkbox", "a.txt")
        wait(lambda: any(button.role == "button" and button.click() for row in program.find_all("list item")
                         if any(n.role == "checkbox" and n.name == "a.txt" for n in row.walk()) for button in row.walk()),
             "the menu of the file")
        program.press("Rename…", role="menu item")
        program.window("Rename")
        program.keys("Escape", title="Rename")
        program.window_gone("Rename")
        click(program, program.find("label", "10 bytes"), "Freshet")
        program.keys("F2")
        program.window("Rename")
        program.keys("ctrl+a", "z", "period", "t", "x", "t", "Return", title="Rename")
        program.window_gone("Rename")
        program.find("checkbox", "z.txt")
        must(not program.find_all("checkbox", "a.txt"), "the old name is gone")
        must(sorted(os.listdir(os.path.join(DOWNLOADS, "Album"))) == ["b.bin", "z.txt"], "the file has its new name")
        program.quit()


def case_stay_awake(folder):
    """The computer does not sleep while something is downloaded, unless somebody wants it to."""
    # What GNOME's session manager is told: why, and that it is about sleep.
    awake, asleep = [("Files are being downloaded", 4)], []

    def told(expected, what):
        wait(lambda: service("Inhibitors") == expected, what)

    def press_switch(program):
        program.keys("ctrl+comma")
        program.window("Preferences")
        program.press("Desktop", role="tab")
        program.press("Stay Awake", role="switch")
        program.keys("Escape", title="Preferences")
        program.window_gone("Preferences")

    os.makedirs(os.path.join(folder, "short"))
    with Swarm(folder, "long.bin", {"long.bin": 500 * MIB}, up=MIB, zeros=True) as swarm, \
            Swarm(os.path.join(folder, "short"), "short.bin", {"short.bin": 6 * MIB}, up=SLOW) as short, Program(swarm.torrent) as program:
        program.window("Add Torrent")
        must(service("Inhibitors") == asleep, "it may sleep before the download")
        add(program)
        told(awake, "the wish to stay awake")
        focus_row(program)
        program.keys("space")
        told(asleep, "the end of it with a pause")
        program.keys("space")
        told(awake, "the wish again")
        press_switch(program)
        told(asleep, "the end of it with the preference")
        press_switch(program)
        told(awake, "the wish once more")
        program.keys("Delete")
        told(asleep, "the end of it with the torrent")
        hand_over(short.torrent)
        add(program)
        told(awake, "the wish for the other one")
        short.hurry()
        program.find("label", "complete")
        told(asleep, "the end of it with the download")
        program.quit()


def unreachable(program):
    """Controls that the keyboard cannot come to, as a sentence; of a control made of parts one part is enough."""
    return ", ".join(f"{node.role} “{plain(node.name)}” in “{window.name}”" for window in program.windows() for node in window.walk()
                     if node.role in REACHED and node.has_state(SENSITIVE)
                     and not any(part.has_state(FOCUSABLE) for part in node.walk()))


def check(program, view):
    nameless, beyond = unnamed(program), unreachable(program)
    must(nameless == "", f"{view} has names: {nameless}")
    must(beyond == "", f"keys reach all of {view}: {beyond}")


def case_everything_named(folder):
    """Every view: each control has a name, and the keyboard comes to it."""
    with Swarm(folder, "Album", {"a.txt": 10, "b.bin": MIB}) as swarm, Program() as program:
        program.find("label", "Nothing Here Yet")
        check(program, "the empty window")
        hand_over(swarm.torrent)
        program.window("Add Torrent")
        program.find("checkbox", "a.txt")
        check(program, "the dialog")
        add(program)
        program.find("label", "complete")
        check(program, "the list")
        focus_row(program)
        program.keys("alt+Return")
        for page, text in (("Overview", "pieces are here"), ("Files", "b.bin"), ("Peers", ""), ("Trackers", "127.0.0.1")):
            program.press(page, role="tab")
            program.find("label", text)
            check(program, "the page " + page)
        program.keys("ctrl+f")
        wait(lambda: program.find_all("search box") or program.find_all("text"), "the entry")
        check(program, "the search")
        program.keys_here("Escape")
        program.keys("ctrl+2")
        program.find("label", "Time Left")
        check(program, "the columns")
        program.press("Sort By")
        program.find("menu item radio", "Order Added")
        check(program, "the menu of orders")
        close_menu(program)
        program.keys("F10")
        program.find("menu item", "About Freshet")
        check(program, "the main menu")
        program.press("About Freshet", role="menu item")
        title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], "the window about it")[0]
        check(program, "the window about it")
        program.keys("Escape", title=title)
        program.window_gone(title)
        program.keys("ctrl+comma")
        program.window("Preferences")
        for page in ("Downloads", "Speed", "Network", "Desktop"):
            program.press(page, role="tab")
            check(program, "the preferences " + page)
        program.keys("Escape", title="Preferences")
        program.window_gone("Preferences")
        program.quit()


def type_port(program, port, came, what):
    """Into the left part of the control, away from its plus and minus; again if it was not yet where it was seen: then
    the window searches for what is typed."""
    def typed():
        x, y = middle_of(program, control, "Preferences")
        run("xdotool", "mousemove", "--sync", str(x - control.extents()[2] // 2 + 20), str(y), "click", "1",
            "mousemove", *QUIET)
        program.keys("ctrl+a", *str(port), "Return", title="Preferences")
        with contextlib.suppress(Failure):
            return wait(came, what, REST_SECONDS)
        if program.find_all("label", "No Results Found"):
            program.keys("Escape", title="Preferences")

    control = program.find("spin button", "Port")
    wait(typed, what)


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def case_port(folder):
    """Another port is used at once; of one that another program has a sentence tells, and nothing changes."""
    with socket.create_server(("", 0)) as taken, Program(environment={"GSETTINGS_BACKEND": "keyfile"}) as program:
        with socket.create_server(("", 0)) as passed:
            free = passed.getsockname()[1]
        program.keys("ctrl+comma")
        program.window("Preferences")
        program.press("Network", role="tab")
        type_port(program, free, lambda: is_open(free), "somebody at the new port")
        program.find("label", "With 0 the system chooses one")
        other = taken.getsockname()[1]
        words = f"Port {other} cannot be used, perhaps because another program uses it; port {free} is used"
        type_port(program, other, lambda: program.find_all("label", words), words)
        must(is_open(free), "the port is still there")
        program.keys("Escape", title="Preferences")
        program.window_gone("Preferences")
        program.find("label", f"Port {free}")
        program.quit()


if __name__ == "__main__":
    sys.exit(main(globals()))
