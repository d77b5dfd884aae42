/* SPDX-License-Identifier: Apache-2.0 */
/* CRLs: who issued them, and whom they list. */
#include "replay/checks.h"

static void whole(struct rp_finding *f, const struct rp_item *item)
{
	rp_input_add(f, item->name, 0, item->bytes.n);
}

/* What is wrong with the chain is wrong with the list that came with it. */
static enum rp_outcome issuer_links(struct rp_case *c,
				    const struct ev_chain *chain,
				    struct rp_finding *f)
{
	enum rp_outcome outcome = rp_two_links(c, chain, true, f);
	char why[RP_REASON_MAX];

	if (outcome != RP_FAIL)
		return outcome;
	memcpy(why, f->reason, sizeof(why));
	return rp_fail(f, "CRL_INVALID: the chain of its issuer: %.210s", why);
}

static bool is_named(const struct ev_crl *crl, const struct ev_cert *cert,
		     bool by_key)
{
	return ev_span_eq(cert->subject, crl->issuer) &&
	       (!by_key || ev_span_eq(cert->ski, crl->aki));
}

/* A CA of a verified chain that the CRL names as its issuer, NULL: none. */
static const struct ev_cert *named_ca(const struct rp_case *c,
				      const struct ev_crl *crl, bool by_key)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL)
		for (size_t i = 1; i < s->quote->chain.n_certs; i++)
			if (is_named(crl, &s->quote->chain.cert[i], by_key) &&
			    rp_outcome_of(c, "dcap.pck.chain", s) == RP_PASS)
				return &s->quote->chain.cert[i];
	s = NULL;
	while ((s = rp_next_subject(c, RP_CHAIN, s)) != NULL)
		if (is_named(crl, &s->chain->chain.cert[1], by_key) &&
		    rp_outcome_of(c, "dcap.tcb-signing.chain", s) == RP_PASS)
			return &s->chain->chain.cert[1];
	return NULL;
}

/* The certificate whose key must have signed the CRL, from a chain that is
 * itself verified; NULL: none, or (outcome) a broken one.  Two CAs may have
 * one name: the key identifier tells them apart, and where nobody has it, the
 * list is refused against the one that has the name. */
static const struct ev_cert *crl_issuer(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f,
					enum rp_outcome *outcome)
{
	const struct rp_crl *crl = s->crl;
	const struct ev_cert *ca;

	*outcome = RP_PASS;
	if (crl->issuer != NULL) {
		whole(f, crl->issuer->item);
		if (crl->issuer->parsed.code != EV_OK) {
			*outcome = rp_refused(f, "CRL_INVALID",
					      &crl->issuer->parsed.err);
			return NULL;
		}
		*outcome = issuer_links(c, &crl->issuer->chain, f);
		return *outcome == RP_PASS ? &crl->issuer->chain.cert[0] : NULL;
	}
	ca = named_ca(c, &crl->crl, true);
	return ca != NULL ? ca : named_ca(c, &crl->crl, false);
}

static bool has_key(const struct ev_chain *chain, struct ev_span aki)
{
	for (size_t i = 1; i < chain->n_certs; i++)
		if (ev_span_eq(chain->cert[i].ski, aki))
			return true;
	return false;
}

/* Whether a CA here has the key that the CRL says signed it. */
static bool key_is_here(const struct rp_case *c, struct ev_span aki)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL)
		if (has_key(&s->quote->chain, aki))
			return true;
	s = NULL;
	while ((s = rp_next_subject(c, RP_CHAIN, s)) != NULL)
		if (has_key(&s->chain->chain, aki))
			return true;
	return false;
}

/* Whether the CRL names the root whose key this is. */
static enum ev_verified names_root(const struct rp_case *c,
				   const struct ev_crl *crl,
				   struct ev_span spki)
{
	if (!ev_span_eq(crl->issuer_cn, ev_span_str("Intel SGX Root CA")))
		return EV_VERIFIED_NO;
	return ev_spki_has_key_id(c->crypto, spki, crl->aki);
}

/* The root's own list needs no certificate: its key is pinned, its name and
 * key identifier are known.  RP_SKIP: it is no list of a pinned root. */
static enum rp_outcome judge_by_anchor(struct rp_case *c,
				       const struct ev_crl *crl,
				       struct rp_finding *f)
{
	struct rp_anchor *which[RP_ANCHORS_MAX];
	struct ev_span spki[RP_ANCHORS_MAX];
	size_t n = rp_anchors_of(c->anchors, RP_ANCHOR_INTEL_SGX_ROOT, spki,
				 which);

	for (size_t i = 0; i < n; i++) {
		enum ev_verified named = names_root(c, crl, spki[i]);
		enum ev_verified v = ev_spki_verify(c->crypto, spki[i],
						    crl->tbs, crl->signature);

		if (named == EV_VERIFIED_TROUBLE || v == EV_VERIFIED_TROUBLE)
			return RP_TROUBLE;
		if (v == EV_VERIFIED_YES)
			which[i]->used = true;
		if (v == EV_VERIFIED_YES && named == EV_VERIFIED_YES)
			return RP_PASS;
		if (v == EV_VERIFIED_YES)
			return rp_fail(f, "CRL_INVALID: a pinned root signed "
					  "it, and it names another issuer or "
					  "key");
		if (named == EV_VERIFIED_YES)
			return rp_fail(f, "CRL_INVALID: the pinned root that "
					  "it names did not sign it");
	}
	return RP_SKIP;
}

enum rp_outcome rp_check_crl_signature(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct rp_crl *crl = s->crl;
	const struct ev_cert *issuer;
	enum rp_outcome outcome;

	whole(f, s->item);
	if (crl->parsed.code != EV_OK)
		return rp_refused(f, "CRL_INVALID", &crl->parsed.err);
	issuer = crl_issuer(c, s, f, &outcome);
	if (outcome != RP_PASS)
		return outcome;
	if (issuer == NULL) {
		outcome = judge_by_anchor(c, &crl->crl, f);
		if (outcome != RP_SKIP)
			return outcome;
		if (crl->foreign && key_is_here(c, crl->crl.aki))
			return rp_fail(f, "CRL_INVALID: the key identifier is "
					  "that of a CA here, the issuer's "
					  "name is not");
		if (!rp_window_counts(c, s))
			return rp_not_applicable(
				f, "nothing is judged by this CRL, and no "
				   "certificate of its issuer is here");
		return rp_skip(f, "absent: no verified certificate of the "
				  "CRL's issuer");
	}
	return rp_signature(f, ev_crl_signed_by(c->crypto, &crl->crl, issuer),
			    "CRL_INVALID",
			    "the CRL is not signed by its issuer");
}

/* CRLReason (RFC 5280, 5.3.1). */
static const char *reason_word(int reason)
{
	static const char *const words[] = {
		"unspecified",	   "keyCompromise",
		"cACompromise",	   "affiliationChanged",
		"superseded",	   "cessationOfOperation",
		"certificateHold", "of a number not in use",
		"removeFromCRL",   "privilegeWithdrawn",
		"aACompromise",
	};

	if (reason < 0)
		return "not given";
	return (size_t)reason < sizeof(words) / sizeof(words[0]) ? words[reason]
								 : "unknown";
}

/* Whether cert's serial is on the CRL, which must have been verified, and by
 * the very key that signed cert: another CA's word, even under the same name,
 * is none on this certificate. */
static enum rp_outcome judge_revocation(struct rp_case *c,
					const struct rp_subject *crl,
					const struct ev_cert *cert,
					const struct ev_cert *issuer,
					const char *code, struct rp_finding *f)
{
	char revoked[EV_TIME_TEXT], serial[2 * 32 + 1];
	struct ev_crl_entry entry;
	enum ev_verified v;

	whole(f, crl->item);
	if (rp_outcome_of(c, "dcap.crl.signature", crl) != RP_PASS)
		return rp_skip(f,
			       "after: dcap.crl.signature did not pass for "
			       "%s",
			       crl->name);
	v = ev_crl_signed_by(c->crypto, &crl->crl->crl, issuer);
	if (v != EV_VERIFIED_YES)
		return rp_signature(f, v, "CRL_INVALID",
				    "the CRL is of another CA than the "
				    "certificate's issuer");
	ev_hex_encode(ev_span_sub(cert->serial, 0,
				  cert->serial.n < 32 ? cert->serial.n : 32),
		      serial);
	rp_set_want(f, "serial %s not listed", serial);
	if (!ev_crl_find(&crl->crl->crl, cert->serial, &entry)) {
		rp_set_got(f, "not listed among %zu", crl->crl->crl.n_entries);
		return RP_PASS;
	}
	ev_time_format(entry.revoked, revoked);
	rp_set_got(f, "listed, entry date %s, reason %s", revoked,
		   reason_word(entry.reason));
	return rp_fail(f,
		       "%s: the serial is on the CRL (the entry's date is "
		       "rewritten at each issue and does not tell when)",
		       code);
}

/* The first few of them. */
static void foreign_inputs(const struct rp_case *c, struct rp_finding *f)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_CRL, s)) != NULL)
		if (s->crl->foreign && f->n_inputs < RP_INPUTS_MAX)
			whole(f, s->item);
}

enum rp_outcome rp_check_pck_revocation(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;

	rp_input_add(f, q->chain_item->name, q->chain.pem.block[0].offset,
		     q->chain.pem.block[0].text.n);
	if (q->pck_crl == NULL)
		foreign_inputs(c, f);
	if (q->pck_crl == NULL && c->foreign_pck_crl)
		return rp_fail(f, "CRL_INVALID: the CRLs given are of another "
				  "issuer than the PCK certificate's");
	if (q->pck_crl == NULL)
		return rp_skip(f, "absent: no CRL of the PCK certificate's "
				  "issuer");
	return judge_revocation(c, q->pck_crl, &q->chain.cert[0],
				&q->chain.cert[1], "PCK_REVOKED", f);
}

enum rp_outcome rp_check_pck_ca_revocation(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;

	rp_input_add(f, q->chain_item->name, q->chain.pem.block[1].offset,
		     q->chain.pem.block[1].text.n);
	if (q->root_crl == NULL)
		return rp_skip(f, "absent: no CRL of the root CA");
	return judge_revocation(c, q->root_crl, &q->chain.cert[1],
				&q->chain.cert[2], "PCK_CA_REVOKED", f);
}

enum rp_outcome rp_check_signing_revocation(struct rp_case *c,
					    const struct rp_subject *s,
					    struct rp_finding *f)
{
	const struct rp_chain *chain = s->chain;

	rp_input_add(f, s->name, chain->chain.pem.block[0].offset,
		     chain->chain.pem.block[0].text.n);
	if (chain->root_crl == NULL)
		return rp_skip(f, "absent: no CRL of the root CA");
	return judge_revocation(c, chain->root_crl, &chain->chain.cert[0],
				&chain->chain.cert[1],
				"TCB_SIGNING_CERT_REVOKED", f);
}
