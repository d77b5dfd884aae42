/* SPDX-License-Identifier: Apache-2.0 */
/* Which TCB info decides where the policy names a set of collateral. */
#include "replay/checks.h"
#include "tests/link_scene.h"

/* Which TCB info decides; "-": none. */
static const char *decider(const struct rp_case *c)
{
	const struct rp_quote *q = c->first[RP_QUOTE]->quote;
	const char *name = q->tcb_info != NULL ? q->tcb_info->name : "-";

	assert_int_equal(q->tcb_info == NULL, q->qe_identity == NULL);
	return name;
}

static void the_set_that_the_policy_names_decides_alone(void **state)
{
	static const struct {
		struct rp_choice choice;
		const char *asked[2]; /* by the addresses of e and f */
		const char *decides;
	} cases[] = {
		{ { NULL, true, 17 }, { NULL, NULL }, "e" },
		{ { NULL, true, 18 }, { NULL, NULL }, "f" },
		{ { NULL, true, 18 }, { "standard", NULL }, "f" },
		{ { NULL, true, 19 }, { "standard", "early" }, "-" },
		{ { "early", false, 0 }, { "standard", "early" }, "f" },
		{ { "early", false, 0 }, { "early", "standard" }, "e" },
		{ { "early", false, 0 }, { "early", "early" }, "f" },
		{ { "early", false, 0 }, { "standard", NULL }, "-" },
		{ { "standard", false, 0 }, { NULL, NULL }, "-" },
		{ { "early", true, 17 }, { "early", "early" }, "e" },
		{ { "early", true, 17 }, { "standard", "early" }, "-" },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = two_sets();
		char uri[2][60];

		s->r.policy.collateral = cases[i].choice;
		for (size_t k = 0; k < 2; k++) {
			if (cases[i].asked[k] == NULL)
				continue;
			snprintf(uri[k], sizeof(uri[k]), "https://x?update=%s",
				 cases[i].asked[k]);
			s->entry[4 + k].source_uri = uri[k];
		}
		build(s, IN_SET2);
		if (strcmp(decider(&s->c), cases[i].decides) != 0)
			fail_msg("case %zu: %s", i, decider(&s->c));
		end(s);
	}
}

/* What is not named is shown, and turns no verdict. */
static void where_none_is_named_no_window_of_a_set_counts(void **state)
{
	struct scene *s;
	const struct rp_quote *q;

	(void)state;
	vectors_need();
	s = two_sets();
	q = build(s, IN_SET1)->first[RP_QUOTE]->quote;
	assert_false(rp_lacks_named_set(&s->c, q));
	rp_case_free(&s->c);
	s->r.policy.collateral = (struct rp_choice){ NULL, true, 99 };
	q = build(s, IN_SET1)->first[RP_QUOTE]->quote;
	assert_true(rp_lacks_named_set(&s->c, q));
	assert_false(rp_window_counts(&s->c, s->c.first[RP_TCB_INFO]));
	assert_false(rp_window_counts(&s->c, s->c.first[RP_QE_IDENTITY]));
	assert_string_equal(q->pck_crl->name, "a");
	assert_true(rp_window_counts(&s->c, q->pck_crl));
	end(s);
}

static void what_hindsight_brings_decides_whatever_its_number(void **state)
{
	static const char other[] = "dcap/tdx-v4-20a06f/"
				    "collateral-2025-09-02-eval17/"
				    "tcb_info.json";
	static const struct {
		uint64_t named;
		const char *later; /* which TCB info is brought */
		const char *decides;
	} cases[] = {
		{ 17, SET2 "tcb_info.json", "later" },
		{ 99, SET1 "tcb_info.json", "later" },
		/* What is of another platform takes nothing away. */
		{ 17, other, "e" },
		{ 99, other, "-" },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = two_sets();
		struct rp_loose later = {
			"later", ev_kind_find(ev_span_str("dcap-tcbinfo")),
			vector(cases[i].later), true
		};

		s->r.policy.collateral =
			(struct rp_choice){ NULL, true, cases[i].named };
		build_with(s, IN_SET2, &later, 1);
		assert_string_equal(decider(&s->c), cases[i].decides);
		rp_case_free(&s->c);
		/* As collateral of then it is bound like the archive's. */
		later.later = false;
		build_with(s, IN_SET2, &later, 1);
		assert_string_equal(decider(&s->c),
				    cases[i].named == 17 ? "e" : "-");
		end(s);
	}
}

static void the_set_that_is_named_is_asked_of_each_quote(void **state)
{
	struct scene *s;
	const struct rp_subject *q;

	(void)state;
	vectors_need();
	s = two_machines();
	s->r.policy.collateral = (struct rp_choice){ NULL, true, 17 };
	q = build(s, IN_SET1)->first[RP_QUOTE];
	for (; q != NULL; q = q->next) {
		bool tdx = q->quote->q.tee == EV_TEE_TDX;

		assert_int_equal(rp_lacks_named_set(&s->c, q->quote), !tdx);
		assert_int_equal(q->quote->tcb_info != NULL, tdx);
		assert_int_equal(q->quote->qe_identity != NULL, tdx);
	}
	assert_true(rp_window_counts(&s->c, s->c.first[RP_TCB_INFO]));
	assert_false(rp_window_counts(&s->c, s->c.first[RP_TCB_INFO]->next));
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_set_that_the_policy_names_decides_alone),
		cmocka_unit_test(where_none_is_named_no_window_of_a_set_counts),
		cmocka_unit_test(the_set_that_is_named_is_asked_of_each_quote),
		cmocka_unit_test(
			what_hindsight_brings_decides_whatever_its_number),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
