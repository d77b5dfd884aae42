/* SPDX-License-Identifier: Apache-2.0 */
/* One line for each archive. */
#include "replay/render.h"

#include "evidence/base/json.h"
#include "replay/render_member.h"

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
static void cell(struct row *row, char *out, size_t n, const json_t *v,
		 const char *name)
{
	const char *text = rp_member_text(v, name, NULL, NULL);
	bool doubtful = text[0] != '\0' && !rp_member_is_true(v, "trusted");

	snprintf(out, n + 2, "%.*s%s", (int)n, text[0] != '\0' ? text : "-",
		 doubtful ? "?" : "");
	row->doubtful = row->doubtful || doubtful;
}

/* Of several quotes no one value speaks for all; the text has each. */
static struct row row_of(const json_t *facts)
{
	struct row row = { .mrtd = "-", .fmspc = "-", .tcb = "-" };
	size_t n = 0;

	while (rp_area_nth(facts, "quote", n) != NULL)
		n++;
	if (n > 1) {
		snprintf(row.mrtd, sizeof(row.mrtd), "%zu quotes", n);
		return row;
	}
	cell(&row, row.mrtd, 16, rp_area_nth(facts, "tdx", 0), "mrtd");
	cell(&row, row.fmspc, 16, rp_area_nth(facts, "platform", 0), "fmspc");
	cell(&row, row.tcb, 40, rp_unless_beside(rp_area_nth(facts, "tcb", 0)),
	     "status");
	return row;
}

bool rp_render_row(struct ev_span report, const char *name,
		   struct ev_buffer *out)
{
	struct ev_span checks;
	ev_auto_json json_t *r = rp_report_load_brief(report, &checks);
	bool simulated;
	struct row row;
	char note[40];

	if (r == NULL)
		return false;
	row = row_of(json_object_get(r, "facts"));
	simulated = rp_rests_on_simulated(r);
	snprintf(note, sizeof(note), "%s%s%s", simulated ? "SIMULATED" : "",
		 simulated && row.doubtful ? ", " : "",
		 row.doubtful ? "? not trusted" : "");
	add_row(out,
		(const char *const[]){ rp_verdict_word(r),
				       rp_member_text(r, "asOf", "time", NULL),
				       row.mrtd, row.fmspc, row.tcb,
				       note[0] != '\0' ? note : "-" },
		name);
	return true;
}
