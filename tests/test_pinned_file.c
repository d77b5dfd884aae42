/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes and provenance, out of files that the test holds. */
#include "audit/references/pinned_file.h"

#include "evidence/base/hex.h"
#include "tests/provenance_sample.h"
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>

#define MANIFEST   "references/openhcl/1.7.json"
#define RECIPE	   "recipes/openhcl/1.7/build.txt"
#define PROVENANCE "provenance/openhcl/1.7.dsse.json"

/* Two files and what becomes of reading them. */
struct shelf {
	const char *recipe;
	struct ev_span envelope;
	enum au_found recipe_is, envelope_is;
};

static enum ev_code read_shelf(void *state, const char *path, size_t max,
			       enum au_found *found, struct ev_buffer *out,
			       struct ev_error *err)
{
	const struct shelf *s = state;
	bool recipe = strcmp(path, RECIPE) == 0;
	struct ev_span text = recipe ? ev_span_str(s->recipe) : s->envelope;

	(void)err;
	if (!recipe)
		assert_string_equal(path, PROVENANCE);
	*found = recipe ? s->recipe_is : s->envelope_is;
	assert_true(text.n <= max);
	if (*found == AU_FOUND_FILE)
		ev_buffer_add(out, text);
	return EV_OK;
}

static void hex_of(struct ev_span bytes, char out[65])
{
	uint8_t sha256[32];

	assert_true(ev_digest(sample_crypto(), EV_SHA256, bytes, sha256));
	ev_hex_encode(EV_SPAN(sha256), out);
}

/* The sample with a true digest of the recipe and with provenance, if any. */
static void read_references(const struct shelf *s, struct au_references *refs)
{
	static const char sample[] = SAMPLE;
	const char *product = strstr(sample, "\"product\"");
	const char *pin = strstr(sample, RECIPE "\",\"sha256\":\"");
	char recipe[65], envelope[65], provenance[200] = "";
	struct ev_error err = { 0 };
	char *text = NULL;

	pin += strlen(RECIPE "\",\"sha256\":\"");
	hex_of(ev_span_str(s->recipe), recipe);
	hex_of(s->envelope, envelope);
	if (s->envelope.n > 0)
		snprintf(provenance, sizeof(provenance),
			 "\"provenance\":{\"path\":\"" PROVENANCE
			 "\",\"sha256\":\"%s\"},",
			 envelope);
	product = strchr(product, ',') + 1;
	assert_true(asprintf(&text, "%.*s%s%.*s%s%s", (int)(product - sample),
			     sample, provenance, (int)(pin - product), product,
			     recipe, pin + 64) > 0);
	assert_int_equal(au_references_add(refs, sample_crypto(), MANIFEST,
					   ev_span_str(text), &err),
			 EV_OK);
	assert_int_equal(refs->n, 1);
	free(text);
}

static void wrap(const char *text, struct ev_buffer *out)
{
	struct co_key *key = sample_key(sample_ed25519);
	struct ev_error err = { 0 };

	assert_int_equal(co_sign_statement(key, ev_span_str(text), out, &err),
			 EV_OK);
	co_key_free(key);
}

/* How the files are checked: as pinned, or as they are by then. */
static void expect(const struct shelf *pinned, const struct shelf *found,
		   const char *pem, const char *path, const char *field)
{
	const struct au_files files = { read_shelf, (void *)(uintptr_t)found };
	struct co_key *key = pem != NULL ? sample_key(pem) : NULL;
	const struct ev_span spki =
		key != NULL ? co_key_spki(key) : ev_span_of(NULL, 0);
	const struct au_builder_keys keys = { &spki, key != NULL };
	struct au_references refs = { 0 };
	struct ev_error err = { 0 };

	read_references(pinned, &refs);
	assert_int_equal(au_pinned_files_check(&refs, sample_crypto(), &files,
					       &keys, &err),
			 EV_OK);
	assert_int_equal(refs.n_faults, field != NULL);
	if (field != NULL && (strcmp(refs.fault[0].error.field, field) != 0 ||
			      strcmp(refs.fault[0].path, path) != 0))
		fail_msg("%s: %s", refs.fault[0].path,
			 refs.fault[0].error.field);
	au_references_free(&refs);
	co_key_free(key);
}

static void files_as_they_were_named_are_no_fault(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct shelf s = { .recipe = "make" };

	(void)state;
	expect(&s, &s, NULL, NULL, NULL);
	wrap(SAMPLE_STATEMENT, &b);
	s.envelope = ev_buffer_span(&b);
	expect(&s, &s, NULL, NULL, NULL);
	expect(&s, &s, sample_ed25519, NULL, NULL);
}

static void a_recipe_is_compared_with_its_digest(void **state)
{
	const struct shelf s = { .recipe = "make" };
	const struct shelf other = { .recipe = "make it" };

	(void)state;
	expect(&s, &other, NULL, MANIFEST, "recipe.sha256");
	for (int f = AU_FOUND_NOTHING; f <= AU_FOUND_MORE; f++) {
		const struct shelf without = { .recipe = "make",
					       .recipe_is = (enum au_found)f };

		expect(&s, &without, NULL, MANIFEST, "recipe.path");
	}
}

static void a_provenance_is_compared_with_its_digest(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct shelf s = { .recipe = "make" }, found;

	(void)state;
	wrap(SAMPLE_STATEMENT, &b);
	s.envelope = ev_buffer_span(&b);
	found = s;
	found.envelope.n--;
	expect(&s, &found, NULL, MANIFEST, "provenance.sha256");
	for (int f = AU_FOUND_NOTHING; f <= AU_FOUND_MORE; f++) {
		found = s;
		found.envelope_is = (enum au_found)f;
		expect(&s, &found, NULL, MANIFEST, "provenance.path");
	}
}

/* Without a key nobody asks; with one, absence is no signature. */
static void a_key_wants_a_signature_of_its_own(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct shelf s = { .recipe = "make" };

	(void)state;
	expect(&s, &s, sample_ed25519, MANIFEST, "provenance");
	wrap(SAMPLE_STATEMENT, &b);
	s.envelope = ev_buffer_span(&b);
	expect(&s, &s, sample_p256, PROVENANCE, "signatures");
}

static void what_it_says_is_refused_in_its_own_file(void **state)
{
	static const struct {
		const char *text, *field;
	} cases[] = {
		{ "{}", "_type" },
		{ "{\"_type\":\"https://in-toto.io/Statement/v1\","
		  "\"predicate\":" SAMPLE_PREDICATE
		  ",\"predicateType\":\"https://slsa.dev/provenance/v1\","
		  "\"subject\":[{\"digest\":{\"sha256\":\"" SAMPLE_B16
			  SAMPLE_B16 SAMPLE_B16 SAMPLE_B16
		  "\"},\"name\":\"openhcl.bin\"}]}",
		  "subject.digest.sha256" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ev_auto_buffer struct ev_buffer b = { 0 };
		struct shelf s = { .recipe = "make" };

		wrap(cases[i].text, &b);
		s.envelope = ev_buffer_span(&b);
		expect(&s, &s, sample_ed25519, PROVENANCE, cases[i].field);
	}
}

static void the_provenance_of_one_reference_is_given(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct shelf s = { .recipe = "make" };
	const struct au_files files = { read_shelf, &s };
	const struct au_builder_keys nobody = { 0 };
	struct au_references refs = { 0 };
	struct au_provenance p = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	wrap(SAMPLE_STATEMENT, &b);
	s.envelope = ev_buffer_span(&b);
	read_references(&s, &refs);
	assert_int_equal(au_pinned_provenance(&refs.listed[0].reference,
					      sample_crypto(), &files, &nobody,
					      &p, &err),
			 EV_OK);
	assert_int_equal(p.n_dependencies, 2);
	au_provenance_free(&p);
	s.envelope_is = AU_FOUND_NOTHING;
	assert_int_equal(au_pinned_provenance(&refs.listed[0].reference,
					      sample_crypto(), &files, &nobody,
					      &p, &err),
			 EV_MISSING);
	assert_string_equal(err.field, "provenance.path");
	au_references_free(&refs);
}

/* Zeros as large as a recipe may be. */
static enum ev_code read_large(void *state, const char *path, size_t max,
			       enum au_found *found, struct ev_buffer *out,
			       struct ev_error *err)
{
	uint8_t *p = ev_buffer_extend(out, max);

	(void)path;
	(void)err;
	assert_non_null(p);
	memset(p, 0, max);
	*found = AU_FOUND_FILE;
	++*(size_t *)state;
	return EV_OK;
}

/* One file that many manifests name costs what many files cost. */
static void all_files_together_have_a_limit(void **state)
{
	const size_t enough = (size_t)(AU_PINNED_BYTES_MAX / AU_RECIPE_MAX);
	const struct au_builder_keys nobody = { 0 };
	struct au_listed *listed = calloc(enough + 1, sizeof(*listed));
	struct au_references one = { 0 }, refs = { .listed = listed };
	struct ev_error err = { 0 };
	size_t n_read = 0;
	const struct au_files files = { read_large, &n_read };

	(void)state;
	assert_non_null(listed);
	read_references(&(const struct shelf){ .recipe = "make" }, &one);
	for (refs.n = 0; refs.n <= enough; refs.n++)
		listed[refs.n] = one.listed[0];
	assert_int_equal(au_pinned_files_check(&refs, sample_crypto(), &files,
					       &nobody, &err),
			 EV_LIMIT);
	assert_int_equal(n_read, enough + 1);
	assert_string_equal(err.field, "recipes and provenance");
	for (size_t i = 0; i < refs.n_faults; i++)
		free(refs.fault[i].path);
	free(refs.fault);
	free(listed);
	au_references_free(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_as_they_were_named_are_no_fault),
		cmocka_unit_test(a_recipe_is_compared_with_its_digest),
		cmocka_unit_test(a_provenance_is_compared_with_its_digest),
		cmocka_unit_test(a_key_wants_a_signature_of_its_own),
		cmocka_unit_test(what_it_says_is_refused_in_its_own_file),
		cmocka_unit_test(all_files_together_have_a_limit),
		cmocka_unit_test(the_provenance_of_one_reference_is_given),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
