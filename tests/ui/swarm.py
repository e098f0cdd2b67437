# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody to download from: a torrent, a tracker, and libtorrent with all of it."""
import hashlib
import http.server
import os
import random
import socket
import subprocess
import sys
import threading

from desktop import wait

PIECE = 64 << 10


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(bencode(v) for v in value) + b"e"
    return b"d" + b"".join(bencode(k) + bencode(value[k]) for k in sorted(value)) + b"e"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Tracker:
    """Tells everybody the same peers."""

    def __init__(self, ports):
        peers = b"".join(socket.inet_aton("127.0.0.1") + port.to_bytes(2, "big") for port in ports)
        reply = bencode({"interval": 60, "peers": peers})

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
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


class Swarm:
    """files: name -> size. One name is a torrent of one file."""

    def __init__(self, folder, name, files, up=0):
        self.folder, self.name = folder, name
        self.data = {path: random.Random(path).randbytes(size) for path, size in files.items()}
        self.port = free_port()
        self.tracker = Tracker([self.port])
        self.seed_folder = os.path.join(folder, "seed")
        self.torrent = os.path.join(folder, name + ".torrent")
        self.single = list(files) == [name]
        self.write()
        status = os.path.join(folder, "status")
        self.process = subprocess.Popen(
            [sys.executable, os.environ["FRESHET_LT_PEER"], self.torrent, self.seed_folder, "--seed", "--no-tracker",
             "--listen", f"127.0.0.1:{self.port}", "--status", status, "--up", str(up)])
        # Written once it listens; who is refused comes back only after a while.
        wait(lambda: os.path.exists(status), "the seed")

    def paths(self, root):
        for path in self.data:
            yield path, os.path.join(root, path) if self.single else os.path.join(root, self.name, path)

    def write(self):
        for path, full in self.paths(self.seed_folder):
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as f:
                f.write(self.data[path])
        everything = b"".join(self.data.values())
        pieces = b"".join(hashlib.sha1(everything[i:i + PIECE]).digest() for i in range(0, len(everything), PIECE))
        info = {"name": self.name, "piece length": PIECE, "pieces": pieces}
        if self.single:
            info["length"] = len(everything)
        else:
            info["files"] = [{"length": len(data), "path": path.split("/")} for path, data in self.data.items()]
        with open(self.torrent, "wb") as f:
            f.write(bencode({"announce": self.tracker.url, "info": info}))

    def is_in(self, root):
        for path, full in self.paths(root):
            with open(full, "rb") as f:
                if f.read() != self.data[path]:
                    return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait()
        self.tracker.close()
