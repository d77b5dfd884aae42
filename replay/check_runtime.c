/* SPDX-License-Identifier: Apache-2.0 */
/* maa.runtime-data: the token's runtime data are those that the hardware
 * committed to, and its attestation key is the one that signed. */
#include "replay/checks.h"

#include "evidence/base/base64.h"
#include "replay/ak.h"
#include "replay/claim_evidence.h"
#include "replay/runtime_order.h"

#include <stdlib.h>

/* The first half of the report data, and whose word it is. */
struct commitment {
	uint8_t sha256[32];
	bool raw; /* of evidence in the archive, else the token's own claim */
};

static bool find_commitment(const struct rp_subject *s, struct commitment *out,
			    struct rp_finding *f)
{
	const struct rp_subject *e = s->token->evidence;
	struct ev_span data = rp_evidence_report_data(e);
	uint8_t claimed[64];

	out->raw = data.p != NULL;
	if (out->raw)
		rp_input_part(f, e->name, e->item->bytes, data);
	else if (rp_token_report_data(&s->token->jwt, claimed))
		data = EV_SPAN(claimed);
	else
		return false;
	memcpy(out->sha256, data.p, sizeof(out->sha256));
	return true;
}

static enum rp_outcome compare(const struct rp_case *c, struct ev_span bytes,
			       struct ev_span sha256, struct rp_finding *f)
{
	uint8_t digest[32];

	f->hash = ev_digest_name(EV_SHA256);
	if (!ev_digest(c->crypto, EV_SHA256, bytes, digest))
		return RP_TROUBLE;
	return rp_expect(f, sha256, EV_SPAN(digest));
}

/* --- as bytes --- */

static enum rp_outcome judge_bytes(struct rp_case *c, const struct ev_node *v,
				   const struct commitment *want,
				   struct rp_finding *f)
{
	ev_auto_free uint8_t *bytes = NULL;
	enum rp_outcome outcome;
	size_t n;

	if (v->type != EV_NODE_STRING)
		return rp_fail(f, "encoding: %s is no string",
			       (const char *)v->name.p);
	bytes = malloc(ev_base64_decoded_max(v->text.n));
	if (bytes == NULL)
		return RP_TROUBLE;
	if (!ev_base64_decode(EV_BASE64_URL, v->text, bytes, &n))
		return rp_fail(f, "encoding: %s is no base64url",
			       (const char *)v->name.p);
	outcome = compare(c, ev_span_of(bytes, n), EV_SPAN(want->sha256), f);
	return outcome == RP_FAIL
		       ? rp_fail(f,
				 "mismatch: SHA-256 of %s is not what the "
				 "report data commit to",
				 (const char *)v->name.p)
		       : outcome;
}

/* --- as JSON --- */

/* In one order; RP_SKIP where a member is not of it. */
static enum rp_outcome try_order(const struct rp_case *c,
				 const struct ev_node *v, struct ev_span text,
				 size_t order, struct ev_span sha256,
				 struct rp_finding *f, const char **unknown)
{
	ev_auto_buffer struct ev_buffer rebuilt = { 0 };

	if (!rp_runtime_rebuild(v, text, order, &rebuilt, unknown))
		return RP_SKIP;
	if (!ev_buffer_ok(&rebuilt))
		return RP_TROUBLE;
	return compare(c, ev_buffer_span(&rebuilt), sha256, f);
}

/* In each order that has all its members; a client's own JSON, of which the
 * service does not say how it was spelled, is in none. */
enum rp_outcome rp_runtime_committed(const struct rp_case *c,
				     const struct ev_node *v,
				     struct ev_span text,
				     struct ev_span report_data,
				     struct rp_finding *f)
{
	struct ev_span sha256 = ev_span_sub(report_data, 0, 32);
	const char *unknown = NULL;
	char shown[80];
	size_t tried = 0;

	for (size_t i = 0; i < rp_n_runtime_orders; i++) {
		enum rp_outcome outcome =
			try_order(c, v, text, i, sha256, f, &unknown);

		if (outcome == RP_PASS || outcome == RP_TROUBLE)
			return outcome;
		tried += outcome == RP_FAIL;
	}
	if (tried > 0)
		return rp_fail(f, "mismatch: in no order that a paravisor "
				  "writes are the runtime claims what the "
				  "report data commit to");
	ev_show(ev_span_str(unknown), shown, sizeof(shown));
	f->shown = true;
	return rp_skip(f, "unknown-member: %s is in no order that is known",
		       shown);
}

/* --- the key --- */

/* HCLAkPub's modulus, in base64url; NULL: none. */
static const struct ev_node *ak_of(const struct ev_node *runtime)
{
	const struct ev_node *keys = ev_node_member(runtime, "keys"), *v;

	if (keys == NULL || keys->type != EV_NODE_ARRAY)
		return NULL;
	v = ev_node_inside(keys);
	for (uint32_t i = 0; i < keys->n; i++, v = ev_node_next(v)) {
		const char *kid = ev_node_text(ev_node_member(v, "kid"));

		if (kid != NULL && strcmp(kid, "HCLAkPub") == 0)
			return ev_node_member(v, "n");
	}
	return NULL;
}

/* Of the vTPM quotes whose signatures are good one at least is by that key;
 * where none is, nothing is said. */
static enum rp_outcome judge_ak(const struct rp_case *c, struct ev_span modulus,
				struct rp_finding *f)
{
	const struct rp_subject *s = NULL, *other = NULL;
	struct rp_ak ak;

	while ((s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL) {
		if (s->tpm_quote->parsed.code != EV_OK ||
		    !s->tpm_quote->verified || !rp_ak_of(s, &ak))
			continue;
		other = s;
		if (!ev_span_eq(ak.key.modulus, modulus))
			continue;
		rp_input_add(f, ak.item->name, ak.offset, ak.length);
		return RP_PASS;
	}
	if (other == NULL)
		return RP_PASS;
	rp_ak_of(other, &ak);
	rp_input_add(f, ak.item->name, ak.offset, ak.length);
	if (rp_expect(f, modulus, ak.key.modulus) == RP_TROUBLE)
		return RP_TROUBLE;
	return rp_fail(f, "ak: HCLAkPub of the token did not sign %s",
		       other->name);
}

static enum rp_outcome judge_key(const struct rp_case *c,
				 const struct ev_node *runtime,
				 struct rp_finding *f)
{
	const struct ev_node *n = ak_of(runtime);
	uint8_t modulus[EV_RSA_MODULUS_MAX + 8];
	size_t size;

	if (n == NULL || n->type != EV_NODE_STRING ||
	    ev_base64_decoded_max(n->text.n) > sizeof(modulus) ||
	    !ev_base64_decode(EV_BASE64_URL, n->text, modulus, &size))
		return RP_PASS; /* what is hashed is as it is */
	return judge_ak(c, ev_span_of(modulus, size), f);
}

/* --- the check --- */

/* NULL: none.  An empty object, or null, is what there is where nobody gave
 * the service any. */
static const struct ev_node *runtime_of(const struct ev_node *tee)
{
	const struct ev_node *v = ev_node_member(tee, "x-ms-runtime");
	bool empty = v == NULL || v->type == EV_NODE_NULL ||
		     (v->type == EV_NODE_OBJECT && v->n == 0);

	return empty ? NULL : v;
}

enum rp_outcome rp_check_maa_runtime_data(struct rp_case *c,
					  const struct rp_subject *s,
					  struct rp_finding *f)
{
	static const char *const bytes[] = { "x-ms-sgx-ehd", "maa-ehd",
					     "aas-ehd" };
	const struct rp_token *t = s->token;
	const struct ev_node *tee = rp_token_tee(&t->jwt);
	const struct ev_node *json = runtime_of(tee);
	enum rp_outcome outcome = RP_SKIP;
	struct commitment want;

	rp_input_part(f, s->name, s->item->bytes, t->jwt.payload_text);
	rp_skip(f, "absent: the token carries no runtime data");
	if (!find_commitment(s, &want, f))
		return rp_skip(f, "absent: report data, of evidence or as the "
				  "token claims it");
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		const struct ev_node *v = ev_node_member(tee, bytes[i]);

		if (v == NULL)
			continue;
		outcome = judge_bytes(c, v, &want, f);
		if (outcome != RP_PASS)
			return outcome;
	}
	if (json != NULL)
		outcome = rp_runtime_committed(c, json, t->jwt.payload,
					       EV_SPAN(want.sha256), f);
	if (json != NULL && outcome == RP_PASS)
		outcome = judge_key(c, json, f);
	if (outcome == RP_PASS)
		f->reason[0] = '\0';
	return outcome;
}
