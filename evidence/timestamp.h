/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 3161 time-stamp tokens, verified at their own time (archive page 7):
 * a TimeStampResp (.tsr) or a bare token (.tst).
 */
#ifndef EV_TIMESTAMP_H
#define EV_TIMESTAMP_H

#include "evidence/base/digest.h"
#include "evidence/base/error.h"

struct ev_timestamp {
	struct ev_span item;
	enum ev_digest_alg imprint_alg;
	uint8_t imprint[EV_DIGEST_MAX];
	int64_t gen_time;	/* whole seconds, fraction cut */
	char gen_time_text[40]; /* as the token spells it, fraction kept */
	bool has_accuracy;
	int64_t accuracy_micros;
	char serial[66]; /* hex */
	char policy[80]; /* dotted OID */
	char tsa[256];	 /* signer's subject, RFC 2253 escaped; may be "" */
	bool ordering;
	struct ev_span token_der; /* the token alone, in item */
	void *token;		  /* PKCS7 *, owned */
};

/* tsa is the subject of the signer's certificate if the token embeds it: a
 * claim until the token is verified.  Refuses a status other than granted, a
 * missing token, a GeneralizedTime that RFC 3161 forbids, SHA-1 and weaker
 * imprints.  Verifies nothing. */
enum ev_code ev_timestamp_parse(struct ev_span item, struct ev_timestamp *out,
				struct ev_error *err);
void ev_timestamp_free(struct ev_timestamp *ts);

/* What a verification rests on. */
struct ev_timestamp_trust {
	const struct ev_span *roots; /* DER certificates */
	size_t n_roots;
	const struct ev_span *extra; /* DER, untrusted: complete a chain */
	size_t n_extra;
	int64_t at; /* when the chain must hold: gen_time, or later */
};

struct ev_timestamp_answer {
	/* Of a no: no root vouches for who signed, so that the token says
	 * nothing, for or against. */
	bool untrusted;
	char reason[200]; /* of a no; else "" */
	/* Once the chain holds: the signer's subject, RFC 2253, and SHA-256
	 * of the chain's certificates, DER, leaf first, root included. */
	char tsa[256];
	bool has_chain;
	uint8_t chain_sha256[32];
};

/*
 * Whether the token is over `data` and signed by a TSA under one of the
 * roots at trust->at.  The TSA certificate's extendedKeyUsage must be critical
 * and exactly timeStamping; a digest below SHA-256 in the signature is
 * refused.  Other data is a no whoever signed.
 */
enum ev_verified ev_timestamp_verify(struct ev_crypto *crypto,
				     const struct ev_timestamp *ts,
				     struct ev_span data,
				     const struct ev_timestamp_trust *trust,
				     struct ev_timestamp_answer *out);

#endif
