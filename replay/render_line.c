/* SPDX-License-Identifier: Apache-2.0 */
/* Words into lines. */
#include "replay/render_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* How many bytes of text go on a line of that room. */
static size_t fitting(const char *text, size_t room)
{
	size_t n = strlen(text), at;

	if (n <= room)
		return n;
	for (at = room; at > 0 && text[at] != ' '; at--)
		;
	return at > 0 ? at : strcspn(text, " ");
}

static void add_spaces(struct ev_buffer *out, size_t n)
{
	while (n-- > 0)
		ev_buffer_add_byte(out, ' ');
}

void rp_render_words(struct ev_buffer *out, const char *begin, size_t indent,
		     const char *text)
{
	size_t used = strlen(begin), n, cut;

	ev_buffer_add_str(out, begin);
	if (used >= indent) {
		ev_buffer_add_byte(out, '\n');
		used = 0;
	}
	add_spaces(out, indent - used);
	for (;;) {
		n = fitting(text, RP_LINE_COLUMNS - indent);
		for (cut = n; cut > 0 && text[cut - 1] == ' '; cut--)
			;
		ev_buffer_add(out, ev_span_of((const uint8_t *)text, cut));
		text += n;
		text += strspn(text, " ");
		ev_buffer_add_byte(out, '\n');
		if (*text == '\0')
			return;
		add_spaces(out, indent);
	}
}

void rp_render_line(struct ev_buffer *out, const char *label,
		    const char *format, ...)
{
	char begin[64], *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		out->failed = true;
		return;
	}
	snprintf(begin, sizeof(begin), "  %s", label);
	rp_render_words(out, begin, RP_LINE_INDENT, text);
	free(text);
}
