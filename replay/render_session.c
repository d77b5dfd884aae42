/* SPDX-License-Identifier: Apache-2.0 */
/* Lines about a collection: its root, its challenge, its bindings. */
#include "replay/render_session.h"

#include "replay/render_line.h"

/* A challenge of 32 bytes stands in full. */
#define CHALLENGE_DIGITS 64

static const char *text_of(const json_t *v, const char *name)
{
	const char *text = json_string_value(json_object_get(v, name));

	return text != NULL ? text : "";
}

/* A verifier's challenge was given, and is another one. */
static bool is_other(const json_t *report)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(report, "checks"), i, check)
		if (strcmp(text_of(check, "id"), "bind.challenge") == 0 &&
		    strcmp(text_of(check, "outcome"), "fail") == 0)
			return true;
	return false;
}

static void nonce_line(const json_t *report, const json_t *session, bool full,
		       struct ev_buffer *out)
{
	const char *challenge = text_of(session, "challenge");
	size_t n = strlen(challenge);
	bool cut = !full && n > CHALLENGE_DIGITS;

	if (n == 0)
		ev_buffer_add_str(out,
				  "  nonce        self-made nonce, freshness "
				  "rests on the timestamp");
	else
		ev_buffer_printf(out, "  nonce        answers challenge %.*s%s",
				 cut ? CHALLENGE_DIGITS : (int)n, challenge,
				 cut ? "..." : "");
	ev_buffer_printf(out, "%s%s\n",
			 json_is_true(json_object_get(session, "trusted"))
				 ? ""
				 : "   [not trusted]",
			 is_other(report) ? "   [not what --nonce asked]" : "");
}

/* Where no session is known: said of evidence, which all the same reads as if
 * somebody had asked for it. */
static void no_nonce_line(const json_t *facts, struct ev_buffer *out)
{
	static const char *const evidence[] = { "quote", "azure", "tpm" };
	bool here = false;

	for (size_t i = 0; i < sizeof(evidence) / sizeof(evidence[0]); i++)
		here |= json_object_get(facts, evidence[i]) != NULL;
	if (!here)
		return;
	rp_render_line(out, "nonce", "%s",
		       json_object_get(facts, "binding") == NULL
			       ? "bound to no nonce: nothing says whose "
				 "question it answers"
			       : "bound to no nonce that can be recomputed");
}

/* A try of round trips that came to the same as the one before it. */
static bool is_repeated(const json_t *bound, size_t i)
{
	static const char *const members[] = { "use", "item", "result" };
	const json_t *last = i > 0 ? json_array_get(bound, i - 1) : NULL;
	const json_t *v = json_array_get(bound, i);

	if (last == NULL || json_object_get(v, "index") == NULL)
		return false;
	for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++)
		if (strcmp(text_of(v, members[k]), text_of(last, members[k])) !=
		    0)
			return false;
	return true;
}

void rp_render_session(const json_t *report, bool full, struct ev_buffer *out)
{
	const json_t *facts = json_object_get(report, "facts"), *bound;
	const json_t *session = json_object_get(facts, "session");
	size_t i;

	if (json_object_get(json_object_get(report, "archive"), "root") != NULL)
		ev_buffer_add_str(out, "  collector    collected from a test "
				       "root\n");
	if (session != NULL)
		nonce_line(report, session, full, out);
	else
		no_nonce_line(facts, out);
	json_array_foreach (json_object_get(facts, "binding"), i, bound) {
		if (is_repeated(json_object_get(facts, "binding"), i))
			continue;
		ev_buffer_printf(
			out,
			"  %s %-11s round %" JSON_INTEGER_FORMAT
			"  %-10s  %s\n",
			i == 0 ? "bound       " : "            ",
			text_of(bound, "use"),
			json_integer_value(json_object_get(bound, "round")),
			text_of(bound, "result"), text_of(bound, "item"));
	}
}
