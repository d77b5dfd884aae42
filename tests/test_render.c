/* SPDX-License-Identifier: Apache-2.0 */
/* The text report says what the JSON says, and nothing else. */
#include "replay/render.h"
#include "replay/render_level.h"
#include "replay/render_meaning.h"
#include "replay/render_session.h"
#include "replay/render_together.h"

#include "tests/replay_case.h"

static char *text_of(const char *name, bool full)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	struct ev_buffer out = { 0 };
	char *text;
	size_t n;

	replay_open(&r, name);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	assert_true(rp_render_text(ev_span_of(result.report, result.n), full,
				   &out));
	text = ev_buffer_take(&out, &n);
	assert_non_null(text);
	free(result.report);
	replay_close(&r);
	return text;
}

static void the_verdict_stands_first(void **state)
{
	static const char *const cases[][2] = {
		{ "pass", "PASS  as of 2026-06-08T12:42:41Z" },
		{ "fail-dcap.quote.signature", "FAIL  as of" },
		{ "incomplete-no-quote", "INCOMPLETE  as of" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *text = text_of(cases[i][0], false);

		assert_int_equal(
			strncmp(text, cases[i][1], strlen(cases[i][1])), 0);
		free(text);
	}
}

static void a_simulated_anchor_is_said(void **state)
{
	char *text = text_of("pass", false);

	(void)state;
	assert_non_null(strstr(text, "SIMULATED"));
	free(text);
}

static void what_no_check_carries_is_marked(void **state)
{
	char *good = text_of("pass", false);
	char *bad = text_of("fail-dcap.quote.signature", false);

	(void)state;
	assert_null(strstr(good, "[not trusted]"));
	assert_null(strstr(good, "BROKEN"));
	assert_non_null(strstr(bad, "[not trusted]"));
	assert_non_null(strstr(bad, "BROKEN"));
	assert_non_null(strstr(bad, "QUOTE_BAD_SIGNATURE"));
	free(good);
	free(bad);
}

static void an_sev_snp_guest_has_lines_of_its_own(void **state)
{
	static const char *const lines[] = {
		"AMD SEV-SNP (Milan), Azure paravisor of the family OpenHCL\n",
		"  paravisor    MEASUREMENT 53494d554c415445...   no reference",
		"  platform     chip id 53494d554c415445...  VMPL 0\n",
		"  TCB          bootloader 4, tee 0, snp 24, microcode 219\n",
		"  guest        PCRs from the vTPM\n",
	};
	char *text = text_of("pass-snp", false);

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_non_null(strstr(text, lines[i]));
	assert_null(strstr(text, "[not trusted]"));
	free(text);
	text = text_of("pass-snp-turin", false);
	assert_non_null(strstr(text, "AMD SEV-SNP (Turin)\n"));
	assert_non_null(strstr(text, "  launch       MEASUREMENT "));
	assert_non_null(strstr(text, "fmc 1, bootloader 1, tee 1, snp 3"));
	free(text);
	text = text_of("fail-snp.signature", false);
	assert_non_null(strstr(text, "(Milan)   [not trusted]\n"));
	free(text);
	text = text_of("pass-snp-two", false);
	assert_non_null(strstr(text, "items/snp-report/0001.bin\n"));
	free(text);
}

static char *row_of(const char *name)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	struct ev_buffer out = { 0 };
	char *text;

	replay_open(&r, name);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	assert_true(
		rp_render_row(ev_span_of(result.report, result.n), name, &out));
	text = ev_buffer_take(&out, NULL);
	assert_non_null(text);
	free(result.report);
	replay_close(&r);
	return text;
}

static void a_level_that_is_not_trusted_is_marked(void **state)
{
	char *text = text_of("fail-dcap.quote.signature", false), *line;

	(void)state;
	line = strstr(text, "  TCB level ");
	assert_non_null(line);
	line = strstr(line, "QE UpToDate");
	assert_non_null(line);
	assert_int_equal(strncmp(line, "QE UpToDate   [not trusted]\n", 28), 0);
	free(text);
}

static void a_row_marks_and_names_what_the_text_does(void **state)
{
	char *good = row_of("pass"), *bad = row_of("fail-dcap.quote.signature");

	(void)state;
	assert_non_null(strstr(good, "  UpToDate      SIMULATED  pass\n"));
	assert_non_null(strstr(bad, "53494d554c415445?"));
	assert_non_null(
		strstr(bad, "  UpToDate?     SIMULATED, ? not trusted"));
	free(good);
	free(bad);
}

static void every_line_fits_a_terminal(void **state)
{
	static const char *const names[] = {
		"pass",
		"fail-dcap.quote.signature",
		"fail-tcb.platform-not-supported",
		"fail-tcb.status-relaunch",
		"incomplete-no-collateral",
		"incomplete-no-quote",
		"token",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *text = text_of(names[i], false), *line = text;

		for (; *line != '\0'; line = strchr(line, '\n') + 1)
			assert_in_range(strcspn(line, "\n"), 0, 79);
		free(text);
	}
}

static void what_is_asked_is_said_of_evidence_alone(void **state)
{
	static const struct {
		const char *name, *said;
	} cases[] = {
		{ "pass", "  nonce        bound to no nonce: nothing says "
			  "whose question it answers\n" },
		{ "pass-sgx", "  nonce        bound to no nonce: nothing " },
		{ "pass-bound", "  nonce        self-made nonce, " },
		{ "pass-bound-challenge", "  nonce        answers challenge " },
		{ "incomplete-bound-later-recipe", NULL },
		{ "incomplete-collateral-alone", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = text_of(cases[i].name, false);

		if (cases[i].said != NULL)
			assert_non_null(strstr(text, cases[i].said));
		else
			assert_null(strstr(text, "nonce  "));
		free(text);
	}
}

static void a_nonce_that_cannot_be_recomputed_is_no_nonce(void **state)
{
	static const char report[] = "{\"facts\":{\"binding\":[],\"tpm\":{}}}";
	ev_auto_buffer struct ev_buffer out = { 0 };
	json_t *r = json_loads(report, 0, NULL);

	(void)state;
	rp_render_session(r, false, &out);
	ev_buffer_add_byte(&out, 0);
	assert_string_equal(
		(const char *)out.p,
		"  nonce        bound to no nonce that can be recomputed\n");
	json_decref(r);
}

static void a_waived_failure_is_not_counted_as_broken(void **state)
{
	char *text = text_of("fail-dcap.td.attributes", false);

	(void)state;
	assert_non_null(strstr(text, "waived       dcap.td.attributes"));
	assert_null(strstr(text, "BROKEN"));
	assert_null(strstr(text, " not judged"));
	assert_non_null(strstr(text, "1 broken, but waived by the policy"));
	free(text);
}

static void full_lists_every_check(void **state)
{
	char *text = text_of("pass", true);

	(void)state;
	for (size_t i = 0; i < rp_n_checks; i++)
		assert_non_null(strstr(text, rp_checks[i].id));
	free(text);
}

/* "together" and what stands below it, up to the guest. */
static void what_a_level_comes_to_is_told(void **state)
{
	static const struct {
		const char *name, *said;
	} cases[] = {
		{ "fail-tcb.status-relaunch",
		  "  together     at launch OutOfDate, now UpToDate: "
		  "TDRelaunchAdvised, TCB date\n"
		  "               2024-03-13\n"
		  "  advisories   at launch: INTEL-SA-99903\n"
		  "               now: none\n  guest" },
		{ "fail-tcb.tdx-module",
		  "  together     OutOfDate, TCB date 2024-03-13\n"
		  "  advisories   INTEL-SA-99903\n  guest" },
		{ "pass-collateral-unusual",
		  "  together     UpToDate, TCB date 2025-05-14\n"
		  "  advisories   INTEL-SA-99904\n  guest" },
		{ "fail-tcb.platform-not-supported",
		  "  together     NotSupported\n  no level" },
		{ "pass-two-sets-update",
		  "  advisories   INTEL-SA-99904\n  beside       by " },
		{ "pass", NULL },
		{ "pass-quote-v5", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *screen = text_of(cases[i].name, false);

		if (cases[i].said != NULL)
			assert_non_null(strstr(screen, cases[i].said));
		else
			assert_null(strstr(screen, "  together"));
		free(screen);
	}
}

static size_t lines_of(const json_t *tcb, bool full, char **text)
{
	struct ev_buffer out = { 0 };
	size_t lines = 0;

	rp_render_together(tcb, "   [not trusted]", full, &out);
	*text = ev_buffer_take(&out, NULL);
	assert_non_null(*text);
	for (const char *at = *text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	return lines;
}

static void many_advisories_are_counted_unless_full(void **state)
{
	json_t *tcb =
		json_pack("{s:s,s:s,s:s,s:[]}", "status", "OutOfDate", "launch",
			  "OutOfDate", "current", "OutOfDate", "advisories");
	json_t *list = json_object_get(tcb, "advisories");
	char *text;

	(void)state;
	for (int i = 0; i < 50; i++)
		json_array_append_new(list,
				      json_sprintf("INTEL-SA-%05d", 100 + i));
	assert_in_range(lines_of(tcb, false, &text), 3, 5);
	assert_non_null(strstr(text, "OutOfDate   [not trusted]\n"));
	assert_non_null(strstr(text, "INTEL-SA-00109 and 40 more (--full)"));
	assert_null(strstr(text, "INTEL-SA-00110"));
	free(text);
	assert_in_range(lines_of(tcb, true, &text), 10, 20);
	assert_non_null(strstr(text, "INTEL-SA-00149   [not trusted]\n"));
	assert_null(strstr(text, "more"));
	free(text);
	json_decref(tcb);
}

static char *meaning_of(const char *id, const char *then, const char *later,
			bool waived)
{
	json_t *before = json_pack("{s:s,s:s}", "id", id, "outcome", then);
	json_t *check = json_pack("{s:s,s:s,s:b,s:b}", "id", id, "outcome",
				  later, "required", !waived, "waived", waived);
	struct rp_change row = { check, before };
	struct rp_changes changes = { &row, 1 };
	struct ev_buffer out = { 0 };
	char *text;

	rp_render_meaning(&changes, &out);
	text = ev_buffer_take(&out, NULL);
	assert_non_null(text);
	json_decref(before);
	json_decref(check);
	return text;
}

static void nothing_that_fails_anew_is_called_nothing(void **state)
{
	static const struct {
		const char *then, *later;
		bool waived, named, reassures;
	} cases[] = {
		{ "pass", "fail", true, true, false },
		{ "skip", "fail", true, true, false },
		{ "pass", "skip", false, true, false },
		{ "fail", "skip", false, true, false },
		{ "pass", "skip", true, false, true }, /* not required */
		{ "skip", "skip", false, false, true },
		{ "fail", "fail", false, false,
		  true }, /* and in the same way */
		{ "fail", "pass", false, false, true },
	};
	static const char calm[] = "nothing that this collateral knows";

	(void)state;
	for (size_t i = 0; i < rp_n_checks; i++) {
		const char *id = rp_checks[i].id;
		char *said = meaning_of(id, "pass", "fail", false);

		assert_null(strstr(said, calm));
		free(said);
		for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
			said = meaning_of(id, cases[k].then, cases[k].later,
					  cases[k].waived);
			assert_int_equal(strstr(said, id) != NULL,
					 cases[k].named);
			assert_int_equal(strstr(said, calm) != NULL,
					 cases[k].reassures);
			free(said);
		}
	}
}

static void what_collateral_may_turn_has_its_sentence(void **state)
{
	static const char *const ids[] = {
		"dcap.pck.revocation",
		"dcap.pck-ca.revocation",
		"dcap.tcb-signing.revocation",
		"dcap.tcb-signing.chain",
		"dcap.crl.signature",
		"dcap.tcb-info.signature",
		"dcap.qe-identity.signature",
		"dcap.collateral.window",
		"dcap.tcb-info.match",
		"dcap.qe-identity.match",
		"dcap.tdx-module.match",
		"tcb.platform",
		"tcb.tdx-module",
		"tcb.qe",
		"tcb.status",
		"tpm.ak.certificate",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		char *said = meaning_of(ids[i], "pass", "fail", false);

		assert_non_null(rp_check_find(ids[i]));
		assert_null(strstr(said, ids[i]));
		free(said);
	}
}

/* The first of those that are short of the fewest components. */
static void the_nearest_level_is_shown(void **state)
{
	static const char tcb[] =
		"{\"platform\":{\"status\":\"NotSupported\"},\"distance\":["
		"{\"date\":\"2026-01-01\",\"status\":\"a\",\"short\":[1,2,3]},"
		"{\"date\":\"2025-02-02\",\"status\":\"b\",\"short\":[1]},"
		"{\"date\":\"2024-03-03\",\"status\":\"c\",\"short\":[1]},"
		"{\"date\":\"2023-04-04\",\"status\":\"d\",\"short\":[1,2]}]}";
	ev_auto_buffer struct ev_buffer out = { 0 };
	json_t *v = json_loads(tcb, 0, NULL);

	(void)state;
	assert_non_null(v);
	rp_render_level(v, NULL, NULL, &out);
	ev_buffer_add_byte(&out, 0);
	assert_non_null(strstr((const char *)out.p,
			       "the nearest is that of 2025-02-02 (b);"));
	json_decref(v);
}

static void another_text_is_not_rendered(void **state)
{
	struct ev_buffer out = { 0 };

	(void)state;
	assert_false(rp_render_text(EV_SPAN_LITERAL("{"), false, &out));
	assert_false(rp_render_row(EV_SPAN_LITERAL(""), "x", &out));
	assert_true(rp_render_text(EV_SPAN_LITERAL("{}"), true, &out));
	ev_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_stands_first),
		cmocka_unit_test(a_simulated_anchor_is_said),
		cmocka_unit_test(what_no_check_carries_is_marked),
		cmocka_unit_test(an_sev_snp_guest_has_lines_of_its_own),
		cmocka_unit_test(a_level_that_is_not_trusted_is_marked),
		cmocka_unit_test(a_row_marks_and_names_what_the_text_does),
		cmocka_unit_test(every_line_fits_a_terminal),
		cmocka_unit_test(what_is_asked_is_said_of_evidence_alone),
		cmocka_unit_test(a_nonce_that_cannot_be_recomputed_is_no_nonce),
		cmocka_unit_test(a_waived_failure_is_not_counted_as_broken),
		cmocka_unit_test(full_lists_every_check),
		cmocka_unit_test(what_a_level_comes_to_is_told),
		cmocka_unit_test(many_advisories_are_counted_unless_full),
		cmocka_unit_test(nothing_that_fails_anew_is_called_nothing),
		cmocka_unit_test(what_collateral_may_turn_has_its_sentence),
		cmocka_unit_test(the_nearest_level_is_shown),
		cmocka_unit_test(another_text_is_not_rendered),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
