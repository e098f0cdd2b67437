#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Swarms without a tracker: dht.py CASE, dht.py --list.

FRESHET_CLI names the program. Exit status 77 means that something the case
needs is not here."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from harness import MIB, NETWORK_6, Failure, Process, Torrent, has_ipv6, run_cases, skip, wait_until
from peers import HERE, Client, Freshet

LIBTORRENT_NODES = 6


class Node:
    """freshet-cli dht."""

    def __init__(self, world, bootstrap=()):
        self.ip, self.port = world.new_address(), world.new_port()
        self.endpoint = f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"
        marker = world.path(f"ready-{self.port}")
        self.process = Process(world, "freshet-dht",
                               [world.cli, "dht", "--bind", self.ip, "--port", str(self.port), "--json", "--ready-file", marker,
                                *(x for node in bootstrap for x in ("--bootstrap", node))], env={"G_DEBUG": "fatal-criticals"})
        wait_until(lambda: os.path.exists(marker), 15, "our node to be ready")

    def said(self):
        """The last of its lines that is whole."""
        self.process.must_run()
        with open(self.process.log_path) as f:
            lines = [line for line in f.read().rpartition("\n")[0].splitlines() if line.startswith("{") and line.endswith("]}")]
        return json.loads(lines[-1]) if lines else {}

    def family(self):
        return self.said().get("v6" if ":" in self.ip else "v4", {})


class LibtorrentDht(Client):
    name = "libtorrent-dht"
    dht, lsd = True, False

    def _start(self, n, bootstrap, *more):
        self.status_path = self.world.path(f"status-{self.port}")
        listen = ["--listen", self.endpoint]
        for _ in range(n - 1):
            other = Client(self.world)
            listen += ["--listen", other.endpoint]
        self.process = Process(self.world, self.name,
                               [sys.executable, "-W", "ignore", os.path.join(HERE, "lt_dht.py"), *listen, "--status", self.status_path,
                                *(x for node in bootstrap for x in ("--bootstrap", node)), *(["--lsd"] if self.lsd else []),
                                *([] if self.dht else ["--no-dht"]), *more])
        wait_until(self.status, 30, "libtorrent to start")

    def begin(self, n, bootstrap):
        self._start(n, bootstrap)

    def seed(self, torrent, folder, bootstrap=()):
        self.folder = folder
        self._start(1, bootstrap, "--torrent", torrent.path, "--folder", folder, "--seed")

    def fetch(self, torrent, folder, bootstrap=()):
        self.folder = folder
        self._start(1, bootstrap, "--torrent", torrent.path, "--folder", folder)

    def status(self):
        self.process.must_run()
        try:
            with open(self.status_path) as f:
                return json.load(f)
        except FileNotFoundError:
            return None

    def complete(self):
        return self.status()["seeding"]


def our_peer(world, bootstrap):
    peer = Freshet(world)
    peer.finding = ("--no-lsd", *(x for node in bootstrap for x in ("--dht-bootstrap", node)))
    return peer


def network(world):
    """Ours and libtorrent's, which know of each other. Returns: where to begin, and ours"""
    ours = Node(world)
    theirs = LibtorrentDht(world)
    theirs.begin(LIBTORRENT_NODES, [ours.endpoint])
    second = Node(world, [ours.endpoint])
    wait_until(lambda: min(theirs.status()["nodes"]) >= 2, 30, "libtorrent's nodes to find others")
    wait_until(lambda: ours.family().get("good", 0) >= LIBTORRENT_NODES // 2, 30, "our table to fill")
    wait_until(lambda: second.family().get("good", 0) >= LIBTORRENT_NODES // 2, 30, "the second table to fill")
    return ours, second


def take_from_libtorrent(world):
    """Nothing but the hash in a magnet link, and one node to begin at."""
    ours, second = network(world)
    torrent = Torrent(world, "nobody tracks it", 2 * MIB)
    seed = LibtorrentDht(world)
    seed.seed(torrent, torrent.write_files(), [second.endpoint])
    taker = our_peer(world, [ours.endpoint])
    taker.fetch(torrent.link(), world.new_folder("taken"))
    taker.wait_complete(torrent)


def give_to_libtorrent(world):
    ours, second = network(world)
    torrent = Torrent(world, "nobody tracks it", 2 * MIB)
    our_peer(world, [second.endpoint]).seed(torrent, torrent.write_files())
    taker = LibtorrentDht(world)
    taker.fetch(torrent.link(), world.new_folder("taken"), [ours.endpoint])
    taker.wait_complete(torrent)


def from_link_to_data(world):
    """A new session each time: from its start to all of a small torrent, its
    metadata and the DHT included. The bar is for the first piece."""
    ours, second = network(world)
    torrent = Torrent(world, "soon there", 200000)
    LibtorrentDht(world).seed(torrent, torrent.write_files(), [second.endpoint])
    wait_until(lambda: ours.family()["peers"] + second.family()["peers"] > 0, 30, "the seed to be announced")
    took = []
    for _ in range(10):
        taker, began = our_peer(world, [ours.endpoint]), time.monotonic()
        taker.fetch(torrent.link(), world.new_folder("taken"))
        taker.wait_complete(torrent)
        took.append(time.monotonic() - began)
    print("seconds:", *(f"{seconds:.2f}" for seconds in sorted(took)), f"median {statistics.median(took):.2f}, bar 3", flush=True)
    if statistics.median(took) > 3:
        raise Failure("slower than the bar")


def over_ipv6(world, case):
    if not has_ipv6():
        skip("this system has no IPv6")
    world.network = NETWORK_6
    case(world)


def take_from_libtorrent_over_ipv6(world):
    over_ipv6(world, take_from_libtorrent)


def give_to_libtorrent_over_ipv6(world):
    over_ipv6(world, give_to_libtorrent)


def private_torrents_stay_out(world):
    ours = Node(world)
    other = Node(world, [ours.endpoint])
    secret, public = (Torrent(world, name, 100000, private=private) for name, private in (("secret", True), ("public", False)))
    for torrent in (secret, public):
        our_peer(world, [ours.endpoint, other.endpoint]).seed(torrent, torrent.write_files())
    wait_until(lambda: ours.family().get("hashes", 0) + other.family().get("hashes", 0) > 0, 30, "the public one to be announced")
    wait_until(lambda: other.said().get("announces", 0) > 0, 30, "the announcement")
    if ours.family()["hashes"] > 1 or other.family()["hashes"] > 1:
        raise Failure("the private torrent was announced")


class Npm:
    """npm's bittorrent-dht, which begins at a node of ours."""

    def __init__(self, world, manner, info_hash, bootstrap):
        node = shutil.which("node") or skip("node is not installed")
        self.ip, self.port = world.new_address(), world.new_port()
        result = subprocess.run([node, os.path.join(HERE, "npm_dht.mjs"), manner, info_hash, self.ip, str(self.port), *bootstrap],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        if result.returncode == 77:
            skip("npm's bittorrent-dht is not installed where NODE_PATH says")
        if result.returncode != 0:
            raise Failure(f"bittorrent-dht: {result.stderr.decode()}")
        self.said = json.loads(result.stdout)
        if self.said["error"] or self.said["nodes"] < 1:
            raise Failure(f"bittorrent-dht: {self.said}")


def npm_begins_announces_and_looks_up(world):
    ours = Node(world)
    others = [Node(world, [ours.endpoint]) for _ in range(3)]
    wait_until(lambda: ours.family().get("good", 0) == len(others), 30, "our table to fill")
    info_hash = "0123456789abcdef0123456789abcdef01234567"
    giver = Npm(world, "announce", info_hash, [ours.endpoint])
    wait_until(lambda: sum(node.family()["peers"] for node in [ours, *others]) > 0, 15, "the announcement to be stored")
    taker = Npm(world, "lookup", info_hash, [others[1].endpoint])
    if f"{giver.ip}:{giver.port}" not in taker.said["peers"]:
        raise Failure(f"who announced is not found: {taker.said}")
    # What we announce it finds too.
    torrent = Torrent(world, "ours", 100000)
    seed = our_peer(world, [ours.endpoint])
    seed.seed(torrent, torrent.write_files())
    wait_until(lambda: sum(node.family()["hashes"] for node in [ours, *others]) > 1, 15, "our announcement to be stored")
    taker = Npm(world, "lookup", torrent.info_hash, [others[2].endpoint])
    if seed.endpoint not in taker.said["peers"]:
        raise Failure(f"our seed is not found: {taker.said}")


# ------------------------------------------------------------ local network
class House:
    """Another machine: a network namespace at the other end of a cable."""

    HERE, THERE = ("10.98.0.1", "fd98::1"), ("10.98.0.2", "fd98::2")

    def __init__(self, world):
        # It lives as long as its standard input.
        self.holder = subprocess.Popen(["unshare", "-n", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.enter = ["nsenter", "-t", str(self.holder.pid), "-n"]
        own = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{self.holder.pid}/ns/net") != own, 10, "the namespace")
        self._run("ip", "link", "add", "cable0", "type", "veth", "peer", "name", "cable1", "netns", str(self.holder.pid))
        for enter, device, addresses in (([], "cable0", self.HERE), (self.enter, "cable1", self.THERE)):
            self._run(*enter, "ip", "addr", "add", addresses[0] + "/24", "dev", device)
            self._run(*enter, "ip", "link", "set", device, "up")
            self._run(*enter, "ip", "link", "set", "lo", "up")
            if has_ipv6():
                self._run(*enter, "ip", "addr", "add", addresses[1] + "/64", "dev", device, "nodad")
        self.cli = world.path("from-there")
        with open(self.cli, "w") as f:
            f.write(f'#!/bin/sh\nexec {" ".join(self.enter)} {world.cli} "$@"\n')
        os.chmod(self.cli, 0o755)

    @staticmethod
    def _run(*command):
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0:
            skip("this system joins no network namespaces (" + " ".join(command) + ")")

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()


def neighbour(world, ip):
    """Ours, that knows nobody."""
    peer = Freshet(world)
    peer.ip, peer.finding = ip, ("--no-dht",)
    return peer


def between_neighbours(world, family):
    house = House(world)
    torrent = Torrent(world, "next door", 2 * MIB)
    neighbour(world, house.HERE[family]).seed(torrent, torrent.write_files())
    world.cli = house.cli
    taker = neighbour(world, house.THERE[family])
    taker.fetch(torrent, world.new_folder("taken"))
    taker.wait_complete(torrent)
    house.close()


def lsd_between_neighbours(world):
    between_neighbours(world, 0)


def lsd_between_neighbours_over_ipv6(world):
    if not has_ipv6():
        skip("this system has no IPv6")
    between_neighbours(world, 1)


def lsd_takes_from_libtorrent(world):
    house = House(world)
    torrent = Torrent(world, "next door", 2 * MIB)
    seed = LibtorrentDht(world)
    seed.ip, seed.dht, seed.lsd = house.HERE[0], False, True
    seed.seed(torrent, torrent.write_files())
    world.cli = house.cli
    taker = neighbour(world, house.THERE[0])
    taker.fetch(torrent, world.new_folder("taken"))
    taker.wait_complete(torrent)
    house.close()


def lsd_leaves_private_torrents_alone(world):
    """The public one comes, and the private one, which is called for as well, does not."""
    house = House(world)
    secret, public = (Torrent(world, name, 100000, private=private) for name, private in (("secret", True), ("public", False)))
    for torrent in (secret, public):
        neighbour(world, house.HERE[0]).seed(torrent, torrent.write_files())
    world.cli = house.cli
    waiting, taker = neighbour(world, house.THERE[0]), neighbour(world, house.THERE[0])
    waiting.fetch(secret, world.new_folder("waiting"))
    taker.fetch(public, world.new_folder("taken"))
    taker.wait_complete(public)
    if wait_until(waiting.progress, 15, "our taker to say how it is")["peers"] != 0:
        raise Failure("the private torrent was called out")
    house.close()


CASES = {("" if f.__name__.startswith("lsd") else "dht-") + f.__name__.replace("_", "-"): f for f in (
    take_from_libtorrent, give_to_libtorrent, take_from_libtorrent_over_ipv6, give_to_libtorrent_over_ipv6,
    from_link_to_data, private_torrents_stay_out, npm_begins_announces_and_looks_up, lsd_between_neighbours, lsd_between_neighbours_over_ipv6, lsd_takes_from_libtorrent,
    lsd_leaves_private_torrents_alone)}

if __name__ == "__main__":
    sys.exit(run_cases(CASES))
