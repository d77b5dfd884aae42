/* SPDX-License-Identifier: Apache-2.0 */
/* Places of traces, in items and inside base64. */
#include "replay/trace.h"

#include "evidence/base/base64.h"
#include "evidence/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct rp_trace as = { .item = "items/a/0000.bin",
				    .kind = "a",
				    .what = "word",
				    .withhold = "whole item" };

static void plain_place_is_the_offset(void **state)
{
	struct rp_layer layer = { .item = EV_SPAN_LITERAL("--value--") };
	struct rp_traces traces = { 0 };

	(void)state;
	layer.bytes = layer.item;
	rp_trace_add(&traces, &as, &layer, ev_span_sub(layer.item, 2, 5),
		     RP_TRACE_TEXT);
	rp_trace_about(&traces, &as, &layer, layer.item, "words");
	assert_false(traces.no_memory);
	assert_int_equal(traces.n, 2);
	assert_true(traces.list[0].offset == 2 && traces.list[0].length == 5);
	assert_int_equal(traces.list[0].n, 5);
	assert_memory_equal(traces.list[0].value, "value", 5);
	assert_null(traces.list[0].within);
	assert_true(traces.list[1].offset == 0 && traces.list[1].length == 9);
	assert_memory_equal(traces.list[1].value, "words", 5);
	rp_traces_free(&traces);
	assert_int_equal(traces.n, 0);
}

/* What stands at a place, white space left out, decoded. */
static size_t decode(struct ev_span text, enum ev_base64 form, uint8_t out[64])
{
	uint8_t packed[64];
	size_t n = 0, m = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\n')
			packed[n++] = text.p[i];
	assert_true(ev_base64_decode(form, ev_span_of(packed, n), out, &m));
	return m;
}

/* Every part of every length, in lines of seven characters. */
static void encoded_place_decodes_to_what_holds_the_value(void **state)
{
	static const uint8_t bytes[16] = "0123456789abcdef";
	static const char *const texts[] = {
		">>MDEyMzQ\n1Njc4OW\nFiY2RlZ\ng==\n<<",
		">>MDEyMzQ1Njc4OWFiY2RlZg<<",
	};
	static const enum ev_base64 forms[] = { EV_BASE64_STD, EV_BASE64_URL };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct ev_span item = ev_span_str(texts[k]);
		const struct rp_layer layer = {
			.item = item,
			.text = ev_span_sub(item, 2, item.n - 4),
			.within = "base64",
			.bytes = EV_SPAN(bytes),
		};

		for (size_t from = 0; from < 16; from++)
			for (size_t n = 1; n <= 16 - from; n++) {
				struct rp_traces t = { 0 };
				uint8_t got[64];
				size_t m;

				rp_trace_add(&t, &as, &layer,
					     ev_span_of(bytes + from, n),
					     RP_TRACE_HEX);
				assert_int_equal(t.n, 1);
				m = decode(ev_span_sub(item, t.list[0].offset,
						       t.list[0].length),
					   forms[k], got);
				assert_true(m <= n + 4);
				assert_non_null(
					memmem(got, m, bytes + from, n));
				assert_string_equal(t.list[0].within, "base64");
				rp_traces_free(&t);
			}
	}
}

static void traces_are_written_as_json(void **state)
{
	struct rp_layer layer = { .item = EV_SPAN_LITERAL("a\\b") };
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	struct rp_traces traces = { 0 };
	char *text;
	size_t n;

	(void)state;
	layer.bytes = layer.item;
	rp_trace_add(&traces, &as, &layer, layer.item, RP_TRACE_TEXT);
	rp_trace_add(&traces, &as, &layer, layer.item, RP_TRACE_HEX);
	ev_write_array(w, NULL);
	rp_traces_write(&traces, w);
	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	assert_string_equal(text,
			    "[{\"form\":\"text\",\"item\":\"items/a/0000.bin\","
			    "\"kind\":\"a\",\"length\":3,\"offset\":0,"
			    "\"value\":\"a\\\\x5cb\",\"what\":\"word\","
			    "\"withhold\":\"whole item\"},"
			    "{\"form\":\"hex\",\"item\":\"items/a/0000.bin\","
			    "\"kind\":\"a\",\"length\":3,\"offset\":0,"
			    "\"value\":\"615c62\",\"what\":\"word\","
			    "\"withhold\":\"whole item\"}]");
	free(text);
	rp_traces_free(&traces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_place_is_the_offset),
		cmocka_unit_test(encoded_place_decodes_to_what_holds_the_value),
		cmocka_unit_test(traces_are_written_as_json),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
