/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a registry: read as it is spelled, and refused. */
#include "evidence/registry.h"

#include "evidence/kind.h"
#include "tests/parse_case.h"

/* {"alg":"RS256","kid":"k"} . {"machine_id":"00","quote_hash":7} . 00 */
#define TOKEN                                                                  \
	"eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ."                                  \
	"eyJtYWNoaW5lX2lkIjoiMDAiLCJxdW90ZV9oYXNoIjo3fQ.AA"
static const char good[] =
	"{\"machineId\":\"0011\",\"label\":\"rack 7\",\"jwt\":\"" TOKEN "\"}";

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_registry r;
	enum ev_code code = ev_registry_parse(item, &r, err);

	if (code == EV_OK)
		ev_registry_free(&r);
	return code;
}

static void an_answer_is_read(void **state)
{
	struct ev_error err = { 0 };
	struct ev_registry r;

	(void)state;
	assert_int_equal(ev_registry_parse(ev_span_str(good), &r, &err), EV_OK);
	assert_true(ev_span_eq(r.machine_id, EV_SPAN_LITERAL("0011")));
	assert_true(ev_span_eq(r.label, EV_SPAN_LITERAL("rack 7")));
	assert_true(ev_span_eq(r.token.alg, EV_SPAN_LITERAL("RS256")));
	assert_true(ev_span_eq(r.token.kid, EV_SPAN_LITERAL("k")));
	assert_true(ev_span_eq(r.token_machine_id, EV_SPAN_LITERAL("00")));
	assert_int_equal(r.quote_hash.n, 0); /* a number is no hash */
	assert_int_equal(r.issuer.n, 0);
	ev_registry_free(&r);
}

static void another_answer_is_refused(void **state)
{
	(void)state;
	parse_prefixes(parse, ev_span_str(good), strlen(good));
	parse_mutations(parse, ev_span_str(good), 2000);
	parse_refuses_text(parse, ev_span_str(good), "machineId", "machineID",
			   EV_MISSING, "registry", "machineId");
	parse_refuses_text(parse, ev_span_str(good), "\"rack 7\"", "7",
			   EV_SYNTAX, "registry", "label");
	parse_refuses_text(parse, ev_span_str(good), ".AA", "AA", EV_SYNTAX,
			   "jwt", "parts");
}

static void it_is_recognised_and_shown(void **state)
{
	const struct ev_kind *kind = ev_kind_recognise(ev_span_str(good));
	struct ev_writer *w = ev_writer_new();
	struct ev_error err = { 0 };
	char *text;

	(void)state;
	assert_non_null(kind);
	assert_non_null(w);
	assert_string_equal(kind->kind, "poc-registry");
	ev_write_object(w, NULL);
	assert_int_equal(kind->show(ev_span_str(good), w, &err), EV_OK);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	assert_non_null(text);
	assert_non_null(strstr(text, "\"label\":\"rack 7\""));
	free(text);
	ev_writer_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_read),
		cmocka_unit_test(another_answer_is_refused),
		cmocka_unit_test(it_is_recognised_and_shown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
