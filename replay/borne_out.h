/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of a log that a trusted quote has too, and what may then be said
 * of the boot: until then it is what somebody wrote into a log.
 */
#ifndef RP_BORNE_OUT_H
#define RP_BORNE_OUT_H

#include "replay/compared.h"
#include "replay/secure_boot.h"

/* The quote is trusted, and so are the register values beside it. */
bool rp_quote_bears_out(const struct rp_case *c,
			const struct rp_subject *quote);

/* The register is equal, and in no bank of this quote by more than digests of
 * SHA-1, of which collisions can be bought. */
bool rp_is_weak(const struct rp_case *c, const struct rp_compared *r);

/*
 * The register of that number of a log of firmware, in the bank with the
 * longest digests in which a trusted quote has what the log gives, and no
 * other log extends it.  Else NULL, and *why says what keeps it.
 */
const struct rp_compared *rp_borne_out(const struct rp_case *c,
				       const struct rp_subject *log,
				       unsigned int index, const char **why);

struct rp_boot_state {
	struct rp_secure_boot logged;	 /* whoever bears it out */
	const struct rp_compared *by;	 /* who does, or NULL */
	enum rp_secure_boot_state state; /* unknown without `by` */
	const char *why;		 /* of state; borrowed of *this */
};

/* Of a log of firmware that was opened.  False is trouble. */
bool rp_boot_state_read(const struct rp_case *c, const struct rp_subject *log,
			struct rp_boot_state *out);

#endif
