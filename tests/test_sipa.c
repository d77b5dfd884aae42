/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements of Windows. */
#include "evidence/sipa.h"

#include "evidence/event_data.h"
#include "tests/event_case.h"

#define TAG EV_TYPE_EVENT_TAG

/* OSKernelDebug 0 and SystemRoot "\W" in a TrustBoundary. */
#define BOUNDARY                                                               \
	"\x01\0\x01\x40\x17\0\0\0"                                             \
	"\x01\0\x05\0\x01\0\0\0\0"                                             \
	"\x09\0\x05\0\x06\0\0\0\\\0W\0\0\0"

static void streams_are_followed(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(BOUNDARY);

	(void)state;
	assert_true(ev_sipa_is(in));
	event_says(13, TAG, in, "TrustBoundary: \\W");
	event_writes(13, TAG, in,
		     "{\"entries\":[{\"entries\":[{\"number\":{\"length\":1,"
		     "\"offset\":16,\"value\":0},\"offset\":8,\"type\":"
		     "\"OSKernelDebug\"},{\"offset\":17,\"text\":{\"length\":4,"
		     "\"offset\":25,\"value\":\"\\\\W\"},\"type\":"
		     "\"SystemRoot\"}],\"offset\":0,\"type\":"
		     "\"TrustBoundary\"}]}");
	event_bears(13, TAG, in);
}

static void depth_is_bounded(void **state)
{
	uint8_t deep[8 * 64];

	(void)state;
	/* Each holds the next. */
	for (size_t i = 0; i < 64; i++) {
		uint32_t size = (uint32_t)(sizeof(deep) - 8 * (i + 1));
		uint8_t head[8] = {
			1, 0, 1, 0x40, (uint8_t)size, (uint8_t)(size >> 8)
		};

		memcpy(deep + 8 * i, head, 8);
	}
	assert_true(ev_sipa_is(EV_SPAN(deep)));
	event_survives(13, TAG, EV_SPAN(deep));
}

static void a_list_is_cut_and_counted(void **state)
{
	size_t n = (EV_EVENT_LIST_MAX + 1) * 9;
	uint8_t *many = calloc(1, n);

	(void)state;
	assert_non_null(many);
	for (size_t i = 0; i < n; i += 9)
		memcpy(many + i, "\x01\0\x05\0\x01\0\0\0\0", 9);
	event_holds(13, TAG, ev_span_of(many, n), "\"leftOut\":\"1\"");
	free(many);
}

static void a_stream_begins_with_what_is_known(void **state)
{
	(void)state;
	assert_false(ev_sipa_is(EV_SPAN_LITERAL("\x99\0\x05\0\x01\0\0\0\0")));
	assert_false(ev_sipa_is(EV_SPAN_LITERAL("\x01\0\x05\0\x02\0\0\0\0")));
	assert_false(ev_sipa_is(EV_SPAN_LITERAL("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_followed),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(a_list_is_cut_and_counted),
		cmocka_unit_test(a_stream_begins_with_what_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
