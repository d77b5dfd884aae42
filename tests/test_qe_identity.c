/* SPDX-License-Identifier: Apache-2.0 */
/* QE identity: the vectors, each member missing, twice, wrong. */
#include "evidence/qe_identity.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

static const char td_qe[] =
	"dcap/tdx-v5-relaunch/collateral-2025-02-12-eval17/qe_identity.json";
static const char qe[] =
	"dcap/sgx-v3-old-root/collateral-2025-05-27-eval17/qe_identity.json";

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_qe_identity q;

	if (ev_qe_identity_parse(item, &q, err) == EV_OK)
		ev_qe_identity_free(&q);
	return err->code;
}

static struct ev_span item_of(const char *path)
{
	struct ev_span item = { NULL, 0 };

	assert_true(vectors_read(path, &item));
	return item;
}

static void known_members_have_their_values(void **state)
{
	struct ev_error err = { 0 };
	struct ev_qe_identity q;

	(void)state;
	vectors_need();
	assert_int_equal(ev_qe_identity_parse(item_of(td_qe), &q, &err), EV_OK);
	assert_string_equal(ev_enclave_id_word(q.id), "TD_QE");
	assert_int_equal(q.eval_number, 17);
	assert_int_equal(q.miscselect, 0);
	assert_int_equal(q.miscselect_mask, UINT32_MAX);
	assert_int_equal(q.attributes[0], 0x11);
	assert_int_equal(q.attributes_mask[0], 0xfb);
	assert_int_equal(q.mrsigner[0], 0xdc);
	assert_int_equal(q.isvprodid, 2);
	assert_int_equal(q.n_levels, 1);
	assert_int_equal(q.levels[0].isvsvn, 4);
	assert_int_equal(q.signed_slice.p - q.item.p, 19);
	ev_qe_identity_free(&q);
	assert_int_equal(ev_qe_identity_parse(item_of(qe), &q, &err), EV_OK);
	assert_int_equal(q.id, EV_ENCLAVE_QE);
	for (size_t i = 1; i < q.n_levels; i++)
		assert_true(q.levels[i - 1].isvsvn > q.levels[i].isvsvn);
	ev_qe_identity_free(&q);
}

static void each_member_is_required_once(void **state)
{
	static const char *const members[] = {
		"id",
		"version",
		"issueDate",
		"nextUpdate",
		"miscselect",
		"tcbEvaluationDataNumber",
		"miscselectMask",
		"attributes",
		"attributesMask",
		"mrsigner",
		"isvprodid",
		"tcbLevels",
		"tcb",
		"isvsvn",
		"tcbDate",
		"tcbStatus",
	};
	struct ev_span item;

	(void)state;
	vectors_need();
	item = item_of(td_qe);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		char from[64], to[64];

		snprintf(from, sizeof(from), "\"%s\":", members[i]);
		snprintf(to, sizeof(to), "\"_%s\":", members[i]);
		parse_refuses_text(parse, item, from, to, EV_MISSING,
				   "qe-identity", members[i]);
		snprintf(to, sizeof(to), "\"%s\":0,\"%s\":", members[i],
			 members[i]);
		parse_refuses_text(parse, item, from, to, EV_DUPLICATE,
				   "qe-identity", "member");
	}
}

static void values_out_of_range_are_refused(void **state)
{
	static const struct {
		const char *from, *to;
		enum ev_code code;
		const char *field;
	} cases[] = {
		{ "\"version\":2", "\"version\":1", EV_VALUE, "version" },
		{ "\"TD_QE\"", "\"td_qe\"", EV_VALUE, "id" },
		{ "\"miscselect\":\"", "\"miscselect\":\"0", EV_SYNTAX,
		  "miscselect" },
		{ "\"attributes\":\"1", "\"attributes\":\"x", EV_SYNTAX,
		  "attributes" },
		{ "\"isvprodid\":2", "\"isvprodid\":65536", EV_VALUE,
		  "isvprodid" },
		{ "\"isvprodid\":2", "\"isvprodid\":-2", EV_VALUE,
		  "isvprodid" },
		{ "\"isvsvn\":4", "\"isvsvn\":65536", EV_VALUE, "isvsvn" },
		{ "UpToDate", "ConfigurationNeeded", EV_VALUE, "tcbStatus" },
		{ "UpToDate", "uptodate", EV_VALUE, "tcbStatus" },
		{ "2025-02-13T03:39:00Z", "2025-02-30T03:39:00Z", EV_SYNTAX,
		  "issueDate" },
	};
	struct ev_span item;

	(void)state;
	vectors_need();
	item = item_of(td_qe);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		parse_refuses_text(parse, item, cases[i].from, cases[i].to,
				   cases[i].code, "qe-identity",
				   cases[i].field);
}

static void prefixes_and_changed_bytes_do_no_harm(void **state)
{
	struct ev_span item;

	(void)state;
	vectors_need();
	item = item_of(td_qe);
	parse_prefixes(parse, item, item.n);
	parse_mutations(parse, item, 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_members_have_their_values),
		cmocka_unit_test(each_member_is_required_once),
		cmocka_unit_test(values_out_of_range_are_refused),
		cmocka_unit_test(prefixes_and_changed_bytes_do_no_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
