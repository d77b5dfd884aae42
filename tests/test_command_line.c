/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a command line, by what a register has of it. */
#include "replay/command_line.h"

#include "evidence/event_type.h"
#include "replay/event_log.h"
#include "replay/replay.h"

#include "tests/replay_case.h"

/* Of the first log's first command line. */
static bool look(const struct rp_case *c, void *user)
{
	const struct rp_subject *log = c->first[RP_LOG];
	struct rp_command_lines lines;
	struct ev_tcg_event e;
	struct ev_tcg_log in;

	rp_command_lines_begin(c, log, &lines);
	rp_log_open_firmware(log->log, &in);
	while (ev_tcg_log_next(&in, &e)) {
		struct ev_ipl ipl = ev_ipl_parse(&e);

		if (e.type == EV_TYPE_IPL && ev_ipl_is_command_line(&e, &ipl))
			return rp_command_line_judge(&lines, &e, &ipl, user);
	}
	return false;
}

static struct rp_command_line line_of(const char *name)
{
	struct rp_command_line line = { 0 };
	struct replay_case r;
	struct rp_request request;

	replay_open(&r, name);
	request = replay_request(&r);
	replay_visit(&r, &request, look, &line);
	replay_close(&r);
	return line;
}

static void what_is_trusted(void **state)
{
	struct rp_command_line line = line_of("pass-log.rtmr-command");

	(void)state;
	assert_true(line.measured);
	assert_null(line.doubt);
	assert_int_equal(line.options, 0);
}

static void what_is_not(void **state)
{
	static const struct {
		const char *name, *doubt;
		bool measured;
		uint64_t options;
	} rows[] = {
		{ "pass-log.pcr-command-unquoted", "not-borne-out", false, 0 },
		{ "pass-log.pcr-command-text", "not-of-text", false, 0 },
		{ "pass-log.pcr-command-called", "prefix-not-measured", true,
		  0 },
		{ "pass-log.pcr-command-options-unquoted",
		  "prefix-not-measured", true, 11 },
		{ "pass-log.pcr-command-options", "register-open", true, 11 },
		{ "pass-log.pcr-command-prefix", "register-open", true, 0 },
		{ "pass-log.rtmr-command-late", "register-open", true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rp_command_line line = line_of(rows[i].name);

		assert_int_equal(line.measured, rows[i].measured);
		assert_non_null(line.doubt);
		assert_string_equal(line.doubt, rows[i].doubt);
		assert_int_equal(line.options, rows[i].options);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_trusted),
		cmocka_unit_test(what_is_not),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
