/* SPDX-License-Identifier: Apache-2.0 */
/* What sets two manifests of one reference apart. */
#ifndef AU_REFERENCE_CHANGE_H
#define AU_REFERENCE_CHANGE_H

#include "audit/references/reference.h"

struct au_reference_change {
	bool from_unreadable; /* the older is no manifest: nothing is known */
	/* Any entry of status differs; from and to are the last ones. */
	bool status;
	enum au_state from, to;
	int64_t since;	  /* of to */
	char reason[256]; /* of to, printable (ev_show), cut */
	/* Entries of measurements that only one of the two has. */
	size_t n_added, n_removed;
	/* Top-level members that differ besides these two, in bytewise order,
	 * separated by commas, printable, cut; "" for none. */
	char members[128];
};

/* NULL for a manifest that could not be read. */
struct au_reference_change au_reference_compare(const struct au_reference *from,
						const struct au_reference *to);

#endif
