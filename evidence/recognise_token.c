/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens are told apart by the service that their payload names. */
#include "evidence/recognise.h"

#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"
#include "evidence/limits.h"
#include "evidence/token_issuer.h"

/* The text between the first two dots; false where there are fewer. */
static bool payload_text(struct ev_span item, struct ev_span *out)
{
	const uint8_t *first = item.n > 0 ? memchr(item.p, '.', item.n) : NULL;
	const uint8_t *end = item.p + item.n, *second;

	if (first == NULL || first == item.p)
		return false;
	second = memchr(first + 1, '.', (size_t)(end - first - 1));
	if (second == NULL)
		return false;
	*out = ev_span_of(first + 1, (size_t)(second - first - 1));
	return true;
}

static bool names(struct ev_span item, enum ev_token_issuer issuer)
{
	ev_auto_free uint8_t *decoded = NULL;
	struct ev_span text, iss;
	size_t n = 0;

	if (item.n > EV_COLLATERAL_MAX || !payload_text(item, &text))
		return false;
	decoded = malloc(ev_base64_decoded_max(text.n) + 1);
	if (decoded == NULL ||
	    !ev_base64_decode(EV_BASE64_ANY, text, decoded, &n) ||
	    !ev_json_member(ev_span_of(decoded, n), "iss", &iss) ||
	    iss.p[0] != '"')
		return false;
	return ev_token_issuer_of(ev_span_sub(iss, 1, iss.n - 2)) == issuer;
}

bool ev_is_maa_token(struct ev_span item)
{
	return names(item, EV_ISSUER_MAA);
}

bool ev_is_ita_token(struct ev_span item)
{
	return names(item, EV_ISSUER_ITA);
}

bool ev_is_google_token(struct ev_span item)
{
	return names(item, EV_ISSUER_GOOGLE);
}
