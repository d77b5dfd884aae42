/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where references are: REPO[@REV] or a plain folder, as a user writes it.
 * What stands in front of the last "@" is the path, unless the whole exists
 * as a path.
 */
#ifndef AU_PLACE_H
#define AU_PLACE_H

#include "audit/references/pinned_file.h"

struct au_place {
	char *path; /* owned */
	char *rev;  /* owned; NULL: none was given */
};

/* EV_OK or EV_TROUBLE. */
enum ev_code au_place_parse(const char *text, struct au_place *out,
			    struct ev_error *err);
void au_place_free(struct au_place *place);

/* A repository stands there; false: a plain folder.  Refused are a revision of
 * what is no repository, a repository that cannot be opened, which is never
 * read as a folder, and a path with nothing there. */
enum ev_code au_place_is_git(const struct au_place *place, bool *out,
			     struct ev_error *err);

/* All references of the place: from git where a repository stands there, else
 * from the folder.  Refuses as au_place_is_git does, too. */
enum ev_code au_place_read(const struct au_place *place,
			   struct ev_crypto *crypto, struct au_references *out,
			   struct ev_error *err);

/* What is done with the files of a place. */
typedef enum ev_code au_place_use(const struct au_files *files, void *state,
				  struct ev_error *err);

/* Calls use with the files beside refs, which were read from the place: those
 * of the same commit, or of the folder. */
enum ev_code au_place_files(const struct au_place *place,
			    const struct au_references *refs, au_place_use *use,
			    void *state, struct ev_error *err);

/* au_pinned_files_check with those files. */
enum ev_code au_place_check_files(const struct au_place *place,
				  struct ev_crypto *crypto,
				  const struct au_builder_keys *keys,
				  struct au_references *refs,
				  struct ev_error *err);

#endif
