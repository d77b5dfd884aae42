/* SPDX-License-Identifier: Apache-2.0 */
/* OpenHCL's page with the kernel's command line. */
#include "audit/contents/command_page.h"

#include "audit/contents/kernel.h"
#include "tests/contents_sample.h"

static void put_page(uint8_t page[4096], const char *text)
{
	memset(page, 0, 4096);
	put_u16le(page + 2, (unsigned int)strlen(text));
	memcpy(page + 4, text, strlen(text));
}

static void policy_and_text_are_read(void **state)
{
	struct au_command_page line;
	struct ev_error err = { 0 };
	uint8_t page[4096];

	(void)state;
	put_page(page, "quiet");
	page[0] = 1;
	assert_int_equal(au_command_page_parse(EV_SPAN(page), &line, &err),
			 EV_OK);
	assert_true(line.append);
	assert_true(ev_span_eq(line.text, EV_SPAN_LITERAL("quiet")));
}

static const struct {
	size_t at;
	uint8_t to;
	const char *field;
	enum ev_code code;
} spoiled[] = {
	{ 0, 2, "policy", EV_VALUE },	  { 1, 1, "policy", EV_VALUE },
	{ 2, 0, "length", EV_VALUE },	  { 3, 0x10, "text", EV_TRUNCATED },
	{ 4, 0x1f, "text", EV_VALUE },	  { 8, 0x7f, "text", EV_VALUE },
	{ 2, 6, "text", EV_VALUE },	  { 2, 4, "rest", EV_TRAILING },
	{ 4095, 1, "rest", EV_TRAILING },
};

static void each_spoiled_field_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(*spoiled); i++) {
		struct au_command_page line;
		struct ev_error err = { 0 };
		uint8_t page[4096];

		put_page(page, "quiet");
		page[spoiled[i].at] = spoiled[i].to;
		assert_int_equal(
			au_command_page_parse(EV_SPAN(page), &line, &err),
			spoiled[i].code);
		assert_string_equal(err.object, "command line");
		assert_string_equal(err.field, spoiled[i].field);
	}
}

static void quotes_keep_blanks_in_a_word(void **state)
{
	static const char *const want[] = { "a", "b=\"c d\"e", "f", "\"g " };
	struct ev_span in = ev_span_str("  a b=\"c d\"e  f \"g ");

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_true(ev_span_eq(au_command_page_word(&in),
				       ev_span_str(want[i])));
	assert_int_equal(au_command_page_word(&in).n, 0);
}

static void a_kernel_is_known_by_its_version(void **state)
{
	char page[1024] = "Linux version %s ...\nLinux version 6.1 (x)\n rest";
	struct ev_span in = EV_SPAN(page);

	(void)state;
	assert_true(au_kernel_recognise(in));
	assert_true(ev_span_eq(au_kernel_version(in),
			       EV_SPAN_LITERAL("Linux version 6.1 (x)")));
	page[22] = 'l'; /* the second one */
	assert_int_equal(au_kernel_version(in).n, 0);
	assert_false(au_kernel_recognise(in));
	memcpy(page + 0x202, "HdrS", 4);
	assert_true(au_kernel_recognise(in));
	assert_false(au_kernel_recognise(ev_span_sub(in, 0, 0x205)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy_and_text_are_read),
		cmocka_unit_test(each_spoiled_field_is_named),
		cmocka_unit_test(quotes_keep_blanks_in_a_word),
		cmocka_unit_test(a_kernel_is_known_by_its_version),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
