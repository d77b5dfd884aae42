/* SPDX-License-Identifier: Apache-2.0 */
/* Files of firmware volumes: small, large, on flash that is erased to zero. */
#include "audit/contents/ffs_file.h"

#include "tests/contents_sample.h"

enum { HEADER = 24, LARGE_HEADER = 32, BODY = 5 };

static uint8_t sum(const uint8_t *p, size_t n)
{
	unsigned int s = 0;

	for (size_t i = 0; i < n; i++)
		s += p[i];
	return (uint8_t)s;
}

/* GUID of ones, type 7, five bytes of body with their sum. */
static size_t put_file(uint8_t p[64], bool large, uint8_t state)
{
	size_t head = large ? LARGE_HEADER : HEADER;

	memset(p, 0, 64);
	memset(p, 0x11, 16);
	p[18] = 7;
	p[19] = large ? 0x41 : 0x40;
	if (large)
		put_u64le(p + 24, head + BODY);
	else
		p[20] = (uint8_t)(head + BODY);
	p[16] = (uint8_t)-sum(p, head);
	memcpy(p + head, "body!", BODY);
	p[17] = (uint8_t)-sum(p + head, BODY);
	p[23] = state;
	return head + BODY;
}

static enum ev_code read_at(const uint8_t *p, size_t n, struct au_ffs_form form,
			    struct au_ffs_file *f, struct ev_error *err)
{
	return au_ffs_file_read(ev_span_of(p, n), 0, form, f, err);
}

static void files_are_read_in_each_form(void **state)
{
	static const struct au_ffs_form forms[] = { { false, false },
						    { true, false },
						    { false, true },
						    { true, true } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint8_t p[64];
		size_t n = put_file(p, forms[i].large,
				    forms[i].erased_ones ? 0xf8 : 0x07);
		struct au_ffs_file f;
		struct ev_error err = { 0 };

		assert_int_equal(read_at(p, sizeof(p), forms[i], &f, &err),
				 EV_OK);
		assert_int_equal(f.whole.n, n);
		assert_int_equal(f.type, 7);
		assert_true(ev_span_eq(f.body, EV_SPAN_LITERAL("body!")));
	}
}

static void every_prefix_is_refused(void **state)
{
	uint8_t p[64];
	struct au_ffs_form form = { true, true };
	size_t n = put_file(p, true, 0xf8);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct au_ffs_file f;
		struct ev_error err = { 0 };

		assert_int_equal(read_at(p, i, form, &f, &err), EV_TRUNCATED);
		assert_string_equal(err.object, "ffs file");
	}
}

static void a_large_file_is_none_where_the_volume_is_ffs2(void **state)
{
	struct au_ffs_form form = { true, false };
	struct au_ffs_file f;
	struct ev_error err = { 0 };
	uint8_t p[64];

	(void)state;
	put_file(p, true, 0xf8);
	assert_int_equal(read_at(p, sizeof(p), form, &f, &err), EV_VALUE);
	assert_string_equal(err.field, "size");
}

static void a_size_of_64_bits_does_not_wrap(void **state)
{
	struct au_ffs_form form = { true, true };
	uint8_t p[64];

	(void)state;
	for (size_t at = 25; at < 32; at++) {
		struct au_ffs_file f;
		struct ev_error err = { 0 };

		put_file(p, true, 0xf8);
		p[at] = 0xff;
		assert_int_equal(read_at(p, sizeof(p), form, &f, &err),
				 EV_TRUNCATED);
	}
}

static void without_a_sum_the_field_has_its_one_value(void **state)
{
	struct au_ffs_form form = { true, false };
	struct ev_error err = { 0 }, other = { 0 };
	struct au_ffs_file f;
	uint8_t p[64];

	(void)state;
	put_file(p, false, 0xf8);
	p[19] = 0;
	p[16] = (uint8_t)(p[16] + 0x40);
	p[17] = 0xaa;
	assert_int_equal(read_at(p, sizeof(p), form, &f, &err), EV_OK);
	p[17] = 0xab;
	assert_int_equal(read_at(p, sizeof(p), form, &f, &other), EV_VALUE);
	assert_string_equal(other.field, "data checksum");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_in_each_form),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(a_large_file_is_none_where_the_volume_is_ffs2),
		cmocka_unit_test(a_size_of_64_bits_does_not_wrap),
		cmocka_unit_test(without_a_sum_the_field_has_its_one_value),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
