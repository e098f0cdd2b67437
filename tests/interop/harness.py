# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every interoperability test stands on: a network of its own, a folder
of its own, processes that end with the test, torrents, and the comparison of
bytes. Nothing here knows one client from another; peers.py does."""
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bencode import bencode  # noqa: E402

SKIPPED = 77
NETWORK, NETWORK_6 = "10.99.0.", "fd99::"
ADDRESSES = 40
MIB = 1 << 20


class Failure(Exception):
    """A test found something wrong; its text says what."""


# ------------------------------------------------------------------ network
def skip(why):
    print("skipped:", why, flush=True)
    sys.exit(SKIPPED)


def _can(*command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


def enter_network():
    """Starts this script again in a network namespace that holds nothing but
    a loopback device: ports never clash with those of another test, and not
    one packet leaves the machine. Transmission takes no peers of 127.0.0.0/8
    and tells its peers apart by address, so everybody gets one of 10.99.0.x."""
    for variable in list(os.environ):
        if variable.lower().endswith("_proxy"):  # it is not in that network
            del os.environ[variable]
    if os.environ.get("FRESHET_INTEROP_NETWORK") != "own":
        for flags in (["-n"], ["-r", "-n"]):
            if _can("unshare", *flags, "true"):
                os.environ["FRESHET_INTEROP_NETWORK"] = "own"
                os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])
        skip("this system allows no network namespaces (unshare -n)")
    if not _can("ip", "link", "set", "lo", "up"):
        skip("the network namespace has no loopback device (is iproute2 installed?)")
    for i in range(1, ADDRESSES + 1):
        subprocess.run(["ip", "addr", "replace", f"{NETWORK}{i}/32", "dev", "lo"], check=True)
        _can("ip", "addr", "replace", f"{NETWORK_6}{i:x}/128", "dev", "lo", "nodad")


def has_ipv6():
    return _can("ip", "route", "get", f"{NETWORK_6}1")


# ------------------------------------------------------------------ waiting
_tick = threading.Event()


def wait_until(condition, bound, what):
    """Asks until the answer is true; the only place where a test waits."""
    end = time.monotonic() + bound
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failure(f"{what}: not after {bound} s")
        _tick.wait(0.03)


# What has to be so much and no more, and is less on a machine that does
# something else meanwhile, is right in one of so many tries.
TRIES = 3


def takes(what, do, least, most):
    """do: returns seconds. Less than @least is wrong each time."""
    taken = []
    for _ in range(TRIES):
        taken.append(do())
        print(f"{what}: {taken[-1]:.2f} s", flush=True)
        if taken[-1] < least:
            break
        if taken[-1] < most:
            return
    raise Failure(f"{what} took {taken} s, and {least} to {most} are right")


class Holds:
    """When programs of a test were kept from running: stopped, or ready for longer
    without a processor than a limit makes up for, as on a machine that does something
    else."""

    AT_ONCE = 0.1                           # is made up for: BtBudget keeps twice that

    def __init__(self, world):
        self._world, self._waited = world, {}
        self._spans = []                    # since when, until when, whose process; None: the test itself
        threading.Thread(target=self._watch, daemon=True).start()

    def between(self, begin, end, whose):
        """whose: is given a process id, or None for the test.
        Returns: how many seconds of these any of them was held"""
        held, at = 0, begin
        for first, last in sorted(span[:2] for span in list(self._spans) if whose(span[2])):
            held += max(min(last, end) - max(first, at), 0)
            at = max(at, last)
        return held

    def _watch(self):
        last = time.monotonic()
        while not _tick.wait(0.03):
            now = time.monotonic()
            if now - last > self.AT_ONCE:
                self._spans.append((last, now, None))
            for process in list(self._world.processes):
                self._look(process.popen.pid, last, now)
            last = now

    def _look(self, pid, last, now):
        try:
            # One that stopped and went on while we did not look says so.
            stopped = os.waitid(os.P_PID, pid, os.WCONTINUED | os.WNOHANG)
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/stat") as stat, open(f"/proc/{pid}/task/{thread}/schedstat") as schedstat:
                    state, waited = stat.read().rpartition(") ")[2][0], int(schedstat.read().split()[1]) / 1e9
                more = waited - self._waited.get(thread, waited)
                self._waited[thread] = waited
                if stopped or state == "T":
                    self._spans.append((last, now, pid))
                elif more > self.AT_ONCE:
                    self._spans.append((now - more + self.AT_ONCE, now, pid))
        except (OSError, IndexError):       # it ended, or this system does not count that
            pass


# ---------------------------------------------------------------- processes
class Process:
    """A program that a test runs, its output in a log file."""

    def __init__(self, world, name, argv, stop_signal=signal.SIGTERM, env=None, read_output=False):
        self.name, self.stop_signal = name, stop_signal
        self.told = False                   # to end
        self.log_path = os.path.join(world.folder, f"{len(world.processes):02}-{name}.log")
        log = open(self.log_path, "wb")
        self.popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=log,
                                      stdout=subprocess.PIPE if read_output else log,
                                      env={**os.environ, **(env or {})}, cwd=world.folder)
        log.close()
        world.processes.append(self)

    def log(self):
        with open(self.log_path, "rb") as f:
            return f.read()[-4000:].decode(errors="replace")

    def running(self):
        return self.popen.poll() is None

    def exited(self):
        """True when it has ended well; a failure of it is the test's."""
        if self.running():
            return False
        if self.popen.returncode != 0:
            raise Failure(f"{self.name} ended with {self.popen.returncode}: {self.log()}")
        return True

    def finish(self, bound):
        wait_until(self.exited, bound, f"{self.name} to finish")

    def crashed(self):
        """By a signal that nobody here sent."""
        return not self.told and (self.popen.poll() or 0) < 0

    def must_run(self):
        if not self.running():
            raise Failure(f"{self.name} ended early with {self.popen.returncode}: {self.log()}")

    def kill(self):
        self.told = True
        self.popen.kill()
        self.popen.wait()

    def stop(self, bound=15):
        """Asks it to end. Returns: its exit status, None when it had to be killed."""
        self.told = True
        if self.running():
            self.popen.send_signal(self.stop_signal)
        try:
            return self.popen.wait(bound)
        except subprocess.TimeoutExpired:
            self.kill()
            return None


class World:
    """A test's folder and processes; both are gone when it ends, but the
    folder stays after a failure when FRESHET_INTEROP_KEEP is set."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="freshet-interop-")
        os.chmod(self.folder, 0o755)        # opentracker gives up root and still reads there
        self.processes = []
        self._next_address, self._next_port = 2, 20000
        self.network = NETWORK
        self.cli = os.environ.get("FRESHET_CLI", "freshet-cli")

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        crashed = [process for process in self.processes if process.crashed()]
        for process in self.processes:
            if process.running():
                process.kill()
        if error is not None and not isinstance(error, SystemExit):
            for process in self.processes:
                print(f"---- {process.name}\n{process.log()}", file=sys.stderr)
                if process in crashed:
                    print(f"{process.name} had crashed: {process.popen.returncode}", file=sys.stderr)
            if os.environ.get("FRESHET_INTEROP_KEEP"):
                print("kept", self.folder, file=sys.stderr)
                return
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def new_folder(self, name):
        path = self.path(f"{name}-{self._next_port}")
        os.makedirs(path)
        self._next_port += 1
        return path

    def new_address(self):
        self._next_address += 1
        return self.network + (str if self.network == NETWORK else "{:x}".format) (self._next_address)

    def new_port(self):
        """In a network of our own nobody else takes ports."""
        self._next_port += 1
        return self._next_port


def run_cases(cases):
    """The main function of a script with {name: function of a world}."""
    script = os.path.basename(sys.argv[0])
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases))
        return 0
    if len(sys.argv) != 2 or sys.argv[1] not in cases:
        print(f"usage: {script} --list | CASE", file=sys.stderr)
        return 2
    enter_network()
    started = time.monotonic()
    try:
        with World() as world:
            cases[sys.argv[1]](world)
    except Failure as failure:
        print(f"FAILED after {time.monotonic() - started:.1f} s: {failure}", file=sys.stderr)
        return 1
    print(f"ok after {time.monotonic() - started:.1f} s")
    return 0


# ----------------------------------------------------------------- torrents
class Torrent:
    """Files, the same each time for one seed, and the .torrent of them.
    sizes: a number for a single file, or {path: size}. filler: bytes that the
    info dictionary has more."""

    def __init__(self, world, name, sizes, piece_length=32768, announce=None, tiers=None, seed=1, filler=0, private=False):
        self.world, self.name, self.piece_length = world, name, piece_length
        rng = random.Random(f"{name} {seed}")
        single = isinstance(sizes, int)
        self.files = {}                     # path below the download folder: bytes
        for path, size in ({"": sizes} if single else sizes).items():
            self.files[os.path.join(name, path) if path else name] = rng.randbytes(size)
        self.length = sum(map(len, self.files.values()))

        whole = b"".join(self.files.values())
        pieces = b"".join(hashlib.sha1(whole[i:i + piece_length]).digest()
                          for i in range(0, len(whole), piece_length))
        info = {"name": name, "piece length": piece_length, "pieces": pieces}
        if private:
            info["private"] = 1
        if single:
            info["length"] = sizes
        else:
            info["files"] = [{"length": size, "path": path.split("/")} for path, size in sizes.items()]
        if filler:                          # a key that nobody knows makes a large info dictionary
            info["x-filler"] = rng.randbytes(filler)
        self.info = bencode(info)
        self.info_hash = hashlib.sha1(self.info).hexdigest()
        meta = {"info": info, "creation date": 1700000000}
        if announce:
            meta["announce"] = announce
        if tiers:
            meta["announce-list"] = tiers
        self.path = os.path.join(world.new_folder("torrent"), "test.torrent")
        with open(self.path, "wb") as f:
            f.write(bencode(meta))

    def link(self, more=""):
        return Link(self, f"magnet:?xt=urn:btih:{self.info_hash}&dn={urllib.parse.quote(self.name)}{more}")

    def write_files(self, folder=None):
        """Returns: a folder that holds the whole content"""
        folder = folder or self.world.new_folder("content")
        for path, content in self.files.items():
            full = os.path.join(folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as f:
                f.write(content)
        return folder

    def difference(self, folder, empty_files=True):
        """Returns: None when @folder holds every file byte for byte"""
        for path, content in self.files.items():
            if not content and not empty_files:
                continue
            try:
                with open(os.path.join(folder, path), "rb") as f:
                    found = f.read()
            except OSError as error:
                return f"{path}: {error.strerror}"
            if found != content:
                at = next((i for i, (a, b) in enumerate(zip(found, content)) if a != b), min(len(found), len(content)))
                return f"{path}: {len(found)} of {len(content)} bytes, differs at {at}"
        return None

    def check(self, folder, who, empty_files=True):
        wrong = self.difference(folder, empty_files)
        if wrong:
            raise Failure(f"{who} has other bytes: {wrong}")


class Link:
    """A torrent of which a client is given only the magnet link."""

    def __init__(self, torrent, uri):
        self.torrent, self.path = torrent, uri

    def __getattr__(self, name):
        return getattr(self.torrent, name)


def odd_folder():
    """Sizes and names as a real folder has them: empty, tiny, just below and
    above block and piece, nested, in other scripts and with spaces."""
    return {
        "README": 1,
        "empty.txt": 0,
        "a block.bin": 16384,
        "a block and one.bin": 16385,
        "nested/deeper/still deeper/piece less one.bin": 32767,
        "nested/두 조각과 하나.bin": 65537,
        "nested/empty too": 0,
        "naïve – “quoted”.dat": 300000,
        "zz/日本語/big.bin": 2 * MIB + 12345,
    }
