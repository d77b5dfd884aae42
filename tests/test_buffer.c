/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/buffer. */
#include "evidence/base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void buffer_appends_in_order(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };

	(void)state;
	ev_buffer_add(&b, EV_SPAN_LITERAL("ab"));
	ev_buffer_add_str(&b, "cd");
	ev_buffer_add_byte(&b, 'e');
	ev_buffer_printf(&b, "%s-%d", "f", 7);
	ev_buffer_add(&b, ev_span_of(NULL, 0));
	assert_true(ev_buffer_ok(&b));
	assert_true(
		ev_span_eq(ev_buffer_span(&b), EV_SPAN_LITERAL("abcdef-7")));
}

static void buffer_keeps_its_bytes_while_it_grows(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		ev_buffer_add_byte(&b, (uint8_t)i);
		ev_buffer_printf(&b, "%04u", i % 10000);
	}
	assert_int_equal(b.n, 25000);
	for (size_t i = 0; i < 5000; i++) {
		assert_int_equal(b.p[5 * i], (uint8_t)i);
		assert_int_equal(b.p[5 * i + 4], '0' + i % 10);
	}
}

static void taken_text_ends_in_a_nul_and_leaves_nothing(void **state)
{
	struct ev_buffer b = { 0 };
	size_t n = 0;
	char *text;

	(void)state;
	ev_buffer_add_str(&b, "text");
	text = ev_buffer_take(&b, &n);
	assert_string_equal(text, "text");
	assert_int_equal(n, 4);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	free(text);
	text = ev_buffer_take(&b, NULL);
	assert_string_equal(text, "");
	free(text);
}

static void a_size_that_wraps_sticks_as_failure(void **state)
{
	struct ev_buffer b = { 0 };
	size_t n = 99;

	(void)state;
	ev_buffer_add_str(&b, "text");
	ev_buffer_add(&b, ev_span_of("x", SIZE_MAX));
	assert_false(ev_buffer_ok(&b));
	ev_buffer_add_str(&b, "more");
	assert_int_equal(b.n, 4);
	assert_null(ev_buffer_take(&b, &n));
	assert_int_equal(n, 99);
	assert_true(ev_buffer_ok(&b)); /* it starts anew */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffer_appends_in_order),
		cmocka_unit_test(buffer_keeps_its_bytes_while_it_grows),
		cmocka_unit_test(taken_text_ends_in_a_nul_and_leaves_nothing),
		cmocka_unit_test(a_size_that_wraps_sticks_as_failure),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
