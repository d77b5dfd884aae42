/* SPDX-License-Identifier: Apache-2.0 */
/* Packed streams: what unpacks, what is broken, what is a bomb. */
#include "audit/contents/packed_stream.h"

#include "tests/contents_sample.h"

#include <archive.h>
#include <archive_entry.h>

/* n zeros, packed by an outside program. */
static size_t pack_zeros(size_t n, int filter, uint8_t *out, size_t room)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	uint8_t *zeros = calloc(1, n);
	size_t used = 0;

	assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(a, 1),
			 ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, out, room, &used),
			 ARCHIVE_OK);
	archive_entry_set_filetype(e, AE_IFREG);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, zeros, n), n);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	archive_entry_free(e);
	free(zeros);
	return used;
}

static const struct {
	const char *name;
	int filter;
} formats[] = {
	{ "gzip", ARCHIVE_FILTER_GZIP },
	{ "xz", ARCHIVE_FILTER_XZ },
	{ "zstd", ARCHIVE_FILTER_ZSTD },
};

static void each_format_is_known_and_unpacked(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t p[4096];
		size_t n = pack_zeros(5000, formats[i].filter, p, sizeof(p));
		struct au_part part =
			contents_part(AU_PART_STREAM, ev_span_of(p, n));

		assert_string_equal(au_packed_stream_name(part.bytes),
				    formats[i].name);
		contents_opens(&part);
		assert_int_equal(part.refused.code, EV_OK);
		assert_int_equal(part.n, 1);
		assert_int_equal(part.inside[0].bytes.n, 5000);
		au_part_free(&part);
	}
	assert_null(au_packed_stream_name(EV_SPAN_LITERAL("\x1f\x8b")));
}

static void a_bomb_stops_at_the_budget(void **state)
{
	enum { SIZE = 8 << 20 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t p[16384];
		size_t n = pack_zeros(SIZE, formats[i].filter, p, sizeof(p));
		struct au_part part =
			contents_part(AU_PART_STREAM, ev_span_of(p, n));
		struct au_part_budget budget = { 10, SIZE - 1 };
		struct ev_error err = { 0 };

		assert_int_equal(au_packed_stream_open(&part, &budget, &err),
				 EV_LIMIT);
		assert_int_equal(part.n, 0);
		au_part_free(&part);
	}
}

static void a_cut_stream_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t p[4096];
		size_t n = pack_zeros(5000, formats[i].filter, p, sizeof(p));

		for (size_t cut = 8; cut < n; cut++) {
			struct au_part part = contents_part(AU_PART_STREAM,
							    ev_span_of(p, cut));
			struct au_part_budget budget = au_part_budget();
			struct ev_error err = { 0 };

			assert_int_equal(
				au_packed_stream_open(&part, &budget, &err),
				EV_SYNTAX);
			au_part_free(&part);
		}
	}
}

/* Memory is whole pages. */
static void zeros_may_follow(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t p[8192] = { 0 };

		for (size_t more = 1; more < 4096; more += 819) {
			size_t n = pack_zeros(5000, formats[i].filter, p,
					      sizeof(p));
			struct au_part part = contents_part(
				AU_PART_STREAM, ev_span_of(p, n + more));

			memset(p + n, 0, sizeof(p) - n);
			contents_opens(&part);
			assert_int_equal(part.refused.code, EV_OK);
			assert_int_equal(part.n, 1);
			assert_int_equal(part.inside[0].bytes.n, 5000);
			au_part_free(&part);
		}
	}
}

/* A decoder that ends where its stream does would not see it. */
static void what_follows_is_a_part(void **state)
{
	static const char more[] = "070701 or anything else";

	(void)state;
	for (size_t zeros = 0; zeros < 600; zeros += 199) {
		uint8_t p[8192] = { 0 };
		size_t n = pack_zeros(5000, ARCHIVE_FILTER_GZIP, p, 4096);
		struct au_part part = contents_part(
			AU_PART_STREAM,
			ev_span_of(p, n + zeros + sizeof(more) - 1));

		memset(p + n, 0, sizeof(p) - n);
		memcpy(p + n + zeros, more, sizeof(more) - 1);
		contents_opens(&part);
		assert_int_equal(part.refused.code, EV_OK);
		assert_int_equal(part.n, 2);
		assert_string_equal(part.inside[1].name, "rest");
		assert_int_equal(part.inside[1].kind, AU_PART_CPIO);
		assert_int_equal(part.inside[1].offset, n + zeros);
		assert_int_equal(part.inside[1].bytes.n, sizeof(more) - 1);
		au_part_free(&part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_is_known_and_unpacked),
		cmocka_unit_test(a_bomb_stops_at_the_budget),
		cmocka_unit_test(a_cut_stream_is_refused),
		cmocka_unit_test(zeros_may_follow),
		cmocka_unit_test(what_follows_is_a_part),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
