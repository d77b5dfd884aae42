/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The enclave that vouches for a token's signing key (docs/sources.md, MAA):
 * its evidence is judged in a case of its own, by the rows that every quote
 * and every SEV-SNP report undergoes, with the collateral of the archive.
 */
#ifndef RP_ENCLAVE_H
#define RP_ENCLAVE_H

#include "evidence/base/json_write.h"
#include "evidence/maa_evidence.h"
#include "evidence/snp_report.h"
#include "replay/case.h"

/* What a row said of the evidence. */
struct rp_enclave_row {
	const struct rp_check *check;
	enum rp_outcome outcome;
	char got[64]; /* what a policy may waive, cut */
	char reason[RP_REASON_MAX];
	bool shown; /* the reason is escaped already */
};
#define RP_ENCLAVE_ROWS_MAX 40

struct rp_enclave {
	struct rp_parsed parsed;
	struct ev_maa_evidence evidence; /* owned */
	/* Of what the form says. */
	struct rp_parsed report_parsed;
	struct ev_quote quote;
	struct ev_snp_report snp;
	/* Filled by maa.enclave: the rows that count, in their order; and the
	 * platform, where its certificate could be read. */
	struct rp_enclave_row row[RP_ENCLAVE_ROWS_MAX];
	size_t n_rows;
	bool has_platform;
	struct ev_pck pck;
};

/* Reads the evidence in a certificate; out is valid until der goes.  False is
 * trouble.  Free with rp_enclave_free. */
bool rp_enclave_read(struct ev_span der, struct rp_enclave *out);
void rp_enclave_free(struct rp_enclave *enclave);

/* name: what a refusal calls the evidence.  False is trouble. */
bool rp_enclave_judge(const struct rp_case *c, const char *name,
		      struct rp_enclave *enclave);

/* What was judged of the same evidence counts for this one. */
void rp_enclave_repeat(const struct rp_enclave *judged,
		       struct rp_enclave *enclave);

/* There is evidence, and it could be read. */
bool rp_enclave_is_read(const struct rp_enclave *enclave);

/* Where it was read: its 64 bytes of report data; whether its host can
 * look into it. */
struct ev_span rp_enclave_report_data(const struct rp_enclave *enclave);
bool rp_enclave_is_debug(const struct rp_enclave *enclave);

#define RP_ENCLAVE_FACT_MAX (2 * 64 + 1)

/* A fact that a policy may expect, "maa.mrenclave", as facts.maa has it: hex,
 * or a number; and its bytes in the evidence.  False where this evidence has
 * none of that name. */
bool rp_enclave_fact(const struct rp_enclave *enclave, const char *name,
		     char text[RP_ENCLAVE_FACT_MAX], struct ev_span *bytes);
/* Whether some evidence has it. */
bool rp_enclave_fact_known(const char *name);
/* Which enclave it is, or whose, as a policy pins it: "expected", "unexpected",
 * or "unpinned" where it pins neither.  Whether what the evidence says is to
 * be believed is another matter (rp_enclave_trusted). */
const char *rp_enclave_identity(const struct rp_enclave *enclave,
				const struct rp_policy *policy);
/* All of this evidence, as members of the object that is open in w. */
void rp_enclave_facts_write(const struct rp_enclave *enclave,
			    struct ev_writer *w);

/* What it says is to be believed: each check of maa.enclave* passed for the
 * token.  *doubt: the first that did not, or NULL. */
bool rp_enclave_trusted(const struct rp_case *c, const struct rp_subject *token,
			const char **doubt);

#endif
