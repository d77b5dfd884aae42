/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware's event logs as containers: forms, ends, refusals. */
#include "evidence/tcg_log.h"

#include "tests/log_sample.h"
#include "tests/parse_case.h"

static struct ev_tcg_log read_all(struct ev_span item)
{
	struct ev_error err = { 0 };
	struct ev_tcg_event event;
	struct ev_tcg_log log;

	assert_int_equal(ev_tcg_log_open(item, &log, &err), EV_OK);
	while (ev_tcg_log_next(&log, &event))
		assert_int_equal(event.number, log.n_events);
	return log;
}

/* A log is what it is where all of it can be read. */
static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_tcg_event event;
	struct ev_tcg_log log;

	if (ev_tcg_log_open(item, &log, err) != EV_OK)
		return err->code;
	while (ev_tcg_log_next(&log, &event))
		;
	*err = log.refusal;
	return err->code;
}

static void events_are_read_in_both_forms(void **state)
{
	for (int agile = 0; agile < 2; agile++) {
		struct ev_error err = { 0 };
		struct ev_tcg_event event;
		struct ev_tcg_log log;
		struct log_sample s;

		log_begin(&s, *state, agile == 1);
		log_action(&s, 7, "first");
		log_action(&s, 4, "");
		assert_int_equal(
			ev_tcg_log_open(ev_buffer_span(&s.log), &log, &err),
			EV_OK);
		assert_int_equal(log.agile, agile);
		assert_int_equal(log.n_banks, agile + 1);
		assert_true(ev_tcg_log_next(&log, &event));
		assert_int_equal(event.index, 7);
		assert_int_equal(event.type, 0x80000007);
		assert_int_equal(event.offset, agile == 1 ? 69 : 0);
		assert_int_equal(event.digest[0].n, 20);
		assert_true(ev_span_eq(event.data, EV_SPAN_LITERAL("first")));
		assert_true(ev_tcg_log_next(&log, &event));
		assert_int_equal(event.data.n, 0);
		assert_false(ev_tcg_log_next(&log, &event));
		assert_false(ev_tcg_log_next(&log, &event));
		assert_int_equal(log.end, EV_TCG_CLEAN);
		log_free(&s);
	}
}

static void an_event_may_lack_a_bank(void **state)
{
	struct ev_error err = { 0 };
	struct ev_tcg_event event;
	struct ev_tcg_log log;
	struct log_sample s;

	log_begin(&s, *state, true);
	s.without_sha1 = true;
	log_action(&s, 11, "windows");
	assert_int_equal(ev_tcg_log_open(ev_buffer_span(&s.log), &log, &err),
			 EV_OK);
	assert_true(ev_tcg_log_next(&log, &event));
	assert_null(event.digest[0].p);
	assert_int_equal(event.digest[1].n, 32);
	log_free(&s);
}

/* --- ends --- */

static void pad(struct log_sample *s, uint8_t byte, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ev_buffer_add_byte(&s->log, byte);
}

static void padding_ends_a_log(void **state)
{
	static const struct {
		uint8_t byte;
		size_t n;
		bool then; /* another byte behind it */
		enum ev_tcg_end end;
	} cases[] = {
		{ 0x00, 1, false, EV_TCG_PADDING },
		{ 0x00, 4096, false, EV_TCG_PADDING },
		{ 0xff, 1, false, EV_TCG_PADDING },
		{ 0xff, 8, false, EV_TCG_PADDING },
		{ 0xff, 4096, false, EV_TCG_PADDING },
		{ 0xff, 7, true, EV_TCG_CUT },
		{ 0xff, 8, true, EV_TCG_HIDDEN },
		{ 0x00, 11, true, EV_TCG_CUT },
		{ 0x00, 12, true, EV_TCG_HIDDEN },
		{ 0x00, 64, true, EV_TCG_HIDDEN },
		{ 0x77, 3, false, EV_TCG_CUT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct log_sample s;
		struct ev_tcg_log log;
		size_t end;

		log_begin(&s, *state, true);
		log_action(&s, 0, "only");
		end = s.log.n;
		pad(&s, cases[i].byte, cases[i].n);
		if (cases[i].then)
			pad(&s, 0x31, 1);
		log = read_all(ev_buffer_span(&s.log));
		assert_int_equal(log.end, cases[i].end);
		assert_int_equal(log.at, end);
		assert_int_equal(log.n_events, 1);
		if (log.end == EV_TCG_HIDDEN)
			assert_int_equal(log.hidden, end + cases[i].n);
		log_free(&s);
	}
}

static void an_event_of_zeros_is_an_event(void **state)
{
	struct ev_span data = EV_SPAN_LITERAL("EV_PREBOOT_CERT of PCR 0");
	struct log_sample s;
	struct ev_tcg_log log;

	log_begin(&s, *state, true);
	log_event(&s, 0, 0, data, data);
	log = read_all(ev_buffer_span(&s.log));
	assert_int_equal(log.n_events, 1);
	assert_int_equal(log.end, EV_TCG_CLEAN);
	log_free(&s);
}

/* --- refusals --- */

static void every_cut_is_refused_and_the_prefix_stands(void **state)
{
	struct log_sample s;
	size_t first;

	log_begin(&s, *state, true);
	log_action(&s, 1, "one");
	first = s.log.n;
	log_action(&s, 2, "two");
	for (size_t n = 69; n <= s.log.n; n++) {
		uint8_t *p = parse_copy(ev_buffer_span(&s.log), n);
		struct ev_tcg_log log = read_all(ev_span_of(p, n));
		bool whole = n == 69 || n == first || n == s.log.n;

		assert_int_equal(log.end, whole ? EV_TCG_CLEAN : EV_TCG_CUT);
		assert_int_equal(log.n_events, n < first     ? 0
					       : n < s.log.n ? 1
							     : 2);
		free(p);
	}
	for (size_t n = 0; n < 69; n++) {
		uint8_t *p = parse_copy(ev_buffer_span(&s.log), n);
		struct ev_error err = { 0 };
		struct ev_tcg_log log;

		assert_int_not_equal(
			ev_tcg_log_open(ev_span_of(p, n), &log, &err), EV_OK);
		free(p);
	}
	parse_mutations(parse, ev_buffer_span(&s.log), 5000);
	log_free(&s);
}

static void a_header_that_lies_is_refused(void **state)
{
	struct log_sample s;
	struct ev_span log;

	log_begin(&s, *state, true);
	log_action(&s, 1, "one");
	log = ev_buffer_span(&s.log);
	parse_refuses_byte(parse, log, 56, 0, EV_VALUE, "tcg-log.spec-id",
			   "numberOfAlgorithms");
	parse_refuses_byte(parse, log, 56, 17, EV_VALUE, "tcg-log.spec-id",
			   "numberOfAlgorithms");
	parse_refuses_byte(parse, log, 56, 3, EV_TRUNCATED, "tcg-log.spec-id",
			   "algorithmId");
	parse_refuses_byte(parse, log, 62, 19, EV_VALUE, "tcg-log.spec-id",
			   "digestSize");
	parse_refuses_byte(parse, log, 64, 4, EV_DUPLICATE, "tcg-log.spec-id",
			   "algorithmId");
	log_free(&s);
}

/* Events begin where the first event ends, whatever vendorInfoSize says. */
static void a_vendor_info_that_lies_moves_no_event(void **state)
{
	struct ev_error err = { 0 };
	struct ev_tcg_event event;
	struct ev_tcg_log log;
	struct log_sample s;

	log_begin(&s, *state, true);
	log_action(&s, 1, "one");
	assert_int_equal(s.log.p[68], 0);
	for (unsigned int n = 0; n < 256; n++) {
		s.log.p[68] = (uint8_t)n;
		assert_int_equal(
			ev_tcg_log_open(ev_buffer_span(&s.log), &log, &err),
			EV_OK);
		assert_int_equal(log.header_short, n > 0);
		assert_int_equal(log.header_rest, 0);
		assert_true(ev_tcg_log_next(&log, &event));
		assert_int_equal(event.offset, 69);
	}
	log_free(&s);
}

static void an_event_that_lies_ends_the_log(void **state)
{
	struct log_sample s;
	struct ev_span log;

	log_begin(&s, *state, true);
	log_action(&s, 1, "one");
	log = ev_buffer_span(&s.log);
	parse_refuses_byte(parse, log, 77, 3, EV_VALUE, "tcg-log.event",
			   "digestCount");
	parse_refuses_byte(parse, log, 81, 0x44, EV_VALUE, "tcg-log.event",
			   "algorithmId");
	parse_refuses_byte(parse, log, 103, 4, EV_DUPLICATE, "tcg-log.event",
			   "algorithmId");
	parse_refuses_byte(parse, log, 137, 4, EV_TRUNCATED, "tcg-log.event",
			   "event");
	log_free(&s);
}

static int setup(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int teardown(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_read_in_both_forms),
		cmocka_unit_test(an_event_may_lack_a_bank),
		cmocka_unit_test(padding_ends_a_log),
		cmocka_unit_test(an_event_of_zeros_is_an_event),
		cmocka_unit_test(every_cut_is_refused_and_the_prefix_stands),
		cmocka_unit_test(a_header_that_lies_is_refused),
		cmocka_unit_test(a_vendor_info_that_lies_moves_no_event),
		cmocka_unit_test(an_event_that_lies_ends_the_log),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
