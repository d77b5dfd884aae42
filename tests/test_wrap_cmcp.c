/* SPDX-License-Identifier: Apache-2.0 */
/* SEV-SNP evidence in the format of cmcp. */
#include "evidence/base/json.h"
#include "tests/parse_case.h"
#include "tests/parts.h"
#include "tests/vectors.h"

static struct ev_span evidence(void)
{
	struct ev_span out = { NULL, 0 };

	vectors_need();
	vectors_read("azure/snp5-cmcp-evidence.json", &out);
	return out;
}

static enum ev_code import(struct ev_span content, struct ev_error *err)
{
	struct co_parts list = { 0 };

	co_import(content, NULL, &list, err);
	co_parts_free(&list);
	return err->code;
}

static void evidence_decodes_into_six_parts(void **state)
{
	struct co_parts list = { 0 };
	size_t quote, snp;

	(void)state;
	parts_import(&list, evidence());
	assert_int_equal(list.n, 7);
	assert_string_equal(list.part[0].kind, "wrapper");
	quote = parts_find(&list, "tpm-quote-attest", 0);
	snp = parts_find(&list, "snp-report", 0);
	assert_int_equal(parts_bytes(&list, "snp-report", 0).n, 1184);
	assert_int_equal(parts_bytes(&list, "azure-runtime-data", 0).n, 1110);
	assert_int_equal(parts_bytes(&list, "tpm-quote-signature", 0).n, 262);
	assert_true(parts_related(&list,
				  parts_find(&list, "tpm-quote-signature", 0),
				  "signature-of", quote));
	assert_true(parts_related(&list, parts_find(&list, "key-pem", 0),
				  "key-of", quote));
	assert_true(parts_related(&list, parts_find(&list, "cert-pem", 0),
				  "key-of", snp));
	for (size_t i = 1; i < list.n; i++)
		assert_true(parts_related(&list, i, "decoded-from", 0));
	assert_int_equal(list.n_notes, 0);
	co_parts_free(&list);
}

static void members_are_refused_by_name(void **state)
{
	static const char *const members[] = { "quote_sig", "ak_pub_pem",
					       "vcek_chain_pem" };
	static const char object[] = "cmcp-evidence";
	struct ev_span good = evidence();

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		parse_refuses_text(import, good, members[i], "other",
				   EV_MISSING, object, members[i]);
	parse_refuses_text(import, good, "\"v\": 1", "\"v\": 2", EV_VALUE,
			   object, "v");
	parse_refuses_text(import, good, "\"v\": 1", "\"w\": 1", EV_VALUE,
			   object, "v");
	parse_refuses_text(import, good, "\"snp_report\": \"A",
			   "\"snp_report\": \"-", EV_SYNTAX, object,
			   "snp_report");
	parse_refuses_text(import, good, "\"snp_report\": \"A",
			   "\"snp_report\": [], \"x\": \"A", EV_SYNTAX, object,
			   "snp_report");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_decodes_into_six_parts),
		cmocka_unit_test(members_are_refused_by_name),
	};

	json_object_seed(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
