/* SPDX-License-Identifier: Apache-2.0 */
/* One value out of a report's body. */
#include "replay/claim_value.h"

#include "evidence/base/hex.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t number_at(struct ev_span bytes, size_t at, size_t size)
{
	uint64_t n = 0;

	for (size_t i = size; i-- > 0;)
		n = n << 8 | bytes.p[at + i];
	return n;
}

static void set_integer(struct rp_claim_value *v, uint64_t n)
{
	assert(n <= UINT32_MAX);
	v->type = EV_NODE_INTEGER;
	v->integer = (int64_t)n;
	snprintf(v->text, sizeof(v->text), "%" PRId64, v->integer);
}

static void set_bit(struct rp_claim_value *v, enum rp_claim_form form, bool is)
{
	static const char *const words[2][2] = { { "false", "true" },
						 { "disabled", "enabled" } };

	v->type = form == RP_CLAIM_BIT ? EV_NODE_TRUTH : EV_NODE_STRING;
	v->truth = is;
	snprintf(v->text, sizeof(v->text), "%s",
		 words[form != RP_CLAIM_BIT][is]);
}

struct rp_claim_value rp_claim_value_of(const struct rp_claim_row *row,
					const struct rp_claim_bytes *body)
{
	struct rp_claim_value v = { .type = EV_NODE_STRING };
	size_t at = row->at, size = row->size;

	switch (row->form) {
	case RP_CLAIM_HEX:
		assert(2 * size < sizeof(v.text));
		ev_hex_encode(ev_span_sub(body->bytes, at, size), v.text);
		break;
	case RP_CLAIM_INTEGER:
		set_integer(&v, number_at(body->bytes, at, size));
		break;
	case RP_CLAIM_BIT:
	case RP_CLAIM_STATE:
		at += size / 8; /* the byte that the bit is in */
		set_bit(&v, row->form, body->bytes.p[at] >> size % 8 & 1);
		size = 1;
		break;
	case RP_CLAIM_WORD:
		snprintf(v.text, sizeof(v.text), "%s", row->word);
		size = body->bytes.n;
		break;
	}
	v.input = (struct rp_input){ body->item, body->offset + at, size };
	return v;
}

bool rp_claim_is_upper(struct ev_span text, const char *lower)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c >= 'A' && c <= 'F')
			c = (uint8_t)(c + ('a' - 'A'));
		if (lower[i] == '\0' || c != (uint8_t)lower[i])
			return false;
	}
	return lower[text.n] == '\0';
}

enum rp_claim_result rp_claim_value_compare(const struct rp_claim_value *v,
					    const struct ev_node *claim,
					    bool hex, const char **note)
{
	bool equal;

	*note = NULL;
	if (claim->type != v->type) {
		*note = "another type";
		return RP_CLAIM_DIFFERS;
	}
	if (v->type == EV_NODE_INTEGER)
		equal = claim->integer == v->integer;
	else if (v->type == EV_NODE_TRUTH)
		equal = claim->truth == v->truth;
	else
		equal = ev_span_eq(claim->text, ev_span_str(v->text));
	if (!equal && hex && rp_claim_is_upper(claim->text, v->text)) {
		*note = "upper case";
		equal = true;
	}
	return equal ? RP_CLAIM_EQUAL : RP_CLAIM_DIFFERS;
}
