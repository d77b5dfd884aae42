/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where references are: REPO[@REV] or a plain folder, as a user writes it.
 * What stands in front of the last "@" is the path, unless the whole exists
 * as a path.
 */
#ifndef AU_PLACE_H
#define AU_PLACE_H

#include "audit/references/references.h"

struct au_place {
	char *path; /* owned */
	char *rev;  /* owned; NULL: none was given */
};

/* EV_OK or EV_TROUBLE. */
enum ev_code au_place_parse(const char *text, struct au_place *out,
			    struct ev_error *err);
void au_place_free(struct au_place *place);

/*
 * All references of the place: from git where a repository stands there, else
 * from the folder; a revision of what is no repository is refused.  A
 * repository that cannot be opened is refused, never read as a folder.
 */
enum ev_code au_place_read(const struct au_place *place,
			   struct ev_crypto *crypto, struct au_references *out,
			   struct ev_error *err);

/* Adds faults for recipes that are absent or differ. */
enum ev_code au_place_check_recipes(const struct au_place *place,
				    struct ev_crypto *crypto,
				    struct au_references *refs,
				    struct ev_error *err);

#endif
