/* SPDX-License-Identifier: Apache-2.0 */
/* One flat object for each archive: the columns of a database's table. */
#include "replay/render.h"

#include "evidence/base/json_write.h"
#include "replay/render_brief.h"

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

/* Every member is there in every row; one of several quotes speaks for none,
 * so that its columns are empty then. */
static void write_facts(struct ev_writer *w, const struct rp_brief *b)
{
	bool one = rp_brief_nth(b, "quote", 1) == NULL;

	for (size_t i = 0; i < sizeof(facts_columns) / sizeof(facts_columns[0]);
	     i++) {
		const struct ev_node *v =
			one ? rp_brief_first(b, facts_columns[i].area) : NULL;

		ev_write_str(w, facts_columns[i].column,
			     rp_brief_text(v, facts_columns[i].member,
					   facts_columns[i].inner));
	}
}

static void write_advisories(struct ev_writer *w, const struct rp_brief *b)
{
	ev_auto_buffer struct ev_buffer list = { 0 };
	const struct ev_node *ids = NULL, *id;

	if (rp_brief_nth(b, "quote", 1) == NULL)
		ids = ev_node_member(rp_brief_first(b, "tcb"), "advisories");
	if (ids != NULL && ids->type == EV_NODE_ARRAY) {
		id = ev_node_inside(ids);
		for (uint32_t i = 0; i < ids->n; i++, id = ev_node_next(id))
			ev_buffer_printf(&list, "%s%s", i > 0 ? " " : "",
					 ev_node_text(id));
	}
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

static void write_row(struct ev_writer *w, const struct rp_brief *b,
		      const char *verdict, const char *name)
{
	const struct ev_node *r = b->nodes.root;
	int64_t quotes = 0;

	while (rp_brief_nth(b, "quote", (size_t)quotes) != NULL)
		quotes++;
	ev_write_object(w, NULL);
	ev_write_foreign(w, "file", ev_span_str(name));
	ev_write_str(w, "verdict", verdict);
	ev_write_str(w, "as_of", rp_brief_text(r, "asOf", "time"));
	ev_write_str(w, "basis", rp_brief_text(r, "asOf", "basis"));
	ev_write_str(w, "archive", rp_brief_text(r, "archiveId", NULL));
	ev_write_int(w, "quotes", quotes);
	write_facts(w, b);
	write_advisories(w, b);
	ev_write_bool(w, "trusted",
		      quotes == 1 &&
			      rp_brief_is_true(rp_brief_nth(b, "quote", 0),
					       "trusted"));
	ev_write_bool(w, "simulated", rp_brief_is_simulated(b));
	ev_write_int(w, "passed",
		     count(b->checks, EV_SPAN_LITERAL("\"outcome\":\"pass\""),
			   false));
	ev_write_int(w, "failed",
		     count(b->checks, EV_SPAN_LITERAL("\"outcome\":\"fail\""),
			   false));
	ev_write_int(w, "missing",
		     count(b->checks, EV_SPAN_LITERAL("\"outcome\":\"skip\""),
			   true));
	ev_write_end(w);
}

bool rp_render_flat(struct ev_span report, const char *verdict,
		    const char *name, struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	struct rp_brief b = { .facts = NULL };
	char *line;

	if (w == NULL || (report.n > 0 && !rp_brief_load(report, &b)))
		return false;
	if (b.nodes.root != NULL)
		verdict = rp_brief_text(b.nodes.root, "verdict", NULL);
	write_row(w, &b, verdict, name);
	line = ev_writer_finish(w, NULL);
	if (line != NULL)
		ev_buffer_printf(out, "%s\n", line);
	free(line);
	rp_brief_free(&b);
	return line != NULL;
}
