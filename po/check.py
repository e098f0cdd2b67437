#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""check.py SOURCE_ROOT: are the translations whole?

Every file with words for people is in POTFILES.in, and every language in
LINGUAS has each of those words, none guessed at, and passes msgfmt --check."""
import os
import re
import subprocess
import sys
import tempfile

# What the glib preset of meson passes.
KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3", "g_dpgettext2:2c,3"]
MARKED = re.compile(r'\b(?:N?C?_|g_dngettext|ngettext)\s*\(\s*"|translatable="yes"')
FOLDERS = ("src", "data")
ENDINGS = (".c", ".h", ".ui", ".desktop.in", ".metainfo.xml.in", ".gschema.xml")
# Translated by what is in them, not by a mark.
UNMARKED = (".desktop.in", ".metainfo.xml.in", ".gschema.xml")


def listed(root):
    with open(os.path.join(root, "po", "POTFILES.in"), encoding="utf-8") as f:
        return [line.strip() for line in f if line.strip() and not line.startswith("#")]


def marked_files(root):
    for folder in FOLDERS:
        for place, _, names in os.walk(os.path.join(root, folder)):
            for name in names:
                path = os.path.join(place, name)
                if not name.endswith(ENDINGS):
                    continue
                with open(path, encoding="utf-8") as f:
                    if name.endswith(UNMARKED) or MARKED.search(f.read()):
                        yield os.path.relpath(path, root)


def make_template(root, files, pot):
    command = ["xgettext", "--from-code=UTF-8", "--add-comments", "--package-name=freshet", "-o", pot]
    command += ["--keyword=" + k for k in KEYWORDS]
    subprocess.run(command + files, cwd=root, check=True)


def check_language(root, language, pot, scratch):
    po = os.path.join(root, "po", language + ".po")
    merged = os.path.join(scratch, language + ".po")
    wrong = subprocess.run(["msgfmt", "--check", "-o", os.devnull, po]).returncode != 0
    subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged, po, pot], check=True)
    for attribute, what in (("--untranslated", "not translated"), ("--only-fuzzy", "fuzzy")):
        shown = subprocess.run(["msgattrib", "--no-obsolete", attribute, merged],
                               check=True, capture_output=True, text=True).stdout
        # The first is the header.
        entries = [e for e in shown.split("\n\n")[1:] if e.strip()]
        for entry in entries:
            print(f"po/{language}.po: {what}:\n{entry}\n")
        wrong = wrong or bool(entries)
    return not wrong


def main():
    root = os.path.abspath(sys.argv[1])
    files = listed(root)
    right = True
    for path in sorted(marked_files(root)):
        if path not in files:
            print(f"{path}: has words for people and is not in po/POTFILES.in")
            right = False
    with open(os.path.join(root, "po", "LINGUAS"), encoding="utf-8") as f:
        languages = [line.strip() for line in f if line.strip() and not line.startswith("#")]
    with tempfile.TemporaryDirectory() as scratch:
        pot = os.path.join(scratch, "freshet.pot")
        make_template(root, files, pot)
        for language in languages:
            right = check_language(root, language, pot, scratch) and right
    return 0 if right else 1


sys.exit(main())
