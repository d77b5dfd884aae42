/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time-stamp tokens judged: whether a TSA that an anchor names signed each of
 * a seal's tokens over what its name says (ecart-archive(5), TIME).
 */
#ifndef RP_STAMPS_H
#define RP_STAMPS_H

#include "replay/anchors.h"
#include "replay/check.h"
#include "replay/seal.h"

struct rp_stamp {
	enum rp_outcome outcome;
	char reason[RP_REASON_MAX]; /* of a fail or skip: stable word first */
	/* When its chain was judged: its own time, or that of the earliest
	 * good token over it, where there is one and it is not older. */
	int64_t at;
	bool renewed;
	bool judged; /* false while the tokens over it are looked at */
	struct ev_timestamp_answer answer; /* empty where it was not asked */
};

struct rp_stamps {
	struct rp_stamp *stamp; /* of each of the seal's tokens */
	size_t n;
};

/* Marks the anchors that a good token rests on as used.  False is trouble,
 * and *out is then not written.  Free with rp_stamps_free. */
bool rp_stamps_judge(struct ev_crypto *crypto, const struct rp_seal *seal,
		     struct rp_anchors *anchors, struct rp_stamps *out);
void rp_stamps_free(struct rp_stamps *stamps);

#endif
