/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, path and signature of one handshake. */
#include "replay/handshake.h"

#include "evidence/base/ecdsa.h"
#include "evidence/base/sig.h"

bool rp_handshake_open(struct rp_case *c, const struct ev_tls_flight *flight,
		       struct rp_handshake *out, struct rp_parsed *parsed)
{
	const struct ev_x509 *pool[EV_TLS_CERTS_MAX];
	struct rp_anchor *which[RP_ANCHORS_MAX];
	struct ev_span anchors[RP_ANCHORS_MAX];
	size_t n;

	*parsed = (struct rp_parsed){ .code = EV_OK };
	for (size_t i = 0; i < flight->n_certs; i++) {
		parsed->code = ev_x509_parse(c->crypto, flight->cert[i], 0,
					     &out->cert[i], &parsed->err);
		if (parsed->code != EV_OK)
			return parsed->code != EV_TROUBLE;
		pool[i] = &out->cert[i];
		out->n_certs++;
	}
	n = rp_anchors_of(c->anchors, RP_ANCHOR_TLS_ROOT, anchors, which);
	out->path_result =
		ev_path_verify(c->crypto, &out->cert[0], pool + 1,
			       out->n_certs - 1, anchors, n, c->at, &out->path);
	if (out->path_result == EV_PATH_GOOD && out->path.anchor >= 0)
		out->anchor = which[out->path.anchor];
	return out->path_result != EV_PATH_TROUBLE;
}

void rp_handshake_free(struct rp_handshake *h)
{
	for (size_t i = 0; i < h->n_certs; i++)
		ev_x509_free(&h->cert[i]);
	*h = (struct rp_handshake){ .n_certs = 0 };
}

/* --- the signature --- */

/* RFC 8446, 4.2.3: in TLS 1.3 a scheme names the curve too. */
static const struct scheme {
	uint16_t number;
	const char *curve; /* NULL: RSA */
	enum ev_digest_alg hash;
} schemes[] = {
	{ 0x0403, "P-256", EV_SHA256 }, { 0x0503, "P-384", EV_SHA384 },
	{ 0x0603, "P-521", EV_SHA512 }, { 0x0804, NULL, EV_SHA256 },
	{ 0x0805, NULL, EV_SHA384 },	{ 0x0806, NULL, EV_SHA512 },
};
static const uint16_t ED25519 = 0x0807;

static enum ev_verified verify_ec(struct rp_case *c, const struct scheme *s,
				  const struct ev_public_key *key,
				  struct ev_span message, struct ev_span sig)
{
	uint8_t raw[2 * EV_COORDINATE_MAX];
	size_t width;

	if (key->curve == NULL || strcmp(key->curve->name, s->curve) != 0)
		return EV_VERIFIED_NO;
	width = key->curve->width;
	if (!ev_ecdsa_raw_from_der(sig, width, raw))
		return EV_VERIFIED_NO;
	return ev_ecdsa_verify(c->crypto, key, s->hash, message,
			       ev_span_of(raw, width),
			       ev_span_of(raw + width, width));
}

static enum ev_verified verify_pss(struct rp_case *c, const struct scheme *s,
				   const struct ev_public_key *key,
				   struct ev_span message, struct ev_span sig)
{
	const struct ev_rsa_rule rule = { .padding = EV_RSASSA_PSS,
					  .alg = s->hash,
					  .least_bits = 2048,
					  .salt_as_digest = true };

	return ev_rsa_verify_by(c->crypto, key->modulus,
				ev_span_of(key->exponent, key->exponent_size),
				&rule, message, sig);
}

static enum ev_verified verify_by(struct rp_case *c, uint16_t number,
				  const struct ev_x509 *leaf,
				  struct ev_span message, struct ev_span sig)
{
	const struct ev_public_key *key = &leaf->key;

	if (number == ED25519)
		return ev_spki_kind(c->crypto, leaf->spki) == EV_KEY_ED25519
			       ? ev_spki_verify(c->crypto, leaf->spki, message,
						sig)
			       : EV_VERIFIED_NO;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const struct scheme *s = &schemes[i];

		if (s->number != number)
			continue;
		if (s->curve != NULL)
			return verify_ec(c, s, key, message, sig);
		return verify_pss(c, s, key, message, sig);
	}
	return EV_VERIFIED_NO;
}

enum ev_verified rp_handshake_verify(struct rp_case *c,
				     const struct ev_tls_flight *flight,
				     const struct ev_x509 *leaf)
{
	uint8_t message[EV_TLS_SIGNED_MAX];
	size_t n;

	if (!ev_tls_flight_signed(c->crypto, flight, message, &n))
		return EV_VERIFIED_TROUBLE;
	return verify_by(c, flight->scheme, leaf, ev_span_of(message, n),
			 flight->signature);
}
