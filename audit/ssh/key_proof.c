/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures by keys of SSH. */
#include "audit/ssh/key_proof.h"

#define ED25519_SIZE  32
#define RSA_BYTES_MAX 1024 /* of evidence/base/sig.h */

/* The order of Ed25519's group, little-endian (RFC 8032, 5.1). */
static const uint8_t ED25519_ORDER[ED25519_SIZE] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
	0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,	  0,	0,    0,    0,
	0,    0,    0,	  0,	0,    0,    0,	  0,	0,    0x10,
};

static const struct {
	const char *name;
	enum ev_digest_alg alg;
} rsa_algorithms[] = {
	{ "rsa-sha2-256", EV_SHA256 },
	{ "rsa-sha2-512", EV_SHA512 },
};
#define N_RSA (sizeof(rsa_algorithms) / sizeof(rsa_algorithms[0]))

/* A blob's parts; flags and counter of tokens alone. */
struct proof {
	struct ev_span algorithm, bytes;
	uint8_t state[5]; /* flags, then the counter as it stands */
};

static const char object[] = "ssh.proof";

static enum ev_code parse(struct ev_span blob, bool token, struct proof *out,
			  struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(blob, 0, object, err);

	out->algorithm = au_ssh_read_text(&r, "algorithm");
	out->bytes = au_ssh_read_string(&r, "signature");
	if (token)
		ev_read_copy(&r, out->state, sizeof(out->state), "state");
	return ev_reader_finish(&r);
}

struct ev_span au_key_proof_algorithm(struct ev_span blob)
{
	struct ev_error err = { EV_OK };
	struct ev_reader r = ev_reader_init(blob, 0, object, &err);

	return au_ssh_read_text(&r, "algorithm");
}

static int rsa_row(struct ev_span algorithm)
{
	for (size_t i = 0; i < N_RSA; i++)
		if (ev_span_eq(algorithm, ev_span_str(rsa_algorithms[i].name)))
			return (int)i;
	return -1;
}

/* What evidence/base/sig.h verifies by. */
static bool rsa_in_bounds(const struct au_ssh_key *key)
{
	const struct ev_span n = key->modulus, e = key->exponent;

	return n.n <= RSA_BYTES_MAX && e.n > 0 && e.n <= EV_EXPONENT_MAX &&
	       (n.p[n.n - 1] & e.p[e.n - 1] & 1) == 1 &&
	       (e.n > 1 || e.p[0] > 1);
}

const char *au_key_proof_wanted(const struct au_ssh_key *key,
				struct ev_span algorithm)
{
	if (key->type->family != AU_SSH_RSA)
		return ev_span_eq(algorithm, ev_span_str(key->type->name))
			       ? NULL
			       : key->type->name;
	if (rsa_row(algorithm) < 0)
		return "rsa-sha2-256 or rsa-sha2-512";
	if (!rsa_in_bounds(key))
		return "RSA of at most 8192 bits, exponent odd, 3 to 2^64";
	return NULL;
}

static bool below_order(const uint8_t s[ED25519_SIZE])
{
	for (size_t i = ED25519_SIZE; i > 0; i--)
		if (s[i - 1] != ED25519_ORDER[i - 1])
			return s[i - 1] < ED25519_ORDER[i - 1];
	return false;
}

/*
 * OpenSSH's own code asks of S no more than that its three uppermost bits are
 * zero (RFC 8032, 5.1.7 wants it below the order); libcrypto refuses it.  The
 * equation holds for S where it holds for S less the order, so that is asked.
 */
static void below_order_make(uint8_t s[ED25519_SIZE])
{
	unsigned borrow = 0;

	if (s[ED25519_SIZE - 1] >= 0x20 || below_order(s))
		return;
	for (size_t i = 0; i < ED25519_SIZE; i++) {
		unsigned take = ED25519_ORDER[i] + borrow;

		borrow = s[i] < take;
		s[i] = (uint8_t)(s[i] - take);
	}
}

static enum ev_verified verify_ed25519(struct ev_crypto *crypto,
				       const struct au_ssh_key *key,
				       const struct proof *p,
				       struct ev_span message)
{
	uint8_t sig[2 * ED25519_SIZE];

	if (p->bytes.n != sizeof(sig))
		return EV_VERIFIED_NO;
	memcpy(sig, p->bytes.p, sizeof(sig));
	below_order_make(sig + ED25519_SIZE);
	return ev_ed25519_verify(crypto, key->point.p, message, EV_SPAN(sig));
}

static enum ev_verified verify_ecdsa(struct ev_crypto *crypto,
				     const struct au_ssh_key *key,
				     const struct proof *p,
				     struct ev_span message)
{
	const struct ev_curve *curve =
		ev_curve_named(ev_span_str(key->type->curve_name));
	struct ev_error err = { EV_OK };
	struct ev_reader reader = ev_reader_init(p->bytes, 0, object, &err);
	struct ev_span r = au_ssh_read_mpint(&reader, "r");
	struct ev_span s = au_ssh_read_mpint(&reader, "s");
	struct ev_public_key ec;

	if (ev_reader_finish(&reader) != EV_OK)
		return EV_VERIFIED_NO;
	ec = ev_public_key_ec(
		curve, ev_span_sub(key->point, 1, curve->width),
		ev_span_sub(key->point, 1 + curve->width, curve->width));
	return ev_ecdsa_verify(crypto, &ec, key->type->alg, message, r, s);
}

/* A signature may lack its leading zeros (RFC 8332 3 forbids it; OpenSSH and
 * old signers do not mind). */
static enum ev_verified verify_rsa(struct ev_crypto *crypto,
				   const struct au_ssh_key *key,
				   const struct proof *p,
				   struct ev_span message)
{
	size_t n = key->modulus.n;
	struct ev_rsa_rule rule = {
		.padding = EV_RSASSA_PKCS1,
		.least_bits = 1024,
	};
	uint8_t sig[RSA_BYTES_MAX] = { 0 };
	int row = rsa_row(p->algorithm);

	assert(n <= sizeof(sig)); /* rsa_in_bounds */
	if (row < 0 || p->bytes.n > n || p->bytes.n == 0)
		return EV_VERIFIED_NO;
	memcpy(sig + n - p->bytes.n, p->bytes.p, p->bytes.n);
	rule.alg = rsa_algorithms[row].alg;
	return ev_rsa_verify_by(crypto, key->modulus, key->exponent, &rule,
				message, ev_span_of(sig, n));
}

static enum ev_verified (*const verifiers[])(struct ev_crypto *crypto,
					     const struct au_ssh_key *key,
					     const struct proof *p,
					     struct ev_span message) = {
	[AU_SSH_ED25519] = verify_ed25519,
	[AU_SSH_ECDSA] = verify_ecdsa,
	[AU_SSH_RSA] = verify_rsa,
};

/* PROTOCOL.u2f: what a token signs instead of the message. */
static bool token_message(struct ev_crypto *crypto,
			  const struct au_ssh_key *key, const struct proof *p,
			  struct ev_span message, uint8_t out[32 + 5 + 32])
{
	memcpy(out + 32, p->state, sizeof(p->state));
	return ev_digest(crypto, EV_SHA256, key->application, out) &&
	       ev_digest(crypto, EV_SHA256, message, out + 32 + 5);
}

enum ev_verified au_key_proof_verify(struct ev_crypto *crypto,
				     const struct au_ssh_key *key,
				     struct ev_span blob,
				     struct ev_span message)
{
	struct ev_error err = { EV_OK };
	uint8_t of_token[32 + 5 + 32];
	struct proof p = { .state = { 0 } };

	if (parse(blob, key->type->token, &p, &err) != EV_OK ||
	    au_key_proof_wanted(key, p.algorithm) != NULL)
		return EV_VERIFIED_NO;
	if (key->type->token) {
		if (!token_message(crypto, key, &p, message, of_token))
			return EV_VERIFIED_TROUBLE;
		message = EV_SPAN(of_token);
	}
	return verifiers[key->type->family](crypto, key, &p, message);
}
