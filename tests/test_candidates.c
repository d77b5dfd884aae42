/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/candidates: which rules a launch has, and that each is
 * what it is alone. */
#include "audit/image/image.h"
#include "audit/image/measuring.h"
#include "evidence/base/hex.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

/* Expectations of the vectors, by file and name. */
static json_t *expectations(const char *rel)
{
	struct ev_error err = { 0 };
	struct ev_span text;
	json_t *v = NULL;

	assert_true(vectors_read(rel, &text));
	assert_int_equal(ev_json_parse(text, 1 << 20, rel, &v, &err), EV_OK);
	return v;
}

static struct ev_span image_bytes(const char *name)
{
	struct ev_span bytes;

	assert_true(vectors_read(vectors_join("measure", name), &bytes));
	return bytes;
}

static bool has_value(const struct au_candidates *list, const char *platform,
		      const char *hex, bool by_default)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct au_candidate *c = &list->item[i];
		char text[2 * AU_VALUE_MAX + 1];

		ev_hex_encode(ev_span_of(c->value, c->launch->reg->size), text);
		if (strcmp(text, hex) == 0 && c->is_default == by_default &&
		    (platform == NULL ||
		     strcmp(c->launch->platform, platform) == 0))
			return true;
	}
	return false;
}

static void measure(struct ev_span bytes, bool all, struct au_image *image,
		    struct au_candidates *list)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_error err = { 0 };

	assert_int_equal(au_image_read(bytes, crypto, image, &err), EV_OK);
	*list = (struct au_candidates){ 0 };
	for (size_t i = 0; i < image->n; i++)
		assert_int_equal(au_candidates_add(&image->launch[i], all,
						   crypto, list, &err),
				 EV_OK);
}

static void free_all(struct au_image *image, struct au_candidates *list)
{
	au_candidates_free(list);
	au_image_free(image);
}

static void check_image(const char *name, const json_t *want)
{
	const json_t *digests = json_object_get(want, "digests");
	const char *single =
		json_string_value(json_object_get(want, "mrtd_single_pass"));
	const char *two =
		json_string_value(json_object_get(want, "mrtd_two_pass"));
	const char *platform;
	const json_t *value;
	struct au_candidates list;
	struct au_image image;

	measure(image_bytes(name), false, &image, &list);
	json_object_foreach ((json_t *)(uintptr_t)digests, platform, value)
		assert_true(has_value(&list, platform, json_string_value(value),
				      true));
	if (single != NULL)
		assert_true(has_value(&list, "TDX", single, true));
	if (two != NULL)
		assert_true(has_value(&list, "TDX", two, false));
	free_all(&image, &list);
}

static void every_expected_digest_is_computed(void **state)
{
	json_t *all, *want;
	const char *name;

	(void)state;
	vectors_need();
	all = expectations("measure/expected.json");
	json_object_foreach (all, name, want) {
		const char *expect =
			json_string_value(json_object_get(want, "expect"));

		if (strcmp(expect, "ok") == 0 && strstr(name, ".cbor") == NULL)
			check_image(name, want);
	}
	json_decref(all);
}

/* Each candidate hashed from the start, on its own. */
static void what_rules_share_changes_no_value(void **state)
{
	static const char *const names[] = { "tdvf/permmem-aug.fd",
					     "tdvf/cfv-measured.fd",
					     "igvm/diff-base.igvm" };
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();

	(void)state;
	vectors_need();
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		struct au_candidates list;
		struct au_image image;

		measure(image_bytes(names[k]), true, &image, &list);
		assert_true(list.n > 1);
		for (size_t i = 0; i < list.n; i++) {
			const struct au_candidate *c = &list.item[i];
			uint8_t value[AU_VALUE_MAX] = { 0 };
			struct au_measuring m;

			assert_true(au_measuring_begin(c->launch, crypto, &m));
			for (size_t o = 0; o < c->launch->n; o++)
				assert_true(au_measuring_add(
					&m, &c->launch->op[o], &c->rule));
			assert_true(au_measuring_finish(&m, value));
			au_measuring_free(&m);
			assert_memory_equal(value, c->value, sizeof(value));
			for (size_t o = 0; o < i; o++)
				assert_true(list.item[o].launch != c->launch ||
					    memcmp(list.item[o].value, c->value,
						   sizeof(c->value)) != 0);
		}
		free_all(&image, &list);
	}
}

static void a_rule_that_changes_nothing_is_dropped(void **state)
{
	struct au_candidates list;
	struct au_image image;

	(void)state;
	vectors_need();
	measure(image_bytes("igvm/tdx-order-a.igvm"), true, &image, &list);
	assert_int_equal(list.n, 1);
	free_all(&image, &list);
	measure(image_bytes("tdvf/guided.fd"), false, &image, &list);
	assert_int_equal(list.n, 2);
	free_all(&image, &list);
}

static void a_launch_without_a_register_has_no_candidate(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	const struct au_launch launch = { .platform = "NATIVE" };
	struct au_candidates list = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_candidates_add(&launch, true, crypto, &list, &err),
			 EV_OK);
	assert_int_equal(list.n, 0);
	au_candidates_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_expected_digest_is_computed),
		cmocka_unit_test(what_rules_share_changes_no_value),
		cmocka_unit_test(a_rule_that_changes_nothing_is_dropped),
		cmocka_unit_test(a_launch_without_a_register_has_no_candidate),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
