/* SPDX-License-Identifier: Apache-2.0 */
/* Two columns, and what they mean. */
#include "replay/render_hindsight.h"

#include "replay/render_line.h"
#include "replay/render_member.h"

#include <stdio.h>

/* Columns of then and of later. */
enum { THEN_AT = 19, LATER_AT = 44 };
#define CELL_TEXT 400

struct view {
	const json_t *then, *later; /* the report, its member hindsight */
	struct ev_buffer *out;
};

static const char *text(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

static void add_row(const struct view *v, const char *label, const char *then,
		    const char *later)
{
	char begin[CELL_TEXT + THEN_AT + 3];

	/* A label that is longer than its column has a line of its own. */
	if (strlen(label) > THEN_AT - 4) {
		ev_buffer_printf(v->out, "  %s\n", label);
		label = "";
	}
	snprintf(begin, sizeof(begin), "  %-*s%s", THEN_AT - 2, label, then);
	rp_render_words(v->out, begin, LATER_AT, later);
}

/* --- what each side says --- */

static const json_t *find(const json_t *report, const char *id,
			  const char *subject)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(report, "checks"), i, check)
		if (strcmp(text(check, "id"), id) == 0 &&
		    strcmp(text(check, "subject"), subject) == 0)
			return check;
	return NULL;
}

/* What is not among the changes is as it was. */
static const json_t *check_of(const struct view *v, bool later, const char *id,
			      const char *subject)
{
	const json_t *changed = later ? find(v->later, id, subject) : NULL;

	return changed != NULL ? changed : find(v->then, id, subject);
}

static const json_t *tcb_of(const struct view *v, bool later, const char *item)
{
	const json_t *facts = json_object_get(v->later, "facts");

	if (!later || json_object_get(facts, "tcb") == NULL)
		facts = json_object_get(v->then, "facts");
	return rp_unless_beside(rp_area_of(facts, "tcb", "item", item, 0));
}

static const char *status_of(const struct view *v, bool later, const char *item)
{
	const json_t *tcb = tcb_of(v, later, item);

	return tcb != NULL ? text(tcb, "status") : "not judged";
}

static void check_cell(const json_t *check, const char *bad,
		       char cell[CELL_TEXT])
{
	const char *outcome = text(check, "outcome");
	bool failed = strcmp(outcome, "fail") == 0;

	if (strcmp(outcome, "pass") == 0)
		snprintf(cell, CELL_TEXT, "good");
	else if (failed)
		snprintf(cell, CELL_TEXT, "%s: %.300s", bad,
			 text(check, "got")[0] != '\0' ? text(check, "got")
						       : text(check, "reason"));
	else
		snprintf(cell, CELL_TEXT, "not judged");
}

/* --- rows --- */

static void add_check(const struct view *v, const char *label, const char *id,
		      const char *item, const char *bad)
{
	char cells[2][CELL_TEXT];

	for (int i = 0; i < 2; i++)
		check_cell(check_of(v, i == 1, id, item), bad, cells[i]);
	add_row(v, label, cells[0], cells[1]);
}

/* The date of the lowest level above the platform's that is of another
 * status: since then the platform's is no longer good enough. */
static const char *since(const json_t *tcb)
{
	const json_t *platform = json_object_get(tcb, "platform"), *level;
	const char *status = text(platform, "status"), *date = "";
	size_t i;

	json_array_foreach (json_object_get(tcb, "distance"), i, level) {
		if (rp_member_int(level, "level") ==
		    rp_member_int(platform, "level"))
			return date;
		if (strcmp(text(level, "status"), status) != 0)
			date = text(level, "date");
	}
	return "";
}

static void level_cell(const json_t *tcb, const char *member,
		       const json_t *before, char cell[CELL_TEXT])
{
	const json_t *level = json_object_get(tcb, member);
	const char *date = text(level, "date"), *moved = "";

	if (level == NULL) {
		snprintf(cell, CELL_TEXT, "not judged");
		return;
	}
	if (before != NULL &&
	    strcmp(text(level, "status"),
		   rp_member_text(before, member, "status", NULL)) != 0 &&
	    strcmp(member, "platform") == 0)
		moved = since(tcb);
	snprintf(cell, CELL_TEXT, "%s%s%.10s%s%.10s", text(level, "status"),
		 date[0] != '\0' ? " " : "", date,
		 moved[0] != '\0' ? ", since " : "", moved);
}

static void add_level(const struct view *v, const char *label,
		      const char *member, const char *item)
{
	const json_t *then = tcb_of(v, false, item);
	const json_t *later = tcb_of(v, true, item);
	char cells[2][CELL_TEXT];

	if (json_object_get(then, member) == NULL &&
	    json_object_get(later, member) == NULL)
		return;
	level_cell(then, member, NULL, cells[0]);
	level_cell(later, member, then, cells[1]);
	add_row(v, label, cells[0], cells[1]);
}

static bool has_text(const json_t *list, const char *value)
{
	const json_t *v;
	size_t i;

	json_array_foreach (list, i, v)
		if (strcmp(json_string_value(v), value) == 0)
			return true;
	return false;
}

/* Advisories that only the later side names, with commas. */
static void new_advisories(const struct view *v, const char *item,
			   char cell[CELL_TEXT])
{
	const json_t *then =
		json_object_get(tcb_of(v, false, item), "advisories");
	const json_t *id;
	size_t i, n = 0;

	cell[0] = '\0';
	json_array_foreach (
		json_object_get(tcb_of(v, true, item), "advisories"), i, id) {
		const char *name = json_string_value(id);

		if (!has_text(then, name) && n + strlen(name) + 3 < CELL_TEXT)
			n += (size_t)snprintf(cell + n, CELL_TEXT - n, "%s%s",
					      n > 0 ? ", " : "", name);
	}
}

static void add_quote(const struct view *v, const char *item)
{
	char cell[CELL_TEXT];

	add_check(v, "quote signature", "dcap.quote.signature", item, "BROKEN");
	add_check(v, "PCK certificate", "dcap.pck.revocation", item, "REVOKED");
	add_check(v, "PCK CA", "dcap.pck-ca.revocation", item, "REVOKED");
	add_level(v, "platform level", "platform", item);
	add_level(v, "TDX module", "module", item);
	add_level(v, "quoting enclave", "qe", item);
	add_row(v, "together", status_of(v, false, item),
		status_of(v, true, item));
	new_advisories(v, item, cell);
	if (cell[0] != '\0')
		add_row(v, "new advisories", "", cell);
}

/* --- what else changed --- */

static bool has_row(const char *id)
{
	static const char *const shown[] = { "dcap.quote.signature",
					     "dcap.pck.revocation",
					     "dcap.pck-ca.revocation",
					     "tcb.platform",
					     "tcb.tdx-module",
					     "tcb.qe",
					     "tcb.status" };

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (strcmp(shown[i], id) == 0)
			return true;
	return false;
}

/* Checks that began or ceased to fail.  A window that is not judged because
 * another piece decides is no change. */
static bool fails(const json_t *check)
{
	return strcmp(text(check, "outcome"), "fail") == 0;
}

static void add_others(const struct view *v)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(v->later, "checks"), i, check) {
		const char *id = text(check, "id");
		const json_t *before =
			find(v->then, id, text(check, "subject"));
		char then[CELL_TEXT], later[CELL_TEXT];

		if (has_row(id) || fails(check) == fails(before))
			continue;
		check_cell(before, "BROKEN", then);
		check_cell(check, "BROKEN", later);
		add_row(v, id, before == NULL ? "-" : then, later);
	}
}

/* --- what it means --- */

/* It fails, and did not, or failed otherwise. */
static bool fails_anew(const struct view *v, const char *id)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(v->later, "checks"), i, check) {
		const json_t *before =
			find(v->then, id, text(check, "subject"));

		if (strcmp(text(check, "id"), id) == 0 && fails(check) &&
		    strcmp(text(check, "got"), text(before, "got")) != 0)
			return true;
	}
	return false;
}

static const struct {
	const char *id, *meaning;
} meanings[] = {
	{ "dcap.pck.revocation",
	  "The platform's key is no longer believed.  A CRL writes its entries' dates anew at each issue, so that the revocation does not say when the key was lost; if it was lost before the evidence was made, the evidence proves nothing." },
	{ "dcap.pck-ca.revocation",
	  "The CA that certified the platform is no longer believed; when its key was lost the CRL does not say." },
	{ "tcb.status",
	  "The level was that of then with what was known then.  What the advisories describe was there already; whether anybody used it before the evidence was made, the evidence does not say." },
};

static void add_meaning(const struct view *v)
{
	bool said = false;

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (!fails_anew(v, meanings[i].id))
			continue;
		rp_render_words(v->out, said ? "" : "What this means:", 17,
				meanings[i].meaning);
		said = true;
	}
	if (!said)
		rp_render_words(v->out, "What this means:", 17,
				"nothing that this collateral knows takes away "
				"from what was provable then.");
}

void rp_render_hindsight(const json_t *report, struct ev_buffer *out)
{
	const json_t *later = json_object_get(report, "hindsight"), *quote;
	const struct view v = { report, later, out };
	char then[CELL_TEXT], heading[CELL_TEXT];

	if (later == NULL)
		return;
	ev_buffer_add_str(out, "\n");
	snprintf(then, sizeof(then), "as of %.10s",
		 rp_member_text(report, "asOf", "time", NULL));
	snprintf(heading, sizeof(heading), "with the collateral of %.10s",
		 rp_member_text(later, "asOf", "time", NULL));
	add_row(&v, "hindsight", then, heading);
	for (size_t i = 0;
	     (quote = rp_area_nth(json_object_get(report, "facts"), "quote",
				  i)) != NULL;
	     i++)
		add_quote(&v, text(quote, "item"));
	add_others(&v);
	add_row(&v, "verdict", rp_verdict_word(report), rp_verdict_word(later));
	add_meaning(&v);
}
