/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of what stands in an image's memory.  Each input is opened as every
 * kind, and as volumes whose sums are put right, since no fuzzer guesses those;
 * then it is compared with itself, one byte changed.
 */
#include "audit/contents/command_page.h"
#include "audit/contents/contents.h"
#include "audit/contents/contents_diff.h"
#include "audit/contents/firmware_volume.h"
#include "audit/contents/hash_page.h"
#include "audit/contents/linker_map.h"
#include "audit/contents/pe_difference.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Small, so that a bomb is cut soon. */
static struct au_part_budget small_budget(void)
{
	return (struct au_part_budget){ 4096, UINT64_C(1) << 22 };
}

static struct au_part part_of(enum au_part_kind kind, struct ev_span in)
{
	struct au_part part = { .kind = kind,
				.name = strdup(""),
				.bytes = in,
				.attributes = 0x0700 };

	require(part.name != NULL);
	return part;
}

static void open_as(enum au_part_kind kind, struct ev_span in)
{
	struct au_part part = part_of(kind, in);
	struct au_part_budget budget = small_budget();
	struct ev_error err = { 0 };

	require(au_contents_open_all(&part, &budget, &err) == EV_OK);
	require(part.refused.code == EV_OK || part.refused.object != NULL);
	au_part_free(&part);
}

static void parse_single(struct ev_span in)
{
	struct ev_error err[5] = { 0 };
	struct au_command_page line;
	struct au_linker_map map;
	struct au_hash_page hashes;
	struct au_hash_table table;

	au_command_page_parse(in, &line, &err[0]);
	au_hash_page_parse(in, &hashes, &err[1]);
	au_hash_table_parse(in, &table, &err[2]);
	if (au_linker_map_parse(in, "TDX", &map, &err[3]) == EV_OK)
		au_linker_map_free(&map);
	for (size_t i = 0; i < 4; i++)
		require(err[i].code != EV_TROUBLE);
}

static void compare(enum au_part_kind kind, struct ev_span a, struct ev_span b)
{
	struct au_part x = part_of(kind, a), y = part_of(kind, b);
	struct au_contents_diff diff;
	struct ev_error err = { 0 };

	require(au_contents_diff_parts(&x, &y, &diff, &err) == EV_OK);
	require(diff.equal == ev_span_eq(a, b));
	/* What differs is never said not to. */
	require(diff.equal == (diff.n == 0));
	require(diff.sentence != NULL);
	au_contents_diff_free(&diff);
	au_part_free(&x);
	au_part_free(&y);
}

static uint8_t sum8(const uint8_t *p, size_t n)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return (uint8_t)sum;
}

static void mend_header(uint8_t *p, size_t n)
{
	unsigned int sum = 0, size = p[48] | (unsigned int)p[49] << 8;

	p[50] = p[51] = 0;
	for (size_t i = 0; i + 1 < size && i + 1 < n; i += 2)
		sum += p[i] | (unsigned int)p[i + 1] << 8;
	sum = 0x10000 - (sum & 0xffff);
	p[50] = (uint8_t)sum;
	p[51] = (uint8_t)(sum >> 8);
}

static void mend_files(uint8_t *p, size_t n, size_t at)
{
	while (at < n && n - at >= 24) {
		uint8_t *f = p + at;
		size_t size = f[20] | (size_t)f[21] << 8 | (size_t)f[22] << 16;

		if (size < 24 || size > n - at)
			return;
		f[16] = f[17] = f[23] = 0;
		f[16] = (uint8_t)-sum8(f, 24);
		f[17] = (f[19] & 0x40) != 0 ? (uint8_t)-sum8(f + 24, size - 24)
					    : 0xaa;
		f[23] = 0xf8;
		at = (at + size + 7) & ~(size_t)7;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ev_span in = ev_span_of(bytes, n);
	uint8_t *copy = malloc(n + 1);

	require(copy != NULL);
	for (unsigned int i = 0; i < AU_PART_N; i++)
		open_as((enum au_part_kind)i, in);
	parse_single(in);
	if (n > 0)
		memcpy(copy, bytes, n);
	if (n > 56) {
		mend_header(copy, n);
		mend_files(copy, n, copy[48] | (size_t)copy[49] << 8);
		open_as(AU_PART_FIRMWARE, ev_span_of(copy, n));
		compare(AU_PART_FIRMWARE, in, ev_span_of(copy, n));
	}
	if (n > 0) {
		memcpy(copy, bytes, n);
		copy[bytes[n - 1] % n] ^= 0x10;
	}
	compare(au_contents_recognise(in), in, ev_span_of(copy, n));
	compare(AU_PART_PE, in, ev_span_of(copy, n));
	compare(AU_PART_COMMAND_LINE, in, ev_span_of(copy, n));
	free(copy);
	return 0;
}
