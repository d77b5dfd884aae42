/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of verifier services in a case: read, and joined with the key set and
 * the certificates that they name.  Nothing is fetched, and nothing here is
 * verified.
 */
#ifndef RP_TOKEN_H
#define RP_TOKEN_H

#include "evidence/jwt.h"
#include "evidence/token_issuer.h"
#include "replay/anchors.h"
#include "replay/claim.h"
#include "replay/enclave.h"
#include "replay/key_set.h"

#define RP_TOKEN_ALGORITHMS 2

/* A row of the table of services. */
struct rp_token_service {
	const char *name;  /* "maa", "ita", "google": the area of its checks */
	const char *title; /* for people */
	const char *kind;  /* of its tokens' items */
	enum rp_subject_type type;
	enum ev_token_issuer issuer;
	/* What may stand in alg: ours to say, never the token's. */
	const char *algorithms[RP_TOKEN_ALGORITHMS];
	int64_t lifetime; /* exp - iat as it is known, seconds */
	bool has_root;	  /* keys are certified to an anchor of use: */
	enum rp_anchor_use use;
};
extern const struct rp_token_service rp_token_services[];
extern const size_t rp_n_token_services;

/* The service of such a subject. */
const struct rp_token_service *rp_token_service_of(enum rp_subject_type type);

struct rp_token {
	struct rp_parsed parsed;
	struct ev_jwt jwt; /* owned; read where parsed.code is EV_OK */
	const struct rp_token_service *service;
	/* The set that holds the key of its kid; else one that says it is this
	 * token's, and that may not be readable; NULL: none. */
	struct rp_key_set *key_set;
	const struct rp_item *keys_item; /* of it */
	struct rp_parsed keys_parsed;
	size_t n_kid; /* keys of that kid in it */
	/* The one of that kid, in the case's set; NULL: none, or twice. */
	const struct ev_jwk *key;
	/* x5c of that key, or of the header where the service puts it there:
	 * leaf first.  None where certs_parsed is a refusal. */
	struct rp_parsed certs_parsed;
	const struct ev_x509 *cert; /* n_certs of them */
	size_t n_certs;
	bool certs_in_header;
	const struct rp_item *certs_item;  /* NULL: no x5c */
	uint64_t certs_offset, certs_size; /* in certs_item: all of them */
	struct rp_x5c *own_x5c;		   /* owned: of the header; else NULL */
	struct ev_path path;		   /* filled by *.chain */
	bool verified;			   /* filled by *.signature, as is: */
	bool weak; /* by a key that is smaller than keys are today */
	/* The quote, HCL or SNP subject that it speaks of, or NULL. */
	const struct rp_subject *evidence;
	struct rp_claims claims;   /* owned: held against that evidence */
	struct rp_enclave enclave; /* owned: of Azure's cert[0] */
};

/* Adds the subject of a token's item.  EV_TROUBLE or EV_OK. */
enum ev_code rp_token_parse(struct rp_case *c, const struct rp_item *item);
void rp_token_free(struct rp_token *token);

/* The key that it is verified by: that of cert[0] where the certificates are
 * in the header, else that of the key set; NULL: none is here. */
const struct ev_public_key *rp_token_key(const struct rp_token *token);

/* The first and the last second in which it holds, as it says itself; false
 * where there is none, or where it does not say both. */
bool rp_token_window(const struct rp_token *token, int64_t *from, int64_t *to);

#endif
