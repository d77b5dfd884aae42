/* SPDX-License-Identifier: Apache-2.0 */
/* Strict DER: one spelling for each value, and the offset of what is not. */
#include "evidence/base/der.h"

#include "evidence/base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* A reader over bytes given in hex; the buffers live as long as the test. */
struct fixture {
	uint8_t bytes[400];
	struct ev_error err;
	struct ev_reader r;
};

static struct ev_reader *start(struct fixture *f, const char *hex)
{
	size_t n = strlen(hex) / 2;

	memset(f, 0, sizeof(*f));
	assert_true(n <= sizeof(f->bytes));
	assert_true(ev_hex_decode(ev_span_str(hex), f->bytes, n));
	f->r = ev_reader_init(ev_span_of(f->bytes, n), 1000, "test", &f->err);
	return &f->r;
}

static void lengths_are_minimal_and_definite(void **state)
{
	static const struct {
		const char *hex;
		enum ev_code code;
	} cases[] = {
		{ "0400", EV_OK },	     { "0401aa", EV_OK },
		{ "048101aa", EV_SYNTAX },   { "04820001aa", EV_SYNTAX },
		{ "0480aa0000", EV_SYNTAX }, { "04850000000001aa", EV_SYNTAX },
		{ "04ff", EV_SYNTAX },	     { "04", EV_TRUNCATED },
		{ "0402aa", EV_TRUNCATED },  { "0484ffffffff", EV_TRUNCATED },
		{ "0481", EV_TRUNCATED },    { "048180aa", EV_TRUNCATED },
		{ "", EV_TRUNCATED },	     { "1f0100", EV_SYNTAX },
		{ "0000", EV_SYNTAX },	     { "0501aa", EV_SYNTAX },
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_reader *r = start(&f, cases[i].hex);

		ev_der_read(r, EV_DER_OCTET_STRING, "field");
		assert_int_equal(ev_reader_finish(r), cases[i].code);
		if (cases[i].code != EV_OK) {
			assert_string_equal(f.err.field, "field");
			assert_true(f.err.offset >= 1000);
		}
	}
}

static void long_lengths_are_read(void **state)
{
	struct ev_error err = { EV_OK };
	static uint8_t big[4 + 65535 + 8];
	struct ev_reader r;

	(void)state;
	memcpy(big, "\x04\x81\x80", 3);
	r = ev_reader_init(ev_span_of(big, 3 + 128), 0, "test", &err);
	assert_int_equal(ev_der_read(&r, 0x04, "f").n, 128);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
	memcpy(big, "\x04\x82\xff\xff", 4);
	r = ev_reader_init(ev_span_of(big, 4 + 65535), 0, "test", &err);
	assert_int_equal(ev_der_read_any(&r, "f").n, 4 + 65535);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
}

static void integers_are_minimal_and_not_negative(void **state)
{
	static const struct {
		const char *hex;
		uint64_t max, value;
		enum ev_code code;
	} cases[] = {
		{ "020100", 255, 0, EV_OK },
		{ "02017f", 255, 127, EV_OK },
		{ "02020080", 255, 128, EV_OK },
		{ "020200ff", 255, 255, EV_OK },
		{ "02020100", 255, 0, EV_VALUE },
		{ "020101", 0, 0, EV_VALUE },
		{ "020900ffffffffffffffff", UINT64_MAX, UINT64_MAX, EV_OK },
		{ "0209010000000000000000", UINT64_MAX, 0, EV_VALUE },
		{ "0200", 255, 0, EV_SYNTAX },
		{ "0201ff", 255, 0, EV_SYNTAX },
		{ "02020001", 255, 0, EV_SYNTAX },
		{ "0202ff80", 255, 0, EV_SYNTAX },
		{ "0a0101", 255, 0, EV_SYNTAX },
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_reader *r = start(&f, cases[i].hex);

		assert_int_equal(ev_der_read_uint(r, cases[i].max, "n"),
				 cases[i].value);
		assert_int_equal(ev_reader_finish(r), cases[i].code);
	}
}

static void serials_lose_their_leading_zero(void **state)
{
	struct fixture f;
	struct ev_reader *r = start(&f, "020300ff01"
					"020100");
	struct ev_span serial = ev_der_read_serial(r, "serial");

	(void)state;
	assert_int_equal(serial.n, 2);
	assert_int_equal(serial.p[0], 0xff);
	assert_int_equal(ev_der_read_serial(r, "zero").n, 0);
	assert_int_equal(ev_reader_finish(r), EV_OK);
}

static void object_identifiers_have_one_spelling(void **state)
{
	static const struct {
		const char *hex;
		enum ev_code code;
	} cases[] = {
		{ "0603550403", EV_OK },      { "06022a03", EV_OK },
		{ "0603883703", EV_OK },      { "060388807f", EV_OK },
		{ "0600", EV_SYNTAX },	      { "0603550483", EV_SYNTAX },
		{ "0603558001", EV_SYNTAX },  { "0602807f", EV_SYNTAX },
		{ "060180", EV_SYNTAX },      { "0203550403", EV_SYNTAX },
		{ "06035504", EV_TRUNCATED },
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_reader *r = start(&f, cases[i].hex);

		ev_der_read_oid(r, "type");
		assert_int_equal(ev_reader_finish(r), cases[i].code);
		if (cases[i].code != EV_OK)
			assert_string_equal(f.err.field, "type");
	}
}

static void booleans_have_two_spellings(void **state)
{
	struct fixture f;
	struct ev_reader *r = start(&f, "0101ff010100");

	(void)state;
	assert_true(ev_der_read_bool(r, "yes"));
	assert_false(ev_der_read_bool(r, "no"));
	assert_int_equal(ev_reader_finish(r), EV_OK);
	for (unsigned int v = 1; v < 255; v++) {
		char hex[8];

		snprintf(hex, sizeof(hex), "0101%02x", v);
		r = start(&f, hex);
		assert_false(ev_der_read_bool(r, "odd"));
		assert_int_equal(f.err.code, EV_SYNTAX);
	}
	r = start(&f, "0102ffff");
	assert_false(ev_der_read_bool(r, "long"));
	assert_int_equal(f.err.code, EV_SYNTAX);
}

static void elements_nest_and_keep_their_offsets(void **state)
{
	struct fixture f;
	struct ev_reader *r = start(&f, "30080401aa3003040100"
					"0500");
	struct ev_reader outer = ev_der_enter(r, EV_DER_SEQUENCE, "outer");
	struct ev_reader inner;

	(void)state;
	assert_int_equal(ev_reader_offset(&outer), 1002);
	assert_int_equal(ev_der_peek(&outer), EV_DER_OCTET_STRING);
	assert_int_equal(ev_der_read_any(&outer, "a").n, 3);
	inner = ev_der_enter(&outer, EV_DER_SEQUENCE, "inner");
	assert_int_equal(ev_reader_offset(&inner), 1007);
	assert_int_equal(ev_reader_finish(&outer), EV_OK);
	assert_int_equal(ev_der_peek(&outer), 0);
	assert_int_equal(ev_reader_finish(&inner), EV_TRAILING);
	assert_int_equal(f.err.offset, 1007);
}

static void times_are_spelled_as_rfc_5280_says(void **state)
{
	static const struct {
		const char *text;
		uint8_t tag;
		int64_t value; /* -1: refused */
	} cases[] = {
		{ "180521104510Z", 0x17, 1526899510 },
		{ "491231235959Z", 0x17, 2524607999 },
		{ "20500101000000Z", 0x18, 2524608000 },
		{ "20491231235959Z", 0x18, -1 }, /* UTCTime is due */
		{ "1805211045Z", 0x17, -1 },
		{ "180521104510+0000", 0x17, -1 },
		{ "20500101000000.5Z", 0x18, -1 },
		{ "20500101000000", 0x18, -1 },
		{ "20500230000000Z", 0x18, -1 },
		{ "180521104560Z", 0x17, -1 },
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = strlen(cases[i].text);
		struct ev_reader *r = start(&f, "");

		f.bytes[0] = cases[i].tag;
		f.bytes[1] = (uint8_t)n;
		memcpy(f.bytes + 2, cases[i].text, n);
		r->left = ev_span_of(f.bytes, n + 2);
		r->size = n + 2;
		if (cases[i].value >= 0)
			assert_int_equal(ev_der_read_time(r, "t"),
					 cases[i].value);
		else
			assert_int_equal(ev_der_read_time(r, "t"), 0);
		assert_int_equal(ev_reader_finish(r),
				 cases[i].value >= 0 ? EV_OK : EV_SYNTAX);
	}
}

static void a_reader_stays_empty_after_a_refusal(void **state)
{
	struct fixture f;
	struct ev_reader *r = start(&f, "0480aabbccdd");

	(void)state;
	ev_der_read(r, EV_DER_OCTET_STRING, "first");
	assert_int_equal(ev_der_read(r, EV_DER_OCTET_STRING, "later").n, 0);
	assert_int_equal(ev_der_read_any(r, "later").n, 0);
	assert_int_equal(ev_der_read_uint(r, 9, "later"), 0);
	assert_int_equal(ev_der_enter(r, 0x30, "later").left.n, 0);
	assert_string_equal(f.err.field, "first");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_are_minimal_and_definite),
		cmocka_unit_test(long_lengths_are_read),
		cmocka_unit_test(integers_are_minimal_and_not_negative),
		cmocka_unit_test(serials_lose_their_leading_zero),
		cmocka_unit_test(object_identifiers_have_one_spelling),
		cmocka_unit_test(booleans_have_two_spellings),
		cmocka_unit_test(elements_nest_and_keep_their_offsets),
		cmocka_unit_test(times_are_spelled_as_rfc_5280_says),
		cmocka_unit_test(a_reader_stays_empty_after_a_refusal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
