/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of TPM objects (Trusted Platform Module Library Part 1, rev. 1.59, 16
 * and 26.5): Name = nameAlg || H(TPMT_PUBLIC), qualified name = nameAlg ||
 * H(qualified name of the parent || Name); that of a hierarchy is its handle,
 * four bytes, big-endian.
 */
#ifndef EV_TPM_NAME_H
#define EV_TPM_NAME_H

#include "evidence/tpm_alg.h"

/* nameAlg and SHA-512. */
#define EV_TPM_NAME_MAX (2 + EV_DIGEST_MAX)

struct ev_tpm_hierarchy {
	uint32_t handle; /* TPMI_RH_HIERARCHY */
	const char *name;
	/* Its keys' quotes show resetCount, restartCount and firmwareVersion
	 * as they are; those of other keys have a secret added, one a key. */
	bool shows_counters;
};

/* The four, in the order in which a name is looked for: endorsement, owner,
 * platform, null. */
#define EV_TPM_HIERARCHIES 4
extern const struct ev_tpm_hierarchy ev_tpm_hierarchies[EV_TPM_HIERARCHIES];
#define EV_TPM_ENDORSEMENT (&ev_tpm_hierarchies[0])

/* The Name of a TPMT_PUBLIC; its size goes to *n, 0 where nameAlg (bytes 2 and
 * 3) is no digest of ours.  False is trouble. */
bool ev_tpm_name(struct ev_crypto *crypto, struct ev_span area,
		 uint8_t out[EV_TPM_NAME_MAX], size_t *n);

/* qualifiedSigner of quotes by a primary key of the hierarchy; likewise. */
bool ev_tpm_qualified_name(struct ev_crypto *crypto, struct ev_span area,
			   const struct ev_tpm_hierarchy *hierarchy,
			   uint8_t out[EV_TPM_NAME_MAX], size_t *n);

/* In which hierarchy a key with this area, were it primary, has that qualified
 * name; *out is NULL where in none: its parent is another key, or it is
 * another key.  False is trouble. */
bool ev_tpm_hierarchy_of(struct ev_crypto *crypto, struct ev_span area,
			 struct ev_span qualified_name,
			 const struct ev_tpm_hierarchy **out);

/* The TPMT_PUBLIC that Azure's template gives an RSA-2048 key with this
 * modulus (256 bytes), azure page 6.3; out holds EV_TPM_AK_AREA bytes. */
#define EV_TPM_AK_AREA (24 + 256)
void ev_tpm_ak_area(const uint8_t modulus[256], uint8_t out[EV_TPM_AK_AREA]);

#endif
