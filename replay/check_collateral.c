/* SPDX-License-Identifier: Apache-2.0 */
/* Collateral: signing chains and what their keys signed. */
#include "replay/checks.h"
#include "replay/link.h"

static void whole(struct rp_finding *f, const struct rp_item *item)
{
	rp_input_add(f, item->name, 0, item->bytes.n);
}

enum rp_outcome rp_two_links(struct rp_case *c, const struct ev_chain *ch,
			     bool ca, struct rp_finding *f)
{
	const struct ev_cert *leaf = &ch->cert[0], *root = &ch->cert[1];
	enum ev_verified v;

	if (ch->n_certs != 2)
		return rp_fail(f,
			       "CHAIN_MALFORMED: want two certificates; "
			       "found %zu",
			       ch->n_certs);
	if (leaf->ca != ca)
		return rp_fail(f, "CHAIN_MALFORMED: certificate 0 is %s CA",
			       ca ? "no" : "a");
	if (!root->ca ||
	    !ev_span_eq(root->subject_cn, ev_span_str("Intel SGX Root CA")))
		return rp_fail(f, "CHAIN_MALFORMED: certificate 1 is no root "
				  "CA");
	v = ev_cert_signed_by(c->crypto, leaf, root);
	if (v == EV_VERIFIED_YES)
		v = ev_cert_signed_by(c->crypto, root, root);
	if (v != EV_VERIFIED_YES)
		return rp_signature(f, v, "CHAIN_BAD_SIGNATURE",
				    "a certificate is not signed by the one "
				    "above it");
	return rp_root_pinned(c, root, f);
}

enum rp_outcome rp_check_signing_chain(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct rp_chain *chain = s->chain;
	const struct ev_cert *leaf = &chain->chain.cert[0];

	whole(f, s->item);
	if (chain->parsed.code != EV_OK)
		return rp_refused(f, "CHAIN_MALFORMED", &chain->parsed.err);
	if (!ev_span_eq(leaf->subject_cn,
			ev_span_str("Intel SGX TCB Signing")) ||
	    (leaf->key_usage & EV_KEY_USAGE_DIGITAL_SIGNATURE) == 0)
		return rp_fail(f, "CHAIN_MALFORMED: the leaf is no TCB signing "
				  "certificate");
	return rp_two_links(c, &chain->chain, false, f);
}

/* The slice as it stands, else as Intel's library would compact it. */
static enum rp_outcome
judge_slice(struct rp_case *c, const struct rp_subject *s,
	    const struct rp_subject *chain, struct ev_span slice,
	    const struct ev_sha256 *sha256, const uint8_t signature[64],
	    const char *code, struct rp_finding *f)
{
	ev_auto_buffer struct ev_buffer compact = { 0 };
	uint8_t digest[32];
	const uint8_t *key;
	enum ev_verified v;

	rp_input_part(f, s->name, s->item->bytes, slice);
	if (chain == NULL)
		return rp_skip(f, "absent: no TCB signing chain");
	rp_input_add(f, chain->name, chain->chain->chain.pem.block[0].offset,
		     chain->chain->chain.pem.block[0].text.n);
	if (rp_outcome_of(c, "dcap.tcb-signing.chain", chain) != RP_PASS)
		return rp_skip(f, "after: dcap.tcb-signing.chain did not pass");
	key = chain->chain->chain.cert[0].key;
	if (!ev_sha256_of(c->crypto, slice, sha256, digest))
		return RP_TROUBLE;
	v = ev_p256_verify_hashed(c->crypto, key, digest, signature);
	if (v != EV_VERIFIED_NO)
		return rp_signature(f, v, code, "");
	ev_json_compact(slice, &compact);
	if (!ev_buffer_ok(&compact))
		return RP_TROUBLE;
	if (compact.n != slice.n) {
		v = ev_p256_verify_raw(c->crypto, key, ev_buffer_span(&compact),
				       signature);
		if (v == EV_VERIFIED_YES)
			rp_set_got(f, "collateral was reformatted: the "
				      "signature is over it without white "
				      "space");
	}
	return rp_signature(f, v, code,
			    "the TCB signing key did not sign these bytes");
}

enum rp_outcome rp_check_tcb_info_signature(struct rp_case *c,
					    const struct rp_subject *s,
					    struct rp_finding *f)
{
	const struct rp_tcb_info *t = s->tcb_info;

	whole(f, s->item);
	if (t->parsed.code != EV_OK)
		return rp_refused(f, "TCB_INFO_MALFORMED", &t->parsed.err);
	return judge_slice(c, s, t->chain, t->info.signed_slice,
			   &t->info.signed_sha256, t->info.signature,
			   "TCB_INFO_BAD_SIGNATURE", f);
}

enum rp_outcome rp_check_qe_identity_signature(struct rp_case *c,
					       const struct rp_subject *s,
					       struct rp_finding *f)
{
	const struct rp_qe_identity *t = s->qe_identity;

	whole(f, s->item);
	if (t->parsed.code != EV_OK)
		return rp_refused(f, "QE_IDENTITY_MALFORMED", &t->parsed.err);
	return judge_slice(c, s, t->chain, t->identity.signed_slice,
			   &t->identity.signed_sha256, t->identity.signature,
			   "QE_IDENTITY_BAD_SIGNATURE", f);
}

enum rp_outcome rp_skip_collateral(const struct rp_case *c,
				   const struct rp_quote *q, const char *kind,
				   struct rp_finding *f)
{
	char set[RP_CHOICE_TEXT];

	if (!rp_lacks_named_set(c, q))
		return rp_skip(f, "absent: %s", kind);
	rp_choice_format(&c->policy->collateral, set);
	return rp_skip(f, "absent: the policy's collateral set: %s", set);
}

enum rp_outcome rp_check_eval_number(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;

	if (q->tcb_info == NULL || q->qe_identity == NULL)
		return rp_skip_collateral(c, q,
					  q->tcb_info == NULL
						  ? "dcap-tcbinfo"
						  : "dcap-qe-identity",
					  f);
	whole(f, q->tcb_info->item);
	whole(f, q->qe_identity->item);
	if (rp_expect_u64(f, q->tcb_info->tcb_info->info.eval_number,
			  q->qe_identity->qe_identity->identity.eval_number) !=
	    RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "eval-number: TCB info and QE identity are of "
			  "different TCB recoveries");
}
