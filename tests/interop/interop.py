#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Freshet among other clients: interop.py CASE, interop.py --list.

FRESHET_CLI names the program. Exit status 77 means that something the case
needs is not here."""
import os
import socket
import sys
import time
import urllib.parse
import urllib.request

from harness import MIB, NETWORK_6, Failure, Torrent, has_ipv6, odd_folder, run_cases, skip, takes, wait_until
from peers import Aria2, FalsePeer, Freshet, Libtorrent, Opentracker, OwnTracker, Transmission


# ------------------------------------------------ one gives, the other takes
def give_and_take(world, giver, taker, tracker, sizes=None, **fetch):
    torrent = Torrent(world, "odd 폴더", sizes or odd_folder(), announce=tracker.url)
    tracker.allow(torrent)
    giver.seed(torrent, torrent.write_files())
    taker.fetch(torrent, world.new_folder("taken"), **fetch)
    taker.wait_complete(torrent)


def others_among_themselves(world):
    """What the tracker and these tests themselves are worth, without our engine."""
    tracker = OwnTracker(world)
    for giver, taker in ((Libtorrent, Aria2), (Aria2, Libtorrent), (Libtorrent, Transmission)):
        give_and_take(world, giver(world), taker(world), tracker)


def get_from_libtorrent(world):
    give_and_take(world, Libtorrent(world), Freshet(world), OwnTracker(world))


def get_from_transmission(world):
    give_and_take(world, Transmission(world), Freshet(world), OwnTracker(world))


def get_from_aria2(world):
    give_and_take(world, Aria2(world), Freshet(world), Opentracker(world))


def seed_to_libtorrent(world):
    give_and_take(world, Freshet(world), Libtorrent(world), Opentracker(world))


def seed_to_transmission(world):
    give_and_take(world, Freshet(world), Transmission(world), Opentracker(world))


def seed_to_aria2(world):
    give_and_take(world, Freshet(world), Aria2(world), OwnTracker(world))


def freshet_to_freshet(world):
    give_and_take(world, Freshet(world), Freshet(world), OwnTracker(world))


def over_ipv6(world):
    if not has_ipv6():
        skip("this system has no IPv6")
    world.network = NETWORK_6
    tracker = OwnTracker(world)
    give_and_take(world, Libtorrent(world), Freshet(world), tracker)
    give_and_take(world, Freshet(world), Libtorrent(world), tracker)


def over_udp_tracker(world):
    """Both ways, with a tracker that speaks UDP and is asked nothing else."""
    for giver, taker in ((Libtorrent, Freshet), (Freshet, Libtorrent), (Freshet, Freshet)):
        give_and_take(world, giver(world), taker(world), Opentracker(world, "udp"))


def dead_trackers_come_first(world):
    """Both in the first tier; the living one is in the second."""
    tracker = OwnTracker(world)
    dead = f"http://{world.new_address()}:9/announce"
    torrent = Torrent(world, "tiers", 200000, announce=dead,
                      tiers=[[dead, f"http://{world.new_address()}:9/announce"], [tracker.url]])
    giver, taker = Freshet(world), Freshet(world)
    giver.seed(torrent, torrent.write_files())
    taker.fetch(torrent, world.new_folder("taken"))
    taker.wait_complete(torrent)


# ----------------------------------------------------------- without tracker
def get_from_given_peer(world):
    torrent = Torrent(world, "direct", odd_folder())
    giver, taker = Libtorrent(world), Freshet(world)
    giver.seed(torrent, torrent.write_files())
    taker.fetch(torrent, world.new_folder("taken"), peers=[giver])
    taker.wait_complete(torrent)


def seed_to_caller(world):
    torrent = Torrent(world, "direct", odd_folder())
    giver, taker = Freshet(world), Libtorrent(world)
    giver.seed(torrent, torrent.write_files())
    taker.fetch(torrent, world.new_folder("taken"), peers=[giver])
    taker.wait_complete(torrent)


def single_files_of_all_sizes(world):
    """One file, where pieces and blocks end in every awkward way."""
    for size in (1, 16383, 16384, 16385, 32768, 3 * 32768, 3 * 32768 + 16384, MIB + 7):
        torrent = Torrent(world, f"single {size}.bin", size)
        given, taken = torrent.write_files(), world.new_folder("taken")
        other, ours, again = Libtorrent(world), Freshet(world), Libtorrent(world)
        other.seed(torrent, given)
        ours.fetch(torrent, taken, peers=[other], seed_after=True)
        ours.wait_complete(torrent)
        other.kill()
        again.fetch(torrent, world.new_folder("again"), peers=[ours])
        again.wait_complete(torrent)
        for client in (ours, again):
            client.kill()


def told_by_another(world, middle, taker):
    """The taker knows only the middle one, which has next to nothing itself:
    it has to be told of the seed (BEP 11)."""
    torrent = Torrent(world, "told", 3 * MIB + 5)
    seed = Libtorrent(world)
    seed.seed(torrent, torrent.write_files())
    middle.fetch(torrent, world.new_folder("middle"), peers=[seed], down=10000)
    taker.fetch(torrent, world.new_folder("taken"), peers=[middle])
    taker.wait_complete(torrent, 100)


def told_of_peers(world):
    told_by_another(world, Libtorrent(world), Freshet(world))


def tells_of_peers(world):
    told_by_another(world, Freshet(world), Libtorrent(world))


# -------------------------------------------------------------------- swarms
def swarm_of_all(world):
    """One seed of ours, every client at once, found through our tracker."""
    tracker = OwnTracker(world)
    torrent = Torrent(world, "everybody", {**odd_folder(), "more.bin": 6 * MIB + 1}, announce=tracker.url)
    seed = Freshet(world)
    seed.seed(torrent, torrent.write_files())
    takers = [Libtorrent(world), Aria2(world), Transmission(world)]
    ours = [Freshet(world), Freshet(world)]
    for taker in takers:
        taker.fetch(torrent, world.new_folder("taken"))
    for taker in ours:
        taker.fetch(torrent, world.new_folder("taken"), seed_after=True)
    for taker in ours + takers:
        taker.wait_complete(torrent, bound=90)
    for taker in ours + [seed]:
        status = taker.process.stop()
        if status != 0:
            raise Failure(f"freshet ended with {status} when it was asked to")


def slow_seed(world, torrent, up=MIB):
    seed = Libtorrent(world)
    seed.seed(torrent, torrent.write_files(), up=up)
    return seed


def wait_begun(seed, taker, at_least):
    wait_until(lambda: seed.uploaded() >= at_least, 30, "the transfer to begin")
    if not taker.process.running():
        raise Failure("it was over before anything could be killed")


def one_of_two_seeds_dies(world):
    tracker = OwnTracker(world)
    torrent = Torrent(world, "two seeds", 6 * MIB + 5, announce=tracker.url)
    first, second, taker = slow_seed(world, torrent, MIB // 4), slow_seed(world, torrent, MIB // 4), Freshet(world)
    taker.fetch(torrent, world.new_folder("taken"))
    wait_begun(first, taker, MIB // 4)
    wait_begun(second, taker, 1)
    first.kill()
    second.hurry()
    taker.wait_complete(torrent)


def only_seed_dies_and_another_comes(world):
    tracker = OwnTracker(world)
    torrent = Torrent(world, "late help", 5 * MIB + 5, announce=tracker.url)
    first, taker = slow_seed(world, torrent, MIB // 4), Freshet(world)
    taker.fetch(torrent, world.new_folder("taken"))
    wait_begun(first, taker, MIB // 4)
    first.kill()
    second = Libtorrent(world)
    second.seed(torrent, torrent.write_files())
    taker.wait_complete(torrent)


# -------------------------------------------------------------------- limits
def seconds_for(torrent, giver, taker, seed_options, fetch_options):
    world = torrent.world
    giver.seed(torrent, torrent.write_files(), **seed_options)
    started = time.monotonic()
    taker.fetch(torrent, world.new_folder("taken"), peers=[giver], **fetch_options)
    taker.wait_complete(torrent)
    return time.monotonic() - started


def limits_are_kept(world):
    """At 2 MiB a second 8 MiB take four; start and end of a program count too."""
    torrent = Torrent(world, "limited", 8 * MIB)
    for what, seed, fetch in (("download", {}, {"down": 2 * MIB}), ("upload", {"up": 2 * MIB}, {})):
        takes(f"8 MiB with a limit on the {what}", lambda: seconds_for(torrent, Freshet(world), Freshet(world), seed, fetch), 3.6, 6)


# --------------------------------------------------------------- false peers
def beside_false_peer(world, manner, bound):
    torrent = Torrent(world, manner, 4 * MIB + 5)
    false_peer, seed, taker = FalsePeer(world), slow_seed(world, torrent), Freshet(world)
    false_peer.start(torrent, manner)
    taker.fetch(torrent, world.new_folder("taken"), peers=[false_peer, seed])
    taker.wait_complete(torrent, bound)
    if false_peer.requests() == 0:
        raise Failure("the false peer was never asked for anything")


def a_peer_lies(world):
    beside_false_peer(world, "lies", 40)


def a_peer_promises_and_is_silent(world):
    beside_false_peer(world, "silent", 60)


# ------------------------------------------------------------- what survives
def killed_and_started_again(world):
    """kill -9 in the middle: the next start counts what is there and right."""
    torrent = Torrent(world, "again", 10 * MIB + 5)
    seed, first, second = slow_seed(world, torrent), Freshet(world), Freshet(world)
    folder = world.new_folder("taken")
    first.fetch(torrent, folder, peers=[seed])
    wait_begun(seed, first, 3 * MIB)
    first.kill()
    before = seed.uploaded()
    seed.hurry()
    second.fetch(torrent, folder, peers=[seed])
    second.wait_complete(torrent)
    again = wait_until(seed.uploaded, 5, "the seed's count") - before
    if again > torrent.length - MIB:
        raise Failure(f"{again} of {torrent.length} bytes were fetched once more")


def damaged_files_are_mended(world):
    torrent = Torrent(world, "damaged", {"a.bin": MIB, "sub/b.bin": 2 * MIB + 3, "gone.bin": 100000})
    folder = torrent.write_files()
    with open(os.path.join(folder, "damaged", "sub", "b.bin"), "r+b") as f:
        f.seek(MIB)
        f.write(b"not what it should be")
    with open(os.path.join(folder, "damaged", "a.bin"), "r+b") as f:
        f.truncate(500000)
    os.remove(os.path.join(folder, "damaged", "gone.bin"))
    seed, taker = Libtorrent(world), Freshet(world)
    seed.seed(torrent, torrent.write_files())
    taker.fetch(torrent, folder, peers=[seed])
    taker.wait_complete(torrent)


# ----------------------------------------------------------------- UDP tracker
def udp_tracker_hears_goodbye(world):
    hears_goodbye(world, Opentracker(world, "udp"))


def dead_udp_trackers_come_first(world):
    """Nobody is at the first, and the second takes packets and is silent; the
    living one is in their tier or in the next."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((world.new_address(), 0))
        dead = [f"udp://{world.new_address()}:9/announce", "udp://{}:{}".format(*silent.getsockname())]
        for tiers in (lambda url: [dead[:1], [dead[1]], [url]], lambda url: [[dead[0], url]]):
            tracker = Opentracker(world, "udp")
            torrent = Torrent(world, "tiers", 200000, announce=dead[0], tiers=tiers(tracker.url))
            tracker.allow(torrent)
            giver, taker = Freshet(world), Freshet(world)
            giver.seed(torrent, torrent.write_files())
            taker.fetch(torrent, world.new_folder("taken"))
            taker.wait_complete(torrent, 30)


# ---------------------------------------------------------------- our tracker
def scrape(tracker, torrent):
    """Returns: the body, bencoded"""
    hash_bytes = urllib.parse.quote(bytes.fromhex(torrent.info_hash), safe="")
    url = tracker.url.replace("udp://", "http://").replace("/announce", "/scrape")
    with urllib.request.urlopen(url + "?info_hash=" + hash_bytes, timeout=10) as f:
        return f.read()


def hears_goodbye(world, tracker):
    """A peer that ends in order is forgotten at once, and so is not sent to others."""
    torrent = Torrent(world, "goodbye", 100000, announce=tracker.url)
    tracker.allow(torrent)
    seed = Freshet(world)
    seed.seed(torrent, torrent.write_files())
    wait_until(lambda: b"8:completei1e" in scrape(tracker, torrent), 15, "the seed to announce itself")
    status = seed.process.stop()
    if status != 0:
        raise Failure(f"freshet ended with {status} when it was asked to")
    wait_until(lambda: b"8:completei0e" in scrape(tracker, torrent), 15, "the goodbye")


def tracker_hears_goodbye(world):
    tracker = OwnTracker(world, interval=600)
    hears_goodbye(world, tracker)
    if tracker.process.stop() != 0:
        raise Failure("the tracker did not end well")


CASES = {f.__name__.replace("_", "-"): f for f in (
    others_among_themselves, get_from_libtorrent, get_from_transmission, get_from_aria2,
    seed_to_libtorrent, seed_to_transmission, seed_to_aria2, freshet_to_freshet,
    over_ipv6, over_udp_tracker, dead_trackers_come_first,
    get_from_given_peer, seed_to_caller, single_files_of_all_sizes,
    told_of_peers, tells_of_peers, swarm_of_all, one_of_two_seeds_dies, only_seed_dies_and_another_comes,
    limits_are_kept, a_peer_lies, a_peer_promises_and_is_silent,
    killed_and_started_again, damaged_files_are_mended, tracker_hears_goodbye,
    udp_tracker_hears_goodbye, dead_udp_trackers_come_first)}

sys.exit(run_cases(CASES))
