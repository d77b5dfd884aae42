/* SPDX-License-Identifier: Apache-2.0 */
/* Withheld items: found by name, each with one digest. */
#include "evidence/redactions.h"

#include "evidence/base/buffer.h"
#include "evidence/limits.h"
#include "tests/parse_case.h"

#define HALF "0123456789abcdef0123456789abcdef"
#define SHA  "{\"sha256\":\"" HALF HALF "\"}"
#define BOTH "{\"sha256\":\"" HALF HALF "\",\"sha384\":\"" HALF HALF HALF "\"}"
#define REST "\"kind\":\"k\",\"reason\":\"r\",\"size\":9"

static const char good[] =
	"{\"redactions\":["
	"{\"name\":\"items/b/0000.bin\",\"salted\":" SHA "," REST "},"
	"{\"digest\":" BOTH ",\"name\":\"items/a/0000.bin\"," REST "}]}";

static enum ev_code parse(struct ev_span text, struct ev_error *err)
{
	struct ev_nodes nodes = { 0 };
	struct ev_redactions r;

	if (ev_nodes_parse(text, text.n, "test", &nodes, err) == EV_OK &&
	    ev_redactions_parse(nodes.root, &r, err) == EV_OK)
		ev_redactions_free(&r);
	ev_nodes_free(&nodes);
	return err->code;
}

static void withheld_items_are_found(void **state)
{
	struct ev_error err = { 0 };
	struct ev_nodes nodes = { 0 };
	const struct ev_redaction *a, *b;
	struct ev_redactions r;

	(void)state;
	assert_int_equal(ev_nodes_parse(ev_span_str(good), strlen(good), "test",
					&nodes, &err),
			 EV_OK);
	assert_int_equal(ev_redactions_parse(nodes.root, &r, &err), EV_OK);
	assert_int_equal(r.n, 2);
	a = ev_redactions_find(&r, "items/a/0000.bin");
	b = ev_redactions_find(&r, "items/b/0000.bin");
	assert_non_null(a);
	assert_non_null(b);
	assert_false(a->salted);
	assert_true(b->salted);
	assert_int_equal(a->sha256[1], 0x23);
	assert_true(a->has_sha384);
	assert_int_equal(a->sha384[47], 0xef);
	assert_false(b->has_sha384);
	assert_string_equal(a->kind, "k");
	assert_string_equal(a->reason, "r");
	assert_true(a->size == 9);
	assert_null(ev_redactions_find(&r, "items/c/0000.bin"));
	ev_redactions_free(&r);
	assert_null(ev_redactions_find(&r, "items/a/0000.bin"));
	ev_nodes_free(&nodes);
}

static void nothing_withheld_is_an_empty_list(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(parse(EV_SPAN_LITERAL("{}"), &err), EV_OK);
	assert_int_equal(parse(EV_SPAN_LITERAL("{\"redactions\":[]}"), &err),
			 EV_OK);
}

static const struct {
	const char *from, *to;
	enum ev_code code;
	const char *field;
} refusals[] = {
	{ "\"redactions\":[", "\"redactions\":0,\"x\":[", EV_SYNTAX,
	  "redactions" },
	{ "\"redactions\":[", "\"redactions\":[0,", EV_SYNTAX, "entry" },
	{ "\"name\":\"items/b", "\"_name\":\"items/b", EV_MISSING, "name" },
	{ "items/b", "items/a", EV_DUPLICATE, "name" },
	{ "items/b", "items/../b", EV_VALUE, "name" },
	{ "items/b/0000.bin", "manifest.json", EV_VALUE, "name" },
	{ "\"kind\"", "\"_kind\"", EV_MISSING, "kind" },
	{ "\"reason\":\"r\"", "\"reason\":1", EV_SYNTAX, "reason" },
	{ "\"size\":9", "\"size\":-1", EV_VALUE, "size" },
	{ "\"size\":9", "\"size\":8589934592", EV_VALUE, "size" },
	{ HALF HALF HALF, HALF HALF, EV_SYNTAX, "sha384" },
	{ "\"salted\"", "\"_salted\"", EV_MISSING, "digest" },
	{ "\"salted\":", "\"digest\":" SHA ",\"salted\":", EV_DUPLICATE,
	  "digest" },
	{ "\"salted\":{", "\"salted\":0,\"x\":{", EV_SYNTAX, "salted" },
	{ "\"sha256\"", "\"sha512\"", EV_MISSING, "sha256" },
	{ "cdef\"}", "cd\"}", EV_SYNTAX, "sha256" },
};

static void every_other_list_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		parse_refuses_text(parse, ev_span_str(good), refusals[i].from,
				   refusals[i].to, refusals[i].code,
				   "redactions", refusals[i].field);
	parse_mutations(parse, ev_span_str(good), 2000);
}

static void a_long_text_is_refused(void **state)
{
	static const size_t max = EV_REDACTION_TEXT_MAX;
	struct ev_error err = { 0 };

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		ev_auto_buffer struct ev_buffer text = { 0 };

		ev_buffer_add_str(&text, "{\"redactions\":[{\"digest\":" SHA
					 ",\"name\":\"items/a/0000.bin\","
					 "\"kind\":\"k\",\"size\":9,"
					 "\"reason\":\"");
		for (size_t i = 0; i < max + more; i++)
			ev_buffer_add_byte(&text, 'x');
		ev_buffer_add_str(&text, "\"}]}");
		assert_int_equal(parse(ev_buffer_span(&text), &err),
				 more == 0 ? EV_OK : EV_LIMIT);
	}
	assert_string_equal(err.field, "reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(withheld_items_are_found),
		cmocka_unit_test(nothing_withheld_is_an_empty_list),
		cmocka_unit_test(every_other_list_is_refused),
		cmocka_unit_test(a_long_text_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
