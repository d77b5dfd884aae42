/* SPDX-License-Identifier: Apache-2.0 */
/* Public key blobs of SSH. */
#include "audit/ssh/ssh_key.h"

#include "evidence/base/base64.h"

#include <stdio.h>

#define ED25519_SIZE	  32
#define RSA_BITS_MIN	  1024 /* OpenSSH's own, of every use of a key */
#define COORDINATE_TYPE_4 0x04 /* SEC 1 2.3.3: uncompressed */

static const struct au_ssh_key_type types[] = {
	{ "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", AU_SSH_ED25519,
	  NULL, NULL, EV_SHA512, false },
	{ "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com",
	  AU_SSH_ED25519, NULL, NULL, EV_SHA512, true },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com",
	  AU_SSH_ECDSA, "nistp256", "P-256", EV_SHA256, false },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com",
	  AU_SSH_ECDSA, "nistp384", "P-384", EV_SHA384, false },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com",
	  AU_SSH_ECDSA, "nistp521", "P-521", EV_SHA512, false },
	{ "sk-ecdsa-sha2-nistp256@openssh.com",
	  "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", AU_SSH_ECDSA,
	  "nistp256", "P-256", EV_SHA256, true },
	{ "ssh-rsa", "ssh-rsa-cert-v01@openssh.com", AU_SSH_RSA, NULL, NULL,
	  EV_SHA512, false },
};
#define N_TYPES (sizeof(types) / sizeof(types[0]))

/* Other names that OpenSSH takes for the same; those of signatures stand in
 * its table of keys, and a blob may have the name that is shown to people, in
 * any case.  ECDSA has none of these: its curve is found by the full name. */
static const struct {
	const char *other, *name;
	bool in_blob_alone;
} aliases[] = {
	{ "rsa-sha2-256", "ssh-rsa", false },
	{ "rsa-sha2-512", "ssh-rsa", false },
	{ "rsa-sha2-256-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com",
	  false },
	{ "rsa-sha2-512-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com",
	  false },
	{ "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
	  "sk-ecdsa-sha2-nistp256@openssh.com", false },
	{ "ed25519", "ssh-ed25519", true },
	{ "ed25519-sk", "sk-ssh-ed25519@openssh.com", true },
	{ "rsa", "ssh-rsa", true },
};
#define N_ALIASES (sizeof(aliases) / sizeof(aliases[0]))

/* The orders of the groups (SP 800-186, 3.2.1.3 to 3.2.1.5). */
static const uint8_t P256_ORDER[] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
	0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};
static const uint8_t P384_ORDER[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
	0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
};
static const uint8_t P521_ORDER[] = {
	0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc,
	0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89,
	0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
};

static bool same_letters(struct ev_span a, const char *lower)
{
	if (a.n != strlen(lower))
		return false;
	for (size_t i = 0; i < a.n; i++) {
		uint8_t c = a.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != (uint8_t)lower[i])
			return false;
	}
	return true;
}

static struct ev_span full_name(struct ev_span name, bool in_line)
{
	for (size_t i = 0; i < N_ALIASES; i++) {
		if (aliases[i].in_blob_alone
			    ? !in_line && same_letters(name, aliases[i].other)
			    : ev_span_eq(name, ev_span_str(aliases[i].other)))
			return ev_span_str(aliases[i].name);
	}
	return name;
}

const struct au_ssh_key_type *
au_ssh_key_type_named(struct ev_span name, bool in_line, bool *certified)
{
	struct ev_span full = full_name(name, in_line);

	for (size_t i = 0; i < N_TYPES; i++) {
		*certified =
			ev_span_eq(full, ev_span_str(types[i].certificate));
		if (*certified || ev_span_eq(full, ev_span_str(types[i].name)))
			return &types[i];
	}
	return NULL;
}

/* --- fields --- */

static void read_ed25519(struct ev_reader *r, struct au_ssh_key *out)
{
	uint64_t at = ev_reader_offset(r);

	out->point = au_ssh_read_string(r, "key");
	if (ev_reader_ok(r) && out->point.n != ED25519_SIZE)
		ev_fail_u64(r->err, EV_VALUE, r->object, "key", at,
			    ED25519_SIZE, out->point.n);
}

static size_t n_bits(struct ev_span number)
{
	size_t bits;

	while (number.n > 0 && number.p[0] == 0)
		number = ev_span_sub(number, 1, number.n - 1);
	if (number.n == 0)
		return 0;
	bits = 8 * (number.n - 1);
	for (unsigned first = number.p[0]; first != 0; first >>= 1)
		bits++;
	return bits;
}

/* What OpenSSH asks of a coordinate: more than half of the order's bits, and
 * below the order less one. */
static bool in_range(struct ev_span coordinate)
{
	static const struct ev_span orders[] = {
		{ P256_ORDER, sizeof(P256_ORDER) },
		{ P384_ORDER, sizeof(P384_ORDER) },
		{ P521_ORDER, sizeof(P521_ORDER) },
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		uint8_t most[EV_COORDINATE_MAX];

		if (orders[i].n != coordinate.n)
			continue;
		memcpy(most, orders[i].p, orders[i].n);
		most[orders[i].n - 1]--; /* the orders are odd */
		return n_bits(coordinate) > n_bits(orders[i]) / 2 &&
		       memcmp(coordinate.p, most, coordinate.n) < 0;
	}
	return false;
}

static void read_ecdsa(struct ev_reader *r, struct au_ssh_key *out)
{
	const struct ev_curve *curve =
		ev_curve_named(ev_span_str(out->type->curve_name));
	uint64_t at = ev_reader_offset(r);
	struct ev_span name = au_ssh_read_text(r, "curve");

	if (ev_reader_ok(r) && !ev_span_eq(name, ev_span_str(out->type->curve)))
		ev_fail_text(r->err, EV_VALUE, r->object, "curve", at,
			     out->type->curve, name);
	at = ev_reader_offset(r);
	out->point = au_ssh_read_string(r, "point");
	if (!ev_reader_ok(r))
		return;
	if (out->point.n != 1 + 2 * curve->width ||
	    out->point.p[0] != COORDINATE_TYPE_4 ||
	    !in_range(ev_span_sub(out->point, 1, curve->width)) ||
	    !in_range(ev_span_sub(out->point, 1 + curve->width, curve->width)))
		ev_fail(r->err, EV_VALUE, r->object, "point", at,
			"an uncompressed point of the curve", "another value");
}

static void read_rsa(struct ev_reader *r, struct au_ssh_key *out)
{
	uint64_t at;

	out->exponent = au_ssh_read_mpint(r, "exponent");
	at = ev_reader_offset(r);
	out->modulus = au_ssh_read_mpint(r, "modulus");
	if (ev_reader_ok(r) && n_bits(out->modulus) < RSA_BITS_MIN)
		ev_fail_u64(r->err, EV_VALUE, r->object, "modulus", at,
			    RSA_BITS_MIN, n_bits(out->modulus));
}

static void (*const readers[])(struct ev_reader *r, struct au_ssh_key *out) = {
	[AU_SSH_ED25519] = read_ed25519,
	[AU_SSH_ECDSA] = read_ecdsa,
	[AU_SSH_RSA] = read_rsa,
};

void au_ssh_key_read(struct ev_reader *r, const struct au_ssh_key_type *type,
		     struct au_ssh_key *out)
{
	*out = (struct au_ssh_key){ .type = type };
	readers[type->family](r, out);
	if (type->token)
		out->application = au_ssh_read_text(r, "application");
}

bool au_ssh_key_eq(const struct au_ssh_key *a, const struct au_ssh_key *b)
{
	return a->type == b->type && ev_span_eq(a->point, b->point) &&
	       ev_span_eq(a->exponent, b->exponent) &&
	       ev_span_eq(a->modulus, b->modulus) &&
	       ev_span_eq(a->application, b->application);
}

void au_ssh_key_put(struct ev_buffer *out, const struct au_ssh_key *key)
{
	au_ssh_put_string(out, ev_span_str(key->type->name));
	if (key->type->curve != NULL)
		au_ssh_put_string(out, ev_span_str(key->type->curve));
	if (key->type->family == AU_SSH_RSA) {
		au_ssh_put_mpint(out, key->exponent);
		au_ssh_put_mpint(out, key->modulus);
	} else {
		au_ssh_put_string(out, key->point);
	}
	if (key->type->token)
		au_ssh_put_string(out, key->application);
}

bool au_ssh_key_fingerprint(struct ev_crypto *crypto,
			    const struct au_ssh_key *key,
			    char out[AU_SSH_FINGERPRINT])
{
	ev_auto_buffer struct ev_buffer blob = { 0 };
	uint8_t digest[32];
	char text[48];

	au_ssh_key_put(&blob, key);
	if (!ev_buffer_ok(&blob) ||
	    !ev_digest(crypto, EV_SHA256, ev_buffer_span(&blob), digest))
		return false;
	ev_base64_encode(EV_SPAN(digest), text);
	/* ssh-keygen -l leaves the padding out: 32 bytes have one "=". */
	text[strcspn(text, "=")] = '\0';
	snprintf(out, AU_SSH_FINGERPRINT, "SHA256:%s", text);
	return true;
}
