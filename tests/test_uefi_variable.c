/* SPDX-License-Identifier: Apache-2.0 */
/* Events of UEFI variables, boot options and signature lists among them. */
#include "evidence/uefi_variable.h"

#include "evidence/uefi_guid.h"
#include "tests/event_case.h"

#define GLOBAL "\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\0\xe0\x98\x03\x2b\x8c"
#define DATABASE                                                               \
	"\xcb\xb2\x19\xd7:=\x96"                                               \
	"E\xa3\xbc\xda\xd0\x0egeo"
#define SHIM   "P\xab]`F\xe0\0C\xab\xb6=\xd8\x10\xdd\x8b#"
#define U64(n) n "\0\0\0\0\0\0\0"

#define CONFIG EV_TYPE_VARIABLE_CONFIG
#define BOOT   EV_TYPE_VARIABLE_BOOT

#define SECURE_BOOT                                                            \
	GLOBAL U64("\x0a") U64("\x01") "S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0\x01"

static enum ev_code parse(struct ev_span in, struct ev_error *err)
{
	struct ev_uefi_variable v;

	return ev_uefi_variable_parse(in, 0, &v, err);
}

static void fields_are_read(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(SECURE_BOOT);
	struct ev_error err = { 0 };
	struct ev_uefi_variable v;

	(void)state;
	assert_int_equal(ev_uefi_variable_parse(in, 0, &v, &err), EV_OK);
	assert_true(ev_uefi_variable_is(&v, EV_GUID_EFI_GLOBAL, "SecureBoot"));
	assert_false(ev_uefi_variable_is(&v, EV_GUID_SHIM, "SecureBoot"));
	assert_false(ev_uefi_variable_is_named(&v, "SecureBoo"));
	assert_true(ev_span_eq(v.data, EV_SPAN_LITERAL("\1")));
	assert_int_equal(v.rest.n, 0);
	parse_prefixes(parse, in, in.n);
	parse_mutations(parse, in, 500);
}

static void lengths_do_not_wrap(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(SECURE_BOOT);

	(void)state;
	/* 2^63 characters, 2^64 - 256 bytes and more. */
	parse_refuses_byte(parse, in, 23, 0x80, EV_TRUNCATED, "uefi-variable",
			   "UnicodeNameLength");
	parse_refuses_byte(parse, in, 16, 0x0b, EV_TRUNCATED, "uefi-variable",
			   "UnicodeNameLength");
	parse_refuses_byte(parse, in, 31, 0xff, EV_TRUNCATED, "uefi-variable",
			   "VariableData");
	parse_refuses_byte(parse, in, 24, 2, EV_TRUNCATED, "uefi-variable",
			   "VariableData");
}

static void refused_variables_are_shown_as_bytes(void **state)
{
	(void)state;
	event_says(7, CONFIG, EV_SPAN_LITERAL("abc"), "no variable: 616263");
	event_holds(7, CONFIG, EV_SPAN_LITERAL("abc"),
		    "\"refused\":\"uefi-variable: VariableName at byte 0: want "
		    "16, found 3\"");
	event_holds(7, CONFIG, EV_SPAN_LITERAL("abc"), "\"value\":\"616263\"");
}

static void numbers_are_numbers(void **state)
{
	(void)state;
	event_says(7, CONFIG, EV_SPAN_LITERAL(SECURE_BOOT), "SecureBoot: 1");
	event_writes(7, CONFIG, EV_SPAN_LITERAL(SECURE_BOOT),
		     "{\"name\":{\"length\":20,\"offset\":32,\"value\":"
		     "\"SecureBoot\"},\"namespace\":{\"length\":16,\"name\":"
		     "\"EFI global variable\",\"offset\":0,\"value\":"
		     "\"8be4df61-93ca-11d2-aa0d-00e098032b8c\"},"
		     "\"value\":{\"length\":1,\"offset\":52,\"value\":1}}");
	event_says(7, CONFIG,
		   EV_SPAN_LITERAL(GLOBAL U64("\x0a") U64(
			   "\0") "S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0"),
		   "SecureBoot: empty");
	event_holds(7, CONFIG, EV_SPAN_LITERAL(SECURE_BOOT "xy"),
		    "\"trailing\":{\"length\":2,\"offset\":53,"
		    "\"value\":\"7879\"}");
	event_bears(7, CONFIG, EV_SPAN_LITERAL(SECURE_BOOT));
}

static void unknown_names_have_their_namespace(void **state)
{
	(void)state;
	event_says(
		7, CONFIG,
		EV_SPAN_LITERAL("0123456789abcdef" U64("\1") U64("\2") "X\0ab"),
		"X-33323130-3534-3736-3839-616263646566: 6162");
}

static void orders_are_lists(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(GLOBAL U64("\x09") U64(
		"\x04") "B\0o\0o\0t\0O\0r\0d\0e\0r\0\x01\0\x0a\0");

	(void)state;
	event_says(1, BOOT, in, "BootOrder: 0001,000A");
	event_holds(1, BOOT, in, "\"order\":[1,10]");
	event_bears(1, BOOT, in);
}

#define OPTION "\x01\0\0\0\x09\0d\0e\0b\0\0\0\x03\x11\x05\0\x02\x7f\xff\x04\0!"

static void boot_options_name_their_path(void **state)
{
	struct ev_span in =
		EV_SPAN_LITERAL(GLOBAL U64("\x08") U64("\x18") "B\0o\0o\0t\0"
							       "0\0"
							       "0\0"
							       "0\0A\0" OPTION);

	(void)state;
	event_says(1, BOOT, in, "Boot000A: deb Unit(0x2)");
	event_holds(1, BOOT, in,
		    "\"path\":{\"length\":9,\"offset\":62,\"value\":"
		    "\"Unit(0x2)\"}");
	event_holds(1, BOOT, in, "\"optionalData\":{\"length\":1");
	event_bears(1, BOOT, in);
}

static void a_boot_option_has_four_digits(void **state)
{
	struct ev_uefi_variable v = {
		.guid = EV_SPAN_LITERAL(GLOBAL),
		.name = EV_SPAN_LITERAL("B\0o\0o\0t\0"
					"0\0"
					"0\0"
					"f\0F\0"),
	};

	(void)state;
	assert_true(ev_uefi_variable_is_boot_option(&v));
	v.guid = EV_SPAN_LITERAL(SHIM);
	assert_false(ev_uefi_variable_is_boot_option(&v));
	v.guid = EV_SPAN_LITERAL(GLOBAL);
	v.name = EV_SPAN_LITERAL("B\0o\0o\0t\0N\0e\0x\0t\0");
	assert_false(ev_uefi_variable_is_boot_option(&v));
	v.name = EV_SPAN_LITERAL("B\0o\0o\0t\0");
	assert_false(ev_uefi_variable_is_boot_option(&v));
}

static void authorities_are_signatures_or_settings(void **state)
{
	struct ev_span level = EV_SPAN_LITERAL(SHIM U64("\x09") U64(
		"\x0d") "S\0b\0a\0t\0L\0e\0v\0e\0l\0sbat,1,20\nx,y");
	struct ev_span digest = EV_SPAN_LITERAL(DATABASE U64("\x02") U64(
		"\x30") "d\0b\0" DATABASE "01234567890123456789012345678901");

	(void)state;
	event_says(7, EV_TYPE_AUTHORITY, level, "SbatLevel: sbat,1,20");
	event_holds(7, EV_TYPE_AUTHORITY, level, "sbat,1,20\\\\x0ax,y");
	event_says(7, EV_TYPE_AUTHORITY, digest,
		   "db: 303132333435363738393031323334353637383930313233343536"
		   "3738393031");
	event_holds(7, EV_TYPE_AUTHORITY, digest,
		    "\"sha256\":{\"length\":32,\"offset\":52");
	event_bears(7, EV_TYPE_AUTHORITY, digest);
	event_bears(7, EV_TYPE_AUTHORITY, level);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_read),
		cmocka_unit_test(lengths_do_not_wrap),
		cmocka_unit_test(refused_variables_are_shown_as_bytes),
		cmocka_unit_test(numbers_are_numbers),
		cmocka_unit_test(unknown_names_have_their_namespace),
		cmocka_unit_test(orders_are_lists),
		cmocka_unit_test(boot_options_name_their_path),
		cmocka_unit_test(a_boot_option_has_four_digits),
		cmocka_unit_test(authorities_are_signatures_or_settings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
