/* SPDX-License-Identifier: Apache-2.0 */
/* Events of loaded images. */
#include "evidence/uefi_image.h"

#include "tests/event_case.h"

#define U64(n) n "\0\0\0\0\0\0\0"
#define HEAD   U64("\x10") U64("\x20") U64("\x30")
#define PATH   "\x03\x11\x05\0\x02\x04\x04\x08\0\\\0a\0\x7f\xff\x04\0"

#define APPLICATION EV_TYPE_APPLICATION

static void paths_are_shown(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(HEAD U64("\x11") PATH);

	(void)state;
	event_says(4, APPLICATION, in, "\\a");
	event_writes(4, APPLICATION, in,
		     "{\"imageLength\":{\"length\":8,\"offset\":8,\"value\":"
		     "\"32\"},\"linkAddress\":{\"length\":8,\"offset\":16,"
		     "\"value\":\"48\"},\"location\":{\"length\":8,\"offset\":"
		     "0,\"value\":\"16\"},\"path\":{\"length\":17,\"offset\":32"
		     ",\"value\":\"Unit(0x2)/\\\\a\"}}");
	event_bears(4, APPLICATION, in);
}

static void images_without_a_path_are_named_by_size(void **state)
{
	(void)state;
	event_says(4, APPLICATION, EV_SPAN_LITERAL(HEAD U64("\0")),
		   "image of 32 bytes without a path");
}

static void what_does_not_fit_is_refused_alone(void **state)
{
	struct ev_span longer = EV_SPAN_LITERAL(HEAD U64("\x12") PATH);
	struct ev_span wrapped =
		EV_SPAN_LITERAL(HEAD "\xff\xff\xff\xff\xff\xff\xff\xff" PATH);
	struct ev_span more = EV_SPAN_LITERAL(HEAD U64("\x11") PATH "zz");

	(void)state;
	event_holds(4, APPLICATION, longer,
		    "\"refused\":\"image-load: DevicePath at byte 32: want 18, "
		    "found 17\"");
	event_holds(4, APPLICATION, wrapped, "\"refused\":");
	event_says(4, APPLICATION, EV_SPAN_LITERAL("abc"), "no image: 616263");
	event_holds(4, APPLICATION, more,
		    "\"trailing\":{\"length\":2,\"offset\":49");
}

static void a_path_that_is_cut_says_so(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(HEAD U64("\x07") "\x03\x11\x05\0"
							     "\x02\x04\x04");

	(void)state;
	event_says(4, APPLICATION, in, "Unit(0x2)...");
	event_holds(4, APPLICATION, in, "\"refused\":\"device-path: length");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_shown),
		cmocka_unit_test(images_without_a_path_are_named_by_size),
		cmocka_unit_test(what_does_not_fit_is_refused_alone),
		cmocka_unit_test(a_path_that_is_cut_says_so),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
