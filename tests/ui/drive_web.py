#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""drive_web.py CASE: torrents at web addresses in the built program, as drive.py."""
import http.server
import os
import sys
import threading

from desktop import OtherProgram, Program, wait
from drive import main
from hands import DOWNLOADS, MIB, add, drag_into, hand_over, hand_over_again, must, unnamed
from swarm import Swarm


class Web:
    """A server on loopback: /film.torrent, /page, /magnet, which leads to a link, and /silent, which never answers."""

    def __init__(self, swarm):
        with open(swarm.torrent, "rb") as f:
            torrent = f.read()
        self.gone = gone = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, status, kind, body=b"", **headers):
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if self.path == "/film.torrent?key=a%20b":
                    self.answer(200, "application/x-bittorrent", torrent)
                elif self.path == "/page":
                    self.answer(200, "text/html", b"<html><a href=film.torrent>Film</a></html>")
                elif self.path == "/magnet":
                    self.answer(302, "text/plain", Location=swarm.link())
                elif self.path == "/silent":
                    # The end of the connection is all that can be read of it.
                    self.connection.recv(1)
                    gone.set()
                else:
                    self.answer(404, "text/plain")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def address(self, path):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def __exit__(self, *exception):
        self.server.shutdown()
        self.server.server_close()


def case_web(folder):
    """An address that is pasted opens as the file that is there would; also by the command line, again, and through a link."""
    with Swarm(folder, "film.bin", {"film.bin": MIB}) as swarm, Web(swarm) as web, Program() as program:
        program.find("label", "Nothing Here Yet")
        film = web.address("/film.torrent?key=a%20b")
        with OtherProgram(f" {film}\n"):
            program.keys("ctrl+v")
            program.window("Add Torrent")
            must(program.text("1.0 MB") == "1.0 MB, 1 file", "the dialog says what is in it")
            must(os.listdir(DOWNLOADS) == [], "nothing was written before the choice")
            program.keys("Escape", title="Add Torrent")
            program.window_gone("Add Torrent")
        hand_over(web.address("/magnet"))
        must(program.text("1.0 MB") == "1.0 MB, 1 file", "the link was followed")
        add(program)
        program.find("label", "complete")
        must(swarm.is_in(DOWNLOADS), "the copy is right")
        hand_over_again(program, film, "“film.bin” is in the list already")
        hand_over_again(program, web.address("/page"), "This address leads to a web page, not to a torrent file")
        hand_over_again(program, web.address("/nothing"), "“127.0.0.1” has nothing at this address")
        must(program.window_names() == ["Freshet"], "nothing is asked")
        program.quit()


def case_web_cancelled(folder):
    """What is fetched says so, lets other words through, and can be cancelled."""
    with Swarm(folder, "film.bin", {"film.bin": MIB}) as swarm, Web(swarm) as web, Program() as program:
        program.find("label", "Nothing Here Yet")
        hand_over(web.address("/silent"))
        program.find("label", "Fetching a torrent from “127.0.0.1”")
        must(unnamed(program) == "", "the window has names: " + unnamed(program))
        hand_over_again(program, web.address("/page"), "This address leads to a web page")
        program.find("label", "Fetching a torrent from “127.0.0.1”")
        program.press("Cancel")
        must(web.gone.wait(60), "the server is let go")
        wait(lambda: not program.find_all("label", "Fetching a torrent"), "the end of the words")
        must(program.window_names() == ["Freshet"], "nothing is asked")
        hand_over(web.address("/silent"))
        program.find("label", "Fetching a torrent from “127.0.0.1”")
        # It does not keep the program.
        program.quit()


def case_web_dropped(folder):
    """The window says what the address would do before it is let go."""
    with Swarm(folder, "film.bin", {"film.bin": MIB}) as swarm, Web(swarm) as web, Program() as program:
        for text in (f"See {web.address('/film.torrent')}", f"{web.address('/1')}\n{web.address('/2')}"):
            with OtherProgram(text):
                drag_into(program, "There is no link to a torrent in this text")
                wait(lambda: not program.find_all("label", "There is no link to a torrent"), "the end of the words")
        with OtherProgram(web.address("/film.torrent?key=a%20b")):
            drag_into(program, "Drop to add the link")
            program.text("1.0 MB")
            add(program)
            program.find("label", "complete")
            must(swarm.is_in(DOWNLOADS), "the copy is right")
        program.quit()


if __name__ == "__main__":
    sys.exit(main(globals()))
