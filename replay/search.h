/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would explain that a register is not what its log says: a closed list
 * of hypotheses, each tried in order, within a number of extends.  A hit
 * explains; it never makes the register equal.
 */
#ifndef RP_SEARCH_H
#define RP_SEARCH_H

#include "replay/sequence.h"

/* Of one register: 2^20. */
#define RP_SEARCH_EXTENDS   (UINT64_C(1) << 20)
#define RP_EXPLANATION_TEXT 200

/* Bytes of a log of firmware that are read in the time of an extend. */
#define RP_SEARCH_READ 512
static inline uint64_t rp_search_reading(struct ev_span log)
{
	return log.n / RP_SEARCH_READ;
}

/* What is asked.  Everything borrowed. */
struct rp_question {
	enum rp_register_set set;
	unsigned int index;
	uint16_t tpm_alg;
	enum ev_digest_alg alg;
	const uint8_t *initial;	      /* before the first entry */
	struct ev_span want;	      /* the register as it was quoted */
	const struct ev_tcg_log *log; /* NULL: firmware's log is not here */
	/* Entries of IMA that may follow firmware's; without a log of firmware
	 * the only ones there are. */
	const struct rp_sequence *after;
	/* Entries without a digest of the bank are left out: what they
	 * extended is not known, and only what holds whatever it was is
	 * tried. */
	bool lacking;
};

enum rp_answer {
	RP_UNEXPLAINED,	 /* every hypothesis was tried */
	RP_EXPLAINED,	 /* one makes the register what was quoted */
	RP_LIMITED,	 /* the extends were used up before all were tried */
	RP_SEARCH_FAILED /* memory or libcrypto */
};

/* *used: extends computed, and what else was done counted as such: each digest
 * as one, and reading the log.  text says which hypothesis it was, or at which
 * the search ended. */
enum rp_answer rp_search(struct ev_crypto *crypto, const struct rp_question *q,
			 uint64_t extends, uint64_t *used,
			 char text[RP_EXPLANATION_TEXT]);

#endif
