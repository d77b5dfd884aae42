/* SPDX-License-Identifier: Apache-2.0 */
/* The outer zstd layer: one frame, a small window, bounded memory. */
#include "evidence/zstd.h"

#include "evidence/archive.h"
#include "evidence/tar.h"
#include "tests/sample.h"

#include "collect/tar_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static void compress(struct ev_span in, struct ev_buffer *out)
{
	struct ev_error err = { 0 };

	assert_int_equal(co_zstd_write(&in, 1, ev_sink_buffer(out), &err),
			 EV_OK);
}

static enum ev_code check(const struct ev_buffer *b)
{
	struct ev_error err = { 0 };

	return ev_zstd_check(ev_buffer_span(b), &err);
}

static void one_frame_is_taken_and_decoded(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_unpacked u;

	(void)state;
	compress(EV_SPAN_LITERAL("hello"), &b);
	assert_true(ev_zstd_recognise(ev_buffer_span(&b)));
	assert_int_equal(check(&b), EV_OK);
	assert_int_equal(ev_zstd_unpack(ev_buffer_span(&b), 100,
					ev_sink_buffer(&out), &u, &err),
			 EV_OK);
	assert_int_equal(u.fault.code, EV_OK);
	assert_false(u.more);
	assert_true(ev_span_eq(ev_buffer_span(&out), EV_SPAN_LITERAL("hello")));
	assert_int_equal(ev_zstd_unpack(ev_buffer_span(&b), 4,
					ev_sink_buffer(&out), &u, &err),
			 EV_OK);
	assert_true(u.more);
	assert_int_equal(u.n, 4);
	assert_int_equal(out.n, 9);
}

/* One GiB of zeros as run-length blocks of 128 KiB, 40 KiB of file. */
static void put_bomb(struct ev_buffer *b, struct ev_span first)
{
	static const uint8_t header[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58 };
	uint32_t raw = (uint32_t)first.n << 3;
	uint32_t run = UINT32_C(131072) << 3 | 2;

	ev_buffer_add(b, EV_SPAN(header));
	for (size_t k = 0; k < 3; k++)
		ev_buffer_add_byte(b, (uint8_t)(raw >> 8 * k));
	ev_buffer_add(b, first);
	for (size_t i = 0; i < 8192; i++) {
		uint32_t block = run | (i == 8191 ? 1 : 0);

		for (size_t k = 0; k < 3; k++)
			ev_buffer_add_byte(b, (uint8_t)(block >> 8 * k));
		ev_buffer_add_byte(b, 0);
	}
	assert_true(ev_buffer_ok(b));
}

/* A place that is full after so many bytes. */
struct small_place {
	uint64_t room, largest;
};

static enum ev_code put_small(void *context, struct ev_span piece,
			      struct ev_error *err)
{
	struct small_place *place = context;

	if (piece.n > place->largest)
		place->largest = piece.n;
	if (piece.n > place->room)
		return ev_fail_trouble(err, "place", "is full");
	place->room -= piece.n;
	return EV_OK;
}

static void blocks_go_out_one_by_one_until_the_place_is_full(void **state)
{
	struct small_place place = { UINT64_C(100) << 20, 0 };
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	struct ev_unpacked u;

	(void)state;
	put_bomb(&b, (struct ev_span){ NULL, 0 });
	assert_int_equal(ev_zstd_unpack(ev_buffer_span(&b), UINT64_MAX,
					(struct ev_sink){ put_small, &place },
					&u, &err),
			 EV_TROUBLE);
	assert_string_equal(err.object, "place");
	assert_true(place.room < place.largest);
	assert_true(place.largest <= 1 << 20);
}

static void every_truncation_of_a_frame_is_refused(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	size_t n;

	(void)state;
	compress(EV_SPAN_LITERAL("hello hello hello hello"), &b);
	n = b.n;
	for (b.n = 0; b.n < n; b.n++) {
		ev_auto_buffer struct ev_buffer out = { 0 };
		struct ev_error err = { 0 };
		struct ev_unpacked u;

		assert_int_not_equal(check(&b), EV_OK);
		assert_int_equal(ev_zstd_unpack(ev_buffer_span(&b), 100,
						ev_sink_buffer(&out), &u, &err),
				 EV_OK);
	}
}

static void second_frame_and_skippable_frame_are_refused(void **state)
{
	static const uint8_t skippable[] = { 0x50, 0x2a, 0x4d, 0x18, 1,
					     0,	   0,	 0,    'x' };
	ev_auto_buffer struct ev_buffer two = { 0 }, before = { 0 };
	ev_auto_buffer struct ev_buffer behind = { 0 };

	(void)state;
	compress(EV_SPAN_LITERAL("one"), &two);
	compress(EV_SPAN_LITERAL("two"), &two);
	assert_int_equal(check(&two), EV_TRAILING);
	ev_buffer_add(&before, EV_SPAN(skippable));
	compress(EV_SPAN_LITERAL("one"), &before);
	assert_false(ev_zstd_recognise(ev_buffer_span(&before)));
	assert_int_equal(check(&before), EV_VALUE);
	compress(EV_SPAN_LITERAL("one"), &behind);
	ev_buffer_add(&behind, EV_SPAN(skippable));
	assert_int_equal(check(&behind), EV_TRAILING);
	behind.n -= sizeof(skippable) - 1;
	assert_int_equal(check(&behind), EV_TRAILING);
}

static void archives_in_two_frames_have_a_container_problem(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive a;

	(void)state;
	sample_archive(NULL, true, &b);
	compress(EV_SPAN_LITERAL(""), &b);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&b),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	assert_int_equal(a.n_problems, 1);
	assert_int_equal(a.problem[0].code, EV_ARCHIVE_CONTAINER);
	assert_string_equal(a.problem[0].err.object, "zstd");
	ev_archive_free(&a);
}

struct frame {
	const char *title;
	uint8_t bytes[16];
	size_t n;
	enum ev_code code;
};

/* Headers made by hand after RFC 8878 3.1.1; one empty last raw block. */
static const struct frame frames[] = {
	{ "window of 8 MiB",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3, 1, 0, 0 },
	  9,
	  EV_OK },
	{ "window of 9 MiB",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3 | 1, 1, 0, 0 },
	  9,
	  EV_LIMIT },
	{ "window of 3.75 TiB",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 1, 0, 0 },
	  9,
	  EV_LIMIT },
	{ "single segment of 8 MiB",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0x80, 0, 1, 0, 0 },
	  12,
	  EV_OK },
	{ "single segment over 8 MiB",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0xa0, 1, 0, 0x80, 0, 1, 0, 0 },
	  12,
	  EV_LIMIT },
	{ "reserved bit",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x08, 0, 1, 0, 0 },
	  9,
	  EV_VALUE },
	{ "dictionary",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x01, 0, 7, 1, 0, 0 },
	  10,
	  EV_VALUE },
	{ "dictionary 0 is none",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x01, 0, 0, 1, 0, 0 },
	  10,
	  EV_OK },
	{ "reserved block type",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0, 7, 0, 0 },
	  9,
	  EV_VALUE },
	{ "checksum cut off",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x04, 0, 1, 0, 0, 1, 2, 3 },
	  12,
	  EV_TRUNCATED },
	{ "run-length block",
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0, 0x1b, 0, 0, 'x' },
	  10,
	  EV_OK },
};

static void frame_headers_are_judged_as_the_format_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		const struct frame *f = &frames[i];
		struct ev_error err = { 0 };
		enum ev_code code =
			ev_zstd_check(ev_span_of(f->bytes, f->n), &err);

		if (code != f->code)
			fail_msg("%s: %s", f->title, ev_code_word(code));
	}
}

static long peak_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

static void gibibyte_of_zeros_costs_no_memory(void **state)
{
	ev_auto_buffer struct ev_buffer zeros = { 0 }, tail = { 0 },
					tar = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive a;
	long before;

	(void)state;
	put_bomb(&zeros, (struct ev_span){ NULL, 0 });
	sample_archive(NULL, false, &tar);
	put_bomb(&tail, ev_buffer_span(&tar));
	assert_int_equal(check(&zeros), EV_OK);
	before = peak_kib();
	assert_int_equal(ev_archive_open(sample_crypto(),
					 ev_buffer_span(&zeros), EV_ARCHIVE_MAX,
					 &a, &err),
			 EV_SYNTAX);
	assert_true(peak_kib() - before < 65536);
	/* Behind a whole archive: as much as sig/ files could take, then no
	 * more. */
	err = (struct ev_error){ 0 };
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&tail),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	assert_int_equal(a.problem[0].code, EV_ARCHIVE_CONTAINER);
	assert_true(a.tar.n < 300 << 20);
	ev_archive_free(&a);
	err = (struct ev_error){ 0 };
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&tail),
					 1 << 20, &a, &err),
			 EV_LIMIT);
}

static void mutations_never_crash(void **state)
{
	ev_auto_buffer struct ev_buffer whole = { 0 }, b = { 0 };
	uint32_t seed = 5;

	(void)state;
	sample_archive(NULL, true, &whole);
	ev_buffer_add(&b, ev_buffer_span(&whole));
	for (size_t round = 0; round < 3000; round++) {
		ev_auto_buffer struct ev_buffer out = { 0 };
		struct ev_error err = { 0 };
		struct ev_unpacked u;

		memcpy(b.p, whole.p, whole.n);
		for (size_t k = 0; k < 3; k++) {
			seed = seed * 1664525 + 1013904223;
			b.p[(seed >> 8) % b.n] = (uint8_t)(seed >> 24);
		}
		check(&b);
		assert_int_equal(ev_zstd_unpack(ev_buffer_span(&b), 1 << 20,
						ev_sink_buffer(&out), &u, &err),
				 EV_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_frame_is_taken_and_decoded),
		cmocka_unit_test(
			blocks_go_out_one_by_one_until_the_place_is_full),
		cmocka_unit_test(every_truncation_of_a_frame_is_refused),
		cmocka_unit_test(second_frame_and_skippable_frame_are_refused),
		cmocka_unit_test(
			archives_in_two_frames_have_a_container_problem),
		cmocka_unit_test(frame_headers_are_judged_as_the_format_says),
		cmocka_unit_test(gibibyte_of_zeros_costs_no_memory),
		cmocka_unit_test(mutations_never_crash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
