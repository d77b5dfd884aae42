/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors, frames and extensions of TLS messages. */
#include "evidence/tls_wire.h"

#include "tests/parse_case.h"

static void a_vector_is_as_long_as_it_says(void **state)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(
		EV_SPAN_LITERAL("\1a\0\2bc\0\0\1d\0"), 0, "tls", &err);

	(void)state;
	assert_true(ev_span_eq(ev_tls_vector8(&r, "x"), EV_SPAN_LITERAL("a")));
	assert_true(
		ev_span_eq(ev_tls_vector16(&r, "x"), EV_SPAN_LITERAL("bc")));
	assert_true(ev_span_eq(ev_tls_vector24(&r, "x"), EV_SPAN_LITERAL("d")));
	assert_int_equal(ev_tls_vector8(&r, "x").n, 0);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
	r = ev_reader_init(EV_SPAN_LITERAL("\0\3bc"), 0, "tls", &err);
	ev_tls_vector16(&r, "x");
	parse_expect(&err, EV_TRUNCATED, "tls", "x");
}

static void a_message_is_its_frame(void **state)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_tls_open(EV_SPAN_LITERAL("\1\0\0\2ab"), &err);

	(void)state;
	assert_int_equal(ev_reader_offset(&r), 4);
	assert_true(ev_span_eq(ev_read_rest(&r), EV_SPAN_LITERAL("ab")));
	ev_tls_open(EV_SPAN_LITERAL("\1\0\0\2abc"), &err);
	assert_int_equal(err.code, EV_TRAILING);
}

static void keep(struct ev_reader *r, void *user)
{
	struct ev_span *out = user;

	*out = ev_read_span(r, 1, "kept");
}

static enum ev_code read_list(struct ev_span text, struct ev_span *out,
			      struct ev_error *err)
{
	struct ev_tls_wanted list[] = { { 7, keep, false } };
	struct ev_reader r = ev_reader_init(text, 0, "tls", err);

	ev_tls_extensions(&r, list, 1, out);
	return ev_reader_finish(&r);
}

static void an_extension_is_wanted_once_and_whole(void **state)
{
	struct ev_span out = { NULL, 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(read_list(EV_SPAN_LITERAL("\0\12\0\6\0\1x\0\7\0\1y"),
				   &out, &err),
			 EV_OK);
	assert_true(ev_span_eq(out, EV_SPAN_LITERAL("y")));
	read_list(EV_SPAN_LITERAL("\0\12\0\7\0\1x\0\7\0\1y"), &out, &err);
	parse_expect(&err, EV_DUPLICATE, "tls", "extension");
	err = (struct ev_error){ 0 };
	assert_int_equal(
		read_list(EV_SPAN_LITERAL("\0\6\0\7\0\2xy"), &out, &err),
		EV_TRAILING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vector_is_as_long_as_it_says),
		cmocka_unit_test(a_message_is_its_frame),
		cmocka_unit_test(an_extension_is_wanted_once_and_whole),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
