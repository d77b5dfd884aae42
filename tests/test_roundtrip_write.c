/* SPDX-License-Identifier: Apache-2.0 */
/* What is written of tries is what is read of them. */
#include "collect/roundtrip_write.h"

#include "evidence/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct co_tls_client client = {
	.host = { .name = "a.example", .port = 8443 },
	.clocks = { .counter = "tsc", .counter_hz = UINT64_C(1) << 62 },
};

static void a_failed_try_is_written_and_read(void **state)
{
	struct co_tls_try tries[2] = { { .failed = "no answer\n" },
				       { .failed = "refused" } };
	struct ev_error err = { 0 };
	struct ev_roundtrip r;
	size_t n = 0;
	char *text = co_roundtrip_write(&client, "kvm-clock", tries, 2, &n);

	(void)state;
	assert_non_null(text);
	assert_int_equal(ev_roundtrip_parse(ev_span_of(text, n), &r, &err),
			 EV_OK);
	assert_int_equal(
		ev_json_check_canonical(ev_span_of(text, n), NULL, "r", &err),
		EV_OK);
	assert_string_equal(r.host, "a.example");
	assert_int_equal(r.port, 8443);
	assert_string_equal(r.clocksource, "kvm-clock");
	assert_true(r.counter_hz == client.clocks.counter_hz);
	assert_int_equal(r.n_failed, 2);
	assert_string_equal(r.tries[0].failed, "no answer\\x0a");
	ev_roundtrip_free(&r);
	free(text);
}

/* What is in the messages is for their parser: it is the first to refuse. */
static void messages_go_in_their_order(void **state)
{
	struct co_tls_try one = { .peer = "192.0.2.1:8443",
				  .start = { 10, 20 },
				  .end = { UINT64_MAX, 30 } };
	size_t n = 0;
	char *text;

	(void)state;
	ev_buffer_add_str(&one.message[0], "abc");
	ev_buffer_add_str(&one.message[1], "de");
	one.n_messages = 2;
	text = co_roundtrip_write(&client, "tsc", &one, 1, &n);
	assert_non_null(text);
	assert_non_null(strstr(text, "\"messages\":[\"YWJj\",\"ZGU=\"]"));
	assert_non_null(strstr(text, "\"end\":{\"counter\":\"30\","
				     "\"ns\":\"18446744073709551615\"}"));
	free(text);
	co_tls_try_free(&one);
}

static void times_are_little_endian(void **state)
{
	static const uint8_t want[16] = { 0x02, 0x01, 0,    0,	  0,	0,
					  0,	0,    0xff, 0xff, 0xff, 0xff,
					  0xff, 0xff, 0xff, 0xff };
	struct co_tls_try tries[2] = { { .end = { 0x0102, 0 } },
				       { .failed = "no" } };
	ev_auto_buffer struct ev_buffer out = { 0 };

	(void)state;
	assert_true(co_roundtrip_times(tries, 2, &out));
	assert_int_equal(out.n, sizeof(want));
	assert_memory_equal(out.p, want, sizeof(want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_try_is_written_and_read),
		cmocka_unit_test(messages_go_in_their_order),
		cmocka_unit_test(times_are_little_endian),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
