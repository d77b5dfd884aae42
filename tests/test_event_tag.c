/* SPDX-License-Identifier: Apache-2.0 */
/* Tagged events of loaders, kernels and agents. */
#include "evidence/event_tag.h"

#include "tests/event_case.h"

#define TAG EV_TYPE_EVENT_TAG

static void tags_of_linux_and_agents_have_names(void **state)
{
	struct ev_span initrd = EV_SPAN_LITERAL("\xec\x22\x3b\x8f\x0d\0\0\0"
						"Linux initrd\0");
	struct ev_span coco = EV_SPAN_LITERAL("LEAA\x05\0\0\0d o c");

	(void)state;
	event_says(9, TAG, initrd, "Linux initrd: Linux initrd");
	event_holds(9, TAG, initrd,
		    "\"text\":{\"length\":12,\"offset\":8,\"value\":"
		    "\"Linux initrd\"}");
	event_says(4, TAG, coco, "CoCo runtime event: d o c");
	event_says(4, TAG, EV_SPAN_LITERAL("\x07\0\0\0\x02\0\0\0\x01\x02"),
		   "tag 0x00000007: 0102");
	event_bears(9, TAG, initrd);
}

static void text_without_a_tag_is_text(void **state)
{
	(void)state;
	event_says(9, TAG, EV_SPAN_LITERAL("LOADED_IMAGE::LoadOptions\0"),
		   "LOADED_IMAGE::LoadOptions");
	event_says(9, TAG, EV_SPAN_LITERAL("\x07\0\0\0\x03\0\0\0\x01\x02"),
		   "07000000030000000102");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_of_linux_and_agents_have_names),
		cmocka_unit_test(text_without_a_tag_is_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
