# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody to download from: a torrent, a tracker, and libtorrent with all of it."""
import hashlib
import http.server
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse

from desktop import wait

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bencode import bencode  # noqa: E402

PIECE = 64 << 10


class Tracker:
    """Tells everybody the same peers: of these ports, which may come later."""

    def __init__(self, ports):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                peers = b"".join(socket.inet_aton("127.0.0.1") + port.to_bytes(2, "big") for port in ports)
                reply = bencode({"interval": 60, "peers": peers})
                self.send_response(200)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/announce"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class MetadataGiver:
    """A peer that has an info dictionary for those who ask, and nothing else.
    silent: it says that it has one, and then no more."""

    def __init__(self, info, silent=False):
        self.info, self.silent, self.n_asked = info, silent, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.link = (f"magnet:?xt=urn:btih:{hashlib.sha1(info).hexdigest()}"
                     f"&x.pe=127.0.0.1:{self.listener.getsockname()[1]}")
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def receive(connection, length):
        data = b""
        while len(data) < length:
            more = connection.recv(length - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def serve(self, connection):
        def send(extended, payload):
            body = bytes([20, extended]) + payload
            connection.sendall(len(body).to_bytes(4, "big") + body)

        try:
            hello = self.receive(connection, 68)
            connection.sendall(b"\x13BitTorrent protocol" + bytes([0, 0, 0, 0, 0, 0x10, 0, 0]) + hello[28:48] + b"-XX0000-has metadata")
            send(0, bencode({"m": {"ut_metadata": 5}, "metadata_size": len(self.info)}))
            theirs = 0
            while True:
                body = self.receive(connection, int.from_bytes(self.receive(connection, 4), "big"))
                if body[:2] == bytes([20, 0]):
                    theirs = int(re.search(rb"11:ut_metadatai(\d+)e", body)[1])
                elif body[:2] == bytes([20, 5]) and not self.silent:
                    self.n_asked += 1
                    piece = int(re.search(rb"5:piecei(\d+)e", body)[1])
                    send(theirs, bencode({"msg_type": 1, "piece": piece, "total_size": len(self.info)}) +
                         self.info[piece * 16384:(piece + 1) * 16384])
        except OSError:
            pass
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.listener.close()


class Swarm:
    """files: name -> size. One name is a torrent of one file. With zeros the
    files are holes, and may be large. up: bytes a second of each seed."""

    def __init__(self, folder, name, files, up=0, zeros=False, n_seeds=1):
        self.folder, self.name, self.sizes = folder, name, files
        self.data = {path: b"" if zeros else random.Random(path).randbytes(size) for path, size in files.items()}
        self.ports = []
        self.tracker = Tracker(self.ports)
        self.seed_folder = os.path.join(folder, "seed")
        self.torrent = os.path.join(folder, name + ".torrent")
        self.single = list(files) == [name]
        self.write()
        self.processes = [self.start_seed(i, up) for i in range(n_seeds)]
        # Who is refused comes back only after a while: all listen from the beginning.
        self.ports += [wait(lambda: self.port(i), "the seeds") for i in range(n_seeds)]

    def status(self, i):
        return os.path.join(self.folder, f"status-{self.name}-{i}")

    def start_seed(self, i, up):
        return subprocess.Popen(
            [sys.executable, os.environ["FRESHET_LT_PEER"], self.torrent, self.seed_folder, "--seed", "--no-tracker",
             "--listen", "127.0.0.1:0", "--status", self.status(i), "--up", str(up)])

    def port(self, i):
        """Where a seed listens; None before it does."""
        if self.processes[i].poll() is not None:
            raise ChildProcessError(f"a seed ended with {self.processes[i].returncode}")
        try:
            with open(self.status(i)) as f:
                return json.load(f)["port"]
        except FileNotFoundError:
            return None

    def paths(self, root):
        for path in self.data:
            yield path, os.path.join(root, path) if self.single else os.path.join(root, self.name, path)

    def write(self):
        for path, full in self.paths(self.seed_folder):
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as f:
                f.write(self.data[path])
                f.truncate(self.sizes[path])
        length = sum(self.sizes.values())
        info = {"name": self.name, "piece length": PIECE, "pieces": self.hashes(length)}
        if self.single:
            info["length"] = length
        else:
            info["files"] = [{"length": size, "path": path.split("/")} for path, size in self.sizes.items()]
        self.info_hash = hashlib.sha1(bencode(info)).hexdigest()
        with open(self.torrent, "wb") as f:
            f.write(bencode({"announce": self.tracker.url, "info": info}))

    def link(self, dead=False):
        """dead: without anybody who has it"""
        peer = "" if dead else f"&x.pe=127.0.0.1:{self.ports[0]}"
        return f"magnet:?xt=urn:btih:{self.info_hash}&dn={urllib.parse.quote(self.name)}{peer}"

    def hashes(self, length):
        everything = b"".join(self.data.values())
        if everything:
            return b"".join(hashlib.sha1(everything[i:i + PIECE]).digest() for i in range(0, length, PIECE))
        return (hashlib.sha1(bytes(PIECE)).digest() * (length // PIECE) +
                (hashlib.sha1(bytes(length % PIECE)).digest() if length % PIECE else b""))

    def is_in(self, root):
        for path, full in self.paths(root):
            with open(full, "rb") as f:
                if f.read() != self.data[path]:
                    return False
        return True

    def hurry(self):
        """Lifts the limit: what was slow enough for a test to look at may end."""
        for process in self.processes:
            process.send_signal(signal.SIGUSR1)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for process in self.processes:
            process.terminate()
            process.wait()
        self.tracker.close()
