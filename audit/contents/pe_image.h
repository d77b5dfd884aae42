/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs of firmware: PE32 and PE32+ (Microsoft PE/COFF, revision 11) and
 * TE, whose header is cut to 40 bytes (PI 1.7 volume 1, 15).  Little-endian.
 */
#ifndef AU_PE_IMAGE_H
#define AU_PE_IMAGE_H

#include "evidence/base/error.h"

/* The Windows loader takes no more. */
#define AU_PE_SECTIONS_MAX 96

struct au_pe_section {
	char name[33]; /* eight bytes, shown */
	uint32_t virtual_size, address;
	uint32_t attributes;
	uint64_t offset;      /* of bytes in the image's file */
	struct ev_span bytes; /* raw data, borrowed */
};

struct au_pe_directory {
	uint32_t address, size; /* 0 where there is none */
};

struct au_pe_image {
	bool te, plus; /* plus: PE32+ */
	uint16_t machine, subsystem, attributes, dll_attributes;
	uint32_t time_stamp, entry, code_base;
	uint32_t alignment; /* of sections in memory; 0: a TE image */
	uint64_t base;
	struct au_pe_directory resources, relocations, debug;
	/* In the file: the optional header (0 in a TE image), its directories,
	 * the table of sections. */
	uint64_t optional_at, directories_at, sections_at;
	struct au_pe_section section[AU_PE_SECTIONS_MAX];
	size_t n;
};

/* MZ, and PE where it says. */
bool au_pe_image_recognise(struct ev_span in);

/*
 * Refuses what is neither MZ with PE nor VZ, an optional header of another
 * kind or too short for its directories, more sections than the limit, and a
 * section whose raw data does not lie in the file.
 */
enum ev_code au_pe_image_parse(struct ev_span file, struct au_pe_image *out,
			       struct ev_error *err);

/* The bytes [address, address + n) of memory, as the file has them; false
 * where no one section has all of them.  *section is the section's number. */
bool au_pe_image_at(const struct au_pe_image *image, uint64_t address,
		    uint64_t n, struct ev_span *out, size_t *section);

#endif
