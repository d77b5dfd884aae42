/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which items of an archive are withheld: those that a person named, and the
 * salt of each.  A choice that would withhold nothing in truth, since what is
 * kept still says it, is refused.
 */
#ifndef CO_REDACTION_CHOICE_H
#define CO_REDACTION_CHOICE_H

#include "evidence/manifest.h"

#define CO_NO_SALT SIZE_MAX

/* Arrays are owned and as the manifest's items. */
struct co_redaction_choice {
	bool *withheld;
	size_t *salt; /* index of the item's salt, or CO_NO_SALT */
	size_t n_withheld;
	size_t n_bare; /* of these, neither salted nor a salt */
};

/* A refusal is of object "redact"; found is the path that it is about, and
 * want what a person has to do.  Free with co_redaction_choice_free, on
 * failure too. */
enum ev_code co_redaction_choose(const struct ev_manifest *manifest,
				 const char *const *names, size_t n_names,
				 struct co_redaction_choice *out,
				 struct ev_error *err);
void co_redaction_choice_free(struct co_redaction_choice *choice);

#endif
