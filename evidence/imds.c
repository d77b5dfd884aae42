/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's attested document: the layers around its JSON. */
#include "evidence/imds.h"

#include "evidence/base/base64.h"
#include "evidence/base/json.h"
#include "evidence/limits.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>

#include <stdlib.h>

static const char object[] = "imds";

static enum ev_code refuse(struct ev_error *err, const char *field,
			   const char *want, const char *found)
{
	return ev_fail(err, EV_SYNTAX, object, field, 0, want, found);
}

/* A member that is text, without its quotes, where it stands. */
static enum ev_code text_member(struct ev_span json, const char *name,
				struct ev_span *out, struct ev_error *err)
{
	struct ev_span value;

	if (!ev_json_member(json, name, &value))
		return ev_fail(err, EV_MISSING, object, name, 0,
			       "an object with it, once", "none");
	if (value.p[0] != '"')
		return refuse(err, name, "a string", "another value");
	*out = ev_span_sub(value, 1, value.n - 2);
	return EV_OK;
}

static enum ev_code import(struct ev_span der, PKCS7 **out,
			   struct ev_error *err)
{
	const unsigned char *p = der.p;
	PKCS7 *cms = d2i_PKCS7(NULL, &p, (long)der.n);

	if (cms == NULL) {
		if (ev_crypto_answer(0) == EV_VERIFIED_TROUBLE)
			return ev_fail_trouble(err, object, "memory");
		return refuse(err, "signature", "CMS SignedData",
			      "what libcrypto does not read");
	}
	ERR_clear_error();
	*out = cms;
	if (p != der.p + der.n)
		return ev_fail(err, EV_TRAILING, object, "signature", 0,
			       "one SignedData", "more");
	return EV_OK;
}

/* The content inside, borrowed from cms; false where it has none. */
static bool find_content(const PKCS7 *cms, struct ev_span *out)
{
	const PKCS7 *inner;

	if (!PKCS7_type_is_signed(cms) || cms->d.sign == NULL)
		return false;
	inner = cms->d.sign->contents;
	if (inner == NULL || OBJ_obj2nid(inner->type) != NID_pkcs7_data ||
	    inner->d.data == NULL)
		return false;
	*out = ev_span_of(ASN1_STRING_get0_data(inner->d.data),
			  (size_t)ASN1_STRING_length(inner->d.data));
	return true;
}

/* text: base64 as the member says it, escapes undone. */
static enum ev_code open_signature(struct ev_span text, struct ev_imds *m,
				   struct ev_error *err)
{
	ev_auto_free uint8_t *der = NULL;
	size_t n = 0;

	der = malloc(ev_base64_decoded_max(text.n));
	if (der == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (!ev_base64_decode(EV_BASE64_STD, text, der, &n))
		return refuse(err, "signature", "base64", "another text");
	if (import(ev_span_of(der, n), &m->cms, err) != EV_OK)
		return err->code;
	if (!find_content(m->cms, &m->content))
		return refuse(err, "signature", "SignedData over data",
			      "another content");
	return text_member(m->content, "nonce", &m->nonce, err);
}

static enum ev_code parse(const json_t *body, struct ev_imds *m,
			  struct ev_error *err)
{
	struct ev_span encoding, text;

	if (!json_is_object(body))
		return refuse(err, "text", "an object",
			      ev_json_type_word(body));
	if (ev_json_get_str(body, object, "encoding", &encoding, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(encoding, EV_SPAN_LITERAL("pkcs7")))
		return ev_fail_text(err, EV_VALUE, object, "encoding", 0,
				    "pkcs7", encoding);
	if (ev_json_get_str(body, object, "signature", &text, err) != EV_OK ||
	    text_member(m->item, "signature", &m->signature, err) != EV_OK)
		return err->code;
	return open_signature(text, m, err);
}

enum ev_code ev_imds_parse(struct ev_span item, struct ev_imds *out,
			   struct ev_error *err)
{
	ev_auto_json json_t *body = NULL;
	struct ev_imds m = { .item = item };

	if (ev_json_parse(item, EV_COLLATERAL_MAX, object, &body, err) != EV_OK)
		return err->code;
	if (parse(body, &m, err) != EV_OK) {
		ev_imds_free(&m);
		return err->code;
	}
	*out = m;
	return EV_OK;
}

void ev_imds_free(struct ev_imds *imds)
{
	PKCS7_free(imds->cms);
	*imds = (struct ev_imds){ .cms = NULL };
}
