/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Candidates: the closed set of rules, hashed together as long as they make
 * the same of each operation, so that what they share is hashed once and a
 * rule that changes nothing is dropped.
 */
#include "audit/image/measuring.h"
#include "audit/image/td_hob.h"

#include <stdlib.h>

#define RULES_MAX 32

/* All rules of a launch, the default first, and what each came to. */
struct search {
	const struct au_launch *launch;
	struct ev_crypto *crypto;
	struct au_rule rule[RULES_MAX];
	uint8_t value[RULES_MAX][AU_VALUE_MAX];
	bool kept[RULES_MAX];
	size_t n;
};

static void offer(struct search *s, struct au_rule rule)
{
	assert(s->n < RULES_MAX);
	s->rule[s->n++] = rule;
}

static void offer_orders(struct search *s, bool aug_skips)
{
	for (int beyond = 0; beyond < 2; beyond++) {
		for (int two_pass = 0; two_pass < 2; two_pass++)
			offer(s,
			      (struct au_rule){ .two_pass = two_pass != 0,
						.aug_skips = aug_skips,
						.file_beyond = beyond != 0 });
	}
}

/* 256 MiB: firmware has 3, and each of a dozen shapes hashes them all. */
static const uint64_t WHOLE_PAGES_MAX = UINT64_C(1) << 16;

/* Google's hypervisor before its correction: everything is measured, and the
 * hand-off block is really there. */
static void offer_hobs(struct search *s)
{
	if (s->launch->pages > WHOLE_PAGES_MAX)
		return;
	for (size_t i = 0; i < 2 * au_n_shapes; i++) {
		const struct au_shape *shape = &au_shapes[i % au_n_shapes];

		if (au_td_hob_fits(s->launch, shape))
			offer(s, (struct au_rule){ .measure_all = true,
						   .hob = shape,
						   .early_accept =
							   i >= au_n_shapes });
	}
}

static void offer_rules(struct search *s, bool all)
{
	switch (s->launch->reg->platform) {
	case AU_TDX:
		offer_orders(s, true);
		if (all) {
			offer_orders(s, false);
			offer_hobs(s);
		}
		break;
	case AU_SNP:
		for (int i = 0; i < (all ? 4 : 1); i++)
			offer(s,
			      (struct au_rule){ .native_zero = (i & 1) != 0,
						.insert_first = (i & 2) != 0 });
		break;
	case AU_VBS:
		offer(s, (struct au_rule){ 0 });
		break;
	}
}

/* Moves those of the rules that make the same of op as the first to the
 * front, in order; their number. */
static size_t partition(const struct search *s, const struct au_operation *op,
			size_t *which, size_t n)
{
	size_t other[RULES_MAX], same = 0, n_other = 0;

	for (size_t i = 0; i < n; i++) {
		if (i == 0 ||
		    au_measuring_alike(s->launch, op, &s->rule[which[0]],
				       &s->rule[which[i]]))
			which[same++] = which[i];
		else
			other[n_other++] = which[i];
	}
	memcpy(which + same, other, n_other * sizeof(*other));
	return same;
}

/* From operation number i on: m is where all n rules are.  Each split costs
 * one level, of which there are fewer than rules. */
static bool measure_from(struct search *s, struct au_measuring *m, size_t i,
			 size_t *which, size_t n)
{
	for (; i < s->launch->n; i++) {
		const struct au_operation *op = &s->launch->op[i];
		size_t same = n > 1 ? partition(s, op, which, n) : n;
		struct au_measuring fork;
		bool ok;

		if (same < n) {
			if (!au_measuring_copy(m, &fork))
				return false;
			ok = measure_from(s, &fork, i, which + same, n - same);
			au_measuring_free(&fork);
			if (!ok)
				return false;
			n = same;
		}
		if (!au_measuring_add(m, op, &s->rule[which[0]]))
			return false;
	}
	s->kept[which[0]] = true;
	return au_measuring_finish(m, s->value[which[0]]);
}

static bool measure(struct search *s)
{
	size_t which[RULES_MAX];
	struct au_measuring m;
	bool ok;

	for (size_t i = 0; i < s->n; i++)
		which[i] = i;
	if (!au_measuring_begin(s->launch, s->crypto, &m))
		return false;
	ok = measure_from(s, &m, 0, which, s->n);
	au_measuring_free(&m);
	return ok;
}

static bool append(const struct search *s, struct au_candidates *out)
{
	struct au_candidate *more =
		realloc(out->item, (out->n + s->n) * sizeof(*out->item));

	if (more == NULL)
		return false;
	out->item = more;
	for (size_t i = 0; i < s->n; i++) {
		struct au_candidate *c = &out->item[out->n];

		if (!s->kept[i])
			continue;
		*c = (struct au_candidate){ .launch = s->launch,
					    .rule = s->rule[i],
					    .is_default = i == 0 };
		memcpy(c->value, s->value[i], sizeof(c->value));
		out->n++;
	}
	return true;
}

enum ev_code au_candidates_add(const struct au_launch *launch, bool all,
			       struct ev_crypto *crypto,
			       struct au_candidates *out, struct ev_error *err)
{
	struct search s = { .launch = launch, .crypto = crypto };

	if (launch->reg == NULL)
		return EV_OK;
	offer_rules(&s, all);
	if (!measure(&s) || !append(&s, out))
		return ev_fail_trouble(err, "launch",
				       "memory or libcrypto failed");
	return EV_OK;
}

void au_candidates_free(struct au_candidates *list)
{
	free(list->item);
	*list = (struct au_candidates){ 0 };
}
