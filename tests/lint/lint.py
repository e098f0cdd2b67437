#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tree promises about itself: lint.py CHECK SOURCE_ROOT BUILD_ROOT.

A check prints what is wrong as FILE:LINE: MESSAGE and ends with 1."""
import json
import os
import re
import subprocess
import sys
import tempfile

CODE = (".c", ".h")
TEXT = CODE + (".py", ".sh", ".md", ".ui", ".css", ".xml", ".build", ".txt", ".in", ".json", ".yml", ".desktop")
BUILD_FOLDER = re.compile(r"_?build(?!-aux$)")
SKIPPED_FOLDERS = {".git", "__pycache__", "subprojects"}

# Lines of a file: the aim, and what no file may reach.
LENGTH_AIM, LENGTH_LIMIT = 600, 700
# Nine functions in ten stay below this.
FUNCTION_LINES, FUNCTION_SHARE = 40, 0.9

# Folder of src/: its library, and the layers it may include.
LAYERS = {
    "engine/base": ("bt-base", []),
    "engine/proto": ("bt-proto", ["engine/base"]),
    "engine/swarm": ("bt-swarm", ["engine/base", "engine/proto"]),
    "engine/disk": ("bt-disk", ["engine/base", "engine/proto", "engine/swarm"]),
    "engine/http": ("bt-http", []),
    "engine/io": ("bt-io", ["engine/base", "engine/proto", "engine/http"]),
    "tracker": ("trk-server", ["engine/base", "engine/proto"]),
}
PURE = ["engine/base", "engine/proto", "engine/swarm"]
HEADLESS = ["engine", "tracker", "app", "cli"]


class Tree:
    def __init__(self, source, build):
        self.source, self.build = source, build
        self.wrong = 0

    def files(self, *endings, under=""):
        for folder, folders, names in os.walk(os.path.normpath(os.path.join(self.source, under))):
            folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS and
                                not (folder == self.source and BUILD_FOLDER.match(f)))
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(folder, name), self.source)

    def read(self, path):
        with open(os.path.join(self.source, path), encoding="utf-8") as f:
            return f.read()

    def lines(self, path):
        return enumerate(self.read(path).split("\n"), 1)

    def say(self, path, line, message):
        print(f"{path}:{line}: {message}")
        self.wrong += 1

    def targets(self):
        with open(os.path.join(self.build, "meson-info", "intro-targets.json"), encoding="utf-8") as f:
            return json.load(f)


INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)')


def check_layers(tree):
    """Includes name no way up, the pure layers know GLib alone, and GTK is for ui."""
    for path in tree.files(*CODE, under="src"):
        inside = path[len("src/"):]
        for number, line in tree.lines(path):
            match = INCLUDE.match(line)
            if not match:
                continue
            header = match[2]
            if "../" in header:
                tree.say(path, number, "an include may not climb out of its folder")
            if inside.startswith(tuple(p + "/" for p in PURE)) and \
                    header.startswith(("gio/", "libsoup/", "gtk/", "adwaita", "sys/socket", "netinet/", "gnutls/")):
                tree.say(path, number, f"a pure layer knows no {header}")
            if inside.startswith(tuple(p + "/" for p in HEADLESS)) and header.startswith(("gtk/", "adwaita", "gdk/")):
                tree.say(path, number, f"{header} is for ui alone")


def check_arrows(tree):
    """A header of a higher layer does not compile in a lower one, with the flags of the build itself."""
    targets = {t["name"]: t for t in tree.targets() if t["type"] == "static library"}
    shown = 0
    with tempfile.TemporaryDirectory() as scratch:
        for layer, (library, below) in LAYERS.items():
            if library not in targets:
                continue
            source = next(s for s in targets[library]["target_sources"] if s.get("language") == "c")
            for other in LAYERS:
                headers = [h for h in tree.files(".h", under="src/" + other) if os.path.dirname(h) == "src/" + other]
                if not headers:
                    continue
                allowed = other == layer or other in below
                probe = os.path.join(scratch, "probe.c")
                with open(probe, "w", encoding="utf-8") as f:
                    f.write(f'#include "{os.path.basename(headers[0])}"\nextern int probe;\n')
                compiled = subprocess.run([*source["compiler"], *source["parameters"], "-fsyntax-only", probe],
                                          cwd=tree.build, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                shown += 1
                if (compiled.returncode == 0) != allowed:
                    tree.say("src/" + layer, 0, f"{headers[0]} {'must' if allowed else 'must not'} compile here")
    if shown == 0:
        tree.say("src", 0, "no layer was found to be tried")


def check_lengths(tree):
    for path in tree.files(*CODE, ".py", ".sh", ".ui"):
        lines = tree.read(path).count("\n")
        if lines > LENGTH_LIMIT:
            tree.say(path, lines, f"longer than {LENGTH_LIMIT} lines")
        elif lines > LENGTH_AIM:
            print(f"{path}:{lines}: warning: longer than {LENGTH_AIM} lines")


def check_functions(tree):
    lengths = []
    for path in tree.files(".c", under="src"):
        start = None
        for number, line in tree.lines(path):
            if line == "{":
                start = number
            elif line == "}" and start:
                lengths.append((number - start - 1, path, start))
                start = None
    short = sum(n < FUNCTION_LINES for n, _, _ in lengths)
    print(f"{short} of {len(lengths)} functions are below {FUNCTION_LINES} lines")
    if short < FUNCTION_SHARE * len(lengths):
        for n, path, start in sorted(lengths)[short:]:
            tree.say(path, start, f"a function of {n} lines")


def check_text(tree):
    """Spaces, line ends, and who wrote it."""
    for path in tree.files(*TEXT):
        if path.startswith("tests/data/"):
            continue
        text = tree.read(path)
        if text and not text.endswith("\n"):
            tree.say(path, text.count("\n") + 1, "no line end at the end")
        if path.endswith(CODE + (".py", ".sh")) and "SPDX-License-Identifier: GPL-3.0-or-later" not in text[:400]:
            tree.say(path, 1, "says nothing about its licence")
        for number, line in tree.lines(path):
            if line.endswith((" ", "\t")) and not path.endswith(".md"):
                tree.say(path, number, "blanks at the end")
            if "\t" in line and path.endswith(CODE + (".py", ".ui", ".build")):
                tree.say(path, number, "a tab")
            if "\r" in line:
                tree.say(path, number, "a carriage return")


# Pieces, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
MACHINE = re.compile(r"(?<![\w.])/(wo" r"rk|ro" r"ot)/\w")
TOOLS = re.compile(r"\b(cla" r"ude|anthro" r"pic|open" r"ai|chat" r"gpt|co" r"pilot|language mo" r"del)\b", re.I)


def check_words(tree):
    for path in tree.files(*TEXT, ".po"):
        if path.startswith("tests/data/"):
            continue
        for number, line in tree.lines(path):
            for pattern, what in ((UNFINISHED, "unfinished"), (MACHINE, "a path of one machine"), (TOOLS, "not ours")):
                match = pattern.search(line)
                if match:
                    tree.say(path, number, f"{what}: {match[0]}")


def check_listed(tree):
    """Every C file is built, and by one meson.build."""
    where = {}
    for target in tree.targets():
        for group in target["target_sources"]:
            for source in group.get("sources", []):
                where.setdefault(os.path.relpath(source, tree.source), set()).add(target["defined_in"])
    has_ui = any(path.startswith("src/ui/") for path in where)
    for path in tree.files(".c"):
        if path.startswith("tests/data/") or (not has_ui and path.startswith(("src/ui/", "tests/ui/", "src/main.c"))):
            continue
        places = where.get(path, set())
        if len(places) != 1:
            tree.say(path, 1, f"is built by {len(places)} meson.build files")


def check_shell(tree):
    """Scripts parse, stop at the first error, and may be run."""
    found = 0
    for path in tree.files(""):
        if path.startswith("tests/data/"):
            continue
        full = os.path.join(tree.source, path)
        with open(full, "rb") as f:
            first = f.readline(80).decode(errors="replace")
        match = re.match(r"#!\s*\S*?(?:/env\s+)?(\w*sh)\b", first)
        if not match:
            continue
        found += 1
        if subprocess.run([match[1], "-n", full]).returncode != 0:
            tree.say(path, 1, f"is no {match[1]} script")
        if not re.search(r"^set -\w*e\w*u|^set -\w*u\w*e", tree.read(path), re.M):
            tree.say(path, 1, "has no set -eu")
        if not os.access(full, os.X_OK):
            tree.say(path, 1, "cannot be run")
    if found == 0:
        tree.say("build-aux", 0, "no script was found")


SLEEP = re.compile(r"\b(g_us" r"leep|us" r"leep|nanos" r"leep|s" r"leep)\s*\(|time\.s" r"leep|^\s*s" r"leep\s+[\d.]")


def check_sleeps(tree):
    """Tests wait for conditions; the program has no reason to."""
    for path in tree.files(*CODE, ".py", ".sh"):
        for number, line in tree.lines(path):
            if SLEEP.search(line):
                tree.say(path, number, "waits for time to pass, not for a condition")


def check_translations(tree):
    """Every file with words for people is known to the translators, and every file they know is there."""
    listing = "po/POTFILES.in"
    if not os.path.exists(os.path.join(tree.source, listing)):
        tree.say(listing, 0, "is missing")
        return
    known = {line.strip() for _, line in tree.lines(listing) if line.strip() and not line.startswith("#")}
    for path in known:
        if not os.path.exists(os.path.join(tree.source, path)):
            tree.say(listing, 1, f"names {path}, which is not there")
    marked = re.compile(r'\b(?:N?C?_|g_dngettext|ngettext)\s*\(\s*"|translatable="yes"')
    for path in tree.files(".c", ".ui", ".in", under="src"):
        if path not in known and marked.search(tree.read(path)):
            tree.say(path, 1, f"has words for people and is not in {listing}")


CHECKS = {name[len("check_"):]: check for name, check in globals().items() if name.startswith("check_")}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in CHECKS:
        print(f"usage: lint.py {'|'.join(CHECKS)} SOURCE_ROOT BUILD_ROOT", file=sys.stderr)
        return 2
    tree = Tree(os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3]))
    CHECKS[sys.argv[1]](tree)
    return 1 if tree.wrong else 0


sys.exit(main())
