/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One member of a wrapper that becomes one part: where it stands, what it
 * is, how it is spelled.
 */
#ifndef CO_PART_H
#define CO_PART_H

#include "collect/encoded.h"
#include "collect/import.h"

struct co_part_row {
	const char *member;
	const char *field; /* the member's whole path, for refusals */
	const char *kind;
	enum co_spelling spelling;
	const char *detail; /* "td_quote, base64url" */
};

/* Appends the member's bytes, related decoded-from `from`. */
enum ev_code co_part_decode(const json_t *obj, const char *object,
			    const struct co_part_row *row,
			    struct co_parts *list, size_t from, size_t *index,
			    struct ev_error *err);

/* Notes each member that is not in known (ended by NULL) and not null,
 * empty text or an empty list: it stays in the wrapper alone. */
void co_part_note_unknown(json_t *obj, const char *const *known,
			  struct co_parts *list);

/* False where the member is absent or null. */
bool co_part_has(const json_t *obj, const char *member);

/* Whether content looks like a JSON object in which the text "name" stands in
 * quotes: enough to know a format by, and a broken file of that format is
 * still known and refused with its place. */
bool co_part_json_names(struct ev_span content, const char *name);

#endif
