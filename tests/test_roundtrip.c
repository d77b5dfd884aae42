/* SPDX-License-Identifier: Apache-2.0 */
/* The record of round trips, as forge makes it: read, and refused. */
#include "evidence/roundtrip.h"

#include "evidence/kind.h"
#include "evidence/limits.h"
#include "replay/roundtrip.h"
#include "tests/parse_case.h"
#include "tests/replay_case.h"

#define RECORD "testdata/fuzz/kind-poc-tls-transcript/record.json"

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_roundtrip r;
	enum ev_code code = ev_roundtrip_parse(item, &r, err);

	if (code == EV_OK)
		ev_roundtrip_free(&r);
	return code;
}

static void a_record_is_read(void **state)
{
	struct ev_error err = { 0 };
	struct ev_roundtrip r;
	size_t n;
	char *text = replay_read(RECORD, &n);

	(void)state;
	assert_int_equal(ev_roundtrip_parse(ev_span_of(text, n), &r, &err),
			 EV_OK);
	assert_string_equal(r.host, "edge.simulated.example");
	assert_int_equal(r.port, 443);
	assert_int_equal(r.n_tries, 3);
	assert_int_equal(r.n_failed, 0);
	assert_int_equal(r.counter_hz, 2100000000);
	assert_int_equal(ev_try_ns(&r.tries[1]), 990123);
	assert_true(
		ev_span_eq(r.tries[2].flight.server_name, ev_span_str(r.host)));
	assert_int_equal(r.tries[0].flight.nonce.n, 32);
	assert_memory_equal(text + r.tries[1].hello_at, "\"AQAA", 5);
	assert_int_equal(text[r.tries[1].hello_at + r.tries[1].hello_size - 1],
			 '"');
	assert_true(r.tries[0].flight.ocsp.n > 0);
	assert_true(r.tries[1].flight.ocsp.n == 0);
	ev_roundtrip_free(&r);
	assert_null(r.tries);
	free(text);
}

static void every_prefix_is_refused(void **state)
{
	size_t n;
	char *text = replay_read(RECORD, &n);

	(void)state;
	parse_prefixes(parse, ev_span_of(text, n), n);
	parse_mutations(parse, ev_span_of(text, n), 2000);
	free(text);
}

static void each_member_is_asked_for(void **state)
{
	static const struct {
		const char *from, *to;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ "ecart-roundtrip/1", "ecart-roundtrip/2", EV_VALUE,
		  "format" },
		{ "\"host\":\"edge", "\"hosd\":\"edge", EV_MISSING, "host" },
		{ "\"port\":443", "\"port\":65536", EV_VALUE, "port" },
		{ "\"port\":443", "\"port\":0", EV_VALUE, "port" },
		{ "\"counterHz\":\"2100000000\"", "\"counterHz\":\"02\"",
		  EV_SYNTAX, "counterHz" },
		{ "\"counterHz\":\"2100000000\"",
		  "\"counterHz\":\"18446744073709551616\"", EV_SYNTAX,
		  "counterHz" },
		{ "\"counterHz\":\"2100000000\"", "\"counterHz\":\"\"",
		  EV_SYNTAX, "counterHz" },
		{ "\"index\":1", "\"index\":2", EV_VALUE, "index" },
		{ "\"ns\":\"5200990123\"", "\"ns\":5201", EV_SYNTAX, "ns" },
		{ "\"tcpRttUs\":900", "\"tcpRttUs\":-1", EV_VALUE, "tcpRttUs" },
		{ "\"messages\":[\"", "\"messages\":[\"*", EV_SYNTAX,
		  "messages" },
		{ "\"messages\":[\"", "\"messages\":[7,\"", EV_SYNTAX,
		  "messages" },
		{ "\"peer\":\"192", "\"failed\":7,\"peer\":\"192", EV_SYNTAX,
		  "failed" },
	};
	size_t n;
	char *text = replay_read(RECORD, &n);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		parse_refuses_text(parse, ev_span_of(text, n), rows[i].from,
				   rows[i].to, rows[i].code, "roundtrip",
				   rows[i].field);
	free(text);
}

static void times_do_not_run_backwards(void **state)
{
	size_t n;
	char *text = replay_read(RECORD, &n);

	(void)state;
	parse_refuses_text(parse, ev_span_of(text, n), "\"ns\":\"5200990123\"",
			   "\"ns\":\"5199999999\"", EV_VALUE, "roundtrip",
			   "end");
	parse_refuses_text(parse, ev_span_of(text, n), "\"ns\":\"5200990123\"",
			   "\"ns\":\"605200000001\"", EV_LIMIT, "roundtrip",
			   "end");
	free(text);
}

static void a_failed_try_has_a_reason_alone(void **state)
{
	static const char record[] =
		"{\"clock\":{\"counter\":\"none\",\"counterHz\":\"0\","
		"\"source\":\"kvm-clock\"},\"format\":\"ecart-roundtrip/1\","
		"\"host\":\"a.b\",\"port\":1,\"tries\":[{\"failed\":\"no\","
		"\"index\":0}]}";
	struct ev_error err = { 0 };
	struct ev_roundtrip r;

	(void)state;
	assert_int_equal(ev_roundtrip_parse(ev_span_str(record), &r, &err),
			 EV_OK);
	assert_int_equal(r.n_failed, 1);
	assert_string_equal(r.tries[0].failed, "no");
	assert_true(ev_try_ns(&r.tries[0]) == UINT64_MAX);
	ev_roundtrip_free(&r);
}

static void a_record_is_recognised_and_shown(void **state)
{
	const struct ev_kind *kind;
	struct ev_error err = { 0 };
	struct ev_writer *w = ev_writer_new();
	size_t n;
	char *text = replay_read(RECORD, &n), *shown;

	(void)state;
	assert_non_null(w);
	kind = ev_kind_recognise(ev_span_of(text, n));
	assert_non_null(kind);
	assert_string_equal(kind->kind, "poc-tls-transcript");
	ev_write_object(w, NULL);
	assert_int_equal(kind->show(ev_span_of(text, n), w, &err), EV_OK);
	ev_write_end(w);
	shown = ev_writer_finish(w, NULL);
	assert_non_null(shown);
	assert_non_null(
		strstr(shown, "\"serverName\":\"edge.simulated.example\""));
	assert_non_null(strstr(shown, "\"group\":\"x25519\""));
	free(shown);
	free(text);
	ev_writer_free(w);
}

static void times_are_eight_bytes_each(void **state)
{
	static const uint8_t bytes[17] = { 1, 2 };
	const struct ev_kind *kind =
		ev_kind_find(EV_SPAN_LITERAL("poc-tls-times"));
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(kind->show(ev_span_of(bytes, 16), NULL, &err), EV_OK);
	assert_int_equal(kind->show(ev_span_of(bytes, 17), NULL, &err),
			 EV_TRUNCATED);
	assert_int_equal(err.offset, 16);
}

/* 150 km a millisecond, and never less than light goes in half of it:
 * 299 792 458 m/s. */
static void the_bound_is_rounded_up(void **state)
{
	(void)state;
	assert_int_equal(rp_roundtrip_km(0), 0);
	assert_int_equal(rp_roundtrip_km(1), 1);
	assert_int_equal(rp_roundtrip_km(1000000), 150);
	assert_int_equal(rp_roundtrip_km(1000001), 151);
	assert_int_equal(rp_roundtrip_km(EV_ROUNDTRIP_NS_MAX), 90000000);
	for (uint64_t ns = 1; ns < 100000000; ns = ns * 3 + 1)
		assert_true(rp_roundtrip_km(ns) * 1000 * 2 * 1000000000 >=
			    ns * 299792458);
}

static void quartiles_are_by_nearest_rank(void **state)
{
	uint64_t times[] = { 1, 2, 3, 4, 5 };
	struct rp_roundtrip r = { .sorted = times, .n_sorted = 5 };
	static const uint64_t five[] = { 1, 2, 3, 4, 5 };

	(void)state;
	for (unsigned int q = 0; q < 5; q++)
		assert_int_equal(rp_roundtrip_quartile(&r, q), five[q]);
	r.n_sorted = 1;
	for (unsigned int q = 0; q < 5; q++)
		assert_int_equal(rp_roundtrip_quartile(&r, q), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(each_member_is_asked_for),
		cmocka_unit_test(times_do_not_run_backwards),
		cmocka_unit_test(a_failed_try_has_a_reason_alone),
		cmocka_unit_test(a_record_is_recognised_and_shown),
		cmocka_unit_test(times_are_eight_bytes_each),
		cmocka_unit_test(the_bound_is_rounded_up),
		cmocka_unit_test(quartiles_are_by_nearest_rank),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
