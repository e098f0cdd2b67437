# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window with ten thousand torrents beside that of transmission-gtk.

By hand, with transmission-gtk installed, one after the other in a display of
their own:

  tests/ui/session.py /usr/bin/python3 tests/ui/compare_gtk.py \
      BUILD/src/ui/freshet BUILD/tests/bench/bench-library

Both have the same number of torrents, all paused. Told are the seconds until
the window is there, until the program rests, what it has in memory then, and
what a page of the list costs the processor when somebody scrolls through it.
How long a frame took cannot be seen from outside: `meson test --benchmark
scale` has that of ours.
"""
import argparse
import hashlib
import json
import os
import select
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bencode import bencode  # noqa: E402

NUMBER = 10000  # as many as bench-library makes
PAGES = 100
SIZE = ("1000", "700")
PATIENCE = 300  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


def make_transmission(config, number):
    folder = os.path.join(config, "torrents")
    os.makedirs(folder)
    with open(os.path.join(config, "settings.json"), "w") as f:
        json.dump({"start-added-torrents": False, "dht-enabled": False, "lpd-enabled": False, "pex-enabled": False,
                   "utp-enabled": False, "port-forwarding-enabled": False, "bind-address-ipv4": "127.0.0.1",
                   "bind-address-ipv6": "::1", "download-dir": config, "user-has-given-informed-consent": True}, f)
    for i in range(number):
        info = {b"length": 400 * 262144, b"name": b"torrent %d" % i, b"piece length": 262144,
                b"pieces": hashlib.sha1(b"%d" % i).digest() * 400}
        with open(os.path.join(folder, hashlib.sha1(bencode(info)).hexdigest() + ".torrent"), "wb") as f:
            f.write(bencode({b"info": info}))


def cpu(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid):
    with open(f"/proc/{pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def wait_for_rest(pid):
    """Until it used no more than a tenth of a processor for a second."""
    end = time.monotonic() + PATIENCE
    used, since = cpu(pid), time.monotonic()
    while time.monotonic() < end:
        # Somebody else's program: it tells nobody when it is ready.
        select.select([], [], [], 1)
        if cpu(pid) - used < 0.1:
            return since
        used, since = cpu(pid), time.monotonic()
    raise TimeoutError("The program does not come to rest")


def xdotool(*arguments):
    return subprocess.run(["xdotool", *arguments], check=True, capture_output=True, text=True, timeout=PATIENCE).stdout


def measure(name, command, environment):
    began = time.monotonic()
    program = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        window = xdotool("search", "--sync", "--onlyvisible", "--pid", str(program.pid)).split()[-1]
        shown = time.monotonic() - began
        rested = wait_for_rest(program.pid) - began
        memory = resident(program.pid)
        xdotool("windowactivate", "--sync", window, "windowsize", "--sync", window, *SIZE)
        xdotool("mousemove", "--window", window, *(str(int(length) // 2) for length in SIZE), "click", "1")
        wait_for_rest(program.pid)
        used, began = cpu(program.pid), time.monotonic()
        xdotool("key", "--delay", "40", *["Page_Down"] * PAGES)
        scrolled = wait_for_rest(program.pid) - began
        print(f"{name:18} window {shown:5.2f} s, at rest {rested:5.1f} s, {memory:6.0f} MiB resident; "
              f"{PAGES} pages in {scrolled:.1f} s, {(cpu(program.pid) - used) / PAGES * 1000:.1f} ms of processor each; "
              f"{resident(program.pid):.0f} MiB after that", flush=True)
    finally:
        program.kill()
        program.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("freshet")
    parser.add_argument("bench_library")
    arguments = parser.parse_args()
    home = os.environ["HOME"]
    ours = os.path.join(home, "ours")
    theirs = os.path.join(home, "theirs")
    os.makedirs(os.path.join(ours, "freshet"))
    subprocess.run([arguments.bench_library, os.path.join(ours, "freshet")], check=True, stdout=subprocess.DEVNULL)
    make_transmission(theirs, NUMBER)
    measure("freshet", [arguments.freshet], {"XDG_DATA_HOME": ours})
    measure("transmission-gtk", ["transmission-gtk", "--config-dir", theirs], {})


main()
