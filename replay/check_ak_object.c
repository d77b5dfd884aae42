/* SPDX-License-Identifier: Apache-2.0 */
/* tpm.ak.attributes, .name: what a TPM says of the key of a quote. */
#include "replay/ak.h"
#include "replay/checks.h"

static const struct {
	uint32_t bit;
	const char *name; /* of TPMA_OBJECT, Part 2, 8.3 */
} needed[] = {
	{ EV_TPM_FIXED_TPM, "fixedTPM" },
	{ EV_TPM_FIXED_PARENT, "fixedParent" },
	{ EV_TPM_SENSITIVE_DATA_ORIGIN, "sensitiveDataOrigin" },
	{ EV_TPM_RESTRICTED, "restricted" },
	{ EV_TPM_SIGN, "sign" },
};

/* Those of a key that the paravisor names are the template's, azure page
 * 6.3. */
static enum rp_outcome platform_attributes(uint32_t attributes,
					   struct rp_finding *f)
{
	rp_set_want(f, "0x%08x", EV_TPM_AK_ATTRIBUTES);
	if (attributes == EV_TPM_AK_ATTRIBUTES)
		return RP_PASS;
	return rp_fail(f, "attributes: not those of a restricted signing key "
			  "that never leaves its TPM");
}

/* Those of any other, eventlog page 7.4; a key that is not restricted signs
 * whatever it is given, and its quotes prove nothing. */
static enum rp_outcome needed_attributes(uint32_t attributes,
					 struct rp_finding *f)
{
	rp_set_want(f, "fixedTPM, fixedParent, sensitiveDataOrigin, "
		       "restricted, sign; not decrypt");
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if ((attributes & needed[i].bit) == 0)
			return rp_fail(f,
				       "attributes: %s is not set, the key's "
				       "quotes are not its TPM's word",
				       needed[i].name);
	if ((attributes & EV_TPM_DECRYPT) != 0)
		return rp_fail(f, "attributes: decrypt is set, as in no key "
				  "that is for signing alone");
	return RP_PASS;
}

enum rp_outcome rp_check_tpm_ak_attributes(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	const struct rp_tpm_quote *t = s->tpm_quote;
	struct rp_ak ak;

	(void)c;
	if (t->public_item == NULL)
		return rp_skip(f, "absent: tpm2b-public");
	rp_input_add(f, t->public_item->name, 0, t->public_item->bytes.n);
	if (t->public_parsed.code != EV_OK)
		return rp_refused(f, "tpm", &t->public_parsed.err);
	if (!rp_ak_of(s, &ak))
		return rp_skip(f, "absent: no key of the quote");
	rp_input_add(f, ak.item->name, ak.offset, ak.length);
	if (rp_expect_key(f, &ak.key, &t->public_key) != RP_PASS)
		return rp_fail(f,
			       "mismatch: the public area is that of another "
			       "key than the one that signed (%s)",
			       ak.origin);
	rp_set_got(f, "0x%08x", t->public.attributes);
	return t->hcl != NULL ? platform_attributes(t->public.attributes, f)
			      : needed_attributes(t->public.attributes, f);
}

/* Where the paravisor names the key, the name is that of the platform's
 * template whatever public area lies beside it, azure page 6.3. */
static enum rp_outcome platform_name(struct rp_case *c, struct ev_span signer,
				     const struct rp_ak *ak,
				     struct rp_finding *f)
{
	uint8_t area[EV_TPM_AK_AREA], want[EV_TPM_NAME_MAX];
	size_t n;

	if (ak->key.modulus.n != 256)
		return rp_skip(f,
			       "unsupported: no template for a key of %zu "
			       "bytes",
			       ak->key.modulus.n);
	ev_tpm_ak_area(ak->key.modulus.p, area);
	if (!ev_tpm_qualified_name(c->crypto, EV_SPAN(area), EV_TPM_ENDORSEMENT,
				   want, &n))
		return RP_TROUBLE;
	if (rp_expect(f, ev_span_of(want, n), signer) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "mismatch: qualifiedSigner is not that of the "
			  "platform's restricted key");
}

/* Any other key is looked for below each hierarchy.  Nothing tells the name of
 * a parent that is a key itself, so that no name fits and none is wrong. */
static enum rp_outcome primary_name(const struct rp_tpm_quote *t,
				    struct rp_finding *f)
{
	char hex[2 * EV_TPM_NAME_MAX + 1];

	if (t->hierarchy == NULL && t->ak_name_size == 0)
		return rp_skip(f, "absent: no public area of the key to make "
				  "its name of (tpm2b-public)");
	rp_set_want(f, "that of a primary key");
	if (t->hierarchy == NULL)
		return rp_skip(f, "unknown: of a primary key of no hierarchy, "
				  "so of one below a key that is not here");
	ev_hex_encode(ev_span_of(t->ak_name, t->ak_name_size), hex);
	rp_set_got(f, "that of %s as a primary key of the %s hierarchy", hex,
		   t->hierarchy->name);
	return RP_PASS;
}

enum rp_outcome rp_check_tpm_ak_name(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	const struct rp_tpm_quote *t = s->tpm_quote;
	struct rp_ak ak;

	if (!rp_ak_of(s, &ak))
		return rp_skip(f, "absent: no key of the quote");
	rp_input_part(f, s->name, s->item->bytes, t->q.qualified_signer);
	rp_input_add(f, ak.item->name, ak.offset, ak.length);
	return t->hcl != NULL ? platform_name(c, t->q.qualified_signer, &ak, f)
			      : primary_name(t, f);
}
