/* SPDX-License-Identifier: Apache-2.0 */
/* GUIDs of UEFI. */
#include "evidence/uefi_guid.h"

#include "tests/parse_case.h"

static const uint8_t global[16] = { 0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93,
				    0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0,
				    0x98, 0x03, 0x2b, 0x8c };

static void three_fields_are_little_endian(void **state)
{
	char text[EV_GUID_TEXT];

	(void)state;
	ev_uefi_guid_format(EV_SPAN(global), text);
	assert_string_equal(text, "8be4df61-93ca-11d2-aa0d-00e098032b8c");
	assert_true(ev_uefi_guid_is(EV_SPAN(global), EV_GUID_EFI_GLOBAL));
	assert_false(ev_uefi_guid_is(EV_SPAN(global), EV_GUID_SHIM));
}

static void some_have_names(void **state)
{
	uint8_t other[16] = { 1 };

	(void)state;
	assert_string_equal(ev_uefi_guid_name(EV_SPAN(global)),
			    "EFI global variable");
	assert_null(ev_uefi_guid_name(EV_SPAN(other)));
}

static void member_has_its_place(void **state)
{
	struct ev_writer *w = ev_writer_new();
	char *text;

	(void)state;
	ev_write_object(w, NULL);
	ev_uefi_guid_write(w, "g", 7, EV_SPAN(global));
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	assert_string_equal(
		text, "{\"g\":{\"length\":16,\"name\":\"EFI global variable\","
		      "\"offset\":7,"
		      "\"value\":\"8be4df61-93ca-11d2-aa0d-00e098032b8c\"}}");
	free(text);
	ev_writer_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_fields_are_little_endian),
		cmocka_unit_test(some_have_names),
		cmocka_unit_test(member_has_its_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
