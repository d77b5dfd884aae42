/* SPDX-License-Identifier: Apache-2.0 */
/* CRLs of Intel's profile, in the three spellings they travel in. */
#include "evidence/crl.h"

#include "evidence/base/hex.h"
#include "evidence/extension.h"
#include "evidence/limits.h"
#include "evidence/x500_name.h"

#include <stdlib.h>

static const char *const object = "crl";

/* ecdsa-with-SHA256, no parameters (RFC 5758 3.2). */
static const uint8_t ECDSA_SHA256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48,
					0xce, 0x3d, 0x04, 0x03, 0x02 };
/* id-ce extensions: RFC 5280 5.2 and 5.3. */
static const uint8_t OID_CRL_NUMBER[] = { 0x55, 0x1d, 0x14 };
static const uint8_t OID_REASON[] = { 0x55, 0x1d, 0x15 };
static const uint8_t OID_DELTA[] = { 0x55, 0x1d, 0x1b };
static const uint8_t OID_DISTRIBUTION[] = { 0x55, 0x1d, 0x1c };
static const uint8_t OID_CERTIFICATE_ISSUER[] = { 0x55, 0x1d, 0x1d };
static const uint8_t OID_AKI[] = { 0x55, 0x1d, 0x23 };

static void read_algorithm(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span found = ev_der_read(r, EV_DER_SEQUENCE, field);

	if (ev_reader_ok(r) && !ev_span_eq(found, EV_SPAN(ECDSA_SHA256)))
		ev_fail_bytes(r->err, EV_VALUE, object, field, offset,
			      "ecdsa-with-SHA256", found);
}

/* RFC 5280 5.3.1: 0 to 10 without 7. */
static int read_reason(const struct ev_extensions *list,
		       const struct ev_extension *e)
{
	struct ev_reader r = ev_extension_value(list, e);
	struct ev_span v = ev_der_read(&r, EV_DER_ENUMERATED, "reason");

	if (ev_reader_finish(&r) != EV_OK)
		return -1;
	if (v.n != 1 || v.p[0] > 10 || v.p[0] == 7) {
		ev_fail_bytes(r.err, EV_VALUE, object, "reason", e->offset,
			      "0 to 10 without 7", v);
		return -1;
	}
	return v.p[0];
}

static void read_entry_extensions(struct ev_reader *r, struct ev_crl_entry *out)
{
	struct ev_extensions list = ev_extensions_enter(r);
	struct ev_extension e;

	while (ev_extension_next(&list, &e)) {
		if (ev_span_eq(e.oid, EV_SPAN(OID_REASON)))
			out->reason = read_reason(&list, &e);
		else if (ev_span_eq(e.oid, EV_SPAN(OID_CERTIFICATE_ISSUER)))
			ev_extension_refuse(&list, &e,
					    "no entry of another issuer");
		else if (e.critical)
			ev_extension_refuse(&list, &e,
					    "no unknown critical extension");
	}
}

/* One element of revokedCertificates. */
static struct ev_crl_entry read_entry(struct ev_reader *entries)
{
	struct ev_reader r = ev_der_enter(entries, EV_DER_SEQUENCE, "entry");
	struct ev_crl_entry e = { .reason = -1 };

	e.serial = ev_der_read_serial(&r, "entry serial");
	e.revoked = ev_der_read_time(&r, "revocationDate");
	if (ev_reader_ok(&r) && r.left.n > 0)
		read_entry_extensions(&r, &e);
	ev_reader_finish(&r);
	return e;
}

static void read_entries(struct ev_reader *tbs, struct ev_crl *c)
{
	struct ev_reader entries;

	if (ev_der_peek(tbs) != EV_DER_SEQUENCE)
		return;
	entries = ev_der_enter(tbs, EV_DER_SEQUENCE, "revokedCertificates");
	c->entries = entries.left;
	while (ev_reader_ok(&entries) && entries.left.n > 0) {
		read_entry(&entries);
		c->n_entries++;
	}
}

static void read_extensions(struct ev_reader *tbs, struct ev_crl *c)
{
	struct ev_reader tagged =
		ev_der_enter(tbs, EV_DER_CONTEXT_CONSTRUCTED(0), "extensions");
	struct ev_extensions list = ev_extensions_enter(&tagged);
	struct ev_extension e;
	bool number = false;

	while (ev_extension_next(&list, &e)) {
		struct ev_reader value = ev_extension_value(&list, &e);

		if (ev_span_eq(e.oid, EV_SPAN(OID_CRL_NUMBER))) {
			c->number = ev_der_read_serial(&value, "CRL number");
			ev_reader_finish(&value);
			number = true;
		} else if (ev_span_eq(e.oid, EV_SPAN(OID_AKI))) {
			c->aki = ev_extension_aki(&list, &e);
		} else if (ev_span_eq(e.oid, EV_SPAN(OID_DELTA)) ||
			   ev_span_eq(e.oid, EV_SPAN(OID_DISTRIBUTION))) {
			ev_extension_refuse(&list, &e,
					    "no delta or partitioned CRL");
		} else if (e.critical) {
			ev_extension_refuse(&list, &e,
					    "no unknown critical extension");
		}
	}
	ev_reader_finish(&tagged);
	if (ev_reader_ok(tbs) && (!number || c->aki.n == 0))
		ev_fail(tbs->err, EV_MISSING, object, "extensions",
			ev_reader_offset(&tagged),
			"CRL number and authority key identifier",
			number ? "no authority key identifier"
			       : "no CRL number");
}

static void read_tbs(struct ev_reader *tbs, struct ev_crl *c)
{
	uint64_t offset = ev_reader_offset(tbs);
	uint64_t version = ev_der_read_uint(tbs, UINT8_MAX, "version");
	uint8_t tag;

	if (ev_reader_ok(tbs) && version != 1) /* RFC 5280 5.1.2.1: 1 is v2 */
		ev_fail_u64(tbs->err, EV_VALUE, object, "version", offset, 1,
			    version);
	read_algorithm(tbs, "signature");
	c->issuer = ev_x500_name_read(tbs, "issuer", &c->issuer_cn);
	c->this_update = ev_der_read_time(tbs, "thisUpdate");
	offset = ev_reader_offset(tbs);
	tag = ev_der_peek(tbs);
	if (ev_reader_ok(tbs) && tag != EV_DER_UTC_TIME &&
	    tag != EV_DER_GENERALIZED_TIME)
		ev_fail(tbs->err, EV_MISSING, object, "nextUpdate", offset,
			"a nextUpdate", "none");
	c->next_update = ev_der_read_time(tbs, "nextUpdate");
	if (!ev_reader_ok(tbs))
		return;
	read_entries(tbs, c);
	read_extensions(tbs, c);
	ev_reader_finish(tbs);
}

static struct ev_span read_signature(struct ev_reader *r)
{
	static const char field[] = "signatureValue";
	struct ev_reader bits = ev_der_enter(r, EV_DER_BIT_STRING, field);
	uint64_t offset = ev_reader_offset(&bits);
	uint8_t unused = ev_read_u8(&bits, field);

	if (ev_reader_ok(r) && unused != 0)
		ev_fail_u64(r->err, EV_VALUE, object, field, offset, 0, unused);
	return ev_read_rest(&bits);
}

static enum ev_code parse_der(struct ev_crl *c, struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(c->der, 0, object, err);
	struct ev_reader r = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	uint64_t offset = ev_reader_offset(&r);
	struct ev_reader whole, tbs;

	/* DER alone may have zeros behind it, which a text never has. */
	if (c->storage == NULL && ev_reader_ok(&item) &&
	    ev_span_is_zero(item.left)) {
		c->der = ev_span_of(c->der.p, c->der.n - item.left.n);
		ev_read_rest(&item);
	}
	c->tbs = ev_der_read_any(&r, "tbsCertList");
	whole = ev_reader_init(c->tbs, offset, object, err);
	tbs = ev_der_enter(&whole, EV_DER_SEQUENCE, "tbsCertList");
	read_tbs(&tbs, c);
	read_algorithm(&r, "signatureAlgorithm");
	c->signature = read_signature(&r);
	ev_reader_finish(&r);
	return ev_reader_finish(&item);
}

static bool is_white(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\r' || b == '\n';
}

/* Hex text, as a caching service serves it; white space at its end. */
static enum ev_code decode_hex(struct ev_span item, struct ev_crl *c,
			       struct ev_error *err)
{
	while (item.n > 0 && is_white(item.p[item.n - 1]))
		item.n--;
	c->storage = malloc(item.n / 2 + 1);
	if (c->storage == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (item.n % 2 != 0 || !ev_hex_decode(item, c->storage, item.n / 2))
		return ev_fail_bytes(err, EV_SYNTAX, object, "spelling", 0,
				     "DER, PEM or hex", item);
	c->der = ev_span_of(c->storage, item.n / 2);
	return EV_OK;
}

static enum ev_code decode_pem(struct ev_span item, struct ev_crl *c,
			       struct ev_error *err)
{
	struct ev_pem_list pem;
	enum ev_code code = ev_pem_list_parse(item, 0, "X509 CRL", &pem, err);

	if (code != EV_OK)
		return code;
	if (pem.n_blocks != 1) {
		code = ev_fail_u64(err, EV_VALUE, object, "PEM blocks", 0, 1,
				   pem.n_blocks);
		ev_pem_list_free(&pem);
		return code;
	}
	c->storage = pem.storage; /* now the CRL's */
	c->der = pem.block[0].der;
	return EV_OK;
}

/* A DER CRL is longer than 127 bytes, so that its second byte is at least
 * 0x80, which no character of PEM or hex is. */
static enum ev_code decode(struct ev_span item, struct ev_crl *c,
			   struct ev_error *err)
{
	if (item.n >= 2 && item.p[0] == EV_DER_SEQUENCE && item.p[1] >= 0x80) {
		c->der = item;
		return EV_OK;
	}
	if (item.n > 0 && (item.p[0] == '-' || is_white(item.p[0])))
		return decode_pem(item, c, err);
	return decode_hex(item, c, err);
}

enum ev_code ev_crl_parse(struct ev_span item, struct ev_crl *out,
			  struct ev_error *err)
{
	struct ev_crl c = { .n_entries = 0 };

	if (item.n > EV_COLLATERAL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_COLLATERAL_MAX, item.n);
	if (decode(item, &c, err) != EV_OK || parse_der(&c, err) != EV_OK) {
		ev_crl_free(&c);
		return err->code;
	}
	*out = c;
	return EV_OK;
}

bool ev_crl_hash(struct ev_crypto *crypto, struct ev_crl *crl)
{
	return ev_sha256_learn(crypto, crl->der, &crl->der_sha256) &&
	       ev_sha256_learn(crypto, crl->tbs, &crl->tbs_sha256);
}

void ev_crl_free(struct ev_crl *crl)
{
	free(crl->storage);
	*crl = (struct ev_crl){ .n_entries = 0 };
}

/* Whether the bytes stand anywhere in the entries, which is asked of the lists
 * of a fleet's machines again and again; where not, none has that serial. */
static bool may_list(const struct ev_crl *crl, struct ev_span serial)
{
	return serial.n == 0 ||
	       (crl->entries.n > 0 && memmem(crl->entries.p, crl->entries.n,
					     serial.p, serial.n) != NULL);
}

bool ev_crl_find(const struct ev_crl *crl, struct ev_span serial,
		 struct ev_crl_entry *out)
{
	struct ev_error err = { EV_OK };
	struct ev_reader entries =
		ev_reader_init(crl->entries, 0, object, &err);

	while (serial.n > 0 && serial.p[0] == 0)
		serial = ev_span_sub(serial, 1, serial.n - 1);
	if (!may_list(crl, serial))
		return false;
	while (ev_reader_ok(&entries) && entries.left.n > 0) {
		struct ev_crl_entry e = read_entry(&entries);

		if (ev_reader_ok(&entries) && ev_span_eq(e.serial, serial)) {
			*out = e;
			return true;
		}
	}
	return false;
}

enum ev_verified ev_crl_signed_by(struct ev_crypto *crypto,
				  const struct ev_crl *crl,
				  const struct ev_cert *issuer)
{
	if (!ev_span_eq(crl->issuer, issuer->subject) ||
	    !ev_span_eq(crl->aki, issuer->ski))
		return EV_VERIFIED_NO;
	if (!issuer->ca || (issuer->key_usage & EV_KEY_USAGE_CRL_SIGN) == 0)
		return EV_VERIFIED_NO;
	return ev_cert_key_signed(crypto, issuer, crl->tbs, &crl->tbs_sha256,
				  crl->signature);
}
