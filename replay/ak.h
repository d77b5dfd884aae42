/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that a vTPM quote is said to be signed with, and what its TPM calls
 * it (eventlog page 7.4).
 */
#ifndef RP_AK_H
#define RP_AK_H

#include "replay/case.h"

struct rp_ak {
	struct ev_public_key key;
	const char *origin; /* "HCLAkPub" */
	const struct rp_item *item;
	uint64_t offset, length; /* of where the key stands in item */
};

/* HCLAkPub, else the key of the TPM2B_PUBLIC, else a public key alone, else
 * the AK certificate's.  False where there is none. */
bool rp_ak_of(const struct rp_subject *tpm_quote, struct rp_ak *out);

/* HCLAkPub of a report whose claims were read. */
struct ev_public_key rp_hcl_key(const struct rp_hcl *h);

/* The public area is of a key that cannot be used here: its curve, else 0. */
uint16_t rp_ak_strange_curve(const struct rp_tpm_quote *t);

/* Whether they are one key; want and got become modulus or point. */
enum rp_outcome rp_expect_key(struct rp_finding *f,
			      const struct ev_public_key *want,
			      const struct ev_public_key *got);

/* Fills the quote's ak_name and hierarchy: from the platform's template where
 * the paravisor names the key or where there is no public area, else from that
 * area.  False is trouble. */
bool rp_ak_find_name(struct ev_crypto *crypto, struct rp_tpm_quote *t,
		     const struct rp_ak *ak);

#endif
