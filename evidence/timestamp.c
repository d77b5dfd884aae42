/* SPDX-License-Identifier: Apache-2.0 */
/* A time-stamp response or token: the wrapping around TSTInfo. */
#include "evidence/timestamp.h"

#include "evidence/limits.h"
#include "evidence/name.h"
#include "evidence/tst_info.h"

#include "evidence/base/der.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

static const char *const object = "timestamp";

/* PKIStatusInfo (RFC 3161 2.4.2): granted or granted with modifications. */
static void read_status(struct ev_reader *in)
{
	struct ev_reader r = ev_der_enter(in, EV_DER_SEQUENCE, "status");
	uint64_t offset = ev_reader_offset(&r);
	uint64_t status = ev_der_read_uint(&r, UINT8_MAX, "status");

	if (ev_reader_ok(&r) && status > 1)
		ev_fail(r.err, EV_VALUE, object, "status", offset,
			"granted (0 or 1)", "a refusal");
	while (ev_reader_ok(&r) && r.left.n > 0)
		ev_der_read_any(&r, "status text");
}

/* The token: item itself, whose first member is an OID, or the second member
 * of a response. */
static enum ev_code find_token(struct ev_span item, struct ev_span *token,
			       struct ev_error *err)
{
	struct ev_reader whole = ev_reader_init(item, 0, object, err);
	struct ev_reader r = ev_der_enter(&whole, EV_DER_SEQUENCE, object);

	if (ev_reader_finish(&whole) != EV_OK)
		return err->code;
	if (ev_der_peek(&r) == EV_DER_OID) {
		*token = item;
		return EV_OK;
	}
	read_status(&r);
	if (ev_reader_ok(&r) && r.left.n == 0)
		return ev_fail(err, EV_MISSING, object, "timeStampToken",
			       ev_reader_offset(&r), "a token", "none");
	*token = ev_der_read_any(&r, "timeStampToken");
	return ev_reader_finish(&r);
}

static enum ev_code refuse(struct ev_error *err, const char *field,
			   const char *want, const char *found)
{
	return ev_fail(err, EV_SYNTAX, object, field, 0, want, found);
}

static enum ev_code import(struct ev_span der, PKCS7 **out,
			   struct ev_error *err)
{
	const unsigned char *p = der.p;
	PKCS7 *token = d2i_PKCS7(NULL, &p, (long)der.n);

	if (token == NULL) {
		if (ev_crypto_answer(0) == EV_VERIFIED_TROUBLE)
			return ev_fail_trouble(err, object, "memory");
		return refuse(err, "timeStampToken", "CMS SignedData",
			      "what libcrypto does not read");
	}
	ERR_clear_error();
	if (p != der.p + der.n) {
		PKCS7_free(token);
		return ev_fail(err, EV_TRAILING, object, "timeStampToken", 0,
			       "one token", "more");
	}
	*out = token;
	return EV_OK;
}

/* The TSTInfo inside, borrowed from the token; false where it has none. */
static bool find_content(const PKCS7 *token, struct ev_span *out)
{
	const PKCS7 *inner;
	const ASN1_TYPE *value;

	if (token == NULL || !PKCS7_type_is_signed(token) ||
	    token->d.sign == NULL)
		return false;
	inner = token->d.sign->contents;
	if (inner == NULL ||
	    OBJ_obj2nid(inner->type) != NID_id_smime_ct_TSTInfo)
		return false;
	value = inner->d.other;
	if (value == NULL || value->type != V_ASN1_OCTET_STRING)
		return false;
	*out = ev_span_of(
		ASN1_STRING_get0_data(value->value.octet_string),
		(size_t)ASN1_STRING_length(value->value.octet_string));
	return true;
}

/* The one SignerInfo, or NULL (RFC 3161 2.4.2: no signature but the TSA's). */
static const PKCS7_SIGNER_INFO *find_signer(const PKCS7 *token)
{
	STACK_OF(PKCS7_SIGNER_INFO) *all = token->d.sign->signer_info;

	if (sk_PKCS7_SIGNER_INFO_num(all) != 1)
		return NULL;
	return sk_PKCS7_SIGNER_INFO_value(all, 0);
}

static void name_tsa(const PKCS7 *token, struct ev_timestamp *t)
{
	const PKCS7_SIGNER_INFO *signer = find_signer(token);
	STACK_OF(X509) *certs = token->d.sign->cert;
	const unsigned char *der;
	size_t n;

	for (int i = 0; i < sk_X509_num(certs); i++) {
		X509 *x509 = sk_X509_value(certs, i);

		if (X509_NAME_cmp(X509_get_issuer_name(x509),
				  signer->issuer_and_serial->issuer) != 0 ||
		    ASN1_INTEGER_cmp(X509_get0_serialNumber(x509),
				     signer->issuer_and_serial->serial) != 0)
			continue;
		if (X509_NAME_get0_der(X509_get_subject_name(x509), &der, &n) ==
		    1)
			ev_name_format(ev_span_of(der, n), t->tsa);
		return;
	}
}

/* The verifier reads TSTInfo through libcrypto: what that refuses inside the
 * parts that are not ours to judge (tsa, extensions) is malformed as well. */
static bool libcrypto_reads(PKCS7 *token)
{
	TS_TST_INFO *info = PKCS7_to_TS_TST_INFO(token);
	bool ok = info != NULL;

	TS_TST_INFO_free(info);
	return ok;
}

static enum ev_code read_token(PKCS7 *token, struct ev_timestamp *t,
			       struct ev_error *err)
{
	struct ev_span content;

	if (!find_content(token, &content))
		return refuse(err, "timeStampToken", "SignedData of a TSTInfo",
			      "another content");
	if (find_signer(token) == NULL)
		return refuse(err, "signerInfos", "one signer",
			      "none or several");
	if (ev_tst_info_parse(content, t, err) != EV_OK)
		return err->code;
	if (!libcrypto_reads(token)) {
		if (ev_crypto_answer(0) == EV_VERIFIED_TROUBLE)
			return ev_fail_trouble(err, object, "memory");
		return refuse(err, "timeStampToken", "a TSTInfo",
			      "what libcrypto does not read");
	}
	name_tsa(token, t);
	return EV_OK;
}

enum ev_code ev_timestamp_parse(struct ev_span item, struct ev_timestamp *out,
				struct ev_error *err)
{
	struct ev_timestamp t = { .item = item };
	struct ev_span der = { NULL, 0 };
	PKCS7 *token = NULL;

	if (item.n > EV_SIG_FILE_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_SIG_FILE_MAX, item.n);
	if (find_token(item, &der, err) != EV_OK ||
	    import(der, &token, err) != EV_OK)
		return err->code;
	if (read_token(token, &t, err) != EV_OK) {
		PKCS7_free(token);
		return err->code;
	}
	t.token_der = der;
	t.token = token;
	*out = t;
	return EV_OK;
}

void ev_timestamp_free(struct ev_timestamp *ts)
{
	PKCS7_free(ts->token);
	*ts = (struct ev_timestamp){ .token = NULL };
}
