/* SPDX-License-Identifier: Apache-2.0 */
/* CMS SignedData: where its parts stand, and whether a key signed it. */
#include "evidence/cms.h"

#include "evidence/base/der.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

static const char object[] = "cms";

/* RFC 5652, 5.1: 1.2.840.113549.1.7.2. */
static const uint8_t signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
				       0x0d, 0x01, 0x07, 0x02 };

/* Digests, and the signature algorithms that stand for them (azure page 8). */
static const struct {
	uint8_t oid[9]; /* all are 9 long */
	const char *digest;
	bool misnamed;
} digests[] = {
	{ { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 },
	  "SHA-256",
	  false },
	{ { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 },
	  "SHA-384",
	  false },
	{ { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 },
	  "SHA-512",
	  false },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b },
	  "SHA-256",
	  true },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c },
	  "SHA-384",
	  true },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d },
	  "SHA-512",
	  true },
};

/* AlgorithmIdentifier; parameters are libcrypto's to judge. */
static struct ev_span read_algorithm(struct ev_reader *in, const char *field)
{
	struct ev_reader r = ev_der_enter(in, EV_DER_SEQUENCE, field);
	struct ev_span oid = ev_der_read_oid(&r, field);

	if (ev_reader_ok(&r) && r.left.n > 0)
		ev_der_read_any(&r, field);
	ev_reader_finish(&r);
	return oid;
}

static void read_content(struct ev_reader *in, struct ev_cms *m)
{
	struct ev_reader r =
		ev_der_enter(in, EV_DER_SEQUENCE, "encapContentInfo");
	struct ev_reader inner;

	m->content_type = ev_der_read_oid(&r, "eContentType");
	inner = ev_der_enter(&r, EV_DER_CONTEXT_CONSTRUCTED(0), "eContent");
	m->content = ev_der_read(&inner, EV_DER_OCTET_STRING, "eContent");
	ev_reader_finish(&inner);
	ev_reader_finish(&r);
}

/* Attribute certificates and the like are passed over. */
static void read_certs(struct ev_reader *in, struct ev_cms *m)
{
	struct ev_reader r;

	if (ev_der_peek(in) != EV_DER_CONTEXT_CONSTRUCTED(0))
		return;
	r = ev_der_enter(in, EV_DER_CONTEXT_CONSTRUCTED(0), "certificates");
	while (ev_reader_ok(&r) && r.left.n > 0) {
		uint64_t offset = ev_reader_offset(&r);
		bool is_cert = ev_der_peek(&r) == EV_DER_SEQUENCE;
		struct ev_span der = ev_der_read_any(&r, "certificate");

		if (!ev_reader_ok(&r) || !is_cert)
			continue;
		if (m->n_certs == EV_CMS_CERTS_MAX)
			ev_fail_u64(r.err, EV_LIMIT, object, "certificates",
				    offset, EV_CMS_CERTS_MAX, m->n_certs + 1);
		else
			m->cert[m->n_certs++] = der;
	}
}

static void read_identifier(struct ev_reader *in, struct ev_cms *m)
{
	struct ev_reader r =
		ev_der_enter(in, EV_DER_SEQUENCE, "issuerAndSerialNumber");

	m->issuer = ev_der_read_any(&r, "issuer");
	m->serial = ev_der_read_serial(&r, "serial number");
	ev_reader_finish(&r);
}

static void read_signer(struct ev_reader *in, struct ev_cms *m)
{
	struct ev_reader r = ev_der_enter(in, EV_DER_SEQUENCE, "signerInfo");

	ev_der_read_uint(&r, UINT8_MAX, "signerInfo.version");
	read_identifier(&r, m);
	m->digest_algorithm = read_algorithm(&r, "digestAlgorithm");
	if (ev_der_peek(&r) == EV_DER_CONTEXT_CONSTRUCTED(0))
		m->signed_attributes = ev_der_read_any(&r, "signedAttrs");
	m->signature_algorithm = read_algorithm(&r, "signatureAlgorithm");
	m->signature = ev_der_read(&r, EV_DER_OCTET_STRING, "signature");
	if (ev_der_peek(&r) == EV_DER_CONTEXT_CONSTRUCTED(1))
		ev_der_read_any(&r, "unsignedAttrs");
	ev_reader_finish(&r);
}

static void read_signers(struct ev_reader *in, struct ev_cms *m)
{
	uint64_t offset = ev_reader_offset(in);
	struct ev_reader r = ev_der_enter(in, EV_DER_SET, "signerInfos");

	if (ev_reader_ok(&r) && r.left.n == 0)
		ev_fail(r.err, EV_MISSING, object, "signerInfos", offset,
			"one signer", "none");
	read_signer(&r, m);
	if (ev_reader_ok(&r) && r.left.n > 0)
		ev_fail(r.err, EV_VALUE, object, "signerInfos", offset,
			"one signer", "several");
}

static void read_signed_data(struct ev_reader *in, struct ev_cms *m)
{
	struct ev_reader r = ev_der_enter(in, EV_DER_SEQUENCE, "SignedData");

	ev_der_read_uint(&r, UINT8_MAX, "version");
	ev_der_read(&r, EV_DER_SET, "digestAlgorithms");
	read_content(&r, m);
	read_certs(&r, m);
	if (ev_der_peek(&r) == EV_DER_CONTEXT_CONSTRUCTED(1))
		ev_der_read_any(&r, "crls");
	read_signers(&r, m);
	ev_reader_finish(&r);
}

/* Whether a certificate has that issuer and serial; what cannot be read that
 * far is none. */
static bool is_of(struct ev_span der, const struct ev_cms *m)
{
	struct ev_error none = { 0 };
	struct ev_reader item = ev_reader_init(der, 0, object, &none);
	struct ev_reader cert = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs = ev_der_enter(&cert, EV_DER_SEQUENCE, object);
	struct ev_span serial, issuer;

	if (ev_der_peek(&tbs) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(&tbs, "version");
	serial = ev_der_read_serial(&tbs, "serial number");
	ev_der_read_any(&tbs, "signature");
	issuer = ev_der_read_any(&tbs, "issuer");
	return ev_reader_ok(&tbs) && ev_span_eq(serial, m->serial) &&
	       ev_span_eq(issuer, m->issuer);
}

static void find_signer(struct ev_cms *m)
{
	m->signer = -1;
	for (size_t i = 0; m->signer < 0 && i < m->n_certs; i++)
		if (is_of(m->cert[i], m))
			m->signer = (int)i;
}

enum ev_code ev_cms_parse(struct ev_span message, uint64_t base,
			  struct ev_cms *out, struct ev_error *err)
{
	struct ev_reader whole = ev_reader_init(message, base, object, err);
	struct ev_reader r = ev_der_enter(&whole, EV_DER_SEQUENCE, object);
	uint64_t offset = ev_reader_offset(&r);
	struct ev_span type = ev_der_read(&r, EV_DER_OID, "contentType");
	struct ev_cms m = { .message = message };
	struct ev_reader inner;

	if (ev_reader_ok(&r) && !ev_span_eq(type, EV_SPAN(signed_data)))
		return ev_fail_bytes(err, EV_VALUE, object, "contentType",
				     offset, "that of SignedData", type);
	inner = ev_der_enter(&r, EV_DER_CONTEXT_CONSTRUCTED(0), "content");
	read_signed_data(&inner, &m);
	ev_reader_finish(&inner);
	ev_reader_finish(&r);
	if (ev_reader_finish(&whole) != EV_OK)
		return err->code;
	find_signer(&m);
	*out = m;
	return EV_OK;
}

const char *ev_cms_digest(const struct ev_cms *cms, bool *misnamed)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		if (!ev_span_eq(cms->digest_algorithm, EV_SPAN(digests[i].oid)))
			continue;
		if (misnamed != NULL)
			*misnamed = digests[i].misnamed;
		return digests[i].digest;
	}
	return NULL;
}

/* In our library context, without which libcrypto would fetch algorithms from
 * the machine's.  NULL: it does not read the message, or memory ran out. */
static PKCS7 *import(struct ev_crypto *crypto, struct ev_span der)
{
	const unsigned char *p = der.p;
	PKCS7 *message = PKCS7_new_ex(ev_crypto_libctx(crypto), NULL);

	if (message == NULL || d2i_PKCS7(&message, &p, (long)der.n) == NULL)
		return NULL;
	return message;
}

enum ev_verified ev_cms_verify(struct ev_crypto *crypto,
			       const struct ev_cms *cms,
			       const struct ev_x509 *signer)
{
	/* One certificate, ours; no path is asked for, so no store either. */
	const int flags = PKCS7_NOINTERN | PKCS7_NOVERIFY | PKCS7_BINARY;
	STACK_OF(X509) *certs = sk_X509_new_null();
	PKCS7 *message = import(crypto, cms->message);
	enum ev_verified answer = EV_VERIFIED_TROUBLE;

	if (certs == NULL || sk_X509_push(certs, signer->x509) <= 0)
		ERR_clear_error();
	else if (message == NULL || !PKCS7_type_is_signed(message))
		answer = ev_crypto_answer(0);
	else
		answer = ev_crypto_answer(
			PKCS7_verify(message, certs, NULL, NULL, NULL, flags));
	ev_crypto_count(crypto);
	PKCS7_free(message);
	sk_X509_free(certs);
	return answer;
}
