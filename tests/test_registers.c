/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of firmware's logs: where they start, what extends them, what is
 * remarked. */
#include "replay/registers.h"

#include "tests/log_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ACTION	  UINT32_C(0x80000007)
#define NO_ACTION UINT32_C(3)
#define NOTHING	  ((struct ev_span){ 0 })

struct replayed {
	struct rp_registers r;
	struct rp_remarks remarks;
};

static struct replayed *replay(struct log_sample *s, enum rp_register_set set)
{
	static struct replayed p;
	struct ev_error err = { 0 };
	struct ev_tcg_log log;

	p = (struct replayed){ .remarks = { .n = 0 } };
	assert_int_equal(ev_tcg_log_open(ev_buffer_span(&s->log), &log, &err),
			 EV_OK);
	assert_true(
		rp_registers_replay(s->crypto, &log, set, &p.r, &p.remarks));
	log_free(s);
	return &p;
}

/* What one digest of text makes of a register of this byte and last byte. */
static void extended(struct ev_crypto *crypto, enum ev_digest_alg alg, int fill,
		     uint8_t last, const char *text, uint8_t *out)
{
	uint8_t digest[EV_DIGEST_MAX];
	size_t n = ev_digest_size(alg);

	memset(out, fill, EV_DIGEST_MAX);
	if (fill == 0)
		out[n - 1] = last;
	assert_true(ev_digest(crypto, alg, ev_span_str(text), digest));
	assert_true(
		rp_register_extend(crypto, alg, out, ev_span_of(digest, n)));
}

static void assert_register(struct ev_crypto *crypto, const struct rp_bank *b,
			    unsigned int n, uint8_t last, const char *text)
{
	uint8_t want[EV_DIGEST_MAX];

	extended(crypto, b->alg, 0, last, text, want);
	assert_memory_equal(b->reg[n].value, want, ev_digest_size(b->alg));
}

static void banks_are_extended_by_their_own_digests(void **state)
{
	struct log_sample s;
	struct replayed *p;

	log_begin(&s, *state, true);
	log_action(&s, 5, "x");
	p = replay(&s, RP_PCRS);
	assert_int_equal(p->r.n_banks, 2);
	for (size_t i = 0; i < 2; i++)
		assert_register(*state, &p->r.bank[i], 5, 0, "x");
	assert_int_equal(p->r.bank[1].reg[5].n_extends, 1);
	assert_false(p->r.bank[1].reg[6].touched);
	assert_int_equal(p->remarks.n, 0);
}

static void pcr_0_starts_with_the_locality(void **state)
{
	static const struct {
		bool agile, extended_before, hcrtm;
		int locality, second; /* -1: none */
		uint8_t last;
		const char *remark;
	} cases[] = {
		{ true, false, false, 3, -1, 3, NULL },
		{ false, false, false, 3, -1, 3, NULL },
		{ true, false, false, 0, -1, 0, NULL },
		{ true, false, false, 4, -1, 4, NULL },
		{ true, false, false, 200, -1, 0, "bad-locality" },
		{ true, true, false, 3, -1, 0, "late-locality" },
		{ true, false, false, 3, 4, 3, "second-locality" },
		{ true, false, true, -1, -1, 4, NULL },
		{ true, false, true, 3, -1, 3, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct log_sample s;
		struct replayed *p;

		log_begin(&s, *state, cases[i].agile);
		if (cases[i].extended_before)
			log_action(&s, 0, "x");
		if (cases[i].locality >= 0)
			log_locality(&s, (uint8_t)cases[i].locality);
		if (cases[i].second >= 0)
			log_locality(&s, (uint8_t)cases[i].second);
		if (cases[i].hcrtm)
			log_event(&s, 0, EV_TCG_EFI_HCRTM, ev_span_str("x"),
				  ev_span_str("HCRTM"));
		else if (!cases[i].extended_before)
			log_action(&s, 0, "x");
		p = replay(&s, RP_PCRS);
		assert_register(*state, &p->r.bank[0], 0, cases[i].last, "x");
		assert_int_equal(p->remarks.n, cases[i].remark != NULL);
		if (cases[i].remark != NULL)
			assert_string_equal(p->remarks.first[0].word,
					    cases[i].remark);
	}
}

static void a_locality_alone_is_a_value(void **state)
{
	struct log_sample s;
	struct replayed *p;

	log_begin(&s, *state, false);
	log_locality(&s, 3);
	p = replay(&s, RP_PCRS);
	assert_true(p->r.bank[0].reg[0].touched);
	assert_int_equal(p->r.bank[0].reg[0].value[19], 3);
	assert_int_equal(p->r.bank[0].reg[0].n_extends, 0);
}

static void dynamic_registers_start_anew(void **state)
{
	uint8_t ones[EV_DIGEST_MAX];
	struct log_sample s;
	struct replayed *p;

	memset(ones, 0xff, sizeof(ones));
	log_begin(&s, *state, true);
	log_action(&s, 16, "x");
	p = replay(&s, RP_PCRS);
	assert_memory_equal(p->r.bank[1].reg[17].value, ones, 32);
	assert_memory_equal(p->r.bank[1].reg[22].value, ones, 32);
	log_begin(&s, *state, true);
	log_action(&s, 17, "x");
	p = replay(&s, RP_PCRS);
	assert_register(*state, &p->r.bank[1], 17, 0, "x");
	assert_true(
		ev_span_is_zero(ev_span_of(p->r.bank[1].reg[18].value, 32)));
}

static void what_is_not_extended_is_remarked(void **state)
{
	static const struct {
		enum rp_register_set set;
		uint32_t index, type;
		bool digest;
		const char *word;
	} cases[] = {
		{ RP_PCRS, 7, NO_ACTION, false, NULL },
		{ RP_PCRS, 7, NO_ACTION, true, "no-action-digest" },
		{ RP_PCRS, EV_TCG_NOWHERE, NO_ACTION, true, NULL },
		{ RP_PCRS, EV_TCG_NOWHERE, ACTION, true, "extends-nowhere" },
		{ RP_PCRS, 24, ACTION, true, "index-out-of-range" },
		{ RP_PCRS, 24, NO_ACTION, false, "index-out-of-range" },
		{ RP_MRS, 0, NO_ACTION, false, NULL },
		{ RP_MRS, 0, ACTION, true, "extends-mrtd" },
		{ RP_MRS, 5, ACTION, true, "index-out-of-range" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct log_sample s;
		struct replayed *p;

		log_begin(&s, *state, true);
		log_event(&s, cases[i].index, cases[i].type,
			  cases[i].digest ? ev_span_str("x") : NOTHING,
			  ev_span_str("x"));
		p = replay(&s, cases[i].set);
		for (size_t k = 0; k < RP_REGISTERS_MAX; k++)
			assert_int_equal(p->r.bank[1].reg[k].n_extends, 0);
		assert_int_equal(p->remarks.n, cases[i].word != NULL);
		if (cases[i].word == NULL)
			continue;
		assert_string_equal(p->remarks.first[0].word, cases[i].word);
		assert_int_equal(p->remarks.first[0].entry, 1);
		assert_int_equal(p->remarks.first[0].offset, 69);
	}
}

static void a_missing_digest_leaves_no_value(void **state)
{
	struct log_sample s;
	struct replayed *p;

	log_begin(&s, *state, true);
	s.without_sha1 = true;
	log_action(&s, 12, "x");
	s.without_sha1 = false;
	log_action(&s, 13, "y");
	p = replay(&s, RP_PCRS);
	assert_true(p->r.bank[0].reg[12].incomplete);
	assert_false(p->r.bank[0].reg[13].incomplete);
	assert_false(p->r.bank[1].reg[12].incomplete);
	assert_register(*state, &p->r.bank[1], 12, 0, "x");
	assert_string_equal(p->remarks.first[0].word, "digest-missing");
}

static void separators_are_counted_by_register(void **state)
{
	struct log_sample s;
	struct replayed *p;

	log_begin(&s, *state, true);
	for (uint32_t i = 0; i < 3; i++)
		log_event(&s, 7, EV_TCG_SEPARATOR, ev_span_str("x"),
			  ev_span_str("x"));
	log_event(&s, 6, EV_TCG_SEPARATOR, ev_span_str("x"), ev_span_str("x"));
	p = replay(&s, RP_PCRS);
	assert_int_equal(p->remarks.n, 1);
	assert_string_equal(p->remarks.first[0].word, "duplicate-separator");
	assert_int_equal(p->remarks.first[0].entry, 2);
}

static void remarks_are_bounded_and_counted(void **state)
{
	struct log_sample s;
	struct replayed *p;

	log_begin(&s, *state, true);
	for (int i = 0; i < 100; i++)
		log_action(&s, 24, "x");
	p = replay(&s, RP_PCRS);
	assert_int_equal(p->remarks.n, 100);
	assert_int_equal(p->remarks.first[RP_REMARKS_MAX - 1].entry, 64);
}

static void registers_have_the_names_of_their_set(void **state)
{
	char name[RP_REGISTER_NAME];

	(void)state;
	rp_register_name(RP_PCRS, 17, name);
	assert_string_equal(name, "pcr17");
	rp_register_name(RP_MRS, 0, name);
	assert_string_equal(name, "mrtd");
	rp_register_name(RP_MRS, 4, name);
	assert_string_equal(name, "rtmr3");
}

static int setup(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int teardown(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(banks_are_extended_by_their_own_digests),
		cmocka_unit_test(pcr_0_starts_with_the_locality),
		cmocka_unit_test(a_locality_alone_is_a_value),
		cmocka_unit_test(dynamic_registers_start_anew),
		cmocka_unit_test(what_is_not_extended_is_remarked),
		cmocka_unit_test(a_missing_digest_leaves_no_value),
		cmocka_unit_test(separators_are_counted_by_register),
		cmocka_unit_test(remarks_are_bounded_and_counted),
		cmocka_unit_test(registers_have_the_names_of_their_set),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
