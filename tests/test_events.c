/* SPDX-License-Identifier: Apache-2.0 */
/* Events beside their digests: what is counted, kept and blamed. */
#include "replay/events.h"

#include "evidence/event_type.h"
#include "tests/log_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ev_crypto *crypto;

static int set_up(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

static void judge(struct log_sample *s, uint64_t n, struct rp_events *out)
{
	static struct rp_registers registers;
	struct ev_error err = { 0 };
	struct ev_tcg_log log;

	assert_int_equal(ev_tcg_log_open(ev_buffer_span(&s->log), &log, &err),
			 EV_OK);
	rp_registers_begin(&registers, crypto, RP_PCRS, log.bank, log.n_banks);
	assert_true(rp_events_judge(crypto, &log, n, &registers, out));
	log_free(s);
}

static void events_are_counted_by_their_verdict(void **state)
{
	struct ev_span image = EV_SPAN_LITERAL("image");
	struct rp_events events;
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	log_action(&s, 4, "measured");
	log_locality(&s, 3); /* extended nowhere: neither */
	log_event(&s, 4, EV_TYPE_APPLICATION, EV_SPAN_LITERAL("file"), image);
	judge(&s, 3, &events);
	assert_int_equal(events.n_bound, 1);
	assert_int_equal(events.n_open, 1);
	assert_int_equal(events.n_bad, 0);
	assert_int_equal(events.n_kept, 3);
	assert_int_equal(events.kept[0].verdict, EV_EVENT_MATCHES);
	assert_int_equal(events.kept[2].verdict, EV_EVENT_NOT_RECOMPUTABLE);
	rp_events_free(&events);
	assert_null(events.kept);
}

static void the_first_that_is_not_measured_is_blamed(void **state)
{
	struct ev_span text = EV_SPAN_LITERAL("said");
	struct rp_events events;
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	log_action(&s, 4, "measured");
	s.without_sha1 = true;
	log_event(&s, 5, EV_TYPE_EFI_ACTION, EV_SPAN_LITERAL("else"), text);
	log_event(&s, 5, EV_TYPE_EFI_ACTION, EV_SPAN_LITERAL("else"), text);
	judge(&s, 3, &events);
	assert_int_equal(events.n_bad, 2);
	assert_int_equal(events.bad.number, 2);
	assert_int_equal(events.bad.offset, 69 + 72 + 8);
	assert_int_equal(events.bad.size, 54);
	assert_int_equal(events.bad.type, EV_TYPE_EFI_ACTION);
	assert_int_equal(events.bad.bank, 0x000b);
	rp_events_free(&events);
}

static void a_log_without_events_is_nothing(void **state)
{
	struct rp_events events;
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	judge(&s, 0, &events);
	assert_int_equal(events.n_bound + events.n_open + events.n_bad, 0);
	assert_null(events.kept);
	rp_events_free(&events);
}

static void of_many_the_first_are_kept(void **state)
{
	struct rp_events events;
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	for (size_t i = 0; i < RP_EVENTS_KEPT + 2; i++)
		log_action(&s, 4, "a");
	judge(&s, RP_EVENTS_KEPT + 2, &events);
	assert_int_equal(events.n_kept, RP_EVENTS_KEPT);
	assert_int_equal(events.n_bound, RP_EVENTS_KEPT + 2);
	rp_events_free(&events);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_counted_by_their_verdict),
		cmocka_unit_test(the_first_that_is_not_measured_is_blamed),
		cmocka_unit_test(a_log_without_events_is_nothing),
		cmocka_unit_test(of_many_the_first_are_kept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
