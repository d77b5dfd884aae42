/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/image: every image of the vectors, read or refused. */
#include "audit/image/image.h"
#include "tests/image_case.h"
#include "tests/vectors.h"

static void read_folder(const char *folder)
{
	const char *const *names;
	size_t n;

	if (!vectors_list(folder, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *dot = strrchr(names[i], '.');
		struct ev_error err = { 0 };
		struct ev_span bytes;
		char line[400];
		bool bad = strncmp(names[i], "bad-", 4) == 0;

		if (dot == NULL || strcmp(dot, ".cbor") == 0)
			continue;
		assert_true(
			vectors_read(vectors_join(folder, names[i]), &bytes));
		image_parse(bytes, &err);
		ev_error_format(&err, line, sizeof(line));
		if (bad)
			printf("# %s: %s\n", names[i], line);
		if (bad != (err.code != EV_OK) || err.code == EV_TROUBLE)
			fail_msg("%s: %s", names[i], line);
	}
}

static void bad_images_alone_are_refused(void **state)
{
	(void)state;
	vectors_need();
	read_folder("measure/igvm");
	read_folder("measure/tdvf");
}

static void changed_images_are_survived(void **state)
{
	static const char *const names[] = {
		"measure/igvm/diff-base.igvm",
		"measure/tdvf/guided.fd",
		"measure/tdvf/permmem-aug.fd",
	};
	struct ev_span bytes;

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(vectors_read(names[i], &bytes));
		parse_mutations(image_parse, bytes, 200);
	}
}

static void what_has_no_mark_is_no_image(void **state)
{
	static const uint8_t zeros[4096];
	struct ev_error err = { 0 };

	(void)state;
	image_parse(EV_SPAN(zeros), &err);
	parse_expect(&err, EV_VALUE, "image", "format");
	err = (struct ev_error){ 0 };
	image_parse(EV_SPAN_LITERAL("MZ"), &err);
	parse_expect(&err, EV_TRUNCATED, "PE header", "DOS header");
	err = (struct ev_error){ 0 };
	image_parse(EV_SPAN_LITERAL("IGVM"), &err);
	parse_expect(&err, EV_TRUNCATED, "igvm header", "format_version");
	err = (struct ev_error){ 0 };
	image_parse((struct ev_span){ NULL, 0 }, &err);
	parse_expect(&err, EV_TRUNCATED, "image", "format");
}

static void platforms_are_found_by_register(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_error err = { 0 };
	struct au_image image;
	struct ev_span bytes;

	(void)state;
	vectors_need();
	assert_true(vectors_read("measure/igvm/diff-base.igvm", &bytes));
	assert_int_equal(au_image_read(bytes, crypto, &image, &err), EV_OK);
	assert_int_equal(image.format, AU_IGVM);
	assert_int_equal(image.n, 2);
	assert_ptr_equal(au_image_launch(&image, AU_TDX), &image.launch[0]);
	assert_ptr_equal(au_image_launch(&image, AU_SNP), &image.launch[1]);
	assert_null(au_image_launch(&image, AU_VBS));
	au_image_free(&image);
	assert_int_equal(image.n, 0);
}

static void notes_beyond_the_limit_are_counted(void **state)
{
	struct au_image image = { 0 };

	(void)state;
	for (int i = 0; i < AU_IMAGE_NOTES_MAX + 3; i++)
		au_image_note(&image, "note %d", i);
	assert_int_equal(image.n_notes, AU_IMAGE_NOTES_MAX + 3);
	assert_string_equal(image.note[AU_IMAGE_NOTES_MAX - 1], "note 15");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_images_alone_are_refused),
		cmocka_unit_test(changed_images_are_survived),
		cmocka_unit_test(what_has_no_mark_is_no_image),
		cmocka_unit_test(platforms_are_found_by_register),
		cmocka_unit_test(notes_beyond_the_limit_are_counted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
