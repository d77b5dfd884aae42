/* SPDX-License-Identifier: Apache-2.0 */
/* Where the key of a vTPM quote stands, and its names. */
#include "replay/ak.h"

struct ev_public_key rp_hcl_key(const struct rp_hcl *h)
{
	const struct ev_jwk_rsa *ak = &h->claims.ak;

	return ev_public_key_rsa(ev_span_of(ak->n, ak->n_size),
				 ev_span_of(ak->e, ak->e_size));
}

static bool from_hcl(const struct rp_subject *s, struct rp_ak *out)
{
	const struct rp_hcl *h = s->hcl;

	*out = (struct rp_ak){
		.key = rp_hcl_key(h),
		.origin = "HCLAkPub",
		.item = s->item,
		.offset = ev_hcl_offset(&h->hcl, h->hcl.runtime_data),
		.length = h->hcl.runtime_data.n,
	};
	return ev_public_key_is_there(&out->key);
}

static bool from_public(const struct rp_tpm_quote *t, struct rp_ak *out)
{
	*out = (struct rp_ak){
		.key = t->public_key,
		.origin = "tpm2b-public",
		.item = t->public_item,
	};
	if (!ev_public_key_is_there(&out->key))
		return false;
	out->length = t->public_item->bytes.n;
	return true;
}

static bool from_pem(const struct rp_tpm_quote *t, struct rp_ak *out)
{
	*out = (struct rp_ak){
		.key = t->pem_key,
		.origin = "key-pem",
		.item = t->key_item,
	};
	if (!ev_public_key_is_there(&out->key))
		return false;
	out->offset = t->key_pem.block[0].offset;
	out->length = t->key_pem.block[0].text.n;
	return true;
}

bool rp_ak_of(const struct rp_subject *s, struct rp_ak *out)
{
	const struct rp_tpm_quote *t = s->tpm_quote;

	if (t->hcl != NULL && t->hcl->hcl->claims_parsed.code == EV_OK)
		return from_hcl(t->hcl, out);
	if (from_public(t, out) || from_pem(t, out))
		return true;
	if (t->ak_cert == NULL || t->ak_cert->ak_cert->parsed.code != EV_OK)
		return false;
	*out = (struct rp_ak){
		.key = t->ak_cert->ak_cert->cert.key,
		.origin = "AK certificate",
		.item = t->ak_cert->item,
		.offset = t->ak_cert->ak_cert->offset,
		.length = t->ak_cert->ak_cert->size,
	};
	return ev_public_key_is_there(&out->key);
}

uint16_t rp_ak_strange_curve(const struct rp_tpm_quote *t)
{
	bool is_ecc = t->public_item != NULL &&
		      t->public_parsed.code == EV_OK &&
		      t->public.type == EV_TPM_ALG_ECC;

	return is_ecc && ev_curve_of_tpm(t->public.curve) == NULL
		       ? t->public.curve
		       : 0;
}

/* What is shown of a key, and mostly tells it apart. */
static struct ev_span shown(const struct ev_public_key *key)
{
	return key->curve != NULL
		       ? ev_span_of(key->point, 2 * key->curve->width)
		       : key->modulus;
}

enum rp_outcome rp_expect_key(struct rp_finding *f,
			      const struct ev_public_key *want,
			      const struct ev_public_key *got)
{
	rp_expect(f, shown(want), shown(got));
	return ev_public_key_eq(want, got) ? RP_PASS : RP_FAIL;
}

bool rp_ak_find_name(struct ev_crypto *crypto, struct rp_tpm_quote *t,
		     const struct rp_ak *ak)
{
	uint8_t made[EV_TPM_AK_AREA];
	struct ev_span area = { NULL, 0 };

	if (t->hcl == NULL && t->public_item != NULL &&
	    t->public_parsed.code == EV_OK) {
		area = t->public.area;
	} else if (ak->key.modulus.n == 256) {
		ev_tpm_ak_area(ak->key.modulus.p, made);
		area = EV_SPAN(made);
	}
	if (area.n == 0)
		return true;
	if (!ev_tpm_name(crypto, area, t->ak_name, &t->ak_name_size) ||
	    !ev_tpm_hierarchy_of(crypto, area, t->q.qualified_signer,
				 &t->hierarchy))
		return false;
	/* A template that the quote does not confirm is only a guess. */
	if (t->hierarchy == NULL && area.p == made)
		t->ak_name_size = 0;
	return true;
}
