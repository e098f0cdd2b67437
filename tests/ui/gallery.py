#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""gallery.py FOLDER: pictures of every view, to be looked at.

Run it as `session.py gallery.py FOLDER` with FRESHET and FRESHET_LT_PEER set,
as for drive.py. What it shows is real: torrents that arrive from libtorrent.
Needs xdotool and ImageMagick's import."""
import os
import subprocess
import sys
import tempfile

from desktop import Program, run, wait
from swarm import Swarm

MB = 1000000
DOWNLOADS = os.path.join(os.environ["HOME"], "Downloads")

# Name, size, how much of it is there already, seeds, bytes a second of each.
TORRENTS = (
    ("debian-13.2.0-amd64-netinst.iso", 783 * MB, 0.52, 4, 3 * MB),
    ("Fedora-Workstation-Live-43-1.6.x86_64.iso", 2740 * MB, 1.0, 1, 1),
    ("LibreOffice_25.8.3_Linux_x86-64_deb.tar.gz", 213 * MB, 0.64, 1, MB),
    ("Big Buck Bunny", 355 * MB, 0.0, 1, 20 * MB),
    ("Sintel.2010.2160p.mkv", 1110 * MB, 0.8, 2, 2 * MB),
    ("archlinux-2026.11.01-x86_64.iso", 1450 * MB, 1.0, 1, 1),
)
FAILING, PAUSED = "Big Buck Bunny", "LibreOffice_25.8.3_Linux_x86-64_deb.tar.gz"


def put_there(name, size, share):
    """The first part right, which is zeros, and the rest wrong."""
    right = int(size * share)
    with open(os.path.join(DOWNLOADS, name), "wb") as f:
        f.truncate(right)
        f.seek(right)
        for _ in range(right, size, MB):
            f.write(b"wrong" * (MB // 5))
        f.truncate(size)


class Gallery:
    def __init__(self, folder, torrents, environment):
        self.folder, self.torrents, self.environment = folder, torrents, environment

    def shoot(self, program, name, title="Freshet"):
        # A tooltip would be in the way. The frame after the next shows what was done just now.
        run("xdotool", "mousemove", "0", "0")
        wait(lambda: program.find_all("label"), "the window")
        run("import", "-window", program.x_window(title), os.path.join(self.folder, name + ".png"))

    def empty(self, name):
        with Program(environment=self.environment) as program:
            program.window("Freshet")
            self.shoot(program, name)
            program.quit()

    def rows(self, name, width=None):
        for torrent, size, share, *_ in TORRENTS:
            if share > 0:
                put_there(torrent, size, share)
        with open(os.path.join(DOWNLOADS, FAILING), "w") as f:
            f.write("in the way")
        # A library of its own: what is there already is not asked about.
        data = tempfile.mkdtemp()
        with Program(*self.torrents, environment={**self.environment, "XDG_DATA_HOME": data}) as program:
            dialog = wait(lambda: [w for w in program.window_names() if w != "Freshet"], "the dialog")[0]
            self.shoot(program, name + "-add", dialog)
            program.keys("Return", title=dialog)
            program.window_gone(dialog)
            wait(lambda: len(program.find_all("progress bar")) == len(TORRENTS), "the rows")
            wait(lambda: len([n for n in program.find_all("progress bar") if n.value == 1.0]) == 2, "the checks")
            # Big Buck Bunny's button, which has a name of its own in each language.
            wait(lambda: len(self.retry_buttons(program)) == 1, "the error")
            if width:
                self.narrow(program, width)
            self.pause(program)
            self.shoot(program, name)
            self.details(program, name)
            program.keys("alt+Return", "ctrl+2")
            wait(lambda: not program.find_all("tab"), "the end of the details")
            self.shoot(program, name + "-columns")
            self.preferences(program, name)
            # It is remembered, and the next begins with rows.
            program.keys("ctrl+2")
            wait(lambda: self.retry_buttons(program), "the rows again")
            program.quit()

    def details(self, program, name):
        """Each page, of the first torrent."""
        x, y, _, _ = next(n for n in program.find_all("label", TORRENTS[0][0])).extents()
        run("xdotool", "mousemove", "--window", program.x_window("Freshet"), str(x + 9), str(y + 9), "click", "1")
        program.keys("alt+Return")
        tabs = wait(lambda: program.find_all("tab"), "the pages")
        for i, tab in enumerate(tabs):
            tab.click()
            self.shoot(program, f"{name}-details-{i + 1}")

    def preferences(self, program, name):
        program.keys("ctrl+comma")
        title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], "the preferences")[0]
        # Switchers for wide and narrow windows are both there.
        tabs = wait(lambda: {n.name: n for w in program.windows() if w.name == title for n in w.walk() if n.role == "tab"},
                    "the pages")
        for i, tab in enumerate(tabs.values()):
            tab.click()
            self.shoot(program, f"{name}-preferences-{i + 1}", title)
        program.keys("Escape", title=title)
        program.window_gone(title)

    def narrow(self, program, width):
        """What has no room goes away while it becomes narrower."""
        def is_narrow():
            run("xdotool", "windowsize", program.x_window("Freshet"), str(width), "720")
            return program.window("Freshet").extents()[2] <= width

        wait(is_narrow, "the narrow window")

    def retry_buttons(self, program):
        """Of a row's buttons it alone has its name written on it."""
        return [label for item in program.find_all("list item") for button in item.walk() if button.role == "button"
                for label in button.walk() if label.role == "label"]

    def pause(self, program):
        row = next(r for r in program.find_all("list item") if any(PAUSED in n.name for n in r.walk()))
        button = next(n for n in row.walk() if n.role == "button")
        button.click()
        wait(lambda: next(n for n in row.walk() if n.role == "button").path != button.path, "the other button")


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        swarms = []
        for i, (name, size, _, seeds, up) in enumerate(TORRENTS):
            folder = os.path.join(scratch, str(i))
            os.makedirs(folder)
            files = {name: size} if name != FAILING else {"film.mkv": size - MB, "subtitles.srt": MB}
            swarms.append(Swarm(folder, name, files, up=up, zeros=True, n_seeds=seeds))
        gallery = Gallery(sys.argv[1], [s.torrent for s in swarms], {})
        gallery.empty("empty")
        gallery.rows("light")
        gallery.rows("narrow", 360)
        gallery.environment = {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}
        gallery.rows("dark")
        for language in ("ko",):
            gallery.environment = {"LANGUAGE": language}
            gallery.empty(language + "-empty")
            gallery.rows(language)
        for swarm in swarms:
            swarm.__exit__()
    return 0


sys.exit(main())
