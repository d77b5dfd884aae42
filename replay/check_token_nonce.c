/* SPDX-License-Identifier: Apache-2.0 */
/* ita.nonce: the report that was judged answers the service's nonce. */
#include "evidence/base/base64.h"
#include "evidence/limits.h"
#include "replay/checks.h"
#include "replay/claim_evidence.h"

#include <stdlib.h>

/* The shapes of a token: claims at the top, or in an object a TEE (v2). */
struct shape {
	const char *tee;	 /* the object, or NULL */
	const char *report_data; /* the claim that repeats it */
	enum ev_digest_alg alg;
};
static const struct shape shapes[] = {
	{ "tdx", "tdx_report_data", EV_SHA512 },
	{ "sgx", "sgx_report_data", EV_SHA256 },
	{ NULL, "tdx_report_data", EV_SHA512 },
	{ NULL, "sgx_report_data", EV_SHA256 },
};

/* What is hashed, and where it must stand. */
struct nonce {
	const struct shape *shape;
	const struct ev_node *claims;
	struct ev_span part[3]; /* val, iat, held data */
	uint8_t *storage;	/* owned: what was decoded */
	struct ev_nodes nodes;	/* owned: of claims in base64 */
	uint8_t got[64];	/* report data, or Azure's user data */
	bool on_azure;		/* by what its paravisor claims: */
	const struct ev_node *runtime;
	struct ev_span text; /* of claims that stood in base64, else empty */
};

static const struct ev_node *claims_of(const struct rp_token *t,
				       const struct shape *shape)
{
	const struct ev_node *v = t->jwt.payload_nodes.root;

	return shape->tee != NULL ? ev_node_member(v, shape->tee) : v;
}

static const struct shape *find_shape(const struct rp_token *t,
				      const struct ev_node **claims)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		*claims = claims_of(t, &shapes[i]);
		if (ev_node_member(*claims, shapes[i].report_data) != NULL)
			return &shapes[i];
	}
	return NULL;
}

/* A claim in standard base64, decoded; empty where it is absent. */
static bool decode(const struct ev_node *v, uint8_t *to, struct ev_span *out)
{
	size_t n = 0;

	*out = ev_span_of(to, 0);
	if (v == NULL)
		return true;
	if (v->type != EV_NODE_STRING ||
	    !ev_base64_decode(EV_BASE64_STD, v->text, to, &n))
		return false;
	out->n = n;
	return true;
}

/* The first of the claims that holds anything: what the report held beside the
 * nonce is the runtime data, on Azure the user data, and held data by the names
 * of version 1. */
static const struct ev_node *held_data(const struct nonce *n)
{
	static const char *const names[] = { "attester_held_data",
					     "attester_runtime_data",
					     "attester_user_data" };
	const struct ev_node *v;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		v = ev_node_member(n->claims, names[i]);
		if (v != NULL && !(n->on_azure && i == 1) &&
		    !(v->type == EV_NODE_STRING && v->text.n == 0))
			return v;
	}
	return NULL;
}

static enum rp_outcome read_parts(const struct rp_token *t, struct nonce *n,
				  struct rp_finding *f)
{
	const struct ev_node *of = ev_node_member(n->claims, "verifier_nonce");
	const struct ev_node *parts[3];
	uint8_t *to;

	if (of == NULL)
		of = ev_node_member(t->jwt.payload_nodes.root,
				    "verifier_nonce");
	parts[0] = ev_node_member(of, "val");
	parts[1] = ev_node_member(of, "iat");
	parts[2] = held_data(n);
	if (parts[0] == NULL || parts[1] == NULL)
		return rp_skip(f, "absent: the token has no nonce of the "
				  "service");
	to = n->storage + n->text.n;
	for (size_t i = 0; i < 3; i++) {
		if (!decode(parts[i], to, &n->part[i]))
			return rp_fail(f, "syntax: a part of the nonce is not "
					  "base64");
		to += n->part[i].n;
	}
	return RP_PASS;
}

/*
 * On Azure the nonce is the user data of the paravisor's claims, whose digest
 * is the report data.  The claims stand in the token as they are, or in base64.
 */
static enum rp_outcome read_runtime(struct nonce *n,
				    const struct ev_node **user_data)
{
	const struct ev_node *v =
		ev_node_member(n->claims, "attester_runtime_data");
	struct ev_error err = { 0 };

	if (v != NULL && v->type == EV_NODE_STRING &&
	    decode(v, n->storage, &n->text)) {
		if (ev_nodes_parse_numbers(n->text, EV_COLLATERAL_MAX,
					   "runtime", &n->nodes,
					   &err) == EV_TROUBLE)
			return RP_TROUBLE;
		v = n->nodes.root;
	}
	*user_data = ev_node_member(v, "user-data");
	n->on_azure = *user_data != NULL;
	n->runtime = v;
	return RP_PASS;
}

static enum rp_outcome read_got(const struct rp_token *t,
				const struct ev_node *v, struct nonce *n,
				struct rp_finding *f)
{
	const struct rp_subject *e = t->evidence;

	if (v == NULL && e != NULL && e->type == RP_QUOTE &&
	    e->quote->parsed.code == EV_OK) {
		const struct ev_quote *q = &e->quote->q;
		struct ev_span data = q->tee == EV_TEE_TDX ? q->td.report_data
							   : q->sgx.report_data;

		rp_input_add(f, e->name, ev_quote_offset(q, data), data.n);
		memcpy(n->got, data.p, sizeof(n->got));
		return RP_PASS;
	}
	if (v == NULL)
		v = ev_node_member(n->claims, n->shape->report_data);
	if (v->type != EV_NODE_STRING ||
	    !ev_hex_decode(v->text, n->got, sizeof(n->got)))
		return rp_fail(f, "syntax: the report data of the token is not "
				  "128 hex digits");
	return RP_PASS;
}

static enum rp_outcome compare(const struct rp_case *c, const struct nonce *n,
			       struct rp_finding *f)
{
	enum ev_digest_alg alg = n->on_azure ? EV_SHA512 : n->shape->alg;
	uint8_t want[EV_DIGEST_MAX];
	enum rp_outcome outcome;

	if (!ev_digest_parts(c->crypto, alg, n->part, 3, want))
		return RP_TROUBLE;
	f->hash = ev_digest_name(alg);
	outcome = rp_expect(f, ev_span_of(want, ev_digest_size(alg)),
			    ev_span_of(n->got, ev_digest_size(alg)));
	if (outcome != RP_FAIL)
		return outcome;
	return rp_fail(f, "mismatch: what the report held is not the digest of "
			  "the service's nonce and the data beside it");
}

/* Claims in base64 are the bytes that were hashed; as JSON they are put back
 * into them. */
static enum rp_outcome compare_runtime(const struct rp_case *c,
				       const struct rp_token *t,
				       const struct nonce *n,
				       struct ev_span report_data,
				       struct rp_finding *f)
{
	uint8_t digest[32];

	if (n->text.n == 0)
		return rp_runtime_committed(c, n->runtime, t->jwt.payload,
					    report_data, f);
	f->hash = ev_digest_name(EV_SHA256);
	if (!ev_digest(c->crypto, EV_SHA256, n->text, digest))
		return RP_TROUBLE;
	if (rp_expect(f, ev_span_sub(report_data, 0, 32), EV_SPAN(digest)) ==
	    RP_PASS)
		return RP_PASS;
	return rp_fail(f, "mismatch: the runtime claims are not what the "
			  "report data commit to");
}

/* The user data of runtime claims are the report's where it commits to them,
 * and else nobody's but the token's own. */
static enum rp_outcome judge_binding(const struct rp_case *c,
				     const struct rp_token *t,
				     const struct nonce *n,
				     struct rp_finding *f)
{
	const struct rp_subject *e = t->evidence;
	struct ev_span data = rp_evidence_report_data(e);
	enum rp_outcome outcome;

	if (!n->on_azure)
		return RP_PASS;
	if (data.p == NULL)
		return rp_skip(f, "unbound: no report is here that commits to "
				  "the runtime claims with the nonce");
	rp_input_part(f, e->name, e->item->bytes, data);
	outcome = compare_runtime(c, t, n, data, f);
	return outcome == RP_SKIP
		       ? rp_skip(f, "unbound: whether the report commits to "
				    "the runtime claims with the nonce cannot "
				    "be told, in which a member is in no order "
				    "that is known")
		       : outcome;
}

static enum rp_outcome judge_parts(const struct rp_case *c,
				   const struct rp_token *t, struct nonce *n,
				   struct rp_finding *f)
{
	enum rp_outcome bound, outcome = read_parts(t, n, f);

	if (outcome != RP_PASS)
		return outcome;
	bound = judge_binding(c, t, n, f);
	if (bound != RP_PASS && bound != RP_SKIP)
		return bound;
	outcome = compare(c, n, f);
	return outcome == RP_PASS ? bound : outcome;
}

static enum rp_outcome judge(const struct rp_case *c, const struct rp_token *t,
			     struct nonce *n, struct rp_finding *f)
{
	const struct ev_node *user_data = NULL;
	enum rp_outcome outcome;

	n->storage = malloc(t->jwt.payload.n + 16);
	if (n->storage == NULL)
		return RP_TROUBLE;
	outcome = read_runtime(n, &user_data);
	if (outcome == RP_PASS)
		outcome = read_got(t, user_data, n, f);
	if (outcome == RP_PASS)
		outcome = judge_parts(c, t, n, f);
	return outcome;
}

enum rp_outcome rp_check_ita_nonce(struct rp_case *c,
				   const struct rp_subject *s,
				   struct rp_finding *f)
{
	const struct rp_token *t = s->token;
	struct nonce n = { .storage = NULL };
	enum rp_outcome outcome;

	rp_input_part(f, s->name, s->item->bytes, t->jwt.payload_text);
	n.shape = find_shape(t, &n.claims);
	if (n.shape == NULL)
		return rp_skip(f, "absent: the token repeats no report data of "
				  "SGX or TDX");
	outcome = judge(c, t, &n, f);
	ev_nodes_free(&n.nodes);
	free(n.storage);
	return outcome;
}
