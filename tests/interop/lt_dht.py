# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DHT nodes of libtorrent in one process, each at an address of its own; the
first one may have a torrent. They write how they are into a status file."""
import argparse
import json
import os
import select
import signal
import sys
import time

import libtorrent

parser = argparse.ArgumentParser()
parser.add_argument("--listen", action="append", required=True, metavar="IP:PORT", help="one node each")
parser.add_argument("--bootstrap", action="append", default=[], metavar="IP:PORT")
parser.add_argument("--status", required=True)
parser.add_argument("--torrent", help="a file or a magnet link, for the first node")
parser.add_argument("--folder")
parser.add_argument("--seed", action="store_true", help="the files are there and right")
parser.add_argument("--lsd", action="store_true")
parser.add_argument("--no-dht", action="store_true")
options = parser.parse_args()

PLAINTEXT_ONLY = 2


def split(endpoint):
    ip, _, port = endpoint.rpartition(":")
    return ip.strip("[]"), int(port)


def make(endpoint):
    # One network of private addresses has all of them, which on the Internet would be an attack.
    session = libtorrent.session({
        "listen_interfaces": endpoint, "outgoing_interfaces": split(endpoint)[0],
        "enable_dht": not options.no_dht, "enable_lsd": options.lsd, "enable_upnp": False, "enable_natpmp": False,
        "dht_bootstrap_nodes": "", "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False,
        "dht_ignore_dark_internet": False, "dht_enforce_node_id": False, "dht_prefer_verified_node_ids": False,
        "dht_announce_interval": 5, "dht_block_ratelimit": 1000,
        "enable_incoming_utp": False, "enable_outgoing_utp": False,
        "in_enc_policy": PLAINTEXT_ONLY, "out_enc_policy": PLAINTEXT_ONLY,
        "min_reconnect_time": 1, "alert_mask": libtorrent.alert.category_t.dht_notification,
    })
    for node in options.bootstrap + options.listen:
        if node != endpoint and not options.no_dht:
            session.add_dht_node(split(node))
    return session


def add_torrent(session):
    if options.torrent.startswith("magnet:"):
        parameters = libtorrent.parse_magnet_uri(options.torrent)
    else:
        parameters = libtorrent.add_torrent_params()
        parameters.ti = libtorrent.torrent_info(options.torrent)
    parameters.save_path = options.folder
    parameters.flags &= ~(libtorrent.torrent_flags.auto_managed | libtorrent.torrent_flags.paused)
    if options.seed:
        parameters.flags |= libtorrent.torrent_flags.seed_mode
    return session.add_torrent(parameters)


sessions = [make(endpoint) for endpoint in options.listen]
torrent = add_torrent(sessions[0]) if options.torrent else None
peers, ended, write_at = 0, [], 0
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
alerts_come, alerts_went = os.pipe()
os.set_blocking(alerts_come, False)
for session in sessions:
    session.set_alert_fd(alerts_went)
while not ended:
    if select.select([alerts_come], [], [], 0.05)[0]:
        os.read(alerts_come, 4096)
    for session in sessions:
        for alert in session.pop_alerts():
            peers += isinstance(alert, libtorrent.dht_announce_alert)
    if time.monotonic() < write_at:
        continue
    write_at = time.monotonic() + 0.1
    status = {"nodes": [session.status().dht_nodes for session in sessions], "announces": peers}
    if torrent is not None:
        now = torrent.status()
        if now.errc.value():
            sys.exit(now.errc.message())
        status.update(seeding=now.is_seeding, peers=now.num_peers)
    with open(options.status + ".new", "w") as f:
        json.dump(status, f)
    os.rename(options.status + ".new", options.status)
