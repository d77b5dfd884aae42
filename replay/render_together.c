/* SPDX-License-Identifier: Apache-2.0 */
/* Statuses of launch and now in one line, advisories in a few. */
#include "replay/render_together.h"

#include "replay/render_line.h"
#include "replay/render_member.h"

#include <stdlib.h>

/* Bytes of a list of advisories, so that it takes three lines at most. */
#define ADVISORIES_ROOM 160

static const char *text(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

static bool same_text(const json_t *v, const char *a, const char *b)
{
	return strcmp(text(v, a), text(v, b)) == 0;
}

/* Not there is as good as empty. */
static bool any(const json_t *list)
{
	return json_array_size(list) > 0;
}

static bool is_plain(const json_t *tcb)
{
	return strcmp(text(tcb, "status"), "UpToDate") == 0 &&
	       same_text(tcb, "launch", "current") &&
	       !any(json_object_get(tcb, "advisories")) &&
	       !any(json_object_get(tcb, "currentAdvisories"));
}

/* The date of what is left, where no level is reached, tells nothing. */
static const char *date_of(const json_t *tcb)
{
	return strcmp(text(tcb, "status"), "NotSupported") != 0
		       ? text(tcb, "date")
		       : "";
}

static void add_status(const json_t *tcb, const char *mark,
		       struct ev_buffer *out)
{
	const char *date = date_of(tcb), *status = text(tcb, "status");
	const char *of = date[0] != '\0' ? ", TCB date " : "";

	if (same_text(tcb, "launch", "current"))
		rp_render_line(out, "together", "%s%s%.10s%s", status, of, date,
			       mark);
	else
		rp_render_line(out, "together",
			       "at launch %s, now %s: %s%s%.10s%s",
			       text(tcb, "launch"), text(tcb, "current"),
			       status, of, date, mark);
}

static void add_ids(const json_t *ids, bool full, struct ev_buffer *words)
{
	size_t begin = words->n, n = json_array_size(ids), i;
	const json_t *id;

	json_array_foreach (ids, i, id) {
		const char *name = json_string_value(id);

		if (!full &&
		    words->n - begin + strlen(name) + 2 > ADVISORIES_ROOM) {
			ev_buffer_printf(words, "%s%zu%s (--full)",
					 i > 0 ? " and " : "", n - i,
					 i > 0 ? " more" : "");
			return;
		}
		ev_buffer_printf(words, "%s%s", i > 0 ? ", " : "", name);
	}
	if (n == 0)
		ev_buffer_add_str(words, "none");
}

/* which: "at launch: ", or nothing where there is one list to tell of. */
static void add_list(const char *label, const char *which, const json_t *ids,
		     const char *mark, bool full, struct ev_buffer *out)
{
	struct ev_buffer words = { 0 };
	char *line;

	ev_buffer_add_str(&words, which);
	add_ids(ids, full, &words);
	line = ev_buffer_take(&words, NULL);
	if (line == NULL)
		out->failed = true;
	else
		rp_render_line(out, label, "%s%s", line, mark);
	free(line);
}

void rp_render_together(const json_t *tcb, const char *mark, bool full,
			struct ev_buffer *out)
{
	const json_t *launch = json_object_get(tcb, "advisories");
	const json_t *now = json_object_get(tcb, "currentAdvisories");

	if (is_plain(tcb))
		return;
	add_status(tcb, mark, out);
	if (now == NULL || json_equal(launch, now)) {
		if (any(launch))
			add_list("advisories", "", launch, mark, full, out);
		return;
	}
	add_list("advisories", "at launch: ", launch, mark, full, out);
	add_list("", "now: ", now, mark, full, out);
}
