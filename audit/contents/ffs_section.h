/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections of firmware files (PI 1.7 volume 3, 2.1.5 and 3.2.5): u24 size,
 * u8 type, little-endian; a size of 0xffffff has a u32 behind it.  Each begins
 * at a multiple of four bytes of the section stream.
 */
#ifndef AU_FFS_SECTION_H
#define AU_FFS_SECTION_H

#include "audit/contents/part.h"
#include "evidence/base/buffer.h"

enum au_ffs_section_type {
	AU_SECTION_COMPRESSED = 0x01,
	AU_SECTION_GUIDED = 0x02,
	AU_SECTION_PE32 = 0x10,
	AU_SECTION_TE = 0x12,
	AU_SECTION_NAME = 0x15,
	AU_SECTION_VOLUME = 0x17,
	AU_SECTION_RAW = 0x19,
};

struct au_ffs_section {
	uint8_t type;
	struct ev_span whole;	/* with its header */
	struct ev_span content; /* behind the common header */
	uint64_t offset;	/* of whole in the stream */
	uint64_t gap;		/* bytes of alignment in front of it */
};

/*
 * The section at or behind *at, which then stands behind it; false at the end
 * of the stream and on refusal (err).  Start with 0.
 */
bool au_ffs_section_next(struct ev_span stream, uint64_t *at,
			 struct au_ffs_section *out, struct ev_error *err);

/* The user interface name of the first section that has one, appended to *out
 * as UTF-8 code units below 0x80, others as '?'.  Refuses a stream that does
 * not parse up to there. */
enum ev_code au_ffs_section_name(struct ev_span stream, struct ev_buffer *out,
				 struct ev_error *err);

/*
 * Openers (contents.h): of a section stream, and of a section with the GUID
 * of LZMA or one that needs no processing, or of the type "not compressed".
 * Programs become AU_PART_PE, volumes AU_PART_VOLUME; raw sections of zeros are
 * alignment and left out.
 */
enum ev_code au_ffs_sections_open(struct au_part *holder, struct ev_span stream,
				  uint64_t offset,
				  struct au_part_budget *budget,
				  struct ev_error *err);
enum ev_code au_ffs_packed_open(struct au_part *part,
				struct au_part_budget *budget,
				struct ev_error *err);

#endif
