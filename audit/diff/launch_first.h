/* SPDX-License-Identifier: Apache-2.0 */
/* How far two launches' digests have taken the same (measurement page, section
 * 6.5). */
#ifndef AU_LAUNCH_FIRST_H
#define AU_LAUNCH_FIRST_H

#include "audit/diff/launch_units.h"

struct au_launch_first {
	uint64_t operation; /* that many before it are the same */
	uint64_t gpa;
};

/* Whether there is an operation that the digests take differently, or one
 * alone takes; linear from operation number `same` on, up to which they are
 * known to agree. */
bool au_launch_first(const struct au_register *reg, const struct au_units *a,
		     const struct au_units *b, uint64_t same,
		     struct au_launch_first *out);

#endif
