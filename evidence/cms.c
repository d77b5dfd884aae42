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

/* RFC 5652, 11.1 and 11.2: 1.2.840.113549.1.9.3 and .4; 4: 1.7.1. */
static const uint8_t id_content_type[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
					   0x0d, 0x01, 0x09, 0x03 };
static const uint8_t id_message_digest[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
					     0x0d, 0x01, 0x09, 0x04 };
static const uint8_t id_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
				   0x0d, 0x01, 0x07, 0x01 };

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

/* What a version tells of: attribute certificates and those of other formats
 * (RFC 5652, 10.2.2), which are passed over. */
static uint64_t version_of_choice(uint8_t tag)
{
	switch (tag) {
	case EV_DER_CONTEXT_CONSTRUCTED(1):
		return 3;
	case EV_DER_CONTEXT_CONSTRUCTED(2):
		return 4;
	case EV_DER_CONTEXT_CONSTRUCTED(3):
		return 5;
	default:
		return 1;
	}
}

static void raise_to(uint64_t *version, uint64_t least)
{
	if (*version < least)
		*version = least;
}

static void read_certs(struct ev_reader *in, struct ev_cms *m,
		       uint64_t *version)
{
	struct ev_reader r;

	if (ev_der_peek(in) != EV_DER_CONTEXT_CONSTRUCTED(0))
		return;
	r = ev_der_enter(in, EV_DER_CONTEXT_CONSTRUCTED(0), "certificates");
	while (ev_reader_ok(&r) && r.left.n > 0) {
		uint64_t offset = ev_reader_offset(&r);
		uint8_t tag = ev_der_peek(&r);
		bool is_cert = tag == EV_DER_SEQUENCE;
		struct ev_span der = ev_der_read_any(&r, "certificate");

		raise_to(version, version_of_choice(tag));
		if (!ev_reader_ok(&r) || !is_cert)
			continue;
		if (m->n_certs == EV_CMS_CERTS_MAX)
			ev_fail_u64(r.err, EV_LIMIT, object, "certificates",
				    offset, EV_CMS_CERTS_MAX, m->n_certs + 1);
		else
			m->cert[m->n_certs++] = der;
	}
}

static void read_crls(struct ev_reader *in, uint64_t *version)
{
	struct ev_reader r;

	if (ev_der_peek(in) != EV_DER_CONTEXT_CONSTRUCTED(1))
		return;
	r = ev_der_enter(in, EV_DER_CONTEXT_CONSTRUCTED(1), "crls");
	while (ev_reader_ok(&r) && r.left.n > 0) {
		if (ev_der_peek(&r) != EV_DER_SEQUENCE)
			raise_to(version, 5);
		ev_der_read_any(&r, "crl");
	}
}

/* RFC 5652, 5.1 and 5.3: what else is in the message tells them. */
static void expect_version(struct ev_reader *r, const char *field,
			   uint64_t offset, uint64_t want, uint64_t version)
{
	if (ev_reader_ok(r) && version != want)
		ev_fail_u64(r->err, EV_VALUE, object, field, offset, want,
			    version);
}

static void read_identifier(struct ev_reader *in, struct ev_cms *m)
{
	struct ev_reader r =
		ev_der_enter(in, EV_DER_SEQUENCE, "issuerAndSerialNumber");

	m->issuer = ev_der_read_any(&r, "issuer");
	m->serial = ev_der_read_serial(&r, "serial number");
	ev_reader_finish(&r);
}

/* One of the attributes that must be there once, with one value; its type is
 * moved over. */
static void read_single(struct ev_reader *attribute, bool *seen,
			const char *field, uint8_t tag, struct ev_span *out)
{
	uint64_t offset = ev_reader_offset(attribute);
	struct ev_reader values = ev_der_enter(attribute, EV_DER_SET, field);

	*out = ev_der_read(&values, tag, field);
	ev_reader_finish(&values);
	if (*seen)
		ev_fail(attribute->err, EV_DUPLICATE, object, field, offset,
			"it once", "it twice");
	*seen = true;
}

/* The two attributes that must be there (RFC 5652, 5.3). */
struct attributes {
	bool typed, digested;
	struct ev_span type, digest;
};

static void read_attribute(struct ev_reader *list, struct attributes *a)
{
	struct ev_reader r = ev_der_enter(list, EV_DER_SEQUENCE, "attribute");
	struct ev_span oid = ev_der_read_oid(&r, "attribute");

	if (ev_span_eq(oid, EV_SPAN(id_content_type)))
		read_single(&r, &a->typed, "content-type", EV_DER_OID,
			    &a->type);
	else if (ev_span_eq(oid, EV_SPAN(id_message_digest)))
		read_single(&r, &a->digested, "message-digest",
			    EV_DER_OCTET_STRING, &a->digest);
	else
		ev_der_read(&r, EV_DER_SET, "attribute");
	ev_reader_finish(&r);
}

/* Whether the digest is the content's is libcrypto's to say. */
static void read_attributes(struct ev_reader *in, struct ev_cms *m)
{
	uint8_t tag = EV_DER_CONTEXT_CONSTRUCTED(0);
	struct ev_reader again = *in;
	struct ev_reader list = ev_der_enter(in, tag, "signedAttrs");
	uint64_t offset = ev_reader_offset(&list);
	struct attributes a = { .typed = false };

	m->signed_attributes = ev_der_read_any(&again, "signedAttrs");
	while (ev_reader_ok(&list) && list.left.n > 0)
		read_attribute(&list, &a);
	if (!ev_reader_ok(&list))
		return;
	if (!a.typed)
		ev_fail(list.err, EV_MISSING, object, "signedAttrs", offset,
			"content-type", "none");
	else if (!a.digested)
		ev_fail(list.err, EV_MISSING, object, "signedAttrs", offset,
			"message-digest", "none");
	else if (!ev_span_eq(a.type, m->content_type))
		ev_fail_bytes(list.err, EV_VALUE, object, "content-type",
			      offset, "that of the content", a.type);
}

/* Signed attributes may be left out over plain data alone. */
static void read_optional_attributes(struct ev_reader *in, struct ev_cms *m)
{
	if (ev_der_peek(in) == EV_DER_CONTEXT_CONSTRUCTED(0))
		read_attributes(in, m);
	else if (ev_reader_ok(in) &&
		 !ev_span_eq(m->content_type, EV_SPAN(id_data)))
		ev_fail(in->err, EV_MISSING, object, "signedAttrs",
			ev_reader_offset(in),
			"them, for a content that is no plain data", "none");
}

static void read_signer(struct ev_reader *in, struct ev_cms *m)
{
	struct ev_reader r = ev_der_enter(in, EV_DER_SEQUENCE, "signerInfo");
	uint64_t offset = ev_reader_offset(&r), version;

	/* 5.3: 3 is for one that is named by its key. */
	version = ev_der_read_uint(&r, UINT8_MAX, "signerInfo.version");
	expect_version(&r, "signerInfo.version", offset, 1, version);
	read_identifier(&r, m);
	m->digest_algorithm = read_algorithm(&r, "digestAlgorithm");
	read_optional_attributes(&r, m);
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

	uint64_t offset = ev_reader_offset(&r), want = 1;
	uint64_t version = ev_der_read_uint(&r, UINT8_MAX, "version");

	ev_der_read(&r, EV_DER_SET, "digestAlgorithms");
	read_content(&r, m);
	if (!ev_span_eq(m->content_type, EV_SPAN(id_data)))
		want = 3;
	read_certs(&r, m, &want);
	read_crls(&r, &want);
	expect_version(&r, "version", offset, want, version);
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
