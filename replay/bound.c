/* SPDX-License-Identifier: Apache-2.0 */
/* Which items carry nonces, and what each holds. */
#include "replay/bound.h"

#include "evidence/base/hex.h"
#include "replay/bound_tries.h"
#include "replay/link.h"
#include "replay/roundtrip.h"
#include "replay/subject.h"

#include <stdlib.h>

/* --- what an item holds --- */

static enum ev_code lacks(struct rp_bound *b, const char *field,
			  const char *want)
{
	return ev_fail(&b->refused.err, EV_MISSING, "nonce", field, 0, want,
		       "none");
}

static enum ev_code hcl_user_data(const struct rp_item *item,
				  struct rp_bound *b)
{
	const struct rp_hcl *h = item->subject->hcl;

	if (h->claims_parsed.code != EV_OK) {
		b->refused = h->claims_parsed;
		return b->refused.code;
	}
	b->part = h->hcl.runtime_data;
	if (!h->claims.has_user_data)
		return lacks(b, "user-data", "a member of the runtime claims");
	ev_json_member(h->hcl.runtime_data, "user-data", &b->part);
	b->got = EV_SPAN(h->claims.user_data);
	return EV_OK;
}

static enum ev_code report_data(const struct rp_item *item, struct rp_bound *b)
{
	const struct rp_quote *q = item->subject->quote;

	if (q->parsed.code != EV_OK) {
		b->refused = q->parsed;
		return b->refused.code;
	}
	b->got = q->q.tee == EV_TEE_TDX ? q->q.td.report_data
					: q->q.sgx.report_data;
	b->part = b->got;
	return EV_OK;
}

static enum ev_code extra_data(const struct rp_item *item, struct rp_bound *b)
{
	const struct rp_tpm_quote *t = item->subject->tpm_quote;

	if (t->parsed.code != EV_OK) {
		b->refused = t->parsed;
		return b->refused.code;
	}
	b->got = t->q.extra_data;
	b->part = b->got;
	return EV_OK;
}

static enum ev_code imds_nonce(const struct rp_item *item, struct rp_bound *b)
{
	b->is_text = true;
	b->refused.code = ev_imds_parse(item->bytes, &b->imds, &b->refused.err);
	if (b->refused.code != EV_OK)
		return b->refused.code;
	b->part = b->imds.signature;
	b->got = b->imds.nonce;
	return EV_OK;
}

static enum ev_code open_token(const struct rp_item *item, struct rp_bound *b)
{
	b->refused.code = ev_jwt_parse(item->bytes, &b->jwt, &b->refused.err);
	b->part = b->jwt.payload_text;
	return b->refused.code;
}

static enum rp_outcome refuse(struct rp_bound *b, const char *field,
			      const struct ev_node *v)
{
	ev_fail(&b->refused.err, EV_SYNTAX, "nonce", field, v->at,
		b->is_text ? "a text, or a list of them" : "a text",
		ev_node_type_word(v));
	return RP_FAIL;
}

/* The text of a claim; of a list (RFC 9711, 4.1) the one that is wanted, else
 * the first.  RP_PASS is *out, RP_SKIP that there is none, RP_FAIL a
 * refusal. */
static enum rp_outcome claim_text(struct rp_bound *b, const char *field,
				  const char *const *path, struct ev_span want,
				  struct ev_span *out)
{
	const struct ev_node *v = ev_jwt_claim(&b->jwt, path);
	size_t n = 1;

	if (v == NULL || v->type == EV_NODE_NULL)
		return RP_SKIP;
	if (v->type == EV_NODE_ARRAY && v->n > 0 && b->is_text) {
		n = v->n;
		v = ev_node_inside(v);
	}
	for (size_t i = 0; i < n; i++, v = ev_node_next(v)) {
		if (v->type != EV_NODE_STRING)
			return refuse(b, field, v);
		if (i == 0 || ev_span_eq(v->text, want))
			*out = v->text;
	}
	return RP_PASS;
}

/* The text at either path; of one that says it twice, the same twice. */
static enum rp_outcome either_text(struct rp_bound *b, const char *field,
				   const char *const *one,
				   const char *const *other,
				   struct ev_span *out)
{
	struct ev_span want = ev_span_of(b->want.bytes, b->want.n), second;
	enum rp_outcome is = claim_text(b, field, one, want, out);
	bool has = is == RP_PASS;

	if (is == RP_FAIL)
		return is;
	is = claim_text(b, field, other, has ? *out : want, &second);
	if (is != RP_PASS)
		return is == RP_SKIP && has ? RP_PASS : is;
	if (has && !ev_span_eq(*out, second)) {
		ev_fail_text(&b->refused.err, EV_VALUE, "nonce", field, 0,
			     "the same in both places", second);
		return RP_FAIL;
	}
	*out = second;
	return RP_PASS;
}

/* Azure Attestation: "nonce", and of some types the name of RFC 9711. */
static enum ev_code maa_nonce(const struct rp_item *item, struct rp_bound *b)
{
	static const char *const own[] = { "nonce", NULL };
	static const char *const eat[] = { "eat_nonce", NULL };
	enum rp_outcome is;

	b->is_text = true;
	if (open_token(item, b) != EV_OK)
		return b->refused.code;
	is = either_text(b, "eat_nonce", own, eat, &b->got);
	if (is == RP_SKIP)
		return lacks(b, "nonce", "a claim of the token");
	return is == RP_PASS ? EV_OK : b->refused.err.code;
}

/* Intel Trust Authority repeats what the report held: on Azure the runtime
 * claims, else the TD's REPORTDATA; at the top, or in the TEE's object. */
static enum ev_code ita_nonce(const struct rp_item *item, struct rp_bound *b)
{
	static const char *const paths[2][2][4] = {
		{ { "attester_runtime_data", "user-data", NULL },
		  { "tdx", "attester_runtime_data", "user-data", NULL } },
		{ { "tdx_report_data", NULL },
		  { "tdx", "tdx_report_data", NULL } },
	};

	if (open_token(item, b) != EV_OK)
		return b->refused.code;
	for (size_t i = 0; i < 2; i++) {
		struct ev_span hex;
		enum rp_outcome is = either_text(b, "user-data", paths[i][0],
						 paths[i][1], &hex);

		if (is == RP_SKIP)
			continue;
		if (is == RP_FAIL)
			return b->refused.err.code;
		if (!ev_hex_decode(hex, b->decoded, sizeof(b->decoded)))
			return lacks(b, "user-data", "128 hex digits");
		b->got = EV_SPAN(b->decoded);
		return EV_OK;
	}
	return lacks(b, "user-data", "what the report held");
}

/* Of each try another: they are compared one by one. */
static enum ev_code try_nonces(const struct rp_item *item, struct rp_bound *b)
{
	b->refused = item->subject->roundtrip->parsed;
	b->part = item->bytes;
	return b->refused.code;
}

/* Which kinds carry the nonce of which use, and how it is read. */
static const struct carrier {
	enum ev_use use;
	const char *kind;
	enum ev_code (*read)(const struct rp_item *item, struct rp_bound *b);
	bool always; /* a subject where the binding does not name it, too */
} carriers[] = {
	{ EV_USE_HCL, "azure-hcl-report", hcl_user_data, true },
	{ EV_USE_REPORT_DATA, "tdx-quote", report_data, true },
	{ EV_USE_REPORT_DATA, "sgx-quote", report_data, true },
	{ EV_USE_TPM_QUOTE, "tpm-quote-attest", extra_data, true },
	{ EV_USE_IMDS, "azure-imds-attested", imds_nonce, true },
	{ EV_USE_MAA, "maa-token", maa_nonce, true },
	{ EV_USE_ITA, "azure-hcl-report", hcl_user_data, false },
	{ EV_USE_ITA, "tdx-quote", report_data, false },
	{ EV_USE_ITA, "ita-token", ita_nonce, false },
	{ EV_USE_TLS, "poc-tls-transcript", try_nonces, true },
};

static const struct carrier *carrier_of(enum ev_use use,
					const struct rp_item *item)
{
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++)
		if (carriers[i].use == use &&
		    rp_is_kind(item, carriers[i].kind))
			return &carriers[i];
	return NULL;
}

/* --- subjects --- */

/* A type for each use, in the order of uses (check.h). */
static enum rp_subject_type type_of(enum ev_use use)
{
	return (enum rp_subject_type)((unsigned int)RP_BOUND_HCL +
				      (unsigned int)use);
}

static enum rp_bound_result result_of(const struct rp_bound *b)
{
	if (b->want.n == 0)
		return RP_BOUND_NO_SESSION;
	return b->refused.err.code == EV_OK &&
			       ev_span_eq(b->got,
					  ev_span_of(b->want.bytes, b->want.n))
		       ? RP_BOUND_EQUAL
		       : RP_BOUND_DIFFERS;
}

static enum ev_code compare(struct rp_case *c, const struct rp_item *item,
			    struct rp_bound *b)
{
	struct rp_session *s = c->session;
	const struct carrier *by = carrier_of(b->nonce->use, item);
	bool tries = by != NULL && by->use == EV_USE_TLS;
	enum ev_code code;

	if (s->has_root && !tries &&
	    rp_session_nonce(c, b->nonce, item, &b->want) != EV_OK)
		return EV_TROUBLE;
	if (by != NULL)
		code = by->read(item, b);
	else
		code = ev_fail_text(&b->refused.err, EV_VALUE, "nonce", "kind",
				    0, "one that carries it",
				    ev_span_str(item->entry->kind_name));
	if (code == EV_TROUBLE || !s->has_root)
		return code == EV_TROUBLE ? code : EV_OK;
	if (tries)
		return rp_bound_tries(c, item, b);
	s->result[b->nonce - s->binding.nonces] = result_of(b);
	return EV_OK;
}

/* name: the item's, which need not be here; nonce NULL: none is named. */
static enum ev_code add(struct rp_case *c, enum ev_use use, const char *name,
			const struct rp_item *item,
			const struct ev_nonce_use *nonce)
{
	struct rp_subject *s = rp_subject_add(c, type_of(use), name, item);

	if (s == NULL)
		return EV_TROUBLE;
	s->bound = calloc(1, sizeof(*s->bound));
	if (s->bound == NULL)
		return EV_TROUBLE;
	s->bound->nonce = nonce;
	s->partner[0] = item != NULL ? item->subject : NULL;
	if (item != NULL && item->subject != NULL &&
	    item->subject->type == RP_ROUNDTRIP)
		item->subject->partner[0] = s;
	return item != NULL && nonce != NULL ? compare(c, item, s->bound)
					     : EV_OK;
}

/* The items of the archive, in its order. */
static enum ev_code add_items(struct rp_case *c, enum ev_use use, size_t *n)
{
	for (size_t i = 0; i < c->archive->manifest.n_items; i++) {
		const struct rp_item *item = &c->items[i];
		const struct ev_nonce_use *u = c->session->place[i].nonce;
		const struct carrier *by = carrier_of(use, item);

		/* One that carries another use's nonce is that one's. */
		if (u != NULL ? u->use != use : by == NULL || !by->always)
			continue;
		if (add(c, use, item->name, item, u) != EV_OK)
			return EV_TROUBLE;
		*n += u != NULL;
	}
	return EV_OK;
}

/* Those that the binding names and the archive does not hold. */
static enum ev_code add_absent(struct rp_case *c, enum ev_use use, size_t *n)
{
	const struct ev_binding *b = &c->session->binding;

	for (size_t i = 0; i < b->n_nonces; i++) {
		const struct ev_nonce_use *u = &b->nonces[i];

		if (u->use != use || rp_item_named(c, u->item) != NULL)
			continue;
		/* One subject for all tries of an item. */
		if (ev_binding_find(b, u->item) != u)
			continue;
		if (add(c, use, u->item, NULL, u) != EV_OK)
			return EV_TROUBLE;
		++*n;
	}
	return EV_OK;
}

/* Where nothing is named for Intel Trust Authority, its tokens are unbound;
 * else the report that is named speaks for them. */
static enum ev_code add_unbound_tokens(struct rp_case *c)
{
	for (size_t i = 0; i < c->archive->manifest.n_items; i++)
		if (rp_is_kind(&c->items[i], "ita-token") &&
		    add(c, EV_USE_ITA, c->items[i].name, &c->items[i], NULL) !=
			    EV_OK)
			return EV_TROUBLE;
	return EV_OK;
}

static enum ev_code add_use(struct rp_case *c, enum ev_use use)
{
	size_t n = 0;

	/* The manifest says nothing of nonces that could be read. */
	if (c->session->binding.session == NULL)
		return rp_subject_add(c, type_of(use), "manifest.json", NULL) !=
				       NULL
			       ? EV_OK
			       : EV_TROUBLE;
	if (add_items(c, use, &n) != EV_OK || add_absent(c, use, &n) != EV_OK)
		return EV_TROUBLE;
	return use == EV_USE_ITA && n == 0 ? add_unbound_tokens(c) : EV_OK;
}

enum ev_code rp_bound_build(struct rp_case *c)
{
	const struct rp_session *s = c->session;

	if (s == NULL)
		return EV_OK;
	if (rp_session_open(c) != EV_OK)
		return EV_TROUBLE;
	for (size_t use = 0; use < EV_N_USES; use++)
		if (add_use(c, (enum ev_use)use) != EV_OK)
			return EV_TROUBLE;
	return rp_subject_add(c, RP_SESSION,
			      s->binding.session != NULL ? s->binding.session
							 : "manifest.json",
			      s->item) != NULL
		       ? EV_OK
		       : EV_TROUBLE;
}

void rp_bound_free(struct rp_bound *bound)
{
	if (bound == NULL)
		return;
	ev_imds_free(&bound->imds);
	ev_jwt_free(&bound->jwt);
	free(bound);
}
