# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer by hand, for what no other client can be made to do: a socket that
speaks the messages of BEP 3, and those of BEP 6 when both ends say so."""
import re
import socket
import struct
import threading

from harness import Failure

CHOKE, UNCHOKE, INTERESTED, HAVE, BITFIELD, REQUEST, PIECE, CANCEL = 0, 1, 2, 4, 5, 6, 7, 8
HAVE_ALL, HAVE_NONE, REJECT, ALLOWED_FAST, EXTENDED = 14, 15, 16, 17, 20
BLOCK = 16384
PATIENCE = 20


class RawPeer:
    """One connection, after the handshake."""

    def __init__(self, connection, torrent, fast):
        self.connection, self.torrent, self.fast = connection, torrent, fast
        self.connection.settimeout(PATIENCE)
        reserved = bytes(7) + bytes([4 if fast else 0])
        self.connection.sendall(b"\x13BitTorrent protocol" + reserved + bytes.fromhex(torrent.info_hash) +
                                b"-XX0000-made by hand")
        theirs = self.receive(68)
        self.fast = fast and bool(theirs[27] & 4)

    @classmethod
    def to(cls, client, torrent, fast):
        return cls(socket.create_connection((client.ip, client.port), PATIENCE), torrent, fast)

    def close(self):
        self.connection.close()

    def receive(self, n):
        data = b""
        while len(data) < n:
            more = self.connection.recv(n - len(data))
            if not more:
                raise Failure("the connection was closed on the peer by hand")
            data += more
        return data

    def next(self):
        """Returns: the next message's number and payload; what this peer did
        not say that it understands must not come."""
        length = 0
        while length == 0:
            length = struct.unpack(">I", self.receive(4))[0]
        body = self.receive(length)
        if not self.fast and body[0] > CANCEL:
            raise Failure(f"a peer without extensions was sent message {body[0]}")
        return body[0], body[1:]

    def wait_for(self, kind):
        got = None
        while got != kind:
            got, payload = self.next()
        return payload

    @staticmethod
    def message(kind, *numbers):
        return struct.pack(f">IB{len(numbers)}I", 1 + 4 * len(numbers), kind, *numbers)

    def send(self, kind, *numbers):
        self.connection.sendall(self.message(kind, *numbers))

    def send_bitfield(self):
        n = -(-self.torrent.length // self.torrent.piece_length)
        bits = ((1 << n) - 1) << (-n % 8)
        field = bits.to_bytes((n + 7) // 8, "big")
        self.connection.sendall(struct.pack(">IB", 1 + len(field), BITFIELD) + field)


def blocks_of(torrent):
    """Every block: (piece, begin, length)"""
    return [(at // torrent.piece_length, at % torrent.piece_length, min(BLOCK, torrent.length - at))
            for at in range(0, torrent.length, BLOCK)]


class RawSeed:
    """Listens, has everything, and after each @turn blocks chokes and unchokes
    again, throwing away what it was asked for: without a word, or with a
    reject for each when both ends speak BEP 6."""

    name = "seed by hand"

    def __init__(self, world, torrent, fast, turn):
        self.ip, self.port = world.new_address(), world.new_port()
        self.endpoint = f"{self.ip}:{self.port}"
        self.torrent, self.fast, self.turn = torrent, fast, turn
        self.whole = b"".join(torrent.files.values())
        self.chokes, self.dropped, self.wrong = 0, 0, None
        self.listener = socket.create_server((self.ip, self.port))
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            connection = self.listener.accept()[0]
            try:
                self._serve(RawPeer(connection, self.torrent, self.fast))
            except Failure as failure:
                if "closed" not in str(failure):
                    self.wrong = failure
            except OSError:
                pass
            finally:
                connection.close()

    def _take_back(self, peer, waiting):
        """Chokes; returns when the other must have understood it."""
        self.chokes += 1
        peer.send(CHOKE)
        if peer.fast:
            for request in waiting:
                peer.send(REJECT, *request)
        self.dropped += len(waiting)
        peer.send(UNCHOKE)

    def _serve(self, peer):
        sent = 0
        peer.send(HAVE_ALL) if peer.fast else peer.send_bitfield()
        peer.wait_for(INTERESTED)
        peer.send(UNCHOKE)
        while True:
            kind, payload = peer.next()
            if kind != REQUEST:
                continue
            request = struct.unpack(">III", payload)
            sent += 1
            if sent % self.turn == 0:
                self._take_back(peer, [request])
                continue
            at = request[0] * self.torrent.piece_length + request[1]
            peer.connection.sendall(struct.pack(">IBII", 9 + request[2], PIECE, *request[:2]) + self.whole[at:at + request[2]])


class Relay:
    """Stands between a client that connects and one that listens, passes on
    every byte, and keeps the messages of the latter."""

    name = "relay"

    def __init__(self, world, client):
        self.ip, self.port = world.new_address(), world.new_port()
        self.endpoint = f"{self.ip}:{self.port}"
        self.client = client
        self.streams = {}                   # from whom: bytes
        self.listener = socket.create_server((self.ip, self.port))
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        caller = self.listener.accept()[0]
        self.listener.close()
        other = socket.create_connection((self.client.ip, self.client.port), PATIENCE)
        for who, source, target in (("caller", caller, other), ("client", other, caller)):
            self.streams[who] = bytearray()
            threading.Thread(target=self._pass, args=(source, target, self.streams[who]), daemon=True).start()

    @staticmethod
    def _pass(source, target, stream):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                stream += data
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def messages(self, who):
        """The bodies of the whole messages so far, after the handshake."""
        stream, at, bodies = bytes(self.streams.get(who, b"")), 68, []
        while at + 4 <= len(stream):
            length = struct.unpack_from(">I", stream, at)[0]
            if at + 4 + length > len(stream):
                break
            if length > 0:
                bodies.append(stream[at + 4:at + 4 + length])
            at += 4 + length
        return bodies

    def extended(self, name):
        """The payloads of the client's messages of the extension @name, by the
        number that the caller's handshake gives to it."""
        hello = next((body for body in self.messages("caller") if body[:2] == bytes([EXTENDED, 0])), b"")
        number = re.search(rb"%d:%si(\d+)e" % (len(name), name.encode()), hello)
        return [body[2:] for body in self.messages("client")
                if number and body[0] == EXTENDED and body[1] == int(number[1])]
