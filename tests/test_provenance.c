/* SPDX-License-Identifier: Apache-2.0 */
/* Who built it: Statements composed, read, and refused by name. */
#include "audit/references/provenance.h"

#include "tests/lcg.h"
#include "tests/provenance_sample.h"
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>

static const char statement[] = SAMPLE_STATEMENT;
static const char build[] = SAMPLE_BUILD;
static const struct ev_span name = { (const uint8_t *)"openhcl.bin", 11 };

static void aa(uint8_t sha256[32])
{
	memset(sha256, 0xaa, 32);
}

/* The envelope over a text, signed. */
static void wrap(const char *text, const char *pem, struct ev_buffer *out)
{
	struct co_key *key = sample_key(pem);
	struct ev_error err = { 0 };

	assert_int_equal(co_sign_statement(key, ev_span_str(text), out, &err),
			 EV_OK);
	co_key_free(key);
}

static void a_statement_says_what_the_build_said(void **state)
{
	struct ev_error err = { 0 };
	uint8_t sha256[32];
	char *text = NULL;
	size_t n = 0;

	(void)state;
	aa(sha256);
	assert_int_equal(au_provenance_statement(ev_span_str(build), name,
						 sha256, &text, &n, &err),
			 EV_OK);
	assert_string_equal(text, statement);
	assert_int_equal(n, sizeof(statement) - 1);
	free(text);
}

static void an_envelope_is_read(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct co_key *key = sample_key(sample_p256);
	struct au_provenance p = { 0 };
	struct ev_error err = { 0 };
	uint8_t sha256[32];

	(void)state;
	aa(sha256);
	wrap(statement, sample_p256, &b);
	assert_int_equal(au_provenance_parse(ev_buffer_span(&b), &p, &err),
			 EV_OK);
	assert_true(ev_span_eq(
		p.builder_id,
		EV_SPAN_LITERAL("https://example.org/builders/simulated")));
	assert_true(
		ev_span_eq(p.build_type,
			   EV_SPAN_LITERAL("https://example.org/rebuild/1")));
	assert_int_equal(p.n_dependencies, 2);
	assert_int_equal(p.envelope.n_signatures, 1);
	assert_true(ev_span_eq(p.envelope.signature[0].keyid,
			       ev_span_str(co_key_id(key))));
	assert_int_equal(ev_dsse_signed_by(sample_crypto(), &p.envelope,
					   co_key_spki(key), NULL),
			 EV_VERIFIED_YES);
	assert_true(au_provenance_is_of(&p, sha256));
	sha256[31] ^= 1;
	assert_false(au_provenance_is_of(&p, sha256));
	au_provenance_free(&p);
	co_key_free(key);
}

/* The text with the first `from` replaced; owned by the caller. */
static char *changed(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out = NULL;

	assert_non_null(at);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
			     at + strlen(from)) > 0);
	return out;
}

struct refusal {
	const char *from, *to;
	enum ev_code code;
	const char *field;
};

#define DEFINITION   "predicate.buildDefinition"
#define DETAILS	     "predicate.runDetails"
#define DEPENDENCIES DEFINITION ".resolvedDependencies"
#define SUBJECT_A64  "\"subject\":[{\"digest\":{\"sha256\":\"" SAMPLE_A64

static const struct refusal in_predicate[] = {
	{ "\"buildDefinition\":{", "\"definition\":{", EV_MISSING, DEFINITION },
	{ "\"buildDefinition\":{", "\"buildDefinition\":7,\"x\":{", EV_SYNTAX,
	  DEFINITION },
	{ "\"buildType\":", "\"type\":", EV_MISSING, DEFINITION ".buildType" },
	{ "\"https://example.org/rebuild/1\"", "7", EV_SYNTAX,
	  DEFINITION ".buildType" },
	{ "https://example.org/rebuild/1", "rebuild", EV_VALUE,
	  DEFINITION ".buildType" },
	{ "https://example.org/rebuild/1", "https://two words", EV_VALUE,
	  DEFINITION ".buildType" },
	{ "https://example.org/rebuild/1", "1https://example.org", EV_VALUE,
	  DEFINITION ".buildType" },
	{ "https://example.org/rebuild/1", "https:", EV_VALUE,
	  DEFINITION ".buildType" },
	{ "\"externalParameters\":{", "\"parameters\":{", EV_MISSING,
	  DEFINITION ".externalParameters" },
	{ "{\"recipe\":\"build.txt\"}", "[]", EV_SYNTAX,
	  DEFINITION ".externalParameters" },
	{ SAMPLE_DEPENDENCIES, "\"resolvedDependencies\":{}", EV_SYNTAX,
	  DEPENDENCIES },
	{ SAMPLE_DEPENDENCIES, "\"resolvedDependencies\":[7]", EV_SYNTAX,
	  DEPENDENCIES },
	{ "\"uri\":\"pkg", "\"name\":\"pkg", EV_MISSING, DEPENDENCIES },
	{ "\"digest\":{\"sha256\":\"" SAMPLE_A64 "\"},\"name\":\"gcc\"",
	  "\"digest\":[]", EV_SYNTAX, DEPENDENCIES ".digest" },
	{ "\"digest\":{\"sha256\":\"" SAMPLE_A64 "\"},\"name\":\"gcc\"",
	  "\"digest\":{\"sha256\":\"\"}", EV_SYNTAX, DEPENDENCIES ".digest" },
	{ "\"runDetails\":{", "\"details\":{", EV_MISSING, DETAILS },
	{ "\"builder\":{", "\"builders\":{", EV_MISSING, DETAILS ".builder" },
	{ "\"builder\":{\"id\":", "\"builder\":{\"name\":", EV_MISSING,
	  DETAILS ".builder.id" },
	{ "https://example.org/builders/simulated", "me", EV_VALUE,
	  DETAILS ".builder.id" },
	{ "\"metadata\":{", "\"metadata\":\"\",\"x\":{", EV_SYNTAX,
	  DETAILS ".metadata" },
};

static const struct refusal in_statement[] = {
	{ "Statement/v1", "Statement/v0.1", EV_VALUE, "_type" },
	{ "\"_type\":", "\"type\":", EV_MISSING, "_type" },
	{ "provenance/v1", "provenance/v0.2", EV_VALUE, "predicateType" },
	{ "\"predicate\":{", "\"predicates\":{", EV_MISSING, "predicate" },
	{ "\"subject\":[", "\"subjects\":[", EV_MISSING, "subject" },
	{ "\"subject\":[", "\"subject\":7,\"x\":[", EV_SYNTAX, "subject" },
	{ "\"subject\":[", "\"subject\":[],\"x\":[", EV_MISSING, "subject" },
	{ "\"subject\":[", "\"subject\":[7,", EV_SYNTAX, "subject" },
	{ "\"subject\":[{\"digest\":", "\"subject\":[{\"digests\":", EV_MISSING,
	  "subject.digest" },
	{ SUBJECT_A64, "\"subject\":[{\"digest\":{\"sha256\":\"", EV_SYNTAX,
	  "subject.digest" },
	{ SUBJECT_A64, SUBJECT_A64 "a", EV_VALUE, "subject.digest.sha256" },
	{ SUBJECT_A64,
	  "\"subject\":[{\"digest\":{\"sha256\":\"A" SAMPLE_A16 SAMPLE_A16
		  SAMPLE_A16 "aaaaaaaaaaaaaaa",
	  EV_VALUE, "subject.digest.sha256" },
};

static enum ev_code parse_text(const char *text, struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct au_provenance p = { 0 };

	wrap(text, sample_ed25519, &b);
	if (au_provenance_parse(ev_buffer_span(&b), &p, err) == EV_OK)
		au_provenance_free(&p);
	assert_null(p.statement);
	return err->code;
}

static enum ev_code compose(struct ev_span text, struct ev_error *err)
{
	uint8_t sha256[32];
	char *out = NULL;
	size_t n = 0;

	aa(sha256);
	au_provenance_statement(text, name, sha256, &out, &n, err);
	assert_true((out == NULL) == (err->code != EV_OK));
	free(out);
	return err->code;
}

static void refused(const struct refusal *r, const char *from,
		    enum ev_code (*judge)(const char *, struct ev_error *))
{
	struct ev_error err = { 0 };
	char *text = changed(from, r->from, r->to);

	if (judge(text, &err) != r->code || strcmp(err.field, r->field) != 0) {
		char line[400];

		ev_error_format(&err, line, sizeof(line));
		fail_msg("%s: %s", r->to, line);
	}
	free(text);
}

static enum ev_code compose_text(const char *text, struct ev_error *err)
{
	return compose(ev_span_str(text), err);
}

static void every_rule_has_its_named_refusal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(in_predicate) / sizeof(*in_predicate);
	     i++) {
		refused(&in_predicate[i], statement, parse_text);
		refused(&in_predicate[i], build, compose_text);
	}
	for (size_t i = 0; i < sizeof(in_statement) / sizeof(*in_statement);
	     i++)
		refused(&in_statement[i], statement, parse_text);
}

static void what_may_lack_may_lack(void **state)
{
	static const char *const from[] = { "," SAMPLE_DEPENDENCIES,
					    ",\"metadata\":{\"startedOn\":"
					    "\"2026-01-01T00:00:00Z\"}" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ev_error err = { 0 };
		char *text = changed(statement, from[i], "");

		assert_int_equal(parse_text(text, &err), EV_OK);
		free(text);
	}
}

/* An artifact may be the second of several. */
static void one_of_several_subjects_is_enough(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	char *text = changed(statement, "\"subject\":[",
			     "\"subject\":[{\"digest\":{\"sha512\":\"00\"}},");
	struct au_provenance p = { 0 };
	struct ev_error err = { 0 };
	uint8_t sha256[32];

	(void)state;
	aa(sha256);
	wrap(text, sample_ed25519, &b);
	assert_int_equal(au_provenance_parse(ev_buffer_span(&b), &p, &err),
			 EV_OK);
	assert_true(au_provenance_is_of(&p, sha256));
	au_provenance_free(&p);
	free(text);
}

static void what_is_no_build_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum ev_code code;
		const char *field;
	} cases[] = {
		{ "[]", EV_SYNTAX, "document" },
		{ "{}", EV_MISSING, "predicate" },
		{ "{\"predicate\":[]}", EV_SYNTAX, "predicate" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ev_error err = { 0 };

		assert_int_equal(compose(ev_span_str(cases[i].text), &err),
				 cases[i].code);
		assert_string_equal(err.field, cases[i].field);
	}
}

/* What canonical JSON has no place for is named, not changed. */
static void what_cannot_be_written_is_refused(void **state)
{
	static const char *const to[] = { "null", "1.5", "\"a\\nb\"",
					  "9007199254740993" };

	(void)state;
	for (size_t i = 0; i < sizeof(to) / sizeof(*to); i++) {
		char *text = changed(build, "\"build.txt\"", to[i]);
		struct ev_error err = { 0 };

		assert_int_not_equal(compose(ev_span_str(text), &err), EV_OK);
		assert_int_not_equal(err.code, EV_TROUBLE);
		free(text);
	}
}

static void more_than_the_limit_is_refused(void **state)
{
	char *big = malloc(AU_PROVENANCE_MAX + 1);
	struct au_provenance p = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_non_null(big);
	memset(big, ' ', AU_PROVENANCE_MAX + 1);
	assert_int_equal(
		au_provenance_parse(ev_span_of(big, AU_PROVENANCE_MAX + 1), &p,
				    &err),
		EV_LIMIT);
	err = (struct ev_error){ 0 };
	assert_int_equal(compose(ev_span_of(big, AU_BUILD_MAX + 1), &err),
			 EV_LIMIT);
	free(big);
}

static void an_envelope_of_another_type_is_refused(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct au_provenance p = { 0 };
	struct ev_error err = { 0 };
	char *text;

	(void)state;
	wrap(statement, sample_ed25519, &b);
	ev_buffer_add_byte(&b, 0);
	text = changed((const char *)b.p, "in-toto+json", "other+json");
	assert_int_equal(au_provenance_parse(ev_span_str(text), &p, &err),
			 EV_VALUE);
	assert_string_equal(err.field, "payloadType");
	free(text);
}

static void changed_bytes_never_crash_and_never_leak(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	uint64_t lcg = 11;
	uint8_t *copy;

	(void)state;
	wrap(statement, sample_ed25519, &b);
	copy = malloc(b.n);
	assert_non_null(copy);
	for (size_t round = 0; round < 5000; round++) {
		struct au_provenance p = { 0 };
		struct ev_error err = { 0 };
		size_t n = round < b.n ? round : b.n;

		memcpy(copy, b.p, b.n);
		copy[lcg_below(&lcg, (uint32_t)b.n)] =
			(uint8_t)lcg_below(&lcg, 256);
		if (au_provenance_parse(ev_span_of(copy, n), &p, &err) == EV_OK)
			au_provenance_free(&p);
	}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_says_what_the_build_said),
		cmocka_unit_test(an_envelope_is_read),
		cmocka_unit_test(every_rule_has_its_named_refusal),
		cmocka_unit_test(what_may_lack_may_lack),
		cmocka_unit_test(one_of_several_subjects_is_enough),
		cmocka_unit_test(what_is_no_build_is_refused),
		cmocka_unit_test(what_cannot_be_written_is_refused),
		cmocka_unit_test(more_than_the_limit_is_refused),
		cmocka_unit_test(an_envelope_of_another_type_is_refused),
		cmocka_unit_test(changed_bytes_never_crash_and_never_leak),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
