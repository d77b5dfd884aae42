/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a quote or SEV-SNP report says of a guest outside its launch
 * measurement (measurement page, sections 1 and 6.1): of these the image and
 * the measurement say nothing, so they are compared apart or only shown.
 */
#ifndef AU_OUTSIDE_H
#define AU_OUTSIDE_H

#include "audit/corim/statement.h"
#include "audit/image/launch.h"
#include "audit/measured.h"

#define AU_OUTSIDE_MAX	12
#define AU_OUTSIDE_TEXT 160

struct au_outside_row {
	const char *name;  /* static: "attributes", as facts have it */
	const char *label; /* static, for people: "RTMR 0 to 3" */
	/* Lower-case hex, or a number; borrowed from the report; NULL: several
	 * values, of which `says` tells. */
	const char *value;
	bool zero;		    /* and `says` says so */
	char number[24];	    /* what value points to, of a number */
	char says[AU_OUTSIDE_TEXT]; /* a sentence without a full stop */
};

/* Not to be copied: rows may borrow from themselves. */
struct au_outside {
	struct au_outside_row row[AU_OUTSIDE_MAX];
	size_t n;
};

/* In the order of the report's fields; nothing of an unread item. */
void au_outside_read(const struct au_measured *measured,
		     struct au_outside *out);

enum au_policy_answer { AU_POLICY_NONE, AU_POLICY_AGREES, AU_POLICY_DIFFERS };

/*
 * Compares the guest with what the image asks of it: of TDX DEBUG and
 * SEPT_VE_DISABLE, of SEV-SNP the whole policy.  says: in words; empty with
 * AU_POLICY_NONE, where one of the two says nothing.
 */
enum au_policy_answer au_outside_policy(const struct au_measured *measured,
					const struct au_launch *launch,
					char says[AU_OUTSIDE_TEXT]);

/* The same of the guest's SVN and the ID block among the statements; a quote
 * has none. */
enum au_policy_answer au_outside_svn(const struct au_measured *measured,
				     const struct au_statements *statements,
				     char says[AU_OUTSIDE_TEXT]);

#endif
