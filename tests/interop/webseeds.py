#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Freshet and web seeds on a real nginx: webseeds.py CASE, webseeds.py --list.

FRESHET_CLI names the program. Exit status 77 means that something the case
needs is not here."""
import os
import socket
import subprocess
import sys
import time

from harness import MIB, NETWORK_6, Failure, Process, Torrent, World, bencode, enter_network, has_ipv6, odd_folder, skip, takes, wait_until
from peers import Freshet, Libtorrent, listens, need

# Addresses that are nobody's (RFC 5737), for what has to look like the Internet.
PUBLIC = "203.0.113.7"


class Nginx:
    """One server on an address of its own; what it was asked for is in its
    access log: who, which URI, status, bytes, range."""

    def __init__(self, world, root, directives="", ip=None, tls=None):
        self.world, self.ip, self.port = world, ip or world.new_address(), world.new_port()
        self.folder = world.new_folder("nginx")
        self.root, self.directives, self.tls = root, directives, tls
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        self.url = f"http{'s' if tls else ''}://{host}:{self.port}"
        self.endpoint = f"{host}:{self.port}"
        self._start()

    def _start(self):
        conf = os.path.join(self.folder, "nginx.conf")
        temp = "".join(f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        tls = f"ssl_certificate {self.tls}.pem; ssl_certificate_key {self.tls}.key;" if self.tls else ""
        with open(conf, "w") as f:
            f.write(f"""daemon off; pid {self.folder}/pid; error_log stderr; worker_processes 1;
events {{}}
http {{
  {temp}
  log_format seen "$remote_addr|$request_uri|$status|$body_bytes_sent|$http_range|$http_user_agent|$server_protocol";
  access_log {self.folder}/access.log seen;
  default_type application/octet-stream;
  server {{ listen {self.endpoint}{' ssl http2' if self.tls else ''}; {tls} root "{self.root}"; {self.directives} }}
}}
""")
        os.chmod(self.folder, 0o777)
        user = ["-g", "user root;"] if os.getuid() == 0 else []
        self.process = Process(self.world, "nginx", [need("nginx"), "-p", self.folder, "-e", "stderr", "-c", conf, *user])
        wait_until(self._answers, 15, "nginx to answer")

    def _answers(self):
        self.process.must_run()
        return listens(self.ip, self.port)

    def log(self):
        """Of the requests that were answered."""
        try:
            with open(os.path.join(self.folder, "access.log")) as f:
                return [dict(zip(("who", "uri", "status", "sent", "range", "agent", "protocol"), line.rstrip("\n").split("|")))
                        for line in f]
        except FileNotFoundError:
            return []

    def sent(self):
        return sum(int(line["sent"]) for line in self.log() if line["status"] == "206")

    def must_have_sent(self, length):
        """Exactly; the last request is logged a moment after it was answered."""
        wait_until(lambda: self.sent() >= length, 10, f"nginx to have sent {length} bytes")
        if self.sent() != length:
            raise Failure(f"{self.sent()} bytes were sent for {length}")


class WebTorrent(Torrent):
    """With web seeds, which may be set when their addresses are known."""

    def set_seeds(self, url_list=(), httpseeds=()):
        with open(self.path, "rb") as f:
            meta = f.read()
        if httpseeds:
            at = meta.index(b"4:info")
            meta = meta[:at] + bencode("httpseeds") + bencode(list(httpseeds)) + meta[at:]
        if url_list:
            meta = meta[:-1] + bencode("url-list") + bencode(list(url_list)) + b"e"
        with open(self.path, "wb") as f:
            f.write(meta)


def place(world, torrent, folder):
    """The torrent's files below a new document root."""
    root = world.new_folder("www")
    torrent.write_files(os.path.join(root, folder))
    return root


def expect(truth, what):
    if not truth:
        raise Failure(what)


def get(world, torrent, bound=60, **fetch):
    taker = Freshet(world)
    taker.fetch(torrent, world.new_folder("taken"), **fetch)
    taker.wait_complete(torrent, bound)
    return taker


# --------------------------------------------------------------------- cases
def folder_of_files(world):
    """Names in all scripts, empty and tiny files, and a server that would
    compress everything if it were let."""
    torrent = WebTorrent(world, "odd 폴더 #1 100%?", odd_folder())
    server = Nginx(world, place(world, torrent, "pub"), "gzip on; gzip_types *; gzip_min_length 1;")
    torrent.set_seeds(url_list=[server.url + "/pub/"])
    taker = get(world, torrent)
    server.must_have_sent(torrent.length)
    log = server.log()
    expect({line["status"] for line in log} == {"206"}, "not every answer was 206")
    expect(all(line["range"].startswith("bytes=") for line in log), "a request was without range")
    expect(not any("empty" in line["uri"] for line in log), "an empty file was asked for")
    expect({line["who"] for line in log} == {taker.ip}, "requests came from another address than the bound one")
    expect(all(line["agent"].startswith("Freshet/") for line in log), "the user agent is another")


def single_file(world):
    torrent = WebTorrent(world, "one.bin", 5 * MIB + 77, piece_length=65536)
    server = Nginx(world, place(world, torrent, "a b"))
    torrent.set_seeds(url_list=[server.url + "/a%20b/one.bin"])
    get(world, torrent)
    server.must_have_sent(torrent.length)
    expect(len(server.log()) < 20, f"{len(server.log())} requests for {torrent.length} bytes")


def debian_11(world):
    """Plain file URLs under httpseeds, the second one dead."""
    name, base = "debian-11.2.0-amd64-netinst.iso", "cdimage/release/11.2.0"
    torrent = WebTorrent(world, name, 3 * MIB + 5, piece_length=262144)
    server = Nginx(world, place(world, torrent, f"{base}/amd64/iso-cd"))
    dead = f"{server.url}/{base}//srv/cdbuilder.debian.org/dst/deb-cd/weekly-builds/amd64/iso-cd/{name}"
    torrent.set_seeds(httpseeds=[f"{server.url}/{base}/amd64/iso-cd/{name}", dead])
    get(world, torrent)
    refused = [line for line in server.log() if line["status"] == "404"]
    expect(len(refused) <= 1, f"the dead one was asked {len(refused)} times")
    server.must_have_sent(torrent.length)


def debian_12(world):
    """Two file URLs, of which release/ has gone to archive/, and the server
    sends everybody on to a mirror."""
    name = "debian-12.5.0-amd64-netinst.iso"
    path = "cdimage/archive/12.5.0/amd64/iso-cd"
    torrent = WebTorrent(world, name, 12 * MIB + 5, piece_length=262144)
    mirror = Nginx(world, place(world, torrent, path))
    front = Nginx(world, world.new_folder("www"), f"location /cdimage/archive/ {{ return 302 {mirror.url}$request_uri; }}")
    torrent.set_seeds(url_list=[f"{front.url}/{path.replace('archive', 'release')}/{name}", f"{front.url}/{path}/{name}"])
    get(world, torrent)
    statuses = [line["status"] for line in front.log()]
    expect(statuses.count("404") == 1, f"release/ was asked {statuses.count('404')} times")
    expect(statuses.count("302") <= 2, f"the redirect was asked for {statuses.count('302')} times")
    mirror.must_have_sent(torrent.length)


def seed_dies_and_peer_comes(world):
    torrent = WebTorrent(world, "late help", 6 * MIB + 5)
    server, taker = Nginx(world, place(world, torrent, "x"), "limit_rate 1m;"), Freshet(world)
    torrent.set_seeds(url_list=[server.url + "/x/"])
    other = Libtorrent(world)
    other.seed(torrent, torrent.write_files())
    taker.fetch(torrent, world.new_folder("taken"))
    wait_until(lambda: server.sent() > 0, 30, "the first answer")
    server.process.kill()
    taker.process.stop()
    taker.fetch(torrent, taker.folder, peers=[other])
    taker.wait_complete(torrent)


def beside_peers(world):
    """Both are slow: with both it is faster than with either, and neither is
    left out."""
    torrent = WebTorrent(world, "together", 16 * MIB + 5, piece_length=65536)
    server = Nginx(world, place(world, torrent, "x"), "limit_rate 1m;")
    torrent.set_seeds(url_list=[server.url + "/x/"])
    peer = Libtorrent(world)
    peer.seed(torrent, torrent.write_files(), up=2 * MIB)
    get(world, torrent, peers=[peer])
    expect(server.sent() > torrent.length // 10, f"the web seed sent {server.sent()} bytes only")
    expect(peer.uploaded() > torrent.length // 10, f"the peer sent {peer.uploaded()} bytes only")
    expect(server.sent() + peer.uploaded() < torrent.length * 5 // 4,
           f"{server.sent()} and {peer.uploaded()} bytes were sent for {torrent.length}")


def silent_seed(world):
    """A server that takes connections and says nothing holds nothing up: a
    slow peer gets what it was asked for."""
    torrent = WebTorrent(world, "silence", 3 * MIB + 5, piece_length=65536)
    with socket.create_server((world.new_address(), world.new_port())) as deaf:
        ip, port = deaf.getsockname()
        torrent.set_seeds(url_list=[f"http://{ip}:{port}/x", f"http://{ip}:{port}/y"])
        peer = Libtorrent(world)
        peer.seed(torrent, torrent.write_files(), up=MIB)
        started = time.monotonic()
        get(world, torrent, peers=[peer])
        expect(time.monotonic() - started < 20, f"it took {time.monotonic() - started:.1f} s")


def over_ipv6(world):
    if not has_ipv6():
        skip("this system has no IPv6")
    world.network = NETWORK_6
    torrent = WebTorrent(world, "six", 2 * MIB + 5)
    server = Nginx(world, place(world, torrent, "x"))
    torrent.set_seeds(url_list=[server.url + "/x/"])
    taker = get(world, torrent)
    expect({line["who"] for line in server.log()} == {taker.ip}, "requests came from another address than the bound one")


def internet_sends_nobody_home(world):
    """A public server that sends us to an address of a private network is not
    obeyed; one that stays on the Internet is."""
    for ip in (PUBLIC, "203.0.113.8"):
        subprocess.run(["ip", "addr", "replace", f"{ip}/32", "dev", "lo"], check=True)
    torrent = WebTorrent(world, "home.bin", 3 * MIB + 5)
    root = place(world, torrent, "x")
    home, mirror = Nginx(world, root), Nginx(world, root, ip="203.0.113.8")
    public = Nginx(world, world.new_folder("www"), ip=PUBLIC, directives=f"""
      location /bad/ {{ rewrite ^/bad/(.*) {home.url}/x/$1 redirect; }}
      location /good/ {{ rewrite ^/good/(.*) {mirror.url}/x/$1 redirect; }}""")
    torrent.set_seeds(url_list=[f"{public.url}/bad/", f"{public.url}/good/"])
    get(world, torrent)
    expect(any(line["uri"].startswith("/bad/") for line in public.log()), "the bad one was never asked")
    expect(not home.log(), f"a machine at home was asked: {home.log()}")
    mirror.must_have_sent(torrent.length)


def make_certificate(world, ip):
    """Signed by itself. Returns: the path of its .pem and .key without these"""
    path = world.path(f"certificate-{ip}")
    subprocess.run([need("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=nobody",
                    "-addext", f"subjectAltName=IP:{ip}", "-keyout", path + ".key", "-out", path + ".pem"],
                   check=True, stderr=subprocess.DEVNULL)
    return path


def over_tls(world):
    """HTTP/2, which has many requests on one connection."""
    torrent = WebTorrent(world, "tls.bin", 24 * MIB + 5, piece_length=262144)
    ip = world.new_address()
    certificate = make_certificate(world, ip)
    server = Nginx(world, place(world, torrent, "x"), ip=ip, tls=certificate)
    torrent.set_seeds(url_list=[server.url + "/x/"])
    # For Freshet alone, the server's certificate is the one that the system trusts.
    trusting = world.path("trusting")
    with open(trusting, "w") as f:
        f.write(f"""#!/bin/sh
exec unshare -m sh -c 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"' {certificate}.pem {world.cli} "$@"
""")
    os.chmod(trusting, 0o755)
    if subprocess.run(["unshare", "-m", "mount", "--bind", certificate + ".pem", "/etc/ssl/certs/ca-certificates.crt"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        skip("this system allows no mount namespaces (unshare -m)")
    world.cli = trusting
    get(world, torrent)
    server.must_have_sent(torrent.length)
    expect({line["protocol"] for line in server.log()} == {"HTTP/2.0"}, "it was not HTTP/2")


def false_certificate(world):
    torrent = WebTorrent(world, "tls.bin", 2 * MIB + 5)
    key = make_certificate(world, world.new_address())
    root = place(world, torrent, "x")
    false, true = Nginx(world, root, tls=key), Nginx(world, root)
    torrent.set_seeds(url_list=[false.url + "/x/", true.url + "/x/"])
    get(world, torrent)
    expect(not false.log(), "a server with a false certificate was asked for something")


def limit_is_kept(world):
    torrent = WebTorrent(world, "limited", 4 * MIB, piece_length=65536)
    server = Nginx(world, place(world, torrent, "x"))
    torrent.set_seeds(url_list=[server.url + "/x/"])

    def seconds():
        started = time.monotonic()
        get(world, torrent, down=MIB)
        return time.monotonic() - started
    takes("4 MiB at 1 MiB a second", seconds, 3.7, 5.5)


CASES = {function.__name__.replace("_", "-"): function for function in (
    folder_of_files, single_file, debian_11, debian_12, seed_dies_and_peer_comes, beside_peers, silent_seed, over_ipv6,
    internet_sends_nobody_home, over_tls, false_certificate, limit_is_kept)}


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(CASES))
        return 0
    if len(sys.argv) != 2 or sys.argv[1] not in CASES:
        print("usage: webseeds.py --list | CASE", file=sys.stderr)
        return 2
    enter_network()
    started = time.monotonic()
    try:
        with World() as world:
            CASES[sys.argv[1]](world)
    except Failure as failure:
        print(f"FAILED after {time.monotonic() - started:.1f} s: {failure}", file=sys.stderr)
        return 1
    print(f"ok after {time.monotonic() - started:.1f} s")
    return 0


sys.exit(main())
