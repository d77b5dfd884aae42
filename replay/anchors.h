/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust anchors: keys that verification starts from, given as files, never
 * fetched.  A file has header lines "Name: ...", "Owner: ...", "For: ...",
 * "Spki-Sha256: ...", "Confirm: ...", optionally "Subject: ..." (RFC 2253, for
 * naming a forgery) and "Simulated: yes", an empty line, and one PEM block:
 * PUBLIC KEY, or CERTIFICATE for a TSA root.  A TSA root may have terms:
 * "Valid-From: TIME" and "Valid-To: TIME" (RFC 3339, both inclusive), and
 * "Policies: OID OID ..." (dotted).
 */
#ifndef RP_ANCHORS_H
#define RP_ANCHORS_H

#include "evidence/base/digest.h"
#include "evidence/base/pem.h"

enum rp_anchor_use {
	RP_ANCHOR_INTEL_SGX_ROOT,
	RP_ANCHOR_AZURE_VTPM_ROOT,
	RP_ANCHOR_AZURE_IMDS_ROOT,
	RP_ANCHOR_TSA_ROOT,
	RP_ANCHOR_ITA_ROOT,    /* Intel Trust Authority */
	RP_ANCHOR_GOOGLE_ROOT, /* Confidential Space, PKI tokens */
	RP_ANCHOR_AMD_ARK,
	RP_ANCHOR_TLS_ROOT,
};
const char *rp_anchor_use_word(enum rp_anchor_use use);

struct rp_anchor {
	char name[64], owner[64];
	char subject[256]; /* of the root; "" where the file says none */
	enum rp_anchor_use use;
	bool simulated;
	/* Terms of a TSA root: INT64_MIN, INT64_MAX and "" where none. */
	int64_t valid_from, valid_to;
	char policies[256];
	struct ev_pem_list pem;
	struct ev_span der; /* SubjectPublicKeyInfo, or a TSA certificate */
	uint8_t sha256[32]; /* of the file */
	bool used;	    /* a finding of this run rests on it */
};

#define RP_ANCHORS_MAX 64

struct rp_anchors {
	struct rp_anchor anchor[RP_ANCHORS_MAX];
	size_t n;
};

/* Adds the anchor of one file; refuses an unknown use, a digest that is not
 * that of the key, the same key twice for one use, and a header that is not
 * known or stands twice: terms that are mistyped would be terms ignored. */
enum ev_code rp_anchors_add(struct ev_crypto *crypto, struct ev_span file,
			    struct rp_anchors *anchors, struct ev_error *err);
void rp_anchors_free(struct rp_anchors *anchors);

/* Whether the terms of a TSA root admit a token of that time and policy; if
 * not, reason says which does not. */
bool rp_anchor_admits(const struct rp_anchor *a, int64_t gen_time,
		      const char *policy, char reason[200]);

/* The anchor of that use whose 64-byte P-256 point is key, or NULL. */
struct rp_anchor *rp_anchors_find_p256(struct rp_anchors *anchors,
				       enum rp_anchor_use use,
				       const uint8_t key[64]);

/* Fills out with the DER of all anchors of one use, and which they are. */
size_t rp_anchors_of(struct rp_anchors *anchors, enum rp_anchor_use use,
		     struct ev_span out[RP_ANCHORS_MAX],
		     struct rp_anchor *which[RP_ANCHORS_MAX]);

/* Of a root that is no anchor, by SHA-256 of its SubjectPublicKeyInfo: what it
 * is, to be said behind that; "" where nobody knows. */
const char *rp_known_root(const uint8_t spki_sha256[32]);

#endif
