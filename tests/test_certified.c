/* SPDX-License-Identifier: Apache-2.0 */
/* What a missing intermediate is, beside certificates of other chains. */
#include "replay/certified.h"

#include "replay/checks.h"

#include "tests/replay_case.h"

struct want {
	enum rp_outcome outcome;
	const char *reason;
	size_t inputs;
};

/* Of the AK certificate of a case. */
static bool certifies(const struct rp_case *c, void *user)
{
	const struct want *want = user;
	struct rp_certified out = { .path = { .anchor = -1 } };
	const struct rp_ak_cert *ak = c->first[RP_AK_CERT]->ak_cert;
	const struct rp_leaf leaf = { .cert = &ak->cert,
				      .item = ak->item,
				      .title = "AK certificate",
				      .use = RP_ANCHOR_AZURE_VTPM_ROOT };
	struct rp_finding f = { .outcome = RP_SKIP };
	struct rp_case copy = *c;

	assert_int_equal(rp_certify(&copy, &leaf, &out, &f), want->outcome);
	assert_non_null(strstr(f.reason, want->reason));
	assert_int_equal(f.n_inputs, want->inputs);
	free(f.want);
	free(f.got);
	return true;
}

static void certify(const char *name, struct want want)
{
	struct rp_request request;
	struct replay_case r;

	replay_open(&r, name);
	request = replay_request(&r);
	replay_visit(&r, &request, certifies, &want);
	replay_close(&r);
}

static void a_path_is_its_certificates(void **state)
{
	(void)state;
	certify("pass", (struct want){ RP_PASS, "", 2 });
	/* The CA of an attested document lies beside. */
	certify("pass-place-4", (struct want){ RP_PASS, "", 2 });
}

static void what_is_missing_is_named(void **state)
{
	(void)state;
	certify("pass-no-ak-intermediate",
		(struct want){ RP_SKIP, "missing-issuer: no pinned key", 1 });
	/* The document's CA came as an issuer, and not of this certificate. */
	certify("incomplete-place-no-ak-ca",
		(struct want){ RP_SKIP, "missing-issuer: no pinned key", 1 });
}

static void what_does_not_join_fails(void **state)
{
	(void)state;
	certify("fail-tpm.ak.certificate-untrusted-root",
		(struct want){ RP_FAIL, "untrusted: ends at a root", 3 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_its_certificates),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(what_does_not_join_fails),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
