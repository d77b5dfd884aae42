/* SPDX-License-Identifier: Apache-2.0 */
/* Opening archives: what is refused, what is a problem, what nothing sees. */
#include "evidence/archive.h"

#include "evidence/dsse.h"
#include "evidence/tar.h"
#include "tests/sample.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint64_t limit = UINT64_C(1) << 24;

static enum ev_code open_bytes(const struct ev_buffer *b,
			       struct ev_archive *out, struct ev_error *err)
{
	*err = (struct ev_error){ 0 };
	return ev_archive_open(sample_crypto(), ev_buffer_span(b), limit, out,
			       err);
}

static bool has_problem(const struct ev_archive *a, enum ev_archive_code code)
{
	for (size_t i = 0; i < a->n_problems; i++) {
		if (a->problem[i].code == code)
			return true;
	}
	return false;
}

/* Key id of sample_ed25519. */
#define SIG_PATH "sig/f9aec499ea23843e.dsse.json"

static const char quote_path[] = "items/tdx-quote/0000.bin";

static const char log_path[] = "items/collect-log/0000-early.txt";

/* --- editing a tar --- */

/* Anew, since an edit of the header changes it. */
static void put_sum(uint8_t *h)
{
	unsigned int sum = 0;

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < EV_TAR_BLOCK; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	h[155] = ' ';
}

/* Where the header of a member stands. */
static size_t find_member(const struct ev_buffer *b, const char *name,
			  size_t *size)
{
	struct ev_tar tar = { .in = ev_buffer_span(b) };
	struct ev_error note = { 0 }, err = { 0 };
	struct ev_tar_member m;
	bool end = false;

	while (ev_tar_next(&tar, &m, &end, &note, &err) == EV_OK && !end) {
		if (strcmp(m.name, name) != 0)
			continue;
		*size = EV_TAR_BLOCK + (size_t)ev_tar_padded(m.size);
		return (size_t)m.header_offset;
	}
	fail_msg("no member %s", name);
	return 0;
}

static void insert(struct ev_buffer *b, size_t at, struct ev_span bytes)
{
	struct ev_buffer out = { 0 };

	ev_buffer_add(&out, ev_span_of(b->p, at));
	ev_buffer_add(&out, bytes);
	ev_buffer_add(&out, ev_span_of(b->p + at, b->n - at));
	assert_true(ev_buffer_ok(&out));
	ev_buffer_free(b);
	*b = out;
}

static void cut(struct ev_buffer *b, size_t at, size_t n)
{
	memmove(b->p + at, b->p + at + n, b->n - at - n);
	b->n -= n;
}

static void rename_member(struct ev_buffer *b, const char *name, const char *to)
{
	size_t size, at = find_member(b, name, &size);

	memset(b->p + at, 0, 100);
	memcpy(b->p + at, to, strlen(to));
	put_sum(b->p + at);
}

/* --- tests --- */

static void archive_of_our_writer_opens_without_a_problem(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_archive_problem fault;
	struct ev_archive a;
	struct ev_error err;

	(void)state;
	sample_archive(sample_ed25519, false, &b);
	assert_int_equal(open_bytes(&b, &a, &err), EV_OK);
	assert_int_equal(a.n_problems, 0);
	assert_int_equal(a.manifest.n_items, 3);
	assert_true(a.manifest.canonical);
	assert_int_equal(a.manifest.time, 1780922561);
	assert_string_equal(a.manifest.verb, "pack");
	assert_int_equal(a.n_sigs, 1);
	assert_string_equal(a.items[0].name, log_path);
	assert_non_null(a.items[0].data.p);
	assert_string_equal(a.items[2].name, quote_path);
	assert_true(ev_span_eq(a.items[2].data, sample_items[0].bytes));
	assert_memory_equal(b.p + a.items[2].tar_offset, "not a quote", 11);
	assert_int_equal(a.manifest.items[1].n_relates, 1);
	assert_string_equal(a.manifest.items[1].relates[0].name, quote_path);
	assert_true(ev_span_eq(a.manifest.items[2].nonce,
			       EV_SPAN_LITERAL("010203")));
	assert_int_equal(ev_archive_sound(sample_crypto(), &a, &fault),
			 EV_VERIFIED_YES);
	ev_archive_free(&a);
}

static void compressed_archive_is_the_same_archive(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 }, z = { 0 };
	struct ev_archive a, c;
	struct ev_error err;

	(void)state;
	sample_archive(sample_ed25519, false, &b);
	sample_archive(sample_ed25519, true, &z);
	assert_int_equal(open_bytes(&b, &a, &err), EV_OK);
	assert_int_equal(open_bytes(&z, &c, &err), EV_OK);
	assert_true(c.compressed);
	assert_int_equal(c.n_problems, 0);
	assert_true(ev_span_eq(a.tar, c.tar));
	assert_memory_equal(a.id, c.id, 32);
	ev_archive_free(&a);
	ev_archive_free(&c);
}

/* Opens, and every digest and the signature are good. */
static bool is_all_good(const struct ev_buffer *b, struct ev_span spki,
			bool *noted)
{
	struct ev_archive_problem fault;
	struct ev_archive a;
	struct ev_error err;
	struct ev_dsse dsse;
	bool good;

	if (open_bytes(b, &a, &err) != EV_OK)
		return false;
	good = a.n_sigs == 1 &&
	       ev_archive_sound(sample_crypto(), &a, &fault) == EV_VERIFIED_YES;
	*noted = a.n_problems > 0;
	err = (struct ev_error){ 0 };
	if (good && ev_dsse_parse(a.sigs[0].data, &dsse, &err) != EV_OK)
		good = false;
	else if (good) {
		good = ev_span_eq(dsse.payload, a.manifest_bytes) &&
		       ev_dsse_signed_by(sample_crypto(), &dsse, spki, NULL) ==
			       EV_VERIFIED_YES;
		ev_dsse_free(&dsse);
	}
	ev_archive_free(&a);
	return good;
}

/*
 * The single-bit flips that do no damage that a reader could see, all of
 * them: in each header the two that end the checksum in another legal way
 * (noted); in the envelope, the member keyid, which is a hint, as long as the
 * text stays JSON: no quote, no backslash, no control, nothing above ASCII.
 */
static bool is_harmless(const struct ev_buffer *b, size_t bit)
{
	size_t at = bit / 8, sig, size, in;
	const uint8_t *id;
	uint8_t c = b->p[at] ^ (uint8_t)(1U << bit % 8);

	if ((at % EV_TAR_BLOCK == 154 || at % EV_TAR_BLOCK == 155) &&
	    bit % 8 == 5 &&
	    memcmp(b->p + at / 512 * 512 + 257, "ustar", 6) == 0)
		return true;
	sig = find_member(b, SIG_PATH, &size);
	id = memmem(b->p + sig, size, "keyid\":\"", 8);
	assert_non_null(id);
	in = (size_t)(b->p + at - id); /* wraps around before it */
	if (in >= 8 + 64 || (in >= 5 && in < 8))
		return false;
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void every_single_bit_flip_is_seen_or_listed(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 }, whole = { 0 };
	struct co_key *key = sample_key(sample_ed25519);
	size_t notes = 0;

	(void)state;
	sample_archive(sample_ed25519, false, &b);
	sample_archive(sample_ed25519, false, &whole);
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		bool noted = false, good;

		b.p[bit / 8] ^= (uint8_t)(1U << bit % 8);
		good = is_all_good(&b, co_key_spki(key), &noted);
		b.p[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (good != is_harmless(&whole, bit))
			fail_msg("byte %zu bit %zu: %s", bit / 8, bit % 8,
				 good ? "is not seen" : "is refused");
		notes += good && noted;
	}
	assert_int_equal(notes, 5 * 2); /* five members */
	co_key_free(key);
}

static void every_truncation_is_refused_or_a_container_problem(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	size_t n;

	(void)state;
	sample_archive(sample_ed25519, false, &b);
	n = b.n;
	for (b.n = 0; b.n < n; b.n++) {
		uint8_t *copy = malloc(b.n + 1);
		struct ev_buffer exact = { .p = copy, .n = b.n };
		struct ev_archive a;
		struct ev_error err;

		assert_non_null(copy);
		memcpy(copy, b.p, b.n);
		if (open_bytes(&exact, &a, &err) == EV_OK) {
			if (!has_problem(&a, EV_ARCHIVE_CONTAINER))
				fail_msg("%zu bytes are whole", b.n);
			ev_archive_free(&a);
		}
		free(copy);
	}
}

static void truncated_zstd_frames_are_refused_or_problems(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	size_t n;

	(void)state;
	sample_archive(NULL, true, &b);
	n = b.n;
	for (b.n = 0; b.n < n; b.n++) {
		struct ev_archive a;
		struct ev_error err;

		if (open_bytes(&b, &a, &err) != EV_OK)
			continue;
		assert_true(has_problem(&a, EV_ARCHIVE_CONTAINER));
		ev_archive_free(&a);
	}
}

struct edit {
	const char *title;
	void (*edit)(struct ev_buffer *b);
	enum ev_archive_code code;
};

static void edit_extra(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size);
	uint8_t copy[1024];

	assert_true(size <= sizeof(copy));
	memcpy(copy, b->p + at, size);
	insert(b, at + size, ev_span_of(copy, size));
	at += size;
	memcpy(b->p + at, "items/tdx-quote/0001.bin", 25);
	put_sum(b->p + at);
}

static void edit_twice(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size);
	uint8_t copy[1024];

	assert_true(size <= sizeof(copy));
	memcpy(copy, b->p + at, size);
	insert(b, at + size, ev_span_of(copy, size));
}

static void edit_manifest_twice(struct ev_buffer *b)
{
	size_t size, at = find_member(b, "manifest.json", &size);
	uint8_t *copy = malloc(size);

	assert_non_null(copy);
	memcpy(copy, b->p + at, size);
	insert(b, at + size, ev_span_of(copy, size));
	free(copy);
}

static void edit_missing(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size);

	cut(b, at, size);
}

static void edit_size(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size);

	b->p[at + 134]--;
	b->p[at + 512 + 10] = 0;
	put_sum(b->p + at);
}

static void edit_content(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size);

	b->p[at + 512] ^= 1;
}

/* The last item before the first: an order within a group. */
static void edit_order(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size), first;
	uint8_t copy[1024];

	memcpy(copy, b->p + at, size);
	cut(b, at, size);
	first = find_member(b, log_path, &at);
	insert(b, first, ev_span_of(copy, size));
}

/* An item before a signature: an order of groups. */
static void edit_group(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size), first;
	uint8_t copy[1024];

	memcpy(copy, b->p + at, size);
	cut(b, at, size);
	find_member(b, "manifest.json", &first);
	insert(b, first, ev_span_of(copy, size));
}

static void edit_name_outside(struct ev_buffer *b)
{
	rename_member(b, quote_path, "other/0000.bin");
}

static void edit_name_dots(struct ev_buffer *b)
{
	rename_member(b, quote_path, "items/../0000.bin");
}

static void edit_case(struct ev_buffer *b)
{
	size_t size, at = find_member(b, log_path, &size);
	uint8_t two[1024] = { 0 };

	memcpy(two, b->p + at, 512);
	memset(two, 0, 100);
	memcpy(two, "sig/A.pem", 9);
	put_sum(two);
	memcpy(two + 512, two, 512);
	memcpy(two + 512, "sig/a.pem", 9);
	put_sum(two + 512);
	insert(b, at, EV_SPAN(two));
}

static void edit_directory(struct ev_buffer *b)
{
	edit_case(b);
	rename_member(b, "sig/A.pem", "sig/a.pem/x");
}

static void edit_append(struct ev_buffer *b)
{
	ev_buffer_add(b, ev_span_of(b->p, 512));
}

static void edit_owner(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size);

	memcpy(b->p + at + 265, "root", 4);
	put_sum(b->p + at);
}

static void edit_link(struct ev_buffer *b)
{
	size_t size, at = find_member(b, quote_path, &size);

	b->p[at + 156] = '2';
	memcpy(b->p + at + 157, "/etc/passwd", 11);
	put_sum(b->p + at);
}

static const struct edit edits[] = {
	{ "extra", edit_extra, EV_ARCHIVE_EXTRA_ITEM },
	{ "twice", edit_twice, EV_ARCHIVE_CONTAINER },
	{ "manifest twice", edit_manifest_twice, EV_ARCHIVE_CONTAINER },
	{ "missing", edit_missing, EV_ARCHIVE_MISSING_ITEM },
	{ "size", edit_size, EV_ARCHIVE_SIZE },
	{ "content", edit_content, EV_ARCHIVE_DIGEST },
	{ "order in a group", edit_order, EV_ARCHIVE_NONCANONICAL },
	{ "order of groups", edit_group, EV_ARCHIVE_CONTAINER },
	{ "name outside", edit_name_outside, EV_ARCHIVE_CONTAINER },
	{ "name with dots", edit_name_dots, EV_ARCHIVE_CONTAINER },
	{ "names by case", edit_case, EV_ARCHIVE_CONTAINER },
	{ "file and directory", edit_directory, EV_ARCHIVE_CONTAINER },
	{ "appended", edit_append, EV_ARCHIVE_CONTAINER },
	{ "owner", edit_owner, EV_ARCHIVE_NONCANONICAL },
	{ "link", edit_link, EV_ARCHIVE_CONTAINER },
};

static void edits_are_named_by_their_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
		ev_auto_buffer struct ev_buffer b = { 0 };
		struct ev_archive_problem fault = { 0 };
		struct ev_archive a;
		struct ev_error err;
		enum ev_verified v;

		sample_archive(sample_ed25519, false, &b);
		edits[i].edit(&b);
		if (open_bytes(&b, &a, &err) != EV_OK)
			fail_msg("%s: refused: %s %s", edits[i].title,
				 err.field, err.found);
		v = ev_archive_sound(sample_crypto(), &a, &fault);
		if (edits[i].code == EV_ARCHIVE_NONCANONICAL) {
			assert_int_equal(v, EV_VERIFIED_YES);
			assert_true(has_problem(&a, edits[i].code));
		} else if (v != EV_VERIFIED_NO || fault.code != edits[i].code)
			fail_msg("%s: %s", edits[i].title,
				 ev_archive_code_word(fault.code));
		ev_archive_free(&a);
	}
}

static void more_problems_than_fit_are_counted_as_more(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_archive a;
	struct ev_error err;

	(void)state;
	sample_archive(NULL, false, &b);
	for (size_t i = 0; i < EV_ARCHIVE_PROBLEMS_MAX + 1; i++)
		edit_twice(&b);
	assert_int_equal(open_bytes(&b, &a, &err), EV_OK);
	assert_int_equal(a.n_problems, EV_ARCHIVE_PROBLEMS_MAX);
	assert_true(a.more_problems);
	ev_archive_free(&a);
}

/* --- what is no archive --- */

static void assert_foreign(struct ev_span file, const char *part)
{
	struct ev_error err = { 0 };
	struct ev_archive a;

	assert_int_equal(
		ev_archive_open(sample_crypto(), file, limit, &a, &err),
		EV_SYNTAX);
	assert_string_equal(err.object, "archive");
	if (strstr(err.found, part) == NULL)
		fail_msg("want %s, found %s", part, err.found);
}

static void other_files_are_named(void **state)
{
	static const uint8_t zeros[1024];

	(void)state;
	assert_foreign((struct ev_span){ NULL, 0 }, "an empty file");
	assert_foreign(EV_SPAN_LITERAL("PK\3\4abcd"), "a zip file");
	assert_foreign(EV_SPAN_LITERAL("\x1f\x8b\b"), "a gzip file");
	assert_foreign(EV_SPAN(zeros), "0000000000000000");
	assert_foreign(EV_SPAN_LITERAL("x"), "something else");
}

static void quote_alone_is_named_with_the_way_out(void **state)
{
	struct ev_span quote;

	(void)state;
	vectors_need();
	assert_true(vectors_read("dcap/tdx-v4-azure/quote.bin", &quote));
	assert_foreign(quote, "a bare TDX quote v4; wrap it with `ecart pack`");
}

static void tars_of_the_vectors_are_no_archives(void **state)
{
	struct ev_span tar;

	(void)state;
	vectors_need();
	assert_true(vectors_read("archive/tar/gnu-pax-b1.tar", &tar));
	assert_foreign(tar, "typeflag");
	assert_true(vectors_read("archive/tar/canonical-3.tar", &tar));
	{
		struct ev_error err = { 0 };
		struct ev_archive a;

		assert_int_equal(
			ev_archive_open(sample_crypto(), tar, limit, &a, &err),
			EV_MISSING);
		assert_string_equal(err.object, "manifest");
	}
}

static void limit_holds_for_plain_and_compressed(void **state)
{
	(void)state;
	for (int zstd = 0; zstd < 2; zstd++) {
		ev_auto_buffer struct ev_buffer b = { 0 };
		struct ev_error err = { 0 };
		struct ev_archive a;

		sample_archive(NULL, zstd != 0, &b);
		assert_int_equal(ev_archive_open(sample_crypto(),
						 ev_buffer_span(&b), 2048, &a,
						 &err),
				 EV_LIMIT);
	}
}

static void mutations_never_crash(void **state)
{
	ev_auto_buffer struct ev_buffer whole = { 0 }, b = { 0 };
	uint32_t seed = 7;

	(void)state;
	sample_archive(sample_ed25519, false, &whole);
	ev_buffer_add(&b, ev_buffer_span(&whole));
	for (size_t round = 0; round < 3000; round++) {
		struct ev_archive a;
		struct ev_error err;

		memcpy(b.p, whole.p, whole.n);
		for (size_t k = 0; k < 1 + round % 3; k++) {
			size_t at;

			seed = seed * 1664525 + 1013904223;
			at = (seed >> 8) % b.n;
			b.p[at] = (uint8_t)(seed >> 24);
			at = at / 512 * 512;
			if (memcmp(b.p + at + 257, "ustar", 6) == 0)
				put_sum(b.p + at);
		}
		if (open_bytes(&b, &a, &err) == EV_OK)
			ev_archive_free(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(archive_of_our_writer_opens_without_a_problem),
		cmocka_unit_test(compressed_archive_is_the_same_archive),
		cmocka_unit_test(every_single_bit_flip_is_seen_or_listed),
		cmocka_unit_test(
			every_truncation_is_refused_or_a_container_problem),
		cmocka_unit_test(truncated_zstd_frames_are_refused_or_problems),
		cmocka_unit_test(edits_are_named_by_their_code),
		cmocka_unit_test(more_problems_than_fit_are_counted_as_more),
		cmocka_unit_test(other_files_are_named),
		cmocka_unit_test(quote_alone_is_named_with_the_way_out),
		cmocka_unit_test(tars_of_the_vectors_are_no_archives),
		cmocka_unit_test(limit_holds_for_plain_and_compressed),
		cmocka_unit_test(mutations_never_crash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
