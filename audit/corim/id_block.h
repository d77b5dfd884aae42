/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SNP ID block that an IGVM file carries (header 0x30B, 696 bytes;
 * measurement page, sections 3.2 and 5, 3): the launch digest that its signer
 * expects, and whom it belongs to.  Shown; the launch digest is compared by
 * who has recomputed it, and nothing else is judged: no signature is verified,
 * and whose key it is nobody here knows.
 */
#ifndef AU_ID_BLOCK_H
#define AU_ID_BLOCK_H

#include "evidence/base/error.h"

#define AU_ID_BLOCK_SIZE 696

struct au_id_block {
	uint32_t mask;
	bool author;	   /* the key is signed by an author's */
	struct ev_span ld; /* 48 bytes */
	uint64_t ld_offset;
	struct ev_span family, image; /* 16 bytes each */
	uint32_t version;	      /* 1 */
	uint32_t svn;
	uint32_t id_algorithm, author_algorithm; /* 1: ECDSA P-384, SHA-384 */
	uint32_t id_curve, author_curve;	 /* 2: P-384 */
};

/* bytes, of 696, begin at offset base of the image.  Refuses another length
 * and reserved bytes that are not zero; out borrows. */
enum ev_code au_id_block_parse(struct ev_span bytes, uint64_t base,
			       struct au_id_block *out, struct ev_error *err);

#endif
