/* SPDX-License-Identifier: Apache-2.0 */
/* The one line on a list of findings. */
#include "audit/contents/finding.h"

#include "tests/contents_sample.h"

static void add(struct au_contents_diff *d, enum au_finding_class found,
		enum au_part_kind kind, unsigned int depth,
		const char *sentence)
{
	struct au_finding_draft draft = { .found = found,
					  .kind = kind,
					  .depth = depth,
					  .where = "BFV",
					  .name = "name",
					  .at = EV_NO_BYTE };
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_error err = { 0 };

	ev_buffer_add_str(&text, sentence);
	assert_int_equal(au_finding_add(d, &draft, &text, &err), EV_OK);
}

static void add_modules(struct au_contents_diff *d, enum au_finding_class found,
			size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(d, found, AU_PART_MODULE, 0, "one");
}

static void says(struct au_contents_diff *d, bool build_path, const char *want)
{
	struct ev_error err = { 0 };

	assert_int_equal(au_first_screen(d, build_path, &err), EV_OK);
	assert_string_equal(d->sentence, want);
	au_contents_diff_free(d);
}

static void sizes_are_counted(void **state)
{
	struct au_contents_diff d = { 0 };

	(void)state;
	add_modules(&d, AU_FOUND_SIZE, 236);
	says(&d, true,
	     "236 modules differ only in section size; build path length");
	add_modules(&d, AU_FOUND_SIZE, 1);
	says(&d, false, "1 module differs only in section size");
	add_modules(&d, AU_FOUND_SIZE, 2);
	add_modules(&d, AU_FOUND_MOVED, 3);
	says(&d, false,
	     "2 modules differ only in section size, 3 more only in the "
	     "address which that moves");
	add_modules(&d, AU_FOUND_MOVED, 1);
	says(&d, false, "1 module differs only in the address");
	add_modules(&d, AU_FOUND_SIZE, 1);
	add(&d, AU_FOUND_SIZE, AU_PART_FILE, 0, "a file");
	says(&d, false, "2 parts differ only in section size");
}

static void three_sentences_are_enough(void **state)
{
	struct au_contents_diff d = { 0 };

	(void)state;
	add(&d, AU_FOUND_CHANGED, AU_PART_MODULE, 0, "first");
	add(&d, AU_FOUND_CHANGED, AU_PART_SECTION, 1, "more of the first");
	add(&d, AU_FOUND_CHANGED, AU_PART_MODULE, 0, "second");
	add(&d, AU_FOUND_CHANGED, AU_PART_MODULE, 0, "third");
	add(&d, AU_FOUND_CHANGED, AU_PART_MODULE, 0, "fourth");
	add(&d, AU_FOUND_CHANGED, AU_PART_MODULE, 0, "fifth");
	says(&d, false, "first; second; third; 2 more differ");
}

static void what_is_graver_comes_first(void **state)
{
	struct au_contents_diff d = { 0 };

	(void)state;
	add_modules(&d, AU_FOUND_SIZE, 2);
	add(&d, AU_FOUND_PACKED, AU_PART_STREAM, 0, "packed");
	add(&d, AU_FOUND_ONLY_B, AU_PART_FILE, 0, "only b");
	add(&d, AU_FOUND_ONLY_A, AU_PART_FILE, 0, "only a");
	add(&d, AU_FOUND_UNREAD, AU_PART_FILE, 0, "unread");
	add(&d, AU_FOUND_CHANGED, AU_PART_FILE, 0, "changed");
	add(&d, AU_FOUND_AT_ODDS, AU_PART_HASH_PAGE, 0, "at odds");
	says(&d, false,
	     "at odds; changed; unread; only a; only b; 2 modules differ only "
	     "in section size; packed");
}

static void nothing_found_is_said_as_it_is(void **state)
{
	struct au_contents_diff d = { .equal = true };

	(void)state;
	says(&d, false, "no difference");
	d.equal = false;
	says(&d, false, "the same contents, placed or measured otherwise");
}

static void a_subject_has_kind_name_and_guid(void **state)
{
	struct au_part part = { .kind = AU_PART_MODULE,
				.name = strdup("Shell") };
	ev_auto_buffer struct ev_buffer text = { 0 };

	(void)state;
	strcpy(part.guid, "x-y");
	au_finding_subject(&part, &text);
	part.name[0] = '\0';
	ev_buffer_add_byte(&text, '|');
	au_finding_subject(&part, &text);
	assert_true(ev_span_eq(ev_buffer_span(&text),
			       EV_SPAN_LITERAL("module Shell (x-y)|module "
					       "x-y")));
	au_part_free(&part);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_counted),
		cmocka_unit_test(three_sentences_are_enough),
		cmocka_unit_test(what_is_graver_comes_first),
		cmocka_unit_test(nothing_found_is_said_as_it_is),
		cmocka_unit_test(a_subject_has_kind_name_and_guid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
