/* SPDX-License-Identifier: Apache-2.0 */
/* Where a shell line may be broken. */
#include "replay/shell_line.h"

#include "replay/render_line.h"

/* Bytes up to the next blank outside of quotes, or to the end. */
static size_t word_size(const char *text)
{
	char quote = '\0';
	size_t n = 0;

	for (; text[n] != '\0' && (quote != '\0' || text[n] != ' '); n++) {
		if (text[n] == '\\' && quote != '\'' && text[n + 1] != '\0')
			n++;
		else if (quote == '\0' && (text[n] == '\'' || text[n] == '"'))
			quote = text[n];
		else if (text[n] == quote)
			quote = '\0';
	}
	return n;
}

void rp_shell_line_add(struct ev_buffer *out, const char *begin,
		       const char *line)
{
	const size_t indent = strlen(begin);
	size_t used = indent;

	ev_buffer_add_str(out, begin);
	while (*line != '\0') {
		size_t n = word_size(line);
		bool last = line[n] == '\0';

		/* A blank before it, and a backslash behind it. */
		if (used > indent &&
		    used + 1 + n + (last ? 0 : 2) > RP_LINE_COLUMNS) {
			ev_buffer_printf(out, " \\\n%*s", (int)indent, "");
			used = indent;
		} else if (used > indent) {
			ev_buffer_add_byte(out, ' ');
			used++;
		}
		ev_buffer_add(out, ev_span_of((const uint8_t *)line, n));
		used += n;
		line += n + !last;
	}
	ev_buffer_add_byte(out, '\n');
}
