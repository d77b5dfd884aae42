/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a token of a verifier service claims of an enclave or a confidential
 * VM, recomputed from the raw evidence beside it (docs/sources.md, MAA, ITA).
 * What is recomputed follows from the evidence and the claim's name alone; the
 * claim's value is read afterwards and compared with it, type and all.
 */
#ifndef RP_CLAIM_H
#define RP_CLAIM_H

#include "evidence/base/json_node.h"
#include "replay/check.h"

/* The body of a report that a claim's row looks into. */
enum rp_claim_body {
	RP_CLAIM_OF_SGX, /* 384 bytes */
	RP_CLAIM_OF_TD,	 /* 584 or 648 bytes */
	RP_CLAIM_OF_SNP, /* 1184 bytes */
	/* The same bytes under one of both layouts of TCB_VERSION. */
	RP_CLAIM_OF_SNP_MILAN,
	RP_CLAIM_OF_SNP_TURIN,
	RP_N_CLAIM_BODIES
};

enum rp_claim_form {
	RP_CLAIM_HEX,	  /* size bytes at `at` in lower-case hex */
	RP_CLAIM_INTEGER, /* size bytes at `at`, little-endian */
	RP_CLAIM_BIT,	  /* a truth: bit `size` of the number at `at` */
	RP_CLAIM_STATE,	  /* the same as "enabled" or "disabled" */
	RP_CLAIM_WORD,	  /* a word that every token of the body has */
};

struct rp_claim_row {
	const char *name; /* two rows of one name: either will do */
	enum rp_claim_body body;
	enum rp_claim_form form;
	uint16_t at, size;
	const char *word;
	/* Of this code, or of this very report: no other has the value. */
	bool measured;
};

extern const struct rp_claim_row rp_claim_rows[];
extern const size_t rp_n_claim_rows;

/* Bytes and where they stand. */
struct rp_claim_bytes {
	struct ev_span bytes; /* p NULL: none */
	const char *item;
	uint64_t offset; /* of bytes in item */
};

enum rp_claim_hash {
	RP_CLAIM_HASH_QUOTE,
	RP_CLAIM_HASH_TCB_INFO,
	RP_CLAIM_HASH_QE_IDENTITY,
	RP_CLAIM_HASH_CHAIN, /* of a collateral's issuer */
	RP_CLAIM_HASH_CRL,
	RP_N_CLAIM_HASHES
};

/* What a service may have hashed: SHA-256 of it in lower-case hex. */
struct rp_claim_hashed {
	struct rp_input input; /* item NULL: not here */
	const char *note;      /* in what form, NULL: as it is archived */
	enum rp_claim_hash of;
	char sha256[65];
};

/* The raw evidence that one token speaks of. */
struct rp_claim_evidence {
	struct rp_claim_bytes body[RP_N_CLAIM_BODIES];
	/* The quote alone, and with what follows it in its item. */
	struct rp_claim_hashed quote[2];
	const struct rp_claim_hashed *collateral;
	size_t n_collateral;
	/* Runtime claims of the paravisor; NULL: not here. */
	const struct ev_node *runtime;
	struct rp_claim_bytes runtime_text;
};

enum rp_claim_result {
	RP_CLAIM_EQUAL,
	RP_CLAIM_DIFFERS,
	RP_CLAIM_NOT_RECOMPUTABLE,
};

/* Longer values are cut where they are shown, never where they are compared. */
#define RP_CLAIM_TEXT_MAX 512
/* A token with nested claims has some 80. */
#define RP_CLAIMS_MAX 1024

struct rp_claim {
	char *name; /* names of objects inside others with dots between, those
		     * in a name as \x2e; escaped for people, as token and
		     * recomputed are */
	char *token;
	char *recomputed; /* NULL: it cannot be */
	enum rp_claim_result result;
	bool measured;	  /* a measurement, report data or the quote's hash */
	const char *note; /* NULL: nothing to say beside the result */
	struct rp_input input; /* item NULL: none */
};

struct rp_claims {
	struct rp_claim *claim; /* in the order of the token */
	size_t n;
	size_t count[RP_CLAIM_NOT_RECOMPUTABLE + 1]; /* of each result */
	size_t n_measured; /* of the equal ones: measurements, report data, the
			    * quote's hash */
	bool too_many;	   /* than RP_CLAIMS_MAX: those behind are not here */
};

/* root: the payload, an object, that text holds.  False is trouble.  Free
 * with rp_claims_free. */
bool rp_claims_compare(const struct ev_node *root, struct ev_span text,
		       const struct rp_claim_evidence *evidence,
		       struct rp_claims *out);
void rp_claims_free(struct rp_claims *claims);

const char *rp_claim_result_word(enum rp_claim_result result);

#endif
