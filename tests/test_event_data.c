/* SPDX-License-Identifier: Apache-2.0 */
/* Data of events that is text, or has no layout of its own. */
#include "evidence/event_data.h"

#include "tests/event_case.h"

static void text_and_bytes(void **state)
{
	(void)state;
	event_says(5, 0x80000007,
		   EV_SPAN_LITERAL("Exit Boot Services Invocation"),
		   "Exit Boot Services Invocation");
	event_says(0, 0x8,
		   EV_SPAN_LITERAL("1\0.\0"
				   "2\0\0\0"),
		   "1.2");
	event_says(7, 0x4, EV_SPAN_LITERAL("\0\0\0\0"), "00000000");
	event_says(0, 0x8401, EV_SPAN_LITERAL("\x01 and twenty-2 more bytes"),
		   "25 bytes 0120616e64207477656e74792d32206d...");
	event_writes(7, 0x4, EV_SPAN_LITERAL("\0\0\0\0"),
		     "{\"data\":{\"length\":4,\"offset\":0,\"value\":"
		     "\"00000000\"}}");
	event_writes(1, 0x5, EV_SPAN_LITERAL("a\0"),
		     "{\"text\":{\"length\":1,\"offset\":0,\"value\":\"a\"}}");
}

static void long_data_is_cut(void **state)
{
	uint8_t data[EV_EVENT_HEX_MAX + 1] = { 1 };
	char text[EV_EVENT_LINE_MAX + 2];

	(void)state;
	event_holds(0, 0x9, EV_SPAN(data), "\"length\":257,\"offset\":0}");
	memset(text, 'a', sizeof(text));
	text[EV_EVENT_LINE_MAX + 1] = '\0';
	{
		struct ev_tcg_event e = event_of(0, 0x5, ev_span_str(text));
		char *line = event_line(&e);

		assert_int_equal(strlen(line), EV_EVENT_LINE_MAX);
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_bytes),
		cmocka_unit_test(long_data_is_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
