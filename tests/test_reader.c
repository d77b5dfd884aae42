/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/reader. */
#include "evidence/base/reader.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const uint8_t count[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct ev_reader reader(size_t n, struct ev_error *err)
{
	*err = (struct ev_error){ 0 };
	return ev_reader_init(ev_span_of(count, n), 100, "test", err);
}

static void integers_are_read_in_the_named_order(void **state)
{
	struct ev_error err;
	struct ev_reader r;

	(void)state;
	r = reader(8, &err);
	assert_int_equal(ev_read_u64le(&r, "f"), UINT64_C(0x0807060504030201));
	r = reader(8, &err);
	assert_int_equal(ev_read_u64be(&r, "f"), UINT64_C(0x0102030405060708));
	r = reader(8, &err);
	assert_int_equal(ev_read_u32le(&r, "f"), 0x04030201);
	assert_int_equal(ev_read_u32be(&r, "f"), 0x05060708);
	r = reader(5, &err);
	assert_int_equal(ev_read_u16le(&r, "f"), 0x0201);
	assert_int_equal(ev_read_u16be(&r, "f"), 0x0304);
	assert_int_equal(ev_read_u8(&r, "f"), 5);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
}

static void offsets_are_those_of_the_item(void **state)
{
	struct ev_error err;
	struct ev_reader r = reader(8, &err);

	(void)state;
	assert_int_equal(ev_reader_offset(&r), 100);
	ev_read_span(&r, 5, "f");
	assert_int_equal(ev_reader_offset(&r), 105);
	ev_read_rest(&r);
	assert_int_equal(ev_reader_offset(&r), 108);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
}

static void a_read_past_the_end_sticks(void **state)
{
	struct ev_error err;
	struct ev_reader r = reader(3, &err);
	uint8_t copy[2] = { 9, 9 };

	(void)state;
	ev_read_u16le(&r, "first");
	assert_true(ev_reader_ok(&r));
	assert_int_equal(ev_read_u32le(&r, "second"), 0);
	assert_false(ev_reader_ok(&r));
	assert_int_equal(ev_read_u8(&r, "third"), 0);
	assert_null(ev_read_span(&r, 1, "fourth").p);
	ev_read_copy(&r, copy, sizeof(copy), "fifth");
	assert_true(copy[0] == 0 && copy[1] == 0);
	assert_int_equal(ev_read_rest(&r).n, 0);
	assert_int_equal(ev_reader_finish(&r), EV_TRUNCATED);
	assert_string_equal(err.field, "second");
	assert_int_equal(err.offset, 102);
	assert_string_equal(err.want, "4");
	assert_string_equal(err.found, "1");
}

static void every_width_refuses_every_shorter_input(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof(count); n++) {
		struct ev_error err;
		struct ev_reader r;

		r = reader(n, &err);
		ev_read_u8(&r, "f");
		assert_int_equal(ev_reader_ok(&r), n >= 1);
		r = reader(n, &err);
		ev_read_u16be(&r, "f");
		assert_int_equal(ev_reader_ok(&r), n >= 2);
		r = reader(n, &err);
		ev_read_u32be(&r, "f");
		assert_int_equal(ev_reader_ok(&r), n >= 4);
		r = reader(n, &err);
		ev_read_u64le(&r, "f");
		assert_int_equal(ev_reader_ok(&r), n >= 8);
	}
}

static void finish_refuses_what_is_left(void **state)
{
	struct ev_error err;
	struct ev_reader r = reader(3, &err);

	(void)state;
	ev_read_u16le(&r, "f");
	assert_int_equal(ev_reader_finish(&r), EV_TRAILING);
	assert_int_equal(err.offset, 102);
	assert_string_equal(err.found, "1");
}

static void huge_sizes_do_not_wrap(void **state)
{
	struct ev_error err;
	struct ev_reader r = reader(8, &err);

	(void)state;
	ev_read_u8(&r, "f");
	assert_null(ev_read_span(&r, SIZE_MAX, "f").p);
	assert_int_equal(ev_reader_finish(&r), EV_TRUNCATED);
}

static void nothing_can_be_read_from_nothing(void **state)
{
	struct ev_error err = { 0 };
	struct ev_reader r =
		ev_reader_init(ev_span_of(NULL, 0), 0, "test", &err);

	(void)state;
	assert_null(ev_read_span(&r, 0, "f").p);
	assert_int_equal(ev_read_rest(&r).n, 0);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
}

static void tpm2b_is_a_size_and_that_many_bytes(void **state)
{
	static const uint8_t good[] = { 0, 2, 0xaa, 0xbb, 0, 0 };
	static const uint8_t lies[] = { 0, 3, 0xaa, 0xbb };
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(EV_SPAN(good), 0, "test", &err);
	struct ev_span body;

	(void)state;
	body = ev_read_tpm2b(&r, "f");
	assert_int_equal(body.n, 2);
	assert_ptr_equal(body.p, good + 2);
	assert_int_equal(ev_read_tpm2b(&r, "f").n, 0);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
	r = ev_reader_init(EV_SPAN(lies), 0, "test", &err);
	assert_null(ev_read_tpm2b(&r, "f").p);
	assert_int_equal(ev_reader_finish(&r), EV_TRUNCATED);
}

static void an_earlier_refusal_empties_no_later_reader_but_stays(void **state)
{
	struct ev_error err;
	struct ev_reader r = reader(1, &err);

	(void)state;
	ev_read_u16le(&r, "first");
	r = ev_reader_init(EV_SPAN(count), 0, "later", &err);
	assert_false(ev_reader_ok(&r));
	ev_read_rest(&r);
	assert_int_equal(ev_reader_finish(&r), EV_TRUNCATED);
	assert_string_equal(err.object, "test");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_read_in_the_named_order),
		cmocka_unit_test(offsets_are_those_of_the_item),
		cmocka_unit_test(a_read_past_the_end_sticks),
		cmocka_unit_test(every_width_refuses_every_shorter_input),
		cmocka_unit_test(finish_refuses_what_is_left),
		cmocka_unit_test(huge_sizes_do_not_wrap),
		cmocka_unit_test(nothing_can_be_read_from_nothing),
		cmocka_unit_test(tpm2b_is_a_size_and_that_many_bytes),
		cmocka_unit_test(
			an_earlier_refusal_empties_no_later_reader_but_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
