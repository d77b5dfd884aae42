/* SPDX-License-Identifier: Apache-2.0 */
/* An audited report for people. */
#include "audit/render.h"

#include "audit/render_origin.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"

#include <stdio.h>

static void line_status(struct au_page *p, const char *label, const json_t *ref)
{
	const char *reason = au_page_text_of(ref, "reason");
	const char *advisory = au_page_text_of(ref, "advisory");
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(
		&text, "%s since %s%s%s%s%s%s", au_page_text_of(ref, "status"),
		au_page_text_of(ref, "since"), *reason != '\0' ? ": " : "",
		reason, *advisory != '\0' ? " (" : "", advisory,
		*advisory != '\0' ? ")" : "");
	au_page_line_of(p, label, &text);
}

static void parameters(struct au_page *p, const json_t *ref)
{
	json_t *all = json_object_get(ref, "parameters");
	ev_auto_free char *text = NULL;

	if (json_object_size(all) == 0)
		return;
	text = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT);
	if (text != NULL)
		au_page_line(p, "  parameters", text);
	else
		p->out->failed = true;
}

static void reference(struct au_page *p, const json_t *ref)
{
	const json_t *source = json_object_get(ref, "source");
	const json_t *recipe = json_object_get(ref, "recipe");
	const json_t *artifact = json_object_get(ref, "artifact");
	const json_t *later = json_object_get(ref, "later");
	char hex[136];

	au_page_line_two(p, "  reference", au_page_text_of(ref, "product"),
			 au_page_text_of(ref, "version"));
	line_status(p, "  status", ref);
	if (later != NULL)
		line_status(p, "  later", later);
	parameters(p, ref);
	au_page_line_two(p, "  source", au_page_text_of(source, "repository"),
			 au_page_digest(au_page_text_of(source, "commit"),
					p->full, hex));
	au_page_line_two(p, "  recipe", au_page_text_of(recipe, "path"),
			 au_page_digest(au_page_text_of(recipe, "sha256"),
					p->full, hex));
	au_page_line_two(p, "  artifact", au_page_text_of(artifact, "name"),
			 au_page_digest(au_page_text_of(artifact, "sha256"),
					p->full, hex));
	au_render_origin(p, ref);
}

static const char *register_label(const json_t *entry)
{
	return strcmp(au_page_text_of(entry, "register"), "ld") == 0 ? "  LD"
								     : "  MRTD";
}

static void measurement(struct au_page *p, const json_t *entry)
{
	const json_t *ref = json_object_get(entry, "reference");
	const char *value = au_page_text_of(entry, "value");
	char hex[136];

	au_page_line(p, au_page_text_of(entry, "result"),
		     au_page_text_of(entry, "reason"));
	if (*value != '\0')
		au_page_line(p, register_label(entry),
			     au_page_digest(value, p->full, hex));
	au_page_line(p, "  item", au_page_text_of(entry, "item"));
	if (json_object_get(entry, "ran") != NULL)
		au_page_line(p, "  difference",
			     au_page_text_of(entry, "explanation"));
	if (ref != NULL)
		reference(p, ref);
}

/* Whether a check keeps the report from a pass. */
static bool counts(const json_t *finding)
{
	const char *outcome = au_page_text_of(finding, "outcome");

	if (strcmp(outcome, "fail") == 0)
		return !json_is_true(json_object_get(finding, "waived"));
	return strcmp(outcome, "skip") == 0 &&
	       json_is_true(json_object_get(finding, "required"));
}

/* What keeps the report from a pass, apart from the comparison itself. */
static void open_checks(struct au_page *p, const json_t *checks)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *f = json_array_get(checks, i);
		const char *reason = au_page_text_of(f, "reason");
		ev_auto_buffer struct ev_buffer text = { 0 };
		char label[16];

		if ((!counts(f) && !p->full) ||
		    strncmp(au_page_text_of(f, "id"), "measure.", 8) == 0)
			continue;
		ev_buffer_printf(&text, "%s %s%s%s", au_page_text_of(f, "id"),
				 au_page_text_of(f, "subject"),
				 *reason != '\0' ? ": " : "", reason);
		snprintf(label, sizeof(label), "  %s",
			 au_page_text_of(f, "outcome"));
		au_page_line_of(p, label, &text);
	}
}

/* Test anchors are named in every output that rests on them. */
static void simulated(struct au_page *p, const json_t *anchors)
{
	for (size_t i = 0; i < json_array_size(anchors); i++) {
		const json_t *a = json_array_get(anchors, i);

		if (!json_is_true(json_object_get(a, "used")) ||
		    !json_is_true(json_object_get(a, "simulated")))
			continue;
		au_page_line(p, "  SIMULATED",
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
static void verdict(struct au_page *p, const json_t *document)
{
	const json_t *policy = json_object_get(document, "policy");
	const json_t *as_of = json_object_get(document, "asOf");
	ev_auto_buffer struct ev_buffer question = { 0 };
	char hex[136];

	ev_buffer_printf(&question, "under policy \"%s\" as of %s%s",
			 au_page_text_of(policy, "name"),
			 au_page_text_of(as_of, "time"),
			 basis_words(au_page_text_of(as_of, "basis")));
	au_page_line_of(p, verdict_word(au_page_text_of(document, "verdict")),
			&question);
	au_page_line_two(p, "  policy", "sha256",
			 au_page_digest(au_page_text_of(policy, "sha256"),
					p->full, hex));
}

bool au_render_text(struct ev_span report, bool full, struct ev_buffer *out)
{
	ev_auto_json json_t *document = NULL;
	struct au_page page = { .out = out, .full = full };
	struct ev_error err = { 0 };
	const json_t *audit;

	if (ev_json_parse(report, report.n, "report", &document, &err) != EV_OK)
		return false;
	audit = json_object_get(document, "audit");
	if (!json_is_array(audit))
		return false;
	verdict(&page, document);
	au_render_repository(
		&page, json_object_get(json_array_get(audit, 0), "repository"));
	simulated(&page, json_object_get(document, "anchors"));
	ev_buffer_add_str(out, "\n");
	for (size_t i = 0; i < json_array_size(audit); i++)
		measurement(&page, json_array_get(audit, i));
	if (json_array_size(audit) == 0)
		au_page_line(
			&page, "nothing",
			"no launch measurement in the evidence to compare");
	open_checks(&page, json_object_get(document, "checks"));
	return ev_buffer_ok(out);
}
