/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature of a CoRIM: COSE_Sign1 (RFC 9052, 4.2; CBOR tag 18) with the
 * headers of draft-ietf-rats-corim-10, 4.2, and of IGVM's header 0x105
 * (measurement page, section 5, 2).  Parsing says what is there;
 * cose_signer.h says whether it holds.
 */
#ifndef AU_COSE_SIGN1_H
#define AU_COSE_SIGN1_H

#include "audit/corim/cbor.h"
#include "evidence/base/buffer.h"
#include "evidence/base/jws.h"

#define AU_COSE_CERTS_MAX 8

enum au_cose_use {
	/* Header 0x105: beside its document, PS384, nothing unprotected. */
	AU_COSE_IGVM,
	AU_COSE_DETACHED, /* beside its document */
	AU_COSE_ATTACHED, /* around its document */
};

/* Times in seconds since 1970; what the signer says of its own statement. */
struct au_cose_window {
	bool has_not_before, has_not_after;
	int64_t not_before, not_after;
};

/* All spans borrow from the bytes parsed. */
struct au_cose_sign1 {
	struct ev_span headers;	 /* the protected ones' bytes, as received */
	struct ev_span payload;	 /* empty where it stands beside */
	uint64_t payload_offset; /* in the item */
	struct ev_span signature;
	uint64_t signature_offset;
	int64_t alg;				  /* -7, -35 or -38 */
	const struct ev_jws_algorithm *algorithm; /* of that number */
	struct ev_span cert[AU_COSE_CERTS_MAX];	  /* DER */
	uint64_t cert_offset[AU_COSE_CERTS_MAX];
	size_t n_certs;	       /* at least one */
	bool is_bag;	       /* x5bag: in no order; else the leaf is first */
	struct ev_span signer; /* corim-meta's name; empty: none */
	struct ev_span issuer; /* CWT's iss; empty: none */
	struct au_cose_window meta, claims;
};

/*
 * Refuses an algorithm that is none of the use, an absent certificate, absent
 * corim-meta and CWT claims, another content type, a payload where none may be
 * or none where one must be, critical headers, a payload that is a digest
 * (hash envelope), and any of these headers outside of what is signed.
 */
enum ev_code au_cose_sign1_parse(struct ev_span bytes, uint64_t base,
				 enum au_cose_use use,
				 struct au_cose_sign1 *out,
				 struct ev_error *err);

/* What is signed (RFC 9052, 4.4): Sig_structure over headers and payload,
 * without external data.  Free with ev_buffer_free; false: memory ran out. */
bool au_cose_sign1_message(const struct au_cose_sign1 *sign,
			   struct ev_span payload, struct ev_buffer *out);

#endif
