/* SPDX-License-Identifier: Apache-2.0 */
/* Names of TPM objects, made of their public areas. */
#include "evidence/tpm_name.h"

const struct ev_tpm_hierarchy ev_tpm_hierarchies[EV_TPM_HIERARCHIES] = {
	{ UINT32_C(0x4000000b), "endorsement", true },
	{ UINT32_C(0x40000001), "owner", false },
	{ UINT32_C(0x4000000c), "platform", true },
	{ UINT32_C(0x40000007), "null", false },
};

/* The digest that a name of the area is made with. */
static bool name_alg(struct ev_span area, enum ev_digest_alg *out)
{
	return area.n >= 4 &&
	       ev_tpm_common_digest_alg((uint16_t)(area.p[2] << 8 | area.p[3]),
					out);
}

bool ev_tpm_name(struct ev_crypto *crypto, struct ev_span area,
		 uint8_t out[EV_TPM_NAME_MAX], size_t *n)
{
	enum ev_digest_alg alg;

	*n = 0;
	if (!name_alg(area, &alg))
		return true;
	if (!ev_digest(crypto, alg, area, out + 2))
		return false;
	memcpy(out, area.p + 2, 2);
	*n = 2 + ev_digest_size(alg);
	return true;
}

bool ev_tpm_qualified_name(struct ev_crypto *crypto, struct ev_span area,
			   const struct ev_tpm_hierarchy *hierarchy,
			   uint8_t out[EV_TPM_NAME_MAX], size_t *n)
{
	const uint8_t parent[4] = { (uint8_t)(hierarchy->handle >> 24),
				    (uint8_t)(hierarchy->handle >> 16),
				    (uint8_t)(hierarchy->handle >> 8),
				    (uint8_t)hierarchy->handle };
	struct ev_span parts[2] = { EV_SPAN(parent) };
	uint8_t name[EV_TPM_NAME_MAX];
	enum ev_digest_alg alg;

	if (!ev_tpm_name(crypto, area, name, n))
		return false;
	if (!name_alg(area, &alg))
		return true;
	parts[1] = ev_span_of(name, *n);
	memcpy(out, name, 2);
	return ev_digest_parts(crypto, alg, parts, 2, out + 2);
}

bool ev_tpm_hierarchy_of(struct ev_crypto *crypto, struct ev_span area,
			 struct ev_span qualified_name,
			 const struct ev_tpm_hierarchy **out)
{
	*out = NULL;
	for (size_t i = 0; i < EV_TPM_HIERARCHIES; i++) {
		uint8_t name[EV_TPM_NAME_MAX];
		size_t n;

		if (!ev_tpm_qualified_name(crypto, area, &ev_tpm_hierarchies[i],
					   name, &n))
			return false;
		if (n > 0 && ev_span_eq(ev_span_of(name, n), qualified_name)) {
			*out = &ev_tpm_hierarchies[i];
			return true;
		}
	}
	return true;
}

void ev_tpm_ak_area(const uint8_t modulus[256], uint8_t out[EV_TPM_AK_AREA])
{
	/* type, nameAlg, attributes, authPolicy, symmetric, scheme and its
	 * hash, keyBits, exponent, size of the modulus */
	static const uint8_t head[EV_TPM_AK_AREA - 256] = {
		0x00, 0x01, 0x00, 0x0b, 0x00, 0x05, 0x04, 0x72,
		0x00, 0x00, 0x00, 0x10, 0x00, 0x14, 0x00, 0x0b,
		0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
	};

	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), modulus, 256);
}
