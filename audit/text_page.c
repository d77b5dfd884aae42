/* SPDX-License-Identifier: Apache-2.0 */
/* A page of labelled lines for people. */
#include "audit/text_page.h"

#include <stdio.h>

static const size_t COLUMNS = 80;
static const size_t INDENT = 14; /* behind the longest label */

const char *au_page_text_of(const json_t *obj, const char *member)
{
	const char *text = json_string_value(json_object_get(obj, member));

	return text != NULL ? text : "";
}

const char *au_page_digest(const char *hex, bool full, char out[136])
{
	snprintf(out, 136, "%.*s%s", full ? 130 : 16, hex,
		 !full && strlen(hex) > 16 ? "..." : "");
	return out;
}

static void indent(struct au_page *p)
{
	ev_buffer_printf(p->out, "\n%*s", (int)INDENT, "");
	p->column = INDENT;
}

/* A word that no line has room for is broken, but with --full: there it may
 * be copied. */
static void word(struct au_page *p, const char *text, size_t n)
{
	size_t room = COLUMNS - INDENT;

	if (p->column > INDENT && p->column + 1 + n > COLUMNS) {
		indent(p);
	} else if (p->column > INDENT) {
		ev_buffer_add_str(p->out, " ");
		p->column++;
	}
	while (!p->full && n > room) {
		ev_buffer_add(p->out, ev_span_of(text, room));
		indent(p);
		text += room;
		n -= room;
	}
	ev_buffer_add(p->out, ev_span_of(text, n));
	p->column += n;
}

/* A terminal obeys controls, writes some characters from right to left and
 * gives others two columns.  What is escaped already stays. */
static void show(const char *text, struct ev_buffer *out)
{
	for (; *text != '\0'; text++) {
		if (*text >= ' ' && *text <= '~')
			ev_buffer_add_byte(out, (uint8_t)*text);
		else
			ev_buffer_printf(out, "\\x%02x", (uint8_t)*text);
	}
	ev_buffer_add_byte(out, 0);
}

void au_page_line(struct au_page *p, const char *label, const char *text)
{
	ev_auto_buffer struct ev_buffer shown = { 0 };

	show(text, &shown);
	if (!ev_buffer_ok(&shown)) {
		p->out->failed = true;
		return;
	}
	text = (const char *)shown.p;
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

void au_page_line_of(struct au_page *p, const char *label,
		     struct ev_buffer *text)
{
	ev_buffer_add_byte(text, 0);
	if (ev_buffer_ok(text))
		au_page_line(p, label, (const char *)text->p);
	else
		p->out->failed = true;
}

void au_page_line_two(struct au_page *p, const char *label, const char *a,
		      const char *b)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "%s %s", a, b);
	au_page_line_of(p, label, &text);
}
