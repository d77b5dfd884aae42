/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens find their evidence, and claims are held against it. */
#include "replay/claim_evidence.h"

#include "evidence/base/hex.h"
#include "evidence/limits.h"
#include "replay/link.h"

#include <stdlib.h>

/* --- what a token says of itself --- */

const struct ev_node *rp_token_tee(const struct ev_jwt *jwt)
{
	/* Azure's customers issue claims of any other name. */
	static const char *const ita[] = { "tdx", "sgx" };
	static const char *const maa[] = { "x-ms-isolation-tee" };
	const struct ev_node *root = jwt->payload_nodes.root;
	bool is_ita = ev_span_eq(ev_token_iss(jwt),
				 EV_SPAN_LITERAL("Intel Trust Authority"));
	const char *const *inside = is_ita ? ita : maa;
	size_t n = is_ita ? 2 : 1;

	for (size_t i = 0; i < n; i++) {
		const struct ev_node *v = ev_node_member(root, inside[i]);

		if (v != NULL && v->type == EV_NODE_OBJECT)
			return v;
	}
	return root;
}

/* A member, under the name that the first tokens gave it as well. */
static const struct ev_node *claim_of(const struct ev_node *tee,
				      const char *name)
{
	const struct ev_node *v = ev_node_member(tee, name);
	char amber[64];

	if (v != NULL)
		return v;
	snprintf(amber, sizeof(amber), "amber_%s", name);
	return ev_node_member(tee, amber);
}

bool rp_token_report_data(const struct ev_jwt *jwt, uint8_t out[64])
{
	static const char *const names[] = {
		"x-ms-sgx-report-data",
		"x-ms-sevsnpvm-reportdata",
		"tdx_report_data",
		"sgx_report_data",
	};
	const struct ev_node *tee = rp_token_tee(jwt);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct ev_node *v = claim_of(tee, names[i]);

		if (v != NULL && v->type == EV_NODE_STRING &&
		    ev_hex_decode(v->text, out, 64))
			return true;
	}
	return false;
}

/* Words by which a token names the TEE. */
static const struct {
	const char *claim, *word;
	enum rp_claim_body body;
} kinds[] = {
	{ "x-ms-attestation-type", "sgx", RP_CLAIM_OF_SGX },
	{ "x-ms-attestation-type", "tdxvm", RP_CLAIM_OF_TD },
	{ "x-ms-attestation-type", "sevsnpvm", RP_CLAIM_OF_SNP },
	{ "attester_type", "SGX", RP_CLAIM_OF_SGX },
	{ "attester_type", "TDX", RP_CLAIM_OF_TD },
	{ "tee", "sgx", RP_CLAIM_OF_SGX },
};

/* False: by no word that is known. */
static bool kind_of(const struct ev_jwt *jwt, enum rp_claim_body *body)
{
	const struct ev_node *tee = rp_token_tee(jwt);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct ev_node *v = claim_of(tee, kinds[i].claim);

		if (v == NULL || v->type != EV_NODE_STRING ||
		    !ev_span_eq(v->text, ev_span_str(kinds[i].word)))
			continue;
		*body = kinds[i].body;
		return true;
	}
	return false;
}

/* --- what is here --- */

static enum rp_claim_body body_of(const struct rp_subject *s)
{
	if (s->type == RP_SNP)
		return RP_CLAIM_OF_SNP;
	return s->quote->q.tee == EV_TEE_TDX ? RP_CLAIM_OF_TD : RP_CLAIM_OF_SGX;
}

struct ev_span rp_evidence_report_data(const struct rp_subject *s)
{
	const struct ev_span none = { NULL, 0 };

	if (s != NULL && s->type == RP_SNP && s->snp->parsed.code == EV_OK)
		return s->snp->report.report_data;
	if (s == NULL || s->type != RP_QUOTE || s->quote->parsed.code != EV_OK)
		return none;
	return s->quote->q.tee == EV_TEE_TDX ? s->quote->q.td.report_data
					     : s->quote->q.sgx.report_data;
}

const struct rp_subject *rp_evidence_hcl(const struct rp_case *c,
					 const struct rp_subject *s)
{
	const struct rp_subject *h = NULL;

	while (s != NULL && (h = rp_next_subject(c, RP_HCL, h)) != NULL)
		if (h->hcl->parsed.code == EV_OK &&
		    (h->hcl->quote == s || h->hcl->snp == s))
			return h;
	return NULL;
}

/* Quotes, then SEV-SNP reports, that could be read. */
static const struct rp_subject *next_evidence(const struct rp_case *c,
					      const struct rp_subject *s)
{
	enum rp_subject_type type = s == NULL ? RP_QUOTE : s->type;

	do {
		s = rp_next_subject(c, type, s);
		if (s == NULL && type == RP_QUOTE) {
			type = RP_SNP;
			s = rp_next_subject(c, type, NULL);
		}
	} while (s != NULL && rp_evidence_report_data(s).p == NULL);
	return s;
}

/* Content decides; where it does not, the manifest does, which says of some
 * tokens what they answer. */
static const struct rp_subject *find_evidence(const struct rp_case *c,
					      const struct rp_subject *token)
{
	const struct rp_subject *s = NULL, *first = NULL, *answered = NULL;
	const struct ev_jwt *jwt = &token->token->jwt;
	enum rp_claim_body body;
	bool named = kind_of(jwt, &body);
	uint8_t data[64];
	bool claimed = rp_token_report_data(jwt, data);

	while ((s = next_evidence(c, s)) != NULL) {
		if (named && body_of(s) != body)
			continue;
		if (claimed &&
		    ev_span_eq(rp_evidence_report_data(s), EV_SPAN(data)))
			return s;
		if (answered == NULL &&
		    rp_relates_to(token->item, "answers", s->item))
			answered = s;
		if (first == NULL)
			first = s;
	}
	return answered != NULL ? answered : first;
}

/* --- what follows from it --- */

/* What is hashed once for all tokens: a set of collateral is eight pieces. */
#define HASHED_MAX 64
struct hashed {
	struct rp_claim_hashed piece[HASHED_MAX];
	size_t n;
};

/* Owned beside the evidence. */
struct gathered {
	struct rp_claim_evidence e;
	struct ev_nodes runtime;
};

static bool hash(const struct rp_case *c, const struct ev_span *parts, size_t n,
		 struct rp_claim_hashed *out)
{
	uint8_t digest[32];

	if (!ev_digest_parts(c->crypto, EV_SHA256, parts, n, digest))
		return false;
	ev_hex_encode(EV_SPAN(digest), out->sha256);
	return true;
}

/* As it is archived, and with a NUL behind it: services hash what a library
 * of Intel's gave them, which ends texts so. */
static bool add_collateral(const struct rp_case *c, const struct rp_item *item,
			   enum rp_claim_hash of, struct hashed *out)
{
	static const char *const notes[] = { NULL, "with a NUL behind it" };
	const struct ev_span parts[] = { item->bytes, EV_SPAN_LITERAL("\0") };

	for (size_t n = 1; n <= 2; n++) {
		struct rp_claim_hashed *h = &out->piece[out->n++];

		*h = (struct rp_claim_hashed){
			.input = { item->name, 0, item->bytes.n },
			.note = notes[n - 1],
			.of = of,
		};
		if (!hash(c, parts, n, h))
			return false;
	}
	return true;
}

static bool hash_collateral(const struct rp_case *c, struct hashed *out)
{
	static const struct {
		const char *kind;
		enum rp_claim_hash of;
	} rows[] = {
		{ "dcap-tcbinfo", RP_CLAIM_HASH_TCB_INFO },
		{ "dcap-qe-identity", RP_CLAIM_HASH_QE_IDENTITY },
		{ "dcap-issuer-chain", RP_CLAIM_HASH_CHAIN },
		{ "crl-der", RP_CLAIM_HASH_CRL },
		{ "crl-pem", RP_CLAIM_HASH_CRL },
		{ "crl-hex", RP_CLAIM_HASH_CRL },
	};
	const size_t n_rows = sizeof(rows) / sizeof(rows[0]);

	for (size_t i = 0; i < c->n_items * n_rows; i++) {
		const struct rp_item *item = &c->items[i / n_rows];

		if (out->n + 2 <= HASHED_MAX &&
		    rp_is_kind(item, rows[i % n_rows].kind) &&
		    !add_collateral(c, item, rows[i % n_rows].of, out))
			return false;
	}
	return true;
}

static bool gather_quote(const struct rp_case *c, const struct rp_subject *s,
			 struct gathered *g)
{
	const struct ev_quote *q = &s->quote->q;
	bool td = q->tee == EV_TEE_TDX;
	struct rp_claim_hashed *h = g->e.quote;

	g->e.body[body_of(s)] =
		(struct rp_claim_bytes){ td ? q->td.bytes : q->sgx.bytes,
					 s->name,
					 td ? q->td.offset : q->sgx.offset };
	h[0].input = (struct rp_input){ s->name, 0, q->quote.n };
	h[1].input = (struct rp_input){ s->name, 0, q->bytes.n };
	h[1].note = "with what follows the quote";
	return hash(c, &q->quote, 1, &h[0]) && hash(c, &q->bytes, 1, &h[1]);
}

static void gather_snp(const struct rp_subject *s, struct gathered *g)
{
	const struct ev_snp_report *r = &s->snp->report;
	const struct rp_claim_bytes body = { r->item, s->name, r->offset };

	g->e.body[RP_CLAIM_OF_SNP] = body;
	if (r->tcb_layout == EV_SNP_TCB_TURIN)
		g->e.body[RP_CLAIM_OF_SNP_TURIN] = body;
	else
		g->e.body[RP_CLAIM_OF_SNP_MILAN] = body;
}

/* Runtime claims that do not parse are none: hcl.runtime-data.format has said
 * so.  False is trouble. */
static bool gather_runtime(const struct rp_case *c, const struct rp_subject *s,
			   struct gathered *g)
{
	const struct rp_subject *h = rp_evidence_hcl(c, s);
	struct ev_error err = { 0 };

	if (h == NULL)
		return true;
	if (ev_nodes_parse_numbers(h->hcl->hcl.runtime_data, EV_HCL_MAX,
				   "runtime-claims", &g->runtime,
				   &err) != EV_OK)
		return err.code != EV_TROUBLE;
	g->e.runtime = g->runtime.root;
	g->e.runtime_text = (struct rp_claim_bytes){
		h->hcl->hcl.runtime_data, h->name,
		ev_hcl_offset(&h->hcl->hcl, h->hcl->hcl.runtime_data)
	};
	return true;
}

static bool gather(const struct rp_case *c, const struct rp_subject *s,
		   struct gathered *g)
{
	if (s == NULL)
		return true;
	if (s->type == RP_SNP)
		gather_snp(s, g);
	else if (!gather_quote(c, s, g))
		return false;
	return gather_runtime(c, s, g);
}

/* --- tokens --- */

static bool link_token(const struct rp_case *c, const struct hashed *collateral,
		       const struct rp_subject *s)
{
	struct rp_token *t = s->token;
	struct gathered g = { .e = { .collateral = collateral->piece,
				     .n_collateral = collateral->n } };
	bool ok;

	if (t->service->type != RP_TOKEN_GOOGLE)
		t->evidence = find_evidence(c, s);
	ok = gather(c, t->evidence, &g) &&
	     rp_claims_compare(t->jwt.payload_nodes.root, t->jwt.payload, &g.e,
			       &t->claims);
	ev_nodes_free(&g.runtime);
	if (!ok || t->service->type != RP_TOKEN_MAA || t->n_certs == 0)
		return ok;
	return rp_enclave_read(t->cert[0].der, &t->enclave);
}

static bool link_tokens(const struct rp_case *c, struct rp_subject *first,
			struct hashed *collateral)
{
	for (struct rp_subject *s = first; s != NULL; s = s->next) {
		if (s->token->parsed.code != EV_OK)
			continue;
		if (collateral->n == 0 && !hash_collateral(c, collateral))
			return false;
		if (!link_token(c, collateral, s))
			return false;
	}
	return true;
}

enum ev_code rp_link_claims(struct rp_case *c)
{
	struct hashed *collateral = calloc(1, sizeof(*collateral));
	bool ok = collateral != NULL;

	for (size_t i = 0; ok && i < rp_n_token_services; i++)
		ok = link_tokens(c, c->first[rp_token_services[i].type],
				 collateral);
	free(collateral);
	return ok ? EV_OK : EV_TROUBLE;
}
