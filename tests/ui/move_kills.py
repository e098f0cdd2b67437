#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills a library while it moves files, at random moments, and looks where they are.

move_kills.py [--kills N] [--mib N] [--seed N] RUNNER

Whenever it was killed, the torrent is in the list afterwards, all of its data
is in one of the two folders and nothing of it in the other, and no piece is
lost. By turns on one file system and to another, if this system lets us mount
one."""
import argparse
import filecmp
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from killing import MIB, PATIENCE, Failure, Lines, make_torrent

NOBODY = "127.0.0.1:1"


def begin_again_where_we_may_mount():
    """Becomes a process with mounts of its own. Returns where the system does not let us."""
    for how in (["--mount"], ["--mount", "--map-root-user"]):
        there = tempfile.mkdtemp(prefix="freshet-mount-")
        command = ["unshare", *how, "--propagation", "private"]
        done = subprocess.run([*command, "mount", "-t", "tmpfs", "none", there], stderr=subprocess.DEVNULL, check=False)
        os.rmdir(there)
        if done.returncode == 0:
            os.execvp(command[0], [*command, sys.executable, *sys.argv, "--mounts"])


def files_below(folder):
    return sorted(os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names)


class Torrent:
    """Files that go to and fro between two folders, over many lives of the library."""

    def __init__(self, options, apart, chance):
        self.apart = apart
        self.base = tempfile.mkdtemp(prefix="freshet-move-kills-")
        total = options.mib * MIB
        sizes = [total // 2] + [total // 60 + i for i in range(30)]
        self.torrent = make_torrent(self.base, "source", sizes, chance)
        self.folders = [os.path.join(self.base, name) for name in ("here", "there")]
        for folder in self.folders:
            os.mkdir(folder)
        if apart:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={2 * options.mib}m", "none", self.folders[1]], check=True)
        shutil.copytree(os.path.join(self.base, "source"), os.path.join(self.folders[0], "source"))
        self.at = 0
        self.runner = options.runner
        self.environment = dict(os.environ, XDG_DATA_HOME=os.path.join(self.base, "data"))
        self.process = None

    def start(self, *to):
        self.process = subprocess.Popen([self.runner, os.path.join(self.base, "db"), self.torrent, self.folders[0], NOBODY, *to],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment)
        self.lines = Lines(self.process)

    def expect(self, word):
        while (words := self.lines.next()):
            if words[0] in ("note", "error"):
                raise Failure(" ".join(words))
            if words[0] == word:
                return words[1:]
        raise Failure(f"no “{word}” came")

    def begin(self):
        """The first life, in which what is there is found."""
        self.start()
        self.expect("running")
        self.expect("complete")
        self.stop()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)

    def move_and_be_killed(self, patience):
        """Returns: whether the move had ended by itself"""
        self.start(self.folders[1 - self.at])
        self.expect("moving")
        words = self.lines.next(patience)
        while words and words[0] == "kept":
            words = self.lines.next(patience)
        self.process.kill()
        self.process.wait()
        if words and words[0] == "error":
            raise Failure(" ".join(words))
        return bool(words) and words[0] == "moved"

    def look(self):
        """Begins again. Returns: pieces that had to be read"""
        self.start()
        items, _ = self.expect("opened")
        if items != "1":
            raise Failure(f"{items} torrents are in the list")
        have, checked, n_pieces = self.expect("running")
        folder, = self.expect("folder")
        self.expect("complete")
        if have != n_pieces:
            raise Failure(f"{have} of {n_pieces} pieces are there")
        self.stop()
        self.at = self.folders.index(folder)
        source = os.path.join(self.base, "source")
        now = os.path.join(folder, "source")
        if files_below(now) != files_below(source):
            raise Failure(f"other files are there: {files_below(now)}")
        _, wrong, missing = filecmp.cmpfiles(source, now, files_below(source), shallow=False)
        if wrong or missing:
            raise Failure(f"the bytes of {wrong + missing} are wrong")
        left = files_below(self.folders[1 - self.at])
        if left:
            raise Failure(f"in the other folder are left {left}")
        return int(checked)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.apart:
            subprocess.run(["umount", self.folders[1]], check=True)
        shutil.rmtree(self.base)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runner")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--mib", type=int, default=48)
    parser.add_argument("--longest", type=float, default=0.3, help="seconds that a move goes on at most")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--mounts", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.mounts:
        begin_again_where_we_may_mount()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    summary = []
    for apart in [False, True] if options.mounts else [False]:
        torrent = Torrent(options, apart, chance)
        try:
            torrent.begin()
            for kill in range(options.kills):
                before = torrent.at
                ended = torrent.move_and_be_killed(chance.uniform(0, options.longest if apart else options.longest / 50))
                checked = torrent.look()
                if ended and torrent.at == before:
                    raise Failure("it had said that it moved, and did not")
                summary.append({"apart": apart, "ended": ended, "moved": torrent.at != before, "read": checked})
                print(f"kill {kill + 1}: {summary[-1]}", flush=True)
        finally:
            torrent.close()
    print(json.dumps({"kills": len(summary), "in the middle": sum(not s["ended"] for s in summary),
                      "brought to their end": sum(s["moved"] and not s["ended"] for s in summary)}))


try:
    main()
except Failure as failure:
    print(f"FAILED: {failure}", file=sys.stderr)
    sys.exit(1)
