/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate paths of general PKIs (AK certificates, TSA), validated by
 * libcrypto (X509_STORE) at a given time, to a pinned key.  No trust store of
 * the machine is ever used and no clock is read.
 */
#ifndef EV_PATH_H
#define EV_PATH_H

#include "evidence/base/crypto.h"
#include "evidence/base/error.h"
#include "evidence/base/public_key.h"

#define EV_PATH_MAX 8

/* Certificates in a pool, and anchors; a guard on the time of one call. */
#define EV_PATH_POOL_MAX    64
#define EV_PATH_ANCHORS_MAX 64

/* What a report needs of one certificate; all spans borrow from the item. */
struct ev_x509 {
	struct ev_span der;
	size_t der_size; /* the item may be zero padded behind it */
	char subject[256], issuer[256]; /* RFC 2253, foreign bytes escaped */
	char serial[66];		/* hex */
	int64_t not_before, not_after;
	char signature_algorithm[40]; /* OpenSSL long name */
	struct ev_span spki;	      /* DER, in der */
	struct ev_public_key key;     /* RSA or EC; none of another kind */
	bool self_issued;
	/* What it says that it is for (purpose.h). */
	bool unread; /* extensions are no strict DER: for nothing */
	bool ca;     /* basicConstraints says so */
	bool aik; /* extended key usage tcg-kp-AIKCertificate, 2.23.133.8.3 */
	bool purposed;	 /* there is an extended key usage */
	bool signs;	 /* digitalSignature, or there is no keyUsage */
	bool tls_server; /* serverAuth, or there is no extended key usage */
	void *x509;	 /* X509 *, owned */
};

/* One DER certificate, zero padding behind it allowed (and only zeros). */
enum ev_code ev_x509_parse(struct ev_crypto *crypto, struct ev_span item,
			   uint64_t base, struct ev_x509 *out,
			   struct ev_error *err);
/* Whether the issuer's key made the certificate's signature; nothing else of
 * either is looked at. */
enum ev_verified ev_x509_signed_by(const struct ev_x509 *cert,
				   const struct ev_x509 *issuer);
/* The same of a key as DER SubjectPublicKeyInfo. */
enum ev_verified ev_x509_signed_by_key(struct ev_crypto *crypto,
				       const struct ev_x509 *cert,
				       struct ev_span spki);
void ev_x509_free(struct ev_x509 *cert);

/* The SubjectPublicKeyInfo of exactly one certificate, of which no more is read
 * than what stands before it; false where der is none. */
bool ev_x509_spki(struct ev_span der, struct ev_span *spki);

enum ev_path_result {
	EV_PATH_GOOD,
	EV_PATH_MISSING_ISSUER, /* an intermediate is not at hand: named */
	EV_PATH_BAD,		/* signature, constraints, usage */
	EV_PATH_UNTRUSTED,	/* complete, but to a key that is not pinned */
	EV_PATH_EXPIRED,	/* a certificate's window does not hold T */
	EV_PATH_NOT_YET_VALID,
	EV_PATH_TROUBLE,
};

struct ev_path {
	const struct ev_x509 *cert[EV_PATH_MAX]; /* leaf first */
	size_t n_certs;
	int anchor;	  /* index of the anchor that the path ends at, or -1 */
	char reason[200]; /* in our words, never a library's code */
};

/*
 * anchors: DER SubjectPublicKeyInfo each.  The path ends where a certificate
 * is signed by an anchor's key (or is the anchor's own self-signed
 * certificate).  pool: certificates that may serve as intermediates.  Extended
 * key usage is not looked at.  Weak keys: below 80 bits of strength (RSA-1024,
 * SHA-1 in a signature) is EV_PATH_BAD.  EV_PATH_EXPIRED and
 * EV_PATH_NOT_YET_VALID say that nothing but the time is wrong.  out holds the
 * certificates as far as they were linked, whatever the answer.
 */
enum ev_path_result ev_path_verify(struct ev_crypto *crypto,
				   const struct ev_x509 *leaf,
				   const struct ev_x509 *const *pool,
				   size_t n_pool, const struct ev_span *anchors,
				   size_t n_anchors, int64_t at,
				   struct ev_path *out);

#endif
