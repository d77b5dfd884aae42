/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shell lines by which a person repeats a check in the folder that
 * `ecart unpack` made, with coreutils, sed, jq and openssl alone; those of
 * bind.* without jq.  They may leave small files there (k.pem, s.der, ...).
 */
#ifndef RP_BY_HAND_H
#define RP_BY_HAND_H

#include "evidence/base/bytes.h"

struct rp_by_hand {
	const char *check;
	/* The kinds of the finding's inputs, in order, separated by spaces;
	 * NULL: any, the line names no input that may be missing. */
	const char *kinds;
	/* %0, %s0 and %n0 are path, first byte counted from 1, and length of
	 * input 0; %S the subject; %H the hash's program ("sha256sum"); %h
	 * ("sha256") and %R the bank and the number of the PCR that is the
	 * subject; %% one per cent sign. */
	const char *line;
};

/* In the order of the table of checks; more than one row of a check differ
 * in kinds, and the first that fits a finding is its line. */
extern const struct rp_by_hand rp_by_hand[];
extern const size_t rp_n_by_hand;

#endif
