/* SPDX-License-Identifier: Apache-2.0 */
/* Two images compared, as text for people. */
#include "audit/diff/diff_document.h"

#include "evidence/base/cleanup.h"
#include "replay/render_line.h"

#include <stdio.h>
#include <stdlib.h>

/* Two screens; the JSON has the rest. */
static const size_t RUNS_MAX = 24;
static const size_t FINDINGS_MAX = 24;
static const size_t DIGITS = 16; /* of a digest, the first */

struct page {
	const json_t *document;
	struct ev_buffer *out;
};

/* A word that no line has room for is broken: a name may be any. */
static void line(struct page *p, const char *begin, size_t indent,
		 const struct ev_buffer *text)
{
	ev_auto_buffer struct ev_buffer broken = { 0 };
	size_t room = RP_LINE_COLUMNS - indent, word = 0;

	for (size_t i = 0; i < text->n; i++) {
		word = text->p[i] == ' ' ? 0 : word + 1;
		if (word > room) {
			ev_buffer_add_byte(&broken, ' ');
			word = 1;
		}
		ev_buffer_add_byte(&broken, text->p[i]);
	}
	ev_buffer_add_byte(&broken, 0);
	if (ev_buffer_ok(&broken) && ev_buffer_ok(text))
		rp_render_words(p->out, begin, indent, (const char *)broken.p);
	else
		p->out->failed = true;
}

static void answer(struct page *p)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_add_str(&text, au_document_text(p->document, "summary"));
	line(p, au_document_truth(p->document, "equal") ? "EQUAL" : "DIFFERS",
	     9, &text);
	ev_buffer_add_str(p->out, "\n");
}

static void image(struct page *p, const char *member, const char *label)
{
	const json_t *image = json_object_get(p->document, member);
	const json_t *notes = json_object_get(image, "notes");
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "%s: %s, %llu bytes, sha256 %.*s",
			 au_document_text(image, "name"),
			 au_document_text(image, "format"),
			 (unsigned long long)au_document_number(image, "size"),
			 (int)DIGITS, au_document_text(image, "sha256"));
	line(p, label, RP_LINE_INDENT, &text);
	for (size_t i = 0; i < json_array_size(notes); i++) {
		ev_auto_buffer struct ev_buffer note = { 0 };

		ev_buffer_add_str(&note,
				  json_string_value(json_array_get(notes, i)));
		line(p, "    note", RP_LINE_INDENT, &note);
	}
}

static void digests(const json_t *platform, struct ev_buffer *out)
{
	const char *a = au_document_text(platform, "a");
	const char *b = au_document_text(platform, "b");

	au_document_register(platform, out);
	ev_buffer_printf(out, " %s, ", au_document_standing(platform));
	if (*a != '\0' && *b != '\0' && strcmp(a, b) != 0)
		ev_buffer_printf(out, "%.*s in A, %.*s in B", (int)DIGITS, a,
				 (int)DIGITS, b);
	else
		ev_buffer_printf(out, "%.*s", (int)DIGITS, *a != '\0' ? a : b);
}

static void platform(struct page *p, const json_t *platform)
{
	const json_t *first = json_object_get(platform, "first");
	ev_auto_buffer struct ev_buffer text = { 0 };
	char label[32];

	if (json_object_get(platform, "register") != NULL)
		digests(platform, &text);
	else
		ev_buffer_add_str(&text, "no launch measurement");
	if (first != NULL) {
		ev_buffer_add_str(&text, "; ");
		au_document_first(platform, &text);
	}
	snprintf(label, sizeof(label), "  %s",
		 au_document_text(platform, "platform"));
	line(p, label, RP_LINE_INDENT, &text);
}

static void run_line(struct page *p, const json_t *run)
{
	ev_auto_buffer struct ev_buffer text = { 0 }, platforms = { 0 };
	const char *words = au_document_text(run, "words");
	char label[32];

	au_document_range(run, &text);
	ev_buffer_printf(&text, "%s%s%s", text.n > 0 ? ", " : "",
			 au_document_text(run, "component"),
			 au_document_truth(run, "shared") ? ", shared" : "");
	if (*words != '\0')
		ev_buffer_printf(&text, ": %s", words);
	au_document_platforms(p->document, run, &platforms);
	if (platforms.n > 0) {
		ev_buffer_add_str(&text, " (");
		ev_buffer_add(&text, ev_buffer_span(&platforms));
		ev_buffer_add_str(&text, " alone)");
	}
	snprintf(label, sizeof(label), "  %s", au_document_text(run, "class"));
	line(p, label, RP_LINE_INDENT, &text);
}

static void more(struct page *p, uint64_t n)
{
	if (n > 0)
		ev_buffer_printf(p->out, "  and %llu more: see --format json\n",
				 (unsigned long long)n);
}

static void runs(struct page *p, bool measured, const char *heading)
{
	const json_t *list = json_object_get(p->document, "runs");
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *run = json_array_get(list, i);

		if (au_document_truth(run, "measured") != measured)
			continue;
		if (n == 0)
			ev_buffer_printf(p->out, "\n%s\n", heading);
		if (n++ < RUNS_MAX)
			run_line(p, run);
	}
	more(p, n > RUNS_MAX ? n - RUNS_MAX : 0);
}

static void finding(struct page *p, const json_t *finding)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	uint64_t depth = au_document_number(finding, "depth");
	size_t indent = RP_LINE_INDENT + 2 * (depth < 8 ? (size_t)depth : 8);
	char label[32] = "";

	if (depth == 0)
		snprintf(label, sizeof(label), "  %s",
			 au_document_text(finding, "class"));
	ev_buffer_add_str(&text, au_document_text(finding, "sentence"));
	line(p, label, indent, &text);
}

static void contents(struct page *p, const json_t *entry)
{
	const json_t *list = json_object_get(entry, "findings");
	const char *sentence = au_document_text(entry, "sentence");
	ev_auto_buffer struct ev_buffer text = { 0 }, platforms = { 0 };
	size_t n = json_array_size(list);

	if (n == 0)
		return;
	au_document_platforms(p->document, entry, &platforms);
	ev_buffer_add_byte(&platforms, 0);
	if (!ev_buffer_ok(&platforms))
		p->out->failed = true;
	else if (platforms.n > 1)
		ev_buffer_printf(p->out, "\ncontents, %s\n",
				 (const char *)platforms.p);
	else
		ev_buffer_add_str(p->out, "\ncontents\n");
	ev_buffer_add_str(&text, sentence);
	/* Where it is not what the first screen says. */
	if (strstr(au_document_text(p->document, "summary"), sentence) == NULL)
		line(p, "  in short", RP_LINE_INDENT, &text);
	for (size_t i = 0; i < n && i < FINDINGS_MAX; i++)
		finding(p, json_array_get(list, i));
	more(p, (n > FINDINGS_MAX ? n - FINDINGS_MAX : 0) +
			au_document_number(entry, "leftOut"));
}

bool au_render_diff_text(struct ev_span text, struct ev_buffer *out)
{
	ev_auto_json json_t *document = au_diff_document(text);
	struct page p = { document, out };
	const json_t *list;

	if (document == NULL)
		return false;
	answer(&p);
	image(&p, "a", "  A");
	image(&p, "b", "  B");
	list = json_object_get(document, "platforms");
	for (size_t i = 0; i < json_array_size(list); i++)
		platform(&p, json_array_get(list, i));
	runs(&p, true, "measured: what explains a digest");
	runs(&p, false, "not measured: cannot explain a digest");
	more(&p, au_document_number(document, "runsLeftOut"));
	list = json_object_get(document, "contents");
	for (size_t i = 0; i < json_array_size(list); i++)
		contents(&p, json_array_get(list, i));
	return ev_buffer_ok(out);
}
