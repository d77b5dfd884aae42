/* SPDX-License-Identifier: Apache-2.0 */
/* Nonces of a session in a replay: what is asked, shown, demanded. */
#include "replay/bound.h"
#include "replay/checks.h"
#include "replay/render.h"

#include "tests/replay_case.h"

#define N_ROWS 8 /* of bind.* */

struct count {
	const char *word; /* that each reason begins with */
	size_t n;
};

static bool is_bind(const struct rp_finding *f)
{
	return strncmp(f->check->id, "bind.", 5) == 0;
}

static bool all_skip(const struct rp_case *c, void *user)
{
	struct count *want = user;

	for (size_t i = 0; i < c->n_findings; i++) {
		const struct rp_finding *f = &c->findings[i];

		if (!is_bind(f))
			continue;
		assert_int_equal(f->outcome, RP_SKIP);
		assert_int_equal(
			strncmp(f->reason, want->word, strlen(want->word)), 0);
		want->n++;
	}
	return true;
}

static void every_row_is_skipped_without_a_session(void **state)
{
	static const char *const cases[][2] = {
		{ "pass", "no-session: " },
		{ "incomplete-bound-no-binding", "no-session: " },
		{ "incomplete-bound-later-recipe", "recipe: ecart/2 " },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct count want = { cases[i][1], 0 };
		struct rp_request request;
		struct replay_case r;

		replay_open(&r, cases[i][0]);
		request = replay_request(&r);
		replay_visit(&r, &request, all_skip, &want);
		assert_int_equal(want.n, N_ROWS);
		replay_close(&r);
	}
}

static void loose_evidence_has_no_session(void **state)
{
	const struct rp_loose loose = {
		"quote", ev_kind_find(EV_SPAN_LITERAL("tdx-quote")),
		EV_SPAN_LITERAL("x")
	};
	struct count want = { "absent: ", 0 };
	struct rp_request request;
	struct replay_case r;

	(void)state;
	replay_open(&r, NULL);
	request = replay_request(&r);
	request.loose = &loose;
	request.n_loose = 1;
	replay_visit(&r, &request, all_skip, &want);
	assert_int_equal(want.n, N_ROWS);
	replay_close(&r);
}

/* The nonce was only read where the item's own bytes have passed. */
static bool rests_on_its_item(const struct rp_case *c, void *user)
{
	const struct rp_subject *s = c->first[RP_BOUND_TPM_QUOTE];

	(void)user;
	assert_ptr_equal(s->partner[0], c->first[RP_TPM_QUOTE]);
	assert_int_equal(rp_outcome_of(c, "bind.tpm-quote", s), RP_PASS);
	s = c->first[RP_BOUND_IMDS];
	assert_ptr_equal(s->partner[0], c->first[RP_IMDS]);
	assert_int_equal(s->bound->want.n, 10);
	s = c->first[RP_SESSION];
	assert_string_equal(s->name, "items/ecart-session/0000.json");
	assert_true(rp_session_is_borne(c));
	return true;
}

static void a_nonce_rests_on_its_item(void **state)
{
	struct rp_request request;
	struct replay_case r;

	(void)state;
	replay_open(&r, "pass-bound");
	request = replay_request(&r);
	replay_visit(&r, &request, rests_on_its_item, NULL);
	replay_close(&r);
}

static enum rp_verdict verdict_for(const char *name, const char *challenge)
{
	struct rp_request request;
	struct rp_result result;
	struct replay_case r;

	replay_open(&r, name);
	request = replay_request(&r);
	request.has_nonce = true;
	request.nonce = ev_span_str(challenge);
	result = replay_run(&r, &request);
	free(result.report);
	replay_close(&r);
	return result.verdict;
}

/* The case's challenge is the bytes 0x20 to 0x3f. */
static void a_challenge_must_be_answered(void **state)
{
	static const char challenge[] = " !\"#$%&'()*+,-./0123456789:;<=>?";

	(void)state;
	assert_int_equal(verdict_for("pass-bound-challenge", challenge),
			 RP_VERDICT_PASS);
	assert_int_equal(verdict_for("pass-bound-challenge", "x"),
			 RP_VERDICT_FAIL);
	assert_int_equal(verdict_for("pass-bound", challenge), RP_VERDICT_FAIL);
	assert_int_equal(verdict_for("pass", challenge), RP_VERDICT_INCOMPLETE);
	assert_int_equal(
		verdict_for("incomplete-bound-challenge-unborne", challenge),
		RP_VERDICT_INCOMPLETE);
}

static char *text_of(const char *name)
{
	struct ev_buffer out = { 0 };
	struct rp_request request;
	struct rp_result result;
	struct replay_case r;
	char *text;

	replay_open(&r, name);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	assert_true(rp_render_text(ev_span_of(result.report, result.n), false,
				   &out));
	text = ev_buffer_take(&out, NULL);
	assert_non_null(text);
	free(result.report);
	replay_close(&r);
	return text;
}

static void the_text_says_what_is_answered(void **state)
{
	static const struct {
		const char *name, *line;
	} lines[] = {
		{ "pass-bound", "  nonce        self-made nonce, freshness "
				"rests on the timestamp\n" },
		{ "pass-bound-challenge",
		  "  nonce        answers challenge "
		  "202122232425262728292a2b2c2d2e2f"
		  "303132333435363738393a3b3c3d3e3f\n" },
		{ "incomplete-bound-challenge-unborne", "   [not trusted]\n" },
		{ "pass-bound", "  collector    collected from a test root\n" },
		{ "pass-bound", "  bound        hcl         round 1  equal " },
		{ "fail-bind.maa",
		  "  bound        maa         round 1  differs " },
		{ "pass-bound", "tcg-log: absent: the firmware log is empty" },
		{ "pass-bound", "ima-log: failed: permission denied" },
		{ "incomplete-bound-steps",
		  "collector: outcome at byte 0: want " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *text = text_of(lines[i].name);

		if (strstr(text, lines[i].line) == NULL)
			fail_msg("%s: no %s", lines[i].name, lines[i].line);
		free(text);
	}
}

static void the_text_names_no_item_without_a_session(void **state)
{
	char *text = text_of("pass");

	(void)state;
	assert_non_null(strstr(text, "  nonce        bound to no nonce: "));
	assert_null(strstr(text, "\n  bound"));
	assert_null(strstr(text, "test root"));
	free(text);
	/* A source that nobody asked for is no gap. */
	text = text_of("pass-bound");
	assert_null(strstr(text, "ita: skipped"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_skipped_without_a_session),
		cmocka_unit_test(loose_evidence_has_no_session),
		cmocka_unit_test(a_nonce_rests_on_its_item),
		cmocka_unit_test(a_challenge_must_be_answered),
		cmocka_unit_test(the_text_says_what_is_answered),
		cmocka_unit_test(the_text_names_no_item_without_a_session),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
