/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: three parts, decoded strictly. */
#include "evidence/jwt.h"

#include "evidence/base/base64.h"
#include "evidence/base/json.h"
#include "evidence/base/json_scan.h"
#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "jwt";

/* The text up to the next dot, which is taken off too. */
static bool next_part(struct ev_span *left, struct ev_span *out)
{
	const uint8_t *dot = left->n > 0 ? memchr(left->p, '.', left->n) : NULL;
	size_t n = dot != NULL ? (size_t)(dot - left->p) : left->n;

	*out = ev_span_sub(*left, 0, n);
	*left = ev_span_sub(*left, n, left->n - n);
	if (dot == NULL)
		return false;
	*left = ev_span_sub(*left, 1, left->n - 1);
	return true;
}

static enum ev_code split(struct ev_jwt *t, struct ev_error *err)
{
	struct ev_span left = t->item;
	bool three = next_part(&left, &t->header_text) &&
		     next_part(&left, &t->payload_text) &&
		     !next_part(&left, &t->signature_text);

	if (!three || t->header_text.n == 0 || t->payload_text.n == 0 ||
	    t->signature_text.n == 0)
		return ev_fail(err, EV_SYNTAX, object, "parts", 0,
			       "three parts with dots between them",
			       "another text");
	return EV_OK;
}

static bool is_object(struct ev_span text)
{
	struct ev_json_scan s = { .text = text };

	return ev_json_scan_space(&s) && text.p[s.at] == '{' &&
	       ev_json_scan_value(&s) && !ev_json_scan_space(&s);
}

/* Decodes a part to `to`; what is there is JSON where json is not NULL. */
static enum ev_code decode(const struct ev_jwt *t, struct ev_span text,
			   const char *field, uint8_t *to, struct ev_span *json,
			   struct ev_error *err)
{
	uint64_t at = (uint64_t)(text.p - t->item.p);
	size_t n = 0;

	if (!ev_base64_decode(EV_BASE64_URL, text, to, &n))
		return ev_fail(err, EV_SYNTAX, object, field, at,
			       "base64url in its one spelling", "another text");
	if (json == NULL)
		return EV_OK;
	*json = ev_span_of(to, n);
	if (!is_object(*json))
		return ev_fail(err, EV_SYNTAX, object, field, at,
			       "a JSON object", "another text");
	return EV_OK;
}

static enum ev_code decode_parts(struct ev_jwt *t, struct ev_error *err)
{
	size_t payload_at = ev_base64_decoded_max(t->header_text.n);
	size_t signature_at =
		payload_at + ev_base64_decoded_max(t->payload_text.n);

	t->storage = malloc(signature_at +
			    ev_base64_decoded_max(t->signature_text.n));
	if (t->storage == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (decode(t, t->header_text, "header", t->storage, &t->header, err) !=
		    EV_OK ||
	    decode(t, t->payload_text, "payload", t->storage + payload_at,
		   &t->payload, err) != EV_OK)
		return err->code;
	return decode(t, t->signature_text, "signature",
		      t->storage + signature_at, NULL, err);
}

enum ev_code ev_jwt_parse(struct ev_span item, struct ev_jwt *out,
			  struct ev_error *err)
{
	struct ev_jwt t = { .item = item };

	if (item.n > EV_COLLATERAL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_COLLATERAL_MAX, item.n);
	if (split(&t, err) != EV_OK)
		return err->code;
	if (decode_parts(&t, err) != EV_OK) {
		ev_jwt_free(&t);
		return err->code;
	}
	*out = t;
	return EV_OK;
}

void ev_jwt_free(struct ev_jwt *jwt)
{
	free(jwt->storage);
	*jwt = (struct ev_jwt){ .storage = NULL };
}

bool ev_jwt_text(const struct ev_jwt *jwt, const char *const *path,
		 struct ev_span *out)
{
	struct ev_span value = jwt->payload;

	for (; *path != NULL; path++)
		if (!ev_json_member(value, *path, &value))
			return false;
	if (value.p[0] != '"')
		return false;
	*out = ev_span_sub(value, 1, value.n - 2);
	return true;
}
