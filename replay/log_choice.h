/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which logs are held against a quote, where an archive has several of a form:
 * the one that says it is of this quote, else the one that makes most of its
 * registers what was quoted, else the first by its path.  The others are left
 * out and named.
 */
#ifndef RP_LOG_CHOICE_H
#define RP_LOG_CHOICE_H

#include "replay/compared.h"

/* The value that the quote gives a register; false: it does not quote it. */
bool rp_quoted_register(const struct rp_subject *quote, uint16_t tpm_alg,
			unsigned int index, struct ev_span *value);

/* The banks of a quote, and the registers of each as bits; how many banks. */
struct rp_quoted_bank {
	uint16_t tpm_alg;
	enum ev_digest_alg alg;
	uint32_t registers;
};
size_t rp_quoted_banks(const struct rp_subject *quote,
		       struct rp_quoted_bank out[EV_TPM_BANKS_MAX]);

/* How well firmware's log gives the registers of the quote: more is better. */
size_t rp_count_equal(const struct rp_subject *quote, const struct rp_log *log);

/* Fills in r->log and r->tail.log for r->quote and r->set.  False: trouble. */
bool rp_choose_logs(struct rp_case *c, struct rp_compared *r);

/* The place of a form behind firmware's; RP_TAIL_LOGS: it is firmware's. */
size_t rp_tail_place(enum rp_log_form form);

#endif
