/* SPDX-License-Identifier: Apache-2.0 */
/* SSHSIG and its armour, written. */
#include "audit/ssh/ssh_signature.h"

#include "audit/ssh/ssh_key.h"
#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/ecdsa.h"

#include <stdio.h>

#define LINE_WIDTH 70 /* as ssh-keygen writes it */

static const char object[] = "ssh.signature";

void au_ssh_put_ed25519(struct ev_buffer *out, const uint8_t key[32])
{
	bool certified;
	const struct au_ssh_key k = {
		.type = au_ssh_key_type_named(EV_SPAN_LITERAL("ssh-ed25519"),
					      true, &certified),
		.point = ev_span_of(key, 32),
	};

	au_ssh_key_put(out, &k);
}

bool au_ssh_put_ecdsa(struct ev_buffer *out, const char *curve,
		      struct ev_span point)
{
	const struct ev_curve *c = ev_curve_named(ev_span_str(curve));
	uint8_t encoded[1 + 2 * EV_COORDINATE_MAX] = { 0x04 };
	char name[24];
	bool certified;
	struct au_ssh_key k = { 0 };

	if (c == NULL || point.n != 2 * c->width)
		return false;
	snprintf(name, sizeof(name), "ecdsa-sha2-nistp%zu", c->bits);
	memcpy(encoded + 1, point.p, point.n);
	k.type = au_ssh_key_type_named(ev_span_str(name), true, &certified);
	k.point = ev_span_of(encoded, 1 + point.n);
	au_ssh_key_put(out, &k);
	return true;
}

/* r and s of an ECDSA-Sig-Value as the two numbers of RFC 5656, 3.1.2. */
static bool put_numbers(struct ev_buffer *out, size_t width, struct ev_span der)
{
	ev_auto_buffer struct ev_buffer both = { 0 };
	uint8_t raw[2 * EV_COORDINATE_MAX];

	if (!ev_ecdsa_raw_from_der(der, width, raw))
		return false;
	au_ssh_put_mpint(&both, ev_span_of(raw, width));
	au_ssh_put_mpint(&both, ev_span_of(raw + width, width));
	out->failed |= both.failed;
	au_ssh_put_string(out, ev_buffer_span(&both));
	return true;
}

/* The blob of what the key makes over covered (key_proof.h). */
static enum ev_code put_proof(const struct au_ssh_signing *how,
			      struct ev_span covered, struct ev_buffer *out,
			      struct ev_error *err)
{
	const struct ev_span algorithm = ev_span_str(how->algorithm);
	ev_auto_buffer struct ev_buffer made = { 0 };
	const struct au_ssh_key_type *type;
	bool certified;

	if (how->sign(how->user, covered, &made, err) != EV_OK)
		return err->code;
	out->failed |= made.failed;
	type = au_ssh_key_type_named(algorithm, true, &certified);
	if (type == NULL || certified || type->token)
		return ev_fail_text(err, EV_VALUE, object, "algorithm",
				    EV_NO_BYTE, "one that is written",
				    algorithm);
	au_ssh_put_string(out, algorithm);
	if (type->family != AU_SSH_ECDSA)
		au_ssh_put_string(out, ev_buffer_span(&made));
	else if (!put_numbers(
			 out,
			 ev_curve_named(ev_span_str(type->curve_name))->width,
			 ev_buffer_span(&made)))
		return ev_fail(err, EV_SYNTAX, object, "signature", EV_NO_BYTE,
			       "a DER ECDSA-Sig-Value", "other bytes");
	return EV_OK;
}

static void put_armour(struct ev_buffer *out, struct ev_span bytes)
{
	size_t n = 4 * ((bytes.n + 2) / 3);
	ev_auto_free char *text = malloc(n + 1);

	if (text == NULL) {
		out->failed = true;
		return;
	}
	ev_base64_encode(bytes, text);
	ev_buffer_add_str(out, "-----BEGIN SSH SIGNATURE-----\n");
	for (size_t at = 0; at < n; at += LINE_WIDTH) {
		size_t width = n - at < LINE_WIDTH ? n - at : LINE_WIDTH;

		ev_buffer_add(out, ev_span_of(text + at, width));
		ev_buffer_add_byte(out, '\n');
	}
	ev_buffer_add_str(out, "-----END SSH SIGNATURE-----\n");
}

enum ev_code au_ssh_signature_write(struct ev_crypto *crypto,
				    const struct au_ssh_signing *how,
				    struct ev_span message,
				    struct ev_buffer *out, struct ev_error *err)
{
	const struct ev_span hash = EV_SPAN_LITERAL("sha512");
	const struct ev_span name_space = ev_span_str(how->name_space);
	ev_auto_buffer struct ev_buffer covered = { 0 }, proof = { 0 },
					blob = { 0 };

	assert(name_space.n > 0);
	if (!au_ssh_signature_covered(crypto, name_space, hash, message,
				      &covered))
		return ev_fail_trouble(err, object, "memory or libcrypto");
	if (put_proof(how, ev_buffer_span(&covered), &proof, err) != EV_OK)
		return err->code;
	ev_buffer_add_str(&blob, "SSHSIG");
	au_ssh_put_u32(&blob, 1); /* version */
	au_ssh_put_string(&blob, how->public_key);
	au_ssh_put_string(&blob, name_space);
	au_ssh_put_string(&blob, (struct ev_span){ NULL, 0 }); /* reserved */
	au_ssh_put_string(&blob, hash);
	au_ssh_put_string(&blob, ev_buffer_span(&proof));
	if (ev_buffer_ok(&proof) && ev_buffer_ok(&blob))
		put_armour(out, ev_buffer_span(&blob));
	if (!ev_buffer_ok(&proof) || !ev_buffer_ok(&blob) || !ev_buffer_ok(out))
		return ev_fail_trouble(err, object, "memory");
	return EV_OK;
}
