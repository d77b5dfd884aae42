/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: real ones are read, and have one spelling. */
#include "evidence/jwt.h"

#include "evidence/limits.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_jwt t;
	enum ev_code code = ev_jwt_parse(item, &t, err);

	if (code == EV_OK)
		ev_jwt_free(&t);
	return code;
}

/* {"a":"b"} . {"nonce":"x","o":{"n":"y"},"t":"z","t":"z","u":1} . 00 */
#define HEADER "eyJhIjoiYiJ9"
#define PAYLOAD                                                                \
	"eyJub25jZSI6IngiLCJvIjp7Im4iOiJ5In0sInQiOiJ6IiwidCI6InoiLCJ1IjoxfQ"
#define SIG "AA"
static const char good[] = HEADER "." PAYLOAD "." SIG;

static bool claim(const struct ev_jwt *t, const char *a, const char *b,
		  struct ev_span *out)
{
	const char *const path[] = { a, b, NULL };

	return ev_jwt_text(t, path, out);
}

static void claims_are_found_once(void **state)
{
	struct ev_error err = { 0 };
	struct ev_span v;
	struct ev_jwt t;

	(void)state;
	assert_int_equal(ev_jwt_parse(ev_span_str(good), &t, &err), EV_OK);
	assert_true(ev_span_eq(t.header, EV_SPAN_LITERAL("{\"a\":\"b\"}")));
	assert_true(claim(&t, "nonce", NULL, &v));
	assert_true(ev_span_eq(v, EV_SPAN_LITERAL("x")));
	assert_true(claim(&t, "o", "n", &v));
	assert_true(ev_span_eq(v, EV_SPAN_LITERAL("y")));
	assert_false(claim(&t, "o", NULL, &v)); /* an object */
	assert_false(claim(&t, "o", "m", &v));
	assert_false(claim(&t, "t", NULL, &v)); /* twice */
	assert_false(claim(&t, "u", NULL, &v)); /* a number */
	assert_false(claim(&t, "nonce", "n", &v));
	ev_jwt_free(&t);
	assert_null(t.storage);
}

static void real_tokens_are_read(void **state)
{
	static const char *const paths[] = {
		"tokens/maa-sgx1-token.jwt",	    "tokens/maa-snp1-token.jwt",
		"tokens/maa-azureguest1-token.jwt", "tokens/ita-sgx1-token.jwt",
		"tokens/gcp-cs1-oidc-token.jwt",
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct ev_error err = { 0 };
		struct ev_span item, v;
		struct ev_jwt t;

		assert_true(vectors_read(paths[i], &item));
		while (item.n > 0 && item.p[item.n - 1] == '\n')
			item.n--;
		assert_int_equal(ev_jwt_parse(item, &t, &err), EV_OK);
		assert_true(claim(&t, "iss", NULL, &v));
		ev_jwt_free(&t);
	}
}

static void another_spelling_is_refused(void **state)
{
	static const struct {
		const char *text, *field;
	} rows[] = {
		{ "", "parts" },
		{ ".", "parts" },
		{ "..", "parts" },
		{ HEADER "." PAYLOAD, "parts" },
		{ HEADER "." PAYLOAD ".", "parts" },
		{ HEADER ".." SIG, "parts" },
		{ "." PAYLOAD "." SIG, "parts" },
		{ HEADER "." PAYLOAD "." SIG "." SIG, "parts" },
		{ HEADER "." PAYLOAD "." SIG "\n", "signature" },
		{ HEADER "." PAYLOAD ".AA==", "signature" },
		{ HEADER "." PAYLOAD ".AB", "signature" },
		{ HEADER "." PAYLOAD ".A", "signature" },
		{ HEADER " ." PAYLOAD "." SIG, "header" },
		{ HEADER "=." PAYLOAD "." SIG, "header" },
		{ "e30x." PAYLOAD "." SIG, "header" }, /* {}1 */
		{ "W10." PAYLOAD "." SIG, "header" },  /* [] */
		{ HEADER ".e30x." SIG, "payload" },
		{ HEADER ".Nw." SIG, "payload" }, /* 7 */
		{ HEADER ".+A." SIG, "payload" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };

		parse(ev_span_str(rows[i].text), &err);
		parse_expect(&err, EV_SYNTAX, "jwt", rows[i].field);
	}
	parse_mutations(parse, ev_span_str(good), 3000);
}

static void a_token_is_bounded(void **state)
{
	struct ev_error err = { 0 };
	char *text = calloc(1, EV_COLLATERAL_MAX + 1);

	(void)state;
	assert_non_null(text);
	parse(ev_span_of(text, EV_COLLATERAL_MAX + 1), &err);
	parse_expect(&err, EV_LIMIT, "jwt", "size");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_are_found_once),
		cmocka_unit_test(real_tokens_are_read),
		cmocka_unit_test(another_spelling_is_refused),
		cmocka_unit_test(a_token_is_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
