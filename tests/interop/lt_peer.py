# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A libtorrent peer as a process: holds one torrent until it is told to end,
and writes what it has done into a status file."""
import argparse
import json
import os
import signal
import sys

import libtorrent

parser = argparse.ArgumentParser()
parser.add_argument("torrent")
parser.add_argument("folder")
parser.add_argument("--listen", required=True, metavar="IP:PORT")
parser.add_argument("--status", required=True)
parser.add_argument("--peer", action="append", default=[], metavar="IP:PORT")
parser.add_argument("--no-tracker", action="store_true")
parser.add_argument("--seed", action="store_true", help="the files are there and right")
parser.add_argument("--up", type=int, default=0, help="bytes a second")
parser.add_argument("--down", type=int, default=0, help="bytes a second")
options = parser.parse_args()

PLAINTEXT_ONLY = 2
session = libtorrent.session({
    "listen_interfaces": options.listen,
    "outgoing_interfaces": options.listen.rpartition(":")[0].strip("[]"),
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "allow_multiple_connections_per_ip": True,
    "enable_incoming_utp": False, "enable_outgoing_utp": False,
    "in_enc_policy": PLAINTEXT_ONLY, "out_enc_policy": PLAINTEXT_ONLY,
    "min_reconnect_time": 1,
    "min_announce_interval": 1,
    "upload_rate_limit": options.up, "download_rate_limit": options.down,
})
if options.up or options.down:
    # Peers of a private network are not limited otherwise.
    classes = libtorrent.ip_filter()
    classes.add_rule("0.0.0.0", "255.255.255.255", 1 << libtorrent.session.global_peer_class_id)
    session.set_peer_class_filter(classes)

parameters = libtorrent.add_torrent_params()
parameters.ti = libtorrent.torrent_info(options.torrent)
parameters.save_path = options.folder
parameters.flags &= ~(libtorrent.torrent_flags.auto_managed | libtorrent.torrent_flags.paused)
if options.no_tracker:
    parameters.trackers = []
    parameters.flags |= libtorrent.torrent_flags.override_trackers
if options.seed:
    parameters.flags |= libtorrent.torrent_flags.seed_mode
torrent = session.add_torrent(parameters)
for peer in options.peer:
    ip, _, port = peer.rpartition(":")
    torrent.connect_peer((ip.strip("[]"), int(port)))

ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
while not ended:
    session.wait_for_alert(50)
    session.pop_alerts()
    status = torrent.status()
    if status.errc.value():
        sys.exit(status.errc.message())
    with open(options.status + ".new", "w") as f:
        json.dump({"seeding": status.is_seeding, "uploaded": status.total_payload_upload,
                   "downloaded": status.total_payload_download, "peers": status.num_peers}, f)
    os.rename(options.status + ".new", options.status)
