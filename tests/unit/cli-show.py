#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""freshet-cli show over tests/data/torrents and its neighbour magnets: cli-show.py FRESHET_CLI DATA."""
import os
import subprocess
import sys

CLI, DATA = sys.argv[1:]
FAILURES = []


def run(*arguments):
    env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="")
    done = subprocess.run([CLI, "show", *arguments], capture_output=True, text=True, timeout=20, env=env)
    return done.returncode, done.stdout, done.stderr


def expect(what, found, wanted):
    if found != wanted:
        FAILURES.append(f"{what}: {found!r} is not {wanted!r}")


def check_good(path, v1, v2, n_files, length, piece_length, name):
    row = "\t".join([v1, v2, n_files, length, piece_length, name]) + "\n"
    expect(path, run("--tsv", path), (0, row, ""))
    status, shown, errors = run(path)
    expect(path, (status, errors), (0, ""))
    for word in (v1, v2, name):
        expect(f"{path} shows {word}", word == "-" or word in shown, True)


def check_bad(path):
    for arguments in ([path], ["--tsv", path]):
        status, shown, errors = run(*arguments)
        expect(path, (status, shown), (1, ""))
        expect(f"{path} says so in one line", (errors.count("\n"), path in errors), (1, True))


with open(os.path.join(DATA, "expect.tsv"), encoding="utf-8") as table:
    for line in table:
        if line.startswith("#"):
            continue
        columns = line.rstrip("\n").split("\t")
        path = os.path.join(DATA, columns[0])
        if columns[1] == "reject":
            check_bad(path)
        else:
            check_good(path, *columns[1:6], columns[10])

with open(os.path.join(DATA, "..", "magnets", "expect.tsv"), encoding="utf-8") as table:
    for line in table:
        if line.startswith("#"):
            continue
        columns = line.rstrip("\n").split("\t")
        status, shown, errors = run("--tsv", columns[0])
        wanted = "\t".join(columns[2:9]) + "\n" if columns[1] == "accept" else ""
        expect(columns[0], (status, shown), (int(wanted == ""), wanted))
        # A hash that is none is no reason to refuse the line, but people are told.
        wrong = int(wanted == "" or columns[2:4] == ["-", "-"])
        status, shown, errors = run(columns[0])
        expect(columns[0], (status, errors.count("\n"), shown == ""), (wrong, wrong, bool(wrong)))
        expect(f"{columns[0]} shows its hash", wanted == "" or columns[2] == "-" or columns[2] in shown, True)

check_bad(os.path.join(DATA, "there-is-none.torrent"))
check_bad(DATA)
for wrong in ([], ["a", "b"], ["--no-such-option"]):
    status, shown, errors = run(*wrong)
    expect(f"show {wrong}", (status, shown, errors.count("\n")), (2, "", 1))

print("\n".join(FAILURES))
sys.exit(1 if FAILURES else 0)
