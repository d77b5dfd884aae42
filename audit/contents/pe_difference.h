/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two builds of one firmware program: is it another program, or the same one
 * with sections of other sizes?  What a longer build path moves is: the room
 * that the linker keeps for the path of the debug file (blanked or not) in the
 * data section, hence sizes, addresses and padding, hence the address of the
 * resources and the places that the headers say.  Where a volume is laid out
 * for one address, it moves the image base and every relocated word as well.
 */
#ifndef AU_PE_DIFFERENCE_H
#define AU_PE_DIFFERENCE_H

#include "audit/contents/pe_image.h"

enum au_pe_verdict {
	AU_PE_SAME,  /* byte for byte */
	AU_PE_SIZES, /* alike but for sizes, addresses and zero padding */
	AU_PE_OTHER, /* code, data or what the header says of them */
};

struct au_pe_change {
	char name[33]; /* ".text", "header" */
	uint64_t at;   /* first byte that differs: address in memory from the
			* image base; of the header, in the file */
	uint64_t n;    /* bytes that differ, without those of the length */
	uint64_t size_a, size_b; /* of the section's raw data */
};

struct au_pe_difference {
	enum au_pe_verdict verdict;
	/*
	 * What moves is the room for the build path: its sizes differ and both
	 * are blank.  Where the directory that says where it is is blank too,
	 * as a release of EDK II leaves it, this is concluded: one section
	 * differs in size alone, in zeros at its end, which are enough for a
	 * debug entry and its header in both.
	 */
	bool path_room;
	bool resized;	   /* a section's size or address is another */
	bool rebased;	   /* image bases differ; relocated words were compared
		       * without them */
	uint64_t moved_by; /* B's image base without A's, modulo 2^64 */
	/* Of AU_PE_OTHER: what differs, header first. */
	struct au_pe_change change[AU_PE_SECTIONS_MAX + 1];
	size_t n;
};

/* EV_OK; a refusal of either image, its object and byte as au_pe_image_parse
 * has them; EV_TROUBLE. */
enum ev_code au_pe_difference_of(struct ev_span a, struct ev_span b,
				 struct au_pe_difference *out,
				 struct ev_error *err);

#endif
