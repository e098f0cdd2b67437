/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-allowed-fast.h"
#include "bt-announcer-private.h"
#include "bt-blame.h"
#include "bt-choker.h"
#include "bt-disk-jobs.h"
#include "bt-ext.h"
#include "bt-file-set.h"
#include "bt-known-peers.h"
#include "bt-layout.h"
#include "bt-metadata.h"
#include "bt-move.h"
#include "bt-peer.h"
#include "bt-picker.h"
#include "bt-requests.h"
#include "bt-rivals.h"
#include "bt-session-private.h"
#include "bt-torrent.h"
#include "bt-verify.h"

G_BEGIN_DECLS

typedef struct _BtLink BtLink;

/* One connected peer as the torrent sees it: the connection and both sides'
 * view of pieces and chokes. */
struct _BtLink
{
  BtTorrent *torrent;
  BtPeer *peer;
  BtKnownPeer *known;
  guint32 id;              /* the known peer's, for picker and blame */
  BtCaps caps;
  guint8 peer_id[BT_PEER_ID_LENGTH];
  gboolean connecting;     /* counts as half open */
  gboolean useful;         /* a block was exchanged */

  guint32 fast_from_us[BT_ALLOWED_FAST_COUNT]; /* pieces it may have while choked */
  guint n_fast_from_us;
  guint64 fast_bytes;      /* asked for while choked */
  BtBitfield fast_to_us;   /* pieces we may have while choked; no bytes until told */
  guint32 suggested;       /* a piece it would rather send, or G_MAXUINT32 */
  gint64 rejected_until;   /* after a reject it is left alone for a while */
  gboolean told_ours;      /* it knows what we have */

  GPtrArray *early;        /* messages about its pieces that came before the metadata; NULL none */
  guint n_unasked_metadata; /* pieces of metadata that nobody wanted */
  GArray *metadata_asked;  /* of guint32: pieces that it waits for; NULL none */
  guint64 metadata_sent;   /* bytes */

  BtBitfield shown;        /* super-seeding: pieces it was told of; no bytes otherwise */
  GArray *offers;          /* of guint32: the ones of them that it does not have */

  GHashTable *pex_sent;    /* of BtAddr: what it knows from us */
  gint64 next_pex;
  gint64 pex_window;       /* when the minute of @pex_count began */
  guint pex_count;

  BtBitfield pieces;       /* that the peer has; empty (no bytes) until told, and with has_all */
  gboolean has_all;
  gboolean told_pieces;    /* bitfield, have all or have none came */
  guint n_told;            /* how often */
  guint32 n_wanted;        /* pieces it has that we want */

  gboolean we_choke;
  gboolean we_want;
  gboolean they_choke;
  gboolean they_want;
  gboolean upload_only;

  BtRequests requests;     /* ours to it */
  BtRequests cancelled;    /* cancels that BEP 6 has it answer by the block or a reject */
  guint32 current;         /* the piece it is busy with, or G_MAXUINT32 */
  guint8 *spare;           /* where a block goes that others were asked for too; NULL until then */
  guint64 idle_at;         /* one more than the picker's generation when it had nothing for us */
  guint64 duplicate_bytes; /* sent though nobody asked */

  BtRequests asked;        /* its requests to us */
  BtReadJob *reading;      /* blocks on their way from the disk */

  gboolean waits_to_read;  /* for budget */
  BtExtHandshake ext;      /* what its extension handshakes said, together */
  guint n_ports;           /* where it said that it listens */
  gboolean optimistic;
  gint64 changed_at;       /* when we last choked or unchoked it */
  gint64 opened_at;
  guint64 turn_start;      /* bytes sent to it when its turn began */
  guint32 salt;
};

struct _BtTorrent
{
  GObject parent_instance;

  BtSession *session;      /* NULL after removal */
  guint8 info_hash[BT_SHA1_LENGTH];
  BtMagnet *magnet;        /* the link it was added with, or NULL */
  BtMetadata *metadata;    /* while it is fetched; NULL before and after */
  gboolean ask_first;      /* a person has still to say yes */
  guint n_tried;
  BtMetainfo *metainfo;    /* NULL until the metadata is here; then so are the next, but for the folder */
  BtLayout *layout;
  char *folder;
  BtFileSet *files;
  BtPicker *picker;
  BtBlame blame;
  BtKnownPeers known;
  BtAnnouncer *announcer;
  gboolean was_dozing;     /* somebody wants it, and it is not back online yet */
  guint n_resolving;       /* names of peers that are being looked up */

  GPtrArray *links;        /* of BtLink */
  BtRivals rivals;
  gboolean rivals_changed; /* they are not those of @links any more */
  GPtrArray *webseeds;     /* private to bt-torrent-webseed.c */
  gboolean released;       /* blocks that were asked for are open again */
  guint n_disk;            /* all disk jobs that point to us */

  BtTorrentState state;
  gboolean running;        /* not paused by a person */
  gboolean checked;        /* what is on disk is known */
  gint64 completed_at;     /* loop time when the last piece came, 0 when that was before */
  gboolean trusted;        /* all of it is right, we were told */
  gboolean offline;        /* only the data counts, nobody is told or asked */
  gboolean finishing;
  gboolean finish_again;   /* once what was kept aside is in its place */
  guint n_unskips;         /* jobs that bring that in */
  BtMove *move;            /* the files are on their way to another folder */
  GTask *move_task;        /* of who asked for that; NULL: the files are complete and go to @done_folder */
  char *pending_move;      /* to where; waits for word of neighbours; NULL */
  BtFilesJob *pending_rename; /* the same */
  GTask *remove_task;      /* waits for @move to end */
  char *done_folder;
  gboolean waits_for_space; /* the disk is full; it starts again by itself */
  gboolean gives_on;        /* ... and meanwhile peers get what is here: only in the state ERROR */
  gint64 space_retry;      /* not earlier than this */
  guint space_tries;       /* in a row */
  gboolean has_moved;      /* in this session */
  gboolean settle;         /* complete, and waits for @move */
  gboolean changing_files; /* they are being renamed or removed */
  guint run;               /* counts up at every stop: what the disk says of an earlier run is no news */
  BtVerify *verify;
  GError *error;
  char *error_file;

  BtRate down;
  BtRate up;
  BtBudget down_budget;
  BtBudget up_budget;
  guint n_waiting;         /* links that wait for budget to read */
  guint64 wasted;
  guint64 verified_bytes;  /* real bytes of verified pieces */
  guint64 wanted_bytes;    /* of files that are wanted */
  guint64 wanted_verified; /* ... and verified */
  gboolean super_seed;     /* where it helps */
  guint16 *n_shown;        /* super-seeding, by piece: peers it was shown to; NULL before */
  guint8 *file_priority;   /* by file: BtPriority; NULL while all are normal */
  gboolean ends_first;     /* the first and last piece of each file come first */
  gint64 next_choke;
  guint choke_round;
  gint64 next_presence;

  gboolean sequential;
  guint32 pieces_checked;  /* at the last start */
  guint64 active_time;     /* microseconds */
  guint64 seeding_time;
  gint64 counted_at;       /* when they were last counted; 0 while it is stopped */
  guint64 counted_down;
  guint64 counted_up;
  gint64 finished_at;      /* seconds since 1970; 0 not yet */
  gint64 last_active;      /* when payload was last exchanged */

  gboolean saves_resume;   /* somebody wants records of it */
  BtResume *resume;        /* the latest, or the one it was added with; NULL none */
  gboolean resume_is_now;  /* ... and nothing was written after it */
  gint64 running_since;    /* seconds since 1970; see bt_file_set_compare() */
  gboolean accept_gone;    /* somebody was told that files are gone, and starts it all the same */
  gboolean pieces_changed; /* since the last record */
  gboolean choices_changed;
  guint64 saved_down;      /* totals in it */
  guint64 saved_up;
  gint64 last_save;
  gint64 save_began;
  gint64 save_took;        /* microseconds that the files took to be given to the disk */
  gboolean saving;         /* files are being given to the disk for a record */
  BtBitfield saving_have;  /* pieces that it will claim; no bytes otherwise */
  gint64 saving_at;
  gboolean last_is_due;    /* a record for when all that is under way has ended */
  GArray *kept;            /* of BtResumePartial: blocks in the file at @blocks_path */
  gboolean keeping;        /* blocks are on their way to or from it */
  gboolean forget_kept;    /* ... and it goes when they are there */
  gboolean brought_back;   /* they are in memory too, or were */
  gboolean waits_for_kept; /* ... before it can go on downloading */
  char *blocks_path;
};

/* bt-torrent.c */
/* One of @metainfo and @magnet may be NULL. */
BtTorrent *bt_torrent_new           (BtSession *session, BtMetainfo *metainfo, BtMagnet *magnet, const BtTorrentOptions *options);
void       bt_torrent_set_state     (BtTorrent *self, BtTorrentState state);
/* Stops with an error. @error: (transfer full); @file: index or -1 */
void       bt_torrent_fail          (BtTorrent *self, GError *error, int file);
/* ... that puts nothing in doubt that is on disk. */
void       bt_torrent_fail_checked  (BtTorrent *self, GError *error, int file);
void       bt_torrent_tick          (BtTorrent *self, gint64 now);
/* Everything of it stops; goodbyes to trackers may still be under way. */
void       bt_torrent_shutdown      (BtTorrent *self);
/* @patient: announces other than goodbyes are waited for too */
gboolean   bt_torrent_is_quiet      (BtTorrent *self, gboolean patient);
gboolean   bt_torrent_is_active     (BtTorrent *self); /* DOWNLOADING, SEEDING, or ERROR with what is here given on */
gboolean   bt_torrent_is_online     (BtTorrent *self); /* active, or METADATA: it looks for peers */
/* What the metainfo says is in it; @self->metainfo is set. */
void       bt_torrent_set_up        (BtTorrent *self);

/* It goes, or dozes: its announcer goes on without it. */
void       bt_torrent_let_go_of_announcer (BtTorrent *self);

/* Somebody may want to keep the record. */
void       bt_torrent_emit_resume   (BtTorrent *self, GBytes *record, gboolean clean);

/* bt-torrent-resume.c */
void       bt_torrent_use_resume    (BtTorrent *self, GBytes *bytes, gint64 running_since);
void       bt_torrent_tick_resume   (BtTorrent *self, gint64 now);
/* A record now: what was written is given to the disk first. */
void       bt_torrent_save_resume   (BtTorrent *self);
/* ... of a seed: it says that nothing is written any more. */
void       bt_torrent_save_clean    (BtTorrent *self);
/* The last one of a run, when nothing is under way any more. */
void       bt_torrent_maybe_save_last (BtTorrent *self);
/* Returns: (transfer full) (nullable): a record that tells which pieces have to be checked */
BtResume  *bt_torrent_ref_resume_to_compare (BtTorrent *self);

/* bt-torrent-keep.c */
/* Lets go of all unfinished pieces, after keeping what is there of them. */
void       bt_torrent_keep_partials (BtTorrent *self);
/* Returns: whether bt_torrent_become_active() has to wait, and will be called again */
gboolean   bt_torrent_bring_back_partials (BtTorrent *self);
/* They are of no use any more. */
void       bt_torrent_forget_kept   (BtTorrent *self);

/* bt-torrent-files.c */
void       bt_torrent_check_files   (BtTorrent *self);
/* What is on disk is known. */
void       bt_torrent_become_active (BtTorrent *self);
void       bt_torrent_finish_files  (BtTorrent *self);
void       bt_torrent_check_presence (BtTorrent *self);
void       bt_torrent_unskip_file   (BtTorrent *self, guint file);
void       bt_torrent_remove_parts  (BtTorrent *self);
void       bt_torrent_close_files   (BtTorrent *self);
/* All that is wanted is where it belongs. */
void       bt_torrent_settled       (BtTorrent *self);
guint64    bt_torrent_real_bytes    (BtTorrent *self, guint32 piece);
void       bt_torrent_set_have      (BtTorrent *self, guint32 piece);

/* bt-torrent-lost.c */
/* A file that nobody wants has gone, and what was had of it: the peers are told. */
void       bt_torrent_lose_file     (BtTorrent *self, guint file);

/* bt-torrent-own.c */
/**
 * bt_torrent_dup_own_path:
 * @folder: (nullable): it is of what is there; without, of the torrent wherever its files are
 * @kind: the ending of its name
 *
 * A file of the program's own, outside of the person's folder. Its name has the
 * info-hash in it, and one in @folder a digest of that: another process may have
 * the same torrent in another folder. What has the info-hash alone, the blocks
 * and the note of a move, is of torrents whose record is kept: one session has a
 * hash once, and one process at a time has the library, so nobody else writes it.
 */
char      *bt_torrent_dup_own_path  (BtTorrent *self, const char *folder, const char *kind);
/* Moves are noted from now on; only who keeps the torrent's record has use for that. */
void       bt_torrent_make_note     (BtTorrent *self);
/* It goes for good, and its files stay: nothing else is kept of it. */
void       bt_torrent_tidy          (BtTorrent *self);

/* bt-torrent-place.c */
/* The file set of this folder, with what is not wanted; takes the place of the one before. */
void       bt_torrent_make_files    (BtTorrent *self);
void       bt_torrent_use_placement (BtTorrent *self, const BtPlacement *place);
/* @place: one of this torrent, which is replaced */
void       bt_torrent_get_placement (BtTorrent *self, BtPlacement *place);
/* Complete files go to their folder. Returns: whether they have to be waited for */
gboolean   bt_torrent_go_to_done_folder (BtTorrent *self);
/* The files have been found in another folder. */
void       bt_torrent_found_elsewhere (BtTorrent *self);

/* They have been waited for. */
void       bt_torrent_begin_move    (BtTorrent *self);
void       bt_torrent_begin_rename  (BtTorrent *self);
/* They will not be begun: the torrent leaves its session. */
void       bt_torrent_forget_pending (BtTorrent *self);

/* bt-torrent-neighbours.c */
/* Adds the absolute paths of what other torrents of the session have where this one's files are. */
void       bt_torrent_list_shared   (BtTorrent *self, GHashTable *paths);
/* Then @pending_move or @pending_rename begins, at once or later. */
void       bt_torrent_ask_neighbours (BtTorrent *self);
/* Files were moved or renamed; some stayed as well. */
void       bt_torrent_tell_shared   (BtTorrent *self);
gboolean   bt_torrent_emit_ask_neighbours (BtTorrent *self);
void       bt_torrent_emit_files_shared (BtTorrent *self, guint n);

/* bt-torrent-choice.c */
/* @priorities: one a file: BtFilePriority. Before anything is under way. */
void       bt_torrent_set_priorities (BtTorrent *self, const guint8 *priorities);
/* A link's "so", and what was chosen before there was a metainfo. */
void       bt_torrent_apply_choice  (BtTorrent *self);
/* What is wanted or missing has changed: it is asked for, or all is there. */
void       bt_torrent_want_again    (BtTorrent *self);
guint64    bt_torrent_wanted_bytes  (BtTorrent *self, guint32 piece);

/* bt-torrent-connect.c */
void       bt_torrent_connect_more  (BtTorrent *self, gint64 now);
gboolean   bt_torrent_accept        (BtTorrent *self, BtPeer *peer, const BtHandshake *theirs);

/* bt-torrent-peers.c */
extern const BtPeerHost bt_link_host;
/* The handshakes are through. Returns: FALSE when that was the end of it */
gboolean   bt_link_begin            (BtLink *self, const BtHandshake *theirs);
void       bt_link_closed           (BtPeer *peer, const GError *error, gpointer data);
/* Tells those who do not know it yet what we have. */
void       bt_torrent_greet_links   (BtTorrent *self);
void       bt_torrent_close_links   (BtTorrent *self);
void       bt_torrent_tick_links    (BtTorrent *self, gint64 now);
gboolean   bt_link_has              (const BtLink *self, guint32 piece);
gboolean   bt_link_is_seed          (const BtLink *self);
const BtRivals *bt_torrent_get_rivals (BtTorrent *self);
void       bt_link_update_interest  (BtLink *self);
void       bt_torrent_count_wanted  (BtTorrent *self);
void       bt_link_lost_piece       (BtLink *self, guint32 piece);
void       bt_torrent_tell_have     (BtTorrent *self, guint32 piece);

/* bt-session-blocklist.c: bt_known_peers_add() for who is not blocked */
BtKnownPeer *bt_torrent_learn_peer  (BtTorrent *self, const BtAddr *addr, BtPeerSource source);

/* bt-torrent-transfer.c */
void       bt_link_request          (BtLink *self);
void       bt_torrent_request_all   (BtTorrent *self);
void       bt_link_drop_requests    (BtLink *self);
guint8    *bt_link_block_begin      (BtPeer *peer, const BtBlock *block, gpointer data);
guint      bt_link_expect           (BtPeer *peer, BtBlock *blocks, guint8 **places, guint most, gpointer data);
void       bt_link_block_end        (BtPeer *peer, const BtBlock *block, guint8 *bytes, gpointer data);
/* A whole block from elsewhere than a link (a web seed), copied from @bytes.
 * @from: whom to blame, as a known peer's id */
void       bt_torrent_got_block     (BtTorrent *self, const BtBlock *block, guint32 from, const guint8 *bytes);
void       bt_link_rejected         (BtLink *self, const BtBlock *block);
void       bt_link_cancel           (BtLink *self, const BtBlock *block);
/* All that was asked of anybody. */
void       bt_torrent_cancel_requests (BtTorrent *self);
void       bt_torrent_drop_partials (BtTorrent *self);
void       bt_torrent_ban           (BtTorrent *self, guint32 peer);

/* bt-torrent-steal.c */
guint      bt_link_steal            (BtLink *self, guint most);

/* bt-torrent-upload.c */
void       bt_link_asked            (BtLink *self, const BtBlock *block);
void       bt_link_cancelled        (BtLink *self, const BtBlock *block);
/* Sends what it asked for as fast as the socket takes it; under a limit the
 * budget's timer does. */
void       bt_link_fill             (BtLink *self);
/* Sends about @most bytes, a block at the least. Returns: whether anything went */
gboolean   bt_link_fill_some        (BtLink *self, gsize most);
void       bt_link_set_choke        (BtLink *self, gboolean choke, gint64 now);
void       bt_torrent_run_choker    (BtTorrent *self, gint64 now);
guint      bt_torrent_slots         (BtTorrent *self);
guint      bt_torrent_n_unchoked    (BtTorrent *self);

/* bt-torrent-budget.c */
gsize      bt_link_may_read         (BtPeer *peer, gpointer data);
void       bt_link_did_read         (BtPeer *peer, gsize bytes, gpointer data);
gboolean   bt_torrent_limits_up     (BtTorrent *self);
void       bt_torrent_spend_budget  (BtTorrent *self);

/* bt-torrent-extension.c */
void       bt_link_send_extensions  (BtLink *self);
/* What we say of ourselves is other than it was: all peers are told again (BEP 10 allows it). */
void       bt_torrent_send_extensions (BtTorrent *self);
/* The session has another port. */
void       bt_torrent_moved         (BtTorrent *self);
void       bt_link_extended         (BtLink *self, const BtWireMessage *message);
void       bt_torrent_tell_upload_only (BtTorrent *self);
/* @voter says that we are at @seen. */
void       bt_torrent_learn_address (BtTorrent *self, const BtAddr *voter, const BtAddr *seen);

/* bt-torrent-bare.c: links of a torrent that has no metainfo */
extern const BtPeerHost bt_bare_link_host;
const BtPeerHost *bt_torrent_link_host (BtTorrent *self);
/* There is a metainfo now: it becomes a link like others. */
void       bt_link_settle           (BtLink *self);

/* bt-torrent-metadata.c */
/* It may have metadata for us: asks for it. */
void       bt_link_ask_metadata     (BtLink *self);
void       bt_link_got_metadata     (BtLink *self, const BtExtMetadata *message);
void       bt_torrent_begin_metadata (BtTorrent *self);
void       bt_torrent_tick_metadata (BtTorrent *self, gint64 now);
/* The torrent has none yet, and this is the right one. */
void       bt_torrent_take_metainfo (BtTorrent *self, BtMetainfo *metainfo);
void       bt_torrent_tell_place_changed (BtTorrent *self);
void       bt_torrent_tell_trackers_changed (BtTorrent *self);
void       bt_torrent_tell_metadata_ready (BtTorrent *self);

/* bt-session-magnet.c: peers that the link names are tried now */
void       bt_torrent_learn_link_peers (BtTorrent *self, BtMagnet *magnet);

/* bt-torrent-metadata-give.c */
/* Bytes of the metadata that we give to others; 0 for none. */
guint32    bt_torrent_metadata_size (BtTorrent *self);
void       bt_link_extended_metadata (BtLink *self, const BtWireMessage *message);
void       bt_link_fill_metadata    (BtLink *self);

/* bt-torrent-superseed.c */
gboolean   bt_torrent_wants_super_seeding (BtTorrent *self);
void       bt_link_offer_pieces     (BtLink *self);
void       bt_link_super_seed_have  (BtLink *self, guint32 piece);
void       bt_torrent_tick_super_seeding (BtTorrent *self);
void       bt_link_begin_super_seeding (BtLink *self);
void       bt_link_end_super_seeding (BtLink *self);

/* bt-torrent-fast.c */
void       bt_link_offer_fast       (BtLink *self);
gboolean   bt_link_may_ask_choked   (BtLink *self, const BtBlock *block);
void       bt_link_allowed_fast     (BtLink *self, guint32 piece);
void       bt_link_suggested        (BtLink *self, guint32 piece);

/* bt-torrent-pex.c */
/* Not when it is switched off, and never in a private torrent (BEP 27). */
gboolean   bt_torrent_exchanges_peers (BtTorrent *self);
void       bt_link_got_pex          (BtLink *self, const BtWireMessage *message);
void       bt_link_tick_pex         (BtLink *self, gint64 now);

/* bt-torrent-webseed.c */
/* Returns: (transfer full): none */
GPtrArray *bt_torrent_new_webseeds  (void);
void       bt_torrent_init_webseeds (BtTorrent *self);
void       bt_torrent_tick_webseeds (BtTorrent *self, gint64 now);
/* Gives idle ones something to do. */
void       bt_torrent_run_webseeds  (BtTorrent *self);
/* Gives back what was asked of them; safe in any state. */
void       bt_torrent_stop_webseeds (BtTorrent *self);
/* Those that waited for budget go on. */
void       bt_torrent_resume_webseeds (BtTorrent *self);
/* Nothing is asked of it any more, if @id is a web seed's. */
void       bt_torrent_ban_webseed   (BtTorrent *self, guint32 id);
/* Returns: the id of one that can send @piece, or 0 */
guint32    bt_torrent_choose_webseed (BtTorrent *self, guint32 piece);
/* How many work. */
guint      bt_torrent_count_webseeds (BtTorrent *self);

/* bt-torrent-announce.c */
/* @names: of char *, "host:port" */
void       bt_torrent_resolve_peers (BtTorrent *self, GPtrArray *names);
void       bt_torrent_announce_start (BtTorrent *self, gint64 now);
void       bt_torrent_announce_complete (BtTorrent *self);
guint64    bt_torrent_bytes_left    (BtTorrent *self);

/* bt-torrent-dht.c */
void       bt_torrent_dht_start     (BtTorrent *self);
void       bt_torrent_dht_found     (BtTorrent *self, const BtAddr *peers, guint n_peers);
/* A peer that was given by hand or by a link has a node too, most likely. */
void       bt_torrent_dht_offer     (BtTorrent *self, const BtAddr *addr);
/* Are peers looked for in other ways than by the torrent's own trackers? */
gboolean   bt_torrent_is_sought     (BtTorrent *self);
/* BEP 5's PORT message, to who says that it has a node, and from it. */
void       bt_link_send_dht_port    (BtLink *self);
void       bt_link_got_dht_port     (BtLink *self, guint16 port);

/* bt-torrent-trackers.c */
/* Adds those that it has not. Returns: how many */
guint      bt_torrent_merge_trackers (BtTorrent *self, BtMagnet *magnet);
/* As trackers last said, or the DHT where there are none; -1 unknown. */
void       bt_torrent_get_swarm     (BtTorrent *self, gint64 *seeds, gint64 *leechers);

G_END_DECLS
