/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/rule and image_report: what a rule says of itself. */
#include "audit/image/rule.h"

#include "audit/image_report.h"
#include "tests/image_case.h"

static void candidates_of(const char *name, bool all, struct ev_span *bytes,
			  struct au_image *image, struct au_candidates *list)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_error err = { 0 };

	*bytes = image_sample(name);
	*list = (struct au_candidates){ 0 };
	image_read(*bytes, image);
	for (size_t i = 0; i < image->n; i++)
		assert_int_equal(au_candidates_add(&image->launch[i], all,
						   crypto, list, &err),
				 EV_OK);
}

static void free_all(struct ev_span bytes, struct au_image *image,
		     struct au_candidates *list)
{
	au_candidates_free(list);
	au_image_free(image);
	image_sample_free(bytes);
}

static void expect(const struct au_candidate *c, const char *json,
		   const char *words)
{
	json_t *rule = au_rule_json(c);
	char *text = json_dumps(rule, JSON_SORT_KEYS | JSON_COMPACT);
	char said[200];

	assert_string_equal(text, json);
	au_rule_words(c, said, sizeof(said));
	assert_string_equal(said, words);
	free(text);
	json_decref(rule);
}

static void only_what_is_open_stands_in_a_rule(void **state)
{
	struct au_candidates list;
	struct au_image image;
	struct ev_span bytes;

	(void)state;
	candidates_of("small-1.igvm", true, &bytes, &image, &list);
	assert_int_equal(list.n, 1);
	assert_true(list.item[0].is_default);
	expect(&list.item[0], "{}", "");
	free_all(bytes, &image, &list);
	candidates_of("every-header.igvm", true, &bytes, &image, &list);
	assert_int_equal(list.n, 1 + 4 + 1);
	expect(&list.item[0], "{}", "");
	expect(&list.item[1],
	       "{\"nativeZero\":\"no\",\"parameterInsert\":\"all-pages\"}", "");
	expect(&list.item[4],
	       "{\"nativeZero\":\"yes\",\"parameterInsert\":\"first-page\"}",
	       "pages without data of type ZERO, parameter areas of one page");
	expect(&list.item[5], "{}", "");
	free_all(bytes, &image, &list);
}

static void firmware_leaves_more_open(void **state)
{
	struct au_candidates list;
	struct au_image image;
	struct ev_span bytes;

	(void)state;
	candidates_of("ovmf.fd", true, &bytes, &image, &list);
	assert_int_equal(list.n, 2 + 2 + 12);
	expect(&list.item[0],
	       "{\"pageAug\":\"skipped\",\"pageOrder\":\"single\"}",
	       "single-pass, PAGE.AUG pages left out");
	expect(&list.item[1],
	       "{\"pageAug\":\"skipped\",\"pageOrder\":\"two-pass\"}",
	       "two-pass, PAGE.AUG pages left out");
	expect(&list.item[4],
	       "{\"earlyAccept\":\"no\",\"measured\":\"all\","
	       "\"pageAug\":\"ignored\",\"pageOrder\":\"single\","
	       "\"tdHob\":\"c3-standard-4\"}",
	       "everything measured, TD HOB of c3-standard-4");
	expect(&list.item[15],
	       "{\"earlyAccept\":\"yes\",\"measured\":\"all\","
	       "\"pageAug\":\"ignored\",\"pageOrder\":\"single\","
	       "\"tdHob\":\"c3-standard-176\"}",
	       "everything measured, TD HOB of c3-standard-176, early accept");
	free_all(bytes, &image, &list);
}

static void words_are_cut_to_their_room(void **state)
{
	struct au_candidates list;
	struct au_image image;
	struct ev_span bytes;
	char said[10];

	(void)state;
	candidates_of("ovmf.fd", false, &bytes, &image, &list);
	assert_int_equal(list.n, 2);
	au_rule_words(&list.item[0], said, sizeof(said));
	assert_string_equal(said, "single-pa");
	free_all(bytes, &image, &list);
}

static void a_report_has_each_value_in_both_forms(void **state)
{
	ev_auto_buffer struct ev_buffer json = { 0 }, text = { 0 };
	struct au_candidates list;
	struct au_image image;
	struct ev_span bytes;
	struct ev_error err = { 0 };
	json_t *said = NULL;

	(void)state;
	candidates_of("td-shim.fd", false, &bytes, &image, &list);
	assert_int_equal(list.n, 4);
	assert_true(au_image_report_json(&image, &list, NULL, &json));
	assert_int_equal(ev_json_parse(ev_buffer_span(&json), 1 << 20, "test",
				       &said, &err),
			 EV_OK);
	assert_int_equal(json_array_size(json_object_get(said, "measurements")),
			 4);
	assert_int_equal(json_array_size(json_object_get(said, "notes")),
			 image.n_notes);
	au_image_report_text(&image, &list, NULL, "x\x1b[2J", &text);
	assert_true(ev_buffer_ok(&text));
	ev_buffer_add_byte(&text, 0);
	assert_null(memchr(text.p, 0x1b, text.n));
	assert_non_null(strstr((const char *)text.p, "x\\x1b[2J"));
	for (size_t i = 0; i < list.n; i++) {
		const char *hex = json_string_value(json_object_get(
			json_array_get(json_object_get(said, "measurements"),
				       i),
			"value"));
		char half[49] = { 0 };

		memcpy(half, hex, 48);
		assert_non_null(strstr((const char *)text.p, half));
		assert_non_null(strstr((const char *)text.p, hex + 48));
	}
	json_decref(said);
	free_all(bytes, &image, &list);
}

static void a_refusal_has_no_offset_where_none_is_meant(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	ev_fail(&err, EV_VALUE, "image", "format", EV_NO_BYTE, "a \\x41", "b");
	assert_true(au_image_refused_json(&err, &out));
	assert_true(ev_span_eq(
		ev_buffer_span(&out),
		EV_SPAN_LITERAL("{\"refused\":{\"field\":\"format\",\"got\":\""
				"b\",\"object\":\"image\",\"want\":\"a "
				"\\\\x41\"}}")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_open_stands_in_a_rule),
		cmocka_unit_test(firmware_leaves_more_open),
		cmocka_unit_test(words_are_cut_to_their_room),
		cmocka_unit_test(a_report_has_each_value_in_both_forms),
		cmocka_unit_test(a_refusal_has_no_offset_where_none_is_meant),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
