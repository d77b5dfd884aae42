/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a reference manifest: text and hex with their rules, and
 * notes of what this build does not know. */
#ifndef AU_REFERENCE_MEMBER_H
#define AU_REFERENCE_MEMBER_H

#include "audit/references/reference.h"
#include "audit/references/reference_text.h"

/* A text member with its rule; name is the dotted name for refusals.  *out
 * borrows from obj. */
enum ev_code au_member_text(const json_t *obj, const char *member,
			    const char *name, enum au_text kind,
			    struct ev_span *out, struct ev_error *err);
/* Prose that may be absent: *out is then left as it is. */
enum ev_code au_member_optional_text(const json_t *obj, const char *member,
				     const char *name, struct ev_span *out,
				     struct ev_error *err);
/* Lower-case hex of n bytes: one spelling for one value. */
enum ev_code au_member_hex(const json_t *obj, const char *member,
			   const char *name, uint8_t *out, size_t n,
			   struct ev_error *err);

void au_note(struct au_reference *ref, const char *what, const char *name);
/* Unknown members are notes: a later release may add what informs.  known
 * ends with NULL. */
void au_note_unknown(struct au_reference *ref, const json_t *obj,
		     const char *where, const char *const *known);

#endif
