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

#define QUOTE  "items/tdx-quote/0000.bin"
#define SECOND "items/tdx-quote/0001.bin"
#define THIRD  "items/tdx-quote/0002.bin"
#define ASKED(item, outcome)                                                   \
	"{\"id\":\"dcap.quote.signature\",\"outcome\":\"" outcome              \
	"\",\"subject\":\"" item "\"}"
#define TD(item, attributes, trusted, mrtd)                                    \
	"{\"attributes\":\"" attributes "\",\"item\":\"" item                  \
	"\",\"mrtd\":\"" mrtd "\",\"trusted\":" trusted "}"
#define SGX(item) "{\"item\":\"" item "\",\"trusted\":true}"
/* checks: findings; facts: members behind facts.quote, a comma first. */
#define REPORT(checks, facts, time, verdict)                                   \
	"{\"asOf\":{\"basis\":\"given\",\"time\":\"" time                      \
	"\"},\"checks\":[" checks "],\"facts\":{\"quote\":{\"item\":\"" QUOTE  \
	"\",\"version\":4}" facts                                              \
	"},\"policy\":{\"name\":\"default-1\",\"sha256\":\"" SAMPLE_A64        \
	"\"},\"report\":\"ecart-report/1\",\"trust\":[],"                      \
	"\"verdict\":\"" verdict "\"}"
/* One quote that the replay believed. */
#define BELIEVED(attributes, mrtd, time, verdict)                              \
	REPORT(ASKED(QUOTE, "pass"),                                           \
	       ",\"tdx\":" TD(QUOTE, attributes, "true", mrtd), time, verdict)
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
	{ BELIEVED(PLAIN, SAMPLE_A96, MAY, "pass"), 0, "pass", "match", "pass",
	  "match  " },
	{ BELIEVED(PLAIN, SAMPLE_B96, MAY, "pass"), 0, "pass",
	  "match-with-variant", "pass", "match-with-variant\n" },
	{ BELIEVED(PLAIN, SAMPLE_A96, MAY, "incomplete"), 2, "incomplete",
	  "match", "pass", "match  " },
	{ BELIEVED(PLAIN, SAMPLE_A96, MAY, "fail"), 1, "fail", "match", "pass",
	  "match  " },
	{ BELIEVED(PLAIN, SAMPLE_A96, JULY, "pass"), 1, "fail",
	  "differs-explained", "fail", "differs-explained\n" },
	{ BELIEVED(PLAIN, SAMPLE_A96, JULY, "incomplete"), 1, "fail",
	  "differs-explained", "fail", "differs-explained\n" },
	{ REPORT(ASKED(QUOTE, "fail"),
		 ",\"tdx\":" TD(QUOTE, PLAIN, "false", SAMPLE_A96), MAY,
		 "fail"),
	  1, "fail", "not-comparable", "skip", "not-comparable\n" },
	{ BELIEVED(DEBUG, SAMPLE_A96, MAY, "pass"), 2, "incomplete",
	  "not-comparable", "skip", "not-comparable\n" },
	{ REPORT("", "", MAY, "pass"), 2, "incomplete", NULL, "skip",
	  "nothing " },
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

static const json_t *last_check(const json_t *document)
{
	const json_t *checks = json_object_get(document, "checks");

	return json_array_get(checks, json_array_size(checks) - 1);
}

/* The verdict first, with its question, and only then what was compared. */
static void check_text(const char *text, const struct row *row)
{
	static const char question[] = "under policy \"default-1\" as of 2026-";
	const char *word = row->status == 0   ? "PASS "
			   : row->status == 1 ? "FAIL "
					      : "INCOMPLETE ";
	const char *asked = strstr(text, question);
	char entry[64];

	assert_int_equal(strncmp(text, word, strlen(word)), 0);
	assert_non_null(asked);
	assert_true(asked < strchr(text, '\n'));
	snprintf(entry, sizeof(entry), "\n\n%s", row->text);
	if (strstr(text, entry) == NULL)
		fail_msg("no \"%s\" in:\n%s", row->text, text);
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
	finding = last_check(document);
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
	check_text((const char *)text.p, row);
	free(audited.report);
}

static void replay_and_comparison_make_one_verdict(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	struct au_origins origins = { .references = &refs };
	const struct au_request request = { .references = &refs,
					    .origins = &origins };

	(void)state;
	load(crypto, &refs);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(i, &request);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

#define LIST(a, b, c) ",\"tdx\":[" a "," b "," c "]"
#define ALL_PASS                                                               \
	ASKED(QUOTE, "pass")                                                   \
	"," ASKED(SECOND, "pass") "," ASKED(THIRD, "pass")
#define TD_A(item) TD(item, PLAIN, "true", SAMPLE_A96)
#define TD_C(item) TD(item, PLAIN, "true", SAMPLE_C96)

struct several {
	const char *report;
	int status;
	const char *result[3]; /* of QUOTE, SECOND, THIRD; NULL: no entry */
};

static const struct several several[] = {
	{ REPORT(ALL_PASS, LIST(TD_A(QUOTE), TD_A(SECOND), TD_A(THIRD)), MAY,
		 "pass"),
	  0,
	  { "match", "match", "match" } },
	/* Another value in any place decides, in whatever order. */
	{ REPORT(ALL_PASS, LIST(TD_A(QUOTE), TD_A(SECOND), TD_C(THIRD)), MAY,
		 "pass"),
	  2,
	  { "match", "match", "no-reference" } },
	{ REPORT(ALL_PASS, LIST(TD_C(THIRD), TD_A(SECOND), TD_A(QUOTE)), MAY,
		 "pass"),
	  2,
	  { "match", "match", "no-reference" } },
	/* Only what is signed is compared, by its own finding. */
	{ REPORT(ASKED(QUOTE, "pass") "," ASKED(SECOND, "fail") "," ASKED(
			 THIRD, "pass"),
		 LIST(TD_A(QUOTE), TD_A(SECOND), TD_A(THIRD)), MAY, "fail"),
	  1,
	  { "match", "not-comparable", "match" } },
	{ REPORT(ASKED(QUOTE, "pass") "," ASKED(SECOND, "skip") "," ASKED(
			 THIRD, "pass"),
		 LIST(TD_A(QUOTE), TD_A(SECOND), TD_A(THIRD)), MAY, "pass"),
	  2,
	  { "match", "not-comparable", "match" } },
	/* A quote without facts is not passed over. */
	{ REPORT(ASKED(QUOTE, "pass") "," ASKED(SECOND, "skip"),
		 ",\"tdx\":" TD_A(QUOTE), MAY, "pass"),
	  2,
	  { "match", "not-comparable", NULL } },
	/* An enclave has no launch measurement. */
	{ REPORT(ALL_PASS,
		 ",\"sgx\":" SGX(SECOND) ",\"tdx\":[" TD_A(QUOTE) "," TD_A(
			 THIRD) "]",
		 MAY, "pass"),
	  0,
	  { "match", NULL, "match" } },
	/* Withdrawn is worse than what nobody knows. */
	{ REPORT(ALL_PASS, LIST(TD_C(QUOTE), TD_A(SECOND), TD_C(THIRD)), JULY,
		 "pass"),
	  1,
	  { "no-reference", "differs-explained", "no-reference" } },
};

static void check_entries(const struct several *row, const json_t *audit)
{
	static const char *const items[] = { QUOTE, SECOND, THIRD };
	size_t at = 0;

	for (size_t i = 0; i < 3; i++) {
		const json_t *entry = json_array_get(audit, at);

		if (row->result[i] == NULL)
			continue;
		assert_string_equal(
			json_string_value(json_object_get(entry, "item")),
			items[i]);
		assert_string_equal(
			json_string_value(json_object_get(entry, "result")),
			row->result[i]);
		at++;
	}
	assert_int_equal(json_array_size(audit), at);
}

static void every_quote_is_compared_and_the_worst_decides(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	struct au_origins origins = { .references = &refs };
	const struct au_request request = { .references = &refs,
					    .origins = &origins };

	(void)state;
	load(crypto, &refs);
	for (size_t i = 0; i < sizeof(several) / sizeof(several[0]); i++) {
		struct au_audited audited = { 0 };
		struct ev_error err = { 0 };
		ev_auto_json json_t *document = NULL;

		if (au_report_audit(ev_span_str(several[i].report), &request,
				    &audited, &err) != EV_OK)
			fail_msg("%zu: %s %s", i, err.field, err.found);
		assert_int_equal(audited.status, several[i].status);
		assert_int_equal(
			ev_json_parse(ev_span_of(audited.report, audited.n),
				      audited.n, "report", &document, &err),
			EV_OK);
		check_entries(&several[i], json_object_get(document, "audit"));
		free(audited.report);
	}
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

/* Who reads the result alone must not take it for a match. */
static void what_was_withdrawn_is_explained(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	struct au_origins origins = { .references = &refs };
	const struct au_request request = { .references = &refs,
					    .origins = &origins };
	struct au_audited audited = { 0 };
	struct ev_error err = { 0 };
	ev_auto_json json_t *document = NULL;
	const json_t *entry, *finding;

	(void)state;
	load(crypto, &refs);
	assert_int_equal(au_report_audit(ev_span_str(BELIEVED(PLAIN, SAMPLE_A96,
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
	finding = last_check(document);
	assert_null(json_object_get(finding, "want"));
	assert_non_null(json_object_get(finding, "got"));
	free(audited.report);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

#define W16  "wwwwwwwwwwwwwwww"
#define W128 W16 W16 W16 W16 W16 W16 W16 W16
/* Two columns of bytes each, one of the page. */
#define E16                                                                    \
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"     \
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
#define E128 E16 E16 E16 E16 E16 E16 E16 E16
static const char wide[] =
	"{\"asOf\":{\"basis\":\"claimed\",\"time\":\"" MAY "\"},\"audit\":[{"
	"\"item\":\"" W128 "\",\"reason\":\"" W128 "\","
	"\"reference\":{\"advisory\":\"" W128
	"\",\"artifact\":{\"name\":\"" W128 "\"},\"parameters\":{\"x\":\"" W128
	"\"},\"product\":\"" W128 "\",\"reason\":\"" E128 " " E128
	"\",\"recipe\":{\"path\":\"" W128
	"\"},\"source\":{\"repository\":\"" W128
	"\"},\"status\":\"withdrawn\"},"
	"\"result\":\"differs-explained\",\"value\":\"" SAMPLE_A96
	"\"}],\"checks\":[{\"id\":\"" W128 "\",\"outcome\":\"fail\","
	"\"reason\":\"" W128 "\",\"subject\":\"" W128
	"\"}],\"policy\":{\"name\":\"" W128 "\",\"sha256\":\"" SAMPLE_A64
	"\"},\"verdict\":\"fail\"}";

static size_t widest(const char *text)
{
	size_t most = 0, column = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\n')
			column = 0;
		else
			column += ((uint8_t)*text & 0xc0) != 0x80;
		if (column > most)
			most = column;
	}
	return most;
}

static void no_line_is_wider_than_80_columns(void **state)
{
	ev_auto_buffer struct ev_buffer text = { 0 }, full = { 0 };

	(void)state;
	assert_true(au_render_text(ev_span_str(wide), false, &text));
	ev_buffer_add_byte(&text, 0);
	assert_int_equal(widest((const char *)text.p), 80);
	/* There a digest or an address may be copied. */
	assert_true(au_render_text(ev_span_str(wide), true, &full));
	ev_buffer_add_byte(&full, 0);
	assert_non_null(strstr((const char *)full.p, SAMPLE_A96));
	assert_non_null(strstr((const char *)full.p, W128));
}

static void what_is_no_report_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"{\"checks\":[]}",
		BELIEVED(PLAIN, "abcd", MAY, "pass"),
		REPORT("", "", "yesterday", "pass"),
		REPORT("", "", MAY, "perhaps"),
		/* A TD of which no finding tells. */
		REPORT("", ",\"tdx\":" TD(QUOTE, PLAIN, "true", SAMPLE_A96),
		       MAY, "pass"),
	};
	struct au_references refs = { 0 };
	struct au_origins origins = { .references = &refs };
	const struct au_request request = { .references = &refs,
					    .origins = &origins };

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
		cmocka_unit_test(every_quote_is_compared_and_the_worst_decides),
		cmocka_unit_test(what_was_withdrawn_is_explained),
		cmocka_unit_test(no_line_is_wider_than_80_columns),
		cmocka_unit_test(what_is_no_report_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
