/* SPDX-License-Identifier: Apache-2.0 */
/* tpm.quote.*: the vTPM's quote, its signature and the values it covers. */
#include "replay/checks.h"

#include <inttypes.h>

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
	if (rp_expect_u64(f, size, t->pcrs_item->bytes.n) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f,
		       "selection: the quote covers %zu registers, the "
		       "values given are %zu bytes",
		       n_pcrs, t->pcrs_item->bytes.n);
}

static void ak_from_hcl(const struct rp_hcl *h, const struct rp_subject *s,
			struct rp_ak *out)
{
	const struct ev_jwk_rsa *ak = &h->claims.ak;

	*out = (struct rp_ak){
		.modulus = ev_span_of(ak->n, ak->n_size),
		.exponent = ev_span_of(ak->e, ak->e_size),
		.origin = "HCLAkPub",
		.item = s->item,
		.offset = ev_hcl_offset(&h->hcl, h->hcl.runtime_data),
		.length = h->hcl.runtime_data.n,
	};
}

bool rp_ak_of(const struct rp_case *c, const struct rp_subject *s,
	      struct rp_ak *out)
{
	const struct rp_tpm_quote *t = s->tpm_quote;

	(void)c;
	if (t->hcl != NULL && t->hcl->hcl->claims_parsed.code == EV_OK) {
		ak_from_hcl(t->hcl->hcl, t->hcl, out);
		return out->modulus.n > 0;
	}
	if (t->public_item != NULL && t->public_parsed.code == EV_OK &&
	    t->public.modulus.n > 0) {
		*out = (struct rp_ak){
			.modulus = t->public.modulus,
			.exponent = ev_span_of(t->exponent, t->exponent_size),
			.origin = "tpm2b-public",
			.item = t->public_item,
			.length = t->public_item->bytes.n,
		};
		return true;
	}
	if (t->key_modulus.n > 0) {
		*out = (struct rp_ak){
			.modulus = t->key_modulus,
			.exponent = t->key_exponent,
			.origin = "key-pem",
			.item = t->key_item,
			.offset = t->key_pem.block[0].offset,
			.length = t->key_pem.block[0].text.n,
		};
		return true;
	}
	if (t->ak_cert == NULL || t->ak_cert->ak_cert->parsed.code != EV_OK ||
	    t->ak_cert->ak_cert->cert.rsa_modulus.n == 0)
		return false;
	*out = (struct rp_ak){
		.modulus = t->ak_cert->ak_cert->cert.rsa_modulus,
		.exponent = t->ak_cert->ak_cert->cert.rsa_exponent,
		.origin = "AK certificate",
		.item = t->ak_cert->item,
		.offset = t->ak_cert->ak_cert->offset,
		.length = t->ak_cert->ak_cert->size,
	};
	return true;
}

static enum ev_verified verify(struct rp_case *c, const struct rp_tpm_quote *t,
			       const struct rp_ak *ak)
{
	enum ev_rsa_padding padding = t->signature.scheme == EV_TPM_ALG_RSAPSS
					      ? EV_RSASSA_PSS
					      : EV_RSASSA_PKCS1;
	enum ev_digest_alg alg;

	if (t->signature.rsa.n == 0 ||
	    !ev_tpm_digest_alg(t->signature.hash, &alg))
		return EV_VERIFIED_NO;
	return ev_rsa_verify(c->crypto, ak->modulus, ak->exponent, padding, alg,
			     t->q.attest, t->signature.rsa);
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
	       ev_span_eq(cert->ak_cert->cert.rsa_modulus, ak->modulus) &&
	       ev_span_eq(cert->ak_cert->cert.rsa_exponent, ak->exponent);
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
	if (!rp_ak_of(c, s, &ak))
		return rp_skip(f, "absent: no key of the quote "
				  "(azure-hcl-report, tpm2b-public, key-pem "
				  "or an AK certificate)");
	part_input(f, s, t->q.attest);
	rp_input_add(f, t->signature_item->name, 0, t->signature_item->bytes.n);
	rp_input_add(f, ak.item->name, ak.offset, ak.length);
	if (t->signature_parsed.code != EV_OK)
		return rp_refused(f, "tpm", &t->signature_parsed.err);
	rp_set_want(f, "signed by %s", ak.origin);
	v = verify(c, t, &ak);
	t->verified = v == EV_VERIFIED_YES;
	if (v == EV_VERIFIED_YES && !is_vouched_for(c, t, &ak))
		return rp_skip(f,
			       "absent: the key signed this quote, but nothing "
			       "vouches for the key (%s), anybody can make one",
			       ak.origin);
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
	if (!ev_tpm_digest_alg(t->signature.hash, &alg))
		return rp_fail(f, "tpm: hash 0x%04x is not known",
			       t->signature.hash);
	f->hash = ev_digest_name(alg);
	if (!ev_digest(c->crypto, alg, t->pcrs_item->bytes, digest))
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

enum rp_outcome rp_check_tpm_quote_clock(struct rp_case *c,
					 const struct rp_subject *s,
					 struct rp_finding *f)
{
	const struct ev_tpm_quote *q = &s->tpm_quote->q;

	(void)c;
	part_input(f, s, q->attest);
	rp_set_want(f, "safe");
	rp_set_got(f, "%s, clock %" PRIu64 " ms, reset %u, restart %u",
		   q->safe ? "safe" : "not safe", q->clock, q->reset_count,
		   q->restart_count);
	if (!q->safe)
		return rp_fail(f, "clock: the TPM says that its clock may have "
				  "been set back");
	return RP_PASS;
}
