/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two operations of one launch that fill the same page.  Loaders differ in
 * what they make of that, so no value can be promised.
 */
#ifndef AU_OVERLAP_H
#define AU_OVERLAP_H

#include "audit/image/launch.h"

/*
 * Refuses the first page, in the order of addresses, that pages or parameter
 * areas of the launch fill twice, with the offset of the later header.  The
 * start states of processors stand apart: several may name one address.
 */
enum ev_code au_overlap_check(const struct au_launch *launch,
			      const char *object, struct ev_error *err);

#endif
