/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoRIM, a manifest of reference values (draft-ietf-rats-corim-10; CBOR tag
 * 501), without its signature.  One that names Microsoft's profile for launch
 * measurements is read to the letter (launch_measurement.h).  Of any other
 * what it says is shown, and nothing is judged: id, profile, tags, and the
 * digests of reference and endorsed triples.
 */
#ifndef AU_CORIM_H
#define AU_CORIM_H

#include "audit/corim/launch_measurement.h"

#define AU_CORIM_TAGS_MAX    16
#define AU_CORIM_DIGESTS_MAX 64

struct au_corim_tag {
	uint64_t number; /* 505 CoSWID, 506 CoMID, 508 CoTL */
	uint64_t offset; /* of its content in the item */
	size_t size;
};
/* "CoMID"; NULL: of another number. */
const char *au_corim_tag_name(uint64_t number);

struct au_corim_digest {
	bool endorsed; /* of an endorsed triple; else of a reference triple */
	struct ev_span vendor, model; /* of the class; empty: none */
	struct ev_span mkey;	      /* where it is text; else empty */
	int64_t alg;		      /* named information hash, or COSE's */
	struct ev_span value;
	uint64_t offset; /* of value in the item */
};

/* All spans borrow from the document. */
struct au_corim {
	struct ev_span id; /* text, or 16 bytes of a UUID */
	bool id_is_uuid;
	struct ev_span profile; /* a URI, or an OID's bytes; empty: none */
	bool profile_is_oid;
	struct au_corim_tag tag[AU_CORIM_TAGS_MAX];
	size_t n_tags; /* counts those beyond the limit too, as below */
	struct au_corim_digest digest[AU_CORIM_DIGESTS_MAX];
	size_t n_digests;
	bool is_launch_measurement;
	struct au_launch_measurement launch; /* if so */
};

/*
 * bytes begin at offset base of their item.  Refuses what is no CoRIM, what
 * does not keep to the profile that it names, and a CoMID that is not
 * well-formed.  On failure *out is not written.
 */
enum ev_code au_corim_parse(struct ev_span bytes, uint64_t base,
			    struct ev_crypto *crypto, struct au_corim *out,
			    struct ev_error *err);

/* "sha-256", ...: a named information hash (RFC 6920, 9.4); NULL: not known
 * here. */
const char *au_corim_alg_name(int64_t alg);

#endif
