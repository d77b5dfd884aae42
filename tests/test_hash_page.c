/* SPDX-License-Identifier: Apache-2.0 */
/* OpenHCL's pages that speak for shared memory. */
#include "audit/contents/hash_page.h"

#include "tests/contents_sample.h"

static void put_region(uint8_t page[4096], size_t i, uint64_t first,
		       uint64_t pages, uint8_t accepted)
{
	uint8_t *p = page + 48 + 24 * i;

	put_u64le(p, first);
	put_u64le(p + 8, pages);
	p[16] = accepted;
}

static void put_page(uint8_t page[4096])
{
	memset(page, 0, 4096);
	memset(page, 0xab, 48);
	put_region(page, 0, 0x8000, 16, 1);
	put_region(page, 1, 0x8010, 4, 0);
}

static void regions_are_read(void **state)
{
	struct au_hash_page h;
	struct ev_error err = { 0 };
	uint8_t page[4096];

	(void)state;
	put_page(page);
	assert_int_equal(au_hash_page_parse(EV_SPAN(page), &h, &err), EV_OK);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.region[1].page, 0x8010);
	assert_false(h.region[1].accepted);
	assert_ptr_equal(h.digest.p, page);
}

static const struct {
	size_t at;
	uint8_t to;
	const char *field;
	enum ev_code code;
} spoiled[] = {
	{ 48 + 24, 0x0f, "first page", EV_VALUE }, /* overlap */
	{ 48 + 24 + 8, 0, "pages", EV_VALUE },	   /* none */
	{ 48 + 24 + 15, 1, "pages", EV_VALUE },	   /* 2^56 */
	{ 48 + 24 + 7, 1, "pages", EV_VALUE },	   /* beyond memory */
	{ 48 + 24 + 16, 2, "accepted", EV_VALUE },
	{ 48 + 24 + 23, 1, "accepted", EV_VALUE }, /* reserved */
	{ 4095, 1, "rest", EV_TRAILING },
};

static void each_spoiled_field_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(*spoiled); i++) {
		struct au_hash_page h;
		struct ev_error err = { 0 };
		uint8_t page[4096];

		put_page(page);
		page[spoiled[i].at] = spoiled[i].to;
		assert_int_equal(au_hash_page_parse(EV_SPAN(page), &h, &err),
				 spoiled[i].code);
		assert_string_equal(err.field, spoiled[i].field);
	}
}

static void a_page_without_regions_or_of_another_size_is_refused(void **state)
{
	uint8_t page[4097] = { 1 };
	struct au_hash_page h;
	struct ev_error err = { 0 }, other = { 0 };

	(void)state;
	assert_int_equal(au_hash_page_parse(ev_span_of(page, 4096), &h, &err),
			 EV_MISSING);
	assert_int_equal(au_hash_page_parse(EV_SPAN(page), &h, &other),
			 EV_VALUE);
}

static void a_full_page_has_168_regions(void **state)
{
	struct au_hash_page h;
	struct ev_error err = { 0 };
	uint8_t page[4096] = { 0 };

	(void)state;
	for (size_t i = 0; i < AU_HASH_REGIONS_MAX; i++)
		put_region(page, i, 2 * i + 1, 1, 1);
	assert_int_equal(au_hash_page_parse(EV_SPAN(page), &h, &err), EV_OK);
	assert_int_equal(h.n, AU_HASH_REGIONS_MAX);
}

static void put_table(uint8_t p[128])
{
	memset(p, 0, 128);
	memcpy(p, "EPHS", 4);
	put_u32le(p + 4, 1);
	put_u32le(p + 8, 2);
	memset(p + 16, 0xcd, 96);
}

static void a_table_is_read(void **state)
{
	struct au_hash_table t;
	struct ev_error err = { 0 };
	uint8_t p[128];

	(void)state;
	put_table(p);
	assert_true(au_hash_table_recognise(EV_SPAN(p)));
	assert_int_equal(au_hash_table_parse(EV_SPAN(p), &t, &err), EV_OK);
	assert_int_equal(t.n, 2);
	assert_ptr_equal(t.hashes.p, p + 16);
}

static const struct {
	size_t at;
	uint8_t to;
	const char *field;
	enum ev_code code;
} spoiled_tables[] = {
	{ 0, 'e', "magic", EV_VALUE },	 { 4, 2, "version", EV_VALUE },
	{ 12, 1, "reserved", EV_VALUE }, { 8, 3, "hashes", EV_TRUNCATED },
	{ 10, 1, "count", EV_LIMIT },	 { 8, 1, "rest", EV_TRAILING },
};

static void each_spoiled_table_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoiled_tables) / sizeof(*spoiled_tables);
	     i++) {
		struct au_hash_table t;
		struct ev_error err = { 0 };
		uint8_t p[128];

		put_table(p);
		p[spoiled_tables[i].at] = spoiled_tables[i].to;
		assert_int_equal(au_hash_table_parse(EV_SPAN(p), &t, &err),
				 spoiled_tables[i].code);
		assert_string_equal(err.field, spoiled_tables[i].field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_are_read),
		cmocka_unit_test(each_spoiled_field_is_named),
		cmocka_unit_test(
			a_page_without_regions_or_of_another_size_is_refused),
		cmocka_unit_test(a_full_page_has_168_regions),
		cmocka_unit_test(a_table_is_read),
		cmocka_unit_test(each_spoiled_table_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
