/* SPDX-License-Identifier: Apache-2.0 */
/* Two images compared, as a page for people. */
#include "audit/diff/diff_document.h"

#include "audit/diff/render_diff_map.h"
#include "audit/html.h"

#include <stdio.h>

struct page {
	const json_t *document;
	struct ev_buffer *out;
	size_t drawings; /* so far: sets their ids apart */
};

static void open_tag(struct page *p, const char *tag)
{
	ev_buffer_printf(p->out, "<%s>", tag);
}

static void term(struct page *p, const char *name, const char *class,
		 const char *text)
{
	au_html_element(p->out, "dt", NULL, name);
	au_html_element(p->out, "dd", class, text);
	ev_buffer_add_str(p->out, "\n");
}

static void image(struct page *p, const char *member, const char *label)
{
	const json_t *image = json_object_get(p->document, member);
	const json_t *notes = json_object_get(image, "notes");
	char size[80];

	snprintf(size, sizeof(size), "%s, %llu bytes",
		 au_document_text(image, "format"),
		 (unsigned long long)au_document_number(image, "size"));
	open_tag(p, "div");
	au_html_element(p->out, "h3", NULL, label);
	ev_buffer_add_str(p->out, "<dl>\n");
	term(p, "file", NULL, au_document_text(image, "name"));
	term(p, "what", NULL, size);
	term(p, "SHA-256", "mono", au_document_text(image, "sha256"));
	for (size_t i = 0; i < json_array_size(notes); i++)
		term(p, "note", NULL,
		     json_string_value(json_array_get(notes, i)));
	ev_buffer_add_str(p->out, "</dl></div>\n");
}

/* What became of each launch measurement, in a line. */
static void registers(struct page *p)
{
	const json_t *list = json_object_get(p->document, "platforms");
	size_t n = 0;

	ev_buffer_add_str(p->out, "<p>");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *platform = json_array_get(list, i);
		bool equal = au_document_truth(platform, "equal");

		if (json_object_get(platform, "register") == NULL)
			continue;
		ev_buffer_printf(p->out, "%s%s ", n++ > 0 ? " &middot; " : "",
				 au_document_text(platform, "platform"));
		au_document_register(platform, p->out);
		ev_buffer_add_str(p->out, " ");
		au_html_element(p->out, "span", equal ? "good" : "bad",
				au_document_standing(platform));
	}
	ev_buffer_add_str(p->out, "</p>\n");
}

static void head(struct page *p)
{
	bool equal = au_document_truth(p->document, "equal");

	ev_buffer_add_str(p->out, "<header>\n<p class=\"muted\">");
	au_html_printf(
		p->out, "A: %s, B: %s",
		au_document_text(json_object_get(p->document, "a"), "name"),
		au_document_text(json_object_get(p->document, "b"), "name"));
	ev_buffer_add_str(p->out, "</p>\n");
	au_html_element(p->out, "h1", equal ? "good" : "bad",
			equal ? "EQUAL" : "DIFFERS");
	au_html_element(p->out, "p", "summary",
			au_document_text(p->document, "summary"));
	ev_buffer_add_str(p->out, "\n");
	registers(p);
	ev_buffer_add_str(p->out, "</header>\n");
}

static void images(struct page *p)
{
	ev_buffer_add_str(p->out, "<h2>Images</h2>\n<div class=\"pair\">\n");
	image(p, "a", "A");
	image(p, "b", "B");
	ev_buffer_add_str(p->out, "</div>\n");
}

/* A term with text from a buffer. */
static void term_of(struct page *p, const char *name, struct ev_buffer *text)
{
	ev_buffer_add_byte(text, 0);
	if (ev_buffer_ok(text))
		term(p, name, NULL, (const char *)text->p);
	else
		p->out->failed = true;
}

static void digest(struct page *p, const json_t *platform)
{
	bool equal = au_document_truth(platform, "equal");
	const char *a = au_document_text(platform, "a");
	const char *b = au_document_text(platform, "b");
	ev_auto_buffer struct ev_buffer name = { 0 };

	if (json_object_get(platform, "register") == NULL) {
		term(p, "digest", NULL, "none: no launch measurement");
		return;
	}
	au_document_register(platform, &name);
	ev_buffer_add_byte(&name, 0);
	if (ev_buffer_ok(&name))
		term(p, (const char *)name.p, equal ? "good" : "bad",
		     au_document_standing(platform));
	term(p, "A", "mono", *a != '\0' ? a : "not for this platform");
	term(p, "B", "mono", *b != '\0' ? b : "not for this platform");
}

static void measurement(struct page *p, const json_t *platform)
{
	ev_auto_buffer struct ev_buffer first = { 0 };

	au_html_element(p->out, "h3", NULL,
			au_document_text(platform, "platform"));
	ev_buffer_add_str(p->out, "<dl>\n");
	digest(p, platform);
	if (json_object_get(platform, "first") != NULL) {
		au_document_first(platform, &first);
		term_of(p, "first", &first);
	}
	term(p, "pages", NULL, au_document_text(platform, "sentence"));
	ev_buffer_add_str(p->out, "</dl>\n");
}

static void run_item(struct page *p, const json_t *run)
{
	ev_auto_buffer struct ev_buffer range = { 0 }, platforms = { 0 };
	bool measured = au_document_truth(run, "measured");

	au_document_range(run, &range);
	au_document_platforms(p->document, run, &platforms);
	ev_buffer_add_byte(&range, 0);
	ev_buffer_add_byte(&platforms, 0);
	if (!ev_buffer_ok(&range) || !ev_buffer_ok(&platforms)) {
		p->out->failed = true;
		return;
	}
	ev_buffer_printf(p->out, "<li class=\"%s\">",
			 measured ? "measured" : "unmeasured");
	au_html_element(p->out, "strong", NULL, au_document_text(run, "class"));
	ev_buffer_add_str(p->out, " ");
	au_html_element(p->out, "code", NULL, (const char *)range.p);
	au_html_printf(p->out, " %s%s", au_document_text(run, "component"),
		       au_document_truth(run, "shared") ? ", shared" : "");
	if (platforms.n > 1)
		au_html_printf(p->out, ", %s alone", (const char *)platforms.p);
	ev_buffer_add_str(p->out, "<br>");
	au_html_element(p->out, "span", "muted",
			au_document_text(run, "words"));
	ev_buffer_add_str(p->out, "</li>\n");
}

static void runs(struct page *p, bool measured, const char *heading)
{
	const json_t *list = json_object_get(p->document, "runs");
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *run = json_array_get(list, i);

		if (au_document_truth(run, "measured") != measured)
			continue;
		if (n++ == 0) {
			au_html_element(p->out, "h3", NULL, heading);
			ev_buffer_add_str(p->out, "\n<ul>\n");
		}
		run_item(p, run);
	}
	if (n > 0)
		ev_buffer_add_str(p->out, "</ul>\n");
}

/* What neither a map nor a list has room for is said, not left out. */
static void left_out(struct page *p, uint64_t n)
{
	char text[80];

	if (n == 0)
		return;
	snprintf(text, sizeof(text), "and %llu more, which the JSON has",
		 (unsigned long long)n);
	au_html_element(p->out, "p", "muted", text);
}

static void region_rows(struct page *p, const json_t *map, const char *image)
{
	for (size_t i = 0; i < json_array_size(map); i++) {
		const json_t *r = json_array_get(map, i);

		ev_buffer_add_str(p->out, "<tr>");
		au_html_element(p->out, "td", NULL, image);
		au_html_element(p->out, "td", "mono",
				au_document_text(r, "gpa"));
		ev_buffer_printf(
			p->out, "<td>%llu</td>",
			(unsigned long long)(au_document_number(r, "size") /
					     4096));
		au_html_element(p->out, "td", NULL,
				au_document_text(r, "state"));
		au_html_element(p->out, "td", NULL,
				au_document_text(r, "component"));
		ev_buffer_add_str(p->out, "</tr>\n");
	}
}

/* The drawing once more, to be read. */
static void region_table(struct page *p, const json_t *platform,
			 const char *names)
{
	au_html_element(p->out, "h3", NULL, names);
	ev_buffer_add_str(
		p->out, "\n<div class=\"wide\"><table>\n<thead><tr><th>in</th>"
			"<th>address</th><th>pages</th><th>state</th>"
			"<th>component</th></tr></thead>\n<tbody>\n");
	region_rows(p, json_object_get(platform, "mapA"), "A");
	region_rows(p, json_object_get(platform, "mapB"), "B");
	ev_buffer_add_str(p->out, "</tbody>\n</table></div>\n");
}

static void drawing(struct page *p, const json_t *platform, const char *names)
{
	ev_buffer_add_str(p->out, "<section>\n");
	au_html_element(p->out, "h3", NULL, names);
	au_render_diff_map(platform, p->drawings++,
			   au_document_text(platform, "sentence"), p->out);
	ev_buffer_add_str(p->out, "</section>\n");
}

/* Whether two platforms have the same map with the same marks. */
static bool same_map(const json_t *x, const json_t *y)
{
	static const char *const members[] = { "mapA", "mapB", "marksA",
					       "marksB" };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (!json_equal(json_object_get(x, members[i]),
				json_object_get(y, members[i])))
			return false;
	}
	return true;
}

/* The platforms that number i speaks for; false: one before it did. */
static bool map_names(const json_t *document, size_t i, struct ev_buffer *out)
{
	const json_t *list = json_object_get(document, "platforms");
	const json_t *own = json_array_get(list, i);

	for (size_t k = 0; k < json_array_size(list); k++) {
		const json_t *other = json_array_get(list, k);

		if (!same_map(own, other))
			continue;
		if (k < i)
			return false;
		ev_buffer_printf(out, "%s%s", out->n > 0 ? ", " : "",
				 au_document_text(other, "platform"));
	}
	ev_buffer_add_byte(out, 0);
	return true;
}

/* Each map that differs from those before it. */
static void maps(struct page *p,
		 void (*tell)(struct page *p, const json_t *platform,
			      const char *names))
{
	const json_t *list = json_object_get(p->document, "platforms");

	for (size_t i = 0; i < json_array_size(list); i++) {
		ev_auto_buffer struct ev_buffer names = { 0 };

		if (map_names(p->document, i, &names) && ev_buffer_ok(&names))
			tell(p, json_array_get(list, i), (const char *)names.p);
	}
}

static void finding(struct page *p, const json_t *finding)
{
	uint64_t depth = au_document_number(finding, "depth");

	ev_buffer_printf(p->out, "<li style=\"margin-left:%llurem\">",
			 (unsigned long long)(depth < 8 ? depth : 8));
	if (depth == 0) {
		au_html_element(p->out, "strong", NULL,
				au_document_text(finding, "class"));
		ev_buffer_add_str(p->out, " ");
	}
	au_html_text(p->out, au_document_text(finding, "sentence"));
	ev_buffer_add_str(p->out, "</li>\n");
}

static void contents(struct page *p, const json_t *entry)
{
	const json_t *list = json_object_get(entry, "findings");
	const char *sentence = au_document_text(entry, "sentence");
	ev_auto_buffer struct ev_buffer platforms = { 0 };

	if (json_array_size(list) == 0)
		return;
	au_document_platforms(p->document, entry, &platforms);
	ev_buffer_add_byte(&platforms, 0);
	ev_buffer_add_str(p->out, "<h2>Contents</h2>\n");
	if (platforms.n > 1)
		au_html_element(p->out, "h3", NULL, (const char *)platforms.p);
	/* Where it is not what the page begins with. */
	if (strstr(au_document_text(p->document, "summary"), sentence) == NULL)
		au_html_element(p->out, "p", NULL, sentence);
	ev_buffer_add_str(p->out, "\n<ul class=\"tree\">\n");
	for (size_t i = 0; i < json_array_size(list); i++)
		finding(p, json_array_get(list, i));
	ev_buffer_add_str(p->out, "</ul>\n");
	left_out(p, au_document_number(entry, "leftOut"));
}

static void differences(struct page *p)
{
	const json_t *list = json_object_get(p->document, "runs");

	if (json_array_size(list) == 0)
		return;
	ev_buffer_add_str(p->out, "<h2>Differences</h2>\n");
	runs(p, true, "Measured: what explains a digest");
	runs(p, false, "Not measured: cannot explain a digest");
	left_out(p, au_document_number(p->document, "runsLeftOut"));
}

static void each(struct page *p, const char *member,
		 void (*tell)(struct page *p, const json_t *entry))
{
	const json_t *list = json_object_get(p->document, member);

	for (size_t i = 0; i < json_array_size(list); i++)
		tell(p, json_array_get(list, i));
}

static void body(struct page *p)
{
	head(p);
	ev_buffer_add_str(p->out, "<main>\n");
	ev_buffer_add_str(p->out, "<h2>Memory</h2>\n");
	maps(p, drawing);
	each(p, "contents", contents);
	differences(p);
	ev_buffer_add_str(p->out, "<h2>Launch measurements</h2>\n");
	each(p, "platforms", measurement);
	images(p);
	ev_buffer_add_str(p->out, "<h2>Memory as a table</h2>\n");
	maps(p, region_table);
	ev_buffer_add_str(p->out, "</main>\n<footer>\n");
	au_html_printf(p->out,
		       "Written by ecart %s (ecart audit diff --format html). "
		       "This page has no script and takes nothing from "
		       "elsewhere; --format json has every difference alone.",
		       ECART_VERSION);
	ev_buffer_add_str(p->out, "\n</footer>\n");
}

bool au_render_diff_html(struct ev_span text, struct ev_buffer *out)
{
	ev_auto_json json_t *document = au_diff_document(text);
	struct page p = { document, out, 0 };

	if (document == NULL)
		return false;
	au_html_begin(out, "Two images compared");
	body(&p);
	au_html_end(out);
	return ev_buffer_ok(out);
}
