#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills a library while it downloads, at random moments, and looks what is left.

kills.py [--kills N] [--mib N] [--seed N] RUNNER FRESHET_CLI

After each kill -9 the torrent is in the list, every piece that was had is
still had, not all of it is read again, and in the end the bytes are right.
By turns with one file and with many; what is complete is begun anew."""
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

RECORDED_WITHIN = 5  # seconds after which a piece is in a record


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
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
        self.history, self.killed_at = [], 0
        self.lives = 0
        self.runner, self.in_flight = options.runner, options.in_flight
        self.environment = dict(os.environ, XDG_DATA_HOME=os.path.join(self.folder, "data"))
        self.port = free_port()
        ready = os.path.join(self.folder, "ready")
        self.giver = subprocess.Popen([options.cli, "seed", "--bind=127.0.0.1", f"--port={self.port}", "--no-dht", "--no-lsd",
                                       "--quiet", "--json", f"--up={options.up}", self.torrent, self.folder, f"--ready-file={ready}"],
                                      env=self.environment)
        self.process = None
        self.checked = []

    def start(self):
        self.lives += 1
        self.process = subprocess.Popen([self.runner, os.path.join(self.folder, "db"), self.torrent, self.taken,
                                         f"127.0.0.1:{self.port}"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment)
        self.lines = Lines(self.process)

    def expect(self, word):
        while True:
            words = self.lines.next()
            if words is None or words == []:
                raise Failure(f"no “{word}” came")
            if words[0] in ("note", "error"):
                raise Failure(" ".join(words))
            if words[0] == word:
                return [int(w) for w in words[1:]]

    def look_after_start(self):
        items, verified = self.expect("opened")
        if self.lives > 1 and items != 1:
            raise Failure(f"the torrent is not in the list: {items} items")
        have, checked, self.n_pieces = self.expect("running")
        if have < self.have:
            raise Failure(f"{self.have} pieces were had, and {have} are")
        # A record is made every second, which takes a moment itself.
        recent = self.have - max([n for t, n in self.history if t < self.killed_at - RECORDED_WITHIN], default=0)
        if self.lives > 1 and checked > recent + self.in_flight:
            raise Failure(f"{checked} pieces of {self.n_pieces} were read again, and {recent} were new")
        self.checked.append(checked)
        self.have = have
        self.history.append((os.times().elapsed, have))

    def follow(self, seconds):
        """Listens that long. Returns: whether it is complete"""
        clock = os.times().elapsed
        while (left := clock + seconds - os.times().elapsed) > 0:
            words = self.lines.next(left)
            if words is None:
                return False
            if words == [] or words[0] in ("note", "error"):
                raise Failure(" ".join(words) or "it ended")
            if words[0] == "have":
                self.have = max(self.have, int(words[1]))
                self.history.append((os.times().elapsed, self.have))
            if words[0] == "complete":
                return True
        return False

    def kill(self):
        self.process.kill()
        self.killed_at = os.times().elapsed
        # What it had said before counts as well.
        while (words := self.lines.next()):
            if words[0] == "have":
                self.have = max(self.have, int(words[1]))
        self.process.wait()

    def end(self):
        """Lets it go on to the end, stops it well, and compares."""
        self.start()
        self.look_after_start()
        if not self.follow(PATIENCE):
            raise Failure("it does not come to an end")
        self.process.stdin.close()
        self.process.wait(PATIENCE)
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
