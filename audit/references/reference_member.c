/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a reference manifest: text and hex with their rules. */
#include "audit/references/reference_member.h"

#include "evidence/base/hex.h"

#include <stdio.h>

static const char object[] = "reference";

void au_note(struct au_reference *ref, const char *what, const char *name)
{
	if (ref->n_notes < AU_NOTES_MAX)
		snprintf(ref->note[ref->n_notes], AU_NOTE_TEXT, "%s: %.80s",
			 what, name);
	ref->n_notes++;
}

void au_note_unknown(struct au_reference *ref, const json_t *obj,
		     const char *where, const char *const *known)
{
	const char *name;
	json_t *v;

	json_object_foreach ((json_t *)(uintptr_t)obj, name, v) {
		size_t i = 0;

		(void)v;
		while (known[i] != NULL && strcmp(known[i], name) != 0)
			i++;
		if (known[i] == NULL)
			au_note(ref, where, name);
	}
}

enum ev_code au_member_text(const json_t *obj, const char *member,
			    const char *name, enum au_text kind,
			    struct ev_span *out, struct ev_error *err)
{
	struct ev_span text;
	const json_t *v = json_object_get(obj, member);

	if (v == NULL)
		return ev_fail(err, EV_MISSING, object, name, 0,
			       au_text_want(kind), "nothing");
	if (!json_is_string(v))
		return ev_fail(err, EV_SYNTAX, object, name, 0,
			       au_text_want(kind), ev_json_type_word(v));
	text = ev_span_of(json_string_value(v), json_string_length(v));
	if (!au_text_is(kind, text))
		return ev_fail_text(err, EV_VALUE, object, name, 0,
				    au_text_want(kind), text);
	*out = text;
	return EV_OK;
}

enum ev_code au_member_optional_text(const json_t *obj, const char *member,
				     const char *name, struct ev_span *out,
				     struct ev_error *err)
{
	if (json_object_get(obj, member) == NULL)
		return EV_OK;
	return au_member_text(obj, member, name, AU_PROSE, out, err);
}

enum ev_code au_member_hex(const json_t *obj, const char *member,
			   const char *name, uint8_t *out, size_t n,
			   struct ev_error *err)
{
	const char *text = json_string_value(json_object_get(obj, member));
	struct ev_span found = ev_span_str(text != NULL ? text : "");
	char want[48];

	snprintf(want, sizeof(want), "%zu lower-case hex digits", 2 * n);
	if (text == NULL)
		return ev_fail(err, EV_MISSING, object, name, 0, want,
			       "no string");
	if (found.n != 2 * n || strspn(text, "0123456789abcdef") != found.n ||
	    !ev_hex_decode(found, out, n))
		return ev_fail_text(err, EV_VALUE, object, name, 0, want,
				    found);
	return EV_OK;
}
