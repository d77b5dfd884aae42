/* SPDX-License-Identifier: Apache-2.0 */
/* Telling certificates, CRLs, keys and CMS apart by their ASN.1 shape. */
#include "evidence/recognise.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/der.h"
#include "evidence/base/hex.h"
#include "evidence/base/pem.h"
#include "evidence/cert.h"
#include "evidence/limits.h"

static const char object[] = "der";

/* TBSCertificate of v3, RFC 5280 4.1: [0] version, serial, algorithm, issuer,
 * validity, subject, key. */
static bool is_tbs_cert(struct ev_reader *tbs)
{
	ev_der_enter(tbs, EV_DER_CONTEXT_CONSTRUCTED(0), "version");
	ev_der_read(tbs, EV_DER_INTEGER, "serial");
	for (int i = 0; i < 5; i++)
		ev_der_read(tbs, EV_DER_SEQUENCE, "field");
	return ev_reader_ok(tbs);
}

/* TBSCertList of v2, RFC 5280 5.1: version, algorithm, issuer, time. */
static bool is_tbs_crl(struct ev_reader *tbs)
{
	uint8_t tag;

	ev_der_read_uint(tbs, 1, "version");
	ev_der_read(tbs, EV_DER_SEQUENCE, "algorithm");
	ev_der_read(tbs, EV_DER_SEQUENCE, "issuer");
	tag = ev_der_peek(tbs);
	return ev_reader_ok(tbs) &&
	       (tag == EV_DER_UTC_TIME || tag == EV_DER_GENERALIZED_TIME);
}

/* SEQUENCE { SEQUENCE tbs, algorithm, BIT STRING }, then only zeros or, where
 * padded says no, nothing. */
static bool is_signed(struct ev_span der, bool padded,
		      bool (*is_tbs)(struct ev_reader *tbs))
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(der, 0, object, &err);
	struct ev_reader outer, tbs;

	outer = ev_der_enter(&r, EV_DER_SEQUENCE, "signed");
	tbs = ev_der_enter(&outer, EV_DER_SEQUENCE, "tbs");
	ev_der_read(&outer, EV_DER_SEQUENCE, "algorithm");
	ev_der_read(&outer, EV_DER_BIT_STRING, "signature");
	if (ev_reader_finish(&outer) != EV_OK)
		return false;
	if (padded ? !ev_span_is_zero(r.left) : r.left.n > 0)
		return false;
	return is_tbs(&tbs);
}

bool ev_is_cert_der(struct ev_span item)
{
	return is_signed(item, true, is_tbs_cert);
}

bool ev_is_crl_der(struct ev_span item)
{
	return is_signed(item, true, is_tbs_crl);
}

/* As text decodes to it: without padding. */
static bool is_crl_alone(struct ev_span der)
{
	return is_signed(der, false, is_tbs_crl);
}

/* SubjectPublicKeyInfo: SEQUENCE { SEQUENCE, BIT STRING }. */
static bool is_spki(struct ev_span der)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(der, 0, object, &err);
	struct ev_reader outer = ev_der_enter(&r, EV_DER_SEQUENCE, "key");

	ev_der_read(&outer, EV_DER_SEQUENCE, "algorithm");
	ev_der_read(&outer, EV_DER_BIT_STRING, "key");
	return ev_reader_finish(&outer) == EV_OK &&
	       ev_reader_finish(&r) == EV_OK;
}

/* ContentInfo whose type is signedData, 1.2.840.113549.1.7.2. */
bool ev_is_cms(struct ev_span item)
{
	static const uint8_t signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
					       0x0d, 0x01, 0x07, 0x02 };
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, object, &err);
	struct ev_reader outer = ev_der_enter(&r, EV_DER_SEQUENCE, "cms");
	struct ev_span type = ev_der_read(&outer, EV_DER_OID, "type");

	ev_der_read(&outer, EV_DER_CONTEXT_CONSTRUCTED(0), "content");
	return ev_reader_finish(&outer) == EV_OK &&
	       ev_reader_finish(&r) == EV_OK &&
	       ev_span_eq(type, EV_SPAN(signed_data));
}

/* PEM of that label in which every block has the shape. */
static bool is_pem(struct ev_span item, const char *label,
		   bool (*is_shape)(struct ev_span der))
{
	struct ev_error err = { 0 };
	struct ev_pem_list list;
	bool is = true;

	if (item.n > EV_COLLATERAL_MAX ||
	    ev_pem_list_parse(item, 0, label, &list, &err) != EV_OK)
		return false;
	for (size_t i = 0; i < list.n_blocks; i++)
		is = is && is_shape(list.block[i].der);
	ev_pem_list_free(&list);
	return is;
}

bool ev_is_cert_pem(struct ev_span item)
{
	return is_pem(item, "CERTIFICATE", ev_is_cert_der);
}

bool ev_is_crl_pem(struct ev_span item)
{
	return is_pem(item, "X509 CRL", is_crl_alone);
}

bool ev_is_key_pem(struct ev_span item)
{
	return is_pem(item, "PUBLIC KEY", is_spki);
}

/* One line of digits, as a PCCS sends it. */
bool ev_is_crl_hex(struct ev_span item)
{
	ev_auto_free uint8_t *der = NULL;

	if (item.n < 4 || item.n > EV_COLLATERAL_MAX ||
	    memcmp(item.p, "30", 2) != 0)
		return false;
	while (item.n > 0 &&
	       (item.p[item.n - 1] == '\n' || item.p[item.n - 1] == '\r'))
		item.n--;
	der = malloc(item.n / 2 + 1);
	return der != NULL && ev_hex_decode(item, der, item.n / 2) &&
	       is_crl_alone(ev_span_of(der, item.n / 2));
}

/* What comes in the header of a collateral response: a TCB signing
 * certificate or a PCK CA, then the root. */
bool ev_is_issuer_chain(struct ev_span item)
{
	static const char *const leaves[] = { "Intel SGX TCB Signing",
					      "Intel SGX PCK Processor CA",
					      "Intel SGX PCK Platform CA" };
	struct ev_error err = { 0 };
	struct ev_chain chain;
	bool is = false;

	if (ev_chain_parse(item, 0, &chain, &err) != EV_OK)
		return false;
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
		is = is || ev_span_eq(chain.cert[0].subject_cn,
				      ev_span_str(leaves[i]));
	is = is && chain.n_certs == 2 &&
	     ev_span_eq(chain.cert[0].issuer, chain.cert[1].subject);
	ev_chain_free(&chain);
	return is;
}
