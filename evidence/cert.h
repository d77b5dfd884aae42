/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of Intel's fixed PKI profile: X.509 v3, ecdsa-with-SHA256,
 * P-256 (Intel SGX PCK Certificate and CRL Profile Specification, 1.5; the
 * rules are listed in docs/sources.md).  General certificates (AK, TSA) go
 * through libcrypto: path.h.
 */
#ifndef EV_CERT_H
#define EV_CERT_H

#include "evidence/base/pem.h"
#include "evidence/base/sig.h"

enum ev_key_usage {
	EV_KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
	EV_KEY_USAGE_KEY_CERT_SIGN = 1 << 5,
	EV_KEY_USAGE_CRL_SIGN = 1 << 6,
};

struct ev_cert {
	struct ev_span der;
	struct ev_span tbs;	       /* signed bytes */
	struct ev_sha256 tbs_sha256;   /* once ev_chain_hash was asked */
	struct ev_span serial;	       /* magnitude, no leading zeros */
	struct ev_span issuer;	       /* raw DER Name */
	struct ev_span subject;	       /* raw DER Name */
	struct ev_span subject_cn;     /* the one commonName's characters */
	int64_t not_before, not_after; /* inclusive */
	uint8_t key[EV_P256_POINT];
	struct ev_span spki;	  /* DER SubjectPublicKeyInfo */
	struct ev_span signature; /* DER ECDSA-Sig-Value */
	struct ev_span aki, ski;  /* key identifiers */
	bool ca;
	int path_len;		/* pathLenConstraint, -1 where absent */
	unsigned int key_usage; /* enum ev_key_usage bits */
	struct ev_span crl_uri; /* of the one CRL distribution point */
	struct ev_span
		sgx_extension; /* value of 1.2.840.113741.1.13.1, or empty */
};

/* Borrows from der, which must be exactly one certificate.  Refuses what the
 * profile does not have: another algorithm, an extension twice, an unknown
 * critical extension, a required extension missing.  base: offset of der in
 * its item, 0 where der was decoded from PEM. */
enum ev_code ev_cert_parse(struct ev_span der, uint64_t base,
			   struct ev_cert *out, struct ev_error *err);

/* issuer signed cert: names link, key identifiers agree, issuer is a CA with
 * keyCertSign and room for cert below it, signature good. */
enum ev_verified ev_cert_signed_by(struct ev_crypto *crypto,
				   const struct ev_cert *cert,
				   const struct ev_cert *issuer);

/* Whether the issuer's key made the DER signature over tbs, whose SHA-256 may
 * be known; of certificates and CRLs. */
enum ev_verified ev_cert_key_signed(struct ev_crypto *crypto,
				    const struct ev_cert *issuer,
				    struct ev_span tbs,
				    const struct ev_sha256 *sha256,
				    struct ev_span signature);

#define EV_CHAIN_MAX 3

/* A PEM chain, leaf first: PCK (3) or TCB signing / PCK CA (2). */
struct ev_chain {
	struct ev_pem_list pem;
	struct ev_cert cert[EV_CHAIN_MAX];
	size_t n_certs;
};

/* Parses two or three certificates; does not verify.  Free with
 * ev_chain_free.  A struct copy moves it:
 * spans point into heap storage owned by pem. */
enum ev_code ev_chain_parse(struct ev_span text, uint64_t base,
			    struct ev_chain *out, struct ev_error *err);
/* The same beside certificates that were parsed before (known_cas.h). */
struct ev_known_cas;
enum ev_code ev_chain_parse_knowing(const struct ev_known_cas *known,
				    struct ev_span text, uint64_t base,
				    struct ev_chain *out, struct ev_error *err);
/* Hashes what is signed, for those who keep a chain; false is trouble. */
bool ev_chain_hash(struct ev_crypto *crypto, struct ev_chain *chain);
void ev_chain_free(struct ev_chain *chain);

#endif
