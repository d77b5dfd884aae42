/* SPDX-License-Identifier: Apache-2.0 */
/* Pattern lists, matched in time of pattern times text. */
#include "audit/ssh/pattern_list.h"

static bool take_step(struct au_pattern_work *work)
{
	if (work->left == 0)
		return false;
	work->left--;
	return true;
}

bool au_pattern_matches(struct ev_span pattern, struct ev_span text,
			struct au_pattern_work *work)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	if (!take_step(work))
		return false;
	while (t < text.n) {
		if (!take_step(work))
			return false;
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.n &&
			   (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			/* The last star takes one byte more. */
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool au_pattern_list_allows(struct ev_span list, struct ev_span text,
			    struct au_pattern_work *work)
{
	bool allowed = false;
	size_t at = 0;

	while (at < list.n && take_step(work)) {
		bool forbids = list.p[at] == '!';
		size_t begin = at + (forbids ? 1 : 0), end = begin;

		while (end < list.n && list.p[end] != ',')
			end++;
		if (end - begin > AU_PATTERN_MAX)
			return false;
		if (au_pattern_matches(ev_span_sub(list, begin, end - begin),
				       text, work)) {
			if (forbids)
				return false;
			allowed = true;
		}
		at = end + 1;
	}
	/* A pattern that was not tried may forbid. */
	return allowed && work->left > 0;
}
