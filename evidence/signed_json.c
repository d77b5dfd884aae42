/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of Intel's collateral: an object and the signature over it. */
#include "evidence/tcb_info.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_scan.h"
#include "evidence/limits.h"
#include "evidence/signed_json.h"

#define SIGNATURE_DIGITS 128

/* Whether text is one JSON value and nothing else; *n_values counts it and
 * what is in it. */
static bool scan(struct ev_span text, struct ev_json_scan *s)
{
	*s = (struct ev_json_scan){ .text = text, .integers_only = true };
	if (!ev_json_scan_value(s))
		return false;
	if (ev_json_scan_space(s)) {
		s->code = EV_TRAILING;
		s->field = "end";
		s->want = "nothing behind the object";
		return false;
	}
	return true;
}

static enum ev_code parse_signature(struct ev_span value, uint64_t offset,
				    const char *object,
				    struct ev_signed_json *out,
				    struct ev_error *err)
{
	struct ev_span hex;

	if (value.n != SIGNATURE_DIGITS + 2 || value.p[0] != '"')
		return ev_fail_text(err, EV_SYNTAX, object, "signature", offset,
				    "a string of 128 hex digits", value);
	hex = ev_span_sub(value, 1, SIGNATURE_DIGITS);
	if (!ev_hex_decode(hex, out->signature, sizeof(out->signature)))
		return ev_fail_text(err, EV_SYNTAX, object, "signature", offset,
				    "a string of 128 hex digits", value);
	out->signature_hex = hex;
	return EV_OK;
}

enum ev_code ev_signed_json_parse(struct ev_span item, const char *inner,
				  const char *object,
				  struct ev_signed_json *out,
				  struct ev_error *err)
{
	struct ev_signed_json s = { 0 };
	struct ev_json_scan whole, body, rest;
	struct ev_span value;

	if (item.n > EV_COLLATERAL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_COLLATERAL_MAX, item.n);
	if (!scan(item, &whole))
		return ev_fail(err, whole.code, object, whole.field, whole.at,
			       whole.want, "other text");
	if (!ev_json_member(item, inner, &s.slice))
		return ev_fail(err, EV_MISSING, object, inner, 0,
			       "the member once", "none, or several");
	if (!ev_json_member(item, "signature", &value))
		return ev_fail(err, EV_MISSING, object, "signature", 0,
			       "the member once", "none, or several");
	/* The object itself and each value in it are counted once, so another
	 * member, however it is spelled, shows in the sum. */
	if (!scan(s.slice, &body) || !scan(value, &rest) ||
	    whole.n_values != 1 + body.n_values + rest.n_values)
		return ev_fail(err, EV_VALUE, object, "members", 0,
			       "the signed object and signature alone",
			       "another member");
	if (s.slice.p[0] != '{')
		return ev_fail(err, EV_SYNTAX, object, inner,
			       (uint64_t)(s.slice.p - item.p), "an object",
			       "another value");
	if (parse_signature(value, (uint64_t)(value.p - item.p), object, &s,
			    err) != EV_OK)
		return err->code;
	*out = s;
	return EV_OK;
}

enum ev_code ev_signed_json_load(const struct ev_signed_json *envelope,
				 struct ev_span item, const char *object,
				 json_t **out, struct ev_error *err)
{
	bool fresh = err->code == EV_OK;

	if (ev_json_parse(envelope->slice, EV_COLLATERAL_MAX, object, out,
			  err) != EV_OK &&
	    fresh)
		err->offset += (uint64_t)(envelope->slice.p - item.p);
	return err->code;
}
