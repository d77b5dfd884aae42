/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where references come from, for a report: who vouches for one as of a time,
 * since when it has been there, who says that he built it.  Of references in
 * git; a plain folder has files alone.
 */
#ifndef AU_ORIGIN_H
#define AU_ORIGIN_H

#include "audit/compare.h"
#include "audit/references/vouching.h"

struct au_origins {
	/* Borrowed; vouching NULL: nothing is told but the commit. */
	struct au_vouching *vouching;
	/* Whom nobody allowed vouches for is no match: signers were given, or
	 * a commit from which the repository must come. */
	bool must;
	const char *known; /* that commit; NULL: none */
	const struct au_place *place;
	const struct au_references *references;
	struct ev_crypto *crypto;
	/* An objection's words, and why one could not be made. */
	char words[260];
	struct ev_error refused;
};

/* Who is asked from now on, as of that time.  EV_OK, or what
 * au_vouching_open refuses. */
enum ev_code au_origins_at(struct au_origins *origins, int64_t at,
			   struct ev_error *err);

/* For au_compare, with origins as its state; origins->refused is set where a
 * history could not be read, and then it objects. */
const char *au_origins_objection(void *origins, const struct au_listed *listed,
				 int64_t at);

/*
 * Sets in a reference's object vouchedBy, entered, changed (each as
 * ecart-reference(5), HISTORIES) and provenance, as far as they are known; a
 * history or provenance that cannot be read is told in the place of it.  EV_OK
 * or trouble.
 */
enum ev_code au_origins_set(struct au_origins *origins,
			    const struct au_listed *listed, json_t *reference,
			    struct ev_error *err);

/* Sets in the repository's object tag, signature, signedBy and known.  False:
 * out of memory. */
bool au_origins_set_repository(const struct au_origins *origins,
			       json_t *repository);

/* "commit ...", with who signed where that was judged and is good. */
void au_origins_anchor(const struct au_origins *origins, char out[420]);

#endif
