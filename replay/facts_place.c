/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of place: facts.place. */
#include "replay/facts.h"
#include "replay/standing.h"

#include <stdio.h>

/* What no level says, however high. */
static const char *const not_shown[] = {
	"in which building the processor stands, who can touch it, and whether "
	"what answers here is relayed from there",
	"a place that anybody measured: each level is the word of a processor's "
	"maker or of a cloud",
};

static void write_level(struct ev_writer *w, const char *name, int level)
{
	char text[16];

	snprintf(text, sizeof(text), "L%d", level);
	ev_write_str(w, name, level < 0 ? "none" : text);
}

static void write_step(struct ev_writer *w, int level,
		       const struct rp_standing_step *step)
{
	const struct rp_standing_level *l = &rp_standing_levels[level];

	ev_write_object(w, NULL);
	ev_write_str(w, "holds", rp_standing_answer_word(step->holds));
	write_level(w, "level", level);
	ev_write_str(w, "means", l->means);
	ev_write_array(w, "rests");
	for (size_t i = 0; l->rests[i] != NULL; i++)
		ev_write_str(w, NULL, l->rests[i]);
	ev_write_end(w);
	if (step->why[0] != '\0')
		ev_write_foreign(w, "why", ev_span_str(step->why));
	ev_write_end(w);
}

/* The processor's own names, which say which one it is and not where. */
static void write_processor(struct ev_writer *w, const struct rp_subject *quote,
			    const struct rp_subject *snp)
{
	static const char untold[] = "not told by this evidence";
	const struct rp_quote *q = quote != NULL ? quote->quote : NULL;
	bool has_pck = q != NULL && q->pck_parsed.code == EV_OK &&
		       q->chain_item != NULL && q->chain_parsed.code == EV_OK;

	if (snp != NULL && snp->snp->parsed.code == EV_OK)
		ev_write_hex(w, "chipId", snp->snp->report.chip_id);
	if (has_pck && q->pck.platform_ca)
		ev_write_hex(w, "platformInstanceId",
			     EV_SPAN(q->pck.platform_instance_id));
	else
		ev_write_str(w, "platformInstanceId", untold);
	if (has_pck)
		ev_write_hex(w, "ppid", EV_SPAN(q->pck.ppid));
	else
		ev_write_str(w, "ppid", untold);
}

static void write_name(struct ev_writer *w, const char *name,
		       const struct rp_subject *s)
{
	if (s != NULL)
		ev_write_foreign(w, name, ev_span_str(s->name));
}

static void write_place(struct ev_writer *w, const char *name,
			const struct rp_standing *p)
{
	ev_write_object(w, name);
	write_name(w, "akCertificate", p->ak_cert);
	write_name(w, "document", p->imds);
	write_level(w, "level", p->level);
	ev_write_array(w, "levels");
	for (int i = 0; i < RP_STANDING_LEVELS; i++)
		write_step(w, i, &p->step[i]);
	ev_write_end(w);
	ev_write_array(w, "notShown");
	for (size_t i = 0; i < sizeof(not_shown) / sizeof(not_shown[0]); i++)
		ev_write_str(w, NULL, not_shown[i]);
	ev_write_end(w);
	write_processor(w, p->of.quote, p->of.snp);
	write_name(w, "quote", p->of.quote);
	write_name(w, "report", p->of.hcl != NULL ? p->of.hcl : p->of.snp);
	write_name(w, "tpmQuote", p->tpm_quote);
	ev_write_end(w);
}

void rp_facts_place_write(const struct rp_case *c, struct ev_writer *w)
{
	struct rp_standing_of of[EV_PLACES_MAX];
	size_t n = rp_standing_find(c, of);
	bool list = rp_area_is_list(c, n);
	struct rp_standing p;

	if (n > 0 && list)
		ev_write_array(w, "place");
	for (size_t i = 0; i < n && i < EV_PLACES_MAX; i++) {
		rp_standing_judge(c, of[i], &p);
		write_place(w, list ? NULL : "place", &p);
	}
	if (n > 0 && list)
		ev_write_end(w);
}
