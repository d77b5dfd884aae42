/* SPDX-License-Identifier: Apache-2.0 */
/* LZMA of the old layout: what liblzma packs, and what must be refused. */
#include "audit/contents/lzma_alone.h"

#include "tests/contents_sample.h"

#include <lzma.h>
#include <sys/resource.h>

/* An end marker and an unknown size, as liblzma writes; the size is put in. */
static size_t pack(struct ev_span in, uint8_t *out, size_t room)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	assert_false(lzma_lzma_preset(&options, 1));
	assert_int_equal(lzma_alone_encoder(&s, &options), LZMA_OK);
	s.next_in = in.p;
	s.avail_in = in.n;
	s.next_out = out;
	s.avail_out = room;
	assert_int_equal(lzma_code(&s, LZMA_FINISH), LZMA_STREAM_END);
	lzma_end(&s);
	return room - s.avail_out;
}

static enum ev_code unpack(const uint8_t *p, size_t n, uint8_t **out,
			   size_t *size, struct ev_error *err)
{
	struct au_part_budget budget = { .parts = 1, .unpacked = 1 << 20 };

	return au_lzma_alone_unpack(ev_span_of(p, n), &budget, out, size, err);
}

static uint8_t sample[5000];

static size_t make(uint8_t packed[8192])
{
	size_t n;

	for (size_t i = 0; i < sizeof(sample); i++)
		sample[i] = (uint8_t)(i * i >> 7);
	n = pack(EV_SPAN(sample), packed, 8192);
	put_u64le(packed + 5, sizeof(sample));
	return n;
}

static void a_stream_is_unpacked(void **state)
{
	uint8_t packed[8192], *out = NULL;
	size_t n = make(packed), size = 0;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(unpack(packed, n, &out, &size, &err), EV_OK);
	assert_true(ev_span_eq(ev_span_of(out, size), EV_SPAN(sample)));
	free(out);
}

static void a_dictionary_of_4_gib_costs_nothing(void **state)
{
	struct rlimit old, small = { (rlim_t)1 << 30, RLIM_INFINITY };
	uint8_t packed[8192], *out = NULL;
	size_t n = make(packed), size = 0;
	struct ev_error err = { 0 };

	(void)state;
	put_u32le(packed + 1, UINT32_MAX);
	assert_int_equal(getrlimit(RLIMIT_DATA, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_DATA, &small), 0);
	assert_int_equal(unpack(packed, n, &out, &size, &err), EV_OK);
	assert_int_equal(setrlimit(RLIMIT_DATA, &old), 0);
	assert_int_equal(size, sizeof(sample));
	free(out);
}

static void every_prefix_is_refused(void **state)
{
	uint8_t packed[8192], *out = NULL;
	size_t n = make(packed), size;

	(void)state;
	/* The last bytes are the end marker, which a size makes needless. */
	for (size_t i = 0; i < n - 10; i++) {
		struct ev_error err = { 0 };

		assert_int_not_equal(unpack(packed, i, &out, &size, &err),
				     EV_OK);
		assert_null(out);
	}
}

static void sizes_that_cannot_be_are_refused(void **state)
{
	static const struct {
		uint64_t size;
		enum ev_code code;
	} cases[] = {
		{ UINT64_MAX, EV_VALUE },
		{ (1 << 20) + 1, EV_LIMIT },
		{ UINT64_C(1) << 62, EV_LIMIT },
		{ sizeof(sample) + 1, EV_SYNTAX },
		{ sizeof(sample) - 1, EV_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t packed[8192], *out = NULL;
		size_t n = make(packed), size;
		struct ev_error err = { 0 };

		put_u64le(packed + 5, cases[i].size);
		assert_int_equal(unpack(packed, n, &out, &size, &err),
				 cases[i].code);
		assert_string_equal(err.object, "lzma");
		assert_null(out);
	}
}

static void what_follows_is_refused(void **state)
{
	uint8_t packed[8192], *out = NULL;
	size_t n = make(packed), size;
	struct ev_error err = { 0 };

	(void)state;
	packed[n] = 0;
	assert_int_equal(unpack(packed, n + 1, &out, &size, &err), EV_TRAILING);
}

static void a_broken_stream_is_refused(void **state)
{
	uint8_t packed[8192], *out = NULL;
	size_t n = make(packed), size;
	struct ev_error err = { 0 };

	(void)state;
	packed[0] = 0xff; /* properties that are none */
	assert_int_equal(unpack(packed, n, &out, &size, &err), EV_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_is_unpacked),
		cmocka_unit_test(a_dictionary_of_4_gib_costs_nothing),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(sizes_that_cannot_be_are_refused),
		cmocka_unit_test(what_follows_is_refused),
		cmocka_unit_test(a_broken_stream_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
