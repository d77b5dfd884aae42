/* SPDX-License-Identifier: Apache-2.0 */
/* tpm.quote.*: the vTPM's quote, its signature and the values it covers. */
#include "replay/ak.h"
#include "replay/checks.h"

static void part_input(struct rp_finding *f, const struct rp_subject *s,
		       struct ev_span part)
{
	rp_input_part(f, s->name, s->item->bytes, part);
}

enum rp_outcome rp_check_tpm_quote_format(struct rp_case *c,
					  const struct rp_subject *s,
					  struct rp_finding *f)
{
	struct ev_span attest = s->tpm_quote->q.attest;

	(void)c;
	if (s->tpm_quote->parsed.code != EV_OK) {
		rp_input_add(f, s->name, 0, s->item->bytes.n);
		return rp_refused(f, "tpm", &s->tpm_quote->parsed.err);
	}
	part_input(f, s, attest);
	if (attest.n < s->item->bytes.n) /* TPM2B_ATTEST: its size */
		rp_input_add(f, s->name, 0, s->item->bytes.n - attest.n);
	return RP_PASS;
}

/* Sizes of the values that the selection names, joined; 0: a bank without a
 * known digest. */
static size_t selected_size(const struct ev_tpm_quote *q, size_t *n_pcrs)
{
	size_t n = 0;

	*n_pcrs = 0;
	for (size_t i = 0; i < q->n_banks; i++) {
		enum ev_digest_alg alg;

		if (!ev_tpm_digest_alg(q->bank[i].alg, &alg))
			return 0;
		n += q->bank[i].n_pcrs * ev_digest_size(alg);
		*n_pcrs += q->bank[i].n_pcrs;
	}
	return n;
}

enum rp_outcome rp_check_tpm_quote_selection(struct rp_case *c,
					     const struct rp_subject *s,
					     struct rp_finding *f)
{
	const struct rp_tpm_quote *t = s->tpm_quote;
	size_t n_pcrs, size = selected_size(&t->q, &n_pcrs);

	(void)c;
	rp_input_add(f, s->name, t->q.selection_offset, t->q.selection_size);
	if (size == 0) {
		rp_set_got(f, "%zu registers", n_pcrs);
		return rp_fail(f, "selection: empty, or of a bank whose digest "
				  "is not known");
	}
	if (t->pcrs_item == NULL) {
		rp_set_got(f, "%zu registers, %zu bytes", n_pcrs, size);
		return RP_PASS;
	}
	if (t->pcrs_parsed.code != EV_OK)
		return rp_refused(f, "tpm", &t->pcrs_parsed.err);
	if (rp_expect_u64(f, size, t->values.n) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f,
		       "selection: the quote covers %zu registers, the "
		       "values given are %zu bytes",
		       n_pcrs, t->values.n);
}

/* The paravisor names the key (hcl.ak passed, this row's `after`), or a good
 * certificate does. */
static bool is_vouched_for(const struct rp_case *c,
			   const struct rp_tpm_quote *t, const struct rp_ak *ak)
{
	const struct rp_subject *cert = t->ak_cert;

	if (t->hcl != NULL)
		return true;
	return rp_outcome_of(c, "tpm.ak.certificate", cert) == RP_PASS &&
	       ev_public_key_eq(&cert->ak_cert->cert.key, &ak->key);
}

/* Without a key that can be used. */
static enum rp_outcome no_key(const struct rp_tpm_quote *t,
			      struct rp_finding *f)
{
	uint16_t curve = rp_ak_strange_curve(t);

	if (curve != 0)
		return rp_skip(f,
			       "unsupported: cannot verify by a key on curve "
			       "0x%04x",
			       curve);
	return rp_skip(f, "absent: no key of the quote (azure-hcl-report, "
			  "tpm2b-public, key-pem or an AK certificate)");
}

/* The key signed: what its TPM calls it, and what the signature is worth. */
static enum rp_outcome signed_by(struct rp_case *c, struct rp_tpm_quote *t,
				 const struct rp_ak *ak, struct rp_finding *f)
{
	t->verified = true;
	if (!rp_ak_find_name(c->crypto, t, ak))
		return RP_TROUBLE;
	/* Collisions of SHA-1 are affordable; they are of two attests that
	 * one TPM would have to be made to sign. */
	if (t->signature.hash == EV_TPM_ALG_SHA1)
		rp_set_got(f, "weak: SHA-1");
	if (is_vouched_for(c, t, ak))
		return RP_PASS;
	return rp_skip(f,
		       "absent: the key signed this quote, but nothing "
		       "vouches for the key (%s), anybody can make one",
		       ak->origin);
}

enum rp_outcome rp_check_tpm_quote_signature(struct rp_case *c,
					     const struct rp_subject *s,
					     struct rp_finding *f)
{
	struct rp_tpm_quote *t = s->tpm_quote;
	enum ev_verified v;
	struct rp_ak ak;

	if (t->signature_item == NULL)
		return rp_skip(f, "absent: tpm-quote-signature");
	if (!rp_ak_of(s, &ak))
		return no_key(t, f);
	part_input(f, s, t->q.attest);
	rp_input_add(f, t->signature_item->name, 0, t->signature_item->bytes.n);
	rp_input_add(f, ak.item->name, ak.offset, ak.length);
	if (t->signature_parsed.code != EV_OK)
		return rp_refused(f, "tpm", &t->signature_parsed.err);
	rp_set_want(f, "signed by %s", ak.origin);
	if (!ev_tpm_signature_is_ours(&t->signature))
		return rp_skip(f,
			       "unsupported: cannot verify a signature of "
			       "scheme %s",
			       ev_tpm_alg_name(t->signature.scheme));
	v = ev_tpm_signature_verify(c->crypto, &t->signature, &ak.key,
				    t->q.attest);
	if (v == EV_VERIFIED_YES)
		return signed_by(c, t, &ak, f);
	return rp_signature(f, v, "signature",
			    "the attestation key did not sign this quote");
}

enum rp_outcome rp_check_tpm_quote_pcrs(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	const struct rp_tpm_quote *t = s->tpm_quote;
	uint8_t digest[EV_DIGEST_MAX];
	enum ev_digest_alg alg = EV_SHA256;

	if (t->pcrs_item == NULL)
		return rp_skip(f, "absent: tpm-pcrs");
	part_input(f, s, t->q.pcr_digest);
	rp_input_add(f, t->pcrs_item->name, 0, t->pcrs_item->bytes.n);
	/* Part 3, 18.4: pcrDigest uses the signing scheme's hash. */
	if (!ev_tpm_common_digest_alg(t->signature.hash, &alg))
		return rp_fail(f, "tpm: hash 0x%04x is not known",
			       t->signature.hash);
	f->hash = ev_digest_name(alg);
	if (!ev_digest(c->crypto, alg, t->values, digest))
		return RP_TROUBLE;
	if (rp_expect(f, t->q.pcr_digest,
		      ev_span_of(digest, ev_digest_size(alg))) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "mismatch: the PCR values are not those that were "
			  "quoted");
}

enum rp_outcome rp_check_tpm_quote_nonce(struct rp_case *c,
					 const struct rp_subject *s,
					 struct rp_finding *f)
{
	const struct ev_manifest_item *e = s->item->entry;
	uint8_t nonce[64];

	(void)c;
	part_input(f, s, s->tpm_quote->q.extra_data);
	if (e != NULL && e->nonce.n > 2 * sizeof(nonce))
		return rp_fail(f, "nonce: the manifest's is longer than "
				  "extraData can be");
	if (e == NULL || e->nonce.n == 0)
		return rp_skip(f, "absent: the manifest names no nonce for "
				  "this quote");
	if (!ev_hex_decode(e->nonce, nonce, e->nonce.n / 2))
		return rp_fail(f, "nonce: the manifest's nonce is no hex");
	if (rp_expect(f, ev_span_of(nonce, e->nonce.n / 2),
		      s->tpm_quote->q.extra_data) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "mismatch: extraData is not the nonce asked for");
}
