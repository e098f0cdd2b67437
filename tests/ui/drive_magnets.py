#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""drive_magnets.py CASE: magnet links in the built program, as drive.py."""
import os
import sys

from desktop import OtherProgram, Program, wait
from drive import main
from hands import DOWNLOADS, MIB, add, click, drag_into, hand_over, hand_over_again, must, select, unnamed
from swarm import MetadataGiver, Swarm

ALBUM = {"a.txt": 10, "deep/er/b.bin": 3 * MIB, "c.bin": 70000}


def case_magnet(folder):
    """A link shows what it leads to, and only what is wanted is fetched, when it is."""
    with Swarm(folder, "Album", ALBUM) as swarm, Program(swarm.link()) as program:
        program.window("Add Torrent")
        must(program.text("3.2 MB") == "3.2 MB, 3 files", "the dialog fills itself")
        must(os.listdir(DOWNLOADS) == [], "nothing was written before the choice")
        must(unnamed(program) == "", "the dialog has names: " + unnamed(program))
        click(program, program.find("checkbox", "a.txt"), "Add Torrent")
        program.find("checkbox", "2 of 3 files, 3.2 MB")
        add(program)
        program.find("label", "complete")
        must(not os.path.exists(os.path.join(DOWNLOADS, "Album", "a.txt")), "what was not wanted is not there")
        must(os.path.getsize(os.path.join(DOWNLOADS, "Album", "deep", "er", "b.bin")) == 3 * MIB, "the rest is")
        program.quit()


def case_magnet_pasted(folder):
    """Pasted, and looked at, and not wanted: nothing stays. Pasted again it is new."""
    with Swarm(folder, "no.bin", {"no.bin": MIB}) as swarm, Program() as program:
        program.find("label", "Nothing Here Yet")
        # Who copies a link and pastes it at once need not wait for a program that has much to do.
        with OtherProgram(swarm.link(), busy=True) as other:
            program.keys("ctrl+v")
            wait(lambda: other.go_on() or "Add Torrent" in program.window_names(), "the dialog for the link")
            must(program.text("1.0 MB") == "1.0 MB, 1 file", "the dialog fills itself")
            program.keys("Escape", title="Add Torrent")
            program.window_gone("Add Torrent")
            program.find("label", "Nothing Here Yet")
            must(os.listdir(DOWNLOADS) == [], "nothing was written")
            program.press("Open or Paste")
            program.press("Paste a Link", role="menu item")
            program.text("1.0 MB")
            add(program)
            program.find("label", "complete")
            must(swarm.is_in(DOWNLOADS), "the copy is right")
        program.quit()


def case_magnet_dropped(folder):
    """A link dragged in as text."""
    with Swarm(folder, "dropped.bin", {"dropped.bin": MIB}) as swarm, Program() as program:
        with OtherProgram(swarm.link()):
            drag_into(program, "Drop to add the link")
            program.text("1.0 MB")
            add(program)
            program.find("label", "complete")
        program.quit()


def case_magnet_waits(folder):
    """A yes before the metadata puts it into the list, and it goes on there."""
    swarm = Swarm(folder, "later.bin", {"later.bin": MIB})
    with swarm, Program(swarm.link(dead=True)) as program:
        program.window("Add Torrent")
        program.text("Fetching metadata")
        add(program)
        program.text("Fetching metadata")
        # Now somebody says who has it.
        hand_over_again(program, swarm.link(), "“later.bin” is in the list already")
        program.find("label", "complete")
        must(swarm.is_in(DOWNLOADS), "the copy is right")

        def copy():
            program.press("More")
            program.press("Copy Magnet Link", role="menu item")
        program.say(copy, "Magnet link copied")
        program.quit()


def case_magnet_details(folder):
    """What is known of a link is told beside the list, more of it as it comes, and nothing of another torrent."""
    for name in ("here", "later"):
        os.makedirs(os.path.join(folder, name))
    with Swarm(os.path.join(folder, "here"), "here.bin", {"here.bin": MIB}) as here, \
            Swarm(os.path.join(folder, "later"), "later.bin", {"later.bin": 2 * MIB}) as later, Program(here.torrent) as program:
        add(program)
        program.find("label", "complete")
        select(program, "here.bin")
        program.keys("alt+Return")
        program.find("label", here.info_hash)
        program.find("label", "All 16 pieces are here")
        hand_over(later.link(dead=True))
        add(program)
        select(program, "later.bin")
        program.find("label", later.info_hash)
        must(not program.find_all("image", "Pieces"), "there are no pieces before the metadata")
        must(not program.find_all("label", "1.0 MB, 1 file"), "nothing is said of the torrent before")
        hand_over_again(program, later.link(), "“later.bin” is in the list already")
        program.find("label", "2.1 MB, 1 file")
        program.find("label", "All 32 pieces are here")
        program.quit()


def case_magnet_restart(folder):
    """A link waits over a restart, and what it led to is not asked for again."""
    with Swarm(folder, "kept.bin", {"kept.bin": MIB}) as swarm:
        with Program(swarm.link(dead=True)) as program:
            program.window("Add Torrent")
            add(program)
            program.text("Fetching metadata")
            program.quit()
        with Program() as program:
            program.find("label", "kept.bin")
            program.text("Fetching metadata")
            hand_over(swarm.link())
            program.find("label", "complete")
            must(swarm.is_in(DOWNLOADS), "the copy is right")
            program.quit()
    with Program() as program:
        program.find("label", "kept.bin")
        program.find("label", "complete")
        program.quit()


def case_magnet_fails(folder):
    """What is no torrent is said in words, and trying again tries again."""
    info = b"d4:name1:ae"
    with MetadataGiver(info) as giver, Program(giver.link) as program:
        program.window("Add Torrent")
        program.find("label", "is not a torrent that can be downloaded")
        asked = giver.n_asked
        program.press("Try Again")
        wait(lambda: giver.n_asked > asked, "another question")
        must(unnamed(program) == "", "the dialog has names: " + unnamed(program))
        program.keys("Escape", title="Add Torrent")
        program.window_gone("Add Torrent")
        program.quit()


sys.exit(main(globals()))
