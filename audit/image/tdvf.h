/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TDX metadata of a firmware image: where the descriptor stands and the
 * sections that it lists (measurement page, sections 2.1 and 2.2; Intel TDVF
 * Design Guide, section 11).  All integers are little-endian.
 */
#ifndef AU_TDVF_H
#define AU_TDVF_H

#include "evidence/base/reader.h"

/* OVMF has six, td-shim about ten. */
#define AU_TDVF_SECTIONS_MAX 64

enum au_tdvf_type {
	AU_TDVF_BFV,
	AU_TDVF_CFV,
	AU_TDVF_TD_HOB,
	AU_TDVF_TEMP_MEM,
	AU_TDVF_PERM_MEM,
	AU_TDVF_PAYLOAD,
	AU_TDVF_PAYLOAD_PARAM,
	AU_TDVF_TD_INFO, /* describes; nothing of it is loaded */
	AU_TDVF_TD_PARAMS,
	AU_TDVF_TYPES,
};
const char *au_tdvf_type_name(enum au_tdvf_type type); /* "BFV" */

struct au_tdvf_section {
	enum au_tdvf_type type;
	uint32_t data_offset, raw_size; /* in the file */
	uint64_t gpa, size;		/* of memory, whole pages */
	bool extend, aug;		/* MR.EXTEND, PAGE.AUG */
	uint64_t offset;		/* of the entry in the file */
};

struct au_tdvf {
	/* Found through the table of GUIDs at the end (OVMF), not through the
	 * u32 at size - 32 (td-shim). */
	bool guided;
	uint64_t offset; /* of the descriptor */
	struct au_tdvf_section section[AU_TDVF_SECTIONS_MAX];
	size_t n;
};

/*
 * Reads the metadata.  Refuses what the peers refuse, each by its name; a
 * guided image whose volumes are not the file is refused with the hint that
 * its variable store belongs before it.  Overlaps in memory and the number of
 * pages are the launch's to refuse.
 */
enum ev_code au_tdvf_parse(struct ev_span bytes, struct au_tdvf *out,
			   struct ev_error *err);

#endif
