# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests have in common that kill a library: a torrent, and what the runner says."""
import hashlib
import os
import selectors
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bencode import bencode  # noqa: E402

MIB = 1 << 20
PIECE = 256 << 10
PATIENCE = 60  # seconds that anything may take


class Failure(Exception):
    pass


def make_torrent(folder, name, sizes, chance):
    """Writes the files and the .torrent; sizes: one number, or a list of them."""
    single = isinstance(sizes, int)
    hashes, rest = [], b""
    for i, size in enumerate([sizes] if single else sizes):
        path = os.path.join(folder, name) if single else os.path.join(folder, name, f"part {i}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            while size > 0:
                data = chance.randbytes(min(size, 16 * MIB))
                f.write(data)
                size -= len(data)
                rest += data
                whole = len(rest) // PIECE * PIECE
                hashes += [hashlib.sha1(rest[at:at + PIECE]).digest() for at in range(0, whole, PIECE)]
                rest = rest[whole:]
    if rest:
        hashes.append(hashlib.sha1(rest).digest())
    info = {"name": name, "piece length": PIECE, "pieces": b"".join(hashes)}
    if single:
        info["length"] = sizes
    else:
        info["files"] = [{"length": size, "path": [f"part {i}"]} for i, size in enumerate(sizes)]
    path = os.path.join(folder, name + ".torrent")
    with open(path, "wb") as f:
        f.write(bencode({"info": info}))
    return path


class Lines:
    """What a process says, a line at a time, with a bound on waiting."""

    def __init__(self, process):
        self.process, self.rest = process, b""
        self.selector = selectors.DefaultSelector()
        self.selector.register(process.stdout, selectors.EVENT_READ)

    def next(self, timeout=PATIENCE):
        """The next line's words; None when none comes in time; [] at the end."""
        while b"\n" not in self.rest:
            if not self.selector.select(timeout):
                return None
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                return []
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode().split()
