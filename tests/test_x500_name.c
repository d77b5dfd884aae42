/* SPDX-License-Identifier: Apache-2.0 */
/* Names of Intel's profile: one common name, in characters of its type. */
#include "evidence/x500_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* CN=abc */
static const uint8_t one[] = { 0x30, 0x0e, 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03,
			       0x55, 0x04, 0x03, 0x0c, 0x03, 'a',  'b',	 'c' };

/* The refusal of a name that begins at byte 100 of its item. */
static enum ev_code refusal(struct ev_span name, struct ev_error *err)
{
	struct ev_span cn = { NULL, 0 };
	struct ev_reader r;

	*err = (struct ev_error){ EV_OK };
	r = ev_reader_init(name, 100, "test", err);
	ev_x500_name_read(&r, "issuer", &cn);
	return ev_reader_finish(&r);
}

static void one_common_name_is_read(void **state)
{
	struct ev_error err = { EV_OK };
	struct ev_reader r = ev_reader_init(EV_SPAN(one), 0, "test", &err);
	struct ev_span cn = { NULL, 0 };
	uint8_t two[30] = { 0x30, 0x1c };

	(void)state;
	assert_true(
		ev_span_eq(ev_x500_name_read(&r, "issuer", &cn), EV_SPAN(one)));
	assert_int_equal(ev_reader_finish(&r), EV_OK);
	assert_true(ev_span_eq(cn, EV_SPAN_LITERAL("abc")));
	for (size_t n = 0; n < sizeof(one); n++)
		assert_int_not_equal(refusal(ev_span_of(one, n), &err), EV_OK);
	memcpy(two + 2, one + 2, 14);
	memcpy(two + 16, one + 2, 14);
	assert_int_equal(refusal(EV_SPAN(two), &err), EV_DUPLICATE);
	two[24] = 0x0a; /* an organisation beside it */
	assert_int_equal(refusal(EV_SPAN(two), &err), EV_OK);
	two[11] = 0x16; /* an IA5String is none of Intel's */
	assert_int_equal(refusal(EV_SPAN(two), &err), EV_SYNTAX);
	two[11] = 0x0c;
	two[10] = 0x07; /* no common name at all */
	assert_int_equal(refusal(EV_SPAN(two), &err), EV_MISSING);
	assert_string_equal(err.field, "issuer");
	two[10] = 0x83; /* the type has no end */
	assert_int_equal(refusal(EV_SPAN(two), &err), EV_SYNTAX);
	assert_string_equal(err.field, "attribute type");
}

static void characters_are_those_of_the_type(void **state)
{
	static const struct {
		uint8_t tag, text[3];
		int bad; /* position of the first that is refused, -1: none */
	} cases[] = {
		{ 0x13, { 'a', '?', ' ' }, -1 },
		{ 0x13, { '\'', '(', '=' }, -1 },
		{ 0x13, { 'a', '@', 'c' }, 1 },
		{ 0x13, { 'a', 'b', 0 }, 2 },
		{ 0x13, { '*', 'b', 'c' }, 0 },
		{ 0x13, { 'a', 0xc3, 0xa9 }, 1 },
		{ 0x0c, { 'a', 0xc3, 0xa9 }, -1 },
		{ 0x0c, { '@', '*', 0 }, -1 },
		{ 0x0c, { 'a', 0xc0, 0xaf }, 1 },
		{ 0x0c, { 0xed, 0xa0, 0x80 }, 0 },
		{ 0x0c, { 'a', 'b', 0xc3 }, 2 },
		{ 0x0c, { 'a', 0xa9, 'b' }, 1 },
	};
	uint8_t name[sizeof(one)];
	struct ev_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(name, one, sizeof(one));
		name[11] = cases[i].tag;
		memcpy(name + 13, cases[i].text, 3);
		assert_int_equal(refusal(EV_SPAN(name), &err),
				 cases[i].bad < 0 ? EV_OK : EV_SYNTAX);
		if (cases[i].bad < 0)
			continue;
		assert_string_equal(err.field, "attribute value");
		assert_int_equal(err.offset, 113 + cases[i].bad);
	}
}

static void nothing_in_a_name_is_empty(void **state)
{
	static const uint8_t no_rdn[] = { 0x30, 0x00 };
	static const uint8_t no_attribute[] = { 0x30, 0x02, 0x31, 0x00 };
	static const uint8_t no_text[] = {
		0x30, 0x0b, 0x31, 0x09, 0x30, 0x07, 0x06,
		0x03, 0x55, 0x04, 0x0a, 0x0c, 0x00,
	};
	struct ev_error err;

	(void)state;
	assert_int_equal(refusal(EV_SPAN(no_rdn), &err), EV_MISSING);
	assert_int_equal(refusal(EV_SPAN(no_attribute), &err), EV_TRUNCATED);
	assert_int_equal(refusal(EV_SPAN(no_text), &err), EV_VALUE);
	assert_string_equal(err.field, "attribute value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_common_name_is_read),
		cmocka_unit_test(characters_are_those_of_the_type),
		cmocka_unit_test(nothing_in_a_name_is_empty),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
