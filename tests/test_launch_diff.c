/* SPDX-License-Identifier: Apache-2.0 */
/* Two launches by hand: one class of difference at a time. */
#include "audit/diff/launch_diff.h"
#include "tests/launch_sample.h"

#include "audit/diff/difference_words.h"

#define PAGES 6

static uint8_t bytes[PAGES][AU_PAGE], changed[AU_PAGE];
static struct au_operation a[PAGES], b[PAGES];
static struct au_launch_diff diff;
static struct ev_crypto *crypto;

static int fill(void **state)
{
	(void)state;
	if (crypto == NULL)
		crypto = ev_crypto_new();
	for (size_t i = 0; i < PAGES; i++) {
		memset(bytes[i], (int)i + 1, AU_PAGE);
		a[i] = b[i] = sample_page(i, EV_SPAN(bytes[i]));
	}
	memcpy(changed, bytes[2], AU_PAGE);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	au_launch_diff_free(&diff);
	return 0;
}

/* The digests differ where a difference says that it is measured, and nowhere
 * else. */
static void check_digests(void)
{
	bool measured = false;

	for (size_t i = 0; i < diff.differences.n; i++)
		measured = measured || diff.differences.item[i].measured;
	assert_int_equal(measured, diff.has_first);
	assert_int_equal(measured,
			 memcmp(diff.checkpoints_a.last,
				diff.checkpoints_b.last, AU_VALUE_MAX) != 0);
}

static void compare_n(enum au_platform platform, size_t n_a, size_t n_b)
{
	static struct au_launch x, y;
	struct ev_error err = { 0 };

	x = sample_launch(platform, a, n_a);
	y = sample_launch(platform, b, n_b);
	au_launch_diff_free(&diff);
	assert_int_equal(EV_OK, au_launch_diff(&x, &y, crypto, &diff, &err));
	check_digests();
	/* Differences point into the operations, which the tests have. */
	for (size_t i = 0; i < diff.differences.n; i++) {
		struct au_difference *d = &diff.differences.item[i];

		if (d->a != NULL)
			d->a = &a[d->a - x.op];
		if (d->b != NULL)
			d->b = &b[d->b - y.op];
	}
	au_launch_free(&x);
	au_launch_free(&y);
}

static void compare(enum au_platform platform)
{
	compare_n(platform, PAGES, PAGES);
}

static const struct au_difference *item(size_t i)
{
	assert_true(i < diff.differences.n);
	return &diff.differences.item[i];
}

static void says(size_t i, const char *want)
{
	struct ev_buffer out = { 0 };

	au_difference_words(item(i), &out);
	ev_buffer_add_byte(&out, 0);
	assert_string_equal(want, (const char *)out.p);
	ev_buffer_free(&out);
}

static void only_one(enum au_difference_class class, bool measured, uint64_t i)
{
	assert_int_equal(1, diff.differences.n);
	assert_int_equal(class, item(0)->class);
	assert_int_equal(measured, item(0)->measured);
	assert_int_equal(SAMPLE_GPA + i * AU_PAGE, item(0)->gpa);
}

static void equal_launches_have_no_difference(void **state)
{
	(void)state;
	compare(AU_TDX);
	assert_int_equal(0, diff.differences.n);
	assert_false(diff.has_first);
	assert_int_equal(PAGES, diff.operations_a);
}

static void a_byte_has_its_chunk_and_its_operation(void **state)
{
	struct au_byte_range range[AU_BYTE_RANGES_MAX];
	struct ev_buffer where = { 0 };

	(void)state;
	changed[0x345] ^= 1;
	b[2].data = EV_SPAN(changed);
	compare(AU_TDX);
	only_one(AU_DIFF_DATA, true, 2);
	assert_int_equal(1 << 3, item(0)->chunks);
	assert_int_equal(1, au_difference_bytes(item(0), 3, range));
	assert_int_equal(0x345, range[0].from);
	assert_int_equal(0x345, range[0].to);
	assert_true(diff.has_first);
	assert_int_equal(2, diff.first.operation);
	assert_int_equal(item(0)->gpa, diff.first.gpa);
	au_difference_where(item(0), &where);
	assert_memory_equal("chunk 0x8002300, byte 0x345", where.p, where.n);
	ev_buffer_free(&where);
}

static void more_ranges_than_there_is_room_for_end_in_one(void **state)
{
	struct au_byte_range range[AU_BYTE_RANGES_MAX];

	(void)state;
	for (size_t i = 0x100; i < 0x200; i += 2)
		changed[i] ^= 1;
	b[2].data = EV_SPAN(changed);
	compare(AU_TDX);
	assert_int_equal(1 << 1, item(0)->chunks);
	assert_int_equal(AU_BYTE_RANGES_MAX,
			 au_difference_bytes(item(0), 1, range));
	assert_int_equal(0x10e, range[AU_BYTE_RANGES_MAX - 1].from);
	assert_int_equal(0x1fe, range[AU_BYTE_RANGES_MAX - 1].to);
}

static void short_data_is_followed_by_zeros(void **state)
{
	(void)state;
	memset(changed, 0, AU_PAGE);
	changed[0] = 7;
	a[2].data = ev_span_of(changed, 1);
	b[2].data = EV_SPAN(changed);
	compare(AU_TDX);
	assert_int_equal(0, diff.differences.n);
	a[2].data = b[2].data = (struct ev_span){ NULL, 0 };
	compare(AU_TDX);
	assert_int_equal(0, diff.differences.n);
}

static void a_shared_page_cannot_explain_a_digest(void **state)
{
	(void)state;
	changed[9] ^= 1;
	a[2].shared = b[2].shared = true;
	b[2].data = EV_SPAN(changed);
	compare(AU_SNP);
	only_one(AU_DIFF_DATA, false, 2);
	assert_false(diff.has_first);
	assert_int_equal(PAGES - 1, diff.operations_b);
}

static void unmeasured_contents_cannot_either(void **state)
{
	(void)state;
	changed[9] ^= 1;
	a[2].measured = b[2].measured = false;
	b[2].data = EV_SPAN(changed);
	compare(AU_TDX);
	only_one(AU_DIFF_DATA, false, 2);
	assert_false(diff.has_first);
}

static void snp_takes_no_contents_of_secrets(void **state)
{
	(void)state;
	changed[9] ^= 1;
	b[2].data = EV_SPAN(changed);
	a[2].type = b[2].type = AU_SECRETS;
	compare(AU_SNP);
	only_one(AU_DIFF_DATA, false, 2);
	compare(AU_TDX);
	only_one(AU_DIFF_DATA, true, 2);
}

static void flags_say_what_is_measured_otherwise(void **state)
{
	(void)state;
	b[1].measured = false;
	b[3].shared = true;
	compare(AU_TDX);
	assert_int_equal(2, diff.differences.n);
	assert_int_equal(AU_DIFF_FLAGS, item(0)->class);
	assert_true(item(0)->measured && item(1)->measured);
	says(0, "contents measured in A, not measured in B");
	says(1, "private in A, shared in B");
	assert_int_equal(1, diff.first.operation);
}

static void tdx_does_not_measure_a_page_type(void **state)
{
	(void)state;
	b[1].type = AU_CPUID;
	compare(AU_TDX);
	only_one(AU_DIFF_FLAGS, false, 1);
	says(0, "normal in A, CPUID in B");
	assert_false(diff.has_first);
	compare(AU_SNP);
	only_one(AU_DIFF_FLAGS, true, 1);
	assert_true(diff.has_first);
}

static void page_aug_is_another_record(void **state)
{
	(void)state;
	a[4].aug = true;
	compare(AU_TDX);
	only_one(AU_DIFF_FLAGS, true, 4);
	assert_int_equal(4, diff.first.operation);
	says(0, "PAGE.AUG in A, no PAGE.AUG in B");
}

/* Some loaders add them, so that they may explain a digest of those. */
static void pages_of_page_aug_alone_are_measured(void **state)
{
	static struct au_launch x, y;
	struct ev_error err = { 0 };

	(void)state;
	b[5].aug = true;
	b[5].measured = false;
	x = sample_launch(AU_TDX, a, 5);
	y = sample_launch(AU_TDX, b, 6);
	assert_int_equal(EV_OK, au_launch_diff(&x, &y, crypto, &diff, &err));
	only_one(AU_DIFF_ONLY_B, true, 5);
	/* But not by the default rule. */
	assert_false(diff.has_first);
	says(0, "contents unmeasured, PAGE.AUG: some loaders leave it out");
	au_launch_free(&x);
	au_launch_free(&y);
}

/* The same: zeros follow by the default rule, the file by another. */
static void what_follows_short_data_is_told_once(void **state)
{
	static struct au_launch x, y;
	struct ev_error err = { 0 };

	(void)state;
	a[0].size = b[0].size = 2 * AU_PAGE;
	a[0].gpa = b[0].gpa = SAMPLE_GPA + 50 * AU_PAGE;
	a[0].beyond = EV_SPAN(bytes[1]);
	b[0].beyond = EV_SPAN(bytes[2]);
	x = sample_launch(AU_TDX, a, 2);
	y = sample_launch(AU_TDX, b, 2);
	assert_int_equal(EV_OK, au_launch_diff(&x, &y, crypto, &diff, &err));
	only_one(AU_DIFF_FLAGS, true, 50);
	assert_false(diff.has_first);
	says(0, "the files differ behind the section's data, which some "
		"loaders take");
	au_launch_free(&x);
	au_launch_free(&y);
}

static void pages_of_one_launch_alone(void **state)
{
	(void)state;
	b[5].gpa += 8 * AU_PAGE;
	a[4].shared = b[4].shared = true;
	compare(AU_TDX);
	assert_int_equal(2, diff.differences.n);
	assert_int_equal(AU_DIFF_ONLY_A, item(0)->class);
	assert_int_equal(AU_DIFF_ONLY_B, item(1)->class);
	assert_int_equal(4, diff.first.operation);
	compare_n(AU_TDX, 4, 6);
	assert_int_equal(2, diff.differences.n);
	assert_false(item(0)->measured);
	assert_true(item(1)->measured);
}

static void order_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAGES; i++)
		b[i] = a[PAGES - 1 - i];
	compare(AU_TDX);
	/* One of them may stay where it is. */
	assert_int_equal(PAGES - 1, diff.differences.n);
	for (size_t i = 0; i < diff.differences.n; i++) {
		assert_int_equal(AU_DIFF_ORDER, item(i)->class);
		assert_true(item(i)->measured);
	}
	assert_int_equal(0, diff.first.operation);
}

static void one_page_that_moved_is_one_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAGES; i++)
		b[i] = a[(i + 1) % PAGES];
	compare(AU_TDX);
	only_one(AU_DIFF_ORDER, true, 0);
	says(0, "operation 0 in A, 5 in B");
}

static void the_order_of_shared_pages_is_nothing(void **state)
{
	(void)state;
	a[1].shared = a[2].shared = true;
	memcpy(b, a, sizeof(b));
	b[1] = a[2];
	b[2] = a[1];
	compare(AU_TDX);
	assert_int_equal(0, diff.differences.n);
}

static void a_page_that_stands_twice_is_paired_in_turn(void **state)
{
	(void)state;
	a[1].gpa = b[1].gpa = a[0].gpa;
	compare(AU_TDX);
	assert_int_equal(0, diff.differences.n);
	b[1].data = EV_SPAN(changed);
	compare(AU_TDX);
	only_one(AU_DIFF_DATA, true, 0);
	assert_int_equal(1, item(0)->occurrence);
}

static void sections_are_compared_page_by_page(void **state)
{
	static uint8_t all[4 * AU_PAGE], other[4 * AU_PAGE];

	(void)state;
	other[3 * AU_PAGE + 0xfff] = 1;
	a[0] = sample_page(100, EV_SPAN(all));
	b[0] = sample_page(100, EV_SPAN(other));
	a[0].size = b[0].size = 5 * AU_PAGE;
	a[0].name = b[0].name = "BFV";
	compare(AU_TDX);
	only_one(AU_DIFF_DATA, true, 103);
	assert_int_equal(1 << 15, item(0)->chunks);
	assert_int_equal(3, diff.first.operation);
	b[0].size = 6 * AU_PAGE;
	compare(AU_TDX);
	assert_int_equal(2, diff.differences.n);
	assert_int_equal(AU_DIFF_ONLY_B, item(1)->class);
	assert_int_equal(SAMPLE_GPA + 105 * AU_PAGE, item(1)->gpa);
}

static void a_section_of_one_launch_alone_is_one_difference(void **state)
{
	(void)state;
	a[0] = sample_page(100, EV_SPAN(changed));
	b[0] = sample_page(300, EV_SPAN(changed));
	a[0].size = b[0].size = 50 * AU_PAGE;
	compare(AU_TDX);
	assert_int_equal(2, diff.differences.n);
	assert_int_equal(AU_DIFF_ONLY_A, item(0)->class);
	assert_int_equal(SAMPLE_GPA + 100 * AU_PAGE, item(0)->gpa);
	assert_int_equal(50 * AU_PAGE, item(0)->size);
	/* And where it is measured in another way. */
	b[0] = a[0];
	b[0].measured = false;
	compare(AU_TDX);
	only_one(AU_DIFF_FLAGS, true, 100);
	assert_int_equal(50 * AU_PAGE, item(0)->size);
	/* And where it stands elsewhere: the five pages are fewer. */
	b[0] = a[1];
	b[1] = a[0];
	compare(AU_TDX);
	only_one(AU_DIFF_ORDER, true, 1);
}

static void a_parameter_area_has_a_size_and_unmeasured_data(void **state)
{
	(void)state;
	a[5] = sample_area(20, 20);
	b[5] = sample_area(20, 21);
	compare(AU_TDX);
	only_one(AU_DIFF_PARAMETER_AREA, true, 20);
	says(0, "20 pages in A, 21 in B");
	assert_int_equal(5 + 20, diff.operations_a);
	assert_int_equal(5, diff.first.operation);
	b[5] = a[5];
	b[5].data = EV_SPAN(changed);
	compare(AU_TDX);
	only_one(AU_DIFF_DATA, false, 20);
	assert_false(diff.has_first);
}

static void a_vmsa_names_its_register(void **state)
{
	(void)state;
	memset(changed, 0, AU_PAGE);
	memset(bytes[5], 0, AU_PAGE);
	changed[0x178] = 0x34;
	changed[0x179] = 0x12;
	changed[0xfff] = 1;
	a[5] = sample_page(0, EV_SPAN(bytes[5]));
	b[5] = sample_page(0, EV_SPAN(changed));
	a[5].kind = b[5].kind = AU_VMSA;
	compare(AU_SNP);
	assert_int_equal(2, diff.differences.n);
	assert_int_equal(AU_DIFF_REGISTERS, item(0)->class);
	assert_true(item(0)->measured);
	says(0, "RIP (VMSA byte 0x178): 0x0 in A, 0x1234 in B");
	says(1, "reserved (VMSA byte 0xfff): 0x0 in A, 0x1 in B");
	assert_int_equal(5, diff.first.operation);
	/* TDX has no such operation. */
	compare(AU_TDX);
	assert_false(item(0)->measured);
	assert_false(diff.has_first);
}

static void put_register(uint8_t *p, uint8_t vtl, uint32_t name, uint8_t value)
{
	memset(p, 0, 32);
	p[0] = vtl;
	for (size_t i = 0; i < 4; i++)
		p[1 + i] = (uint8_t)(name >> 8 * i);
	p[16] = value;
}

static void a_list_names_its_registers(void **state)
{
	static uint8_t one[3 * 32], other[3 * 32];

	(void)state;
	put_register(one, 2, 0x20010, 0x10);
	put_register(one + 32, 0, 0x40000, 0x31);
	put_register(one + 64, 0, 0x99999, 1);
	memcpy(other, one, sizeof(one));
	put_register(other, 2, 0x20010, 0x20);
	put_register(other + 64, 0, 0x99998, 1);
	a[0] = (struct au_operation){ .kind = AU_REGISTERS,
				      .data = EV_SPAN(one) };
	b[0] = (struct au_operation){ .kind = AU_REGISTERS,
				      .data = EV_SPAN(other) };
	compare(AU_VBS);
	assert_int_equal(3, diff.differences.n);
	says(0, "register 0x99998: none in A, 0x1 in B");
	says(1, "register 0x99999: 0x1 in A, none in B");
	says(2, "RIP of VTL 2: 0x10 in A, 0x20 in B");
	/* They are taken behind all pages. */
	assert_int_equal(PAGES - 1, diff.first.operation);
	memcpy(other, one + 32, 32);
	memcpy(other + 32, one, 32);
	memcpy(other + 64, one + 64, 32);
	compare(AU_VBS);
	assert_int_equal(1, diff.differences.n);
	assert_int_equal(AU_DIFF_ORDER, item(0)->class);
}

static void a_policy_is_told_and_not_measured(void **state)
{
	struct au_launch x = sample_launch(AU_TDX, a, 1);
	struct au_launch y = sample_launch(AU_TDX, a, 1);
	struct ev_error err = { 0 };

	(void)state;
	x.policy.present = y.policy.present = true;
	x.policy.value = 0x30000;
	y.policy.value = 0xb0000;
	y.corim = EV_SPAN(changed);
	assert_int_equal(EV_OK, au_launch_diff(&x, &y, crypto, &diff, &err));
	assert_int_equal(2, diff.differences.n);
	assert_int_equal(AU_DIFF_POLICY, item(0)->class);
	assert_false(item(0)->measured);
	assert_string_equal("guest policy", item(0)->word);
	says(0, "0x30000 in A, 0xb0000 in B");
	assert_string_equal("CoRIM document", item(1)->word);
	says(1, "in B alone");
	assert_false(diff.has_first);
	au_launch_free(&x);
	au_launch_free(&y);
}

static void empty_launches_are_equal(void **state)
{
	(void)state;
	compare_n(AU_TDX, 0, 0);
	assert_int_equal(0, diff.differences.n);
	assert_false(diff.has_first);
	compare_n(AU_TDX, 0, 1);
	assert_int_equal(1, diff.differences.n);
	assert_true(diff.has_first);
	assert_int_equal(0, diff.first.operation);
}

static int let_go(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fill, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_launches_have_no_difference),
		TEST(a_byte_has_its_chunk_and_its_operation),
		TEST(more_ranges_than_there_is_room_for_end_in_one),
		TEST(short_data_is_followed_by_zeros),
		TEST(a_shared_page_cannot_explain_a_digest),
		TEST(unmeasured_contents_cannot_either),
		TEST(snp_takes_no_contents_of_secrets),
		TEST(flags_say_what_is_measured_otherwise),
		TEST(tdx_does_not_measure_a_page_type),
		TEST(page_aug_is_another_record),
		TEST(pages_of_page_aug_alone_are_measured),
		TEST(what_follows_short_data_is_told_once),
		TEST(pages_of_one_launch_alone),
		TEST(order_alone),
		TEST(one_page_that_moved_is_one_difference),
		TEST(the_order_of_shared_pages_is_nothing),
		TEST(a_page_that_stands_twice_is_paired_in_turn),
		TEST(sections_are_compared_page_by_page),
		TEST(a_section_of_one_launch_alone_is_one_difference),
		TEST(a_parameter_area_has_a_size_and_unmeasured_data),
		TEST(a_vmsa_names_its_register),
		TEST(a_list_names_its_registers),
		TEST(a_policy_is_told_and_not_measured),
		TEST(empty_launches_are_equal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, let_go);
}
