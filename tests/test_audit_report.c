/* SPDX-License-Identifier: Apache-2.0 */
/* A replay's report with the comparison added: verdict, finding, text. */
#include "audit/render.h"
#include "audit/report.h"
#include "tests/reference_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define QUOTE "items/tdx-quote/0000.bin"
#define TDX(attributes, trusted, mrtd)                                         \
	"\"tdx\":{\"attributes\":\"" attributes "\",\"item\":\"" QUOTE         \
	"\",\"mrtd\":\"" mrtd "\",\"trusted\":" trusted "}"
#define REPORT(tdx, time, verdict)                                             \
	"{\"asOf\":{\"basis\":\"given\",\"time\":\"" time                      \
	"\"},\"checks\":[],\"facts\":{\"quote\":{\"item\":\"" QUOTE            \
	"\",\"version\":4}" tdx                                                \
	"},\"policy\":{\"name\":\"default-1\",\"sha256\":\"" SAMPLE_A64        \
	"\"},\"report\":\"ecart-report/1\",\"trust\":[],"                      \
	"\"verdict\":\"" verdict "\"}"
#define PLAIN "0000001000000000"
#define DEBUG "0100001000000000"
#define MAY   "2026-05-01T00:00:00Z"
#define JULY  "2026-07-01T00:00:00Z"

struct row {
	const char *report;
	int status;
	const char *verdict, *result, *outcome, *text;
};

static const struct row rows[] = {
	{ REPORT("," TDX(PLAIN, "true", SAMPLE_A96), MAY, "pass"), 0, "pass",
	  "match", "pass", "match  " },
	{ REPORT("," TDX(PLAIN, "true", SAMPLE_B96), MAY, "pass"), 0, "pass",
	  "match-with-variant", "pass", "match-with-variant\n" },
	{ REPORT("," TDX(PLAIN, "true", SAMPLE_A96), MAY, "incomplete"), 2,
	  "incomplete", "match", "pass", "match  " },
	{ REPORT("," TDX(PLAIN, "true", SAMPLE_A96), MAY, "fail"), 1, "fail",
	  "match", "pass", "match  " },
	{ REPORT("," TDX(PLAIN, "true", SAMPLE_A96), JULY, "pass"), 1, "fail",
	  "differs-explained", "fail", "differs-explained\n" },
	{ REPORT("," TDX(PLAIN, "true", SAMPLE_A96), JULY, "incomplete"), 1,
	  "fail", "differs-explained", "fail", "differs-explained\n" },
	{ REPORT("," TDX(PLAIN, "false", SAMPLE_A96), MAY, "fail"), 1, "fail",
	  "not-comparable", "skip", "not-comparable\n" },
	{ REPORT("," TDX(DEBUG, "true", SAMPLE_A96), MAY, "pass"), 2,
	  "incomplete", "not-comparable", "skip", "not-comparable\n" },
	{ REPORT("", MAY, "pass"), 2, "incomplete", NULL, "skip", "nothing " },
};

static void load(struct ev_crypto *crypto, struct au_references *refs)
{
	struct ev_error err = { 0 };

	assert_int_equal(au_references_add(refs, crypto,
					   "references/openhcl/1.7.json",
					   ev_span_str(SAMPLE), &err),
			 EV_OK);
	assert_int_equal(au_references_finish(refs, crypto, &err), EV_OK);
	assert_int_equal(refs->n, 1);
}

static void check_row(size_t i, const struct au_request *request)
{
	const struct row *row = &rows[i];
	ev_auto_buffer struct ev_buffer text = { 0 };
	ev_auto_json json_t *document = NULL;
	struct au_audited audited = { 0 };
	struct ev_error err = { 0 };
	struct ev_span out;
	const json_t *finding, *entry;

	assert_int_equal(au_report_audit(ev_span_str(row->report), request,
					 &audited, &err),
			 EV_OK);
	out = ev_span_of(audited.report, audited.n);
	assert_int_equal(audited.status, row->status);
	assert_int_equal(ev_json_parse(out, out.n, "report", &document, &err),
			 EV_OK);
	assert_int_equal(ev_json_check_canonical(out, document, "report", &err),
			 EV_OK);
	assert_string_equal(
		json_string_value(json_object_get(document, "verdict")),
		row->verdict);
	finding = json_array_get(json_object_get(document, "checks"), 0);
	assert_string_equal(
		json_string_value(json_object_get(finding, "outcome")),
		row->outcome);
	entry = json_array_get(json_object_get(document, "audit"), 0);
	assert_int_equal(entry == NULL, row->result == NULL);
	if (entry != NULL)
		assert_string_equal(
			json_string_value(json_object_get(entry, "result")),
			row->result);
	assert_true(au_render_text(out, i % 2 == 0, &text));
	ev_buffer_add_byte(&text, 0);
	assert_int_equal(
		strncmp((const char *)text.p, row->text, strlen(row->text)), 0);
	free(audited.report);
}

static void replay_and_comparison_make_one_verdict(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	const struct au_request request = { .references = &refs };

	(void)state;
	load(crypto, &refs);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(i, &request);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

/* Who reads the result alone must not take it for a match. */
static void what_was_withdrawn_is_explained(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	const struct au_request request = { .references = &refs };
	struct au_audited audited = { 0 };
	struct ev_error err = { 0 };
	ev_auto_json json_t *document = NULL;
	const json_t *entry, *finding;

	(void)state;
	load(crypto, &refs);
	assert_int_equal(
		au_report_audit(
			ev_span_str(REPORT("," TDX(PLAIN, "true", SAMPLE_A96),
					   JULY, "pass")),
			&request, &audited, &err),
		EV_OK);
	assert_int_equal(ev_json_parse(ev_span_of(audited.report, audited.n),
				       audited.n, "report", &document, &err),
			 EV_OK);
	entry = json_array_get(json_object_get(document, "audit"), 0);
	assert_string_equal(
		json_string_value(json_object_get(entry, "explanation")),
		"openhcl 1.7 has this value and is withdrawn since "
		"2026-06-01T00:00:00Z: a key in the image (EX-1)");
	assert_string_equal(
		json_string_value(json_object_get(
			json_object_get(entry, "reference"), "status")),
		"withdrawn");
	finding = json_array_get(json_object_get(document, "checks"), 0);
	assert_null(json_object_get(finding, "want"));
	assert_non_null(json_object_get(finding, "got"));
	free(audited.report);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

static void what_is_no_report_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"{\"checks\":[]}",
		REPORT("," TDX(PLAIN, "true", "abcd"), MAY, "pass"),
		REPORT("", "yesterday", "pass"),
		REPORT("", MAY, "perhaps"),
	};
	struct au_references refs = { 0 };
	const struct au_request request = { .references = &refs };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct au_audited audited = { 0 };
		struct ev_error err = { 0 };

		assert_int_not_equal(au_report_audit(ev_span_str(texts[i]),
						     &request, &audited, &err),
				     EV_OK);
		assert_null(audited.report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_and_comparison_make_one_verdict),
		cmocka_unit_test(what_was_withdrawn_is_explained),
		cmocka_unit_test(what_is_no_report_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
