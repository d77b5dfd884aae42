/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts: what the evidence says, printed whatever the verdict, and marked as
 * not trusted where the check that carries them did not pass.
 */
#ifndef RP_FACTS_H
#define RP_FACTS_H

#include "evidence/base/json_write.h"
#include "replay/case.h"

/* Writes the member "facts" of the report (ecart-report(5)). */
void rp_facts_write(const struct rp_case *c, struct ev_writer *w);

/* After trouble in an area: there is no report. */
void rp_facts_refuse(struct ev_writer *w);

/*
 * An area: what is told of each subject of a type.  It is an object where one
 * is told of and the case holds no second quote, else a list of objects.
 */
struct rp_area {
	const char *name;
	enum rp_subject_type type;
	bool (*tells)(const struct rp_case *c, const struct rp_subject *s);
	/* Members of the object that is open in w. */
	void (*write)(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w);
};
void rp_area_write(const struct rp_case *c, const struct rp_area *area,
		   struct ev_writer *w);
/* Whether an area that tells of n is a list. */
bool rp_area_is_list(const struct rp_case *c, size_t n);

/* The areas, one file each. */
void rp_facts_dcap_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_snp_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_tcb_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_azure_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_token_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_tpm_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_imds_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_log_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_events_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_ima_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_boot_write(const struct rp_case *c, struct ev_writer *w);
/* Member "chain": a certificate and those that its path goes through, as far
 * as it goes. */
void rp_fact_chain_write(const struct ev_x509 *leaf, const struct ev_path *path,
			 struct ev_writer *w);
/* Member "quote": the item of the hardware quote (NULL: none is written). */
void rp_fact_quote_write(const struct rp_subject *quote, struct ev_writer *w);
void rp_facts_place_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_endorsements_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_time_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_roundtrip_write(const struct rp_case *c, struct ev_writer *w);
void rp_facts_binding_write(const struct rp_case *c, struct ev_writer *w);

/* A fact that is one of some words, and that a check of its own judges. */
struct rp_word_fact {
	const char *name;
	const char *check;
	const char *wanted;   /* the words, for a refusal of another */
	const char *words[4]; /* up to NULL */
};
#define RP_FACT_SECURE_BOOT "log.secureBoot"
/* NULL: no such fact. */
const struct rp_word_fact *rp_word_fact_find(const char *name);
bool rp_word_fact_may_be(const struct rp_word_fact *fact, const char *word);

/* A fact that a policy may expect a value of: "tdx.mrtd", "snp.measurement".
 * bytes is that of this quote or SEV-SNP report, text what a policy lists of
 * it: lower-case hex, of a number decimal digits.  False where it is of another
 * kind of machine, or the fact is not of bytes. */
#define RP_FACT_TEXT_MAX (2 * 64 + 1)
bool rp_fact_known(const char *name);
bool rp_fact(const struct rp_subject *quote, const char *name,
	     char text[RP_FACT_TEXT_MAX], struct ev_span *bytes);

/* A foreign member name that the report's JSON subset can carry. */
bool rp_fact_name_ok(const char *name);

#endif
