/* SPDX-License-Identifier: Apache-2.0 */
/* The table's shape, and the loop over it. */
#include "replay/engine.h"

#include "tests/replay_case.h"

/* A policy that demands the signature of one key. */
#define HEAD                                                                   \
	"{\"policy\":\"ecart-policy/1\",\"name\":\"x\","                       \
	"\"require\":[\"archive.signature\"],\"waive\":[],"
#define PEM                                                                    \
	"-----BEGIN PUBLIC KEY-----\\n"                                        \
	"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="         \
	"\\n-----END PUBLIC KEY-----\\n"
#define SIGNED(n)                                                              \
	HEAD "\"signers\":{\"threshold\":" n ",\"keys\":[\"" PEM "\"]}}"

static size_t row_of(const char *id)
{
	const struct rp_check *check = rp_check_find(id);

	assert_non_null(check);
	return (size_t)(check - rp_checks);
}

static void assert_id(const char *id)
{
	size_t dots = 0;

	assert_true(id[0] >= 'a' && id[0] <= 'z');
	for (const char *p = id; *p != '\0'; p++) {
		dots += *p == '.';
		assert_non_null(
			strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", *p));
		if (*p == '.')
			assert_true(p[1] >= 'a' && p[1] <= 'z');
	}
	assert_in_range(dots, 1, 2);
}

static void every_row_is_whole(void **state)
{
	(void)state;
	assert_in_range(rp_n_checks, 1, RP_CHECKS_MAX);
	for (size_t i = 0; i < rp_n_checks; i++) {
		const struct rp_check *c = &rp_checks[i];

		assert_id(c->id);
		assert_int_equal(row_of(c->id), i); /* ids are unique */
		assert_true(c->subjects != 0);
		assert_true(c->subjects < RP_SUBJECTS(RP_N_SUBJECT_TYPES));
		assert_non_null(c->run);
		assert_non_null(c->title);
		assert_non_null(c->rule);
		assert_non_null(c->source);
		for (size_t k = 0; k < RP_AFTER_MAX && c->after[k] != NULL; k++)
			assert_true(row_of(c->after[k]) < i);
	}
	assert_null(rp_check_find("dcap.quote"));
	assert_null(rp_check_find(""));
}

static void archive_rows_come_first(void **state)
{
	size_t split = rp_first_evidence_check();

	(void)state;
	assert_in_range(split, 1, rp_n_checks - 1);
	assert_int_equal(row_of("time.proven") + 1, split);
	for (size_t i = split; i < rp_n_checks; i++)
		assert_int_not_equal(strncmp(rp_checks[i].id, "archive.", 8),
				     0);
}

static bool nothing_is_asked_of_nothing(const struct rp_case *c, void *user)
{
	(void)user;
	assert_int_equal(c->n_findings, rp_n_checks);
	for (size_t i = 0; i < c->n_findings; i++) {
		assert_ptr_equal(c->findings[i].check, &rp_checks[i]);
		assert_null(c->findings[i].subject);
		assert_int_equal(c->findings[i].outcome, RP_SKIP);
		assert_string_equal(rp_outcome_of(c, rp_checks[i].id, NULL) ==
						    RP_SKIP
					    ? "skip"
					    : "",
				    "skip");
	}
	return true;
}

static void a_row_without_a_subject_has_one_finding(void **state)
{
	struct replay_case r;
	struct rp_request request;

	(void)state;
	replay_open(&r, NULL);
	request = replay_request(&r);
	replay_visit(&r, &request, nothing_is_asked_of_nothing, NULL);
	replay_close(&r);
}

/* Every subject of a row's types has one finding in it, in order, and where
 * a gate of its own did not pass it was not run. */
static bool rows_are_complete(const struct rp_case *c, void *user)
{
	size_t at = 0;

	(void)user;
	for (size_t row = 0; row < rp_n_checks; row++) {
		size_t asked = 0;

		assert_int_equal(c->row_start[row], at);
		for (size_t i = 0; i < c->n_subjects; i++) {
			const struct rp_subject *s = c->subjects[i];
			const struct rp_finding *f = &c->findings[at];
			uint64_t bit = RP_SUBJECTS(s->type);

			if ((rp_checks[row].subjects & bit) == 0)
				continue;
			assert_ptr_equal(f->check, &rp_checks[row]);
			assert_ptr_equal(f->subject, s);
			assert_int_equal(rp_outcome_of(c, f->check->id, s),
					 f->outcome);
			if (f->outcome != RP_PASS)
				assert_string_not_equal(f->reason, "");
			asked++;
			at++;
		}
		at += asked == 0;
	}
	assert_int_equal(at, c->n_findings);
	return true;
}

static void every_subject_has_its_finding_in_every_row(void **state)
{
	static const char *const names[] = { "pass", "fail-dcap.pck.chain",
					     "fail-archive.digests",
					     "incomplete-no-quote" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct replay_case r;
		struct rp_request request;

		replay_open(&r, names[i]);
		request = replay_request(&r);
		replay_visit(&r, &request, rows_are_complete, NULL);
		replay_close(&r);
	}
}

static bool all_evidence_is_skipped(const struct rp_case *c, void *user)
{
	size_t split = rp_first_evidence_check();

	assert_non_null(c->broken);
	assert_string_equal(c->broken, user);
	for (size_t i = c->row_start[split]; i < c->n_findings; i++) {
		assert_int_equal(c->findings[i].outcome, RP_SKIP);
		assert_int_equal(c->findings[i].n_inputs, 0);
	}
	return true;
}

static void a_broken_archive_has_no_evidence_judged(void **state)
{
	static char digests[] = "archive.digests",
		    threshold[] = "archive.threshold";
	static const struct {
		const char *name;
		const char *policy; /* NULL: default-1 */
		char *broken;
	} cases[] = {
		{ "fail-archive.digests", NULL, digests },
		/* A signature that is demanded, and is not there. */
		{ "unsigned", SIGNED("1"), threshold },
		{ "unsigned", SIGNED("0"), threshold },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct replay_case r;
		struct rp_request request;
		struct ev_error err = { 0 };

		replay_open(&r, cases[i].name);
		if (cases[i].policy != NULL)
			assert_int_equal(
				replay_policy(&r, cases[i].policy, &err),
				EV_OK);
		request = replay_request(&r);
		replay_visit(&r, &request, all_evidence_is_skipped,
			     cases[i].broken);
		replay_close(&r);
	}
}

static bool gates_close(const struct rp_case *c, void *user)
{
	const struct rp_subject *q = c->first[RP_QUOTE];

	(void)user;
	assert_int_equal(rp_outcome_of(c, "dcap.qe-report.signature", q),
			 RP_FAIL);
	assert_int_equal(rp_outcome_of(c, "dcap.pck.extension", q), RP_PASS);
	assert_int_equal(rp_outcome_of(c, "dcap.quote.signature", q), RP_SKIP);
	assert_int_equal(rp_outcome_of(c, "tcb.status", q), RP_SKIP);
	assert_int_equal(rp_outcome_of(c, "dcap.td.debug", q), RP_SKIP);
	return true;
}

static bool partners_gates_close(const struct rp_case *c, void *user)
{
	const struct rp_subject *h = c->first[RP_HCL];
	const struct rp_subject *t = c->first[RP_TPM_QUOTE];

	(void)user;
	assert_int_equal(rp_outcome_of(c, "hcl.runtime-data.binding", h),
			 RP_FAIL);
	assert_int_equal(rp_outcome_of(c, "hcl.ak", h), RP_SKIP);
	assert_int_equal(rp_outcome_of(c, "tpm.quote.format", t), RP_PASS);
	assert_int_equal(rp_outcome_of(c, "tpm.quote.signature", t), RP_SKIP);
	assert_int_equal(rp_outcome_of(c, "tpm.quote.pcrs", t), RP_SKIP);
	return true;
}

static void what_rests_on_a_failure_is_not_run(void **state)
{
	struct replay_case r;
	struct rp_request request;

	(void)state;
	replay_open(&r, "fail-dcap.qe-report.signature");
	request = replay_request(&r);
	replay_visit(&r, &request, gates_close, NULL);
	replay_close(&r);
	replay_open(&r, "fail-hcl.runtime-data.binding");
	request = replay_request(&r);
	replay_visit(&r, &request, partners_gates_close, NULL);
	replay_close(&r);
}

/* Work that grows with the square of the items would take hours here. */
static void many_items_take_no_longer_than_their_number(void **state)
{
	enum { N = 20000 };
	struct rp_loose *loose = calloc(N, sizeof(*loose));
	const struct ev_kind *kinds[4];
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;

	(void)state;
	assert_non_null(loose);
	kinds[0] = ev_kind_find(ev_span_str("tdx-quote"));
	kinds[1] = ev_kind_find(ev_span_str("crl-der"));
	kinds[2] = ev_kind_find(ev_span_str("dcap-issuer-chain"));
	kinds[3] = ev_kind_find(ev_span_str("dcap-tcbinfo"));
	for (size_t i = 0; i < N; i++) {
		loose[i].name = "x";
		loose[i].kind = kinds[i % 4];
		loose[i].bytes = EV_SPAN_LITERAL("{}");
	}
	replay_open(&r, NULL);
	request = replay_request(&r);
	request.loose = loose;
	request.n_loose = N;
	result = replay_run(&r, &request);
	assert_int_equal(result.verdict, RP_VERDICT_FAIL);
	free(result.report);
	replay_close(&r);
	free(loose);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(archive_rows_come_first),
		cmocka_unit_test(a_row_without_a_subject_has_one_finding),
		cmocka_unit_test(every_subject_has_its_finding_in_every_row),
		cmocka_unit_test(a_broken_archive_has_no_evidence_judged),
		cmocka_unit_test(what_rests_on_a_failure_is_not_run),
		cmocka_unit_test(many_items_take_no_longer_than_their_number),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
