/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of place, and the words for them. */
#include "replay/standing.h"

#include "replay/render.h"

#include "tests/replay_case.h"

struct want {
	int level;
	const char *answers; /* a letter each: yes, no, untold */
	size_t places;
};

static bool stands(const struct rp_case *c, void *user)
{
	const struct want *want = user;
	struct rp_standing_of of[EV_PLACES_MAX];
	struct rp_standing p;

	assert_int_equal(rp_standing_find(c, of), want->places);
	rp_standing_judge(c, of[0], &p);
	assert_int_equal(p.level, want->level);
	for (size_t i = 0; i < RP_STANDING_LEVELS; i++) {
		assert_int_equal(rp_standing_answer_word(p.step[i].holds)[0],
				 want->answers[i]);
		assert_int_equal(p.step[i].holds == RP_STANDING_YES,
				 p.step[i].why[0] == '\0');
	}
	return true;
}

static void judge(const char *name, struct want want)
{
	struct rp_request request;
	struct replay_case r;

	replay_open(&r, name);
	request = replay_request(&r);
	replay_visit(&r, &request, stands, &want);
	replay_close(&r);
}

static void a_level_needs_all_below_it(void **state)
{
	(void)state;
	judge("pass-zstd", (struct want){ 0, "ynnnnn", 1 });
	judge("pass-tpm-wire-format", (struct want){ 1, "yynnnn", 1 });
	judge("pass", (struct want){ 2, "yyyunn", 1 });
	judge("pass-place-3", (struct want){ 3, "yyyynn", 1 });
	judge("pass-place-4", (struct want){ 4, "yyyyyn", 1 });
	judge("pass-place-5", (struct want){ 5, "yyyyyy", 1 });
	judge("pass-place-2-beyond", (struct want){ 2, "yyyuyy", 1 });
	judge("incomplete-place-other-vm", (struct want){ -1, "nyynnn", 1 });
	judge("incomplete-place-none", (struct want){ -1, "nnynnn", 1 });
}

/* Each of two reports has a place of its own. */
static void two_reports_stand_apart(void **state)
{
	(void)state;
	judge("incomplete-bound-ita", (struct want){ -1, "nnnnnn", 2 });
}

/* A debug TD's host has the vTPM's key. */
static void a_broken_link_ends_the_levels(void **state)
{
	(void)state;
	judge("fail-dcap.quote.signature", (struct want){ -1, "nnnnnn", 1 });
	judge("fail-dcap.td.debug", (struct want){ 0, "ynnnnn", 1 });
	judge("fail-tpm.ak.match", (struct want){ 1, "yynnnn", 1 });
	judge("fail-tpm.ak.certificate", (struct want){ 1, "yynnnn", 1 });
}

static char *text_of(const char *name, bool full)
{
	struct ev_buffer out = { 0 };
	struct rp_request request;
	struct rp_result result;
	struct replay_case r;
	char *text;

	replay_open(&r, name);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	assert_true(rp_render_text(ev_span_of(result.report, result.n), full,
				   &out));
	text = ev_buffer_take(&out, NULL);
	assert_non_null(text);
	free(result.report);
	replay_close(&r);
	return text;
}

static void says(const char *name, bool full, const char *const *lines)
{
	char *text = text_of(name, full);

	for (; *lines != NULL; lines++)
		if (strstr(text, *lines) == NULL)
			fail_msg("%s does not say \"%s\":\n%s", name, *lines,
				 text);
	free(text);
}

static void the_text_says_why_the_next_is_not_reached(void **state)
{
	static const char *const level2[] = {
		"\n  place        L2 of L5: the cloud's CA certified",
		"\n               not L3, ",
		"cannot be told: the subject",
		"\n               holds all the same: L4 (the cloud's metadata",
		"PPID 53494d554c415445442d505049442d30, platform instance",
		"\n  not shown    in which building the processor stands",
		NULL
	};
	static const char *const level5[] = { "\n  place        L5 of L5: ",
					      NULL };
	static const char *const none[] = {
		"\n  place        none of L0 to L5 is reached",
		"not L0, a genuine processor signed a quote: neither a quote",
		"PPID and platform instance id are not told", NULL
	};
	static const char *const full[] = { "\n               L0 yes     ",
					    "\n               L3 untold  ",
					    "\n               L5 yes     ",
					    NULL };

	(void)state;
	says("pass-place-2-beyond", false, level2);
	says("pass-place-5", false, level5);
	says("incomplete-place-none", false, none);
	says("pass-place-2-beyond", true, full);
}

static void an_endorsement_is_shown_and_not_judged(void **state)
{
	static const char *const lines[] = {
		"\n  endorsed     not judged: items/owner-endorsement/0000.bin",
		"{\"issuer\":\"SIMULATED colocation owner\",", NULL
	};

	(void)state;
	says("incomplete-imds-endorsement", false, lines);
}

/* Loose quotes, one more than is told of. */
static void of_too_many_machines_the_first_are_told(void **state)
{
	struct rp_loose loose[EV_PLACES_MAX + 1];
	struct rp_request request;
	struct rp_result result;
	struct replay_case r;

	(void)state;
	replay_open(&r, NULL);
	for (size_t i = 0; i <= EV_PLACES_MAX; i++)
		loose[i] = (struct rp_loose){
			"quote", ev_kind_find(EV_SPAN_LITERAL("tdx-quote")),
			EV_SPAN_LITERAL("x")
		};
	request = replay_request(&r);
	request.loose = loose;
	request.n_loose = EV_PLACES_MAX + 1;
	result = replay_run(&r, &request);
	assert_non_null(memmem(result.report, result.n,
			       "place: told of the first 64 of 65 machines",
			       42));
	free(result.report);
	replay_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_needs_all_below_it),
		cmocka_unit_test(two_reports_stand_apart),
		cmocka_unit_test(a_broken_link_ends_the_levels),
		cmocka_unit_test(of_too_many_machines_the_first_are_told),
		cmocka_unit_test(the_text_says_why_the_next_is_not_reached),
		cmocka_unit_test(an_endorsement_is_shown_and_not_judged),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
