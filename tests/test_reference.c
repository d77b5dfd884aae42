/* SPDX-License-Identifier: Apache-2.0 */
/* Reference manifests: read strictly, written canonically. */
#include "audit/references/reference.h"
#include "audit/references/reference_document.h"
#include "evidence/base/time.h"
#include "tests/lcg.h"
#include "tests/reference_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char sample[] = SAMPLE;

static void a_manifest_is_read(void **state)
{
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };
	char path[AU_PATH_MAX];

	(void)state;
	assert_int_equal(au_reference_parse(ev_span_str(sample), &ref, &err),
			 EV_OK);
	assert_true(ev_span_eq(ref.product, EV_SPAN_LITERAL("openhcl")));
	assert_int_equal(ref.artifact_size, 4096);
	assert_int_equal(ref.n_measurements, 2);
	assert_true(ref.measurement[0].is_default);
	assert_false(ref.measurement[1].is_default);
	assert_int_equal(ref.measurement[1].value[47], 0xbb);
	assert_int_equal(ref.n_status, 2);
	assert_int_equal(ref.n_notes, 0);
	assert_true(au_reference_path(ref.product, ref.version, path));
	assert_string_equal(path, "references/openhcl/1.7.json");
	au_reference_free(&ref);
}

static void the_state_in_force_is_the_last_not_after_t(void **state)
{
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };
	int64_t june, january;

	(void)state;
	assert_true(ev_time_parse_argument("2026-01-01T00:00:00Z", &january));
	assert_true(ev_time_parse_argument("2026-06-01T00:00:00Z", &june));
	assert_int_equal(au_reference_parse(ev_span_str(sample), &ref, &err),
			 EV_OK);
	assert_null(au_reference_status(&ref, january - 1));
	assert_int_equal(au_reference_status(&ref, january)->state, AU_GOOD);
	assert_int_equal(au_reference_status(&ref, june - 1)->state, AU_GOOD);
	assert_int_equal(au_reference_status(&ref, june)->state, AU_WITHDRAWN);
	assert_int_equal(au_reference_status(&ref, INT64_MAX)->state,
			 AU_WITHDRAWN);
	au_reference_free(&ref);
}

/* The sample with the first `from` replaced; owned by the caller. */
static char *changed(const char *from, const char *to)
{
	const char *at = strstr(sample, from);
	char *text = NULL;

	assert_non_null(at);
	assert_true(asprintf(&text, "%.*s%s%s", (int)(at - sample), sample, to,
			     at + strlen(from)) > 0);
	return text;
}

/* The member stands between these two in the canonical order. */
#define NO_PROVENANCE "\"product\":\"openhcl\","
#define PROVENANCE(path, sha256)                                               \
	NO_PROVENANCE "\"provenance\":{\"path\":\"" path                       \
		      "\",\"sha256\":\"" sha256 "\"},"

static void a_provenance_may_be_named(void **state)
{
	char *text = changed(
		NO_PROVENANCE,
		PROVENANCE("provenance/openhcl/1.7.dsse.json", SAMPLE_A64));
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_reference_parse(ev_span_str(sample), &ref, &err),
			 EV_OK);
	assert_int_equal(ref.provenance_path.n, 0);
	au_reference_free(&ref);
	assert_int_equal(au_reference_parse(ev_span_str(text), &ref, &err),
			 EV_OK);
	assert_true(ev_span_eq(
		ref.provenance_path,
		EV_SPAN_LITERAL("provenance/openhcl/1.7.dsse.json")));
	assert_int_equal(ref.provenance_sha256[31], 0xaa);
	assert_int_equal(ref.n_notes, 0);
	au_reference_free(&ref);
	free(text);
}

struct refusal {
	const char *from, *to;
	enum ev_code code;
	const char *field;
};

static const struct refusal refusals[] = {
	{ "ecart-reference/1", "ecart-reference/2", EV_VALUE, "reference" },
	{ "\"reference\":\"ecart-reference/1\",", "", EV_MISSING, "reference" },
	{ "\"reference\":\"", " \"reference\":\"", EV_VALUE, "canonical" },
	{ "\"product\":\"openhcl\"", "\"product\":\"OpenHCL\"", EV_VALUE,
	  "product" },
	{ "\"product\":\"openhcl\"", "\"product\":\"../x\"", EV_VALUE,
	  "product" },
	{ "\"product\":\"openhcl\",", "", EV_MISSING, "product" },
	{ "\"version\":\"1.7\"", "\"version\":\".7\"", EV_VALUE, "version" },
	{ "\"version\":\"1.7\"", "\"version\":17", EV_SYNTAX, "version" },
	{ "https://example.org/openhcl", "two words", EV_VALUE,
	  "source.repository" },
	{ "{\"commit\":\"aaaa", "{\"commit\":\"AAAA", EV_VALUE,
	  "source.commit" },
	{ "recipes/openhcl/1.7/build.txt", "/etc/passwd", EV_VALUE,
	  "recipe.path" },
	{ "recipes/openhcl/1.7/build.txt", "recipes/../x", EV_VALUE,
	  "recipe.path" },
	{ "\"recipes/openhcl/1.7/build.txt\",\"sha256\":\"aa",
	  "\"recipes/openhcl/1.7/build.txt\",\"sha256\":\"a", EV_VALUE,
	  "recipe.sha256" },
	{ NO_PROVENANCE, PROVENANCE("../x", SAMPLE_A64), EV_VALUE,
	  "provenance.path" },
	{ NO_PROVENANCE, PROVENANCE("provenance/x", SAMPLE_A16), EV_VALUE,
	  "provenance.sha256" },
	{ NO_PROVENANCE, NO_PROVENANCE "\"provenance\":{\"path\":\"x\"},",
	  EV_MISSING, "provenance.sha256" },
	{ NO_PROVENANCE, NO_PROVENANCE "\"provenance\":\"x\",", EV_SYNTAX,
	  "provenance" },
	{ "openhcl.bin", "a/b", EV_VALUE, "artifact.name" },
	{ "\"size\":4096", "\"size\":-1", EV_VALUE, "size" },
	{ SAMPLE_MEASUREMENTS, "\"measurements\":[]", EV_MISSING,
	  "measurements" },
	{ SAMPLE_MEASUREMENTS, "\"measurements\":{}", EV_SYNTAX,
	  "measurements" },
	{ SAMPLE_B96, SAMPLE_B16, EV_VALUE, "measurements.value" },
	{ SAMPLE_B96 "\"", SAMPLE_B96 "b\"", EV_VALUE, "measurements.value" },
	{ "{\"pageOrder\":\"two-pass\"}", "{}", EV_SYNTAX,
	  "measurements.parameters" },
	{ "{\"pageOrder\":\"two-pass\"}", "{\"pageOrder\":2}", EV_SYNTAX,
	  "measurements.parameters" },
	{ SAMPLE_TWO_PASS, "", EV_DUPLICATE, "measurements.parameters" },
	{ "\"state\":\"good\"", "\"state\":\"known\"", EV_VALUE,
	  "status.state" },
	{ "2026-06-01T", "2026-01-01T", EV_VALUE, "status.since" },
	{ "2026-06-01T00:00:00Z", "2026-06-01", EV_SYNTAX, "since" },
	{ "\"reason\":\"a key in the image\",", "", EV_MISSING,
	  "status.reason" },
	{ SAMPLE_STATUS, "\"status\":[]", EV_MISSING, "status" },
};

static void every_rule_has_its_named_refusal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		char *text = changed(r->from, r->to);
		struct au_reference ref = { 0 };
		struct ev_error err = { 0 };

		if (au_reference_parse(ev_span_str(text), &ref, &err) !=
			    r->code ||
		    strcmp(err.field, r->field) != 0) {
			char line[400];

			ev_error_format(&err, line, sizeof(line));
			fail_msg("case %zu (%s): %s", i, r->to, line);
		}
		assert_null(ref.document);
		free(text);
	}
}

static void a_later_version_is_named_before_anything_else(void **state)
{
	static const char later[] =
		"{\"reference\": \"ecart-reference/9\", \"other\": null}";
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_reference_parse(ev_span_str(later), &ref, &err),
			 EV_VALUE);
	assert_string_equal(err.found, "ecart-reference/9");
	assert_non_null(strstr(err.want, "ecart-reference/1"));
}

static void what_is_not_known_is_a_note(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "\"version\":\"1.7\"",
		  "\"version\":\"1.7\",\"zeta\":\"later\"" },
		{ "\"state\":\"good\"", "\"state\":\"good\",\"who\":\"x\"" },
		{ "\"mrtd\",\"value\":\"" SAMPLE_B96,
		  "\"rtmr9\",\"value\":\"" SAMPLE_B16 },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *text = changed(cases[i].from, cases[i].to);
		struct au_reference ref = { 0 };
		struct ev_error err = { 0 };

		assert_int_equal(
			au_reference_parse(ev_span_str(text), &ref, &err),
			EV_OK);
		assert_int_equal(ref.n_notes, 1);
		au_reference_free(&ref);
		free(text);
	}
}

static void a_manifest_refuses_every_prefix(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(sample) - 1; n++) {
		uint8_t *copy = malloc(n + 1);
		struct au_reference ref = { 0 };
		struct ev_error err = { 0 };

		assert_non_null(copy);
		memcpy(copy, sample, n);
		assert_int_not_equal(
			au_reference_parse(ev_span_of(copy, n), &ref, &err),
			EV_OK);
		free(copy);
	}
}

static void a_manifest_refuses_a_byte_behind_it(void **state)
{
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		au_reference_parse(ev_span_str(SAMPLE "\n"), &ref, &err),
		EV_VALUE);
	assert_string_equal(err.field, "canonical");
	assert_int_equal(err.offset, sizeof(sample) - 1);
}

static void a_manifest_refuses_more_than_its_limit(void **state)
{
	char *big = malloc(AU_REFERENCE_MAX + 1);
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_non_null(big);
	memset(big, ' ', AU_REFERENCE_MAX + 1);
	assert_int_equal(
		au_reference_parse(ev_span_of(big, AU_REFERENCE_MAX + 1), &ref,
				   &err),
		EV_LIMIT);
	free(big);
}

static void changed_bytes_never_crash_and_never_leak(void **state)
{
	uint64_t lcg = 7;
	char copy[sizeof(sample)];

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		struct au_reference ref = { 0 };
		struct ev_error err = { 0 };
		uint32_t n = 1 + lcg_below(&lcg, 3);

		memcpy(copy, sample, sizeof(sample));
		for (uint32_t i = 0; i < n; i++)
			copy[lcg_below(&lcg, sizeof(sample) - 1)] =
				(char)lcg_below(&lcg, 256);
		if (au_reference_parse(ev_span_of(copy, sizeof(sample) - 1),
				       &ref, &err) == EV_OK)
			au_reference_free(&ref);
	}
}

static void what_is_written_is_what_was_read(void **state)
{
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };
	char *text = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(au_reference_parse(ev_span_str(sample), &ref, &err),
			 EV_OK);
	assert_int_equal(au_reference_write(ref.document, &text, &n, &err),
			 EV_OK);
	assert_int_equal(n, sizeof(sample) - 1);
	assert_string_equal(text, sample);
	free(text);
	au_reference_free(&ref);
}

static const char *const two_pass[] = { "pageOrder=two-pass" };

static void a_new_document_says_what_was_given(void **state)
{
	struct au_addition add = {
		.product = "openhcl",
		.version = "1.7",
		.source = "https://example.org/openhcl",
		.source_commit = SAMPLE_A16 SAMPLE_A16 "aaaaaaaa",
		.recipe_path = "recipes/openhcl/1.7/build.txt",
		.artifact_name = "openhcl.bin",
		.artifact_size = 4096,
		.value = SAMPLE_A96,
		.since = 1767225600, /* 2026-01-01T00:00:00Z */
	};
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };
	char *text = NULL;
	size_t n = 0;

	(void)state;
	memset(add.recipe_sha256, 0xaa, sizeof(add.recipe_sha256));
	memset(add.artifact_sha256, 0xaa, sizeof(add.artifact_sha256));
	assert_int_equal(au_reference_document(&add, NULL, &text, &n, &err),
			 EV_OK);
	assert_int_equal(au_reference_parse(ev_span_of(text, n), &ref, &err),
			 EV_OK);
	free(text);

	/* The variant and the state then make it the sample. */
	add = (struct au_addition){ .value = SAMPLE_B96,
				    .parameter = two_pass,
				    .n_parameters = 1,
				    .state = "withdrawn",
				    .since = 1780272000,
				    .reason = "a key in the image",
				    .advisory = "EX-1" };
	assert_int_equal(au_reference_document(&add, &ref, &text, &n, &err),
			 EV_OK);
	assert_string_equal(text, sample);
	free(text);
	au_reference_free(&ref);
}

static void a_provenance_is_added_once(void **state)
{
	struct au_addition add = { .provenance_path = "provenance/a.json" };
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };
	char *text = NULL, *want;
	size_t n = 0;

	(void)state;
	memset(add.provenance_sha256, 0xaa, sizeof(add.provenance_sha256));
	assert_int_equal(au_reference_parse(ev_span_str(sample), &ref, &err),
			 EV_OK);
	assert_int_equal(au_reference_document(&add, &ref, &text, &n, &err),
			 EV_OK);
	want = changed(NO_PROVENANCE,
		       PROVENANCE("provenance/a.json", SAMPLE_A64));
	assert_string_equal(text, want);
	free(want);
	au_reference_free(&ref);
	assert_int_equal(au_reference_parse(ev_span_of(text, n), &ref, &err),
			 EV_OK);
	free(text);
	text = NULL;
	assert_int_equal(au_reference_document(&add, &ref, &text, &n, &err),
			 EV_DUPLICATE);
	assert_string_equal(err.field, "provenance");
	assert_null(text);
	au_reference_free(&ref);
}

static void a_state_before_the_last_is_refused(void **state)
{
	struct au_addition add = { .state = "good", .since = 1767225601 };
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };
	char *text = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(au_reference_parse(ev_span_str(sample), &ref, &err),
			 EV_OK);
	assert_int_equal(au_reference_document(&add, &ref, &text, &n, &err),
			 EV_VALUE);
	assert_string_equal(err.field, "status.since");
	assert_null(text);
	au_reference_free(&ref);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_is_read),
		cmocka_unit_test(a_provenance_may_be_named),
		cmocka_unit_test(a_provenance_is_added_once),
		cmocka_unit_test(the_state_in_force_is_the_last_not_after_t),
		cmocka_unit_test(every_rule_has_its_named_refusal),
		cmocka_unit_test(a_later_version_is_named_before_anything_else),
		cmocka_unit_test(what_is_not_known_is_a_note),
		cmocka_unit_test(a_manifest_refuses_every_prefix),
		cmocka_unit_test(a_manifest_refuses_a_byte_behind_it),
		cmocka_unit_test(a_manifest_refuses_more_than_its_limit),
		cmocka_unit_test(changed_bytes_never_crash_and_never_leak),
		cmocka_unit_test(what_is_written_is_what_was_read),
		cmocka_unit_test(a_new_document_says_what_was_given),
		cmocka_unit_test(a_state_before_the_last_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
