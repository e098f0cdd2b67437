#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""gallery_add.py FOLDER: pictures of the dialog that adds, to be looked at.

Run it as `session.py gallery_add.py FOLDER`, as gallery.py. It shows the
dialog while it fetches the metadata of a link, filled, with a search, with
several torrents, and failed; light, dark, narrow and in Korean."""
import os
import sys
import tempfile

from desktop import Program, run, wait
from swarm import MetadataGiver, Swarm

MB = 1000000
ALBUM = {f"CD {cd}/{track:02} - {title}.flac": size * MB for cd in (1, 2) for track, title, size in (
    (1, "Overture", 31), (2, "A rather long title of a track that goes on and on", 28), (3, "Intermezzo", 19))}
ALBUM.update({"Artwork/front.jpg": 2 * MB, "Artwork/back.jpg": MB, "liner notes.pdf": 12 * MB})
LOOKS = (("light", {}, None), ("dark", {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, None), ("narrow", {}, 360),
         ("ko", {"LANGUAGE": "ko"}, None))


class Gallery:
    def __init__(self, folder, look, environment, width):
        self.folder, self.look, self.environment, self.width = folder, look, environment, width

    def dialog(self, program):
        return wait(lambda: [w for w in program.window_names() if w != "Freshet"], "the dialog")[0]

    def shoot(self, program, name):
        title = self.dialog(program)
        window = program.x_window(title)
        if self.width:
            run("xdotool", "windowsize", "--sync", window, str(self.width), "600")
            wait(lambda: program.window(title).extents()[2] <= self.width, "the width")
        run("import", "-window", window, os.path.join(self.folder, f"add-{self.look}-{name}.png"))
        program.process.kill()

    def program(self, *arguments):
        return Program(*arguments, environment=self.environment)

    def fetching(self, swarm):
        with self.program(swarm.link(dead=True) + "&x.pe=127.0.0.1:9") as program:
            self.dialog(program)
            self.shoot(program, "fetching")

    def fetched_in_part(self):
        with MetadataGiver(bytes(200000), silent=True) as giver, self.program(giver.link + "&dn=Slowly%20coming.mkv") as program:
            self.dialog(program)
            wait(lambda: any("0" in n.name and "%" in n.name for n in program.find_all("label")), "the share")
            self.shoot(program, "asking")

    def filled(self, swarm):
        with self.program(swarm.link()) as program:
            wait(lambda: program.find_all("checkbox"), "the files")
            self.shoot(program, "filled")

    def searched(self, swarm):
        with self.program(swarm.link()) as program:
            wait(lambda: program.find_all("checkbox"), "the files")
            button = next(n for n in program.window(self.dialog(program)).walk() if n.name in ("Search Files", "파일 검색"))
            button.click()
            wait(lambda: program.find_all("search box"), "the entry")
            program.keys(*"overture", title=self.dialog(program))
            wait(lambda: len(program.find_all("checkbox")) == 5, "what was found")
            self.shoot(program, "search")

    def several(self, swarms):
        with self.program(*[swarm.link(dead=i == 1) for i, swarm in enumerate(swarms)], swarms[0].torrent) as program:
            self.dialog(program)
            wait(lambda: len(program.find_all("list item")) >= len(swarms), "the torrents")
            self.shoot(program, "several")

    def failed(self):
        with MetadataGiver(b"d4:name1:ae") as giver, self.program(giver.link + "&dn=Something%20else") as program:
            self.dialog(program)
            wait(lambda: [n for n in program.find_all("label") if n.name.startswith(("Try Again", "다시 시도"))], "the failure")
            self.shoot(program, "failed")


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        swarms = []
        for i, (name, files) in enumerate((("Symphonies (2026)", ALBUM), ("A film.mkv", {"A film.mkv": 700 * MB}))):
            os.makedirs(os.path.join(scratch, str(i)))
            swarms.append(Swarm(os.path.join(scratch, str(i)), name, files, zeros=True))
        for look, environment, width in LOOKS:
            gallery = Gallery(sys.argv[1], look, environment, width)
            gallery.fetching(swarms[0])
            gallery.fetched_in_part()
            gallery.filled(swarms[0])
            gallery.searched(swarms[0])
            gallery.several(swarms)
            gallery.failed()
        for swarm in swarms:
            swarm.__exit__()
    return 0


sys.exit(main())
