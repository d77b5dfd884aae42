/* SPDX-License-Identifier: Apache-2.0 */
/* A register of a quote beside what the logs make of it. */
#ifndef RP_COMPARED_H
#define RP_COMPARED_H

#include "replay/search.h"
#include "replay/tail.h"

enum rp_register_result {
	RP_REG_EQUAL,
	RP_REG_DIFFERS,
	RP_REG_DIFFERS_EXPLAINED,
	RP_REG_EXTENDED_OUTSIDE_LOG,
	RP_REG_INCOMPLETE,  /* entries without a digest of the bank, or more
			     * than may be extended */
	RP_REG_NO_EVIDENCE, /* no event of the register */
	RP_REG_UNQUOTED,    /* in the log, in no quote */
	RP_REG_LEFT_OUT,    /* differs by a log that is not the quote's: of an
			     * earlier boot or resume, or made to be chosen */
};

/* "differs-explained": the word of ecart-report(5). */
const char *rp_register_result_word(enum rp_register_result r);

struct rp_compared {
	char *name; /* owned: "sha256:7", "rtmr1" */
	enum rp_register_set set;
	unsigned int index; /* in its set: 2 is RTMR 1 */
	uint16_t tpm_alg;
	enum ev_digest_alg alg;
	const struct rp_subject *quote; /* NULL: unquoted */
	const struct rp_subject *log;	/* of firmware, NULL: none here */
	struct rp_tail tail;		/* the logs that follow it */
	struct ev_span quoted;		/* empty: its value is not here */
	uint8_t replayed[EV_DIGEST_MAX];
	bool has_replayed;
	uint64_t n_events; /* extended into it, over all logs */
	/* Where it is equal: how many of the entries behind firmware's the
	 * quoted value has; the others came later, or never. */
	uint64_t n_followed;
	/* The first entry without a digest of the bank; log NULL: none. */
	struct {
		const struct rp_subject *log;
		uint64_t number, offset;
	} lacking;
	enum rp_register_result result;
	char explanation[RP_EXPLANATION_TEXT]; /* "": none */
};

/* Sets which register it is, of r->set. */
void rp_compared_place(struct rp_compared *r, uint16_t tpm_alg,
		       enum ev_digest_alg alg, unsigned int index);

/* What firmware's log makes of it; without one, what it was reset to. */
struct rp_register rp_register_before(const struct rp_case *c,
				      const struct rp_compared *r);

/* Fills in what follows from the members above `replayed`.  False: trouble. */
bool rp_compare(struct rp_case *c, struct rp_compared *r);

/* Notes an entry without a digest of the bank, where none was noted. */
void rp_compared_lacks(struct rp_compared *r, const struct rp_subject *log,
		       uint64_t number, uint64_t offset);

/* Another bank of the same quote says that the entries of the register are not
 * what was extended: then it differs whatever a digest was that the bank
 * lacks. */
void rp_compare_banks(struct rp_compared *r, const struct rp_compared *other);

void rp_compared_free(struct rp_compared *r);

#endif
