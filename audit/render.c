/* SPDX-License-Identifier: Apache-2.0 */
/* An audited report for people. */
#include "audit/render.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"

#include <stdio.h>

static const size_t COLUMNS = 80;
static const size_t INDENT = 14; /* behind the longest label */

static const char *text_of(const json_t *obj, const char *member)
{
	const char *text = json_string_value(json_object_get(obj, member));

	return text != NULL ? text : "";
}

/* The first 16 digits of a digest, or all of them. */
static const char *digest(const char *hex, bool full, char out[136])
{
	snprintf(out, 136, "%.*s%s", full ? 130 : 16, hex,
		 !full && strlen(hex) > 16 ? "..." : "");
	return out;
}

/* A label and text behind it, broken at blanks before column 80. */
static void line(struct ev_buffer *out, const char *label, const char *text)
{
	size_t column = INDENT;

	ev_buffer_printf(out, "%-*s", (int)INDENT, label);
	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (column > INDENT && column + 1 + n > COLUMNS) {
			ev_buffer_printf(out, "\n%*s", (int)INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			ev_buffer_add_str(out, " ");
			column++;
		}
		ev_buffer_add(out, ev_span_of(text, n));
		column += n;
		text += n + (text[n] == ' ');
	}
	ev_buffer_add_str(out, "\n");
}

static void line_status(struct ev_buffer *out, const json_t *ref)
{
	const char *reason = text_of(ref, "reason");
	const char *advisory = text_of(ref, "advisory");
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "%s since %s%s%s%s%s%s", text_of(ref, "status"),
			 text_of(ref, "since"), *reason != '\0' ? ": " : "",
			 reason, *advisory != '\0' ? " (" : "", advisory,
			 *advisory != '\0' ? ")" : "");
	ev_buffer_add_byte(&text, 0);
	if (ev_buffer_ok(&text))
		line(out, "  status", (const char *)text.p);
}

static void line_two(struct ev_buffer *out, const char *label, const char *a,
		     const char *b)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "%s %s", a, b);
	ev_buffer_add_byte(&text, 0);
	if (ev_buffer_ok(&text))
		line(out, label, (const char *)text.p);
}

static void parameters(struct ev_buffer *out, const json_t *ref)
{
	json_t *all = json_object_get(ref, "parameters");
	ev_auto_free char *text = NULL;

	if (json_object_size(all) == 0)
		return;
	text = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT);
	if (text != NULL)
		line(out, "  parameters", text);
	else
		out->failed = true;
}

static void reference(struct ev_buffer *out, const json_t *ref, bool full)
{
	const json_t *source = json_object_get(ref, "source");
	const json_t *recipe = json_object_get(ref, "recipe");
	const json_t *artifact = json_object_get(ref, "artifact");
	char hex[136];

	line_two(out, "  reference", text_of(ref, "product"),
		 text_of(ref, "version"));
	line_status(out, ref);
	parameters(out, ref);
	line_two(out, "  source", text_of(source, "repository"),
		 digest(text_of(source, "commit"), full, hex));
	line_two(out, "  recipe", text_of(recipe, "path"),
		 digest(text_of(recipe, "sha256"), full, hex));
	line_two(out, "  artifact", text_of(artifact, "name"),
		 digest(text_of(artifact, "sha256"), full, hex));
}

static void repository(struct ev_buffer *out, const json_t *repo, bool full)
{
	const char *commit = text_of(repo, "commit");
	char hex[136], text[200];
	json_int_t n = json_integer_value(json_object_get(repo, "manifests"));

	if (*commit != '\0')
		snprintf(text, sizeof(text), "%lld at commit %s", (long long)n,
			 digest(commit, full, hex));
	else
		snprintf(text, sizeof(text),
			 "%lld, not in git; their sha256 is %s", (long long)n,
			 digest(text_of(repo, "sha256"), full, hex));
	line(out, "  references", text);
}

static void measurement(struct ev_buffer *out, const json_t *entry, bool full)
{
	const json_t *ref = json_object_get(entry, "reference");
	ev_auto_buffer struct ev_buffer text = { 0 };
	const char *word = text_of(entry, "result");
	char hex[136];

	ev_buffer_printf(&text, "MRTD %s: %s",
			 digest(text_of(entry, "value"), full, hex),
			 text_of(entry, "reason"));
	ev_buffer_add_byte(&text, 0);
	if (!ev_buffer_ok(&text))
		return;
	if (strlen(word) < INDENT - 1) {
		line(out, word, (const char *)text.p);
	} else {
		ev_buffer_printf(out, "%s\n", word);
		line(out, "", (const char *)text.p);
	}
	if (ref != NULL)
		reference(out, ref, full);
	repository(out, json_object_get(entry, "repository"), full);
}

/* What keeps the report from a pass, apart from the comparison itself. */
static void open_checks(struct ev_buffer *out, const json_t *checks, bool full)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *f = json_array_get(checks, i);
		const char *outcome = text_of(f, "outcome");
		bool waived = json_is_true(json_object_get(f, "waived"));
		bool counts = strcmp(outcome, "fail") == 0
				      ? !waived
				      : strcmp(outcome, "skip") == 0 &&
						json_is_true(json_object_get(
							f, "required"));
		const char *reason = text_of(f, "reason");
		ev_auto_buffer struct ev_buffer text = { 0 };

		if ((!counts && !full) ||
		    strncmp(text_of(f, "id"), "measure.", 8) == 0)
			continue;
		ev_buffer_printf(&text, "%s %s%s%s", text_of(f, "id"),
				 text_of(f, "subject"),
				 *reason != '\0' ? ": " : "", reason);
		ev_buffer_add_byte(&text, 0);
		if (ev_buffer_ok(&text)) {
			char label[16];

			snprintf(label, sizeof(label), "    %s", outcome);
			line(out, label, (const char *)text.p);
		}
	}
}

/* Test anchors are named in every output that rests on them. */
static void simulated(struct ev_buffer *out, const json_t *anchors)
{
	for (size_t i = 0; i < json_array_size(anchors); i++) {
		const json_t *a = json_array_get(anchors, i);

		if (!json_is_true(json_object_get(a, "used")) ||
		    !json_is_true(json_object_get(a, "simulated")))
			continue;
		line(out, "  SIMULATED",
		     "anchors: this says nothing about a real machine");
		return;
	}
}

static const char *verdict_word(const char *verdict)
{
	if (strcmp(verdict, "pass") == 0)
		return "PASS";
	return strcmp(verdict, "fail") == 0 ? "FAIL" : "INCOMPLETE";
}

bool au_render_text(struct ev_span report, bool full, struct ev_buffer *out)
{
	ev_auto_json json_t *document = NULL;
	struct ev_error err = { 0 };
	const json_t *audit, *policy;
	char hex[136], text[300];

	if (ev_json_parse(report, report.n, "report", &document, &err) != EV_OK)
		return false;
	audit = json_object_get(document, "audit");
	if (!json_is_array(audit))
		return false;
	for (size_t i = 0; i < json_array_size(audit); i++)
		measurement(out, json_array_get(audit, i), full);
	if (json_array_size(audit) == 0)
		line(out, "nothing",
		     "no launch measurement in the evidence to compare");
	policy = json_object_get(document, "policy");
	snprintf(text, sizeof(text),
		 "%s as of %s under policy \"%.100s\" (sha256 %s)",
		 verdict_word(text_of(document, "verdict")),
		 text_of(json_object_get(document, "asOf"), "time"),
		 text_of(policy, "name"),
		 digest(text_of(policy, "sha256"), full, hex));
	line(out, "  verdict", text);
	simulated(out, json_object_get(document, "anchors"));
	open_checks(out, json_object_get(document, "checks"), full);
	return ev_buffer_ok(out);
}
