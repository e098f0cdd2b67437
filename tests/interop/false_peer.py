# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that does not mean well: says that it has everything, and answers
requests with noise (lies) or never (silent). Counts the requests it got."""
import argparse
import socket
import struct
import threading

parser = argparse.ArgumentParser()
parser.add_argument("manner", choices=["lies", "silent"])
parser.add_argument("--listen", required=True, metavar="IP:PORT")
parser.add_argument("--info-hash", required=True)
parser.add_argument("--pieces", required=True, type=int)
parser.add_argument("--count", required=True, help="file that grows by a byte with every request")
options = parser.parse_args()

UNCHOKE, INTERESTED, BITFIELD, REQUEST, PIECE = 1, 2, 5, 6, 7


def message(kind, payload=b""):
    return struct.pack(">IB", 1 + len(payload), kind) + payload


def receive(connection, n):
    data = b""
    while len(data) < n:
        more = connection.recv(n - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def answer(connection, kind, payload, count):
    if kind == INTERESTED:
        connection.sendall(message(UNCHOKE))
    elif kind == REQUEST:
        count.write(b".")
        piece, begin, length = struct.unpack(">III", payload)
        if options.manner == "lies":
            connection.sendall(message(PIECE, struct.pack(">II", piece, begin) + b"noise..." * (length // 8) + b"x" * (length % 8)))


def serve(connection):
    receive(connection, 68)
    connection.sendall(b"\x13BitTorrent protocol" + bytes(8) + bytes.fromhex(options.info_hash) + b"-XX0000-not a friend")
    bits = [i < options.pieces for i in range((options.pieces + 7) // 8 * 8)]
    field = bytes(sum(bit << (7 - i) for i, bit in enumerate(bits[at:at + 8])) for at in range(0, len(bits), 8))
    connection.sendall(message(BITFIELD, field))
    with open(options.count, "ab", buffering=0) as count:
        while True:
            length = struct.unpack(">I", receive(connection, 4))[0]
            body = receive(connection, length)
            if body:
                answer(connection, body[0], body[1:], count)


def serve_quietly(connection):
    try:
        serve(connection)
    except OSError:
        pass


ip, _, port = options.listen.rpartition(":")
listener = socket.create_server((ip, int(port)))
while True:
    threading.Thread(target=serve_quietly, args=(listener.accept()[0],), daemon=True).start()
