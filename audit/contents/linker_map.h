/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The .map file that OpenVMM's igvmfilegen writes beside an image: under
 * "IGVM file layout:" a line a range, "  <start> - <end> (0x<size> bytes)
 * <tag>", 16 hexadecimal digits each, end exclusive; once for each
 * "IGVM file isolation:" (vm/loader/igvmfilegen, microsoft/openvmm 1488a37b).
 */
#ifndef AU_LINKER_MAP_H
#define AU_LINKER_MAP_H

#include "evidence/base/error.h"

/* Maps have some dozens of lines a platform; 4 MiB are 50,000. */
#define AU_MAP_TEXT_MAX ((size_t)4 << 20)

struct au_map_entry {
	uint64_t start, end;
	struct ev_span tag; /* borrowed from the text */
};

struct au_linker_map {
	struct au_map_entry *entry; /* owned, start ascending, no overlap */
	size_t n;
};

/*
 * Reads the layouts of one platform, as the image names it ("TDX", "SEV_SNP",
 * "VSM_ISOLATION"), and those in front of any "isolation".  Refuses a text
 * beyond the limit, a line of a layout that does not parse, a size other than
 * end - start, ranges that overlap, and a map without a range for the
 * platform.  On failure *out is zeroed.
 */
enum ev_code au_linker_map_parse(struct ev_span text, const char *platform,
				 struct au_linker_map *out,
				 struct ev_error *err);
void au_linker_map_free(struct au_linker_map *map);

/* The range that holds the byte at gpa, or else the next one; NULL: none. */
const struct au_map_entry *au_linker_map_from(const struct au_linker_map *map,
					      uint64_t gpa);

#endif
