/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a certificate names, if it is one. */
#include "evidence/cert_subject.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

/* Of a real log: variable "Shim" of event 24, 0x3a2 bytes. */
static struct ev_span certificate(void)
{
	struct ev_span log = { NULL, 0 };

	assert_true(vectors_read("eventlog/goev-debian-10.bin", &log));
	return ev_span_sub(log, 21139 + 32 + 32 + 8, 0x3a2);
}

static void subject_is_spelled(void **state)
{
	char subject[EV_NAME_TEXT];

	(void)state;
	vectors_need();
	assert_true(ev_cert_subject(certificate(), subject));
	assert_string_equal(subject, "CN=Debian Secure Boot CA");
}

static void what_is_cut_names_nobody(void **state)
{
	char subject[EV_NAME_TEXT];
	struct ev_span der;

	(void)state;
	vectors_need();
	der = certificate();
	for (size_t n = 0; n < der.n; n++) {
		uint8_t *p = parse_copy(der, n);

		assert_false(ev_cert_subject(ev_span_of(p, n), subject));
		assert_string_equal(subject, "");
		free(p);
	}
}

static void other_bytes_name_nobody(void **state)
{
	char subject[EV_NAME_TEXT];

	(void)state;
	assert_false(ev_cert_subject(EV_SPAN_LITERAL("0123456789"), subject));
	assert_false(
		ev_cert_subject(EV_SPAN_LITERAL("\x30\x02\x30\x00"), subject));
	assert_false(ev_cert_subject((struct ev_span){ NULL, 0 }, subject));
	assert_string_equal(subject, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subject_is_spelled),
		cmocka_unit_test(what_is_cut_names_nobody),
		cmocka_unit_test(other_bytes_name_nobody),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
