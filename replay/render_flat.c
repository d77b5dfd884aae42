/* SPDX-License-Identifier: Apache-2.0 */
/* One flat object for each archive: the columns of a database's table. */
#include "replay/render.h"

#include "evidence/base/json.h"
#include "evidence/base/json_write.h"
#include "replay/render_member.h"

#include <stdlib.h>

/* Text of the first object of an area of facts. */
static const struct {
	const char *column, *area, *member, *inner;
} facts_columns[] = {
	{ "tee", "quote", "tee", NULL },
	{ "mrtd", "tdx", "mrtd", NULL },
	{ "mrseam", "tdx", "mrseam", NULL },
	{ "mrenclave", "sgx", "mrenclave", NULL },
	{ "mrsigner", "sgx", "mrsigner", NULL },
	{ "fmspc", "platform", "fmspc", NULL },
	{ "ppid", "platform", "ppid", NULL },
	{ "tcb_status", "tcb", "status", NULL },
	{ "tcb_date", "tcb", "date", NULL },
	{ "platform_status", "tcb", "platform", "status" },
	{ "module_status", "tcb", "module", "status" },
	{ "qe_status", "tcb", "qe", "status" },
};

static const json_t *first_of(const json_t *facts, const char *area)
{
	return rp_unless_beside(rp_area_nth(facts, area, 0));
}

/* Every member is there in every row; one of several quotes speaks for none,
 * so that its columns are empty then. */
static void write_facts(struct ev_writer *w, const json_t *facts)
{
	bool one = rp_area_nth(facts, "quote", 1) == NULL;

	for (size_t i = 0; i < sizeof(facts_columns) / sizeof(facts_columns[0]);
	     i++) {
		const json_t *v =
			one ? first_of(facts, facts_columns[i].area) : NULL;

		ev_write_str(w, facts_columns[i].column,
			     rp_member_text(v, facts_columns[i].member,
					    facts_columns[i].inner, NULL));
	}
}

static void write_advisories(struct ev_writer *w, const json_t *facts)
{
	ev_auto_buffer struct ev_buffer list = { 0 };
	const json_t *id;
	size_t i;

	if (rp_area_nth(facts, "quote", 1) == NULL)
		json_array_foreach (
			json_object_get(first_of(facts, "tcb"), "advisories"),
			i, id)
			ev_buffer_printf(&list, "%s%s", i > 0 ? " " : "",
					 json_string_value(id));
	ev_write_text(w, "advisories", ev_buffer_span(&list));
}

/* The next place of `what` at or behind *rest, which then begins behind it. */
static bool find(struct ev_span *rest, struct ev_span what)
{
	const uint8_t *p =
		rest->n > 0 ? memmem(rest->p, rest->n, what.p, what.n) : NULL;
	size_t end;

	if (p == NULL)
		return false;
	end = (size_t)(p - rest->p) + what.n;
	*rest = ev_span_sub(*rest, end, rest->n - end);
	return true;
}

/* How many checks came to it; required: only those that must be answered.
 * In canonical text no string holds these bytes, since its quotes are behind
 * backslashes, and "required" of the same check stands behind "outcome". */
static int64_t count(struct ev_span checks, struct ev_span outcome,
		     bool required)
{
	int64_t n = 0;

	while (find(&checks, outcome)) {
		struct ev_span rest = checks;

		if (required && !find(&rest, EV_SPAN_LITERAL("\"required\":")))
			break;
		n += !required || (rest.n > 0 && rest.p[0] == 't');
	}
	return n;
}

static void write_row(struct ev_writer *w, const json_t *r,
		      struct ev_span checks, const char *verdict,
		      const char *name)
{
	const json_t *facts = json_object_get(r, "facts");
	int64_t quotes = 0;

	while (rp_area_nth(facts, "quote", (size_t)quotes) != NULL)
		quotes++;
	ev_write_object(w, NULL);
	ev_write_foreign(w, "file", ev_span_str(name));
	ev_write_str(w, "verdict", verdict);
	ev_write_str(w, "as_of", rp_member_text(r, "asOf", "time", NULL));
	ev_write_str(w, "basis", rp_member_text(r, "asOf", "basis", NULL));
	ev_write_str(w, "archive", rp_member_text(r, "archiveId", NULL, NULL));
	ev_write_int(w, "quotes", quotes);
	write_facts(w, facts);
	write_advisories(w, facts);
	ev_write_bool(w, "trusted",
		      quotes == 1 &&
			      rp_member_is_true(rp_area_nth(facts, "quote", 0),
						"trusted"));
	ev_write_bool(w, "simulated", r != NULL && rp_rests_on_simulated(r));
	ev_write_int(
		w, "passed",
		count(checks, EV_SPAN_LITERAL("\"outcome\":\"pass\""), false));
	ev_write_int(
		w, "failed",
		count(checks, EV_SPAN_LITERAL("\"outcome\":\"fail\""), false));
	ev_write_int(
		w, "missing",
		count(checks, EV_SPAN_LITERAL("\"outcome\":\"skip\""), true));
	ev_write_end(w);
}

bool rp_render_flat(struct ev_span report, const char *verdict,
		    const char *name, struct ev_buffer *out)
{
	struct ev_span checks = { NULL, 0 };
	ev_auto_json json_t *r =
		report.n > 0 ? rp_report_load_brief(report, &checks) : NULL;
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	char *line = NULL;

	if (w == NULL || (report.n > 0 && r == NULL))
		return false;
	write_row(w, r, checks,
		  r != NULL ? rp_member_text(r, "verdict", NULL, NULL)
			    : verdict,
		  name);
	line = ev_writer_finish(w, NULL);
	if (line != NULL)
		ev_buffer_printf(out, "%s\n", line);
	free(line);
	return line != NULL;
}
