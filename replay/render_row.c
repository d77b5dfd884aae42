/* SPDX-License-Identifier: Apache-2.0 */
/* One line for each archive. */
#include "replay/render.h"

#include "replay/render_brief.h"

#include <stdio.h>

/* What the report says of its machine, by column. */
struct row {
	char mrtd[32], fmspc[24], tcb[48];
	bool doubtful; /* a value has a question mark */
};

static void add_row(struct ev_buffer *out, const char *const cell[6],
		    const char *name)
{
	ev_buffer_printf(out, "%-10s  %-20s  %-17s  %-12s  %-12s  %-9s  %s\n",
			 cell[0], cell[1], cell[2], cell[3], cell[4], cell[5],
			 name);
}

void rp_render_row_header(struct ev_buffer *out)
{
	add_row(out,
		(const char *const[]){ "VERDICT", "AS OF", "MRTD", "FMSPC",
				       "TCB", "NOTE" },
		"FILE");
}

void rp_render_row_without(const char *verdict, const char *name,
			   struct ev_buffer *out)
{
	char word[16];
	size_t n = 0;

	for (; verdict[n] != '\0' && n + 1 < sizeof(word); n++)
		word[n] = (char)(verdict[n] >= 'a' && verdict[n] <= 'z'
					 ? verdict[n] - 'a' + 'A'
					 : verdict[n]);
	word[n] = '\0';
	add_row(out, (const char *const[]){ word, "-", "-", "-", "-", "-" },
		name);
}

/* A member of the first object of an area, at most n bytes of it; "-" where
 * there is none, and a question mark behind what is not trusted. */
static void cell(struct row *row, char *out, size_t n, const struct ev_node *v,
		 const char *name)
{
	const char *text = rp_brief_text(v, name, NULL);
	bool doubtful = text[0] != '\0' && !rp_brief_is_true(v, "trusted");

	snprintf(out, n + 2, "%.*s%s", (int)n, text[0] != '\0' ? text : "-",
		 doubtful ? "?" : "");
	row->doubtful = row->doubtful || doubtful;
}

/* Of several quotes no one value speaks for all; the text has each. */
static struct row row_of(const struct rp_brief *b)
{
	struct row row = { .mrtd = "-", .fmspc = "-", .tcb = "-" };
	size_t n = 0;

	while (rp_brief_nth(b, "quote", n) != NULL)
		n++;
	if (n > 1) {
		snprintf(row.mrtd, sizeof(row.mrtd), "%zu quotes", n);
		return row;
	}
	cell(&row, row.mrtd, 16, rp_brief_nth(b, "tdx", 0), "mrtd");
	cell(&row, row.fmspc, 16, rp_brief_nth(b, "platform", 0), "fmspc");
	cell(&row, row.tcb, 40, rp_brief_first(b, "tcb"), "status");
	return row;
}

static const char *verdict_word(const struct rp_brief *b)
{
	const char *v = rp_brief_text(b->nodes.root, "verdict", NULL);

	if (strcmp(v, "pass") == 0)
		return "PASS";
	return strcmp(v, "fail") == 0 ? "FAIL" : "INCOMPLETE";
}

bool rp_render_row(struct ev_span report, const char *name,
		   struct ev_buffer *out)
{
	struct rp_brief b = { .facts = NULL };
	bool simulated;
	struct row row;
	char note[40];

	if (!rp_brief_load(report, &b))
		return false;
	row = row_of(&b);
	simulated = rp_brief_is_simulated(&b);
	snprintf(note, sizeof(note), "%s%s%s", simulated ? "SIMULATED" : "",
		 simulated && row.doubtful ? ", " : "",
		 row.doubtful ? "? not trusted" : "");
	add_row(out,
		(const char *const[]){
			verdict_word(&b),
			rp_brief_text(b.nodes.root, "asOf", "time"), row.mrtd,
			row.fmspc, row.tcb, note[0] != '\0' ? note : "-" },
		name);
	rp_brief_free(&b);
	return true;
}
