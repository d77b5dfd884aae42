/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate of a general PKI (path.h): our reading beside libcrypto's. */
#include "evidence/path.h"

#include "evidence/base/der.h"
#include "evidence/base/hex.h"
#include "evidence/base/sig.h"
#include "evidence/base/time.h"
#include "evidence/name.h"
#include "evidence/purpose.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdio.h>

static const char *const object = "x509";

/* Unlike Intel's profile: GeneralizedTime before 2050 occurs and is taken. */
static int64_t read_time(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in;
	int64_t t = 0;
	bool ok;

	if (ev_der_peek(r) == EV_DER_GENERALIZED_TIME) {
		in = ev_der_read(r, EV_DER_GENERALIZED_TIME, field);
		ok = ev_time_parse_generalized(in, &t);
	} else {
		in = ev_der_read(r, EV_DER_UTC_TIME, field);
		ok = ev_time_parse_utctime(in, &t);
	}
	if (ev_reader_ok(r) && !ok)
		ev_fail_bytes(r->err, EV_SYNTAX, object, field, offset,
			      "a time as RFC 5280 spells it", in);
	return t;
}

static struct ev_span read_name(struct ev_reader *r, const char *field,
				char out[EV_NAME_TEXT])
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span name = ev_der_read_any(r, field);

	if (ev_reader_ok(r) && !ev_name_format(name, out))
		ev_fail_bytes(r->err, EV_SYNTAX, object, field, offset,
			      "a DER Name", name);
	return name;
}

static void read_serial(struct ev_reader *r, char out[66])
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span serial = ev_der_read_serial(r, "serial number");

	if (serial.n > 32)
		ev_fail_u64(r->err, EV_LIMIT, object, "serial number", offset,
			    32, serial.n);
	else
		ev_hex_encode(serial.n > 0 ? serial : EV_SPAN_LITERAL("\0"),
			      out);
}

/* The fields in front of the extensions; libcrypto looks at the rest. */
static void read_fields(struct ev_span der, uint64_t base, struct ev_x509 *c,
			struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(der, base, object, err);
	struct ev_reader r = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs =
		ev_der_enter(&r, EV_DER_SEQUENCE, "tbsCertificate");
	struct ev_span issuer, subject;
	struct ev_reader validity;

	if (ev_der_peek(&tbs) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(&tbs, "version");
	read_serial(&tbs, c->serial);
	ev_der_read(&tbs, EV_DER_SEQUENCE, "signature");
	issuer = read_name(&tbs, "issuer", c->issuer);
	validity = ev_der_enter(&tbs, EV_DER_SEQUENCE, "validity");
	c->not_before = read_time(&validity, "notBefore");
	c->not_after = read_time(&validity, "notAfter");
	ev_reader_finish(&validity);
	subject = read_name(&tbs, "subject", c->subject);
	c->spki = ev_der_read_any(&tbs, "public key");
	c->self_issued = ev_span_eq(issuer, subject);
	if (ev_reader_ok(&tbs))
		ev_purpose_read(tbs.left, c);
}

static enum ev_code import(struct ev_crypto *crypto, uint64_t base,
			   struct ev_x509 *c, struct ev_error *err)
{
	const unsigned char *p = c->der.p;
	X509 *x509 = X509_new_ex(ev_crypto_libctx(crypto), NULL);

	if (x509 == NULL) {
		ERR_clear_error();
		return ev_fail_trouble(err, object, "memory");
	}
	if (d2i_X509(&x509, &p, (long)c->der.n) == NULL) {
		if (ev_crypto_answer(0) == EV_VERIFIED_TROUBLE)
			return ev_fail_trouble(err, object, "memory");
		return ev_fail(err, EV_SYNTAX, object, "certificate", base,
			       "a certificate that libcrypto reads", "none");
	}
	if (p != c->der.p + c->der.n) {
		X509_free(x509);
		return ev_fail(err, EV_TRAILING, object, "certificate", base,
			       "one certificate", "more");
	}
	c->x509 = x509;
	snprintf(c->signature_algorithm, sizeof(c->signature_algorithm), "%s",
		 OBJ_nid2ln(X509_get_signature_nid(x509)));
	return EV_OK;
}

enum ev_code ev_x509_parse(struct ev_crypto *crypto, struct ev_span item,
			   uint64_t base, struct ev_x509 *out,
			   struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, base, object, err);
	struct ev_x509 c = { .der = ev_der_read_any(&r, "certificate") };
	struct ev_span padding = r.left;

	if (!ev_reader_ok(&r))
		return err->code;
	c.der_size = c.der.n;
	if (!ev_span_is_zero(padding))
		return ev_fail_bytes(err, EV_TRAILING, object, "padding",
				     ev_reader_offset(&r), "zeros", padding);
	read_fields(c.der, base, &c, err);
	if (err->code != EV_OK)
		return err->code;
	c.key = ev_public_key_of_spki(c.spki);
	if (import(crypto, base, &c, err) != EV_OK)
		return err->code;
	*out = c;
	return EV_OK;
}

bool ev_x509_spki(struct ev_span der, struct ev_span *spki)
{
	struct ev_error err = { EV_OK };
	struct ev_reader item = ev_reader_init(der, 0, object, &err);
	struct ev_reader r = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs =
		ev_der_enter(&r, EV_DER_SEQUENCE, "tbsCertificate");
	static const char *const before[] = { "serial number", "signature",
					      "issuer", "validity", "subject" };
	struct ev_span found;

	if (ev_der_peek(&tbs) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(&tbs, "version");
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		ev_der_read_any(&tbs, before[i]);
	found = ev_der_read_any(&tbs, "public key");
	if (!ev_reader_ok(&tbs) || ev_reader_finish(&item) != EV_OK)
		return false;
	*spki = found;
	return true;
}

enum ev_verified ev_x509_signed_by(const struct ev_x509 *cert,
				   const struct ev_x509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer->x509);

	return ev_crypto_answer(key != NULL ? X509_verify(cert->x509, key) : 0);
}

enum ev_verified ev_x509_signed_by_key(struct ev_crypto *crypto,
				       const struct ev_x509 *cert,
				       struct ev_span spki)
{
	const unsigned char *p = spki.p;
	EVP_PKEY *key = d2i_PUBKEY_ex(NULL, &p, (long)spki.n,
				      ev_crypto_libctx(crypto), NULL);
	bool whole = key != NULL && p == spki.p + spki.n;
	enum ev_verified v =
		ev_crypto_answer(whole ? X509_verify(cert->x509, key) : 0);

	EVP_PKEY_free(key);
	return v;
}

void ev_x509_free(struct ev_x509 *cert)
{
	X509_free(cert->x509);
	*cert = (struct ev_x509){ .x509 = NULL };
}
