/* SPDX-License-Identifier: Apache-2.0 */
/* Times as somebody stated them. */
#include "audit/history/stated_time.h"

#include <stdio.h>

/* What a statement lacks of an instant is its first one. */
static const char rest[] = "0000-01-01T00:00:00Z";

/* The two digits at p as a number; they have been read as part of a time. */
static unsigned int two(const char *p)
{
	return (unsigned int)(p[0] - '0') * 10 + (unsigned int)(p[1] - '0');
}

/* The second behind the year, or the month, that begins at text. */
static bool behind(const char *text, bool month, int64_t *out)
{
	unsigned int year = two(text) * 100 + two(text + 2);
	unsigned int next = month ? two(text + 5) % 12 + 1 : 1;
	char after[EV_TIME_TEXT];

	year += next == 1;
	if (year > 9999) {
		*out = EV_TIME_MAX + 1;
		return true;
	}
	snprintf(after, sizeof(after), "%04u-%02u-01T00:00:00Z", year % 10000,
		 next % 100);
	return ev_time_parse_rfc3339(ev_span_str(after), out);
}

bool au_stated_time_parse(struct ev_span text, struct au_stated_time *out)
{
	struct au_stated_time t = { 0 };
	char begin[EV_TIME_TEXT];
	int64_t end;

	if (text.n != 4 && text.n != 7 && text.n != 10 &&
	    text.n != sizeof(rest) - 1)
		return false;
	memcpy(begin, rest, sizeof(rest));
	memcpy(begin, text.p, text.n);
	memcpy(t.text, text.p, text.n);
	if (!ev_time_parse_rfc3339(ev_span_str(begin), &t.first))
		return false;
	if (text.n == sizeof(rest) - 1)
		end = t.first + 1;
	else if (text.n == 10)
		end = t.first + 86400;
	else if (!behind(begin, text.n == 7, &end))
		return false;
	t.last = end - 1;
	*out = t;
	return true;
}
