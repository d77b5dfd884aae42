/* SPDX-License-Identifier: Apache-2.0 */
/* What two hellos of one handshake have in common. */
#include "evidence/tls_hello.h"

#include "tests/parse_case.h"

#define RANDOM "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"

static struct ev_tls_client_hello hello(void)
{
	/* Session id "i", one suite, the name "a". */
	static const char text[] = "\1\0\0\x3a\3\3" RANDOM
				   "\1i\0\2\x13\1\1\0\0\xe\0\0\0\6\0\4\0\0\1a"
				   "\0\x63\0";
	struct ev_error err = { 0 };
	struct ev_tls_client_hello out;

	ev_tls_client_hello_read(
		ev_span_of((const uint8_t *)text, sizeof(text)), &out, &err);
	if (err.code != EV_OK)
		fail_msg("%s at %d: want %s, found %s", err.field,
			 (int)err.offset, err.want, err.found);
	return out;
}

static void a_client_hello_is_read(void **state)
{
	struct ev_tls_client_hello h = hello();

	(void)state;
	assert_true(ev_span_eq(h.random, EV_SPAN_LITERAL(RANDOM)));
	assert_true(ev_span_eq(h.session_id, EV_SPAN_LITERAL("i")));
	assert_true(ev_span_eq(h.suites, EV_SPAN_LITERAL("\x13\1")));
	assert_true(ev_span_eq(h.server_name, EV_SPAN_LITERAL("a")));
	assert_int_equal(h.nonce.n, 0);
}

static void each_member_is_repeated(void **state)
{
	static const char *const fields[] = { "random", "legacy_session_id",
					      "cipher_suites", "host_name",
					      "nonce" };
	struct ev_tls_client_hello first = hello();
	struct ev_error err = { 0 };

	(void)state;
	ev_tls_hello_repeats(&first, &first, &err);
	assert_int_equal(err.code, EV_OK);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct ev_tls_client_hello second = first;
		struct ev_span *member[] = { &second.random, &second.session_id,
					     &second.suites,
					     &second.server_name,
					     &second.nonce };

		*member[i] = EV_SPAN_LITERAL("another");
		err = (struct ev_error){ 0 };
		ev_tls_hello_repeats(&first, &second, &err);
		parse_expect(&err, EV_VALUE, "tls", fields[i]);
	}
}

static void a_server_keeps_what_it_asked_for(void **state)
{
	struct ev_tls_server_hello retry = { .cipher = 1 };
	struct ev_tls_server_hello answer = { .cipher = 1, .group = 3 };
	struct ev_tls_client_hello client = hello();
	struct ev_error err = { 0 };

	(void)state;
	/* It asked for a cookie alone. */
	ev_tls_hello_keeps(&retry, &answer, &err);
	assert_int_equal(err.code, EV_OK);
	retry.has_group = true;
	ev_tls_hello_keeps(&retry, &answer, &err);
	parse_expect(&err, EV_VALUE, "tls", "group");
	err = (struct ev_error){ 0 };
	answer.cipher = 2;
	ev_tls_hello_keeps(&retry, &answer, &err);
	parse_expect(&err, EV_VALUE, "tls", "cipher_suite");
	err = (struct ev_error){ 0 };
	ev_tls_hello_echoes(&client, &answer, &err);
	parse_expect(&err, EV_VALUE, "tls", "legacy_session_id_echo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_hello_is_read),
		cmocka_unit_test(each_member_is_repeated),
		cmocka_unit_test(a_server_keeps_what_it_asked_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
