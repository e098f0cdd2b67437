# SPDX-FileCopyrightText: 2026 The Freshet authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A libtorrent peer as a process: holds one torrent until it is told to end,
and writes what it has done into a status file."""
import argparse
import collections
import json
import os
import re
import select
import signal
import sys
import time

import libtorrent

parser = argparse.ArgumentParser()
parser.add_argument("torrent", help="a file or a magnet link")
parser.add_argument("folder")
parser.add_argument("--listen", required=True, metavar="IP:PORT", help="port 0: one that is free; the status tells")
parser.add_argument("--status", required=True)
parser.add_argument("--peer", action="append", default=[], metavar="IP:PORT")
parser.add_argument("--no-tracker", action="store_true")
parser.add_argument("--seed", action="store_true", help="the files are there and right")
parser.add_argument("--up", type=int, default=0, help="bytes a second")
parser.add_argument("--down", type=int, default=0, help="bytes a second")
parser.add_argument("--super-seed", action="store_true")
parser.add_argument("--only", type=int, metavar="FILE", help="want this file alone")
parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="a setting of libtorrent's")
parser.add_argument("--watch", action="store_true", help="count messages by their names; slows it down")
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
session.apply_settings({name: int(number) for name, number in (item.split("=") for item in options.set)})
session.apply_settings({"alert_queue_size": 200000, "alert_mask": libtorrent.alert.category_t.connect_notification |
                        (libtorrent.alert.category_t.peer_log_notification if options.watch else 0)})
if options.up or options.down:
    # Peers of a private network are not limited otherwise.
    classes = libtorrent.ip_filter()
    classes.add_rule("0.0.0.0", "255.255.255.255", 1 << libtorrent.session.global_peer_class_id)
    session.set_peer_class_filter(classes)

if options.torrent.startswith("magnet:"):
    parameters = libtorrent.parse_magnet_uri(options.torrent)
else:
    parameters = libtorrent.add_torrent_params()
    parameters.ti = libtorrent.torrent_info(options.torrent, {"max_buffer_size": 64 << 20})
parameters.save_path = options.folder
parameters.flags &= ~(libtorrent.torrent_flags.auto_managed | libtorrent.torrent_flags.paused)
if options.no_tracker:
    parameters.trackers = []
    parameters.flags |= libtorrent.torrent_flags.override_trackers
if options.seed:
    parameters.flags |= libtorrent.torrent_flags.seed_mode
if options.super_seed:
    parameters.flags |= libtorrent.torrent_flags.super_seeding
if options.only is not None:
    parameters.file_priorities = [4 if i == options.only else 0 for i in range(parameters.ti.num_files())]
torrent = session.add_torrent(parameters)
for peer in options.peer:
    ip, _, port = peer.rpartition(":")
    torrent.connect_peer((ip.strip("[]"), int(port)))

messages, lost = collections.Counter(), 0       # "<== NAME" came, "==> NAME" went
said = re.compile(r"(?:<==|==>) [A-Z_]+")


def note(alert):
    global lost
    if isinstance(alert, libtorrent.peer_disconnected_alert):
        lost += 1
    elif isinstance(alert, libtorrent.peer_log_alert):
        found = said.search(alert.message())
        if found:
            messages[found.group()] += 1


ended, write_at = [], 0
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
signal.signal(signal.SIGUSR1, lambda *_: session.apply_settings({"upload_rate_limit": 0, "download_rate_limit": 0}))
# Not session.wait_for_alert(): it hands out the first alert where it lies, and the
# queue moves when the next one comes; every hundredth run crashed on that.
alerts_come, alerts_went = os.pipe()
os.set_blocking(alerts_come, False)
session.set_alert_fd(alerts_went)
while not ended:
    if select.select([alerts_come], [], [], 0.05)[0]:
        os.read(alerts_come, 4096)
    for alert in session.pop_alerts():
        note(alert)
    if time.monotonic() < write_at:
        continue
    write_at = time.monotonic() + 0.04
    # What is seen is of before or after the answer; of both it is the middle.
    asked = time.monotonic()
    status = torrent.status()
    at = (asked + time.monotonic()) / 2
    if status.errc.value():
        sys.exit(status.errc.message())
    with open(options.status + ".new", "w") as f:
        json.dump({"at": at, "port": session.listen_port(), "seeding": status.is_seeding, "finished": status.is_finished,
                   "uploaded": status.total_payload_upload, "downloaded": status.total_payload_download,
                   "peers": status.num_peers, "lost": lost, "messages": messages,
                   "from": {peer.ip[0]: peer.total_download for peer in torrent.get_peer_info()}}, f)
    os.rename(options.status + ".new", options.status)
