#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Magnet links and metadata, from other clients and to them:
magnets.py CASE, magnets.py --list.

FRESHET_CLI names the program. Exit status 77 means that something the case
needs is not here."""
import re
import socket
import struct
import sys
import threading
import time
import urllib.parse

from harness import MIB, Failure, Torrent, bencode, odd_folder, run_cases, wait_until
from peers import Aria2, Freshet, Libtorrent, OwnTracker, Transmission
from raw_peer import EXTENDED, HAVE_ALL, PATIENCE

PIECE = 16384


def told_by(tracker):
    return "&tr=" + urllib.parse.quote(tracker.url, safe="")


def wait_for_content(client, torrent, bound=60):
    """A client may say that it is done when it has the metadata."""
    wait_until(lambda: torrent.difference(client.folder, client.makes_empty_files) is None, bound,
               f"{client.name} to have everything")


def from_client(world, kind):
    """It seeds, and ours has only a link and the tracker in it."""
    tracker = OwnTracker(world)
    torrent = Torrent(world, "a folder & more", odd_folder(), announce=tracker.url, filler=3 * PIECE)
    tracker.allow(torrent)
    seed, ours = kind(world), Freshet(world)
    seed.seed(torrent, torrent.write_files())
    ours.fetch(torrent.link(told_by(tracker)), world.new_folder("taken"))
    ours.wait_complete(torrent)


def to_client(world, kind):
    """Ours seeds, and it has only a link and the tracker in it."""
    tracker = OwnTracker(world)
    torrent = Torrent(world, "a folder & more", odd_folder(), announce=tracker.url, filler=3 * PIECE)
    tracker.allow(torrent)
    ours, taker = Freshet(world), kind(world)
    ours.seed(torrent, torrent.write_files())
    taker.fetch(torrent.link(told_by(tracker)), world.new_folder("taken"))
    wait_for_content(taker, torrent)


def metadata_from_libtorrent(world):
    from_client(world, Libtorrent)


def metadata_from_transmission(world):
    from_client(world, Transmission)


def metadata_from_aria2(world):
    from_client(world, Aria2)


def metadata_to_libtorrent(world):
    to_client(world, Libtorrent)


def metadata_to_transmission(world):
    to_client(world, Transmission)


def metadata_to_aria2(world):
    to_client(world, Aria2)


def metadata_among_ourselves(world):
    """Who has it from a link gives it on, and chooses a file by the link."""
    torrent = Torrent(world, "choice", {"a.bin": 300000, "b.bin": 400000})
    seed, first, second = Freshet(world), Freshet(world), Freshet(world)
    seed.seed(torrent, torrent.write_files())
    first.fetch(torrent.link(f"&x.pe={seed.endpoint}"), world.new_folder("taken"), seed_after=True)
    first.wait_complete(torrent)
    seed.kill()
    second.fetch(torrent.link(f"&x.pe={first.endpoint}&so=1"), world.new_folder("taken"))
    second.process.finish(30)
    difference = torrent.difference(second.folder)
    if not difference or "a.bin" not in difference:
        raise Failure(f"the link asked for the second file alone: {difference}")


def ten_megabytes(world):
    """An info dictionary of 10 MB, from libtorrent and to it."""
    torrent = Torrent(world, "large", 3 * MIB, filler=10 * 1000 * 1000)
    seed, ours, taker = Libtorrent(world), Freshet(world), Libtorrent(world)
    seed.seed(torrent, torrent.write_files())
    began = time.monotonic()
    ours.fetch(torrent.link(), world.new_folder("taken"), peers=[seed], seed_after=True)
    ours.wait_complete(torrent)
    print(f"10 MB of metadata and 3 MiB of data from libtorrent in {time.monotonic() - began:.2f} s", flush=True)
    seed.kill()
    began = time.monotonic()
    taker.fetch(torrent.link(), world.new_folder("again"), peers=[ours])
    wait_for_content(taker, torrent, 120)
    print(f"and to libtorrent in {time.monotonic() - began:.2f} s", flush=True)


class MetadataLiar:
    """Says that it has everything, and lies about the metadata: of its size,
    or, of the right size, every other piece has a wrong byte."""

    name = "liar by hand"

    def __init__(self, world, torrent, about, size=None):
        self.ip, self.port = world.new_address(), world.new_port()
        self.endpoint = f"{self.ip}:{self.port}"
        self.torrent, self.about = torrent, about
        self.size = size or len(torrent.info)
        self.n_asked = self.n_connections = 0
        self.listener = socket.create_server((self.ip, self.port))
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            connection = self.listener.accept()[0]
            self.n_connections += 1
            threading.Thread(target=self._serve_quietly, args=(connection,), daemon=True).start()

    def _serve_quietly(self, connection):
        try:
            connection.settimeout(PATIENCE)
            self._serve(connection)
        except OSError:
            pass
        finally:
            connection.close()

    @staticmethod
    def _receive(connection, n):
        data = b""
        while len(data) < n:
            more = connection.recv(n - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def _data(self, piece):
        whole = self.torrent.info if self.about == "bytes" else bytes(self.size)
        data = bytearray(whole[piece * PIECE:(piece + 1) * PIECE])
        if self.about == "bytes" and piece % 2 == 0:
            data[0] ^= 1
        return bencode({"msg_type": 1, "piece": piece, "total_size": self.size}) + bytes(data)

    def _serve(self, connection):
        def send(body):
            connection.sendall(struct.pack(">I", len(body)) + body)

        self._receive(connection, 68)
        connection.sendall(b"\x13BitTorrent protocol" + bytes([0, 0, 0, 0, 0, 0x10, 0, 4]) +
                           bytes.fromhex(self.torrent.info_hash) + b"-XX0000-a liar%06d" % (self.port % 1000000))
        send(bytes([EXTENDED, 0]) + bencode({"m": {"ut_metadata": 5}, "metadata_size": self.size}))
        send(bytes([HAVE_ALL]))
        theirs = 0
        while True:
            length = struct.unpack(">I", self._receive(connection, 4))[0]
            body = self._receive(connection, length)
            if body[:2] == bytes([EXTENDED, 0]):
                theirs = int(re.search(rb"11:ut_metadatai(\d+)e", body)[1])
            elif body[:2] == bytes([EXTENDED, 5]) and b"msg_typei0e" in body:
                self.n_asked += 1
                send(bytes([EXTENDED, theirs]) + self._data(int(re.search(rb"piecei(\d+)e", body)[1])))


def liars_about_the_bytes(world):
    """Two of them, and two honest ones that come later: found out, and not asked again."""
    torrent = Torrent(world, "truth", 2 * MIB, filler=20 * PIECE)
    liars = [MetadataLiar(world, torrent, "bytes") for _ in range(2)]
    seeds, ours = [Libtorrent(world), Freshet(world)], Freshet(world)
    ours.fetch(torrent.link(), world.new_folder("taken"), peers=liars)
    wait_until(lambda: any(liar.n_asked for liar in liars), PATIENCE, "a liar to be asked")
    for seed in seeds:
        seed.seed(torrent, torrent.write_files(), options=("--peer", ours.endpoint))
    ours.wait_complete(torrent)
    if any(liar.n_connections > 2 for liar in liars):
        raise Failure("a liar was connected to again and again")


def liars_about_the_size(world):
    """Of claims that are too small, too large, and far too large."""
    torrent = Torrent(world, "size", 2 * MIB, filler=20 * PIECE)
    liars = [MetadataLiar(world, torrent, "size", size) for size in (1, 5 * PIECE + 7, 20 * MIB, 33 * MIB)]
    seed, ours = Libtorrent(world), Freshet(world)
    seed.seed(torrent, torrent.write_files())
    ours.fetch(torrent.link(), world.new_folder("taken"), peers=[*liars, seed])
    ours.wait_complete(torrent)
    if liars[-1].n_asked:
        raise Failure("33 MiB of metadata were asked for")


CASES = {f.__name__.replace("_", "-"): f for f in (
    metadata_from_libtorrent, metadata_from_transmission, metadata_from_aria2,
    metadata_to_libtorrent, metadata_to_transmission, metadata_to_aria2,
    metadata_among_ourselves, ten_megabytes, liars_about_the_bytes, liars_about_the_size)}

sys.exit(run_cases(CASES))
