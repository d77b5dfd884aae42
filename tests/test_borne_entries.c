/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries a quote bears out: up to the last that its register has. */
#include "replay/borne_entries.h"

#include "replay/event_log.h"
#include "replay/replay.h"

#include "tests/replay_case.h"

/* One character an entry: '+' is borne out. */
struct seen {
	enum rp_log_form form;
	char text[64];
	size_t n;
};

static void note(struct seen *s, bool borne)
{
	assert_true(s->n + 1 < sizeof(s->text));
	s->text[s->n++] = borne ? '+' : '-';
}

static void read_tcg(struct rp_borne_entries *b, struct seen *s)
{
	struct ev_tcg_event e;
	struct ev_tcg_log in;

	rp_log_open_firmware(b->log->log, &in);
	while (ev_tcg_log_next(&in, &e))
		note(s, rp_borne_event(b, &e));
}

static void read_ima(struct rp_borne_entries *b, struct seen *s)
{
	struct ev_ima_entry e;
	struct ev_ima_log in;

	rp_log_open_ima(b->log->log, &in);
	while (ev_ima_log_next(&in, &e))
		note(s, rp_borne_ima(b, &e));
}

static void read_cel(struct rp_borne_entries *b, struct seen *s)
{
	struct ev_error err = { 0 };
	struct ev_cel_record r;
	struct ev_cel_log in;

	assert_int_equal(ev_cel_log_open(b->log->item->bytes, &in, &err),
			 EV_OK);
	while (ev_cel_log_next(&in, &r))
		note(s, rp_borne_cel(b, &r));
}

static void read_systemd(struct rp_borne_entries *b, struct seen *s)
{
	struct ev_error err = { 0 };
	struct ev_systemd_record r;
	struct ev_systemd_log in;

	assert_int_equal(ev_systemd_log_open(b->log->item->bytes, &in, &err),
			 EV_OK);
	while (ev_systemd_log_next(&in, &r))
		note(s, rp_borne_systemd(b, &r));
	ev_systemd_log_free(&in);
}

static bool look(const struct rp_case *c, void *user)
{
	static void (*const read[RP_N_LOG_FORMS])(struct rp_borne_entries * b,
						  struct seen * s) = {
		[RP_LOG_TCG] = read_tcg, [RP_LOG_CCEL] = read_tcg,
		[RP_LOG_CEL] = read_cel, [RP_LOG_SYSTEMD] = read_systemd,
		[RP_LOG_IMA] = read_ima,
	};
	const struct rp_subject *log = c->first[RP_LOG];
	struct rp_borne_entries b;
	struct seen *s = user;

	while (log != NULL && log->log->form != s->form)
		log = log->next;
	assert_non_null(log);
	rp_borne_entries_begin(c, log, &b);
	read[s->form](&b, s);
	return !b.trouble;
}

static void up_to_the_last_that_was_quoted(void **state)
{
	static const struct {
		const char *name;
		enum rp_log_form form;
		const char *borne;
	} rows[] = {
		/* a violation; two that came after the quote */
		{ "pass-log.ima", RP_LOG_IMA, "++++-+++--" },
		{ "fail-log.ima-templates-sha1", RP_LOG_IMA, "+-" },
		/* what was stored is not what SHA-256 was of */
		{ "fail-log.ima-templates", RP_LOG_IMA, "++" },
		{ "pass-log.ima-padded", RP_LOG_IMA, "+++" },
		{ "fail-log.ima-none", RP_LOG_IMA, "-" },
		{ "incomplete-log-alone", RP_LOG_CEL, "--------" },
		{ "pass-log.cel", RP_LOG_CEL, "++++++++" },
		{ "fail-log.cel", RP_LOG_CEL, "+-++++++" },
		{ "fail-log.cel-systemd", RP_LOG_SYSTEMD, "+-" },
		/* a digest of the data in the bank that is not quoted */
		{ "pass-log.events-borne", RP_LOG_TCG, "++-++++++++" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = { .form = rows[i].form };
		struct replay_case r;
		struct rp_request request;

		replay_open(&r, rows[i].name);
		request = replay_request(&r);
		replay_visit(&r, &request, look, &seen);
		replay_close(&r);
		assert_string_equal(seen.text, rows[i].borne);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_to_the_last_that_was_quoted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
