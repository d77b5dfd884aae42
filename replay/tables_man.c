/* SPDX-License-Identifier: Apache-2.0 */
/* Manual pages written from the tables, so that they cannot differ. */
#include "replay/tables_man.h"

#include "evidence/kind.h"
#include "replay/check.h"

#include <inttypes.h>

/* mdoc eats a leading dot and backslashes; the tables' text has neither at
 * the start of a line but may hold backslashes in shell lines. */
static void text_line(struct ev_buffer *out, const char *text)
{
	if (text[0] == '.' || text[0] == '\'')
		ev_buffer_add_str(out, "\\&");
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			ev_buffer_add_str(out, "\\e");
		else if (*text == '-')
			ev_buffer_add_str(out, "\\-");
		else
			ev_buffer_add_byte(out, (uint8_t)*text);
	}
	ev_buffer_add_str(out, "\n");
}

static void head(struct ev_buffer *out, const char *title, const char *name,
		 const char *what)
{
	ev_buffer_printf(out,
			 ".\\\" SPDX-License-Identifier: Apache-2.0\n"
			 ".Dd November 23, 2026\n.Dt %s 7\n.Os\n"
			 ".Sh NAME\n.Nm %s\n.Nd %s\n.Sh DESCRIPTION\n",
			 title, name, what);
}

void rp_checks_man(struct ev_buffer *out)
{
	static const char *const defaults[] = {
		[RP_REQUIRED] = "required",
		[RP_OPTIONAL] = "optional",
		[RP_INFORMS] = "informs (a failure is waived)",
	};

	head(out, "ECART-CHECKS", "ecart-checks",
	     "the checks of ecart, in the order of reports");
	ev_buffer_add_str(out,
			  "Every check is asked of every subject of its kind "
			  "and stands in every report.\nThis page is what\n"
			  ".Ql ecart checks \\-\\-man\nprints.\n"
			  ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < rp_n_checks; i++) {
		const struct rp_check *c = &rp_checks[i];

		ev_buffer_printf(out, ".It Sy %s\n", c->id);
		text_line(out, c->title);
		ev_buffer_add_str(out, ".br\nRule:\n");
		text_line(out, c->rule);
		ev_buffer_add_str(out, ".br\nSource:\n");
		text_line(out, c->source);
		ev_buffer_printf(out, ".br\nBy default-1: %s.\n",
				 defaults[c->by_default]);
		for (size_t k = 0; k < RP_AFTER_MAX && c->after[k]; k++)
			ev_buffer_printf(out, "%s%s\n",
					 k == 0 ? ".br\nAfter:\n" : "",
					 c->after[k]);
	}
	ev_buffer_add_str(out, ".El\n.Sh SEE ALSO\n.Xr ecart 1 ,\n"
			       ".Xr ecart-report 5 ,\n.Xr ecart-kinds 7\n");
}

void rp_kinds_man(struct ev_buffer *out)
{
	head(out, "ECART-KINDS", "ecart-kinds",
	     "the kinds of evidence that ecart archives");
	ev_buffer_add_str(out,
			  "An opaque kind is archived and shown by size "
			  "and digest; nothing judges it.\n"
			  "What a kind is for: evidence of a machine, "
			  "collateral by which evidence is\njudged, a log, "
			  "a reference, an image, or meta, what is about "
			  "the archive.\nThis page is "
			  "what\n.Ql ecart kinds \\-\\-man\nprints.\n"
			  ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < ev_n_kinds; i++) {
		const struct ev_kind *k = &ev_kinds[i];

		ev_buffer_printf(out, ".It Sy %s\n", k->kind);
		text_line(out, k->title);
		ev_buffer_add_str(out, ".br\nSource:\n");
		text_line(out, k->source);
		ev_buffer_printf(out,
				 ".br\nFor: %s.\n"
				 ".br\n%s, %s, at most %" PRIu64 " bytes.\n",
				 ev_kind_use_word(k->use), k->media_type,
				 k->show != NULL ? "parsed" : "opaque",
				 k->max_size);
	}
	ev_buffer_add_str(out, ".El\n.Sh SEE ALSO\n.Xr ecart 1 ,\n"
			       ".Xr ecart-archive 5 ,\n.Xr ecart-checks 7\n");
}
