/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of SPDM events. */
#include "evidence/spdm_event.h"

#include "tests/event_case.h"

static void spdm_shows_its_head(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL("SPDM Device Sec\0\x01\0xy");

	(void)state;
	event_says(2, 0x800000e1, in, "SPDM Device Sec, 20 bytes");
	event_holds(2, 0x800000e1, in,
		    "\"version\":{\"length\":2,\"offset\":16,\"value\":1}");
	event_says(2, 0x800000e2, EV_SPAN_LITERAL("ab"), "6162");
	event_bears(2, 0x800000e1, in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spdm_shows_its_head),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
