/* SPDX-License-Identifier: Apache-2.0 */
/* Launch measurements out of a report: which, of what, and why not. */
#include "audit/measured.h"
#include "tests/reference_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIGNED(id, outcome, item)                                              \
	"{\"id\":\"" id "\",\"outcome\":\"" outcome "\",\"subject\":\"" item   \
	"\"}"
#define SNP(item, debug, trusted, value)                                       \
	"{\"item\":\"" item "\",\"measurement\":\"" value                      \
	"\",\"offset\":32,\"policyBits\":{\"debug\":" debug                    \
	"},\"trusted\":" trusted "}"
#define TD(item, value)                                                        \
	"{\"attributes\":\"0000001000000000\",\"item\":\"" item                \
	"\",\"mrtd\":\"" value "\",\"trusted\":true}"
#define REPORT(checks, facts) "{\"checks\":[" checks "],\"facts\":{" facts "}}"
#define ONE_SNP(outcome, debug, trusted)                                       \
	REPORT(SIGNED("snp.signature", outcome, "r"),                          \
	       "\"snp\":" SNP("r", debug, trusted, SAMPLE_A96))

static json_t *parse(const char *text)
{
	json_t *document = NULL;
	struct ev_error err = { 0 };
	struct ev_span span = ev_span_str(text);

	assert_int_equal(ev_json_parse(span, span.n, "report", &document, &err),
			 EV_OK);
	return document;
}

static void an_snp_report_is_compared_where_it_is_believed(void **state)
{
	static const struct {
		const char *report, *word; /* NULL: compared */
	} rows[] = {
		{ ONE_SNP("pass", "false", "true"), NULL },
		{ ONE_SNP("fail", "false", "false"), "unauthenticated: snp." },
		/* Its chain or TCB did not hold. */
		{ ONE_SNP("pass", "false", "false"), "unauthenticated: snp." },
		{ ONE_SNP("pass", "true", "true"), "debug: the guest policy" },
		{ ONE_SNP("pass", "null", "true"), "debug: the guest policy" },
		{ REPORT(SIGNED("snp.signature", "skip", "r"), ""),
		  "unread: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *report = parse(rows[i].report);
		struct au_measured_list list = { 0 };
		struct ev_error err = { 0 };

		assert_int_equal(au_measured_read(report, &list, &err), EV_OK);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.item[0].reg->platform, AU_SNP);
		assert_string_equal(list.item[0].item, "r");
		if (rows[i].word == NULL)
			assert_null(list.item[0].not_comparable);
		else
			assert_non_null(strstr(list.item[0].not_comparable,
					       rows[i].word));
		if (list.item[0].hex != NULL) {
			assert_int_equal(list.item[0].value[47], 0xaa);
			assert_int_equal(list.item[0].offset, 32 + 0x90);
		}
		au_measured_free(&list);
		json_decref(report);
	}
}

static void tds_come_before_snp_reports(void **state)
{
	json_t *report = parse(REPORT(
		SIGNED("snp.signature", "pass",
		       "r") "," SIGNED("dcap.quote.signature", "pass", "q"),
		"\"quote\":[{\"item\":\"q\",\"version\":5}],\"snp\":[" SNP(
			"r", "false", "true",
			SAMPLE_A96) "],\"tdx\":[" TD("q", SAMPLE_B96) "]"));
	struct au_measured_list list = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_measured_read(report, &list, &err), EV_OK);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.item[0].reg->name, "mrtd");
	assert_int_equal(list.item[0].offset, 190);
	assert_string_equal(list.item[1].reg->name, "ld");
	assert_string_equal(list.item[1].hex, SAMPLE_A96);
	assert_ptr_equal(
		list.item[1].fact,
		json_array_get(json_object_get(json_object_get(report, "facts"),
					       "snp"),
			       0));
	au_measured_free(&list);
	json_decref(report);
}

static void facts_without_their_finding_are_refused(void **state)
{
	static const char *const rows[] = {
		REPORT("", "\"snp\":" SNP("r", "false", "true", SAMPLE_A96)),
		REPORT(SIGNED("dcap.quote.signature", "pass", "r"),
		       "\"snp\":" SNP("r", "false", "true", SAMPLE_A96)),
		REPORT(SIGNED("snp.signature", "pass", "r"),
		       "\"snp\":" SNP("r", "false", "true", SAMPLE_A64)),
		REPORT("", "\"tdx\":" TD("q", SAMPLE_A96)),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *report = parse(rows[i]);
		struct au_measured_list list = { 0 };
		struct ev_error err = { 0 };

		assert_int_not_equal(au_measured_read(report, &list, &err),
				     EV_OK);
		assert_int_equal(list.n, 0);
		json_decref(report);
	}
}

static void each_platform_has_its_finding(void **state)
{
	(void)state;
	assert_string_equal(au_measured_check(AU_TDX), "measure.mrtd");
	assert_string_equal(au_measured_check(AU_SNP), "measure.snp");
	assert_string_equal(au_measured_check(AU_VBS), "measure.vbs");
}

#define QUOTED(check, outcome)                                                 \
	REPORT(SIGNED("dcap.quote.signature", "pass", "q") "," SIGNED(         \
		       check, outcome, "q") "," SIGNED(check, "fail",          \
						       "another"),             \
	       "\"tdx\":" TD("q", SAMPLE_A96))

static void a_td_is_compared_where_its_signer_is_one(void **state)
{
	static const struct {
		const char *report, *reason; /* NULL: compared */
	} rows[] = {
		{ QUOTED("dcap.qe.debug", "pass"), NULL },
		{ QUOTED("dcap.qe.debug", "skip"), NULL },
		{ QUOTED("dcap.tcb-info.match", "fail"), NULL },
		{ QUOTED("dcap.qe.debug", "fail"), "dcap.qe.debug" },
		{ QUOTED("dcap.qe-identity.match", "fail"),
		  "dcap.qe-identity.match" },
		{ QUOTED("dcap.pck.revocation", "fail"),
		  "dcap.pck.revocation" },
		{ QUOTED("dcap.pck-ca.revocation", "fail"),
		  "dcap.pck-ca.revocation" },
		{ QUOTED("dcap.tdx-module.match", "fail"),
		  "dcap.tdx-module.match" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *report = parse(rows[i].report);
		struct au_measured_list list = { 0 };
		struct ev_error err = { 0 };

		assert_int_equal(au_measured_read(report, &list, &err), EV_OK);
		assert_int_equal(list.n, 1);
		if (rows[i].reason == NULL)
			assert_null(list.item[0].not_comparable);
		else
			assert_non_null(strstr(list.item[0].not_comparable,
					       rows[i].reason));
		au_measured_free(&list);
		json_decref(report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_snp_report_is_compared_where_it_is_believed),
		cmocka_unit_test(tds_come_before_snp_reports),
		cmocka_unit_test(facts_without_their_finding_are_refused),
		cmocka_unit_test(each_platform_has_its_finding),
		cmocka_unit_test(a_td_is_compared_where_its_signer_is_one),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
