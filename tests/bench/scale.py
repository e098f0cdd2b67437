#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""scale.py [--counts 5000,10000] [--others 5000] [--clients NAME,…] BUILD

Many small torrents, complete on disk, with a tracker on this machine: beside
transmission-daemon and libtorrent, in one run, how long until all are there and
until all are seeded, what each costs in memory, and what the processor does
while nothing happens. “library” is Freshet without its window, “freshet” the
program. It has a network of its own (unshare), so nothing leaves the machine.
A line a run as JSON goes to --out; the table is of medians."""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bencode import bencode  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SESSION = os.path.join(HERE, "..", "ui", "session.py")
TRACKER_PORT, RPC_PORT = 46969, 49091
STATES = ("paused", "seeding")
CLIENTS = ("libtorrent", "transmission-daemon", "library", "freshet")
PATIENCE = 600          # seconds that anything may take
QUIET = 0.005           # of a processor: below this what was begun is over
LOOK = 5                # seconds between two looks at that
MOST_REST = 115         # ... and for how long it is waited: some clients are never quiet
IDLE = 10               # seconds of doing nothing that are measured
TICKS = os.sysconf("SC_CLK_TCK")


def enter_namespace():
    if os.environ.get("FRESHET_SCALE_INSIDE") != "1":
        os.environ["FRESHET_SCALE_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", "-n"] + ([] if os.geteuid() == 0 else ["-r"]) + [sys.executable] + sys.argv)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def make_torrents(folder, n):
    data, torrents = os.path.join(folder, "data"), os.path.join(folder, "torrents")
    os.makedirs(data)
    os.makedirs(torrents)
    noise = random.Random(n)
    for i in range(n):
        name, content = f"file-{i:05d}.bin", noise.randbytes(16384)
        with open(os.path.join(data, name), "wb") as f:
            f.write(content)
        info = {"length": len(content), "name": name, "piece length": 16384, "pieces": hashlib.sha1(content).digest()}
        with open(os.path.join(torrents, name + ".torrent"), "wb") as f:
            f.write(bencode({"announce": f"http://127.0.0.1:{TRACKER_PORT}/announce", "info": info}))
    return data, torrents


def wait_until(what, condition, interval=0.02):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        # A time between two looks at another process; what is waited for is the condition.
        signal.sigtimedwait([], interval)


def cpu(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def status(pid, key):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(key + ":"))


def wakeups(pid):
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/status") as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))
        except FileNotFoundError:
            pass
    return total


def rest(pid):
    """Until what was begun is over: announces above all. Returns seconds."""
    start = time.monotonic()
    before, since = cpu(pid), time.monotonic()

    def is_quiet():
        nonlocal before, since
        now, at = cpu(pid), time.monotonic()
        if at - since < LOOK:
            return False
        share = (now - before) / (at - since)
        before, since = now, at
        return share < QUIET or at - start > MOST_REST
    wait_until("rest", is_quiet, 1)
    return time.monotonic() - start - LOOK


def measure_idle(pid):
    before, switches, since = cpu(pid), wakeups(pid), time.monotonic()
    wait_until("the time of rest", lambda: time.monotonic() - since >= IDLE, 1)
    passed = time.monotonic() - since
    return dict(idle_percent=(cpu(pid) - before) / passed * 100, wakeups=(wakeups(pid) - switches) / passed,
                private_mib=status(pid, "RssAnon") / 1024, peak_mib=status(pid, "VmHWM") / 1024)


class Process:
    """A client that runs; what it prints is kept."""
    def __init__(self, argv, log, env=None):
        self.start = time.monotonic()
        self.log = log
        with open(log, "wb") as f:
            self.popen = subprocess.Popen(argv, stdout=f, stderr=subprocess.STDOUT, env=env)
        self.pid = self.popen.pid

    def said(self, word):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            for line in f:
                if line.startswith(word + " "):
                    return float(line.split()[1])
        if self.popen.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                raise RuntimeError(f"{self.popen.args[0]} ended: {f.read()[-500:]}")
        return None

    def stop(self):
        start = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        self.popen.wait(PATIENCE)
        return time.monotonic() - start


class Libtorrent:
    def prepare(self, place, n, state, data, torrents):
        subprocess.run([sys.executable, __file__, "--libtorrent", "make", torrents, data, place], check=True)

    def run(self, place, n, state, work):
        process = Process([sys.executable, __file__, "--libtorrent", "run", place, state, "-"], work + "/log")
        wait_until("libtorrent", lambda: process.said("ready") is not None)
        return process, dict(loaded=process.said("loaded"), ready=process.said("ready"))


class Transmission:
    settings = {"bind-address-ipv4": "127.0.0.1", "peer-port": 42200, "rpc-enabled": True, "rpc-port": RPC_PORT, "rpc-bind-address": "127.0.0.1",
                "rpc-whitelist-enabled": False, "dht-enabled": False, "lpd-enabled": False, "pex-enabled": False, "utp-enabled": False,
                "port-forwarding-enabled": False, "seed-queue-enabled": False, "download-queue-enabled": False, "queue-stalled-enabled": False,
                "ratio-limit-enabled": False, "message-level": 1}
    token = ""

    def rpc(self, method, **arguments):
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        for _ in range(2):
            request = urllib.request.Request(f"http://127.0.0.1:{RPC_PORT}/transmission/rpc", body, {"X-Transmission-Session-Id": self.token})
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    return json.load(answer)["arguments"]
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                self.token = error.headers["X-Transmission-Session-Id"]
        raise RuntimeError("transmission-daemon refuses")

    def count(self, n, wanted):
        try:
            if self.rpc("session-stats")["torrentCount"] < n:
                return False
        except OSError:
            return False
        if wanted is None:
            return True
        rows = self.rpc("torrent-get", fields=["status", "percentDone"])["torrents"]
        return sum(row["status"] == wanted and row["percentDone"] == 1 for row in rows) == n

    def start(self, place, work):
        return Process(["transmission-daemon", "-f", "-g", place], work + "/log")

    def prepare(self, place, n, state, data, torrents):
        """Its own files, as it would leave them: its checks of so many take ten minutes."""
        os.makedirs(place + "/torrents")
        os.makedirs(place + "/resume")
        with open(place + "/settings.json", "w") as f:
            json.dump({**self.settings, "download-dir": data}, f)
        progress = {"time-checked": [int(time.time())], "have": "all", "blocks": "all"}
        resume = bencode({"paused": int(state == "paused"), "destination": data, "progress": progress})
        for name in os.listdir(torrents):
            path = os.path.join(torrents, name)
            with open(path, "rb") as f:
                content = f.read()
            info = content[content.index(b"4:info") + 6:-1]
            stem = f"{name[:-8]}.{hashlib.sha1(info).hexdigest()[:16]}"
            shutil.copy(path, f"{place}/torrents/{stem}.torrent")
            with open(f"{place}/resume/{stem}.resume", "wb") as f:
                f.write(resume)

    def run(self, place, n, state, work):
        shutil.copytree(place, work + "/config")
        process = self.start(work + "/config", work)
        wait_until("transmission-daemon", lambda: self.count(n, None))
        loaded = time.monotonic() - process.start
        wait_until("transmission-daemon", lambda: self.count(n, 0 if state == "paused" else 6), 0.2)
        return process, dict(loaded=loaded, ready=time.monotonic() - process.start)


class Library:
    def __init__(self, build):
        self.build = build
        self.runner = os.path.join(build, "tests/bench/scale-runner")

    def prepare(self, place, n, state, data, torrents):
        os.makedirs(place)
        subprocess.run([self.runner, "make", place, torrents, data, state], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)

    def run(self, place, n, state, work):
        shutil.copytree(place, work + "/library")
        process = Process([self.runner, "run", work + "/library", str(n), state], work + "/log")
        wait_until("the library", lambda: process.said("ready") is not None)
        return process, dict(loaded=process.said("loaded"), ready=process.said("ready"))


class Program(Library):
    """What is measured of it is how it rests, and how soon it ends."""
    def run(self, place, n, state, work):
        script = 'cp -r "$0" "$XDG_DATA_HOME/freshet" && echo "pid $$" && exec "$1"'
        env = dict(os.environ, GSETTINGS_SCHEMA_DIR=os.path.join(self.build, "data"), GTK_A11Y="none")
        process = Process([sys.executable, SESSION, "sh", "-c", script, place, os.path.join(self.build, "src/ui/freshet")], work + "/log", env)
        wait_until("freshet", lambda: process.said("pid") is not None)
        process.pid = int(process.said("pid"))
        return process, {}


def libtorrent_main(what, first, second, third):
    import libtorrent as lt
    if what == "make":
        os.makedirs(third)
        for name in sorted(os.listdir(first)):
            parameters = lt.add_torrent_params()
            parameters.ti = lt.torrent_info(os.path.join(first, name))
            parameters.save_path = second
            parameters.have_pieces = parameters.verified_pieces = [True] * parameters.ti.num_pieces()
            with open(os.path.join(third, name), "wb") as f:
                f.write(lt.write_resume_data_buf(parameters))
        return
    start = time.monotonic()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    session = lt.session({"listen_interfaces": "127.0.0.1:42100", "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
                          "enable_natpmp": False, "alert_queue_size": 200000, "active_limit": -1, "active_seeds": -1,
                          "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification})
    names = sorted(os.listdir(first))
    for name in names:
        with open(os.path.join(first, name), "rb") as f:
            parameters = lt.read_resume_data(f.read())
        parameters.flags &= ~lt.torrent_flags.auto_managed
        if second == "paused":
            parameters.flags |= lt.torrent_flags.paused
        else:
            parameters.flags &= ~lt.torrent_flags.paused
        session.async_add_torrent(parameters)
    added = ready = 0
    while added < len(names) or ready < len(names):
        session.wait_for_alert(500)
        for alert in session.pop_alerts():
            if isinstance(alert, lt.add_torrent_alert):
                added += 1
                ready += second == "paused"
                if added == len(names):
                    print(f"loaded {time.monotonic() - start:.3f}", flush=True)
            elif isinstance(alert, lt.torrent_checked_alert) and second != "paused":
                ready += 1
    if not names:
        print("loaded 0", flush=True)
    print(f"ready {time.monotonic() - start:.3f}", flush=True)
    while signal.sigtimedwait([signal.SIGTERM], 1) is None:
        session.pop_alerts()
    os._exit(0)


def one_run(client, name, place, n, state, work):
    os.makedirs(work)
    process, record = client.run(place, n, state, work)
    try:
        record["rested"] = rest(process.pid)
        record.update(measure_idle(process.pid))
    finally:
        record["stopped"] = process.stop()
    shutil.rmtree(work)
    return dict(client=name, n=n, state=state, **record)


def print_table(records):
    print(f"\n{'client':20} {'torrents':>8} {'state':8} {'loaded s':>9} {'ready s':>8} {'MiB':>7} {'KiB each':>8} {'idle %':>7} {'wakes/s':>8} {'end s':>6}")
    keys = sorted({(r["client"], r["n"], r["state"]) for r in records}, key=lambda k: (CLIENTS.index(k[0]), k[2], k[1]))
    median = {key: {field: statistics.median(r[field] for r in records if (r["client"], r["n"], r["state"]) == key)
                    for field in ("loaded", "ready", "private_mib", "idle_percent", "wakeups", "stopped")
                    if all(field in r for r in records if (r["client"], r["n"], r["state"]) == key)} for key in keys}
    for key in keys:
        name, n, state = key
        row, empty = median[key], median.get((name, 0, "paused"))
        each = f"{(row['private_mib'] - empty['private_mib']) * 1024 / n:8.2f}" if empty and n else f"{'':8}"
        times = " ".join(f"{row[f]:{w}.2f}" if f in row else " " * (w - 1) + "-" for f, w in (("loaded", 9), ("ready", 8)))
        print(f"{name:20} {n:8} {state:8} {times} {row['private_mib']:7.1f} {each} {row['idle_percent']:7.2f} {row['wakeups']:8.1f} {row['stopped']:6.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="5000,10000", help="how many torrents Freshet has")
    parser.add_argument("--others", default="5000", help="how many the others have")
    parser.add_argument("--clients", default=",".join(CLIENTS))
    parser.add_argument("--states", default=",".join(STATES))
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--out", default="scale.jsonl")
    parser.add_argument("build")
    arguments = parser.parse_args()
    enter_namespace()
    build = os.path.abspath(arguments.build)
    makers = {"libtorrent": Libtorrent(), "transmission-daemon": Transmission(), "library": Library(build), "freshet": Program(build)}
    records = []
    with tempfile.TemporaryDirectory(prefix="freshet-scale-") as root:
        tracker = Process([os.path.join(build, "src/cli/freshet-cli"), "tracker", "--bind", "127.0.0.1", "--http", str(TRACKER_PORT)], root + "/tracker")
        made = {}
        try:
            for name in arguments.clients.split(","):
                counts = arguments.counts if isinstance(makers[name], Library) else arguments.others
                for n in [0] + [int(count) for count in counts.split(",")]:
                    if n not in made:
                        made[n] = make_torrents(f"{root}/{n}", n)
                    for state in arguments.states.split(",") if n > 0 else ["paused"]:
                        place = f"{root}/{n}/{name}-{state}"
                        makers[name].prepare(place, n, state, *made[n])
                        for _ in range(arguments.runs):
                            records.append(one_run(makers[name], name, place, n, state, root + "/work"))
                            print({key: round(value, 2) if isinstance(value, float) else value for key, value in records[-1].items()}, flush=True)
                            with open(arguments.out, "a") as f:
                                f.write(json.dumps(records[-1]) + "\n")
        finally:
            tracker.stop()
    print_table(records)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--libtorrent"]:
        libtorrent_main(*sys.argv[2:6])
    else:
        main()
