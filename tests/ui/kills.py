#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills a library while it downloads, at random moments, and looks what is left.

kills.py [--kills N] [--mib N] [--seed N] RUNNER FRESHET_CLI

After each kill -9 the torrent is in the list, every piece that was had is
still had, no more is read again than what the last record in the database did
not have, and in the end the bytes are right. By turns with one file and with
many; what is complete is begun anew."""
import argparse
import filecmp
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile

from killing import MIB, PATIENCE, Failure, Lines, make_torrent

# Nobody else takes a port of it.
OUR_ADDRESS = f"127.{64 + (os.getpid() >> 16) % 128}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"


def free_port():
    with socket.socket() as s:
        s.bind((OUR_ADDRESS, 0))
        return s.getsockname()[1]


class Download:
    """One torrent over many lives of the library."""

    def __init__(self, number, options, chance):
        self.folder = tempfile.mkdtemp(prefix="freshet-kills-")
        self.many = number % 2 == 1
        total = options.mib * MIB
        sizes = [total // 8 + i * 12345 for i in range(8)] if self.many else total
        self.torrent = make_torrent(os.path.join(self.folder), "source", sizes, chance)
        self.taken = os.path.join(self.folder, "taken")
        os.mkdir(self.taken)
        self.have = self.n_pieces = 0
        self.kept = None  # pieces in a record; None: there is none yet
        self.lives = 0
        self.runner, self.in_flight = options.runner, options.in_flight
        self.environment = dict(os.environ, XDG_DATA_HOME=os.path.join(self.folder, "data"))
        self.port = free_port()
        self.giver = subprocess.Popen([options.cli, "seed", f"--bind={OUR_ADDRESS}", f"--port={self.port}", "--no-dht", "--no-lsd",
                                       "--quiet", "--json", f"--up={options.up}", self.torrent, self.folder],
                                      env=self.environment)
        self.process = None
        self.checked = []

    def start(self):
        self.lives += 1
        self.process = subprocess.Popen([self.runner, os.path.join(self.folder, "db"), self.torrent, self.taken,
                                         f"{OUR_ADDRESS}:{self.port}"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment)
        self.lines = Lines(self.process)

    def hear(self, words):
        if words[0] in ("note", "error"):
            raise Failure(" ".join(words))
        if words[0] == "have":
            self.have = max(self.have, int(words[1]))
        if words[0] == "kept":
            self.kept = max(self.kept or 0, int(words[1]))

    def expect(self, word):
        while True:
            words = self.lines.next()
            if words is None or words == []:
                raise Failure(f"no “{word}” came")
            self.hear(words)
            if words[0] == word:
                return [int(w) for w in words[1:]]

    def look_after_start(self):
        had, kept = self.have, self.kept
        items, _ = self.expect("opened")
        if kept is not None and items != 1:
            raise Failure(f"the torrent is not in the list: {items} items")
        have, checked, self.n_pieces = self.expect("running")
        if have < had:
            raise Failure(f"{had} pieces were had, and {have} are")
        if kept is not None and checked > had - kept + self.in_flight:
            raise Failure(f"{checked} pieces of {self.n_pieces} were read again, and {had - kept} were new")
        self.checked.append(checked)
        self.have = max(self.have, have)

    def follow(self, seconds):
        """Listens that long. Returns: whether it is complete"""
        clock = os.times().elapsed
        while (left := clock + seconds - os.times().elapsed) > 0:
            words = self.lines.next(left)
            if words is None:
                return False
            if words == []:
                raise Failure("it ended")
            self.hear(words)
            if words[0] == "complete":
                return True
        return False

    def kill(self):
        self.process.kill()
        # What it had said before counts as well.
        while (words := self.lines.next()):
            self.hear(words)
        self.process.wait()

    def end(self):
        """Lets it go on to the end, stops it well, and compares."""
        self.start()
        self.look_after_start()
        if not self.follow(PATIENCE):
            raise Failure("it does not come to an end")
        self.process.stdin.close()
        while (words := self.lines.next()):
            self.hear(words)
        self.process.wait(PATIENCE)
        if self.kept is None:
            raise Failure("no record was made")
        source, copy = os.path.join(self.folder, "source"), os.path.join(self.taken, "source")
        names = sorted(os.listdir(source)) if self.many else [""]
        for name in names:
            if not filecmp.cmp(os.path.join(source, name).rstrip("/"), os.path.join(copy, name).rstrip("/"), shallow=False):
                raise Failure(f"the bytes of “{name or 'source'}” are wrong")

    def close(self):
        for process in (self.giver, self.process):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runner")
    parser.add_argument("cli")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--mib", type=int, default=96)
    parser.add_argument("--up", type=int, default=0, help="bytes a second that are given; 0 as fast as it goes")
    parser.add_argument("--in-flight", type=int, default=64, help="pieces that it may have written and not told of yet")
    parser.add_argument("--longest", type=float, default=0.5, help="seconds that a life lasts at most")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    kills = finished = 0
    checked = []
    while kills < options.kills:
        download = Download(finished, options, chance)
        try:
            complete = False
            while not complete and kills < options.kills:
                download.start()
                # Sometimes before it has said anything, most times while it downloads.
                if chance.random() < 0.15 and download.lives > 1:
                    download.lines.next(chance.uniform(0, 0.1))
                    download.kill()
                else:
                    download.look_after_start()
                    complete = download.follow(chance.uniform(0.02, options.longest))
                    download.kill()
                kills += 1
                print(f"kill {kills}: {'many files' if download.many else 'one file'}, {download.have} of {download.n_pieces} pieces,"
                      f" {download.checked[-1] if download.checked else 0} read at the start", flush=True)
            download.end()
            checked += download.checked
        finally:
            download.close()
        finished += 1
    print(json.dumps({"kills": kills, "downloads": finished, "pieces read at a start": sum(checked) / max(len(checked), 1),
                      "most": max(checked)}))


try:
    main()
except Failure as failure:
    print(f"FAILED: {failure}", file=sys.stderr)
    sys.exit(1)
