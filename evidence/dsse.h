/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DSSE v1 envelopes over manifest.json (secure-systems-lab/dsse protocol.md
 * v1.0.2): {"payload","payloadType","signatures":[{"keyid","sig"}]}.
 */
#ifndef EV_DSSE_H
#define EV_DSSE_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_node.h"
#include "evidence/base/sig.h"

#define EV_DSSE_TYPE	       "application/vnd.in-toto+json"
#define EV_DSSE_SIGNATURES_MAX 64

struct ev_dsse_signature {
	struct ev_span keyid; /* borrowed text, a hint only; may be empty */
	struct ev_span sig;   /* decoded, in storage */
};

struct ev_dsse {
	struct ev_nodes nodes;	     /* owned */
	struct ev_span payload;	     /* decoded, in storage */
	struct ev_span payload_type; /* borrowed text */
	struct ev_dsse_signature signature[EV_DSSE_SIGNATURES_MAX];
	size_t n_signatures;
	uint8_t *storage;
};

/* Base64 standard or URL-safe, padded or not; unknown members ignored.
 * Free with ev_dsse_free. */
enum ev_code ev_dsse_parse(struct ev_span item, struct ev_dsse *out,
			   struct ev_error *err);
void ev_dsse_free(struct ev_dsse *dsse);

/* Appends the pre-authentication encoding "DSSEv1 LEN TYPE LEN PAYLOAD". */
void ev_dsse_pae(struct ev_span type, struct ev_span payload,
		 struct ev_buffer *out);

/* key id: lower-case hex of SHA-256 of the DER SPKI; false is trouble. */
bool ev_key_id(struct ev_crypto *crypto, struct ev_span spki, char out[65]);

/* Whether spki's key made signature `index` over the payload. */
enum ev_verified ev_dsse_verify(struct ev_crypto *crypto,
				const struct ev_dsse *dsse, size_t index,
				struct ev_span spki);

/* Signatures by spki's key over the payload among this envelope's: yes, no,
 * trouble.  *index, if not NULL, is the first good one. */
enum ev_verified ev_dsse_signed_by(struct ev_crypto *crypto,
				   const struct ev_dsse *dsse,
				   struct ev_span spki, size_t *index);

#endif
