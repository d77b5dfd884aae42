/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of attested documents: facts.imds. */
#include "replay/checks.h"
#include "replay/facts.h"
#include "replay/imds.h"

static bool is_read(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->imds->parsed.code == EV_OK;
}

static void write_text(struct ev_writer *w, const char *name,
		       struct ev_span text)
{
	if (text.p != NULL)
		ev_write_foreign(w, name, text);
}

/* Which paravisor's report it was held against. */
static void write_vm(const struct rp_subject *s, struct ev_writer *w)
{
	const struct rp_imds *i = s->imds;

	if (i->hcl == NULL)
		return;
	ev_write_str(w, "report", i->hcl->name);
	ev_write_str(w, "vmIdMatch", rp_vm_match_word(i->match));
	rp_fact_quote_write(i->hcl->hcl->quote, w);
}

static void write_imds(const struct rp_case *c, const struct rp_subject *s,
		       struct ev_writer *w)
{
	const struct rp_imds *i = s->imds;
	const struct ev_imds *m = &i->m;

	ev_write_foreign(w, "item", ev_span_str(s->name));
	/* What it says is the service's word from its chain on. */
	ev_write_bool(w, "trusted",
		      rp_outcome_of(c, "imds.chain", s) == RP_PASS);
	ev_write_time(w, "createdOn", m->created);
	ev_write_time(w, "expiresOn", m->expires);
	write_text(w, "licenseType", m->license_type);
	write_text(w, "nonce", m->nonce);
	write_text(w, "sku", m->sku);
	write_text(w, "subscriptionId", m->subscription_id);
	write_text(w, "vmId", m->vm_id);
	write_vm(s, w);
	if (i->signer_parsed.code == EV_OK)
		rp_fact_chain_write(&i->signer, &i->certified.path, w);
}

void rp_facts_imds_write(const struct rp_case *c, struct ev_writer *w)
{
	static const struct rp_area imds = { "imds", RP_IMDS, is_read,
					     write_imds };

	rp_area_write(c, &imds, w);
}
