/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a report that a row needs, in a text of their own. */
#include "replay/render_brief.h"

#include "evidence/base/buffer.h"
#include "evidence/base/json.h"

/* In the order of `brief`'s spans. */
enum { ANCHORS, ARCHIVE, AS_OF, CHECKS, FACTS, VERDICT, N_BRIEF };
static const char *const brief_names[N_BRIEF] = {
	[ANCHORS] = "anchors", [ARCHIVE] = "archive", [AS_OF] = "asOf",
	[CHECKS] = "checks",   [FACTS] = "facts",     [VERDICT] = "verdict",
};

static void add_member(struct ev_buffer *out, const char *name,
		       struct ev_span value)
{
	if (value.p == NULL)
		return;
	ev_buffer_printf(out, "%s\"%s\":", out->n > 1 ? "," : "", name);
	ev_buffer_add(out, value);
}

bool rp_brief_load(struct ev_span report, struct rp_brief *out)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_span brief[N_BRIEF], id;
	struct rp_brief b = { .facts = NULL };
	struct ev_error err = { 0 };

	if (!ev_json_members(report, brief_names, brief, N_BRIEF, NULL))
		return false;
	ev_buffer_add_str(&text, "{");
	add_member(&text, "anchors", brief[ANCHORS]);
	add_member(&text, "asOf", brief[AS_OF]);
	add_member(&text, "facts", brief[FACTS]);
	if (ev_json_member(brief[ARCHIVE], "id", &id))
		add_member(&text, "archiveId", id);
	add_member(&text, "verdict", brief[VERDICT]);
	ev_buffer_add_str(&text, "}");
	if (!ev_buffer_ok(&text) ||
	    ev_nodes_parse(ev_buffer_span(&text), text.n, "report", &b.nodes,
			   &err) != EV_OK)
		return false;
	b.checks = brief[CHECKS];
	b.facts = ev_node_member(b.nodes.root, "facts");
	*out = b;
	return true;
}

void rp_brief_free(struct rp_brief *brief)
{
	ev_nodes_free(&brief->nodes);
	*brief = (struct rp_brief){ .facts = NULL };
}

const char *rp_brief_text(const struct ev_node *v, const char *a, const char *b)
{
	const char *text;

	v = ev_node_member(v, a);
	if (b != NULL)
		v = ev_node_member(v, b);
	text = ev_node_text(v);
	return text != NULL ? text : "";
}

bool rp_brief_is_true(const struct ev_node *v, const char *name)
{
	v = ev_node_member(v, name);
	return v != NULL && v->type == EV_NODE_TRUTH && v->truth;
}

const struct ev_node *rp_brief_nth(const struct rp_brief *brief,
				   const char *area, size_t n)
{
	const struct ev_node *v = ev_node_member(brief->facts, area), *one;

	if (v == NULL || v->type != EV_NODE_ARRAY)
		return n == 0 ? v : NULL;
	if (n >= v->n)
		return NULL;
	for (one = ev_node_inside(v); n > 0; n--)
		one = ev_node_next(one);
	return one;
}

const struct ev_node *rp_brief_first(const struct rp_brief *brief,
				     const char *area)
{
	const struct ev_node *v = rp_brief_nth(brief, area, 0);
	const struct ev_node *decides = ev_node_member(v, "decides");

	return decides != NULL && decides->type == EV_NODE_TRUTH &&
			       !decides->truth
		       ? NULL
		       : v;
}

bool rp_brief_is_simulated(const struct rp_brief *brief)
{
	const struct ev_node *list =
		ev_node_member(brief->nodes.root, "anchors");
	const struct ev_node *v;

	if (list == NULL || list->type != EV_NODE_ARRAY)
		return false;
	v = ev_node_inside(list);
	for (uint32_t i = 0; i < list->n; i++, v = ev_node_next(v))
		if (rp_brief_is_true(v, "used") &&
		    rp_brief_is_true(v, "simulated"))
			return true;
	return false;
}
