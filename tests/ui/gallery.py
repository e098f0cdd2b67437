#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""gallery.py FOLDER: pictures of every view, to be looked at.

Run it by `tests/ui/gallery`. What it shows is real: torrents that arrive from libtorrent.
Needs xdotool, ImageMagick's import, and localedef with the sources of locales."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile

from desktop import Failure, Program, run, wait
from swarm import Swarm

MB = 1000000
APP, APP_PATH = "io.github.freshet.Freshet", "/io/github/freshet/Freshet"
KOREAN = {"Labels": "레이블", "Seeding Goals": "배포 목표", "Keyboard Shortcuts": "키보드 바로 가기", "About Freshet": "Freshet 정보"}
LABELS = ("films", "a rather long name for a label", "free", "work", "ideas")
DOWNLOADS = os.path.join(os.environ["HOME"], "Downloads")

FILMS = {"Sintel/Sintel.2010.1080p.mkv": 620 * MB, "Sintel/Subtitles/English.srt": 90000, "Sintel/Subtitles/Korean.srt": 110000,
         "Tears of Steel/Tears of Steel.2012.1080p.mkv": 540 * MB, "Tears of Steel/Poster.png": 4 * MB, "Read me.txt": 2400}
# Name, size of it or of its files, how much of it is there already, seeds, bytes a second of each. The
# first is the one that is looked at closely, and arrives as long as that takes.
TORRENTS = (
    ("Blender Open Movies", FILMS, 0.42, 4, MB // 2),
    ("debian-13.2.0-amd64-netinst.iso", 783 * MB, 0.52, 4, 3 * MB),
    ("Fedora-Workstation-Live-43-1.6.x86_64.iso", 2740 * MB, 1.0, 1, 1),
    ("LibreOffice_25.8.3_Linux_x86-64_deb.tar.gz", 213 * MB, 0.64, 1, MB // 10),
    ("Big Buck Bunny", {"film.mkv": 354 * MB, "subtitles.srt": MB}, 0.0, 1, 20 * MB),
    ("archlinux-2026.11.01-x86_64.iso", 1450 * MB, 1.0, 1, 1),
)
# Name, environment, width.
LOOKS = (
    ("light", {}, None),
    ("narrow", {}, 360),
    ("dark", {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, None),
    ("contrast", {"ADW_DEBUG_HIGH_CONTRAST": "1"}, None),
    ("contrast-dark", {"ADW_DEBUG_HIGH_CONTRAST": "1", "ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, None),
    # GTK's own words are in Hebrew then, and everything is mirrored.
    ("mirrored", {"LANGUAGE": "he", "LC_ALL": "he_IL.UTF-8"}, None),
    ("mirrored-narrow", {"LANGUAGE": "he", "LC_ALL": "he_IL.UTF-8"}, 360),
    ("ko", {"LANGUAGE": "ko", "LC_ALL": "ko_KR.UTF-8"}, None),
    ("ko-narrow", {"LANGUAGE": "ko", "LC_ALL": "ko_KR.UTF-8"}, 360),
)
CHECKING = 300  # seconds: some gigabytes are read from the disk
FAILING, PAUSED = "Big Buck Bunny", "LibreOffice_25.8.3_Linux_x86-64_deb.tar.gz"


def files_of(name, size):
    """Path -> size."""
    return size if isinstance(size, dict) else {name: size}


def put_file(path, size, right):
    """The first part right, which is zeros, and the rest wrong."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.truncate(right)
        f.seek(right)
        for _ in range(right, size, MB):
            f.write(b"wrong" * (MB // 5))
        f.truncate(size)


def put_there(name, size, share):
    files = files_of(name, size)
    right = int(sum(files.values()) * share)
    for path, length in files.items():
        put_file(os.path.join(DOWNLOADS, path if path == name else os.path.join(name, path)), length, min(right, length))
        right -= min(right, length)


class Gallery:
    def __init__(self, folder, torrents, environment, width):
        self.folder, self.torrents, self.environment, self.width = folder, torrents, environment, width

    def shoot(self, program, name, title="Freshet"):
        # A tooltip would be in the way. The frame after the next shows what was done just now.
        run("xdotool", "mousemove", "0", "0")
        wait(lambda: program.find_all("label"), "the window")
        if self.width and title != "Freshet":
            self.narrow(program, title)
        run("import", "-window", program.x_window(title), os.path.join(self.folder, name + ".png"))

    def empty(self, name):
        with Program(environment=self.environment) as program:
            program.window("Freshet")
            if self.width:
                self.narrow(program, "Freshet")
            self.shoot(program, name)
            program.quit()

    def rows(self, name):
        for torrent, size, share, *_ in TORRENTS:
            if share > 0:
                put_there(torrent, size, share)
        with open(os.path.join(DOWNLOADS, FAILING), "w") as f:
            f.write("in the way")
        with Program(*self.torrents, environment=self.environment) as program:
            dialog = wait(lambda: [w for w in program.window_names() if w != "Freshet"], "the dialog")[0]
            self.shoot(program, name + "-add", dialog)
            program.keys("Return", title=dialog)
            program.window_gone(dialog)
            wait(lambda: len(program.find_all("progress bar")) == len(TORRENTS), "the rows")
            wait(lambda: len([n for n in program.find_all("progress bar") if n.value == 1.0]) >= 2, "the checks", CHECKING)
            # Big Buck Bunny's button, which has a name of its own in each language.
            wait(lambda: len(self.retry_buttons(program)) == 1, "the error")
            if self.width:
                self.narrow(program, "Freshet")
            self.pause(program)
            self.shoot(program, name)
            self.details(program, name)
            program.keys("alt+Return", "ctrl+2")
            wait(lambda: not program.find_all("tab"), "the end of the details")
            self.shoot(program, name + "-columns")
            program.keys("ctrl+2")
            wait(lambda: self.retry_buttons(program), "the rows again")
            self.searches(program, name)
            self.preferences(program, name)
            self.dialogs(program, name)
            self.popovers(program, name)
            self.removal(program, name)
            program.quit()

    def details(self, program, name):
        """Each page, of the first torrent."""
        self.select(program)
        program.keys("alt+Return")
        tabs = wait(lambda: program.find_all("tab"), "the pages")
        for i, tab in enumerate(tabs):
            self.turn_to(program, tab, "Freshet")
            self.shoot(program, f"{name}-details-{i + 1}")

    def turn_to(self, program, tab, title):
        """Until it can be seen that its page is there. It may have been there from the beginning."""
        x, y, width, height = tab.extents()
        window = program.x_window(title)

        def look():
            return subprocess.run(["import", "-window", window, "-crop", f"{width}x{height}+{x}+{y}", "rgb:-"], check=True, capture_output=True).stdout

        run("xdotool", "mousemove", "0", "0")
        before = look()
        tab.click()
        with contextlib.suppress(Failure):
            wait(lambda: look() != before, "the page", 2)
        # The tab comes some frames before its page.
        for _ in range(5):
            look()

    def select(self, program, torrent=TORRENTS[0][0]):
        x, y, width, height = next(n for n in program.find_all("label", torrent)).extents()
        run("xdotool", "mousemove", "--window", program.x_window("Freshet"), str(x + width // 2), str(y + height // 2), "click", "1")

    def searches(self, program, name):
        """What is found, and nothing."""
        program.keys("ctrl+f")
        program.type("deb")
        wait(lambda: len(program.find_all("progress bar")) == 2, "what is found")
        self.shoot(program, f"{name}-search")
        program.type("xyz")
        wait(lambda: not program.find_all("progress bar"), "nothing")
        self.shoot(program, f"{name}-search-nothing")
        program.keys_here("Escape")
        wait(lambda: self.retry_buttons(program), "the rows again")

    def removal(self, program, name):
        self.select(program, PAUSED)
        program.keys("Delete")
        wait(lambda: len(program.find_all("progress bar")) < len(TORRENTS), "the end of the row")
        self.shoot(program, f"{name}-undo")

    def preferences(self, program, name):
        program.keys("ctrl+comma")
        title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], "the preferences")[0]
        # Switchers for wide and narrow windows are both there.
        tabs = wait(lambda: {n.name: n for w in program.windows() if w.name == title for n in w.walk() if n.role == "tab"},
                    "the pages")
        for i, tab in enumerate(tabs.values()):
            self.turn_to(program, tab, title)
            self.shoot(program, f"{name}-preferences-{i + 1}", title)
        program.keys("Escape", title=title)
        program.window_gone(title)

    def dialogs(self, program, name):
        """Those that are about a torrent, and those of the program."""
        for i, (key, item) in enumerate((("shift+F10", "Labels"), ("shift+F10", "Seeding Goals"), ("F10", "Keyboard Shortcuts"),
                                         ("F10", "About Freshet"))):
            self.open_menu(program, key)
            names = (item, KOREAN[item])
            next(n for n in program.find_all("menu item") if n.name.startswith(names)).click()
            title = wait(lambda: [t for t in program.window_names() if t != "Freshet"], "the dialog")[0]
            if item == "Labels":
                self.make_labels(program, title)
            self.shoot(program, f"{name}-dialog-{i + 1}", title)
            program.keys("Escape", title=title)
            program.window_gone(title)
        self.shoot(program, f"{name}-labels")

    def open_menu(self, program, key):
        self.select(program)
        program.keys("Down", "Up", key)
        wait(lambda: program.find_all("menu item"), "the menu")

    def make_labels(self, program, title):
        for label in LABELS:
            n = len(program.find_all("checkbox"))
            program.type(label, title)
            program.keys("Return", title=title)
            wait(lambda: len(program.find_all("checkbox")) > n, "the label")

    def popovers(self, program, name):
        """Windows of their own, which only the whole display shows."""
        run("xdotool", "windowmove", "--sync", program.x_window("Freshet"), "60", "20")
        for key, end in (("shift+F10", "menu"), ("F10", "main-menu")):
            self.select(program)
            before = self.look_at_display(program, f"{name}-{end}")
            self.open_menu(program, key)
            self.shoot_display(program, before)
            program.keys_here("Escape")
            wait(lambda: not program.find_all("menu item"), "the end of the menu")
        buttons = [n for n in program.find_all("button") if n.name in ("Speed Limits", "속도 제한")]
        before = self.look_at_display(program, f"{name}-limits")
        next(n for n in buttons if n.click())
        wait(lambda: program.find_all("spin button"), "the limits")
        self.shoot_display(program, before)
        program.keys_here("Escape")
        wait(lambda: not program.find_all("spin button"), "the end of the limits")

    def look_at_display(self, program, name):
        """Returns the picture's path."""
        path = os.path.join(self.folder, name + ".png")
        run("xdotool", "mousemove", "0", "0")
        wait(lambda: program.find_all("label"), "the window")
        run("import", "-window", "root", path)
        return path

    def shoot_display(self, program, before):
        """Over the picture of before: without a compositor what is transparent about a popover is black."""
        run("xdotool", "mousemove", "0", "0")
        wait(lambda: program.find_all("label"), "the window")
        now = subprocess.run(["import", "-window", "root", "png:-"], check=True, capture_output=True).stdout
        subprocess.run(["convert", before, "(", "png:-", "-fuzz", "10%", "-transparent", "black", ")", "-composite", before], input=now, check=True)

    def narrow(self, program, title):
        """What has no room goes away while it becomes narrower; some windows stay as they are."""
        tries = iter(range(20))

        def is_narrow():
            run("xdotool", "windowsize", program.x_window(title), str(self.width), "720")
            return program.window(title).extents()[2] <= self.width or next(tries, None) is None

        wait(is_narrow, "the narrow window")

    def retry_buttons(self, program):
        """Of a row's buttons it alone has its name written on it."""
        return [label for item in program.find_all("list item") for button in item.walk() if button.role == "button"
                for label in button.walk() if label.role == "label"]

    def pause(self, program):
        def button():
            row = next(r for r in program.find_all("list item") if any(PAUSED in n.name for n in r.walk()))
            return next(n for n in row.walk() if n.role == "button")

        name = button().name
        button().click()
        wait(lambda: button().name != name, "the other name of the button")


def make_mirrored(folder):
    """GLib has GTK speak the languages alone that the program speaks: a catalogue with nothing in it."""
    catalogue = os.path.join(folder, "he", "LC_MESSAGES", "freshet.mo")
    os.makedirs(os.path.dirname(catalogue))
    subprocess.run(["msgfmt", "-o", catalogue, "-"], check=True, text=True,
                   input='msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
    return folder


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as ended:
        swarms = []
        for i, (name, size, _, seeds, up) in enumerate(TORRENTS):
            folder = os.path.join(scratch, str(i))
            os.makedirs(folder)
            swarms.append(ended.enter_context(Swarm(folder, name, files_of(name, size), up=up, zeros=True, n_seeds=seeds)))
        for locale in ("ko_KR", "he_IL"):
            subprocess.run(["localedef", "-i", locale, "-f", "UTF-8", os.path.join(scratch, locale + ".UTF-8")], check=True)
        mirrored = make_mirrored(os.path.join(scratch, "mirrored-locale"))
        for name, environment, width in LOOKS:
            if sys.argv[2:] and name not in sys.argv[2:]:
                continue
            # Nothing of one look is remembered in the next.
            own = {"XDG_CONFIG_HOME": shutil.copytree(os.environ["XDG_CONFIG_HOME"], os.path.join(scratch, name)),
                   "XDG_DATA_HOME": os.path.join(scratch, name, "data"), "LOCPATH": scratch}
            if name.startswith("mirrored"):
                own["FRESHET_LOCALEDIR"] = mirrored
            gallery = Gallery(sys.argv[1], [s.torrent for s in swarms], {**environment, **own}, width)
            gallery.empty(name + "-empty")
            gallery.rows(name)
    return 0


sys.exit(main())
