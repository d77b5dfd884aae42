/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: real ones are read, and have one spelling. */
#include "evidence/jwt.h"

#include "evidence/base/base64.h"
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

/* {"alg":"b"} . {"nonce":"x","o":{"n":"\u0079"},"u":1} . 00 */
#define HEADER	"eyJhbGciOiJiIn0"
#define PAYLOAD "eyJub25jZSI6IngiLCJvIjp7Im4iOiJcdTAwNzkifSwidSI6MX0"
#define SIG	"AA"
static const char good[] = HEADER "." PAYLOAD "." SIG;

static bool claim(const struct ev_jwt *t, const char *a, const char *b,
		  struct ev_span *out)
{
	const char *const path[] = { a, b, NULL };

	return ev_jwt_text(t, path, out);
}

static void claims_are_found(void **state)
{
	struct ev_error err = { 0 };
	struct ev_span v;
	struct ev_jwt t;

	(void)state;
	assert_int_equal(ev_jwt_parse(ev_span_str(good), &t, &err), EV_OK);
	assert_true(ev_span_eq(t.header, EV_SPAN_LITERAL("{\"alg\":\"b\"}")));
	assert_true(ev_span_eq(t.alg, EV_SPAN_LITERAL("b")));
	assert_true(ev_span_eq(t.signature, EV_SPAN_LITERAL("\0")));
	assert_true(ev_span_eq(ev_jwt_signed(&t),
			       EV_SPAN_LITERAL(HEADER "." PAYLOAD)));
	assert_true(t.kid.p == NULL && t.typ.p == NULL && t.jku.p == NULL &&
		    t.x5c == NULL);
	assert_true(claim(&t, "nonce", NULL, &v));
	assert_true(ev_span_eq(v, EV_SPAN_LITERAL("x")));
	assert_true(claim(&t, "o", "n", &v));
	assert_true(ev_span_eq(v, EV_SPAN_LITERAL("y"))); /* was an escape */
	assert_false(claim(&t, "o", NULL, &v));		  /* an object */
	assert_false(claim(&t, "o", "m", &v));
	assert_false(claim(&t, "u", NULL, &v)); /* a number */
	assert_false(claim(&t, "nonce", "n", &v));
	ev_jwt_free(&t);
	assert_null(t.storage);
}

static void real_tokens_are_read(void **state)
{
	static const char *const paths[] = {
		"tokens/maa-sgx1-token.jwt",
		"tokens/maa-snp1-token.jwt",
		"tokens/maa-azureguest1-token.jwt",
		"tokens/ita-sgx1-token.jwt",
		"tokens/gcp-cs1-oidc-token.jwt",
		"tokens/gcp-cs1-pki-token.jwt",
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
		assert_true(t.kid.p != NULL && t.typ.p != NULL);
		assert_true((t.x5c != NULL) ==
			    (strstr(paths[i], "pki") != NULL));
		ev_jwt_free(&t);
	}
}

static void another_spelling_is_refused(void **state)
{
	static const struct {
		const char *text, *field;
		const char *object; /* NULL: "jwt" */
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
		{ "W10." PAYLOAD "." SIG, "text", "jwt.header" }, /* [] */
		{ HEADER ".Nw." SIG, "text", "jwt.payload" },	  /* 7 */
		{ HEADER ".+A." SIG, "payload" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };

		parse(ev_span_str(rows[i].text), &err);
		parse_expect(&err, EV_SYNTAX,
			     rows[i].object != NULL ? rows[i].object : "jwt",
			     rows[i].field);
	}
	parse_mutations(parse, ev_span_str(good), 3000);
}

/* The token of these two texts; the caller frees. */
static char *token_of(const char *header, const char *payload,
		      const char *signature)
{
	const char *const texts[2] = { header, payload };
	size_t n = 2 * (strlen(header) + strlen(payload)) + 16;
	char *out = malloc(n), *at = out;

	assert_non_null(out);
	for (size_t i = 0; i < 2; i++) {
		ev_base64_encode(ev_span_str(texts[i]), at);
		for (; *at != '\0' && *at != '='; at++)
			*at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
		*at++ = '.';
	}
	memcpy(at, signature, strlen(signature) + 1);
	return out;
}

static void what_a_part_says_is_refused(void **state)
{
#define ALG "{\"alg\":\"RS256\""
	static const struct {
		const char *header, *payload;
		enum ev_code code;
		const char *object, *field;
	} rows[] = {
		{ "{}", "{}", EV_MISSING, "jwt.header", "alg" },
		{ "{\"alg\":1}", "{}", EV_SYNTAX, "jwt.header", "alg" },
		{ ALG ",\"alg\":\"none\"}", "{}", EV_DUPLICATE, "jwt.header",
		  "member" },
		{ ALG ",\"crit\":[]}", "{}", EV_VALUE, "jwt.header", "crit" },
		{ ALG ",\"b64\":true}", "{}", EV_VALUE, "jwt.header", "b64" },
		{ ALG ",\"kid\":7}", "{}", EV_SYNTAX, "jwt.header", "kid" },
		{ ALG ",\"jku\":[]}", "{}", EV_SYNTAX, "jwt.header", "jku" },
		{ ALG ",\"typ\":null}", "{}", EV_SYNTAX, "jwt.header", "typ" },
		{ ALG ",\"x5c\":\"\"}", "{}", EV_SYNTAX, "jwt.header", "x5c" },
		{ ALG "}", "{\"exp\":1,\"exp\":2}", EV_DUPLICATE, "jwt.payload",
		  "member" },
		{ ALG "}", "{\"a\":[{\"x\":1,\"\\u0078\":2}]}", EV_DUPLICATE,
		  "jwt.payload", "member" },
		{ ALG "}", "{\"a\\u0000\":1}", EV_SYNTAX, "jwt.payload",
		  "text" },
		{ ALG "} 1", "{}", EV_TRAILING, "jwt.header", "text" },
		{ ALG "}", "{} {}", EV_TRAILING, "jwt.payload", "text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = token_of(rows[i].header, rows[i].payload, "AA");
		struct ev_error err = { 0 };

		parse(ev_span_str(text), &err);
		free(text);
		parse_expect(&err, rows[i].code, rows[i].object, rows[i].field);
	}
}

static void depth_is_bounded(void **state)
{
	static char deep[20011];

	(void)state;
	for (size_t depth = 31; depth <= 10000;
	     depth += depth < 33 ? 1 : 9967) {
		struct ev_error err = { 0 };
		char *text;

		memcpy(deep, "{\"a\":", 5);
		memset(deep + 5, '[', depth);
		memset(deep + 5 + depth, ']', depth);
		memcpy(deep + 5 + 2 * depth, "}", 2);
		text = token_of("{\"alg\":\"RS256\"}", deep, "AA");
		parse(ev_span_str(text), &err);
		free(text);
		if (depth == 31)
			assert_int_equal(err.code, EV_OK);
		else
			parse_expect(&err, EV_LIMIT, "jwt.payload", "depth");
	}
}

/* RFC 7515 A.5: of alg "none", to the letter, alone. */
static void an_unsecured_token_is_read(void **state)
{
	static const char *const algs[] = { "none", "None", "nOnE", "RS256" };

	(void)state;
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		struct ev_error err = { 0 };
		char header[40], *text;
		struct ev_jwt t;

		snprintf(header, sizeof(header), "{\"alg\":\"%s\"}", algs[i]);
		text = token_of(header, "{}", "");
		ev_jwt_parse(ev_span_str(text), &t, &err);
		if (i == 0) {
			assert_int_equal(err.code, EV_OK);
			assert_int_equal(t.signature.n, 0);
			ev_jwt_free(&t);
		} else {
			parse_expect(&err, EV_SYNTAX, "jwt", "parts");
		}
		free(text);
	}
}

static void times_are_numbers(void **state)
{
	static const struct {
		const char *payload;
		enum ev_code code;
		int64_t exp;
	} rows[] = {
		{ "{}", EV_OK, -1 },
		{ "{\"exp\":5}", EV_OK, 5 },
		{ "{\"exp\":5.9}", EV_OK, 5 },
		{ "{\"exp\":1e309}", EV_VALUE, 0 },
		{ "{\"exp\":-0.5}", EV_VALUE, 0 },
		{ "{\"exp\":\"5\"}", EV_SYNTAX, 0 },
		{ "{\"exp\":null}", EV_SYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text =
			token_of("{\"alg\":\"RS256\"}", rows[i].payload, "AA");
		struct ev_error err = { 0 };
		struct ev_jwt_times times;
		struct ev_jwt t;

		assert_int_equal(ev_jwt_parse(ev_span_str(text), &t, &err),
				 EV_OK);
		assert_int_equal(ev_jwt_times(&t, &times, &err), rows[i].code);
		if (rows[i].code != EV_OK)
			parse_expect(&err, rows[i].code, "jwt.payload", "exp");
		else
			assert_int_equal(times.has_exp ? times.exp : -1,
					 rows[i].exp);
		ev_jwt_free(&t);
		free(text);
	}
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
		cmocka_unit_test(claims_are_found),
		cmocka_unit_test(real_tokens_are_read),
		cmocka_unit_test(another_spelling_is_refused),
		cmocka_unit_test(what_a_part_says_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(an_unsecured_token_is_read),
		cmocka_unit_test(times_are_numbers),
		cmocka_unit_test(a_token_is_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
