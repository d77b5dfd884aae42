/* SPDX-License-Identifier: Apache-2.0 */
/* Two columns, and what they mean. */
#include "replay/render_hindsight.h"

#include "replay/render_line.h"
#include "replay/render_meaning.h"
#include "replay/render_member.h"

#include <stdio.h>
#include <stdlib.h>

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

/* A status counts where its check was asked, of facts that are believed. */
static bool is_judged(const struct view *v, bool later, const char *id,
		      const char *item)
{
	const char *outcome = text(check_of(v, later, id, item), "outcome");

	return rp_member_is_true(tcb_of(v, later, item), "trusted") &&
	       (strcmp(outcome, "pass") == 0 || strcmp(outcome, "fail") == 0);
}

static const char *status_of(const struct view *v, bool later, const char *item)
{
	return is_judged(v, later, "tcb.status", item)
		       ? text(tcb_of(v, later, item), "status")
		       : "not judged";
}

static void check_cell(const json_t *check, const char *bad,
		       char cell[CELL_TEXT])
{
	const char *outcome = text(check, "outcome");

	if (strcmp(outcome, "pass") == 0)
		snprintf(cell, CELL_TEXT, "good");
	else if (rp_check_fails(check))
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

/* One part of the level: its label, its member of facts.tcb, its check, and
 * what its SVN is called, where it has one alone. */
struct part {
	const char *label, *member, *id, *svn;
};

/* The lowest level above the one that is reached that is of another status
 * (wanted NULL), or of that status; NULL where there is none. */
static const json_t *level_above(const json_t *distance, const char *status,
				 const char *wanted)
{
	const json_t *level, *found = NULL;
	size_t i;

	json_array_foreach (distance, i, level) {
		const char *word = text(level, "status");

		if (json_array_size(json_object_get(level, "short")) == 0)
			return found;
		if (wanted != NULL ? strcmp(word, wanted) == 0
				   : strcmp(word, status) != 0)
			found = level;
	}
	return NULL;
}

/* Since the date of the level above, this part's is not good enough. */
static void moved_cell(const struct part *p, const json_t *level,
		       const json_t *distance, char cell[CELL_TEXT])
{
	const char *status = text(level, "status"), *id = text(level, "id");
	const json_t *above = level_above(distance, status, NULL);
	const json_t *good = level_above(distance, status, "UpToDate");
	int n;

	if (p->svn == NULL) {
		snprintf(cell, CELL_TEXT, "%s %.10s, since %.10s", status,
			 text(level, "date"), text(above, "date"));
		return;
	}
	n = snprintf(cell, CELL_TEXT,
		     "%s since %.10s: %s%s%s SVN is %" JSON_INTEGER_FORMAT,
		     status, text(above, "date"), p->label,
		     id[0] != '\0' ? " " : "", id,
		     rp_member_int(level, p->svn));
	if (good != NULL && n > 0 && n < CELL_TEXT)
		snprintf(
			cell + n, CELL_TEXT - (size_t)n,
			", needs %" JSON_INTEGER_FORMAT,
			rp_member_int(json_object_get(good, "need"), "isvsvn"));
}

/* before NULL: nothing to compare with. */
static void level_cell(const json_t *tcb, const struct part *p,
		       const json_t *before, char cell[CELL_TEXT])
{
	const json_t *level = json_object_get(tcb, p->member);
	const json_t *distance =
		json_object_get(p->svn != NULL ? level : tcb, "distance");
	const char *date = text(level, "date"), *status = text(level, "status");

	if (before != NULL &&
	    strcmp(status, rp_member_text(before, p->member, "status", NULL)) !=
		    0 &&
	    level_above(distance, status, NULL) != NULL)
		moved_cell(p, level, distance, cell);
	else
		snprintf(cell, CELL_TEXT, "%s%s%.10s", status,
			 date[0] != '\0' ? " " : "", date);
}

static void add_level(const struct view *v, const struct part *p,
		      const char *item)
{
	const json_t *side[] = { tcb_of(v, false, item),
				 tcb_of(v, true, item) };
	char cells[2][CELL_TEXT] = { "not judged", "not judged" };
	bool was = is_judged(v, false, p->id, item);

	if (json_object_get(side[0], p->member) == NULL &&
	    json_object_get(side[1], p->member) == NULL)
		return;
	if (was)
		level_cell(side[0], p, NULL, cells[0]);
	if (is_judged(v, true, p->id, item))
		level_cell(side[1], p, was ? side[0] : NULL, cells[1]);
	add_row(v, p->label, cells[0], cells[1]);
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
	static const struct part parts[] = {
		{ "platform level", "platform", "tcb.platform", NULL },
		{ "TDX module", "module", "tcb.tdx-module", "svn" },
		{ "quoting enclave", "qe", "tcb.qe", "isvsvn" },
	};
	char cell[CELL_TEXT];

	add_check(v, "quote signature", "dcap.quote.signature", item, "BROKEN");
	add_check(v, "PCK certificate", "dcap.pck.revocation", item, "REVOKED");
	add_check(v, "PCK CA", "dcap.pck-ca.revocation", item, "REVOKED");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		add_level(v, &parts[i], item);
	add_row(v, "together", status_of(v, false, item),
		status_of(v, true, item));
	if (!is_judged(v, true, "tcb.status", item))
		return;
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
static bool is_other(const struct rp_change *c)
{
	return !has_row(text(c->check, "id")) &&
	       rp_check_fails(c->check) != rp_check_fails(c->before);
}

static size_t others_of(const struct rp_changes *changes, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < changes->n; i++)
		if (strcmp(text(changes->row[i].check, "id"), id) == 0 &&
		    is_other(&changes->row[i]))
			n++;
	return n;
}

/* Rows of one check are told apart by what was asked about. */
static void add_others(const struct view *v, const struct rp_changes *changes)
{
	for (size_t i = 0; i < changes->n; i++) {
		const struct rp_change *c = &changes->row[i];
		const char *id = text(c->check, "id");
		const char *subject = text(c->check, "subject");
		char then[CELL_TEXT], later[CELL_TEXT];

		if (!is_other(c))
			continue;
		check_cell(c->before, "BROKEN", then);
		check_cell(c->check, "BROKEN", later);
		if (others_of(changes, id) > 1) {
			ev_buffer_printf(v->out, "  %s\n", id);
			id = subject;
		}
		add_row(v, id, c->before == NULL ? "-" : then, later);
	}
}

static struct rp_changes changes_of(const struct view *v)
{
	const json_t *checks = json_object_get(v->later, "checks"), *check;
	size_t room = json_array_size(checks), i;
	struct rp_changes out = { calloc(room + 1, sizeof(*out.row)), 0 };

	if (out.row == NULL) {
		v->out->failed = true;
		return out;
	}
	json_array_foreach (checks, i, check)
		out.row[out.n++] =
			(struct rp_change){ check,
					    find(v->then, text(check, "id"),
						 text(check, "subject")) };
	return out;
}

void rp_render_hindsight(const json_t *report, struct ev_buffer *out)
{
	const json_t *later = json_object_get(report, "hindsight"), *quote;
	const struct view v = { report, later, out };
	struct rp_changes changes;
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
	changes = changes_of(&v);
	add_others(&v, &changes);
	add_row(&v, "verdict", rp_verdict_word(report), rp_verdict_word(later));
	rp_render_meaning(&changes, out);
	free(changes.row);
}
