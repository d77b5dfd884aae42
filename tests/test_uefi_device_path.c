/* SPDX-License-Identifier: Apache-2.0 */
/* Device paths, node by node. */
#include "evidence/uefi_device_path.h"

#include "tests/parse_case.h"

#define END "\x7f\xff\x04\x00"

static enum ev_code text_of(struct ev_span in, char **out, struct ev_error *err)
{
	uint8_t *p = parse_copy(in, in.n);
	struct ev_buffer text = { 0 };
	enum ev_code code =
		ev_uefi_device_path_text(ev_span_of(p, in.n), 50, &text, err);

	*out = ev_buffer_take(&text, NULL);
	free(p);
	assert_non_null(*out);
	return code;
}

static void reads(struct ev_span in, const char *want)
{
	struct ev_error err = { 0 };
	char *text;

	if (text_of(in, &text, &err) != EV_OK)
		fail_msg("%s: %s", want, err.field);
	assert_string_equal(text, want);
	free(text);
}

#define READS(bytes, want) reads(EV_SPAN_LITERAL(bytes END), want)

static void hardware_and_acpi(void **state)
{
	(void)state;
	READS("\x02\x01\x0c\x00\xd0\x41\x03\x0a\x01\x00\x00\x00"
	      "\x01\x01\x06\x00\x03\x1f",
	      "PciRoot(0x1)/Pci(0x1f,0x3)");
	READS("\x02\x01\x0c\x00\xd0\x41\x08\x0a\x00\x00\x00\x00",
	      "PcieRoot(0x0)");
	READS("\x02\x01\x0c\x00\xd0\x41\x04\x06\x02\x00\x00\x00",
	      "Acpi(PNP0604,0x2)");
	READS("\x02\x01\x0c\x00\x01\x02\x03\x04\x00\x00\x00\x00",
	      "Acpi(0x04030201,0x0)");
	READS("\x01\x03\x18\x00\x0b\0\0\0\0\x10\0\0\0\0\0\0"
	      "\xff\x1f\0\0\0\0\0\0",
	      "MemoryMapped(0xb,0x1000,0x1fff)");
	READS("\x01\x04\x16\x00\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0"
	      "\x98\x03\x2b\x8c\xab\xcd",
	      "VenHw(8be4df61-93ca-11d2-aa0d-00e098032b8c,abcd)");
	READS("\x01\x05\x08\x00\x07\0\0\0", "Ctrl(0x7)");
	READS("\x02\x03\x08\x00\x00\x01\x01\x80", "AcpiAdr(0x80010100)");
}

static void messaging(void **state)
{
	(void)state;
	READS("\x03\x12\x0a\x00\x01\x00\xff\xff\x00\x00",
	      "Sata(0x1,0xffff,0x0)");
	READS("\x03\x01\x08\x00\x00\x01\x02\x00", "Ata(0x0,0x1,0x2)");
	READS("\x03\x02\x08\x00\x03\x00\x04\x00", "Scsi(0x3,0x4)");
	READS("\x03\x05\x06\x00\x0d\x01", "USB(0xd,0x1)");
	READS("\x03\x17\x10\x00\x01\0\0\0\x08\x07\x06\x05\x04\x03\x02\x01",
	      "NVMe(0x1,01-02-03-04-05-06-07-08)");
	READS("\x03\x0b\x25\x00\x3c\xec\xef\x7e\xc3\x48\0\0\0\0\0\0\0\0\0\0\0\0"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01",
	      "MAC(3cecef7ec348,0x1)");
	READS("\x03\x0c\x1b\x00\x0a\0\0\x01\x0a\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0"
	      "\0\0\0",
	      "IPv4(10.0.0.2,10.0.0.1)");
	READS("\x03\x18\x0c\x00http://a", "Uri(http://a)");
	READS("\x03\x18\x04\x00", "Uri()");
	READS("\x03\x14\x06\x00\x05\x00", "Vlan(0x5)");
	READS("\x03\x11\x05\x00\x02", "Unit(0x2)");
	READS("\x03\x1d\x05\x00\x01", "eMMC(0x1)");
}

static void media_and_boot(void **state)
{
	(void)state;
	READS("\x04\x01\x2a\x00\x01\0\0\0\0\x08\0\0\0\0\0\0\0\0\x10\0\0\0\0\0"
	      "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9"
	      "\x3b\x02\x02\x04\x04\x10\x00\\\0E\0F\0I\0\\\0\0\0",
	      "HD(1,GPT,c12a7328-f81f-11d2-ba4b-00a0c93ec93b,0x800,0x100000)/"
	      "\\EFI\\");
	READS("\x04\x01\x2a\x00\x02\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0"
	      "\x78\x56\x34\x12\0\0\0\0\0\0\0\0\0\0\0\0\x01\x01",
	      "HD(2,MBR,0x12345678,0x1,0x2)");
	READS("\x04\x01\x2a\x00\x02\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x00",
	      "HD(2,1,0,0x1,0x2)");
	READS("\x04\x07\x14\x00\xc9\xbd\xb8\x7c\xeb\xf8\x34\x4f\xaa\xea\x3e\xe4"
	      "\xaf\x65\x16\xa1\x04\x06\x14\x00\x21\xaa\x2c\x46\x14\x76\x03\x45"
	      "\x83\x6e\x8a\xb6\xf4\x66\x23\x31",
	      "Fv(7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1)/"
	      "FvFile(462caa21-7614-4503-836e-8ab6f4662331)");
	READS("\x04\x08\x18\x00\0\0\0\0\x50\xf2\0\0\0\0\0\0\xff\x01\x02\0\0\0\0"
	      "\0",
	      "Offset(0xf250,0x201ff)");
	READS("\x05\x01\x0d\x00\x02\x00\x00\x00"
	      "Disk\0",
	      "BBS(HD,Disk)");
	READS("\x05\x01\x09\x00\x80\x00\x00\x00\0", "BBS(0x80,)");
}

static void what_is_not_known_is_hex(void **state)
{
	(void)state;
	READS("\x06\x09\x07\x00\x01\x02\x03", "Path(6,9,010203)");
	READS("\x04\x63\x04\x00", "Path(4,99)");
	/* Too short for what it is. */
	READS("\x01\x01\x05\x00\x03", "Path(1,1,03)");
	READS("\x03\x12\x05\x00\x03", "Path(3,18,03)");
	READS("", "");
}

static void an_instance_ends_before_the_path(void **state)
{
	(void)state;
	READS("\x03\x11\x05\x00\x02\x7f\x01\x04\x00\x03\x11\x05\x00\x03",
	      "Unit(0x2),Unit(0x3)");
	/* Without an end node, and with bytes behind it. */
	reads(EV_SPAN_LITERAL("\x03\x11\x05\x00\x02"), "Unit(0x2)");
	reads(EV_SPAN_LITERAL(END "\x03\x11\x05\x00\x02"), "");
}

static void nodes_that_do_not_fit_are_refused(void **state)
{
	struct ev_error err = { 0 };
	char *text;

	(void)state;
	text_of(EV_SPAN_LITERAL("\x03\x11\x05\x00\x02\x04\x04\x03\x00"), &text,
		&err);
	parse_expect(&err, EV_VALUE, "device-path", "length");
	assert_int_equal(err.offset, 57);
	assert_string_equal(text, "Unit(0x2)");
	free(text);
	err = (struct ev_error){ 0 };
	text_of(EV_SPAN_LITERAL("\x04\x04\x10\x00\\\0"), &text, &err);
	parse_expect(&err, EV_TRUNCATED, "device-path", "data");
	free(text);
	err = (struct ev_error){ 0 };
	text_of(EV_SPAN_LITERAL("\x04\x04\x10"), &text, &err);
	parse_expect(&err, EV_TRUNCATED, "device-path", "length");
	free(text);
}

static void file_is_the_last_of_the_path(void **state)
{
	static const uint8_t path[] = "\x03\x11\x05\x00\x02\x04\x04\x08\x00"
				      "\\\0a\0" END;
	struct ev_buffer out = { 0 };

	(void)state;
	ev_uefi_device_path_file(EV_SPAN(path), &out);
	assert_true(ev_span_eq(ev_buffer_span(&out), EV_SPAN_LITERAL("\\a")));
	out.n = 0;
	ev_uefi_device_path_file(ev_span_of(path, 5), &out);
	assert_true(
		ev_span_eq(ev_buffer_span(&out), EV_SPAN_LITERAL("Unit(0x2)")));
	out.n = 0;
	ev_uefi_device_path_file(ev_span_of(path, 7), &out);
	assert_true(ev_span_eq(ev_buffer_span(&out),
			       EV_SPAN_LITERAL("Unit(0x2)...")));
	ev_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hardware_and_acpi),
		cmocka_unit_test(messaging),
		cmocka_unit_test(media_and_boot),
		cmocka_unit_test(what_is_not_known_is_hex),
		cmocka_unit_test(an_instance_ends_before_the_path),
		cmocka_unit_test(nodes_that_do_not_fit_are_refused),
		cmocka_unit_test(file_is_the_last_of_the_path),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
