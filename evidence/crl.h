/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRLs of Intel's profile: v2, ecdsa-with-SHA256 (the same document as
 * cert.h; RFC 5280 section 5).
 */
#ifndef EV_CRL_H
#define EV_CRL_H

#include "evidence/cert.h"

struct ev_crl {
	struct ev_span der, tbs;
	struct ev_sha256 der_sha256,
		tbs_sha256;	  /* once ev_crl_hash was asked */
	struct ev_span issuer;	  /* raw DER Name */
	struct ev_span issuer_cn; /* the one commonName's characters */
	int64_t this_update;
	int64_t next_update;	/* inclusive */
	struct ev_span entries; /* content of revokedCertificates, or empty */
	size_t n_entries;
	struct ev_span aki;
	struct ev_span number; /* magnitude, no leading zeros */
	struct ev_span signature;
	uint8_t *storage; /* of the DER, where the item was PEM or hex */
};

/* The bytes of a crl-der, crl-pem or crl-hex item; zeros behind a crl-der are
 * padding, and *out's der ends before them.  Refuses a missing
 * nextUpdate, CRL number or authority key identifier, a delta, indirect or
 * partitioned CRL, an unknown critical extension, entries that do not parse.
 * Free with ev_crl_free. */
enum ev_code ev_crl_parse(struct ev_span item, struct ev_crl *out,
			  struct ev_error *err);
/* For those who keep a list; false is trouble. */
bool ev_crl_hash(struct ev_crypto *crypto, struct ev_crl *crl);
void ev_crl_free(struct ev_crl *crl);

struct ev_crl_entry {
	struct ev_span serial;
	int64_t revoked;
	int reason; /* RFC 5280 5.3.1, -1 where absent */
};

/* Whether serial (magnitude) is listed; *out, if found, is the entry. */
bool ev_crl_find(const struct ev_crl *crl, struct ev_span serial,
		 struct ev_crl_entry *out);

/* names, key identifier, cRLSign and signature against the issuer. */
enum ev_verified ev_crl_signed_by(struct ev_crypto *crypto,
				  const struct ev_crl *crl,
				  const struct ev_cert *issuer);

#endif
