/* SPDX-License-Identifier: Apache-2.0 */
/* Names of registers, banks and ends of boot logs. */
#include "evidence/tcg_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_register(bool measurement, uint32_t index, const char *want)
{
	char name[EV_TCG_REGISTER_NAME];

	ev_tcg_register_name(measurement, index, name);
	assert_string_equal(name, want);
}

static void registers_have_names(void **state)
{
	(void)state;
	assert_register(false, 0, "pcr0");
	assert_register(false, 23, "pcr23");
	assert_register(false, UINT32_MAX - 1, "pcr4294967294");
	assert_register(false, UINT32_MAX, "none");
	assert_register(true, 0, "mrtd");
	assert_register(true, 1, "rtmr0");
	assert_register(true, 4, "rtmr3");
	assert_register(true, 5, "mr5");
	assert_register(true, UINT32_MAX, "none");
}

static void banks_have_names_or_numbers(void **state)
{
	char name[EV_TCG_BANK_NAME];

	(void)state;
	ev_tcg_bank_name(0x000b, name);
	assert_string_equal(name, "sha256");
	ev_tcg_bank_name(0x4444, name);
	assert_string_equal(name, "0x4444");
}

static void assert_end(const struct ev_tcg_log *log, const char *want)
{
	struct ev_writer *w = ev_writer_new();
	char *text;

	assert_non_null(w);
	ev_write_object(w, NULL);
	ev_tcg_end_write(w, log);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
	ev_writer_free(w);
}

static void an_end_says_where_and_how(void **state)
{
	struct ev_tcg_log log = { .item = { .n = 100 },
				  .at = 90,
				  .end = EV_TCG_CLEAN };

	(void)state;
	assert_end(&log, "{\"end\":{\"how\":\"clean\",\"offset\":90}}");
	log.end = EV_TCG_PADDING;
	log.pad = 0xff;
	assert_end(&log, "{\"end\":{\"how\":\"padding\",\"length\":10,"
			 "\"offset\":90,\"pad\":\"ff\"}}");
	log.end = EV_TCG_HIDDEN;
	log.hidden = 98;
	assert_end(&log, "{\"end\":{\"firstOther\":98,"
			 "\"how\":\"data-after-padding\",\"length\":10,"
			 "\"offset\":90,\"pad\":\"ff\"}}");
	log.end = EV_TCG_CUT;
	ev_fail(&log.refusal, EV_TRUNCATED, "log", "event", 90, "20", "10");
	assert_end(&log, "{\"end\":{\"how\":\"truncated\",\"offset\":90,"
			 "\"refused\":\"log: event at byte 90: want 20, found "
			 "10\"}}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_have_names),
		cmocka_unit_test(banks_have_names_or_numbers),
		cmocka_unit_test(an_end_says_where_and_how),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
