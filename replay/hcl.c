/* SPDX-License-Identifier: Apache-2.0 */
/* A paravisor's report, its claims, and the report of the hardware inside. */
#include "replay/hcl.h"

#include "replay/subject.h"

#include <stdlib.h>

/* The name by which a vTPM quote says whose key made it. */
static enum ev_code name_ak(struct rp_case *c, struct rp_hcl *h)
{
	uint8_t area[EV_TPM_AK_AREA];

	if (h->claims_parsed.code != EV_OK || h->claims.ak.n_size != 256)
		return EV_OK;
	ev_tpm_ak_area(h->claims.ak.n, area);
	h->has_ak_name = ev_tpm_qualified_name(c->crypto, EV_SPAN(area),
					       EV_TPM_ENDORSEMENT, h->ak_name,
					       &h->ak_name_size);
	return h->has_ak_name ? EV_OK : EV_TROUBLE;
}

static enum ev_code read_claims(struct rp_case *c, struct rp_hcl *h)
{
	h->claims_parsed.code = ev_runtime_claims_parse(
		h->hcl.runtime_data,
		ev_hcl_offset(&h->hcl, h->hcl.runtime_data), &h->claims,
		&h->claims_parsed.err);
	return name_ak(c, h);
}

enum ev_code rp_snp_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_snp *s = rp_object_add(c, RP_SNP, item, sizeof(*s));

	if (s == NULL)
		return EV_TROUBLE;
	s->parsed.code =
		ev_snp_report_parse(item->bytes, 0, &s->report, &s->parsed.err);
	return EV_OK;
}

/* The report of the hardware inside a paravisor's is judged on its own. */
static enum ev_code add_hardware(struct rp_case *c, struct rp_subject *hcl)
{
	struct rp_subject *s = rp_subject_add(c, RP_SNP, hcl->name, hcl->item);

	if (s == NULL)
		return EV_TROUBLE;
	s->snp = calloc(1, sizeof(*s->snp));
	if (s->snp == NULL)
		return EV_TROUBLE;
	s->snp->report = hcl->hcl->hcl.snp;
	s->snp->hcl = hcl;
	hcl->hcl->snp = s;
	return EV_OK;
}

enum ev_code rp_hcl_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_hcl *h = rp_object_add(c, RP_HCL, item, sizeof(*h));

	if (h == NULL)
		return EV_TROUBLE;
	h->parsed.code = ev_hcl_parse(item->bytes, &h->hcl, &h->parsed.err);
	h->claims_parsed = h->parsed;
	if (h->parsed.code != EV_OK)
		return EV_OK;
	if (h->hcl.report_type == EV_HCL_SNP &&
	    add_hardware(c, item->subject) != EV_OK)
		return EV_TROUBLE;
	return read_claims(c, h);
}

enum ev_code rp_claims_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_hcl *h = rp_object_add(c, RP_HCL, item, sizeof(*h));

	if (h == NULL ||
	    !ev_digest(c->crypto, EV_SHA256, item->bytes, h->alone_sha256))
		return EV_TROUBLE;
	h->alone = true;
	h->hcl = (struct ev_hcl){
		.item = item->bytes,
		.hash_type = 1,
		.runtime_data = item->bytes,
	};
	return read_claims(c, h);
}
