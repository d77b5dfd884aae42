/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of token services, and tokens as subjects. */
#include "replay/token.h"

#include "replay/subject.h"

#include <stdlib.h>

const struct rp_token_service rp_token_services[] = {
	{
		.name = "maa",
		.title = "Azure Attestation",
		.kind = "maa-token",
		.type = RP_TOKEN_MAA,
		.issuer = EV_ISSUER_MAA,
		.algorithms = { "RS256" },
		.lifetime = 28800,
	},
	{
		.name = "ita",
		.title = "Intel Trust Authority",
		.kind = "ita-token",
		.type = RP_TOKEN_ITA,
		.issuer = EV_ISSUER_ITA,
		.algorithms = { "PS384", "RS256" },
		.lifetime = 300,
		.has_root = true,
		.use = RP_ANCHOR_ITA_ROOT,
	},
	{
		.name = "google",
		.title = "Google Cloud Attestation",
		.kind = "google-token",
		.type = RP_TOKEN_GOOGLE,
		.issuer = EV_ISSUER_GOOGLE,
		.algorithms = { "RS256" },
		.lifetime = 3600,
		.has_root = true,
		.use = RP_ANCHOR_GOOGLE_ROOT,
	},
};
const size_t rp_n_token_services =
	sizeof(rp_token_services) / sizeof(rp_token_services[0]);

const struct rp_token_service *rp_token_service_of(enum rp_subject_type type)
{
	for (size_t i = 0; i < rp_n_token_services; i++)
		if (rp_token_services[i].type == type)
			return &rp_token_services[i];
	return NULL;
}

static const struct rp_token_service *service_of(const struct rp_item *item)
{
	const struct rp_token_service *service = rp_token_services;

	/* The table of kinds that become subjects has no other. */
	while (strcmp(service->kind, item->kind->kind) != 0)
		service++;
	assert(service < rp_token_services + rp_n_token_services);
	return service;
}

enum ev_code rp_token_parse(struct rp_case *c, const struct rp_item *item)
{
	const struct rp_token_service *service = service_of(item);
	struct rp_token *t = rp_object_add(c, service->type, item, sizeof(*t));

	if (t == NULL)
		return EV_TROUBLE;
	t->service = service;
	t->path.anchor = -1;
	t->parsed.code = ev_jwt_parse(item->bytes, &t->jwt, &t->parsed.err);
	return t->parsed.code == EV_TROUBLE ? EV_TROUBLE : EV_OK;
}

const struct ev_public_key *rp_token_key(const struct rp_token *token)
{
	if (token->certs_in_header)
		return token->n_certs > 0 ? &token->cert[0].key : NULL;
	return token->key != NULL && token->key->refused.code == EV_OK
		       ? &token->key->key
		       : NULL;
}

void rp_token_free(struct rp_token *token)
{
	if (token == NULL)
		return;
	rp_claims_free(&token->claims);
	rp_enclave_free(&token->enclave);
	rp_x5c_free(token->own_x5c);
	ev_jwt_free(&token->jwt);
	free(token);
}
