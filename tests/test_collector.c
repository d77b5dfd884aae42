/* SPDX-License-Identifier: Apache-2.0 */
/* What a manifest says of its collector: root and steps. */
#include "evidence/collector.h"

#include "evidence/base/buffer.h"
#include "evidence/limits.h"
#include "tests/parse_case.h"

static const char good[] =
	"{\"collector\":{\"name\":\"ecart\",\"root\":\"test\",\"steps\":["
	"{\"outcome\":\"ok\",\"source\":\"host\"},"
	"{\"outcome\":\"absent\",\"reason\":\"the firmware log is empty\","
	"\"source\":\"tcg-log\"},"
	"{\"outcome\":\"failed\",\"reason\":\"x\",\"source\":\"maa\"},"
	"{\"outcome\":\"skipped\",\"source\":\"ita\"}]}}";

static enum ev_code parse(struct ev_span text, struct ev_error *err)
{
	struct ev_nodes nodes = { 0 };
	struct ev_collector c;

	if (ev_nodes_parse(text, text.n, "test", &nodes, err) == EV_OK &&
	    ev_collector_parse(nodes.root, &c, err) == EV_OK)
		ev_collector_free(&c);
	ev_nodes_free(&nodes);
	return err->code;
}

static void root_and_steps_are_read(void **state)
{
	struct ev_error err = { 0 };
	struct ev_nodes nodes = { 0 };
	struct ev_collector c;

	(void)state;
	assert_int_equal(ev_nodes_parse(ev_span_str(good), strlen(good), "test",
					&nodes, &err),
			 EV_OK);
	assert_int_equal(ev_collector_parse(nodes.root, &c, &err), EV_OK);
	assert_string_equal(c.root, "test");
	assert_int_equal(c.n_steps, 4);
	assert_string_equal(c.steps[1].source, "tcg-log");
	assert_string_equal(c.steps[1].reason, "the firmware log is empty");
	assert_string_equal(c.steps[3].reason, "");
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(c.steps[i].outcome, i);
	assert_string_equal(ev_step_outcome_word(EV_STEP_ABSENT), "absent");
	ev_collector_free(&c);
	ev_nodes_free(&nodes);
}

static void a_manifest_may_say_nothing(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(parse(EV_SPAN_LITERAL("{}"), &err), EV_OK);
	assert_int_equal(parse(EV_SPAN_LITERAL("{\"collector\":{}}"), &err),
			 EV_OK);
}

static const struct {
	const char *from, *to;
	enum ev_code code;
	const char *field;
} refusals[] = {
	{ "{\"collector\":{", "{\"collector\":[],\"x\":{", EV_SYNTAX,
	  "collector" },
	{ "\"root\":\"test\"", "\"root\":true", EV_SYNTAX, "root" },
	{ "\"root\":\"test\"",
	  "\"root\":\"0123456789012345678901234567890123456789"
	  "0123456789012345678901234\"",
	  EV_LIMIT, "root" },
	{ "\"steps\":[", "\"steps\":{},\"x\":[", EV_SYNTAX, "steps" },
	{ "\"steps\":[", "\"steps\":[[],", EV_SYNTAX, "steps" },
	{ "\"outcome\":\"ok\"", "\"outcome\":\"OK\"", EV_VALUE, "outcome" },
	{ "\"outcome\":\"ok\",", "", EV_MISSING, "outcome" },
	{ "\"host\"", "\"maa\"", EV_DUPLICATE, "source" },
	{ "\"host\"", "\"\"", EV_VALUE, "source" },
	{ "\"host\"", "\"Host\"", EV_VALUE, "source" },
	{ "\"host\"", "\"abcdefghijklmnopqrstuvwxyz0123456\"", EV_VALUE,
	  "source" },
	{ ",\"source\":\"host\"", "", EV_MISSING, "source" },
	{ "\"reason\":\"x\"", "\"reason\":1", EV_SYNTAX, "reason" },
};

static void every_other_run_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		parse_refuses_text(parse, ev_span_str(good), refusals[i].from,
				   refusals[i].to, refusals[i].code,
				   "collector", refusals[i].field);
	parse_mutations(parse, ev_span_str(good), 2000);
}

/* A text of n letters, or n times the same element. */
static void add_many(struct ev_buffer *b, const char *one, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ev_buffer_add_str(b, one);
}

static void steps_and_reasons_are_bounded(void **state)
{
	struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	ev_buffer_add_str(&b, "{\"collector\":{\"steps\":[");
	add_many(&b, "0,", EV_STEPS_MAX);
	ev_buffer_add_str(&b, "0]}}");
	parse(ev_buffer_span(&b), &err);
	parse_expect(&err, EV_LIMIT, "collector", "steps");
	ev_buffer_free(&b);
	err = (struct ev_error){ 0 };
	ev_buffer_add_str(&b, "{\"collector\":{\"steps\":[{\"outcome\":\"ok\","
			      "\"source\":\"host\",\"reason\":\"");
	add_many(&b, "r", EV_STEP_REASON_MAX + 1);
	ev_buffer_add_str(&b, "\"}]}}");
	parse(ev_buffer_span(&b), &err);
	parse_expect(&err, EV_LIMIT, "collector", "reason");
	ev_buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_and_steps_are_read),
		cmocka_unit_test(a_manifest_may_say_nothing),
		cmocka_unit_test(every_other_run_is_refused),
		cmocka_unit_test(steps_and_reasons_are_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
