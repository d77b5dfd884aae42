/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that grow by doubling, the chain of subjects of one type, and what is
 * freed with one. */
#include "replay/subject.h"

#include "replay/bound.h"
#include "replay/compared.h"
#include "replay/event_log.h"
#include "replay/imds.h"
#include "replay/registry_statement.h"
#include "replay/roundtrip.h"
#include "replay/token.h"

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

void *rp_object_add(struct rp_case *c, enum rp_subject_type type,
		    const struct rp_item *item, size_t size)
{
	struct rp_subject *s = rp_subject_add(c, type, item->name, item);

	if (s == NULL)
		return NULL;
	c->items[item - c->items].subject = s;
	s->object = calloc(1, size);
	return s->object;
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

/* --- what an object holds; what is on a shelf stays there --- */

static bool is_shelved(const struct rp_subject *s)
{
	return s->item != NULL && s->item->shelved != NULL;
}

static void empty_quote(struct rp_subject *s)
{
	if (s->quote->shelved == NULL)
		ev_chain_free(&s->quote->chain);
	rp_shelf_give_back(s->quote->shelved);
	ev_pem_list_free(&s->quote->leaf);
}

static void empty_chain(struct rp_subject *s)
{
	if (!is_shelved(s))
		ev_chain_free(&s->chain->chain);
}

static void empty_crl(struct rp_subject *s)
{
	if (!is_shelved(s))
		ev_crl_free(&s->crl->crl);
}

static void empty_tcb_info(struct rp_subject *s)
{
	if (!is_shelved(s))
		ev_tcb_info_free(&s->tcb_info->info);
}

static void empty_qe_identity(struct rp_subject *s)
{
	if (!is_shelved(s))
		ev_qe_identity_free(&s->qe_identity->identity);
}

static void empty_hcl(struct rp_subject *s)
{
	ev_runtime_claims_free(&s->hcl->claims);
}

static void empty_tpm_quote(struct rp_subject *s)
{
	ev_pem_list_free(&s->tpm_quote->key_pem);
	free(s->tpm_quote->values_made);
}

static void empty_bound(struct rp_subject *s)
{
	rp_bound_free(s->bound);
	s->bound = NULL;
}

static void empty_imds(struct rp_subject *s)
{
	rp_imds_free(s->imds);
	s->imds = NULL;
}

static void empty_compared(struct rp_subject *s)
{
	rp_compared_free(s->compared);
	s->compared = NULL;
}

static void empty_log(struct rp_subject *s)
{
	rp_events_free(&s->log->events);
}

static void empty_token(struct rp_subject *s)
{
	rp_token_free(s->token);
	s->token = NULL;
}

static void empty_roundtrip(struct rp_subject *s)
{
	rp_roundtrip_free(s->roundtrip);
}

static void empty_registry(struct rp_subject *s)
{
	rp_registry_free(s->registry);
}

static void empty_nothing(struct rp_subject *s)
{
	(void)s;
}

/* Of the types whose object is the subject's own. */
static void (*const empty[RP_N_SUBJECT_TYPES])(struct rp_subject *s) = {
	[RP_QUOTE] = empty_quote,
	[RP_CHAIN] = empty_chain,
	[RP_CRL] = empty_crl,
	[RP_TCB_INFO] = empty_tcb_info,
	[RP_QE_IDENTITY] = empty_qe_identity,
	[RP_SNP] = empty_nothing,
	[RP_HCL] = empty_hcl,
	[RP_TPM_QUOTE] = empty_tpm_quote,
	[RP_IMDS] = empty_imds,
	[RP_BOUND_HCL] = empty_bound,
	[RP_BOUND_REPORT_DATA] = empty_bound,
	[RP_BOUND_TPM_QUOTE] = empty_bound,
	[RP_BOUND_IMDS] = empty_bound,
	[RP_BOUND_MAA] = empty_bound,
	[RP_BOUND_ITA] = empty_bound,
	[RP_TOKEN_MAA] = empty_token,
	[RP_TOKEN_ITA] = empty_token,
	[RP_TOKEN_GOOGLE] = empty_token,
	[RP_BOUND_TLS] = empty_bound,
	[RP_ROUNDTRIP] = empty_roundtrip,
	[RP_REGISTRY] = empty_registry,
	[RP_LOG] = empty_log,
	[RP_CCEL_TABLE] = empty_nothing,
	[RP_REGISTER_PCR] = empty_compared,
	[RP_REGISTER_RTMR] = empty_compared,
	[RP_REGISTER_IMA] = empty_compared,
};

void rp_subject_free(struct rp_subject *s)
{
	if (s->object != NULL && empty[s->type] != NULL) {
		empty[s->type](s);
		free(s->object);
	}
	free(s);
}
