#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extensions and limits of Freshet among other clients:
features.py CASE, features.py --list.

FRESHET_CLI names the program. Exit status 77 means that something the case
needs is not here."""
import collections
import os
import struct
import sys
import time

import raw_peer
from harness import MIB, TRIES, Failure, Holds, Torrent, odd_folder, run_cases, wait_until
from peers import Aria2, Freshet, Libtorrent, OwnTracker, Transmission
from raw_peer import RawPeer, RawSeed, Relay, blocks_of


def expect(condition, what):
    if not condition:
        raise Failure(what)


# ------------------------------------------------- the fast extension (BEP 6)
def fast_messages(world):
    """libtorrent writes down what is said in both directions."""
    torrent = Torrent(world, "fast", 2 * MIB + 5)
    given = torrent.write_files()
    seed, ours, taker = Libtorrent(world), Freshet(world), Libtorrent(world)
    seed.seed(torrent, given, options=["--watch"])
    ours.fetch(torrent, world.new_folder("taken"), peers=[seed], seed_after=True)
    ours.wait_complete(torrent)
    wait_until(lambda: seed.messages("==> HAVE_ALL") and seed.messages("<== HAVE_NONE"), 5, "both to say what they have")
    seed.kill()
    taker.fetch(torrent, world.new_folder("again"), peers=[ours], options=["--watch"])
    taker.wait_complete(torrent)
    expect(taker.messages("<== HAVE_ALL") == 1, "our seed did not say that it has all")


def rejected_by_libtorrent(world):
    """Four share two slots that change hands every second: each choke rejects
    a pipeline of requests."""
    torrent = Torrent(world, "few slots", 3 * MIB + 5)
    seed = Libtorrent(world)
    seed.seed(torrent, torrent.write_files(), up=MIB, options=[
        "--watch", "--set", "unchoke_slots_limit=2", "--set", "num_optimistic_unchoke_slots=1",
        "--set", "unchoke_interval=1", "--set", "optimistic_unchoke_interval=1", "--set", "seeding_piece_quota=1"])
    takers = [Freshet(world) for _ in range(4)]
    for taker in takers:
        taker.fetch(torrent, world.new_folder("taken"), peers=[seed])
    for taker in takers:
        taker.wait_complete(torrent, 40)
    print("rejects:", seed.messages("==> REJECT_PIECE"), "chokes:", seed.messages("==> CHOKE"), flush=True)
    expect(seed.messages("==> REJECT_PIECE") > 0, "libtorrent rejected nothing")


def answers_once(world):
    """Far more requests than a peer may have waiting, none read, many
    cancelled: each gets a block or a reject, and only one of them."""
    torrent = Torrent(world, "once", 32 * MIB, piece_length=262144)
    ours = Freshet(world)
    ours.seed(torrent, torrent.write_files())
    peer = RawPeer.to(ours, torrent, fast=True)
    expect(peer.fast, "our handshake does not offer BEP 6")
    peer.send(raw_peer.HAVE_NONE)
    peer.wait_for(raw_peer.HAVE_ALL)
    peer.send(raw_peer.REQUEST, 0, 0, 16384)
    expect(struct.unpack(">III", peer.wait_for(raw_peer.REJECT)) == (0, 0, 16384), "another request was rejected")
    peer.send(raw_peer.INTERESTED)
    peer.wait_for(raw_peer.UNCHOKE)

    blocks = blocks_of(torrent)
    peer.connection.sendall(b"".join(RawPeer.message(raw_peer.REQUEST, *block) for block in blocks))
    peer.connection.sendall(b"".join(RawPeer.message(raw_peer.CANCEL, *block) for block in blocks[::5]))
    whole = b"".join(torrent.files.values())
    answers, kinds = collections.Counter(), collections.Counter()
    while sum(answers.values()) < len(blocks):
        kind, payload = peer.next()
        kinds[kind] += 1
        if kind == raw_peer.PIECE:
            piece, begin = struct.unpack(">II", payload[:8])
            at = piece * torrent.piece_length + begin
            expect(payload[8:] == whole[at:at + len(payload) - 8], "a block has other bytes")
            answers[piece, begin, len(payload) - 8] += 1
        elif kind == raw_peer.REJECT:
            answers[struct.unpack(">III", payload)] += 1
    print("blocks:", kinds[raw_peer.PIECE], "rejects:", kinds[raw_peer.REJECT], flush=True)
    expect(set(answers) == set(blocks) and set(answers.values()) == {1}, "not every request was answered once")
    expect(kinds[raw_peer.PIECE] and kinds[raw_peer.REJECT], "not both blocks and rejects came")
    peer.close()


def plain_peer_takes(world):
    """One that knows BEP 3 alone gets everything, and no word it cannot know."""
    torrent = Torrent(world, "plain", 2 * MIB + 5)
    ours = Freshet(world)
    ours.seed(torrent, torrent.write_files())
    peer = RawPeer.to(ours, torrent, fast=False)
    peer.wait_for(raw_peer.BITFIELD)
    peer.send(raw_peer.INTERESTED)
    peer.wait_for(raw_peer.UNCHOKE)
    parts = []
    for block in blocks_of(torrent):
        peer.send(raw_peer.REQUEST, *block)
        parts.append(peer.wait_for(raw_peer.PIECE)[8:])
    expect(b"".join(parts) == b"".join(torrent.files.values()), "the peer by hand got other bytes")
    peer.close()


def choked_in_the_middle(world, fast):
    torrent = Torrent(world, f"choked {fast}", 3 * MIB + 5)
    seed, ours = RawSeed(world, torrent, fast, turn=40), Freshet(world)
    ours.fetch(torrent, world.new_folder("taken"), peers=[seed])
    ours.wait_complete(torrent, 24)
    if seed.wrong:
        raise seed.wrong
    expect(seed.chokes > 2, "the seed by hand never choked")


def rejected_by_hand(world):
    choked_in_the_middle(world, True)


def plain_peer_gives(world):
    choked_in_the_middle(world, False)


# --------------------------------------------------- super-seeding (BEP 16)
def super_seed_of_libtorrent(world):
    """It shows a piece at a time; ours has to ask for that, and pass it on."""
    tracker = OwnTracker(world)
    torrent = Torrent(world, "shown", 2 * MIB + 5, announce=tracker.url)
    seed = Libtorrent(world)
    seed.seed(torrent, torrent.write_files(), options=["--super-seed"])
    takers = [Freshet(world) for _ in range(3)]
    for taker in takers:
        taker.fetch(torrent, world.new_folder("taken"), seed_after=True)
    for taker in takers:
        taker.wait_complete(torrent, 24)


def super_seeding_to_libtorrent(world):
    """The only seed of four: each byte leaves it hardly more than once."""
    tracker = OwnTracker(world, interval=1)
    torrent = Torrent(world, "once only", 8 * MIB, piece_length=65536, announce=tracker.url)
    takers = [Libtorrent(world) for _ in range(4)]
    for taker in takers:
        taker.fetch(torrent, world.new_folder("taken"), options=["--set", "unchoke_interval=2"])
    for taker in takers:
        wait_until(lambda: (taker.status() or {"peers": 0})["peers"] >= 2, 15, "the leechers to meet")
    seed = Freshet(world)
    seed.seed(torrent, torrent.write_files(), up=MIB)
    for taker in takers:
        taker.wait_complete(torrent, 24)
    copies = seed.progress()["uploaded"] / torrent.length
    print(f"copies: {copies:.2f}", flush=True)
    expect(copies < 1.6, f"the only seed uploaded {copies:.2f} copies")


def super_seeding_among_ourselves(world):
    """Three that met before their only seed came."""
    tracker = OwnTracker(world, interval=1)
    torrent = Torrent(world, "ours alone", 8 * MIB + 5, announce=tracker.url)
    takers = [Freshet(world) for _ in range(3)]
    for taker in takers:
        taker.fetch(torrent, world.new_folder("taken"), seed_after=True)
    for taker in takers:
        wait_until(lambda: (taker.progress() or {"peers": 0})["peers"] >= 2, 15, "the leechers to meet")
    seed = Freshet(world)
    seed.seed(torrent, torrent.write_files())
    for taker in takers:
        taker.wait_complete(torrent, 20)


# ------------------------------------------- partial seeds and lost pieces
def partial_seeds(world):
    """Two that each want one file of two only, and have it (BEP 21): ours gets
    all, and does not leave the one that has nothing more for it."""
    sizes = {"a.bin": 2 * MIB, "b.bin": 8 * MIB}
    torrent = Torrent(world, "halves", sizes)
    seeds = []
    for i, name in enumerate(sizes):
        folder = torrent.write_files()
        for other in sizes:
            if other != name:
                os.remove(os.path.join(folder, "halves", other))
        seed = Libtorrent(world)
        seed.fetch(torrent, folder, options=["--watch", "--no-tracker", "--only", str(i), "--up", str(MIB) if i else "0"])
        wait_until(lambda: (seed.status() or {}).get("finished"), 15, "the partial seed to have its file")
        seeds.append(seed)
    ours = Freshet(world)
    ours.fetch(torrent, world.new_folder("taken"), peers=seeds)
    wait_until(lambda: seeds[0].uploaded() >= 2 * MIB and seeds[1].uploaded() >= 2 * MIB, 20, "the first to have given all")
    first = seeds[0].status()
    expect(first["peers"] == 1 and first["lost"] == 0, f"the partial seed lost us: {first}")
    seeds[1].hurry()
    ours.wait_complete(torrent)


def ours_are_partial_seeds(world):
    """Two of ours that each chose one file of two, and go on giving it:
    libtorrent gets everything from both, and hears that they only upload."""
    torrent = Torrent(world, "ours", {"a.bin": 2 * MIB + 7, "b.bin": 3 * MIB})
    source = Libtorrent(world)
    source.seed(torrent, torrent.write_files())
    halves = []
    for name in ("a.bin", "*/b.*"):
        ours = Freshet(world)
        ours.fetch(torrent, world.new_folder("half"), peers=[source], seed_after=True, options=["--only", name])
        wait_until(ours.complete, 20, "our partial seed to have its file")
        halves.append(ours)
    expect(not os.path.exists(os.path.join(halves[0].folder, "ours", "b.bin")), "a file was made that nobody wanted")
    source.kill()
    taker = Libtorrent(world)
    taker.fetch(torrent, world.new_folder("taken"), peers=halves, options=["--watch"])
    taker.wait_complete(torrent)


def lost_pieces(world):
    """The file is cut under a seed of libtorrent: it takes back what it said
    that it has (BEP 54), and another seed has to give it."""
    torrent = Torrent(world, "cut", 4 * MIB)
    folder = torrent.write_files()
    cut, whole, ours = Libtorrent(world), Libtorrent(world), Freshet(world)
    cut.fetch(torrent, folder, options=["--no-tracker"])
    wait_until(cut.complete, 15, "libtorrent to have checked")
    os.truncate(os.path.join(folder, "cut"), MIB)
    whole.seed(torrent, torrent.write_files(), up=MIB)
    relay = Relay(world, cut)
    ours.fetch(torrent, world.new_folder("taken"), peers=[relay, whole])
    ours.wait_complete(torrent, 24)
    lost = [struct.unpack(">I", payload)[0] for payload in relay.extended("lt_donthave")]
    asked = [struct.unpack_from(">I", body, 1)[0] for body in relay.messages("caller") if body[0] == raw_peer.REQUEST]
    print(f"taken back: {len(lost)}, asked for: {len(asked)}", flush=True)
    expect(lost, "libtorrent did not say that pieces are gone")


def ours_are_lost(world):
    """A file that we do not want any more is deleted while libtorrent takes
    from us: it hears that those pieces are gone, and gets the rest of us."""
    torrent = Torrent(world, "gone", {"a.bin": 2 * MIB, "b.bin": 4 * MIB})
    folder = torrent.write_files()
    ours, taker = Freshet(world), Libtorrent(world)
    ours.fetch(torrent, folder, seed_after=True, up=100 * 1024, options=["--only", "a.bin"])
    wait_until(ours.complete, 20, "our partial seed to have checked")
    relay = Relay(world, ours)
    taker.fetch(torrent, world.new_folder("taken"), peers=[relay], options=["--watch"])
    wait_until(lambda: relay.messages("client"), 15, "libtorrent to have come")
    os.remove(os.path.join(folder, "gone", "b.bin"))
    wait_until(lambda: relay.extended("lt_donthave"), 20, "us to say that pieces are gone")
    heard = [struct.unpack(">I", payload)[0] for payload in relay.extended("lt_donthave")]
    expect((taker.status() or {}).get("peers") == 1, f"libtorrent left us: {taker.status()}")
    print(f"taken back by us: {len(heard)}", flush=True)


# -------------------------------------------------------------------- limits
def over_ten_seconds(count, begun=3 * MIB):
    """Measured when @begun bytes are through, from one moment at which the
    count changes to another ten seconds later: some clients count now and then.
    count: returns (when, bytes), or None before it knows.
    Returns: bytes, when it began, when it ended"""
    def change(after, at_least):
        seen = []

        def look():
            now = count()
            if now is None or now[0] < after or now[1] < at_least:
                return None
            seen.append(now)
            return now if now[1] != seen[0][1] else None
        return wait_until(look, 20, "the transfer to go on")

    base = change(0, begun)
    last = change(base[0] + 10, 0)
    return last[1] - base[1], base[0], last[0]


# What was on its way meanwhile has arrived so many seconds after somebody was held.
SETTLES = 1.5


def expect_rate(holds, what, measure, limit):
    """measure: returns bytes, when it began, when it ended. While a program is held
    nothing is sent, what is counted after that may have been sent before, and who
    counts may be held as well: so many seconds more or less they may be. A count that
    comes late makes it a little more or less, not three times one after another."""
    shares = []
    for _ in range(TRIES):
        done, begin, end = measure()
        before, after = (holds.between(at - SETTLES, at, lambda pid: True) for at in (begin, end))
        within = after + holds.between(begin, end - SETTLES, lambda pid: pid is not None)
        least, most = done / limit / (end - begin + before), done / limit / max(end - begin - within, 0.001)
        shares.append(f"{least:.3f} to {most:.3f}" if before + within else f"{least:.3f}")
        print(f"{what}: {shares[-1]} of the limit", flush=True)
        if least <= 1.05 and most >= 0.95:
            return
    raise Failure(f"{what}: {', '.join(shares)} of the limit")


def counted(client, key):
    def count():
        status = client.status()
        return status and (status["at"], status[key])
    return count


def aria2_counted(client, which):
    def count():
        counts = client.counts()
        return counts and (time.monotonic(), counts[which])
    return count


def down_limit_is_exact(world):
    limit = 2 * MIB
    torrent = Torrent(world, "down", 80 * MIB, piece_length=262144)
    seed, ours = Libtorrent(world), Freshet(world)
    seed.seed(torrent, torrent.write_files())
    ours.fetch(torrent, world.new_folder("taken"), peers=[seed], down=limit)
    expect_rate(Holds(world), "--down, from libtorrent", lambda: over_ten_seconds(counted(seed, "uploaded")), limit)


def up_limit_is_exact(world):
    limit = 2 * MIB
    torrent = Torrent(world, "up", 80 * MIB, piece_length=262144)
    seed, taker = Freshet(world), Libtorrent(world)
    seed.seed(torrent, torrent.write_files(), up=limit)
    taker.fetch(torrent, world.new_folder("taken"), peers=[seed])
    expect_rate(Holds(world), "--up, to libtorrent", lambda: over_ten_seconds(counted(taker, "downloaded")), limit)


def down_limit_with_aria2(world):
    limit, tracker = 2 * MIB, OwnTracker(world)
    torrent = Torrent(world, "down 2", 80 * MIB, piece_length=262144, announce=tracker.url)
    seed, ours = Aria2(world), Freshet(world)
    seed.seed(torrent, torrent.write_files())
    ours.fetch(torrent, world.new_folder("taken"), down=limit)
    # It counts what it has written, and the sockets' buffers take 6 MiB at once.
    expect_rate(Holds(world), "--down, from aria2", lambda: over_ten_seconds(aria2_counted(seed, 0), begun=12 * MIB), limit)


def up_limit_with_aria2(world):
    limit, tracker = 2 * MIB, OwnTracker(world)
    torrent = Torrent(world, "up 2", 80 * MIB, piece_length=262144, announce=tracker.url)
    seed, taker = Freshet(world), Aria2(world)
    seed.seed(torrent, torrent.write_files(), up=limit)
    taker.fetch(torrent, world.new_folder("taken"))
    expect_rate(Holds(world), "--up, to aria2", lambda: over_ten_seconds(aria2_counted(taker, 1)), limit)


def up_limit_is_shared_fairly(world):
    """Two leechers that do not know each other get the same, and all of it."""
    limit = 2 * MIB
    torrent = Torrent(world, "fair", 80 * MIB, piece_length=262144)
    seed, takers = Freshet(world), [Libtorrent(world), Libtorrent(world)]
    seed.seed(torrent, torrent.write_files(), up=limit)
    for taker in takers:
        taker.fetch(torrent, world.new_folder("taken"), peers=[seed], options=["--set", "connections_limit=1"])

    def from_seed():
        both = [(taker.status() or {"from": {}})["from"].get(seed.ip, 0) for taker in takers]
        return both if min(both) >= MIB else None

    holds, shares = Holds(world), []

    def measure():
        base = wait_until(from_seed, 20, "the transfers to begin")
        begun = time.monotonic()
        last = wait_until(lambda: from_seed() if time.monotonic() >= begun + 10 else None, 15, "ten seconds")
        end = time.monotonic()
        gained = [after - before for before, after in zip(base, last)]
        few = takers[gained.index(min(gained))].process.popen.pid
        held = holds.between(begun - SETTLES, end, lambda pid: pid == few)
        shares.append(min(gained) / max(gained) * (end - begun) / max(end - begun - held, 0.001))
        return sum(gained), begun, end
    expect_rate(holds, "--up, to two", measure, limit)
    print(f"share: {shares[-1]:.3f}", flush=True)
    expect(shares[-1] >= 0.8, f"one got {shares[-1]:.3f} of what the other got in the same time")


# ----------------------------------------------------------- all switched on
def others_with_everything_on(world):
    """transmission and aria2 with encryption preferred, DHT, local discovery,
    µTP and peer exchange: both take from ours, and give to ours."""
    tracker = OwnTracker(world)
    torrent = Torrent(world, "everything", {**odd_folder(), "more.bin": 4 * MIB + 1}, announce=tracker.url)
    seed, ours = Freshet(world), Freshet(world)
    seed.seed(torrent, torrent.write_files())
    others = [Transmission(world, all_on=True), Aria2(world, all_on=True)]
    for other in others:
        other.fetch(torrent, world.new_folder("taken"))
    for other in others:
        other.wait_complete(torrent)        # transmission takes 16 s: first it tries to encrypt
    expect(seed.process.stop() == 0, "our seed did not end well")
    ours.fetch(torrent, world.new_folder("back"))
    ours.wait_complete(torrent, 24)


CASES = {function.__name__.replace("_", "-"): function for function in (
    fast_messages, rejected_by_libtorrent, rejected_by_hand, answers_once, plain_peer_takes, plain_peer_gives,
    super_seed_of_libtorrent, super_seeding_to_libtorrent, super_seeding_among_ourselves, partial_seeds, ours_are_partial_seeds, lost_pieces, ours_are_lost,
    down_limit_is_exact, up_limit_is_exact, down_limit_with_aria2, up_limit_with_aria2, up_limit_is_shared_fairly,
    others_with_everything_on)}

sys.exit(run_cases(CASES))
