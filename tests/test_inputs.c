/* SPDX-License-Identifier: Apache-2.0 */
/* Findings name the bytes they rest on. */
#include "replay/engine.h"

#include "tests/replay_case.h"

/* A version 5 quote of body type 3: the body at 54, signature data behind. */
enum { BODY = 54, SIGNATURE_DATA = BODY + 648 + 4 };

struct row {
	const char *check;
	uint64_t offset, length; /* in the quote; length 0: the PCK CA */
	bool seen;
};

static bool holds(const struct rp_finding *f, const char *item, uint64_t offset,
		  uint64_t length)
{
	for (size_t i = 0; i < f->n_inputs; i++)
		if (strcmp(f->input[i].item, item) == 0 &&
		    f->input[i].offset <= offset &&
		    f->input[i].offset + f->input[i].length >= offset + length)
			return true;
	return false;
}

static bool look(const struct rp_case *c, void *user)
{
	const struct rp_subject *s = c->first[RP_QUOTE];
	const struct ev_pem_block *ca = &s->quote->chain.pem.block[1];
	struct row *row = user;

	for (size_t i = 0; i < c->n_findings; i++) {
		const struct rp_finding *f = &c->findings[i];

		if (strcmp(f->check->id, row->check) != 0)
			continue;
		row->seen = true;
		if (row->length == 0)
			assert_true(holds(f, s->name, ca->offset, ca->text.n));
		else
			assert_true(
				holds(f, s->name, row->offset, row->length));
	}
	return true;
}

static void what_a_quote_is_judged_by_is_named(void **state)
{
	static struct row rows[] = {
		{ "dcap.tcb-info.match", 4, 4, false },	 /* TEE type */
		{ "dcap.pck.extension", 0, 0, false },	 /* its CN */
		{ "tcb.status", BODY, 16, false },	 /* launched */
		{ "tcb.status", BODY + 584, 16, false }, /* loaded */
		{ "tcb.status", SIGNATURE_DATA + 134 + 258, 2, false }, /* QE */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct replay_case r;
		struct rp_request request;

		replay_open(&r, "fail-tcb.status-relaunch");
		request = replay_request(&r);
		replay_visit(&r, &request, look, &rows[i]);
		assert_true(rows[i].seen);
		replay_close(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_quote_is_judged_by_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
