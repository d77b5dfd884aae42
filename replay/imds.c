/* SPDX-License-Identifier: Apache-2.0 */
/* Attested documents become subjects, and find the VM that they speak of. */
#include "replay/imds.h"

#include "replay/link.h"
#include "replay/subject.h"

#include <stdlib.h>

/* The id that a paravisor's report says, and whether it is the document's. */
static enum rp_vm_match match_of(const struct rp_imds *i,
				 const struct rp_subject *hcl)
{
	if (hcl->hcl->claims_parsed.code != EV_OK)
		return RP_VM_NO_ID;
	return rp_vm_match(i->m.vm_id, hcl->hcl->claims.vm_unique_id);
}

static void find_vm(const struct rp_case *c, struct rp_imds *i)
{
	const struct rp_subject *s = NULL;

	i->hcl = rp_next_subject(c, RP_HCL, NULL);
	if (i->hcl == NULL)
		return;
	i->match = match_of(i, i->hcl);
	while ((s = rp_next_subject(c, RP_HCL, s)) != NULL) {
		enum rp_vm_match match = match_of(i, s);

		if (match != RP_VM_EQUAL && match != RP_VM_SWAPPED)
			continue;
		i->hcl = s;
		i->match = match;
		return;
	}
}

static enum ev_code read_signer(struct rp_case *c, struct rp_imds *i)
{
	const struct ev_cms *m = &i->m.cms;
	struct rp_parsed *parsed = &i->signer_parsed;

	if (m->signer < 0)
		parsed->code = ev_fail(&parsed->err, EV_MISSING, "imds",
				       "certificates", 0,
				       "the signer's certificate", "none");
	else
		parsed->code = ev_x509_parse(
			c->crypto, m->cert[m->signer],
			(uint64_t)(m->cert[m->signer].p - m->message.p),
			&i->signer, &parsed->err);
	return parsed->code == EV_TROUBLE ? EV_TROUBLE : EV_OK;
}

/* Certificates that may be intermediates; one that cannot be read is none. */
static enum ev_code read_others(struct rp_case *c, struct rp_imds *i)
{
	const struct ev_cms *m = &i->m.cms;

	for (size_t k = 0; k < m->n_certs; k++) {
		struct ev_error err = { 0 };
		enum ev_code code;

		if ((int)k == m->signer)
			continue;
		code = ev_x509_parse(c->crypto, m->cert[k], 0,
				     &i->other[i->n_other], &err);
		if (code == EV_TROUBLE)
			return code;
		i->n_other += code == EV_OK;
	}
	return EV_OK;
}

enum ev_code rp_imds_parse(struct rp_case *c, const struct rp_item *item)
{
	bool bare = rp_is_kind(item, "cms");
	struct rp_subject *s;
	struct rp_imds *i;

	if (bare && !ev_imds_is_document(item->bytes))
		return EV_OK;
	i = rp_object_add(c, RP_IMDS, item, sizeof(*i));
	if (i == NULL)
		return EV_TROUBLE;
	s = item->subject;
	i->parsed.code = (bare ? ev_imds_message_parse : ev_imds_parse)(
		item->bytes, &i->m, &i->parsed.err);
	if (i->parsed.code != EV_OK)
		return i->parsed.code == EV_TROUBLE ? EV_TROUBLE : EV_OK;
	find_vm(c, i);
	s->partner[0] = i->hcl;
	if (read_signer(c, i) != EV_OK)
		return EV_TROUBLE;
	return read_others(c, i);
}

void rp_imds_free(struct rp_imds *imds)
{
	if (imds == NULL)
		return;
	ev_imds_free(&imds->m);
	ev_x509_free(&imds->signer);
	for (size_t k = 0; k < imds->n_other; k++)
		ev_x509_free(&imds->other[k]);
	free(imds);
}
