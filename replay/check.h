/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A check is one question with an id that never changes; a finding is its
 * answer for one subject.  The engine asks every check of the table, in table
 * order, for every subject of its type; it never returns early.
 */
#ifndef RP_CHECK_H
#define RP_CHECK_H

#include "evidence/base/error.h"

enum rp_outcome {
	RP_PASS,
	RP_FAIL,
	RP_SKIP,
	RP_TROUBLE, /* memory or libcrypto: there will be no report */
};

/* What a check asks about. */
enum rp_subject_type {
	RP_ARCHIVE,   /* the archive as a whole: one */
	RP_ITEM,      /* every item */
	RP_SIGNATURE, /* every signature of sig/ *.dsse.json */
	RP_UNSIGNED,  /* the archive, where it has no such signature */
	RP_PROOF,     /* every log proof in sig/ */
	RP_TSR,	      /* every RFC 3161 response in sig/ */
	RP_QUOTE,
	RP_CHAIN, /* a chain that ends in a TCB signing certificate */
	RP_CRL,
	RP_TCB_INFO,
	RP_QE_IDENTITY,
	RP_SNP, /* an SEV-SNP report, alone or in a paravisor's */
	RP_HCL,
	RP_TPM_QUOTE,
	RP_AK_CERT,	 /* a leaf certificate of an attestation key */
	RP_IMDS,	 /* an attested document of Azure's metadata service */
	RP_ENDORSEMENT,	 /* a statement of a site's owner */
	RP_LOG,		 /* an event log */
	RP_CCEL_TABLE,	 /* the ACPI table of one */
	RP_REGISTER_PCR, /* a PCR of one bank, quoted or logged */
	RP_REGISTER_RTMR,
	RP_REGISTER_IMA, /* a PCR that only IMA's log speaks of */
	RP_TOKEN_MAA,	 /* tokens of verifier services */
	RP_TOKEN_ITA,
	RP_TOKEN_GOOGLE,
	RP_EXPECTATION, /* each value that the policy expects */
	RP_SESSION,	/* the session of a collection */
	/* Items that carry a nonce of it, by enum ev_use. */
	RP_BOUND_HCL,
	RP_BOUND_REPORT_DATA,
	RP_BOUND_TPM_QUOTE,
	RP_BOUND_IMDS,
	RP_BOUND_MAA,
	RP_BOUND_ITA,
	RP_BOUND_TLS,
	RP_ROUNDTRIP, /* a record of TLS round trips */
	RP_REGISTRY,  /* the answer of a registry of machines */
	RP_N_SUBJECT_TYPES,
};
/* A set of them: there are more than an int has bits for. */
#define RP_SUBJECTS(type) (UINT64_C(1) << (type))

/* Bytes of an item that a finding rests on. */
struct rp_input {
	const char *item; /* path, borrowed */
	uint64_t offset, length;
};
#define RP_INPUTS_MAX 16
#define RP_REASON_MAX 256
/* Of half the rows of an ordinary report. */
#define RP_ABSENT "absent: nothing in the archive that this check asks about"

struct rp_check;
struct rp_subject;

struct rp_finding {
	const struct rp_check *check;
	const struct rp_subject *subject; /* NULL: nothing in the archive */
	enum rp_outcome outcome;
	bool applies; /* false: never required, whatever the policy says */
	bool shown;  /* want, got and reason are a struct ev_error's: escaped */
	bool absent; /* no subject here, none withheld: reason is RP_ABSENT */
	bool no_memory; /* for want or got: there will be no report */
	char *want;	/* owned, NULL where there is nothing to compare */
	char *got;
	const char *hash; /* by which got or want was computed, or NULL */
	size_t n_inputs;
	/* Most of a finding, which most leave empty: of these only what counts
	 * was written. */
	char reason[RP_REASON_MAX]; /* stable word first, then detail */
	struct rp_input input[RP_INPUTS_MAX];
};

struct rp_case;
typedef enum rp_outcome rp_check_fn(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f);

/* What the built-in policy default-1 says of a check. */
enum rp_default {
	RP_REQUIRED, /* a skip makes the verdict incomplete */
	RP_OPTIONAL, /* a skip is harmless, a fail is a fail */
	RP_INFORMS,  /* waived by default-1: never turns the verdict */
};

#define RP_AFTER_MAX 5

struct rp_check {
	const char *id;	   /* never renamed or reused */
	uint64_t subjects; /* RP_SUBJECTS bits */
	/* Earlier rows; where one did not pass for this subject or for one
	 * of its partners, this check is skipped and names it. */
	const char *after[RP_AFTER_MAX];
	enum rp_default by_default;
	rp_check_fn *run;
	const char *title;  /* the claim, one line */
	const char *rule;   /* what is compared, one line */
	const char *source; /* document and section */
};

#define RP_CHECKS_MAX 256 /* rows that a table may have */

extern const struct rp_check rp_checks[];
extern const size_t rp_n_checks;

const struct rp_check *rp_check_find(const char *id);

/* --- for the functions of check_*.c --- */

/* Adds bytes of an item to the finding's inputs. */
void rp_input_add(struct rp_finding *f, const char *item, uint64_t offset,
		  uint64_t length);

/* A part of an item; an empty one is noted as no bytes at its beginning. */
void rp_input_part(struct rp_finding *f, const char *item, struct ev_span whole,
		   struct ev_span part);

/* want == got ? RP_PASS : RP_FAIL; both are recorded as lower-case hex. */
enum rp_outcome rp_expect(struct rp_finding *f, struct ev_span want,
			  struct ev_span got);
enum rp_outcome rp_expect_text(struct rp_finding *f, const char *want,
			       const char *got);
enum rp_outcome rp_expect_u64(struct rp_finding *f, uint64_t want,
			      uint64_t got);

/* Record a reason (printf-like; first word stable) and give the outcome. */
enum rp_outcome rp_fail(struct rp_finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum rp_outcome rp_skip(struct rp_finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum rp_outcome rp_not_applicable(struct rp_finding *f, const char *why);
/* A parser's refusal: code word, then the one-line error. */
enum rp_outcome rp_refused(struct rp_finding *f, const char *code,
			   const struct ev_error *err);

/* Replaces what is compared; take copies of text. */
void rp_set_want(struct rp_finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void rp_set_got(struct rp_finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
