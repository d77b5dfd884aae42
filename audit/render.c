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

/* Characters of the first n bytes. */
static size_t columns(const char *text, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((uint8_t)text[i] & 0xc0) != 0x80;
	return count;
}

/* Bytes of the first `room` characters, at most n. */
static size_t bytes_of(const char *text, size_t n, size_t room)
{
	size_t i = 0;

	while (i < n && columns(text, i + 1) <= room)
		i++;
	return i;
}

/* Text at a column, broken at blanks before column 80. */
struct page {
	struct ev_buffer *out;
	bool full; /* digests in full, every check, no word is broken */
	size_t column;
};

static void indent(struct page *p)
{
	ev_buffer_printf(p->out, "\n%*s", (int)INDENT, "");
	p->column = INDENT;
}

/* A word that no line has room for is broken, but with --full: there it may
 * be copied. */
static void word(struct page *p, const char *text, size_t n)
{
	size_t room = COLUMNS - INDENT, part;

	if (p->column > INDENT && p->column + 1 + columns(text, n) > COLUMNS) {
		indent(p);
	} else if (p->column > INDENT) {
		ev_buffer_add_str(p->out, " ");
		p->column++;
	}
	while (!p->full && columns(text, n) > room) {
		part = bytes_of(text, n, room);
		ev_buffer_add(p->out, ev_span_of(text, part));
		indent(p);
		text += part;
		n -= part;
	}
	ev_buffer_add(p->out, ev_span_of(text, n));
	p->column += columns(text, n);
}

/* A label and text behind it; a label too long stands alone. */
static void line(struct page *p, const char *label, const char *text)
{
	if (strlen(label) < INDENT) {
		ev_buffer_printf(p->out, "%-*s", (int)INDENT, label);
		p->column = INDENT;
	} else {
		ev_buffer_add_str(p->out, label);
		indent(p);
	}
	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (n > 0)
			word(p, text, n);
		text += n + (text[n] == ' ');
	}
	ev_buffer_add_str(p->out, "\n");
}

/* The same, with the text taken from a buffer. */
static void line_of(struct page *p, const char *label, struct ev_buffer *text)
{
	ev_buffer_add_byte(text, 0);
	if (ev_buffer_ok(text))
		line(p, label, (const char *)text->p);
	else
		p->out->failed = true;
}

static void line_status(struct page *p, const char *label, const json_t *ref)
{
	const char *reason = text_of(ref, "reason");
	const char *advisory = text_of(ref, "advisory");
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "%s since %s%s%s%s%s%s", text_of(ref, "status"),
			 text_of(ref, "since"), *reason != '\0' ? ": " : "",
			 reason, *advisory != '\0' ? " (" : "", advisory,
			 *advisory != '\0' ? ")" : "");
	line_of(p, label, &text);
}

static void line_two(struct page *p, const char *label, const char *a,
		     const char *b)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "%s %s", a, b);
	line_of(p, label, &text);
}

static void parameters(struct page *p, const json_t *ref)
{
	json_t *all = json_object_get(ref, "parameters");
	ev_auto_free char *text = NULL;

	if (json_object_size(all) == 0)
		return;
	text = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT);
	if (text != NULL)
		line(p, "  parameters", text);
	else
		p->out->failed = true;
}

static void reference(struct page *p, const json_t *ref)
{
	const json_t *source = json_object_get(ref, "source");
	const json_t *recipe = json_object_get(ref, "recipe");
	const json_t *artifact = json_object_get(ref, "artifact");
	const json_t *later = json_object_get(ref, "later");
	char hex[136];

	line_two(p, "  reference", text_of(ref, "product"),
		 text_of(ref, "version"));
	line_status(p, "  status", ref);
	if (later != NULL)
		line_status(p, "  later", later);
	parameters(p, ref);
	line_two(p, "  source", text_of(source, "repository"),
		 digest(text_of(source, "commit"), p->full, hex));
	line_two(p, "  recipe", text_of(recipe, "path"),
		 digest(text_of(recipe, "sha256"), p->full, hex));
	line_two(p, "  artifact", text_of(artifact, "name"),
		 digest(text_of(artifact, "sha256"), p->full, hex));
}

/* One line for all entries: they are compared with the same references. */
static void repository(struct page *p, const json_t *audit)
{
	const json_t *repo =
		json_object_get(json_array_get(audit, 0), "repository");
	const char *commit = text_of(repo, "commit");
	char hex[136], text[200];
	json_int_t n = json_integer_value(json_object_get(repo, "manifests"));

	if (repo == NULL)
		return;
	if (*commit != '\0')
		snprintf(text, sizeof(text), "%lld at commit %s", (long long)n,
			 digest(commit, p->full, hex));
	else
		snprintf(text, sizeof(text),
			 "%lld, not in git; their sha256 is %s", (long long)n,
			 digest(text_of(repo, "sha256"), p->full, hex));
	line(p, "  references", text);
}

static const char *register_label(const json_t *entry)
{
	return strcmp(text_of(entry, "register"), "ld") == 0 ? "  LD"
							     : "  MRTD";
}

static void measurement(struct page *p, const json_t *entry)
{
	const json_t *ref = json_object_get(entry, "reference");
	const char *value = text_of(entry, "value");
	char hex[136];

	line(p, text_of(entry, "result"), text_of(entry, "reason"));
	if (*value != '\0')
		line(p, register_label(entry), digest(value, p->full, hex));
	line(p, "  item", text_of(entry, "item"));
	if (json_object_get(entry, "ran") != NULL)
		line(p, "  difference", text_of(entry, "explanation"));
	if (ref != NULL)
		reference(p, ref);
}

/* Whether a check keeps the report from a pass. */
static bool counts(const json_t *finding)
{
	const char *outcome = text_of(finding, "outcome");

	if (strcmp(outcome, "fail") == 0)
		return !json_is_true(json_object_get(finding, "waived"));
	return strcmp(outcome, "skip") == 0 &&
	       json_is_true(json_object_get(finding, "required"));
}

/* What keeps the report from a pass, apart from the comparison itself. */
static void open_checks(struct page *p, const json_t *checks)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *f = json_array_get(checks, i);
		const char *reason = text_of(f, "reason");
		ev_auto_buffer struct ev_buffer text = { 0 };
		char label[16];

		if ((!counts(f) && !p->full) ||
		    strncmp(text_of(f, "id"), "measure.", 8) == 0)
			continue;
		ev_buffer_printf(&text, "%s %s%s%s", text_of(f, "id"),
				 text_of(f, "subject"),
				 *reason != '\0' ? ": " : "", reason);
		snprintf(label, sizeof(label), "  %s", text_of(f, "outcome"));
		line_of(p, label, &text);
	}
}

/* Test anchors are named in every output that rests on them. */
static void simulated(struct page *p, const json_t *anchors)
{
	for (size_t i = 0; i < json_array_size(anchors); i++) {
		const json_t *a = json_array_get(anchors, i);

		if (!json_is_true(json_object_get(a, "used")) ||
		    !json_is_true(json_object_get(a, "simulated")))
			continue;
		line(p, "  SIMULATED",
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

static const char *basis_words(const char *basis)
{
	if (strcmp(basis, "claimed") == 0)
		return " (claimed by the collector)";
	return strcmp(basis, "proven") == 0 ? " (proven)" : "";
}

/* The answer, and the question that it answers. */
static void verdict(struct page *p, const json_t *document)
{
	const json_t *policy = json_object_get(document, "policy");
	const json_t *as_of = json_object_get(document, "asOf");
	ev_auto_buffer struct ev_buffer question = { 0 };
	char hex[136];

	ev_buffer_printf(&question, "under policy \"%s\" as of %s%s",
			 text_of(policy, "name"), text_of(as_of, "time"),
			 basis_words(text_of(as_of, "basis")));
	line_of(p, verdict_word(text_of(document, "verdict")), &question);
	line_two(p, "  policy", "sha256",
		 digest(text_of(policy, "sha256"), p->full, hex));
}

bool au_render_text(struct ev_span report, bool full, struct ev_buffer *out)
{
	ev_auto_json json_t *document = NULL;
	struct page page = { .out = out, .full = full };
	struct ev_error err = { 0 };
	const json_t *audit;

	if (ev_json_parse(report, report.n, "report", &document, &err) != EV_OK)
		return false;
	audit = json_object_get(document, "audit");
	if (!json_is_array(audit))
		return false;
	verdict(&page, document);
	repository(&page, audit);
	simulated(&page, json_object_get(document, "anchors"));
	ev_buffer_add_str(out, "\n");
	for (size_t i = 0; i < json_array_size(audit); i++)
		measurement(&page, json_array_get(audit, i));
	if (json_array_size(audit) == 0)
		line(&page, "nothing",
		     "no launch measurement in the evidence to compare");
	open_checks(&page, json_object_get(document, "checks"));
	return ev_buffer_ok(out);
}
