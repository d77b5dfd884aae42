/* SPDX-License-Identifier: Apache-2.0 */
/* What boot loaders measure, each in its own form. */
#include "evidence/event_ipl.h"

#include "tests/event_case.h"

#define IPL EV_TYPE_IPL

static void form_is(uint32_t pcr, struct ev_span data, enum ev_ipl_form form,
		    bool command_line)
{
	struct ev_tcg_event e = event_of(pcr, IPL, data);
	struct ev_ipl ipl = ev_ipl_parse(&e);

	assert_int_equal(ipl.form, form);
	assert_int_equal(ev_ipl_is_command_line(&e, &ipl), command_line);
}

static void grub_has_prefixes(void **state)
{
	(void)state;
	event_says(8, IPL, EV_SPAN_LITERAL("grub_cmd: set a=b\0"),
		   "grub_cmd: set a=b");
	event_says(8, IPL, EV_SPAN_LITERAL("grub_cmd set a=b\0"),
		   "grub_cmd: set a=b");
	event_says(8, IPL, EV_SPAN_LITERAL("grub_kernel_cmdline /v ro\0gar"),
		   "kernel_cmdline: /v ro");
	event_writes(8, IPL, EV_SPAN_LITERAL("kernel_cmdline: /v\0x"),
		     "{\"prefix\":\"kernel_cmdline\",\"text\":{\"length\":2,"
		     "\"offset\":16,\"value\":\"/v\"},\"trailing\":{\"length\":"
		     "2,\"offset\":18,\"value\":\"0078\"}}");
	form_is(8, EV_SPAN_LITERAL("kernel_cmdline: /v\0"), EV_IPL_GRUB, true);
	form_is(8, EV_SPAN_LITERAL("grub_cmd: linux /v\0"), EV_IPL_GRUB, false);
	form_is(8, EV_SPAN_LITERAL("grub_cmd:"), EV_IPL_TEXT, false);
	event_bears(8, IPL, EV_SPAN_LITERAL("grub_cmd: set a=b\0"));
}

static void names_are_text(void **state)
{
	(void)state;
	event_says(9, IPL, EV_SPAN_LITERAL("(hd0,gpt2)/vmlinuz\0"),
		   "(hd0,gpt2)/vmlinuz");
	event_says(9, IPL, EV_SPAN_LITERAL("grub_linuxefi Kernel\0\xb4"),
		   "grub_linuxefi Kernel");
	event_says(14, IPL, EV_SPAN_LITERAL("MokListX\0"), "MokListX");
	event_says(4, IPL, EV_SPAN_LITERAL("\x01\x02"), "0102");
}

static void systemd_writes_units(void **state)
{
	struct ev_span line = EV_SPAN_LITERAL("r\0o\0 \0\xe9\0\0\0");

	(void)state;
	form_is(12, line, EV_IPL_UTF16, true);
	form_is(11, line, EV_IPL_UTF16, false);
	event_says(12, IPL, line, "ro \xc3\xa9");
	/* Half of the NUL, as systemd-boot 250 logs it. */
	form_is(8, EV_SPAN_LITERAL("r\0o\0\0"), EV_IPL_UTF16, true);
	event_says(8, IPL, EV_SPAN_LITERAL("r\0o\0\0"), "ro");
	event_bears(12, IPL, line);
}

static void sections_begin_with_a_dot(void **state)
{
	struct ev_span linux_section =
		EV_SPAN_LITERAL(".\0l\0i\0n\0u\0x\0\0\0");

	(void)state;
	form_is(11, linux_section, EV_IPL_SECTION, false);
	event_says(11, IPL, linux_section, ".linux");
	form_is(11, EV_SPAN_LITERAL(".\0 \0x\0\0\0"), EV_IPL_UTF16, false);
	form_is(11, EV_SPAN_LITERAL(".\0\0\0"), EV_IPL_UTF16, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grub_has_prefixes),
		cmocka_unit_test(names_are_text),
		cmocka_unit_test(systemd_writes_units),
		cmocka_unit_test(sections_begin_with_a_dot),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
