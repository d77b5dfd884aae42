/* SPDX-License-Identifier: Apache-2.0 */
/* Whose word counts: a quote is believed where all its grounds passed. */
#include "replay/engine.h"

#include "tests/replay_case.h"

/* The MRTD of the cases, and a policy that expects it. */
#define MRTD                                                                   \
	"53494d554c415445442d4d5254442d30"                                     \
	"53494d554c415445442d4d5254442d30"                                     \
	"53494d554c415445442d4d5254442d30"
static const char policy[] =
	"{\"policy\":\"ecart-policy/1\",\"name\":\"x\",\"require\":[],"
	"\"waive\":[{\"check\":\"*\",\"reason\":\"for the test\"}],"
	"\"expect\":{\"tdx.mrtd\":[\"" MRTD "\"]}}";

struct row {
	const char *golden;
	const char *doubt; /* NULL: trusted */
	bool seen;
};

static bool look(const struct rp_case *c, void *user)
{
	struct row *row = user;
	const struct rp_subject *quote = c->first[RP_QUOTE];
	const struct rp_subject *expected = c->first[RP_EXPECTATION];
	const struct rp_finding *f = &c->findings[c->n_findings - 1];
	const char *doubt = rp_quote_doubt(c, quote);
	char reason[200];

	row->seen = true;
	assert_int_equal(rp_quote_trusted(c, quote), row->doubt == NULL);
	assert_string_equal(doubt != NULL ? doubt : "",
			    row->doubt != NULL ? row->doubt : "");
	assert_string_equal(f->check->id, "policy.expect");
	assert_ptr_equal(f->subject, expected);
	assert_int_equal(f->outcome, row->doubt == NULL ? RP_PASS : RP_SKIP);
	if (row->doubt == NULL)
		return true;
	snprintf(reason, sizeof(reason), "after: %s did not pass for %s",
		 row->doubt, quote->name);
	assert_string_equal(f->reason, reason);
	return true;
}

static void a_quote_is_believed_on_all_its_grounds(void **state)
{
	static struct row rows[] = {
		{ "pass", NULL, false },
		{ "fail-dcap.td.debug", NULL, false },
		{ "fail-tcb.platform", NULL, false },
		{ "fail-dcap.quote.signature", "dcap.quote.signature", false },
		{ "fail-dcap.pck.revocation", "dcap.pck.revocation", false },
		{ "fail-dcap.pck-ca.revocation", "dcap.pck-ca.revocation",
		  false },
		{ "incomplete-no-root-crl", "dcap.pck-ca.revocation", false },
		{ "fail-dcap.qe-identity.match", "dcap.qe-identity.match",
		  false },
		{ "incomplete-no-qe-identity", "dcap.qe-identity.match",
		  false },
		{ "fail-dcap.qe.debug", "dcap.qe.debug", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct replay_case r;
		struct rp_request request;
		struct ev_error err = { 0 };

		replay_open(&r, rows[i].golden);
		assert_int_equal(replay_policy(&r, policy, &err), EV_OK);
		request = replay_request(&r);
		replay_visit(&r, &request, look, &rows[i]);
		assert_true(rows[i].seen);
		replay_close(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quote_is_believed_on_all_its_grounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
