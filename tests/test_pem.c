/* SPDX-License-Identifier: Apache-2.0 */
/* PEM: real chains, and every looseness refused. */
#include "evidence/base/pem.h"

#include "tests/lcg.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define BEGIN "-----BEGIN TEST-----\n"
#define END   "-----END TEST-----\n"
#define WIDE  "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3"

static enum ev_code parse(struct ev_span text, struct ev_pem_list *list)
{
	struct ev_error err = { EV_OK };
	enum ev_code code = ev_pem_list_parse(text, 50, "TEST", list, &err);

	assert_int_equal(code, err.code);
	if (code != EV_OK)
		assert_string_equal(err.object, "pem");
	return code;
}

static void blocks_are_found_and_decoded(void **state)
{
	static const char text[] =
		"\r\n " BEGIN "YWJj\n" END
		"\n\n-----BEGIN TEST-----\r\nZGVm\r\nZw==\r\n"
		"-----END TEST-----\0garbage";
	struct ev_pem_list list;

	(void)state;
	assert_int_equal(parse(ev_span_of(text, sizeof(text)), &list), EV_OK);
	assert_int_equal(list.n_blocks, 2);
	assert_true(ev_span_eq(list.block[0].der, ev_span_str("abc")));
	assert_true(ev_span_eq(list.block[1].der, ev_span_str("defg")));
	assert_int_equal(list.block[0].offset, 53);
	assert_true(ev_span_eq(list.block[0].text,
			       ev_span_str(BEGIN "YWJj\n"
						 "-----END TEST-----")));
	assert_int_equal(list.end, 50 + strlen(text));
	ev_pem_list_free(&list);
	assert_int_equal(list.n_blocks, 0);
	assert_null(list.storage);
}

static void looseness_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum ev_code code;
	} cases[] = {
		{ "", EV_MISSING },
		{ " \n", EV_MISSING },
		{ "text\n" BEGIN "YWJj\n" END, EV_SYNTAX },
		{ BEGIN "YWJj\n" END "text", EV_SYNTAX },
		{ BEGIN "YWJj\n-----END TEST-----" BEGIN "YWJj\n" END,
		  EV_SYNTAX },
		{ BEGIN "YWJj\n", EV_TRUNCATED },
		{ BEGIN END, EV_SYNTAX },
		{ BEGIN "\nYWJj\n" END, EV_SYNTAX },
		{ BEGIN "YW Jj\n" END, EV_SYNTAX },
		{ BEGIN "YWJj \n" END, EV_SYNTAX },
		{ BEGIN " YWJj\n" END, EV_SYNTAX },
		{ BEGIN "YWJ\n" END, EV_SYNTAX },
		{ BEGIN "YWI=\n" END, EV_OK },
		{ BEGIN "YWJ=\n" END, EV_SYNTAX }, /* an unused bit is set */
		{ BEGIN "YWI=\nYWJj\n" END, EV_SYNTAX },
		{ BEGIN "YW-_\n" END, EV_SYNTAX },
		{ BEGIN WIDE "\n" END, EV_OK },
		{ BEGIN WIDE "YWJj\n" END, EV_SYNTAX },
		{ "-----BEGIN OTHER-----\nYWJj\n-----END OTHER-----\n",
		  EV_SYNTAX },
		{ BEGIN "YWJj\n-----END OTHER-----\n", EV_TRUNCATED },
		{ "-----BEGIN TEST----- \nYWJj\n" END, EV_SYNTAX },
		{ "-----BEGIN TEST-----\rYWJj\r" END, EV_SYNTAX },
		{ BEGIN "Proc-Type: 4,ENCRYPTED\n\nYWJj\n" END, EV_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_pem_list list = { .n_blocks = 7 };
		enum ev_code code = parse(ev_span_str(cases[i].text), &list);

		if (code != cases[i].code)
			fail_msg("case %zu: %s", i, ev_code_word(code));
		if (code == EV_OK)
			ev_pem_list_free(&list);
		else
			assert_int_equal(list.n_blocks, 7);
	}
}

static void too_many_blocks_are_refused(void **state)
{
	char text[(EV_PEM_BLOCKS_MAX + 1) * 64] = "";
	struct ev_pem_list list;

	(void)state;
	for (int i = 0; i < EV_PEM_BLOCKS_MAX; i++)
		strcat(text, BEGIN "YWJj\n" END);
	assert_int_equal(parse(ev_span_str(text), &list), EV_OK);
	assert_int_equal(list.n_blocks, EV_PEM_BLOCKS_MAX);
	ev_pem_list_free(&list);
	strcat(text, BEGIN "YWJj\n" END);
	assert_int_equal(parse(ev_span_str(text), &list), EV_LIMIT);
}

static void too_long_a_text_is_refused(void **state)
{
	size_t n = ((size_t)1 << 20) + 1;
	struct ev_pem_list list;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	memset(text, '\n', n);
	assert_int_equal(parse(ev_span_of(text, n), &list), EV_LIMIT);
	assert_int_equal(parse(ev_span_of(text, n - 1), &list), EV_MISSING);
	text[5] = '\0'; /* what follows the NUL is not looked at */
	assert_int_equal(parse(ev_span_of(text, n), &list), EV_MISSING);
	free(text);
}

static void prefixes_and_mutations_of_a_chain_do_no_harm(void **state)
{
	struct ev_span text;
	struct ev_pem_list list;
	uint64_t seed = 3;

	(void)state;
	vectors_need();
	assert_true(
		vectors_read("dcap/roots/intel-sgx-root-ca-2049.pem", &text));
	for (unsigned int i = 0; i < text.n + 3000; i++) {
		size_t n = i < text.n ? i : text.n;
		struct ev_error err = { EV_OK };
		uint8_t *copy = malloc(n > 0 ? n : 1);

		assert_non_null(copy);
		memcpy(copy, text.p, n);
		if (i >= text.n)
			copy[lcg_below(&seed, (uint32_t)n)] =
				(uint8_t)lcg_below(&seed, 256);
		if (ev_pem_list_parse(ev_span_of(copy, n), 0, "CERTIFICATE",
				      &list, &err) == EV_OK)
			ev_pem_list_free(&list);
		/* All but the last line end is needed. */
		else if (i < text.n)
			assert_true(i + 1 < text.n);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_found_and_decoded),
		cmocka_unit_test(looseness_is_refused),
		cmocka_unit_test(too_many_blocks_are_refused),
		cmocka_unit_test(too_long_a_text_is_refused),
		cmocka_unit_test(prefixes_and_mutations_of_a_chain_do_no_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
