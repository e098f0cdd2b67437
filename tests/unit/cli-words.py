#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What freshet-cli says when it is used wrongly or cannot go on: cli-words.py FRESHET_CLI.

One line each, the right status, and nothing is made or left behind."""
import hashlib
import os
import signal
import subprocess
import sys
import tempfile

CLI = os.path.abspath(sys.argv[1])
FAILURES = []
QUIET = ["--bind", "127.0.0.1", "--no-dht", "--no-lsd"]


def environment(home):
    return dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="", HOME=home, XDG_DATA_HOME=home)


def expect(what, found, wanted):
    if found != wanted:
        FAILURES.append(f"{what}: {found!r} is not {wanted!r}")


def run(home, *arguments, given=b""):
    done = subprocess.run([CLI, *arguments], input=given, capture_output=True, timeout=20, env=environment(home), cwd=home)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def expect_line(what, answer, status, words):
    """One line of error, which has these words in it, and nothing else."""
    expect(what, (answer[0], answer[1], answer[2].count("\n"), answer[2].rstrip()[-1:]), (status, "", 1, "."))
    expect(f"{what} says {words}", words in answer[2], True)


def torrent(size):
    data = bytes(range(256)) * (size // 256)
    pieces = b"".join(hashlib.sha1(data[at:at + 65536]).digest() for at in range(0, size, 65536))
    return b"d4:infod6:lengthi%de4:name6:sample12:piece lengthi65536e6:pieces%d:%see" % (size, len(pieces), pieces), data


def wrong_use(home):
    expect_line("no command", run(home), 2, "A command is missing")
    expect_line("unknown command", run(home, "nonsense"), 2, "nonsense")
    expect_line("two torrents", run(home, "get", "a.torrent", "b.torrent"), 2, "takes one")
    expect_line("no torrent", run(home, "get"), 2, "takes one")
    expect_line("option", run(home, "get", "--bogus", "a.torrent"), 2, "--bogus")
    expect_line("limit", run(home, "get", "--up", "-1", "a.torrent"), 2, "bytes a second")
    expect_line("no such file", run(home, "get", "none.torrent"), 1, "none.torrent")
    expect_line("address", run(home, "get", "https://example.org/a.torrent"), 1, "no other address")
    expect_line("damaged link", run(home, "get", "magnet:?xt=urn:btih:zz"), 1, "magnet link")
    expect_line("interval", run(home, "tracker", "--interval", "-5", "--http", "0"), 2, "seconds")
    expect_line("a second folder", run(home, "seed", "-o", "a", "a.torrent", "b"), 2, "takes no other")
    expect_line("nowhere for the state", run(home, "dht", "--port", "0", "--state", "nowhere/state"), 1, "There is no folder")
    offered = run(home, "seed", "--help")[1]
    expect("seed offers nothing of downloads", [word for word in ("--output", "--sequential", "--seed") if word in offered], [])
    expect("help", run(home, "help"), run(home, "--help"))
    expect("help of a command", run(home, "help", "get"), run(home, "get", "--help"))
    expect("help has something to say", "--ready-file" in run(home, "help", "get")[1], True)


def folders(home):
    sample = os.path.join(home, "sample.torrent")
    for command in ("check", "seed"):
        expect_line(command, run(home, command, sample, os.path.join(home, "nowhere")), 1, "There is no folder")
        expect_line(command, run(home, command, sample, sample), 1, "is not a folder")
        expect(f"{command} makes no folder", os.path.exists(os.path.join(home, "nowhere")), False)
    expect_line("output", run(home, "get", sample, "-o", os.path.join(sample, "below")), 1, "is not a folder")
    expect_line("address of another", run(home, "get", sample, "--bind", "192.0.2.77", "--no-dht", "--no-lsd"), 1, "192.0.2.77")
    expect_line("ready file", run(home, "get", sample, "--ready-file", os.path.join(home, "nowhere", "ready")), 1, "There is no folder")
    locked = os.path.join(home, "locked")
    os.mkdir(locked, 0o500)
    if os.geteuid() != 0:
        expect_line("locked", run(home, "get", sample, "-o", os.path.join(locked, "below")), 1, "may not write")
    expect_line("incomplete", run(home, "check", "-q", sample, home), 1, "is not complete")


def strangers_words(home):
    """Nothing in a torrent commands the terminal, or turns its lines around."""
    comment = "a\x1b[2Jb\u202ec\u009bd\re".encode()
    with open(os.path.join(home, "words.torrent"), "wb") as f:
        f.write(b"d7:comment%d:%s4:infod6:lengthi1e4:name1:n12:piece lengthi65536e6:pieces20:%see" % (len(comment), comment, bytes(20)))
    expect("words", "Comment       a\ufffd[2Jb\ufffdc\ufffdde\n" in run(home, "show", "words.torrent")[1], True)


def pipes(home, metainfo):
    shown = run(home, "show", "--tsv", "sample.torrent")
    expect("show of a pipe", run(home, "show", "--tsv", "-", given=metainfo), shown)
    expect_line("nothing comes", run(home, "show", "-"), 1, "-")
    for path in ("/dev/zero", "large"):
        with open(os.path.join(home, "large"), "wb") as large:
            large.truncate(8 << 30)
        expect_line(path, run(home, "show", path), 1, "too large")
    status, out, errors = run(home, "check", "-", "data", given=metainfo)
    expect("check of a pipe", (status, "complete" in out, errors), (0, True, ""))


def interrupted(home):
    """Nobody has it; Ctrl+C ends it with a line that says how it goes on."""
    process = subprocess.Popen([CLI, "get", *QUIET, "-o", os.path.join(home, "taken"), "sample.torrent"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment(home), cwd=home, text=True)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=20)
    expect("interrupted", (process.returncode, errors.count("\n"), "goes on from here" in errors), (1, 1, True))


with tempfile.TemporaryDirectory() as home:
    metainfo, data = torrent(1 << 20)
    os.mkdir(os.path.join(home, "data"))
    with open(os.path.join(home, "data", "sample"), "wb") as f:
        f.write(data)
    with open(os.path.join(home, "sample.torrent"), "wb") as f:
        f.write(metainfo)
    wrong_use(home)
    folders(home)
    strangers_words(home)
    pipes(home, metainfo)
    interrupted(home)

print("\n".join(FAILURES))
sys.exit(1 if FAILURES else 0)
