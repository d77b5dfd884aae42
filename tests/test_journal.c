/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a running collection, as a person, a program and the log get
 * them. */
#include "collect/journal.h"

#include "evidence/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const struct co_source source = { .name = "tcg-log",
					 .title = "boot event log" };

/* What a run of the journal writes to standard error. */
static char *caught(bool quiet, bool json, const struct co_step *step,
		    const char *said, struct ev_buffer *log)
{
	struct co_journal journal;
	char *text = calloc(1, 8192);
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);

	assert_non_null(text);
	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	co_journal_begin(&journal, quiet, json);
	co_journal_source(&journal, &source);
	if (said != NULL)
		co_journal_say(&journal, said);
	co_journal_step(&journal, step);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	assert_true(fread(text, 1, 8191, file) < 8191);
	fclose(file);
	ev_buffer_add(log, ev_buffer_span(&journal.log));
	co_journal_free(&journal);
	return text;
}

static void lines_say_what_was_had_and_what_was_not(void **state)
{
	struct co_step good = { .source = &source,
				.outcome = CO_OK,
				.detail = "13 events",
				.n_bytes = 4514,
				.n_items = 1 };
	struct co_step bad = { .source = &source,
			       .outcome = CO_ABSENT,
			       .reason = "the firmware log is empty\x1b[2J" };
	ev_auto_buffer struct ev_buffer log = { 0 };
	char *text = caught(false, false, &good, NULL, &log);

	(void)state;
	assert_string_equal(text,
			    "  tcg-log               4514 bytes   13 events\n");
	free(text);
	text = caught(false, false, &bad, "GET https://x", &log);
	/* What comes from outside does not move the cursor. */
	assert_string_equal(
		text, "    GET https://x\n"
		      "  tcg-log                  -         NOT COLLECTED: "
		      "the firmware log is empty\\x1b[2J\n");
	free(text);
}

static void json_lines_parse_and_quiet_is_quiet(void **state)
{
	struct co_step bad = { .source = &source,
			       .outcome = CO_FAILED,
			       .reason = "a \"quoted\" \\ reason\n",
			       .ms = 7,
			       .ended = 1780922561 };
	ev_auto_buffer struct ev_buffer log = { 0 };
	char *text = caught(false, true, &bad, NULL, &log);
	struct ev_error err = { 0 };
	json_t *line = NULL;

	(void)state;
	assert_int_equal(
		ev_json_parse(ev_span_str(text), 8192, "line", &line, &err),
		EV_OK);
	assert_string_equal(json_string_value(json_object_get(line, "source")),
			    "tcg-log");
	assert_string_equal(json_string_value(json_object_get(line, "outcome")),
			    "failed");
	assert_string_equal(json_string_value(json_object_get(line, "time")),
			    "2026-06-08T12:42:41Z");
	json_decref(line);
	free(text);
	text = caught(true, false, &bad, "GET https://x", &log);
	assert_string_equal(text, "");
	free(text);
}

/* co_http_judge and others show a page's newline as \\x0a: it stays that. */
static void what_is_shown_already_is_not_escaped_again(void **state)
{
	struct co_step bad = { .source = &source,
			       .outcome = CO_FAILED,
			       .reason = "not data: \"<a>\\x0a\"" };
	ev_auto_buffer struct ev_buffer log = { 0 };
	char *text = caught(false, false, &bad, "again: \\x1b", &log);

	(void)state;
	assert_non_null(strstr(text, "    again: \\x1b\n"));
	assert_non_null(strstr(text, "not data: \"<a>\\x0a\"\n"));
	free(text);
	text = caught(false, true, &bad, "again: \\x1b", &log);
	assert_non_null(strstr(text, "\"line\":\"again: \\\\x1b\""));
	assert_non_null(strstr(text, "\"not data: \\\"<a>\\\\x0a\\\"\""));
	free(text);
	ev_buffer_add_byte(&log, 0);
	assert_non_null(strstr((char *)log.p, " said: again: \\x1b\n"));
	assert_non_null(strstr((char *)log.p, "not data: \"<a>\\x0a\"\n"));
	assert_null(strstr((char *)log.p, "x5c"));
}

static void the_log_has_every_line_once(void **state)
{
	struct co_step bad = { .source = &source,
			       .outcome = CO_FAILED,
			       .reason = "two\nlines",
			       .ms = 7,
			       .ended = 1780922561 };
	ev_auto_buffer struct ev_buffer log = { 0 };
	char *text = caught(true, false, &bad, NULL, &log);

	(void)state;
	free(text);
	assert_true(ev_span_eq(
		ev_buffer_span(&log),
		EV_SPAN_LITERAL("2026-06-08T12:42:41Z tcg-log: failed, 0 "
				"items, 0 bytes, 7 ms: two\\x0alines\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_say_what_was_had_and_what_was_not),
		cmocka_unit_test(json_lines_parse_and_quiet_is_quiet),
		cmocka_unit_test(what_is_shown_already_is_not_escaped_again),
		cmocka_unit_test(the_log_has_every_line_once),
	};

	json_object_seed(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
