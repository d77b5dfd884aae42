/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest: what is refused, and paths. */
#include "evidence/archive_path.h"
#include "evidence/manifest_members.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DIGEST                                                                 \
	"98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4"
#define SUBJECT(name)                                                          \
	"{\"digest\":{\"sha256\":\"" DIGEST "\"},\"name\":\"" name "\"}"
#define ITEM(name) "{\"kind\":\"tdx-quote\",\"name\":\"" name "\",\"size\":3}"
#define PREDICATE(members, items)                                              \
	"{\"format\":\"ecart-archive/1\",\"items\":[" items "]" members "}"
#define TYPE	       "https://in-toto.io/Statement/v1"
#define PREDICATE_TYPE "https://w3id.org/ecart/evidence-archive/v1"
#define STATEMENT(predicate, subject)                                          \
	"{\"_type\":\"" TYPE "\",\"predicate\":" predicate                     \
	",\"predicateType\":\"" PREDICATE_TYPE "\",\"subject\":[" subject "]}"

static const char good[] = STATEMENT(PREDICATE("", ITEM("items/a/0.bin")),
				     SUBJECT("items/a/0.bin"));

static enum ev_code parse(const char *text, struct ev_error *err)
{
	struct ev_manifest m;
	enum ev_code code;

	*err = (struct ev_error){ 0 };
	code = ev_manifest_parse(ev_span_str(text), &m, err);
	if (code == EV_OK)
		ev_manifest_free(&m);
	return code;
}

static void least_manifest_is_taken_as_canonical(void **state)
{
	struct ev_error err = { 0 };
	struct ev_manifest m;

	(void)state;
	assert_int_equal(ev_manifest_parse(ev_span_str(good), &m, &err), EV_OK);
	assert_true(m.canonical);
	assert_false(m.has_time);
	assert_null(m.verb);
	assert_int_equal(m.n_items, 1);
	assert_int_equal(m.items[0].size, 3);
	assert_false(m.items[0].has_sha384);
	assert_ptr_equal(ev_manifest_find(&m, "items/a/0.bin"), &m.items[0]);
	assert_null(ev_manifest_find(&m, "items/a/1.bin"));
	ev_manifest_free(&m);
}

/* A manifest that is taken, with these further members. */
static void open_with(const char *members, const char *item,
		      const char *subject, struct ev_manifest *m)
{
	struct ev_error err = { 0 };
	char text[1000];

	snprintf(text, sizeof(text),
		 "{\"_type\":\"" TYPE "\",\"predicate\":{\"format\":"
		 "\"ecart-archive/1\",\"items\":[%s]%s},\"predicateType\":"
		 "\"" PREDICATE_TYPE "\",\"subject\":[%s]}",
		 item, members, subject);
	assert_int_equal(ev_manifest_parse(ev_span_str(text), m, &err), EV_OK);
}

static void a_claimed_time_may_have_a_fraction(void **state)
{
	static const char *const taken[] = {
		",\"time\":\"2026-06-08T12:42:41Z\"",
		",\"time\":\"2026-06-08T12:42:41.5Z\"",
		",\"time\":\"2026-06-08T12:42:41.000000001Z\"",
	};
	static const char *const refused[] = {
		"2026-06-08T12:42:41.50Z", "2026-06-08T12:42:41.0Z",
		"2026-06-08T12:42:41.Z",   "2026-06-08T12:42:41,5Z",
		"2026-06-08T12:42:60.5Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		struct ev_manifest m;

		open_with(taken[i], "", "", &m);
		assert_true(m.canonical);
		assert_true(m.has_time);
		assert_int_equal(m.time, 1780922561);
		ev_manifest_free(&m);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct ev_error err;
		char text[500];

		snprintf(text, sizeof(text),
			 STATEMENT(PREDICATE(",\"time\":\"%s\"", ""), ""),
			 refused[i]);
		assert_int_equal(parse(text, &err), EV_SYNTAX);
		assert_string_equal(err.field, "time");
	}
}

static void upper_case_hex_is_not_canonical(void **state)
{
	static const struct {
		const char *item, *subject, *field;
	} cases[] = {
		{ ITEM("items/a"),
		  "{\"digest\":{\"sha256\":\"98EA6E4F216F2FB4B69FFF9B3A44842C38"
		  "686CA685F3F55DC48C5D3FB1107BE4\"},\"name\":\"items/a\"}",
		  "sha256" },
		{ ITEM("items/a"),
		  "{\"digest\":{\"sha1\":\"000000000000000000000000000000000000"
		  "000A\",\"sha256\":\"" DIGEST "\"},\"name\":\"items/a\"}",
		  "sha1" },
		{ "{\"kind\":\"tdx-quote\",\"name\":\"items/a\",\"nonce\":"
		  "\"0F\",\"size\":3}",
		  SUBJECT("items/a"), "nonce" },
		/* Of an algorithm that is not known, the spelling is not. */
		{ ITEM("items/a"),
		  "{\"digest\":{\"sha256\":\"" DIGEST
		  "\",\"x\":\"A\"},\"name\":\"items/a\"}",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ev_manifest m;

		open_with("", cases[i].item, cases[i].subject, &m);
		assert_int_equal(m.canonical, cases[i].field == NULL);
		if (cases[i].field != NULL)
			assert_string_equal(m.not_canonical.field,
					    cases[i].field);
		ev_manifest_free(&m);
	}
}

static void unknown_members_are_noted(void **state)
{
	static const struct {
		const char *members, *item, *found;
	} cases[] = {
		{ ",\"collector\":{\"verb\":\"pack\",\"version\":\"9\"}",
		  ITEM("items/a"), NULL },
		{ ",\"zzz\":{\"a\":1}", ITEM("items/a"), "predicate: zzz" },
		{ ",\"collector\":{\"mood\":1,\"verb\":\"pack\"}",
		  ITEM("items/a"), "collector: mood" },
		{ ",\"y\":1,\"z\":1",
		  "{\"kind\":\"x\",\"name\":\"items/a\",\"size\":3,\"x\":1}",
		  "predicate: y, and 2 more" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ev_error note = { 0 };
		struct ev_manifest m;

		open_with(cases[i].members, cases[i].item, SUBJECT("items/a"),
			  &m);
		assert_int_equal(ev_manifest_has_unknown(&m, &note),
				 cases[i].found != NULL);
		if (cases[i].found != NULL)
			assert_string_equal(note.found, cases[i].found);
		ev_manifest_free(&m);
	}
}

struct refusal {
	enum ev_code code;
	const char *field;
	const char *text;
};

#define WITHHELD(name)                                                         \
	",\"redactions\":[{\"digest\":{\"sha256\":\"" DIGEST                   \
	"\"},\"kind\":\"k\",\"name\":\"" name                                  \
	"\",\"reason\":\"r\",\"size\":3}]"

static void withheld_items_are_known_by_name(void **state)
{
	static const char text[] = STATEMENT(
		PREDICATE(WITHHELD("items/b/0.bin"), ITEM("items/a/0.bin")),
		SUBJECT("items/a/0.bin"));
	struct ev_error err = { 0 };
	struct ev_manifest m;

	(void)state;
	assert_int_equal(ev_manifest_parse(ev_span_str(text), &m, &err), EV_OK);
	assert_int_equal(m.redactions.n, 1);
	assert_null(ev_manifest_find(&m, "items/b/0.bin"));
	assert_non_null(ev_redactions_find(&m.redactions, "items/b/0.bin"));
	ev_manifest_free(&m);
	assert_int_equal(m.redactions.n, 0);
}

static const struct refusal refusals[] = {
	{ EV_DUPLICATE, "redactions",
	  STATEMENT(PREDICATE(WITHHELD("items/a/0.bin"), ITEM("items/a/0.bin")),
		    SUBJECT("items/a/0.bin")) },
	{ EV_SYNTAX, "redactions",
	  STATEMENT(PREDICATE(",\"redactions\":{}", ITEM("items/a/0.bin")),
		    SUBJECT("items/a/0.bin")) },
	{ EV_MISSING, "_type", "{}" },
	{ EV_VALUE, "_type", "{\"_type\":\"x\"}" },
	{ EV_VALUE, "predicateType",
	  "{\"_type\":\"" TYPE "\",\"predicateType\":\"x\"}" },
	{ EV_MISSING, "predicate",
	  "{\"_type\":\"" TYPE "\",\"predicateType\":\"" PREDICATE_TYPE "\"}" },
	{ EV_MISSING, "format", STATEMENT("{}", "") },
	{ EV_MISSING, "items",
	  STATEMENT("{\"format\":\"ecart-archive/1\"}", "") },
	{ EV_VALUE, "items",
	  STATEMENT(PREDICATE("", ""), SUBJECT("items/a/0.bin")) },
	{ EV_VALUE, "items",
	  STATEMENT(PREDICATE("", ITEM("items/a/1.bin")),
		    SUBJECT("items/a/0.bin")) },
	{ EV_VALUE, "name",
	  STATEMENT(PREDICATE("", ITEM("sig/a")), SUBJECT("sig/a")) },
	{ EV_VALUE, "name",
	  STATEMENT(PREDICATE("", ITEM("items/../a")), SUBJECT("items/../a")) },
	{ EV_VALUE, "name",
	  STATEMENT(PREDICATE("", ITEM("items/\\u00e9")),
		    SUBJECT("items/\\u00e9")) },
	{ EV_VALUE, "subject",
	  STATEMENT(PREDICATE("", ITEM("items/b") "," ITEM("items/a")),
		    SUBJECT("items/b") "," SUBJECT("items/a")) },
	{ EV_VALUE, "subject",
	  STATEMENT(PREDICATE("", ITEM("items/a") "," ITEM("items/a")),
		    SUBJECT("items/a") "," SUBJECT("items/a")) },
	{ EV_DUPLICATE, "subject",
	  STATEMENT(PREDICATE("", ITEM("items/A") "," ITEM("items/a")),
		    SUBJECT("items/A") "," SUBJECT("items/a")) },
	{ EV_DUPLICATE, "subject",
	  STATEMENT(PREDICATE("", ITEM("items/a") "," ITEM(
					  "items/a.b") "," ITEM("items/a/b")),
		    SUBJECT("items/a") "," SUBJECT("items/a.b") "," SUBJECT(
			    "items/a/b")) },
	{ EV_MISSING, "sha256",
	  STATEMENT(PREDICATE("", ITEM("items/a")),
		    "{\"digest\":{},\"name\":\"items/a\"}") },
	{ EV_SYNTAX, "sha256",
	  STATEMENT(PREDICATE("", ITEM("items/a")),
		    "{\"digest\":{\"sha256\":\"00\"},\"name\":\"items/a\"}") },
	{ EV_SYNTAX, "sha384",
	  STATEMENT(PREDICATE("", ITEM("items/a")),
		    "{\"digest\":{\"sha256\":\"" DIGEST
		    "\",\"sha384\":\"" DIGEST "\"},\"name\":\"items/a\"}") },
	{ EV_MISSING, "size",
	  STATEMENT(PREDICATE("", "{\"kind\":\"x\",\"name\":\"items/a\"}"),
		    SUBJECT("items/a")) },
	{ EV_LIMIT, "size",
	  STATEMENT(PREDICATE("", "{\"kind\":\"tdx-quote\",\"name\":"
				  "\"items/a\",\"size\":8589934591}"),
		    SUBJECT("items/a")) },
	{ EV_SYNTAX, "relates",
	  STATEMENT(PREDICATE("", "{\"kind\":\"x\",\"name\":\"items/a\","
				  "\"relates\":[{}],\"size\":1}"),
		    SUBJECT("items/a")) },
	{ EV_SYNTAX, "item",
	  STATEMENT(PREDICATE("", "{\"kind\":\"x\",\"name\":\"items/a\","
				  "\"nonce\":1,\"size\":1}"),
		    SUBJECT("items/a")) },
	{ EV_SYNTAX, "time",
	  STATEMENT(PREDICATE(",\"time\":\"now\"", ""), "") },
};

static void refusals_name_the_member(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		const struct refusal *r = &refusals[i];
		struct ev_error err;
		enum ev_code code = parse(r->text, &err);

		if (code == EV_OK || strcmp(err.field, r->field) != 0 ||
		    (code != r->code && r->code != EV_SYNTAX))
			fail_msg("row %zu: %s %s, %s", i, ev_code_word(code),
				 err.field, err.found);
	}
}

static void later_formats_are_named_with_what_this_build_reads(void **state)
{
	static const char later[] =
		STATEMENT("{\"format\":\"ecart-archive/2\"}", "");
	static const char later_type[] =
		"{\"_type\":\"" TYPE "\",\"predicate\":{},\"predicateType\":"
		"\"https://w3id.org/ecart/evidence-archive/v2\"}";
	struct ev_error err;

	(void)state;
	assert_int_equal(parse(later, &err), EV_VALUE);
	assert_string_equal(err.field, "format");
	assert_string_equal(err.found, "ecart-archive/2");
	assert_non_null(strstr(err.want, "ecart-archive/1, the latest"));
	assert_int_equal(parse(later_type, &err), EV_VALUE);
	assert_non_null(strstr(err.want, "up to version 1"));
	assert_non_null(strstr(err.found, "/v2"));
}

static void white_space_makes_it_not_canonical(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	struct ev_manifest m;

	(void)state;
	ev_buffer_add_str(&b, good);
	ev_buffer_add_byte(&b, '\n');
	assert_int_equal(ev_manifest_parse(ev_buffer_span(&b), &m, &err),
			 EV_OK);
	assert_false(m.canonical);
	assert_int_not_equal(m.not_canonical.code, EV_OK);
	ev_manifest_free(&m);
}

static void every_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		char *copy = malloc(n + 1);
		struct ev_error err = { 0 };
		struct ev_manifest m;

		assert_non_null(copy);
		memcpy(copy, good, n);
		assert_int_not_equal(
			ev_manifest_parse(ev_span_of(copy, n), &m, &err),
			EV_OK);
		free(copy);
	}
}

static void statement_without_our_predicate_is_refused(void **state)
{
	struct ev_span text;
	struct ev_error err = { 0 };
	struct ev_manifest m;

	(void)state;
	vectors_need();
	assert_true(vectors_read("archive/dsse-local/manifest.json", &text));
	assert_int_equal(ev_manifest_parse(text, &m, &err), EV_MISSING);
	assert_string_equal(err.field, "format");
}

static void mutations_never_crash(void **state)
{
	char text[sizeof(good)];
	uint32_t seed = 3;

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		struct ev_error err;

		memcpy(text, good, sizeof(good));
		for (size_t k = 0; k < 3; k++) {
			seed = seed * 1664525 + 1013904223;
			text[(seed >> 8) % (sizeof(good) - 1)] =
				(char)(seed >> 25 | 1);
		}
		parse(text, &err);
	}
}

struct path_case {
	const char *path;
	bool ok;
};

static const struct path_case paths[] = {
	{ "a", true },
	{ "manifest.json", true },
	{ "items/tdx-quote/0000.bin", true },
	{ "a/b/c/d/e/f", true },
	{ "a/b/c/d/e/f/g", false },
	{ "", false },
	{ "/", false },
	{ "/a", false },
	{ "a/", false },
	{ "a//b", false },
	{ ".", false },
	{ "a/.", false },
	{ "a/..", false },
	{ "a/../b", false },
	{ ".a", false },
	{ "a/.b", false },
	{ "a/-b", false },
	{ "a.b-c_D9", true },
	{ "a b", false },
	{ "a\\b", false },
	{ "a:b", false },
	{ "a\n", false },
	{ "\xc3\xa9", false },
	{ "a*", false },
};

static void paths_are_judged_by_the_rules(void **state)
{
	char longest[128];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (ev_archive_path_ok(ev_span_str(paths[i].path)) !=
		    paths[i].ok)
			fail_msg("path %s", paths[i].path);
	}
	memset(longest, 'a', sizeof(longest));
	assert_true(ev_archive_path_ok(ev_span_of(longest, 64)));
	assert_false(ev_archive_path_ok(ev_span_of(longest, 65)));
	longest[50] = '/';
	assert_true(ev_archive_path_ok(ev_span_of(longest, 100)));
	assert_false(ev_archive_path_ok(ev_span_of(longest, 101)));
	longest[20] = 0;
	assert_false(ev_archive_path_ok(ev_span_of(longest, 100)));
}

static void clashing_paths_are_found(void **state)
{
	const char *fine[] = { "items/b", "items/a", "items/a.b/c", "sig/a" };
	const char *folded[] = { "items/b", "items/aB", "items/Ab" };
	const char *nested[] = { "items/a/b/c", "items/a-b", "items/a" };

	(void)state;
	assert_null(ev_archive_paths_clash(fine, 4));
	assert_null(ev_archive_paths_clash(fine, 0));
	assert_non_null(ev_archive_paths_clash(folded, 3));
	assert_string_equal(ev_archive_paths_clash(nested, 3), "items/a/b/c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(least_manifest_is_taken_as_canonical),
		cmocka_unit_test(a_claimed_time_may_have_a_fraction),
		cmocka_unit_test(upper_case_hex_is_not_canonical),
		cmocka_unit_test(unknown_members_are_noted),
		cmocka_unit_test(withheld_items_are_known_by_name),
		cmocka_unit_test(refusals_name_the_member),
		cmocka_unit_test(
			later_formats_are_named_with_what_this_build_reads),
		cmocka_unit_test(white_space_makes_it_not_canonical),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(statement_without_our_predicate_is_refused),
		cmocka_unit_test(mutations_never_crash),
		cmocka_unit_test(paths_are_judged_by_the_rules),
		cmocka_unit_test(clashing_paths_are_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
