/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of Intel's profile, read by ourselves. */
#include "evidence/cert.h"

#include "evidence/base/ecdsa.h"
#include "evidence/extension.h"
#include "evidence/known_cas.h"
#include "evidence/x500_name.h"

#include <stdio.h>

static const char *const object = "certificate";

/* Positions in the table of extensions that the profile knows. */
enum known {
	KNOWN_AKI,
	KNOWN_SKI,
	KNOWN_KEY_USAGE,
	KNOWN_BASIC,
	KNOWN_CRL_POINTS,
	KNOWN_SGX,
	N_KNOWN,
};

/* id-ce is 2.5.29; the last row is 1.2.840.113741.1.13.1. */
static const struct {
	const char *name;
	uint8_t oid[10];
	uint8_t oid_size;
	bool required;
} known_extensions[N_KNOWN] = {
	[KNOWN_AKI] = { "authority key identifier",
			{ 0x55, 0x1d, 0x23 },
			3,
			true },
	[KNOWN_SKI] = { "subject key identifier",
			{ 0x55, 0x1d, 0x0e },
			3,
			true },
	[KNOWN_KEY_USAGE] = { "key usage", { 0x55, 0x1d, 0x0f }, 3, true },
	[KNOWN_BASIC] = { "basic constraints", { 0x55, 0x1d, 0x13 }, 3, true },
	[KNOWN_CRL_POINTS] = { "CRL distribution points",
			       { 0x55, 0x1d, 0x1f },
			       3,
			       true },
	[KNOWN_SGX] = { "SGX extension",
			{ 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d,
			  0x01 },
			9,
			false },
};

/* ecdsa-with-SHA256, no parameters (RFC 5758 3.2). */
static const uint8_t ECDSA_SHA256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48,
					0xce, 0x3d, 0x04, 0x03, 0x02 };
/* id-ecPublicKey on prime256v1 (RFC 5480 2.1.1). */
static const uint8_t P256_ALGORITHM[] = {
	0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
	0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
};

static void want_bytes(struct ev_reader *r, const char *field, uint64_t offset,
		       const char *want, struct ev_span value,
		       struct ev_span found)
{
	if (ev_reader_ok(r) && !ev_span_eq(value, found))
		ev_fail_bytes(r->err, EV_VALUE, object, field, offset, want,
			      found);
}

static void read_algorithm(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span found = ev_der_read(r, EV_DER_SEQUENCE, field);

	want_bytes(r, field, offset, "ecdsa-with-SHA256", EV_SPAN(ECDSA_SHA256),
		   found);
}

/* A whole BIT STRING of octets. */
static struct ev_span read_octet_bits(struct ev_reader *r, const char *field)
{
	struct ev_reader bits = ev_der_enter(r, EV_DER_BIT_STRING, field);
	uint64_t offset = ev_reader_offset(&bits);
	uint8_t unused = ev_read_u8(&bits, field);

	if (ev_reader_ok(r) && unused != 0)
		ev_fail_u64(r->err, EV_VALUE, object, field, offset, 0, unused);
	return ev_read_rest(&bits);
}

static void read_spki(struct ev_reader *r, struct ev_cert *c)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_reader whole, info;
	struct ev_span algorithm, key;

	c->spki = ev_der_read_any(r, "public key");
	whole = ev_reader_init(c->spki, offset, object, r->err);
	info = ev_der_enter(&whole, EV_DER_SEQUENCE, "public key");
	algorithm = ev_der_read(&info, EV_DER_SEQUENCE, "key algorithm");
	want_bytes(r, "key algorithm", offset, "id-ecPublicKey on prime256v1",
		   EV_SPAN(P256_ALGORITHM), algorithm);
	key = read_octet_bits(&info, "public key");
	if (ev_reader_finish(&info) != EV_OK)
		return;
	if (key.n != 1 + EV_P256_POINT || key.p[0] != 0x04) {
		ev_fail_bytes(r->err, EV_VALUE, object, "public key", offset,
			      "an uncompressed point", key);
		return;
	}
	memcpy(c->key, key.p + 1, EV_P256_POINT);
}

/* RFC 5280 4.2.1.3: a named bit list, so no zero bits at its end. */
static void read_key_usage(struct ev_reader *r, struct ev_cert *c)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span bits = ev_der_read(r, EV_DER_BIT_STRING, "key usage");
	uint8_t last;

	if (!ev_reader_ok(r))
		return;
	if (bits.n < 2 || bits.n > 3 || bits.p[0] > 7 ||
	    (bits.n == 3 && bits.p[0] != 7)) {
		ev_fail_bytes(r->err, EV_SYNTAX, object, "key usage", offset,
			      "1 to 9 named bits", bits);
		return;
	}
	last = bits.p[bits.n - 1];
	if ((last & ((1u << bits.p[0]) - 1)) != 0 ||
	    (last >> bits.p[0] & 1) == 0) {
		ev_fail_bytes(r->err, EV_SYNTAX, object, "key usage", offset,
			      "no zero bits at the end", bits);
		return;
	}
	for (unsigned int i = 0; i < 8 * (unsigned int)(bits.n - 1); i++)
		if ((bits.p[1 + i / 8] & 0x80u >> i % 8) != 0)
			c->key_usage |= 1u << i;
}

/* RFC 5280 4.2.1.9. */
static void read_basic(struct ev_reader *outer, struct ev_cert *c)
{
	struct ev_reader r =
		ev_der_enter(outer, EV_DER_SEQUENCE, "basic constraints");
	uint64_t offset = ev_reader_offset(&r);

	if (ev_der_peek(&r) == EV_DER_BOOLEAN) {
		c->ca = ev_der_read_bool(&r, "cA");
		if (ev_reader_ok(&r) && !c->ca)
			ev_fail(r.err, EV_SYNTAX, object, "cA", offset,
				"TRUE or absent", "FALSE");
	}
	if (c->ca && r.left.n > 0)
		c->path_len =
			(int)ev_der_read_uint(&r, 255, "pathLenConstraint");
	ev_reader_finish(&r);
}

/* RFC 5280 4.2.1.13, in the form of Intel's certificates: one point, whose full
 * name is one URI. */
static void read_crl_points(struct ev_reader *outer, struct ev_cert *c)
{
	static const char field[] = "CRL distribution points";
	struct ev_reader points = ev_der_enter(outer, EV_DER_SEQUENCE, field);
	struct ev_reader point = ev_der_enter(&points, EV_DER_SEQUENCE, field);
	struct ev_reader name =
		ev_der_enter(&point, EV_DER_CONTEXT_CONSTRUCTED(0), field);
	struct ev_reader full =
		ev_der_enter(&name, EV_DER_CONTEXT_CONSTRUCTED(0), field);

	c->crl_uri = ev_der_read(&full, EV_DER_CONTEXT(6), field);
	ev_reader_finish(&full);
	ev_reader_finish(&name);
	ev_reader_finish(&point);
	ev_reader_finish(&points);
}

static void read_known(const struct ev_extensions *list, enum known which,
		       const struct ev_extension *e, struct ev_cert *c)
{
	struct ev_reader r = ev_extension_value(list, e);
	const char *name = known_extensions[which].name;

	switch (which) {
	case KNOWN_AKI:
		c->aki = ev_extension_aki(list, e);
		return;
	case KNOWN_SKI:
		c->ski = ev_der_read(&r, EV_DER_OCTET_STRING, name);
		break;
	case KNOWN_KEY_USAGE:
		read_key_usage(&r, c);
		break;
	case KNOWN_BASIC:
		read_basic(&r, c);
		break;
	case KNOWN_CRL_POINTS:
		read_crl_points(&r, c);
		break;
	case KNOWN_SGX:
		c->sgx_extension = e->value;
		return;
	case N_KNOWN:
		break;
	}
	ev_reader_finish(&r);
}

static enum known find_known(struct ev_span oid)
{
	size_t i;

	for (i = 0; i < N_KNOWN; i++)
		if (ev_span_eq(oid, ev_span_of(known_extensions[i].oid,
					       known_extensions[i].oid_size)))
			break;
	return (enum known)i;
}

/* r stands before the [3] of TBSCertificate. */
static void read_extensions(struct ev_reader *r, struct ev_cert *c)
{
	struct ev_reader tagged =
		ev_der_enter(r, EV_DER_CONTEXT_CONSTRUCTED(3), "extensions");
	struct ev_extensions list = ev_extensions_enter(&tagged);
	bool seen[N_KNOWN + 1] = { false };
	struct ev_extension e;

	while (ev_extension_next(&list, &e)) {
		enum known which = find_known(e.oid);

		if (which != N_KNOWN)
			read_known(&list, which, &e, c);
		else if (e.critical)
			ev_extension_refuse(&list, &e,
					    "no unknown critical extension");
		seen[which] = true;
	}
	ev_reader_finish(&tagged);
	for (size_t i = 0; ev_reader_ok(r) && i < N_KNOWN; i++)
		if (known_extensions[i].required && !seen[i])
			ev_fail(r->err, EV_MISSING, object, "extensions",
				ev_reader_offset(&tagged),
				known_extensions[i].name, "none");
}

static void read_serial(struct ev_reader *r, struct ev_cert *c)
{
	uint64_t offset = ev_reader_offset(r);

	/* RFC 5280 4.1.2.2: positive, at most 20 octets. */
	c->serial = ev_der_read_serial(r, "serial number");
	if (ev_reader_ok(r) && (c->serial.n < 1 || c->serial.n > 20))
		ev_fail_bytes(r->err, EV_VALUE, object, "serial number", offset,
			      "1 to 20 octets", c->serial);
}

static void read_tbs(struct ev_reader *tbs, struct ev_cert *c)
{
	struct ev_reader version =
		ev_der_enter(tbs, EV_DER_CONTEXT_CONSTRUCTED(0), "version");
	struct ev_reader validity;
	struct ev_span issuer_cn = { NULL, 0 };
	uint64_t offset = ev_reader_offset(&version);
	uint64_t v = ev_der_read_uint(&version, UINT8_MAX, "version");

	ev_reader_finish(&version);
	if (ev_reader_ok(tbs) && v != 2) /* RFC 5280 4.1.2.1: 2 is v3 */
		ev_fail_u64(tbs->err, EV_VALUE, object, "version", offset, 2,
			    v);
	read_serial(tbs, c);
	read_algorithm(tbs, "signature");
	c->issuer = ev_x500_name_read(tbs, "issuer", &issuer_cn);
	validity = ev_der_enter(tbs, EV_DER_SEQUENCE, "validity");
	c->not_before = ev_der_read_time(&validity, "notBefore");
	c->not_after = ev_der_read_time(&validity, "notAfter");
	ev_reader_finish(&validity);
	c->subject = ev_x500_name_read(tbs, "subject", &c->subject_cn);
	read_spki(tbs, c);
	read_extensions(tbs, c);
	ev_reader_finish(tbs);
}

enum ev_code ev_cert_parse(struct ev_span der, uint64_t base,
			   struct ev_cert *out, struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(der, base, object, err);
	struct ev_reader r = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_cert c = { .der = der, .path_len = -1 };
	struct ev_reader whole, tbs;
	uint64_t offset = ev_reader_offset(&r);

	c.tbs = ev_der_read_any(&r, "tbsCertificate");
	whole = ev_reader_init(c.tbs, offset, object, err);
	tbs = ev_der_enter(&whole, EV_DER_SEQUENCE, "tbsCertificate");
	read_tbs(&tbs, &c);
	read_algorithm(&r, "signatureAlgorithm");
	c.signature = read_octet_bits(&r, "signatureValue");
	ev_reader_finish(&r);
	if (ev_reader_finish(&item) != EV_OK)
		return err->code;
	*out = c;
	return EV_OK;
}

enum ev_verified ev_cert_key_signed(struct ev_crypto *crypto,
				    const struct ev_cert *issuer,
				    struct ev_span tbs,
				    const struct ev_sha256 *sha256,
				    struct ev_span signature)
{
	uint8_t digest[32], raw[64];

	if (!ev_ecdsa_raw_from_der(signature, 32, raw))
		return EV_VERIFIED_NO;
	if (!ev_sha256_of(crypto, tbs, sha256, digest))
		return EV_VERIFIED_TROUBLE;
	return ev_p256_verify_hashed(crypto, issuer->key, digest, raw);
}

enum ev_verified ev_cert_signed_by(struct ev_crypto *crypto,
				   const struct ev_cert *cert,
				   const struct ev_cert *issuer)
{
	bool self_issued = ev_span_eq(cert->subject, cert->issuer);

	if (!ev_span_eq(cert->issuer, issuer->subject) ||
	    !ev_span_eq(cert->aki, issuer->ski))
		return EV_VERIFIED_NO;
	if (!issuer->ca ||
	    (issuer->key_usage & EV_KEY_USAGE_KEY_CERT_SIGN) == 0)
		return EV_VERIFIED_NO;
	if (cert->ca && !self_issued && issuer->path_len == 0)
		return EV_VERIFIED_NO;
	return ev_cert_key_signed(crypto, issuer, cert->tbs, &cert->tbs_sha256,
				  cert->signature);
}

enum ev_code ev_chain_parse_knowing(const struct ev_known_cas *known,
				    struct ev_span text, uint64_t base,
				    struct ev_chain *out, struct ev_error *err)
{
	static const char *const names[EV_CHAIN_MAX] = { "certificate 0",
							 "certificate 1",
							 "certificate 2" };
	struct ev_chain chain = { .n_certs = 0 };
	enum ev_code code;

	code = ev_pem_list_parse(text, base, "CERTIFICATE", &chain.pem, err);
	if (code != EV_OK)
		return code;
	if (chain.pem.n_blocks < 2 || chain.pem.n_blocks > EV_CHAIN_MAX) {
		char found[24];

		snprintf(found, sizeof(found), "%zu", chain.pem.n_blocks);
		code = ev_fail(err, EV_VALUE, "chain", "certificates", base,
			       "2 or 3", found);
		ev_chain_free(&chain);
		return code;
	}
	for (size_t i = 0; code == EV_OK && i < chain.pem.n_blocks; i++) {
		struct ev_span der = chain.pem.block[i].der;

		if (!ev_known_cas_find(known, der, &chain.cert[i]))
			code = ev_cert_parse(der, 0, &chain.cert[i], err);
		if (code != EV_OK)
			err->object = names[i];
	}
	if (code != EV_OK) {
		ev_chain_free(&chain);
		return code;
	}
	chain.n_certs = chain.pem.n_blocks;
	*out = chain;
	return EV_OK;
}

enum ev_code ev_chain_parse(struct ev_span text, uint64_t base,
			    struct ev_chain *out, struct ev_error *err)
{
	static const struct ev_known_cas none;

	return ev_chain_parse_knowing(&none, text, base, out, err);
}

bool ev_chain_hash(struct ev_crypto *crypto, struct ev_chain *chain)
{
	for (size_t i = 0; i < chain->n_certs; i++)
		if (!ev_sha256_learn(crypto, chain->cert[i].tbs,
				     &chain->cert[i].tbs_sha256))
			return false;
	return true;
}

void ev_chain_free(struct ev_chain *chain)
{
	ev_pem_list_free(&chain->pem);
	*chain = (struct ev_chain){ .n_certs = 0 };
}
