/* SPDX-License-Identifier: Apache-2.0 */
/* Two images: the vectors, and images by hand with what OpenHCL has. */
#include "audit/diff/diff_summary.h"
#include "audit/diff/image_diff_json.h"
#include "audit/image/rule.h"
#include "evidence/base/digest.h"
#include "evidence/base/json.h"
#include "tests/launch_sample.h"
#include "tests/vectors.h"

#include <stdio.h>

#define PAGES	8
#define KERNEL	2 /* the page that is shared */
#define COMMAND 4
#define HASHES	7

static struct ev_crypto *crypto;
static uint8_t bytes[2][PAGES][AU_PAGE];
static struct au_operation op[2][PAGES];
static struct au_launch launch[2];
static struct au_image image[2];
static struct au_image_diff diff;
static json_t *document;

/* The digest of the shared page, and the region that it is (measurement page,
 * section 4). */
static void put_hash_page(size_t side)
{
	uint8_t *page = bytes[side][HASHES];
	uint64_t first = SAMPLE_GPA / AU_PAGE + KERNEL;

	memset(page, 0, AU_PAGE);
	assert_true(ev_digest(crypto, EV_SHA384, EV_SPAN(bytes[side][KERNEL]),
			      page));
	for (size_t i = 0; i < 8; i++)
		page[48 + i] = (uint8_t)(first >> 8 * i);
	page[56] = 1;
}

static void put_command_line(size_t side, const char *text)
{
	uint8_t *page = bytes[side][COMMAND];
	size_t n = strlen(text);

	memset(page, 0, AU_PAGE);
	page[2] = (uint8_t)n;
	memcpy(page + 4, text, n);
}

static void put_kernel(size_t side)
{
	static const char banner[] = "Linux version 6.18.37 (x@y) #1\n";

	memset(bytes[side][KERNEL], 0x90, AU_PAGE);
	memcpy(bytes[side][KERNEL] + 64, banner, sizeof(banner) - 1);
}

static int fill(void **state)
{
	(void)state;
	for (size_t side = 0; side < 2; side++) {
		for (size_t i = 0; i < PAGES; i++) {
			memset(bytes[side][i], (int)(0x11 * i), AU_PAGE);
			op[side][i] = sample_page(i, EV_SPAN(bytes[side][i]));
		}
		op[side][KERNEL].shared = true;
		put_kernel(side);
		put_command_line(side, "OPENHCL_CONFIDENTIAL=1 quiet");
		put_hash_page(side);
	}
	return 0;
}

static int drop(void **state)
{
	(void)state;
	json_decref(document);
	document = NULL;
	au_image_diff_free(&diff);
	for (size_t side = 0; side < 2; side++)
		au_launch_free(&launch[side]);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	json_object_seed(1);
	crypto = ev_crypto_new();
	return crypto != NULL ? 0 : -1;
}

static int let_go(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

static void compare_images(void)
{
	const struct au_image_side a = { "a", &image[0], { NULL, 0 } };
	const struct au_image_side b = { "b", &image[1], { NULL, 0 } };
	struct ev_error err = { 0 };
	char *text = NULL;
	size_t n = 0;

	assert_int_equal(EV_OK, au_image_diff(&a, &b, crypto, &diff, &err));
	assert_int_equal(EV_OK,
			 au_image_diff_json(&diff, true, &text, &n, &err));
	assert_int_equal(EV_OK, ev_json_parse(ev_span_of(text, n), n,
					      "differences", &document, &err));
	assert_int_equal(EV_OK,
			 ev_json_check_canonical(ev_span_of(text, n), document,
						 "differences", &err));
	free(text);
}

static void compare(enum au_platform platform)
{
	for (size_t side = 0; side < 2; side++) {
		launch[side] = sample_launch(platform, op[side], PAGES);
		image[side] =
			(struct au_image){ .launch = &launch[side], .n = 1 };
		image[side].sha256[0] = (uint8_t)side;
	}
	compare_images();
}

static const json_t *differences(void)
{
	return json_object_get(document, "differences");
}

static const char *text_of(size_t i, const char *name)
{
	return json_string_value(
		json_object_get(json_array_get(differences(), i), name));
}

static bool is_measured(size_t i)
{
	return json_is_true(
		json_object_get(json_array_get(differences(), i), "measured"));
}

static const char *summary(void)
{
	return json_string_value(json_object_get(document, "summary"));
}

static void contains(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("'%s' is not in '%s'", part, text);
}

/* A pair of vectors, read for real. */
static void compare_vectors(const char *a, const char *b)
{
	const char *const names[] = { a, b };
	struct ev_error err = { 0 };

	for (size_t i = 0; i < 2; i++) {
		struct ev_span file;

		vectors_need();
		assert_true(vectors_read(names[i], &file));
		assert_int_equal(EV_OK,
				 au_image_read(file, crypto, &image[i], &err));
	}
	compare_images();
}

static void free_images(void)
{
	au_image_free(&image[0]);
	au_image_free(&image[1]);
}

static void one_byte_of_a_measured_and_of_a_shared_page(void **state)
{
	const json_t *bytes_of;

	(void)state;
	vectors_need();
	compare_vectors("measure/igvm/diff-base.igvm",
			"measure/igvm/diff-mutated.igvm");
	assert_string_equal(
		"1 measured page differs: 0x800d000, chunk 0x800d300, byte "
		"0x345; 1 shared page 0x8014000 differs too, which no digest "
		"covers",
		summary());
	assert_int_equal(2, json_array_size(differences()));
	assert_true(is_measured(0));
	assert_string_equal("data", text_of(0, "class"));
	assert_string_equal("0x800d000", text_of(0, "gpa"));
	assert_string_equal("0x800d300", text_of(0, "chunk"));
	bytes_of = json_object_get(json_array_get(differences(), 0), "bytes");
	assert_int_equal(1, json_array_size(bytes_of));
	bytes_of = json_array_get(bytes_of, 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
			0x345, json_integer_value(json_array_get(bytes_of, i)));
	assert_false(is_measured(1));
	assert_string_equal("0x8014000", text_of(1, "gpa"));
	assert_true(json_is_false(json_object_get(
		json_object_get(document, "measurementEqual"), "tdx")));
	free_images();
}

static void one_bit_of_a_firmware_volume(void **state)
{
	(void)state;
	vectors_need();
	compare_vectors("measure/tdvf/guided.fd",
			"measure/tdvf/guided-bitflip.fd");
	assert_int_equal(1, json_array_size(differences()));
	assert_string_equal("0xffff5000", text_of(0, "gpa"));
	assert_string_equal("0xffff5100", text_of(0, "chunk"));
	assert_string_equal("BFV", text_of(0, "component"));
	assert_true(is_measured(0));
	free_images();
}

static void one_bit_of_the_variable_store(void **state)
{
	(void)state;
	vectors_need();
	compare_vectors("measure/tdvf/guided.fd",
			"measure/tdvf/guided-cfvflip.fd");
	assert_false(diff.equal);
	assert_true(diff.platform[0].equal);
	assert_int_equal(1, json_array_size(differences()));
	assert_false(is_measured(0));
	contains(summary(), "nothing that is measured differs");
	free_images();
}

static void the_order_alone_of_two_vectors(void **state)
{
	(void)state;
	vectors_need();
	compare_vectors("measure/igvm/tdx-order-a.igvm",
			"measure/igvm/tdx-order-b.igvm");
	assert_int_equal(5, json_array_size(differences()));
	for (size_t i = 0; i < 5; i++)
		assert_string_equal("order", text_of(i, "class"));
	contains(summary(), "the order alone differs");
	free_images();
}

/* The vectors' launches are measured here and by the rules; both agree. */
static void values_are_those_of_the_default_rule(void **state)
{
	(void)state;
	vectors_need();
	compare_vectors("measure/igvm/diff-base.igvm",
			"measure/tdvf/permmem-aug.fd");
	for (size_t i = 0; i < diff.n_platforms; i++) {
		const struct au_platform_diff *p = &diff.platform[i];
		struct au_candidates list = { NULL, 0 };
		struct ev_error err = { 0 };

		assert_int_equal(EV_OK, au_candidates_add(p->a, false, crypto,
							  &list, &err));
		assert_memory_equal(list.item[0].value, p->value_a,
				    p->reg->size);
		au_candidates_free(&list);
		if (p->b == NULL)
			continue;
		assert_int_equal(EV_OK, au_candidates_add(p->b, false, crypto,
							  &list, &err));
		assert_memory_equal(list.item[0].value, p->value_b,
				    p->reg->size);
		au_candidates_free(&list);
	}
	/* TDX of both, SNP of one. */
	assert_int_equal(2, diff.n_platforms);
	contains(summary(), "snp: A alone is for this platform");
	free_images();
}

static void equal_images(void **state)
{
	(void)state;
	compare(AU_TDX);
	assert_true(diff.equal);
	assert_int_equal(0, json_array_size(differences()));
	assert_string_equal(
		"both images load the same, though the files differ",
		summary());
}

static void a_changed_kernel_that_is_not_measured_is_named(void **state)
{
	(void)state;
	bytes[1][KERNEL][0x777] ^= 1;
	put_hash_page(1);
	compare(AU_TDX);
	assert_int_equal(2, json_array_size(differences()));
	/* The digest sees the page of digests alone. */
	assert_false(is_measured(0));
	contains(text_of(0, "component"), "kernel");
	assert_string_equal("0x8002000", text_of(0, "gpa"));
	assert_true(is_measured(1));
	assert_string_equal("0x8007000", text_of(1, "gpa"));
	contains(summary(), "which the digest covers through its page of "
			    "digests alone");
	assert_int_equal(0, diff.platform[0].contents.count[AU_FOUND_AT_ODDS]);
}

static void a_shared_page_that_the_hash_page_denies(void **state)
{
	(void)state;
	bytes[1][KERNEL][0x777] ^= 1;
	compare(AU_TDX);
	assert_int_equal(1, json_array_size(differences()));
	assert_false(is_measured(0));
	assert_true(diff.platform[0].equal);
	/* Image B does not agree with itself: the first screen says so. */
	assert_true(diff.platform[0].contents.count[AU_FOUND_AT_ODDS] > 0);
	contains(summary(), "image B");
}

static void a_command_line_is_told_word_by_word(void **state)
{
	bool told = false;

	(void)state;
	put_command_line(1, "OPENHCL_CONFIDENTIAL=1 quiet "
			    "OPENHCL_CONFIDENTIAL_DEBUG=1");
	compare(AU_TDX);
	assert_string_equal("0x8004000", text_of(0, "gpa"));
	contains(text_of(0, "component"), "command line");
	for (size_t i = 0; i < diff.platform[0].contents.n; i++)
		told = told ||
		       strstr(diff.platform[0].contents.item[i].sentence,
			      "OPENHCL_CONFIDENTIAL_DEBUG=1") != NULL;
	assert_true(told);
}

static void neighbours_are_one_run_and_many_differences(void **state)
{
	const json_t *runs;

	(void)state;
	for (size_t i = 5; i < 7; i++) {
		bytes[1][i][0] ^= 1;
		bytes[1][i][0x200] ^= 1;
	}
	compare(AU_TDX);
	assert_int_equal(4, json_array_size(differences()));
	runs = json_object_get(document, "runs");
	assert_int_equal(1, json_array_size(runs));
	runs = json_array_get(runs, 0);
	assert_int_equal(
		2, json_integer_value(json_object_get(runs, "differences")));
	assert_string_equal("4 of 32 chunks",
			    json_string_value(json_object_get(runs, "words")));
}

/* The same pages on two platforms, and one page on one of them alone. */
static void platforms_that_differ_alike_are_told_once(void **state)
{
	struct au_launch both[2][2];
	const json_t *list;

	(void)state;
	bytes[1][6][0] ^= 1;
	for (size_t side = 0; side < 2; side++) {
		both[side][0] = sample_launch(AU_SNP, op[side], PAGES);
		both[side][0].platform = "SEV_SNP";
		both[side][1] = sample_launch(AU_TDX, op[side], PAGES);
		both[side][1].platform = "TDX";
		image[side] = (struct au_image){ .launch = both[side], .n = 2 };
	}
	bytes[1][1][9] ^= 1;
	both[0][1].op[1].data = EV_SPAN(bytes[1][1]);
	compare_images();
	assert_int_equal(2, json_array_size(differences()));
	list = json_object_get(json_array_get(differences(), 0), "platforms");
	assert_int_equal(1, json_array_size(list));
	assert_string_equal("snp", json_string_value(json_array_get(list, 0)));
	list = json_object_get(json_array_get(differences(), 1), "platforms");
	assert_int_equal(2, json_array_size(list));
	contains(summary(), "snp: 2 measured pages differ");
	for (size_t side = 0; side < 2; side++) {
		au_launch_free(&both[side][0]);
		au_launch_free(&both[side][1]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fill, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_byte_of_a_measured_and_of_a_shared_page),
		TEST(one_bit_of_a_firmware_volume),
		TEST(one_bit_of_the_variable_store),
		TEST(the_order_alone_of_two_vectors),
		TEST(values_are_those_of_the_default_rule),
		TEST(equal_images),
		TEST(a_changed_kernel_that_is_not_measured_is_named),
		TEST(a_shared_page_that_the_hash_page_denies),
		TEST(a_command_line_is_told_word_by_word),
		TEST(neighbours_are_one_run_and_many_differences),
		TEST(platforms_that_differ_alike_are_told_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, let_go);
}
