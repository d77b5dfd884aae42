/* SPDX-License-Identifier: Apache-2.0 */
/* What Boot#### holds. */
#include "evidence/uefi_load_option.h"

#include "tests/parse_case.h"

#define OPTION "\x01\0\0\0\x05\0d\0e\0b\0\0\0\x03\x11\x05\0\x02!!"

static enum ev_code parse(struct ev_span in, struct ev_error *err)
{
	struct ev_uefi_load_option o;

	return ev_uefi_load_option_parse(in, 0, &o, err);
}

static void fields_are_read(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(OPTION);
	struct ev_uefi_load_option o;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(ev_uefi_load_option_parse(in, 0, &o, &err), EV_OK);
	assert_int_equal(o.attributes, 1);
	assert_true(ev_span_eq(o.description, EV_SPAN_LITERAL("d\0e\0b\0")));
	assert_int_equal(o.path.n, 5);
	assert_true(ev_span_eq(o.optional, EV_SPAN_LITERAL("!!")));
	parse_prefixes(parse, in, in.n - 2);
	parse_mutations(parse, in, 500);
}

static void what_does_not_fit_is_refused(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(OPTION);

	(void)state;
	parse_refuses_byte(parse, in, 4, 8, EV_TRUNCATED, "load-option",
			   "FilePathList");
	parse_refuses_byte(parse, in, 5, 0xff, EV_TRUNCATED, "load-option",
			   "FilePathList");
	/* Without a NUL the description never ends. */
	parse_refuses_byte(parse, EV_SPAN_LITERAL("\1\0\0\0\0\0a\0b\0"), 0, 1,
			   EV_TRUNCATED, "load-option", "end of Description");
}

static void lines_name_what_is_loaded(void **state)
{
	struct ev_buffer out = { 0 };

	(void)state;
	ev_uefi_load_option_describe(EV_SPAN_LITERAL(OPTION), &out);
	assert_true(ev_span_eq(ev_buffer_span(&out),
			       EV_SPAN_LITERAL("deb Unit(0x2)")));
	out.n = 0;
	ev_uefi_load_option_describe(EV_SPAN_LITERAL("\1\2"), &out);
	assert_true(ev_span_eq(ev_buffer_span(&out), EV_SPAN_LITERAL("0102")));
	ev_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_read),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(lines_name_what_is_loaded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
