/* SPDX-License-Identifier: Apache-2.0 */
/* Shortfalls as text that ends with a whole one. */
#include "replay/distance.h"

#include "evidence/base/time.h"

#include <stdio.h>

/* Room for ", and 33 more". */
enum { AND_MORE = 16 };

/* Appends " sgx 7 is 0, needs 3"; 0: it does not fit beside what says that
 * there are more, and nothing is appended. */
static size_t add(const struct rp_shortfall *s, bool first, char *out,
		  size_t room)
{
	char text[80], number[12] = "";
	size_t n;

	if (s->number > 0)
		snprintf(number, sizeof(number), " %u", s->number);
	n = (size_t)snprintf(text, sizeof(text), "%s %s%s is %u, needs %u",
			     first ? "" : ",", s->component, number, s->have,
			     s->need);
	if (n + AND_MORE >= room)
		return 0;
	memcpy(out, text, n + 1);
	return n;
}

void rp_distance_format(const struct ev_tcb_info *info,
			const struct ev_pck *pck, const uint8_t *svn,
			char out[RP_DISTANCE_TEXT])
{
	struct rp_shortfall s[RP_SHORTFALLS_MAX];
	size_t n = rp_level_shortfalls(&info->levels[0], pck, svn, s);
	char date[EV_TIME_TEXT];
	size_t used, more = 1;

	ev_time_format(info->levels[0].date, date);
	used = (size_t)snprintf(out, RP_DISTANCE_TEXT,
				n > 0 ? "to the newest level (%s)"
				      : "the newest level (%s) itself is that",
				date);
	for (size_t i = 0; i < n && more > 0; i++) {
		more = add(&s[i], i == 0, out + used, RP_DISTANCE_TEXT - used);
		used += more;
		if (more == 0)
			snprintf(out + used, RP_DISTANCE_TEXT - used,
				 ", and %zu more", n - i);
	}
}
