/* SPDX-License-Identifier: Apache-2.0 */
/* Where references are: a git repository at a revision, or a folder. */
#include "audit/place.h"

#include "audit/directory_references.h"
#include "audit/git_references.h"

#include <unistd.h>

enum ev_code au_place_parse(const char *text, struct au_place *out,
			    struct ev_error *err)
{
	const char *at = access(text, F_OK) == 0 ? NULL : strrchr(text, '@');
	struct au_place place = { 0 };

	place.path =
		at != NULL ? strndup(text, (size_t)(at - text)) : strdup(text);
	place.rev = at != NULL ? strdup(at + 1) : NULL;
	if (place.path == NULL || (at != NULL && place.rev == NULL)) {
		au_place_free(&place);
		return ev_fail_trouble(err, "references", "out of memory");
	}
	*out = place;
	return EV_OK;
}

void au_place_free(struct au_place *place)
{
	free(place->path);
	free(place->rev);
	memset(place, 0, sizeof(*place));
}

/* No repository, but a folder: only then is it read as one. */
static bool is_plain_folder(const struct au_place *place,
			    const struct ev_error *refused)
{
	return refused->code == EV_MISSING && place->rev == NULL &&
	       strcmp(refused->field, "repository") == 0 &&
	       access(place->path, F_OK) == 0;
}

enum ev_code au_place_read(const struct au_place *place,
			   struct ev_crypto *crypto, struct au_references *out,
			   struct ev_error *err)
{
	struct ev_error refused = { 0 };

	if (au_git_references_read(place->path, place->rev, crypto, out,
				   &refused) == EV_OK)
		return EV_OK;
	if (is_plain_folder(place, &refused))
		return au_directory_references_read(place->path, crypto, out,
						    err);
	*err = refused;
	return err->code;
}

enum ev_code au_place_check_recipes(const struct au_place *place,
				    struct ev_crypto *crypto,
				    struct au_references *refs,
				    struct ev_error *err)
{
	if (refs->commit[0] == '\0')
		return au_directory_recipes_check(place->path, crypto, refs,
						  err);
	return au_git_recipes_check(place->path, crypto, refs, err);
}
