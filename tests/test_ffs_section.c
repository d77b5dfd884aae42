/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of firmware files: walked, named, unpacked. */
#include "audit/contents/ffs_section.h"

#include "tests/contents_sample.h"

/* raw "abc", padding, name "Hi"; extended size in the second. */
static const uint8_t stream[] = {
	7,    0,    0,	  0x19, 'a', 'b', 'c', 0, /* and a byte of alignment */
	0xff, 0xff, 0xff, 0x15, 14,  0,	  0,   0, 'H', 0, 'i', 0, 0, 0,
};

static void sections_are_walked_with_their_gaps(void **state)
{
	struct au_ffs_section s;
	struct ev_error err = { 0 };
	uint64_t at = 0;

	(void)state;
	assert_true(au_ffs_section_next(EV_SPAN(stream), &at, &s, &err));
	assert_int_equal(s.type, 0x19);
	assert_int_equal(s.content.n, 3);
	assert_true(au_ffs_section_next(EV_SPAN(stream), &at, &s, &err));
	assert_int_equal(s.type, AU_SECTION_NAME);
	assert_int_equal(s.offset, 8);
	assert_int_equal(s.gap, 1);
	assert_int_equal(s.content.n, 6);
	assert_false(au_ffs_section_next(EV_SPAN(stream), &at, &s, &err));
	assert_int_equal(err.code, EV_OK);
}

static void the_name_is_that_of_its_section(void **state)
{
	ev_auto_buffer struct ev_buffer name = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_ffs_section_name(EV_SPAN(stream), &name, &err),
			 EV_OK);
	assert_true(ev_span_eq(ev_buffer_span(&name), EV_SPAN_LITERAL("Hi")));
}

static void sizes_that_cannot_be_are_refused(void **state)
{
	static const struct {
		uint8_t bytes[8];
		enum ev_code code;
	} cases[] = {
		{ { 3, 0, 0, 0x19 }, EV_VALUE },
		{ { 0, 0, 0, 0x19 }, EV_VALUE },
		{ { 9, 0, 0, 0x19 }, EV_TRUNCATED },
		{ { 0xff, 0xff, 0xff, 0x19, 7 }, EV_VALUE },
		{ { 0xff, 0xff, 0xff, 0x19, 9 }, EV_TRUNCATED },
		{ { 0xff, 0xff, 0xff, 0x19, 0xff, 0xff, 0xff, 0xff },
		  EV_TRUNCATED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct au_ffs_section s;
		struct ev_error err = { 0 };
		uint64_t at = 0;

		assert_false(au_ffs_section_next(EV_SPAN(cases[i].bytes), &at,
						 &s, &err));
		assert_int_equal(err.code, cases[i].code);
		assert_string_equal(err.object, "ffs section");
		assert_string_equal(err.field, "size");
	}
}

static enum ev_code open_packed(const uint8_t *p, size_t n, size_t *parts,
				struct ev_error *err)
{
	struct au_part part =
		contents_part(AU_PART_PACKED_SECTION, ev_span_of(p, n));
	struct au_part_budget budget = au_part_budget();
	enum ev_code code = au_ffs_packed_open(&part, &budget, err);

	*parts = part.n;
	au_part_free(&part);
	return code;
}

/* A section of a GUID that nobody knows, around one raw section. */
static void put_guided(uint8_t p[32], unsigned int attributes)
{
	static const uint8_t inner[8] = { 8, 0, 0, 0x19, 1, 2, 3, 4 };

	memset(p, 0x11, 32);
	put_u32le(p, 32 | 0x02u << 24);
	put_u16le(p + 20, 24);
	put_u16le(p + 22, attributes);
	memcpy(p + 24, inner, sizeof(inner));
}

static void what_needs_no_processing_is_read_as_it_is(void **state)
{
	uint8_t p[32];
	struct ev_error err = { 0 };
	size_t n;

	(void)state;
	put_guided(p, 0);
	assert_int_equal(open_packed(p, sizeof(p), &n, &err), EV_OK);
	assert_int_equal(n, 3); /* GUID, attributes, the section inside */
	put_guided(p, 1);
	assert_int_equal(open_packed(p, sizeof(p), &n, &err), EV_VALUE);
	assert_string_equal(err.field, "packing");
}

static void a_data_offset_outside_is_refused(void **state)
{
	static const unsigned int offsets[] = { 0, 23, 33, 0xffff };
	uint8_t p[32];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		struct ev_error err = { 0 };

		put_guided(p, 0);
		put_u16le(p + 20, offsets[i]);
		assert_int_equal(open_packed(p, sizeof(p), &n, &err), EV_VALUE);
		assert_string_equal(err.field, "data offset");
	}
}

static void a_compression_section_may_not_be_compressed(void **state)
{
	uint8_t p[17] = { 17, 0, 0, 0x01, 8, 0, 0, 0, 0, 8, 0, 0, 0x19, 1 };
	struct ev_error err = { 0 }, other = { 0 };
	size_t n;

	(void)state;
	assert_int_equal(open_packed(p, sizeof(p), &n, &err), EV_OK);
	assert_int_equal(n, 1);
	p[4] = 9;
	assert_int_equal(open_packed(p, sizeof(p), &n, &err), EV_VALUE);
	p[8] = 1; /* the standard algorithm, which this program has not */
	assert_int_equal(open_packed(p, sizeof(p), &n, &other), EV_VALUE);
	assert_string_equal(other.field, "packing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_are_walked_with_their_gaps),
		cmocka_unit_test(the_name_is_that_of_its_section),
		cmocka_unit_test(sizes_that_cannot_be_are_refused),
		cmocka_unit_test(what_needs_no_processing_is_read_as_it_is),
		cmocka_unit_test(a_data_offset_outside_is_refused),
		cmocka_unit_test(a_compression_section_may_not_be_compressed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
