/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What OpenHCL's measured memory says of its shared memory (measurement page,
 * section 4), little-endian.  The hash page: SHA-384 over all shared pages in
 * the order of their addresses, then regions {u64 first page, u64 pages, u8
 * accepted, 7 zeros}.  The hash table: "EPHS", u32 1, u32 count, u32 0, then a
 * SHA-384 a shared page.
 */
#ifndef AU_HASH_PAGE_H
#define AU_HASH_PAGE_H

#include "evidence/base/error.h"

#define AU_HASH_SIZE 48
/* (4096 - 48) / 24 */
#define AU_HASH_REGIONS_MAX 168
/* 256 pages without the header, in hashes. */
#define AU_HASH_TABLE_MAX 21845

struct au_hash_region {
	uint64_t page, pages; /* number of the first, how many */
	bool accepted;	      /* false: shared when the machine starts */
};

struct au_hash_page {
	struct ev_span digest;
	struct au_hash_region region[AU_HASH_REGIONS_MAX];
	size_t n;
};

/* Refuses a page of another size, no region, regions that are not ascending
 * or overlap or go beyond 2^52 pages, an accepted other than 0 and 1, and
 * anything but zeros behind the last. */
enum ev_code au_hash_page_parse(struct ev_span page, struct au_hash_page *out,
				struct ev_error *err);

struct au_hash_table {
	struct ev_span hashes; /* n * AU_HASH_SIZE bytes */
	size_t n;
};

/* EPHS stands in front. */
bool au_hash_table_recognise(struct ev_span in);
/* Refuses another magic or version, a reserved word, more hashes than the
 * limit, and anything but zeros behind the last. */
enum ev_code au_hash_table_parse(struct ev_span in, struct au_hash_table *out,
				 struct ev_error *err);

#endif
