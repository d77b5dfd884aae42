/* SPDX-License-Identifier: Apache-2.0 */
/* The binding of a manifest: what is read, named and refused. */
#include "evidence/binding.h"

#include "evidence/base/buffer.h"
#include "evidence/limits.h"
#include "tests/parse_case.h"

#define HCL   "items/azure-hcl-report/0000.bin"
#define ATT   "items/tpm-quote-attest/0000.bin"
#define QUOTE "items/tdx-quote/0000.bin"

static const char good[] =
	"{\"binding\":{\"nonces\":["
	"{\"item\":\"" HCL "\",\"round\":1,\"use\":\"hcl\"},"
	"{\"after\":[\"" QUOTE "\",\"" HCL "\"],\"item\":\"" ATT
	"\",\"round\":1,\"use\":\"tpm-quote\"},"
	"{\"index\":7,\"item\":\"items/poc-tls-transcript/0000.bin\","
	"\"round\":1,\"use\":\"tls\"},"
	"{\"index\":8,\"item\":\"items/poc-tls-transcript/0000.bin\","
	"\"round\":1,\"use\":\"tls\"}],"
	"\"recipe\":\"ecart/1\",\"session\":\"items/ecart-session/0000.json\""
	"}}";

static enum ev_code parse(struct ev_span text, struct ev_error *err)
{
	struct ev_nodes nodes = { 0 };
	struct ev_binding b;

	if (ev_nodes_parse(text, text.n, "test", &nodes, err) == EV_OK &&
	    ev_binding_parse(nodes.root, &b, err) == EV_OK)
		ev_binding_free(&b);
	ev_nodes_free(&nodes);
	return err->code;
}

static struct ev_nodes load(const char *text)
{
	struct ev_error err = { 0 };
	struct ev_nodes v = { 0 };

	assert_int_equal(ev_nodes_parse(ev_span_str(text), strlen(text), "test",
					&v, &err),
			 EV_OK);
	return v;
}

static void a_binding_is_read(void **state)
{
	struct ev_nodes nodes = load(good);
	struct ev_error err = { 0 };
	struct ev_binding b;

	(void)state;
	assert_int_equal(ev_binding_parse(nodes.root, &b, &err), EV_OK);
	assert_true(b.present && b.recipe_known);
	assert_string_equal(b.session, "items/ecart-session/0000.json");
	assert_int_equal(b.n_nonces, 4);
	assert_int_equal(b.nonces[0].use, EV_USE_HCL);
	assert_null(b.nonces[0].after);
	assert_int_equal(b.nonces[1].round, 1);
	/* The order of the manifest, not of the names. */
	assert_int_equal(b.nonces[1].after->n, 2);
	assert_string_equal(ev_node_text(ev_node_inside(b.nonces[1].after)),
			    QUOTE);
	assert_int_equal(b.nonces[3].index, 8);
	assert_ptr_equal(ev_binding_find(&b, ATT), &b.nonces[1]);
	assert_null(ev_binding_find(&b, QUOTE));
	assert_string_equal(ev_use_word(EV_USE_REPORT_DATA), "report-data");
	ev_binding_free(&b);
	ev_nodes_free(&nodes);
}

static void no_binding_is_not_present(void **state)
{
	struct ev_nodes nodes = load("{\"items\":[]}");
	struct ev_error err = { 0 };
	struct ev_binding b;

	(void)state;
	assert_int_equal(ev_binding_parse(nodes.root, &b, &err), EV_OK);
	assert_false(b.present);
	assert_null(ev_binding_find(&b, HCL));
	ev_binding_free(&b);
	ev_nodes_free(&nodes);
}

static void a_later_recipe_is_named_and_not_read(void **state)
{
	struct ev_nodes nodes = load("{\"binding\":{\"recipe\":\"ecart/2\","
				     "\"nonces\":7}}");
	struct ev_error err = { 0 };
	struct ev_binding b;

	(void)state;
	assert_int_equal(ev_binding_parse(nodes.root, &b, &err), EV_OK);
	assert_true(b.present);
	assert_false(b.recipe_known);
	assert_string_equal(b.recipe, "ecart/2");
	assert_int_equal(b.n_nonces, 0);
	ev_binding_free(&b);
	ev_nodes_free(&nodes);
}

static const struct {
	const char *from, *to;
	enum ev_code code;
	const char *field;
} refusals[] = {
	{ "{\"binding\":{", "{\"binding\":[],\"x\":{", EV_SYNTAX, "binding" },
	{ "\"recipe\":\"ecart/1\",", "", EV_MISSING, "recipe" },
	{ "\"ecart/1\"", "1", EV_SYNTAX, "recipe" },
	{ "\"session\":\"items", "\"session\":\"sig", EV_VALUE, "session" },
	{ "\"session\":\"items/ecart", "\"session\":\"items/../ecart", EV_VALUE,
	  "session" },
	{ "\"session\":", "\"_session\":", EV_MISSING, "session" },
	{ "\"nonces\":[", "\"nonces\":{},\"x\":[", EV_SYNTAX, "nonces" },
	{ "\"nonces\":[", "\"nonces\":[7,", EV_SYNTAX, "nonces" },
	{ "\"use\":\"hcl\"", "\"use\":\"hcl2\"", EV_VALUE, "use" },
	{ "\"use\":\"hcl\"", "\"use\":1", EV_SYNTAX, "use" },
	{ ",\"use\":\"hcl\"", "", EV_MISSING, "use" },
	{ "\"round\":1", "\"round\":0", EV_VALUE, "round" },
	{ "\"round\":1", "\"round\":1001", EV_VALUE, "round" },
	{ "\"round\":1", "\"round\":-1", EV_VALUE, "round" },
	{ "\"round\":1,", "", EV_MISSING, "round" },
	{ "{\"item\":\"" HCL "\"", "{\"item\":\"items/\"", EV_VALUE, "item" },
	{ "{\"item\":\"" HCL "\",", "{", EV_MISSING, "item" },
	{ "{\"item\":\"" HCL "\"", "{\"item\":\"" ATT "\"", EV_DUPLICATE,
	  "item" },
	{ "{\"item\":\"" HCL "\"", "{\"after\":[],\"item\":\"" HCL "\"",
	  EV_VALUE, "after" },
	{ "\"after\":[\"" QUOTE "\",\"" HCL "\"],", "", EV_MISSING, "after" },
	{ "\"after\":[\"" QUOTE "\"", "\"after\":[\"" HCL "\"", EV_DUPLICATE,
	  "after" },
	{ "\"after\":[\"" QUOTE "\"", "\"after\":[\"" ATT "\"", EV_VALUE,
	  "after" },
	{ "\"after\":[\"" QUOTE "\"", "\"after\":[\"x\"", EV_VALUE, "after" },
	{ "\"after\":[\"" QUOTE "\"", "\"after\":[1", EV_SYNTAX, "after" },
	{ "\"index\":7,", "", EV_MISSING, "index" },
	{ "\"index\":7", "\"index\":-7", EV_VALUE, "index" },
};

static void every_other_binding_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		parse_refuses_text(parse, ev_span_str(good), refusals[i].from,
				   refusals[i].to, refusals[i].code, "binding",
				   refusals[i].field);
	parse_mutations(parse, ev_span_str(good), 3000);
}

static void nonces_are_bounded(void **state)
{
	struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	ev_buffer_add_str(&b, "{\"binding\":{\"recipe\":\"ecart/1\",\"session\""
			      ":\"items/s/0.json\",\"nonces\":[");
	for (size_t i = 0; i < EV_NONCES_MAX; i++)
		ev_buffer_add_str(&b, "0,");
	ev_buffer_add_str(&b, "0]}}");
	parse(ev_buffer_span(&b), &err);
	parse_expect(&err, EV_LIMIT, "binding", "nonces");
	ev_buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_binding_is_read),
		cmocka_unit_test(no_binding_is_not_present),
		cmocka_unit_test(a_later_recipe_is_named_and_not_read),
		cmocka_unit_test(every_other_binding_is_refused),
		cmocka_unit_test(nonces_are_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
