/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that grow by doubling, and the chain of subjects of one type. */
#include "replay/subject.h"

#include "replay/bound.h"

#include <stdlib.h>

/* Room for one more pointer, or NULL when memory ran out. */
static void *grown(void *list, size_t n, size_t *room)
{
	size_t more = *room == 0 ? 64 : 2 * *room;
	void *p = list;

	if (n < *room)
		return list;
	p = reallocarray(list, more, sizeof(void *));
	if (p != NULL)
		*room = more;
	return p;
}

struct rp_subject *rp_subject_add(struct rp_case *c, enum rp_subject_type type,
				  const char *name, const struct rp_item *item)
{
	struct rp_subject **list =
		grown(c->subjects, c->n_subjects, &c->subjects_room);
	struct rp_subject *s = calloc(1, sizeof(*s));

	if (list != NULL)
		c->subjects = list;
	if (list == NULL || s == NULL) {
		free(s);
		return NULL;
	}
	s->type = type;
	s->name = name;
	s->item = item;
	s->order = c->n_subjects;
	c->subjects[c->n_subjects++] = s;
	if (c->last[type] == NULL)
		c->first[type] = s;
	else
		c->last[type]->next = s;
	c->last[type] = s;
	return s;
}

const struct rp_subject *rp_next_subject(const struct rp_case *c,
					 enum rp_subject_type type,
					 const struct rp_subject *from)
{
	return from == NULL ? c->first[type] : from->next;
}

struct rp_ak_cert *rp_cert_add(struct rp_case *c)
{
	struct rp_ak_cert **list = grown(c->certs, c->n_certs, &c->certs_room);
	struct rp_ak_cert *cert = calloc(1, sizeof(*cert));

	if (list != NULL)
		c->certs = list;
	if (list == NULL || cert == NULL) {
		free(cert);
		return NULL;
	}
	c->certs[c->n_certs++] = cert;
	return cert;
}

enum ev_code rp_issuer_add(struct rp_case *c, const struct rp_item *item)
{
	struct rp_issuer **list =
		grown(c->issuers, c->n_issuers, &c->issuers_room);
	struct rp_issuer *issuer = calloc(1, sizeof(*issuer));

	if (list != NULL)
		c->issuers = list;
	if (list == NULL || issuer == NULL) {
		free(issuer);
		return EV_TROUBLE;
	}
	c->issuers[c->n_issuers++] = issuer;
	issuer->item = item;
	if (item->shelved != NULL)
		issuer->chain = item->shelved->chain;
	else
		issuer->parsed.code = ev_chain_parse(
			item->bytes, 0, &issuer->chain, &issuer->parsed.err);
	return EV_OK;
}

/* What is on a shelf stays there. */
static void free_object(struct rp_subject *s)
{
	bool shelved = s->item != NULL && s->item->shelved != NULL;

	if (s->object == NULL)
		return;
	switch (s->type) {
	case RP_QUOTE:
		if (s->quote->shelved == NULL)
			ev_chain_free(&s->quote->chain);
		rp_shelf_give_back(s->quote->shelved);
		free(s->quote);
		break;
	case RP_CHAIN:
		if (!shelved)
			ev_chain_free(&s->chain->chain);
		free(s->chain);
		break;
	case RP_CRL:
		if (!shelved)
			ev_crl_free(&s->crl->crl);
		free(s->crl);
		break;
	case RP_TCB_INFO:
		if (!shelved)
			ev_tcb_info_free(&s->tcb_info->info);
		free(s->tcb_info);
		break;
	case RP_QE_IDENTITY:
		if (!shelved)
			ev_qe_identity_free(&s->qe_identity->identity);
		free(s->qe_identity);
		break;
	case RP_HCL:
		ev_runtime_claims_free(&s->hcl->claims);
		free(s->hcl);
		break;
	case RP_TPM_QUOTE:
		ev_pem_list_free(&s->tpm_quote->key_pem);
		free(s->tpm_quote);
		break;
	case RP_BOUND_HCL:
	case RP_BOUND_REPORT_DATA:
	case RP_BOUND_TPM_QUOTE:
	case RP_BOUND_IMDS:
	case RP_BOUND_MAA:
	case RP_BOUND_ITA:
		rp_bound_free(s->bound);
		break;
	case RP_ARCHIVE:
	case RP_ITEM:
	case RP_SIGNATURE:
	case RP_UNSIGNED:
	case RP_PROOF:
	case RP_TSR:
	case RP_AK_CERT: /* owned by c->certs */
	case RP_EXPECTATION:
	case RP_SESSION:
	case RP_N_SUBJECT_TYPES:
		break;
	}
}

void rp_subject_free(struct rp_subject *s)
{
	free_object(s);
	free(s);
}
