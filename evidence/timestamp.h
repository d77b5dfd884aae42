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

/*
 * Whether the token is over `data` and signed by a TSA under one of the
 * roots (DER certificates) at gen_time; extra: untrusted DER certificates
 * that may complete the chain.  The TSA certificate's extendedKeyUsage must
 * be critical and exactly timeStamping; a digest below SHA-256 in the signature
 * is refused.  reason says why not, and is "" where the answer is yes.
 */
enum ev_verified
ev_timestamp_verify(struct ev_crypto *crypto, const struct ev_timestamp *ts,
		    struct ev_span data, const struct ev_span *roots,
		    size_t n_roots, const struct ev_span *extra, size_t n_extra,
		    char reason[200]);

#endif
