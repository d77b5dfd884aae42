/* SPDX-License-Identifier: Apache-2.0 */
/* A measurement against references: a table of cases. */
#include "audit/compare.h"
#include "tests/reference_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define GOOD                                                                   \
	"\"status\":[{\"since\":\"2026-01-01T00:00:00Z\",\"state\":\"good\"}]"
#define LATER                                                                  \
	"\"status\":[{\"since\":\"2030-01-01T00:00:00Z\",\"state\":\"good\"}]"
#define WEAK                                                                   \
	"\"status\":[{\"reason\":\"x\",\"since\":\"2026-01-01T00:00:00Z\","    \
	"\"state\":\"vulnerable\"}]"
#define GONE                                                                   \
	"\"status\":[{\"reason\":\"x\",\"since\":\"2026-01-01T00:00:00Z\","    \
	"\"state\":\"withdrawn\"}]"
#define ONE(parameters, value)                                                 \
	"\"measurements\":[" SAMPLE_ENTRY(parameters, value) "]"
#define SNP                                                                    \
	"\"measurements\":[{\"alg\":\"sha384\",\"platform\":\"snp\","          \
	"\"register\":\"ld\",\"value\":\"" SAMPLE_A96 "\"}]"

struct manifest {
	const char *path, *text;
};

/* openhcl 1.7: a default, b two-pass; withdrawn in June.  openhcl 1.8: c.
 * other 1: b alone, its only entry.  snponly 1: a of another platform. */
static const struct manifest shelf[] = {
	{ "references/openhcl/1.7.json", SAMPLE },
	{ "references/openhcl/1.8.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "openhcl", GOOD, "1.8") },
	{ "references/snponly/1.json", SAMPLE_WITH(SNP, "snponly", GOOD, "1") },
};
static const struct manifest twins[] = {
	{ "references/a/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "a", GOOD, "1") },
	{ "references/b/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "b", WEAK, "1") },
	{ "references/c/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "c", GOOD, "1") },
};
static const struct manifest versions[] = {
	{ "references/a/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "a", GOOD, "1") },
	{ "references/a/2.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "a", WEAK, "2") },
};
static const struct manifest worse[] = {
	{ "references/a/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "a", WEAK, "1") },
	{ "references/b/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "b", GONE, "1") },
};
static const struct manifest other[] = {
	{ "references/b/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "b", WEAK, "1") },
	{ "references/z/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_A96), "z", GOOD, "1") },
};
static const struct manifest variants[] = {
	{ "references/a/1.json",
	  SAMPLE_WITH("\"measurements\":[" SAMPLE_ENTRY(
			      "", SAMPLE_A96) "," SAMPLE_ENTRY(SAMPLE_TWO_PASS,
							       SAMPLE_C96) "]",
		      "a", GOOD, "1") },
	{ "references/b/1.json",
	  SAMPLE_WITH(ONE(SAMPLE_TWO_PASS, SAMPLE_C96), "b", GOOD, "1") },
};
static const struct manifest later[] = {
	{ "references/a/1.json",
	  SAMPLE_WITH(ONE("", SAMPLE_C96), "a", LATER, "1") },
};

struct row {
	const char *name;
	const struct manifest *shelf;
	size_t n;
	uint8_t value; /* each byte of the measured value */
	int64_t at;
	const char *product, *version, *not_comparable;
	enum au_result result;
	const char *decided; /* path, NULL: none */
	int status;
};

#define MAY   INT64_C(1777593600) /* 2026-05-01 */
#define JULY  INT64_C(1782864000) /* 2026-07-01 */
#define Y2025 INT64_C(1735689600)
#define ON(s) s, sizeof(s) / sizeof((s)[0])
#define P17   "references/openhcl/1.7.json"

static const struct row rows[] = {
	{ "default", ON(shelf), 0xaa, MAY, "", "", NULL, AU_MATCH, P17, 0 },
	{ "variant", ON(shelf), 0xbb, MAY, "", "", NULL, AU_MATCH_WITH_VARIANT,
	  P17, 0 },
	{ "withdrawn", ON(shelf), 0xaa, JULY, "", "", NULL,
	  AU_DIFFERS_EXPLAINED, P17, 1 },
	{ "withdrawn variant", ON(shelf), 0xbb, JULY, "", "", NULL,
	  AU_DIFFERS_EXPLAINED, P17, 1 },
	{ "unknown value", ON(shelf), 0xdd, MAY, "", "", NULL, AU_NO_REFERENCE,
	  NULL, 2 },
	{ "before all", ON(shelf), 0xaa, Y2025, "", "", NULL, AU_NO_REFERENCE,
	  NULL, 2 },
	{ "known later", ON(later), 0xcc, MAY, "", "", NULL, AU_NO_REFERENCE,
	  NULL, 2 },
	{ "asked, same", ON(shelf), 0xaa, MAY, "openhcl", "", NULL, AU_MATCH,
	  P17, 0 },
	{ "asked, other value", ON(shelf), 0xdd, MAY, "openhcl", "", NULL,
	  AU_DIFFERS_UNEXPLAINED, P17, 1 },
	{ "asked version, value of another", ON(shelf), 0xaa, MAY, "openhcl",
	  "1.8", NULL, AU_DIFFERS_UNEXPLAINED, "references/openhcl/1.8.json",
	  1 },
	{ "asked product is not there", ON(shelf), 0xaa, MAY, "linux", "", NULL,
	  AU_NO_REFERENCE, NULL, 2 },
	{ "asked version is not there", ON(shelf), 0xaa, MAY, "openhcl", "9",
	  NULL, AU_NO_REFERENCE, NULL, 2 },
	{ "asked product, other platform", ON(shelf), 0xaa, MAY, "snponly", "",
	  NULL, AU_NO_REFERENCE, NULL, 2 },
	{ "asked, not known then", ON(shelf), 0xdd, Y2025, "openhcl", "", NULL,
	  AU_NO_REFERENCE, NULL, 2 },
	{ "not authenticated", ON(shelf), 0xaa, MAY, "", "", "debug: x",
	  AU_NOT_COMPARABLE, NULL, 2 },
	{ "no references at all", NULL, 0, 0xaa, MAY, "", "", NULL,
	  AU_NO_REFERENCE, NULL, 2 },
	{ "the worst state decides", ON(twins), 0xcc, MAY, "", "", NULL,
	  AU_DIFFERS_EXPLAINED, "references/b/1.json", 1 },
	{ "a bad state under another name", ON(twins), 0xcc, MAY, "a", "", NULL,
	  AU_DIFFERS_EXPLAINED, "references/b/1.json", 1 },
	{ "under another version", ON(versions), 0xcc, MAY, "a", "1", NULL,
	  AU_DIFFERS_EXPLAINED, "references/a/2.json", 1 },
	{ "worse under another name", ON(worse), 0xcc, MAY, "a", "", NULL,
	  AU_DIFFERS_EXPLAINED, "references/b/1.json", 1 },
	{ "bad, and asked for one that is not there", ON(twins), 0xcc, MAY, "z",
	  "", NULL, AU_DIFFERS_EXPLAINED, "references/b/1.json", 1 },
	{ "bad, and asked for one with another value", ON(other), 0xcc, MAY,
	  "z", "", NULL, AU_DIFFERS_EXPLAINED, "references/b/1.json", 1 },
	{ "a bad state under another name, later", ON(shelf), 0xaa, MAY,
	  "openhcl", "1.7", NULL, AU_MATCH, P17, 0 },
	{ "the default before a variant", ON(variants), 0xcc, MAY, "", "", NULL,
	  AU_MATCH, "references/b/1.json", 0 },
};

static void load(const struct row *row, struct ev_crypto *crypto,
		 struct au_references *refs)
{
	struct ev_error err = { 0 };

	/* Backwards: the order must come from the paths. */
	for (size_t i = row->n; i-- > 0;)
		assert_int_equal(au_references_add(
					 refs, crypto, row->shelf[i].path,
					 ev_span_str(row->shelf[i].text), &err),
				 EV_OK);
	assert_int_equal(au_references_finish(refs, crypto, &err), EV_OK);
	if (refs->n_faults > 0)
		fail_msg("%s: %s %s", refs->fault[0].path,
			 refs->fault[0].error.field,
			 refs->fault[0].error.found);
}

static void check(const struct row *row, const struct au_references *refs)
{
	struct au_question q = { .platform = AU_TDX,
				 .reg = EV_SPAN_LITERAL("mrtd"),
				 .not_comparable = row->not_comparable,
				 .at = row->at,
				 .product = ev_span_str(row->product),
				 .version = ev_span_str(row->version) };
	struct au_comparison c;
	uint8_t value[48];

	memset(value, row->value, sizeof(value));
	q.value = EV_SPAN(value);
	c = au_compare(refs, &q);
	if (c.result != row->result)
		fail_msg("%s: %s", row->name, au_result_name(c.result));
	if ((c.listed == NULL) != (row->decided == NULL) ||
	    (c.listed != NULL && strcmp(c.listed->path, row->decided) != 0))
		fail_msg("%s: decided by %s", row->name,
			 c.listed != NULL ? c.listed->path : "none");
	if (au_result_status(c.result) != row->status)
		fail_msg("%s: status %d", row->name,
			 au_result_status(c.result));
	assert_true(c.reason[0] != '\0');
	assert_null(strstr(c.reason, "known build"));
}

static void each_case_has_its_result(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();

	(void)state;
	assert_non_null(crypto);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct au_references refs = { 0 };

		load(&rows[i], crypto, &refs);
		check(&rows[i], &refs);
		au_references_free(&refs);
	}
	ev_crypto_free(crypto);
}

/* What happened after T decides nothing, and is told. */
static void a_later_withdrawal_is_told(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	uint8_t value[48];
	struct au_question q = { .platform = AU_TDX,
				 .reg = EV_SPAN_LITERAL("mrtd"),
				 .value = EV_SPAN(value),
				 .at = MAY };
	struct au_comparison c;

	(void)state;
	load(&rows[0], crypto, &refs);
	memset(value, 0xaa, sizeof(value));
	c = au_compare(&refs, &q);
	assert_int_equal(c.result, AU_MATCH);
	assert_non_null(c.later);
	assert_int_equal(c.later->state, AU_WITHDRAWN);
	assert_true(c.later->since > MAY);
	assert_non_null(strstr(c.reason, "but was later withdrawn"));
	memset(value, 0xcc, sizeof(value));
	c = au_compare(&refs, &q);
	assert_int_equal(c.result, AU_MATCH);
	assert_null(c.later);
	memset(value, 0xaa, sizeof(value));
	q.at = JULY;
	c = au_compare(&refs, &q);
	assert_int_equal(c.result, AU_DIFFERS_EXPLAINED);
	assert_null(c.later);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

struct asking {
	size_t n;
	int64_t at; /* of the last question */
	char words[80];
};

static const char *objects(void *state, const struct au_listed *listed,
			   int64_t at)
{
	struct asking *asked = state;

	asked->n++;
	asked->at = at;
	return strcmp(listed->path, P17) == 0 ? "nobody vouches for it" : NULL;
}

static const char *names_it(void *state, const struct au_listed *listed,
			    int64_t at)
{
	struct asking *asked = state;

	(void)at;
	snprintf(asked->words, sizeof(asked->words), "nobody signed %s",
		 listed->path);
	return asked->words;
}

/* Of two references that nobody vouches for, the one that is named is told. */
static void the_objection_is_to_what_is_named(void **state)
{
	struct row two = { "",	 ON(variants),	  0xcc, MAY, "", "",
			   NULL, AU_NO_REFERENCE, NULL, 0 };
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	struct asking asked = { 0 };
	const struct au_objector objector = { names_it, &asked };
	uint8_t value[48];
	struct au_question q = { .platform = AU_TDX,
				 .reg = EV_SPAN_LITERAL("mrtd"),
				 .value = EV_SPAN(value),
				 .at = MAY,
				 .objector = &objector };
	struct au_comparison c;

	(void)state;
	load(&two, crypto, &refs);
	memset(value, 0xcc, sizeof(value));
	c = au_compare(&refs, &q);
	assert_int_equal(c.result, AU_NO_REFERENCE);
	assert_string_equal(c.reason, "a 1 has this value, but nobody signed "
				      "references/a/1.json");
	assert_string_equal(asked.words, "nobody signed references/b/1.json");
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

/* A good state counts on somebody's word alone, a bad one on nobody's. */
static void nobody_vouches_for_a_match(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	struct asking asked = { 0 };
	const struct au_objector objector = { objects, &asked };
	uint8_t value[48];
	struct au_question q = { .platform = AU_TDX,
				 .reg = EV_SPAN_LITERAL("mrtd"),
				 .value = EV_SPAN(value),
				 .at = MAY,
				 .objector = &objector };
	struct au_comparison c;

	(void)state;
	load(&rows[0], crypto, &refs);
	memset(value, 0xaa, sizeof(value));
	c = au_compare(&refs, &q);
	assert_int_equal(c.result, AU_NO_REFERENCE);
	assert_non_null(strstr(c.reason, ", but nobody vouches for it"));
	assert_null(c.listed);
	assert_int_equal(asked.n, 1);
	assert_int_equal(asked.at, MAY);
	q.product = EV_SPAN_LITERAL("openhcl");
	assert_int_equal(au_compare(&refs, &q).result, AU_NO_REFERENCE);
	q.at = JULY;
	assert_int_equal(au_compare(&refs, &q).result, AU_DIFFERS_EXPLAINED);
	assert_int_equal(asked.n, 2);
	memset(value, 0xcc, sizeof(value));
	assert_int_equal(au_compare(&refs, &q).result, AU_MATCH);
	assert_int_equal(asked.n, 3);
	assert_int_equal(asked.at, JULY);
	memset(value, 0xdd, sizeof(value));
	assert_int_equal(au_compare(&refs, &q).result, AU_DIFFERS_UNEXPLAINED);
	assert_int_equal(asked.n, 3);
	assert_int_equal(asked.at, JULY);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

static void a_value_cut_short_is_no_match(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	uint8_t value[48];
	struct au_question q = { .platform = AU_TDX,
				 .reg = EV_SPAN_LITERAL("mrtd"),
				 .at = MAY };

	(void)state;
	load(&rows[0], crypto, &refs);
	memset(value, 0xaa, sizeof(value));
	q.value = ev_span_of(value, 47);
	assert_int_equal(au_compare(&refs, &q).result, AU_NO_REFERENCE);
	q.value = ev_span_of(value, 0);
	assert_int_equal(au_compare(&refs, &q).result, AU_NO_REFERENCE);
	q.value = ev_span_of(value, 48);
	assert_int_equal(au_compare(&refs, &q).result, AU_MATCH);
	value[47] ^= 1;
	assert_int_equal(au_compare(&refs, &q).result, AU_NO_REFERENCE);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

static void a_path_must_be_what_the_names_make(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_references_add(&refs, crypto,
					   "references/openhcl/1.8.json",
					   ev_span_str(SAMPLE), &err),
			 EV_OK);
	assert_int_equal(refs.n, 0);
	assert_int_equal(refs.n_faults, 1);
	assert_string_equal(refs.fault[0].error.field, "path");
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

static void paths_equal_but_for_case_are_refused(void **state)
{
	static const char upper[] =
		SAMPLE_WITH(ONE("", SAMPLE_C96), "openhcl", GOOD, "1.7-RC");
	static const char lower[] =
		SAMPLE_WITH(ONE("", SAMPLE_C96), "openhcl", GOOD, "1.7-rc");
	struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	au_references_add(&refs, crypto, "references/openhcl/1.7-RC.json",
			  ev_span_str(upper), &err);
	au_references_add(&refs, crypto, "references/openhcl/1.7-rc.json",
			  ev_span_str(lower), &err);
	assert_int_equal(au_references_finish(&refs, crypto, &err), EV_OK);
	assert_int_equal(refs.n_faults, 1);
	assert_int_equal(refs.fault[0].error.code, EV_DUPLICATE);
	au_references_free(&refs);
	ev_crypto_free(crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_has_its_result),
		cmocka_unit_test(a_later_withdrawal_is_told),
		cmocka_unit_test(nobody_vouches_for_a_match),
		cmocka_unit_test(the_objection_is_to_what_is_named),
		cmocka_unit_test(a_value_cut_short_is_no_match),
		cmocka_unit_test(a_path_must_be_what_the_names_make),
		cmocka_unit_test(paths_equal_but_for_case_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
