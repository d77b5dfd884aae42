/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons and reasons of a finding. */
#include "replay/checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void clear(struct rp_finding *f)
{
	free(f->want);
	free(f->got);
	*f = (struct rp_finding){ 0 };
}

static void comparisons_record_both_sides(void **state)
{
	struct rp_finding f = { 0 };

	(void)state;
	assert_int_equal(rp_expect(&f, EV_SPAN_LITERAL("\x01\xab"),
				   EV_SPAN_LITERAL("\x01\xab")),
			 RP_PASS);
	assert_int_equal(rp_expect(&f, EV_SPAN_LITERAL("\x01\xab"),
				   EV_SPAN_LITERAL("\x01")),
			 RP_FAIL);
	assert_string_equal(f.want, "01ab");
	assert_string_equal(f.got, "01");
	assert_int_equal(rp_expect(&f, (struct ev_span){ NULL, 0 },
				   (struct ev_span){ NULL, 0 }),
			 RP_PASS);
	assert_string_equal(f.want, "");
	assert_int_equal(rp_expect_text(&f, "a", "a"), RP_PASS);
	assert_int_equal(rp_expect_text(&f, "a", "ab"), RP_FAIL);
	assert_string_equal(f.got, "ab");
	assert_int_equal(rp_expect_u64(&f, UINT64_MAX, 0), RP_FAIL);
	assert_string_equal(f.want, "18446744073709551615");
	assert_false(f.no_memory);
	clear(&f);
}

static void a_reason_is_cut_to_its_room(void **state)
{
	char text[2 * RP_REASON_MAX];
	struct rp_finding f = { .applies = true };

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(rp_fail(&f, "word: %s", text), RP_FAIL);
	assert_int_equal(strlen(f.reason), RP_REASON_MAX - 1);
	assert_int_equal(rp_skip(&f, "absent: %d", 1), RP_SKIP);
	assert_string_equal(f.reason, "absent: 1");
	assert_int_equal(rp_not_applicable(&f, "why"), RP_SKIP);
	assert_string_equal(f.reason, "not-applicable: why");
	assert_false(f.applies);
}

static void a_refusal_becomes_want_and_got(void **state)
{
	struct rp_finding f = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	ev_fail_u64(&err, EV_VALUE, "quote.header", "tee_type", 4, 129, 130);
	assert_int_equal(rp_refused(&f, "QUOTE_MALFORMED", &err), RP_FAIL);
	assert_string_equal(f.want, "129");
	assert_string_equal(f.got, "130");
	assert_string_equal(f.reason,
			    "QUOTE_MALFORMED: quote.header: tee_type at "
			    "byte 4: want 129, found 130");
	err = (struct ev_error){ 0 };
	ev_fail_trouble(&err, "x", "out of memory");
	assert_int_equal(rp_refused(&f, "X", &err), RP_TROUBLE);
	clear(&f);
}

static void a_signature_has_three_answers(void **state)
{
	struct rp_finding f = { 0 };

	(void)state;
	assert_int_equal(rp_signature(&f, EV_VERIFIED_YES, "X", "y"), RP_PASS);
	assert_int_equal(rp_signature(&f, EV_VERIFIED_NO, "X", "y"), RP_FAIL);
	assert_string_equal(f.reason, "X: y");
	assert_int_equal(rp_signature(&f, EV_VERIFIED_TROUBLE, "X", "y"),
			 RP_TROUBLE);
}

static void an_empty_part_has_no_address(void **state)
{
	static const uint8_t item[4];
	struct rp_finding f = { 0 };

	(void)state;
	rp_input_part(&f, "i", EV_SPAN(item), ev_span_of(item + 1, 3));
	rp_input_part(&f, "i", EV_SPAN(item), (struct ev_span){ NULL, 0 });
	assert_int_equal(f.n_inputs, 2);
	assert_int_equal(f.input[0].offset, 1);
	assert_int_equal(f.input[0].length, 3);
	assert_int_equal(f.input[1].offset, 0);
	assert_int_equal(f.input[1].length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons_record_both_sides),
		cmocka_unit_test(a_reason_is_cut_to_its_room),
		cmocka_unit_test(a_refusal_becomes_want_and_got),
		cmocka_unit_test(a_signature_has_three_answers),
		cmocka_unit_test(an_empty_part_has_no_address),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
