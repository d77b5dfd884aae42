/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an image carries about itself: the manifest of IGVM's headers 0x104
 * and 0x105, and the SNP ID block, each compared with the measurement that
 * the image's own pages make.
 */
#ifndef AU_ENDORSEMENT_H
#define AU_ENDORSEMENT_H

#include "audit/corim/statement.h"
#include "audit/image/rule.h"

/* The recomputed measurements of an image: the default of each launch.  They
 * borrow from the candidates.  Returns how many; at most max. */
size_t au_recomputed_of(const struct au_candidates *candidates,
			struct au_recomputed *out, size_t max);

/*
 * Appends what the launch carries, each compared with the default value of
 * the launch; a manifest of another platform contradicts, and a launch that
 * carries none is one of the silent ones.  candidate is that
 * default; trust may have no roots.  EV_OK, or EV_TROUBLE.
 */
enum ev_code au_endorsement_read(const struct au_candidate *candidate,
				 const struct au_cose_trust *trust,
				 struct ev_crypto *crypto,
				 struct au_statements *out,
				 struct ev_error *err);

/* The same of every launch that the candidates are of. */
enum ev_code au_endorsements_read(const struct au_candidates *candidates,
				  const struct au_cose_trust *trust,
				  struct ev_crypto *crypto,
				  struct au_statements *out,
				  struct ev_error *err);

#endif
