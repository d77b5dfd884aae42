/* SPDX-License-Identifier: Apache-2.0 */
/* The hypotheses of a search, and what each of them may use. */
#ifndef RP_HYPOTHESIS_H
#define RP_HYPOTHESIS_H

#include "replay/search.h"

struct rp_try {
	struct ev_crypto *crypto;
	const struct rp_question *q;
	struct rp_sequence own; /* the register's entries in its bank */
	struct rp_history all;	/* its events, in all banks */
	struct ev_tcg_log log;	/* of q->log, to read events of all again */
	uint64_t left;		/* extends that may still be computed */
	bool limited, failed;	/* none left; memory or libcrypto */
	char *text;		/* RP_EXPLANATION_TEXT */
};

/* One extend; false where none is left or libcrypto failed: end the try. */
bool rp_try_extend(struct rp_try *t, uint8_t value[EV_DIGEST_MAX],
		   const uint8_t *digest);
/* Entries [from, to) of a sequence. */
bool rp_try_run(struct rp_try *t, uint8_t value[EV_DIGEST_MAX],
		const struct rp_sequence *s, size_t from, size_t to);
/* Counts what something else costs, in extends; false as of rp_try_extend. */
bool rp_try_spend(struct rp_try *t, uint64_t extends);
/* The digest of text in the bank, which counts as an extend. */
bool rp_try_digest(struct rp_try *t, struct ev_span text,
		   uint8_t out[EV_DIGEST_MAX]);
void rp_try_start(const struct rp_try *t, uint8_t value[EV_DIGEST_MAX]);
bool rp_try_is(const struct rp_try *t, const uint8_t *value);
/* Says what a hit was; true. */
bool rp_try_hit(struct rp_try *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* True: a hit, and t->text says which.  Each in a file with its like. */
typedef bool rp_hypothesis_fn(struct rp_try *t);

/* hypothesis_entry.c: the log's own entries */
rp_hypothesis_fn rp_try_locality, rp_try_prefix, rp_try_extra, rp_try_twice,
	rp_try_swapped;
/* hypothesis_known.c: entries that are known and not in the log */
rp_hypothesis_fn rp_try_exit_boot, rp_try_known_end, rp_try_known_missing,
	rp_try_logged_end, rp_try_kernel;
/* hypothesis_bank.c: other digests of the log's entries */
rp_hypothesis_fn rp_try_padded, rp_try_no_action, rp_try_other_bank;

#endif
