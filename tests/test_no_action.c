/* SPDX-License-Identifier: Apache-2.0 */
/* Events that measure nothing. */
#include "evidence/no_action.h"

#include "tests/event_case.h"

#define NO_ACTION EV_TCG_NO_ACTION
#define GUID	  "0123456789abcdef"

#define EVENT2                                                                 \
	"SP800-155 Event2\x79\x2b\0\0" GUID "\x05"                             \
	"ACME\0"                                                               \
	"\x02M\0"                                                              \
	"\x02V\0"                                                              \
	"\x02"                                                                 \
	"F\0"                                                                  \
	"\x01\0\0\0"                                                           \
	"\x02"                                                                 \
	"1\0"
#define EVENT3                                                                 \
	"SP800-155 Event3\x79\x2b\0\0" GUID "\x05"                             \
	"ACME\0"                                                               \
	"\x02M\0"                                                              \
	"\x02V\0"                                                              \
	"\x02"                                                                 \
	"F\0"                                                                  \
	"\x01\0\0\0"                                                           \
	"\x02"                                                                 \
	"1\0"                                                                  \
	"\x01\0\0\0"                                                           \
	"\x08\0\0\0http://a"                                                   \
	"\0\0\0\0"                                                             \
	"\x02\0\0\0\xff\xfe"

static void locality_is_said(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL("StartupLocality\0\x03");
	struct ev_tcg_event e = event_of(0, NO_ACTION, in);
	uint8_t locality = 0;

	(void)state;
	assert_true(ev_no_action_locality(&e, &locality));
	assert_int_equal(locality, 3);
	event_says(0, NO_ACTION, in, "startup locality 3");
	event_holds(0, NO_ACTION, in,
		    "\"startupLocality\":{\"length\":1,\"offset\":16,"
		    "\"value\":3}");
	event_bears(0, NO_ACTION, in);
	/* coreboot pads it. */
	event_holds(0, NO_ACTION, EV_SPAN_LITERAL("StartupLocality\0\x03\0\0"),
		    "\"trailing\":{\"length\":2");
	e.data.n = 16;
	assert_false(ev_no_action_locality(&e, &locality));
	event_holds(0, NO_ACTION, e.data, "\"refused\":");
}

static void sp800_155_is_read_in_three_forms(void **state)
{
	struct ev_span first =
		EV_SPAN_LITERAL("SP800-155 Event\0\x79\x2b\0\0" GUID);
	struct ev_span third = EV_SPAN_LITERAL(EVENT3);

	(void)state;
	event_says(0, NO_ACTION, first, "SP800-155 Event:");
	event_holds(
		0, NO_ACTION, first,
		"\"vendorId\":{\"length\":4,\"offset\":16,\"value\":11129}");
	event_says(0, NO_ACTION, EV_SPAN_LITERAL(EVENT2),
		   "SP800-155 Event2: ACME M V");
	event_holds(0, NO_ACTION, EV_SPAN_LITERAL(EVENT2),
		    "\"firmwareVersion\":{\"length\":1,\"offset\":");
	event_holds(0, NO_ACTION, third,
		    "\"rimLocator\":{\"length\":8,\"offset\":66,\"value\":"
		    "\"http://a\"}");
	event_holds(0, NO_ACTION, third, "\"value\":\"fffe\"");
	event_bears(0, NO_ACTION, third);
}

static void what_does_not_fit_is_refused_alone(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(EVENT3);

	(void)state;
	in.n -= 1;
	event_holds(0, NO_ACTION, in,
		    "\"refused\":\"no-action: platformCertLocator at byte");
	in.n = 19;
	event_holds(0, NO_ACTION, in, "\"refused\":\"no-action: vendorId");
	event_says(0, NO_ACTION, in, "SP800-155 Event3:");
}

static void others_are_text_or_bytes(void **state)
{
	(void)state;
	event_says(0, NO_ACTION, EV_SPAN_LITERAL("H-CRTM Event\0"),
		   "H-CRTM Event");
	event_says(0, NO_ACTION, EV_SPAN_LITERAL("\x01\x02"), "0102");
	event_says(0, NO_ACTION, EV_SPAN_LITERAL("SP800-155 Event9"),
		   "SP800-155 Event9");
}

/* TrustPoint: the name of a key in a container. */
static void trust_points_are_read(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(
		"\x04\0\x01\xc0\x0e\0\0\0\x03\0\x08\x80\x06\0\0\0A\0K\0\0\0");

	(void)state;
	event_says(EV_TCG_NOWHERE, NO_ACTION, in, "TrustPoint_Aggregation: AK");
	event_bears(EV_TCG_NOWHERE, NO_ACTION, in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locality_is_said),
		cmocka_unit_test(sp800_155_is_read_in_three_forms),
		cmocka_unit_test(what_does_not_fit_is_refused_alone),
		cmocka_unit_test(others_are_text_or_bytes),
		cmocka_unit_test(trust_points_are_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
