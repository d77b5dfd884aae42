/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy says which checks must not be skipped, which failures are waived,
 * which values are expected, whose signatures count, and by which of several
 * sets of collateral is judged (ecart-policy(5)).  Only the last changes a
 * finding; the rest changes the verdict alone.
 */
#ifndef RP_POLICY_H
#define RP_POLICY_H

#include "evidence/base/crypto.h"
#include "evidence/base/json.h"
#include "evidence/base/pem.h"
#include "replay/check.h"
#include "replay/choice.h"

#define RP_POLICY_KEYS_MAX   16
#define RP_POLICY_EXPECT_MAX 64

struct rp_expect {
	const char *fact;     /* "tdx.mrtd" */
	const json_t *values; /* array of accepted strings, borrowed */
};

bool rp_expect_lists(const struct rp_expect *expect, const char *value);

struct rp_policy {
	json_t *json;	    /* owned */
	const char *name;   /* borrowed */
	uint8_t sha256[32]; /* of the policy's bytes */
	struct rp_expect expect[RP_POLICY_EXPECT_MAX];
	size_t n_expect;
	uint64_t threshold; /* distinct signers; 0: none demanded */
	struct ev_pem_list keys[RP_POLICY_KEYS_MAX]; /* one PUBLIC KEY each */
	struct ev_span key[RP_POLICY_KEYS_MAX];	     /* DER SPKI */
	size_t n_keys;
	bool requires[RP_CHECKS_MAX]; /* by the row of the table of checks */
	struct rp_choice collateral;
};

/* Refuses unknown members, patterns that name no check, facts that no report
 * has, words that a fact never is, keys that do not parse.  Free with
 * rp_policy_free. */
enum ev_code rp_policy_parse(struct ev_crypto *crypto, struct ev_span text,
			     struct rp_policy *out, struct ev_error *err);
void rp_policy_free(struct rp_policy *policy);

/* The built-in default-1 as its canonical JSON, from the table of checks;
 * owned by the caller (free); NULL when memory ran out. */
char *rp_policy_default(size_t *n);

/* One signer's key as PEM.  Refuses more than one block, what verifies no
 * signature here, and, by name, a certificate and a private key.  Free with
 * ev_pem_list_free. */
enum ev_code rp_signer_key_parse(struct ev_crypto *crypto, struct ev_span pem,
				 struct ev_pem_list *out, struct ev_error *err);

/* What the policy expects of a fact, or NULL. */
const struct rp_expect *rp_policy_expects(const struct rp_policy *policy,
					  const char *fact);

bool rp_policy_requires(const struct rp_policy *policy,
			const struct rp_check *check);
/* The waiver that takes this failed finding out of the verdict, or NULL. */
const json_t *rp_policy_waiver(const struct rp_policy *policy, const char *id,
			       const char *got);

#endif
