/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/ssh/signer_options. */
#include "audit/ssh/signer_options.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	const char *text;
	int64_t at; /* 0: refused */
} times[] = {
	{ "20300101", 1893456000 },
	{ "20300101Z", 1893456000 },
	{ "20300101utc", 1893456000 },
	{ "203001010001", 1893456060 },
	{ "20300101000001z", 1893456001 },
	{ "20300101000061", 1893456061 },
	{ "2030 1 1", 1893456000 },
	{ "20300229", 1898553600 },
	{ "19700101000001", 1 },
	{ "19700101", 0 },
	{ "19691231", 0 },
	{ "20300101000062", 0 },
	{ "20300132", 0 },
	{ "20301301", 0 },
	{ "20300001", 0 },
	{ "203001012400", 0 },
	{ "203001010060", 0 },
	{ "2030010", 0 },
	{ "", 0 },
	{ "Z", 0 },
	{ "20300101ZZ", 0 },
	{ "2030-1-1", 0 },
	{ "203001  ", 0 },
	{ "20301 01", 0 },
};

static void times_are_utc_in_every_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		int64_t at = 0;

		assert_int_equal(
			au_signer_time_parse(ev_span_str(times[i].text), &at),
			times[i].at != 0);
		assert_int_equal(at, times[i].at);
	}
}

static const struct {
	const char *text, *wrong;
} refused[] = {
	{ "bogus", "unknown option" },
	{ "cert-authorityx", "unknown option" },
	{ "cert-authority,", "options end in a comma" },
	{ "namespaces=git", "missing start quote" },
	{ "namespaces=\"git", "missing end quote" },
	{ "namespaces=\"a\",namespaces=\"a\"", "an option stands twice" },
	{ "valid-after=\"20300101\",valid-after=\"20300101\"",
	  "an option stands twice" },
	{ "valid-before=\"x\"", "invalid time" },
	{ "valid-after=\"20300101\",valid-before=\"20300101\"",
	  "valid-before is not after valid-after" },
};

static void options_are_refused_by_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct au_signer_options o = { 0 };
		uint8_t storage[100];
		const char *wrong = au_signer_options_parse(
			ev_span_str(refused[i].text), storage, &o);

		assert_non_null(wrong);
		assert_string_equal(wrong, refused[i].wrong);
	}
}

static void options_are_read_in_any_case_and_order(void **state)
{
	static const char text[] =
		",Valid-Before=\"20300101\",NAMESPACES=\"a\\\"b,c\",,"
		"valid-after=\"20200101Z\",cert-Authority";
	struct au_signer_options o = { 0 };
	uint8_t storage[sizeof(text)];

	(void)state;
	assert_null(au_signer_options_parse(ev_span_str(text), storage, &o));
	assert_true(o.cert_authority);
	assert_true(o.has_namespaces);
	assert_true(ev_span_eq(o.namespaces, EV_SPAN_LITERAL("a\"b,c")));
	assert_int_equal(o.valid_before, 1893456000);
	assert_int_equal(o.valid_after, 1577836800);
	assert_null(au_signer_options_parse(ev_span_str(""), storage, &o));
	assert_false(o.cert_authority || o.has_namespaces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_utc_in_every_spelling),
		cmocka_unit_test(options_are_refused_by_what_is_wrong),
		cmocka_unit_test(options_are_read_in_any_case_and_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
