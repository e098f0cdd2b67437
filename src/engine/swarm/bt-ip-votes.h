/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/* Voters that are remembered for one family. */
#define BT_IP_VOTES_MAX 32u

typedef struct
{
  BtAddr voter;
  BtAddr vote;
} BtIpVote;

/**
 * BtIpVotes:
 *
 * Which address others see us at (BEP 10's yourip, BEP 24). Nobody is
 * believed alone: an address counts when most of the last voters agree, and
 * a host has one vote.
 */
typedef struct
{
  BtIpVote votes[2][BT_IP_VOTES_MAX]; /* IPv4, IPv6: the latest */
  guint n[2];
  guint next[2];
  BtAddr winner[2];
} BtIpVotes;

void          bt_ip_votes_add (BtIpVotes *self, const BtAddr *voter, const BtAddr *vote);
/* (nullable): our address, port 0; NULL while nobody knows */
const BtAddr *bt_ip_votes_get (const BtIpVotes *self, BtAddrFamily family);

G_END_DECLS
