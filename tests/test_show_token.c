/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, key sets and configurations: every member with its place. */
#include "evidence/base/base64.h"
#include "tests/show_case.h"
#include "tests/vectors.h"

static const char header[] = "{\"alg\":\"RS256\"}";
static const char payload[] = "{\"a\":[1,{\"b\":\"\\u0078\"}],\"exp\":5.5,"
			      "\"n\":9223372036854775807,\"z\":null,"
			      "\"t\":true}";

static size_t put(char *at, const char *text)
{
	return ev_base64_encode_url(ev_span_str(text), at);
}

static json_t *show_made(void)
{
	char text[400];
	size_t n = put(text, header);

	text[n++] = '.';
	n += put(text + n, payload);
	memcpy(text + n, ".AAEC", 6);
	return show_json("maa-token", ev_span_str(text));
}

/* name NULL: an element. */
static void expect_row(const json_t *rows, size_t i, const char *name,
		       int depth, const char *type, const char *at)
{
	const json_t *row = json_array_get(rows, i);
	const char *place = strstr(payload, at);

	if (name == NULL)
		assert_null(json_object_get(row, "name"));
	else
		assert_string_equal(
			json_string_value(json_object_get(row, "name")), name);
	assert_int_equal(json_integer_value(json_object_get(row, "depth")),
			 depth);
	assert_string_equal(json_string_value(json_object_get(row, "type")),
			    type);
	assert_non_null(place);
	assert_int_equal(json_integer_value(json_object_get(row, "offset")),
			 place - payload);
}

static void every_member_has_its_place(void **state)
{
	json_t *shown = show_made();
	const json_t *rows =
		json_object_get(json_object_get(shown, "payload"), "members");

	(void)state;
	assert_int_equal(json_array_size(rows), 8);
	expect_row(rows, 0, "a", 1, "an array", "[1");
	expect_row(rows, 1, NULL, 2, "an integer", "1,");
	expect_row(rows, 2, NULL, 2, "an object", "{\"b");
	expect_row(rows, 3, "b", 3, "a string", "\"\\u0078");
	expect_row(rows, 4, "exp", 1, "a number", "5.5");
	expect_row(rows, 5, "n", 1, "an integer", "922");
	expect_row(rows, 6, "z", 1, "null", "null");
	expect_row(rows, 7, "t", 1, "a truth value", "true");
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(rows, 3), "value")),
			    "x");
	/* It is no number that JSON readers hold exactly. */
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(rows, 5), "value")),
			    "9223372036854775807");
	assert_string_equal(json_string_value(json_object_get(shown, "exp")),
			    "1970-01-01T00:00:05Z");
	assert_string_equal(
		json_string_value(json_object_get(
			json_object_get(shown, "signature"), "value")),
		"000102");
	json_decref(shown);
}

static void key_sizes_of(const char *path, const int *bits, size_t n)
{
	struct ev_span item;
	const json_t *keys;
	json_t *shown;

	assert_true(vectors_read(path, &item));
	shown = show_json("jwks", item);
	keys = json_object_get(shown, "keys");
	assert_int_equal(json_array_size(keys), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(json_integer_value(json_object_get(
					 json_array_get(keys, i), "bits")),
				 bits[i]);
	json_decref(shown);
}

static void real_sets_are_shown(void **state)
{
	static const int maa[] = { 2048, 2048, 1024 }, ita[] = { 3072 };

	(void)state;
	vectors_need();
	key_sizes_of("tokens/maa-sgx1-jwks.json", maa, 3);
	key_sizes_of("tokens/ita-sgx1-jwks.json", ita, 1);
}

static void what_cannot_be_read_is_refused(void **state)
{
	(void)state;
	show_refuses("ita-token", EV_SPAN_LITERAL("a.b"), EV_SYNTAX, "jwt",
		     "parts");
	show_refuses("jwks", EV_SPAN_LITERAL("{}"), EV_MISSING, "jwks", "keys");
	show_refuses("oidc-config", EV_SPAN_LITERAL("{\"issuer\":1}"),
		     EV_SYNTAX, "oidc-config", "issuer");
}

/* By the service that a token says it is of, and by nothing else. */
static void kinds_are_told_apart_by_their_issuer(void **state)
{
	static const struct {
		const char *payload, *kind;
	} rows[] = {
		{ "{\"iss\":\"https://a.attest.azure.net\"}", "maa-token" },
		{ "{\"iss\":\"Intel Trust Authority\"}", "ita-token" },
		{ "{\"iss\":\"https://confidentialcomputing.googleapis.com\"}",
		  "google-token" },
		/* Broken evidence is of its kind, and judged there. */
		{ "{\"iss\":\"Intel Trust Authority\",\"a\":1,\"a\":2}",
		  "ita-token" },
		{ "{\"iss\":\"https://a.attest.azure.net.evil\"}", NULL },
		{ "{\"iss\":1}", NULL },
		{ "{}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ev_kind *kind;
		char text[400];
		size_t n = put(text, "{\"alg\":\"none\"}");

		text[n++] = '.';
		n += put(text + n, rows[i].payload);
		memcpy(text + n, ".", 2);
		kind = ev_kind_recognise(ev_span_str(text));
		assert_int_equal(kind != NULL, rows[i].kind != NULL);
		if (kind != NULL)
			assert_string_equal(kind->kind, rows[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_has_its_place),
		cmocka_unit_test(real_sets_are_shown),
		cmocka_unit_test(what_cannot_be_read_is_refused),
		cmocka_unit_test(kinds_are_told_apart_by_their_issuer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
