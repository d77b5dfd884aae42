/* SPDX-License-Identifier: Apache-2.0 */
/* SNP ID blocks: every field at its place, another length refused. */
#include "audit/corim/id_block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void put32(uint8_t *p, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void make(uint8_t bytes[AU_ID_BLOCK_SIZE])
{
	memset(bytes, 0, AU_ID_BLOCK_SIZE);
	put32(bytes, 2);
	bytes[4] = 1;
	memset(bytes + 8, 0xd1, 48);
	memset(bytes + 56, 0xfa, 16);
	memcpy(bytes + 72, "openhcl", 7);
	put32(bytes + 88, 1);
	put32(bytes + 92, 9);
	put32(bytes + 96, 1);
	put32(bytes + 100, 1);
	put32(bytes + 248, 2);
	put32(bytes + 544, 2);
}

static enum ev_code parse(const uint8_t *bytes, size_t n,
			  struct au_id_block *out, struct ev_error *err)
{
	*err = (struct ev_error){ 0 };
	return au_id_block_parse(ev_span_of(bytes, n), 1000, out, err);
}

static void every_field_is_read(void **state)
{
	uint8_t bytes[AU_ID_BLOCK_SIZE];
	struct au_id_block b = { 0 };
	struct ev_error err;

	(void)state;
	make(bytes);
	assert_int_equal(parse(bytes, sizeof(bytes), &b, &err), EV_OK);
	assert_int_equal(b.mask, 2);
	assert_true(b.author);
	assert_int_equal(b.ld.p[47], 0xd1);
	assert_int_equal(b.ld_offset, 1008);
	assert_int_equal(b.family.p[15], 0xfa);
	assert_memory_equal(b.image.p, "openhcl", 8);
	assert_int_equal(b.version, 1);
	assert_int_equal(b.svn, 9);
	assert_int_equal(b.id_algorithm, 1);
	assert_int_equal(b.author_algorithm, 1);
	assert_int_equal(b.id_curve, 2);
	assert_int_equal(b.author_curve, 2);
}

static void another_length_is_refused(void **state)
{
	uint8_t bytes[AU_ID_BLOCK_SIZE + 1] = { 0 };
	struct au_id_block b;
	struct ev_error err;

	(void)state;
	make(bytes);
	for (size_t n = 0; n < AU_ID_BLOCK_SIZE; n++)
		assert_int_equal(parse(bytes, n, &b, &err), EV_TRUNCATED);
	assert_int_equal(parse(bytes, sizeof(bytes), &b, &err), EV_TRAILING);
}

static void what_is_reserved_is_zero(void **state)
{
	static const struct {
		size_t at;
		uint64_t offset;
	} rows[] = {
		{ 4, 1004 },   { 5, 1005 },   { 7, 1005 },
		{ 252, 1252 }, { 548, 1548 },
	};
	uint8_t bytes[AU_ID_BLOCK_SIZE];
	struct au_id_block b;
	struct ev_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(bytes);
		bytes[rows[i].at] = 2;
		assert_int_equal(parse(bytes, sizeof(bytes), &b, &err),
				 EV_VALUE);
		assert_int_equal(err.offset, rows[i].offset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(another_length_is_refused),
		cmocka_unit_test(what_is_reserved_is_zero),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
