# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients and trackers that tests put together. Every client has
seed (torrent, folder) and fetch (torrent, folder), which start it, and
complete (), which says whether it has everything."""
import json
import os
import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request

from harness import Failure, Process, skip, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))


def need(program):
    path = shutil.which(program)
    if path is None:
        skip(f"{program} is not installed")
    return path


def listens(ip, port):
    with socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET) as s:
        s.settimeout(1)
        return s.connect_ex((ip, port)) == 0


class Client:
    """One peer on an address and port of its own."""

    makes_empty_files = True

    def __init__(self, world):
        self.world = world
        self.ip, self.port = world.new_address(), world.new_port()
        self.process = None
        self.folder = None

    @property
    def endpoint(self):
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"

    def kill(self):
        self.process.kill()

    def wait_complete(self, torrent, bound=60):
        wait_until(self.complete, bound, f"{self.name} to complete")
        torrent.check(self.folder, self.name, self.makes_empty_files)


class Freshet(Client):
    name = "freshet"
    # Peers come from where a test says.
    finding = ("--no-dht", "--no-lsd")

    def _start(self, *arguments):
        self.marker = self.world.path(f"ready-{self.port}")
        self.process = Process(self.world, f"freshet-{arguments[0]}",
                               [self.world.cli, *arguments, "--bind", self.ip, "--port", str(self.port),
                                "--ready-file", self.marker, "--json", *self.finding], env={"G_DEBUG": "fatal-criticals"})

    def seed(self, torrent, folder, up=0, options=()):
        self.folder = folder
        self._start("seed", torrent.path, folder, *(["--up", str(up)] if up else []), *options)
        wait_until(self.complete, 30, "freshet to seed")

    def fetch(self, torrent, folder, peers=(), seed_after=False, down=0, up=0, options=()):
        self.folder = folder
        extra = [x for peer in peers for x in ("--peer", peer.endpoint)]
        extra += ["--up", str(up)] if up else []
        extra += ["--seed"] if seed_after else []
        extra += ["--down", str(down)] if down else []
        self._start("get", torrent.path, "-o", folder, *extra, *options)
        self.seed_after = seed_after

    def progress(self):
        """What it said last of itself."""
        self.process.must_run()
        # Without one that is only half written.
        lines = [line for line in self.process.log().rpartition("\n")[0].splitlines() if line.startswith("{") and line.endswith("}")]
        return json.loads(lines[-1]) if lines else None

    def complete(self):
        if os.path.exists(self.marker):
            return True
        self.process.must_run()
        return False

    def wait_complete(self, torrent, bound=60):
        """Without --seed it has to end by itself, and well."""
        if self.seed_after:
            super().wait_complete(torrent, bound)
            return
        self.process.finish(bound)
        torrent.check(self.folder, self.name)


class Libtorrent(Client):
    name = "libtorrent"

    def _start(self, torrent, folder, *more):
        self.folder, self.status_path = folder, self.world.path(f"status-{self.port}")
        self.process = Process(self.world, self.name,
                               [sys.executable, os.path.join(HERE, "lt_peer.py"), torrent.path, folder,
                                "--listen", self.endpoint, "--status", self.status_path, *more])

    def seed(self, torrent, folder, up=0, tracker=True, options=()):
        self._start(torrent, folder, "--seed", "--up", str(up), *([] if tracker else ["--no-tracker"]), *options)
        wait_until(self.status, 30, "libtorrent to start")

    def fetch(self, torrent, folder, peers=(), down=0, options=()):
        extra = [x for peer in peers for x in ("--peer", peer.endpoint)]
        self._start(torrent, folder, "--down", str(down), *extra, *(["--no-tracker"] if peers else []), *options)

    def status(self):
        self.process.must_run()
        try:
            with open(self.status_path) as f:
                return json.load(f)
        except FileNotFoundError:
            return None

    def hurry(self):
        """Lifts the limits: what was slow enough for a test to look at may end."""
        self.process.popen.send_signal(signal.SIGUSR1)

    def uploaded(self):
        status = self.status()
        return status["uploaded"] if status else 0

    def messages(self, name):
        """How many of these it saw ("<== NAME") or sent ("==> NAME"), when it watches."""
        status = self.status()
        return status["messages"].get(name, 0) if status else 0

    def complete(self):
        status = self.status()
        return bool(status and status["seeding"])


class Aria2(Client):
    """It has no way to be given a peer, only trackers."""

    name = "aria2"

    def __init__(self, world, all_on=False):
        super().__init__(world)
        self.all_on = all_on
        self.rpc_port = world.new_port()

    def _start(self, torrent, folder, *more):
        self.folder, self.marker = folder, self.world.path(f"aria2-done-{self.port}")
        switches = ["--enable-dht=true", f"--dht-listen-port={self.port}", f"--dht-file-path={self.world.path('dht')}-{self.port}",
                    "--bt-enable-lpd=true", "--enable-peer-exchange=true"] if self.all_on else [
                        "--enable-dht=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false"]
        hook = self.world.path(f"aria2-hook-{self.port}")
        with open(hook, "w") as f:
            f.write(f"#!/bin/sh\n: >'{self.marker}'\n")
        os.chmod(hook, 0o755)
        self.process = Process(self.world, self.name, [
            need("aria2c"), "--no-conf", *switches, "--enable-dht6=false", "--disable-ipv6", f"--interface={self.ip}",
            "--enable-rpc", f"--rpc-listen-port={self.rpc_port}", "--rpc-listen-all",
            f"--listen-port={self.port}", f"--dir={folder}", "--file-allocation=none", "--follow-torrent=mem",
            "--bt-tracker-interval=2", "--seed-ratio=0", "--summary-interval=0", "--console-log-level=warn",
            "--allow-overwrite=true", f"--on-bt-download-complete={hook}", *more, torrent.path])

    def seed(self, torrent, folder, up=0):
        self._start(torrent, folder, "--check-integrity=true", f"--max-overall-upload-limit={up}")
        wait_until(lambda: self.complete() and listens(self.ip, self.port), 30, "aria2 to seed")

    def fetch(self, torrent, folder):
        self._start(torrent, folder)

    def counts(self):
        """Returns: bytes it has uploaded and downloaded, None before it answers"""
        self.process.must_run()
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "aria2.tellActive"}).encode()
        try:
            with urllib.request.urlopen(f"http://{self.ip}:{self.rpc_port}/jsonrpc", body, timeout=5) as answer:
                active = json.load(answer)["result"]
        except OSError:
            return None
        return (int(active[0]["uploadLength"]), int(active[0]["completedLength"])) if active else None

    def complete(self):
        self.process.must_run()
        return os.path.exists(self.marker)


class Transmission(Client):
    """It has no way to be given a peer either, and does not make empty files."""

    name = "transmission"
    makes_empty_files = False

    def __init__(self, world, all_on=False):
        super().__init__(world)
        self.all_on = all_on

    def _start(self, folder, up):
        self.folder = folder
        self.rpc_port, self.session_id = self.world.new_port(), ""
        config = self.world.new_folder("transmission")
        with open(os.path.join(config, "settings.json"), "w") as f:
            json.dump({
                "bind-address-ipv4": self.ip, "peer-port": self.port, "download-dir": folder,
                "rpc-enabled": True, "rpc-bind-address": self.ip, "rpc-port": self.rpc_port,
                "rpc-whitelist-enabled": False, "rpc-host-whitelist-enabled": False,
                "dht-enabled": self.all_on, "lpd-enabled": self.all_on, "pex-enabled": self.all_on, "utp-enabled": self.all_on,
                "port-forwarding-enabled": False, "encryption": int(self.all_on), "preallocation": 0,
                "rename-partial-files": False, "speed-limit-up-enabled": up > 0, "speed-limit-up": up // 1000,
            }, f)
        self.process = Process(self.world, self.name, [need("transmission-daemon"), "-f", "-g", config])
        wait_until(self._answers, 30, "transmission to answer")

    def _call(self, method, **arguments):
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        for _ in range(2):
            request = urllib.request.Request(f"http://{self.ip}:{self.rpc_port}/transmission/rpc", body,
                                             {"X-Transmission-Session-Id": self.session_id})
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    reply = json.load(answer)
                if reply["result"] != "success":
                    raise Failure(f"transmission: {reply['result']}")
                return reply["arguments"]
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                self.session_id = error.headers["X-Transmission-Session-Id"]
        raise Failure("transmission does not take its own session id")

    def _answers(self):
        self.process.must_run()
        try:
            self._call("session-get")
            return True
        except OSError:
            return False

    def _add(self, torrent):
        self._call("torrent-add", filename=torrent.path, **{"download-dir": self.folder})

    def seed(self, torrent, folder, up=0):
        self._start(folder, up)
        self._add(torrent)
        wait_until(self.complete, 30, "transmission to seed")

    def fetch(self, torrent, folder):
        self._start(folder, 0)
        self._add(torrent)

    def complete(self):
        seeding = 6
        torrents = self._call("torrent-get", fields=["status", "percentDone", "errorString"])["torrents"]
        return bool(torrents) and torrents[0]["status"] == seeding and torrents[0]["percentDone"] == 1

    def announce_now(self):
        self._call("torrent-reannounce")


class FalsePeer(Client):
    name = "false-peer"

    def start(self, torrent, manner):
        self.count_path = self.world.path(f"requests-{self.port}")
        pieces = -(-torrent.length // torrent.piece_length)
        self.process = Process(self.world, f"{self.name}-{manner}",
                               [sys.executable, os.path.join(HERE, "false_peer.py"), manner, "--listen", self.endpoint,
                                "--info-hash", torrent.info_hash, "--pieces", str(pieces), "--count", self.count_path])
        wait_until(lambda: listens(self.ip, self.port), 15, "the false peer to listen")

    def requests(self):
        return os.path.getsize(self.count_path) if os.path.exists(self.count_path) else 0


class OwnTracker:
    """freshet-cli tracker; peers are asked to come back soon, so that they
    find each other while a test has patience."""

    def __init__(self, world, interval=2):
        self.world = world
        self.process = Process(world, "freshet-tracker",
                               [world.cli, "tracker", "--bind", world.new_address(), "--http", "0",
                                "--interval", str(interval)],
                               read_output=True, env={"G_DEBUG": "fatal-criticals"})
        self.url = self.process.popen.stdout.readline().decode().strip()
        if not self.url:
            self.process.popen.wait()
            raise Failure(f"our tracker did not start: {self.process.log()}")

    def allow(self, torrent):
        pass


class Opentracker:
    """Debian's build serves only torrents of a list."""

    def __init__(self, world, scheme="http"):
        self.world, self.ip, self.port = world, world.new_address(), world.new_port()
        self.url = f"{scheme}://{self.ip}:{self.port}/announce"
        self.process = None

    def allow(self, *torrents):
        """Starts it, for these."""
        folder = self.world.new_folder("opentracker")
        with open(os.path.join(folder, "allowed"), "w") as f:
            f.writelines(torrent.info_hash + "\n" for torrent in torrents)
        for path in (folder, os.path.join(folder, "allowed")):
            os.chmod(path, 0o755)
        self.process = Process(self.world, "opentracker",
                               [*self._as_nobody(), need("opentracker"), "-i", self.ip, "-p", str(self.port), "-P", str(self.port),
                                "-d", folder, "-w", "allowed"], stop_signal=signal.SIGINT)
        wait_until(self._answers, 15, "opentracker to answer")

    @staticmethod
    def _as_nobody():
        """As root it becomes nobody, and where an ordinary user plays root
        there is no nobody to become: then it is not to think that it is root."""
        with open("/proc/self/uid_map") as f:
            alone = f.read().split()[2] == "1"
        return ["unshare", "-U", "--map-user=65534", "--map-group=65534"] if alone else []

    def _answers(self):
        self.process.must_run()
        return listens(self.ip, self.port)
