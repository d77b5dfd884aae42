/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of Intel's collateral: an object and the signature over it. */
#include "evidence/tcb_info.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_scan.h"
#include "evidence/limits.h"
#include "evidence/signed_json.h"

#define SIGNATURE_DIGITS 128

/* The two members, and nothing beside or behind them. */
static bool are_both(struct ev_span item, const char *inner,
		     struct ev_span *slice, struct ev_span *signature)
{
	const char *const names[] = { inner, "signature" };
	struct ev_span values[2];
	struct ev_json_scan behind = { .text = item };
	struct ev_json_extent extent;

	if (!ev_json_members(item, names, values, 2, &extent))
		return false;
	behind.at = extent.end;
	if (extent.n_members != 2 || values[0].p == NULL ||
	    values[1].p == NULL || ev_json_scan_space(&behind))
		return false;
	*slice = values[0];
	*signature = values[1];
	return true;
}

/* Whether text is one JSON value and nothing else. */
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

/* Why they are not: what is wrong with the text goes first. */
static enum ev_code refuse(struct ev_span item, const char *inner,
			   const char *object, struct ev_error *err)
{
	struct ev_json_scan whole;
	struct ev_span value;

	if (!scan(item, &whole))
		return ev_fail(err, whole.code, object, whole.field, whole.at,
			       whole.want, "other text");
	if (!ev_json_member(item, inner, &value))
		return ev_fail(err, EV_MISSING, object, inner, 0,
			       "the member once", "none, or several");
	if (!ev_json_member(item, "signature", &value))
		return ev_fail(err, EV_MISSING, object, "signature", 0,
			       "the member once", "none, or several");
	return ev_fail(err, EV_VALUE, object, "members", 0,
		       "the signed object and signature alone",
		       "another member");
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
	struct ev_span value;

	if (item.n > EV_COLLATERAL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_COLLATERAL_MAX, item.n);
	if (!are_both(item, inner, &s.slice, &value))
		return refuse(item, inner, object, err);
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
