/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An IGVM file: the fixed header and the walk over its variable headers
 * (measurement page, sections 3.1 and 3.2; microsoft/igvm, igvm_defs).  All
 * integers are little-endian.  The checksum covers headers alone, never the
 * contents of a page.
 */
#ifndef AU_IGVM_H
#define AU_IGVM_H

#include "evidence/base/reader.h"

#define AU_IGVM_ANY_TYPE UINT32_C(0x7fffffff) /* the type without bit 31 */

struct au_igvm {
	struct ev_span bytes; /* the whole IGVM, borrowed */
	uint64_t base;	      /* its offset in the file that carries it */
	uint32_t version;     /* 1 or 2 */
	bool aarch64;	      /* version 2 alone says so */
	size_t headers_at;    /* in bytes, a multiple of 8 */
	struct ev_span headers;
};

/* Reads the fixed header: magic, version, offsets, sizes, checksum, page
 * size.  A file without any data behind the headers is accepted. */
enum ev_code au_igvm_parse(struct ev_span bytes, uint64_t base,
			   struct au_igvm *out, struct ev_error *err);

/* Whether the bytes begin with the magic. */
bool au_igvm_is(struct ev_span bytes);

enum au_igvm_section {
	AU_IGVM_PLATFORM,  /* 0x1..0x100 */
	AU_IGVM_INIT,	   /* 0x101..0x200 */
	AU_IGVM_DIRECTIVE, /* 0x301..0x400 */
	AU_IGVM_ELSEWHERE,
};

struct au_igvm_header {
	uint32_t type; /* without bit 31 */
	bool optional; /* bit 31: who does not know the type may go on */
	struct ev_span content;
	uint64_t offset; /* in the file, of the type; the content is 8 on */
};

struct au_igvm_walk {
	const struct au_igvm *file;
	size_t at; /* in file->headers */
	enum au_igvm_section section;
};

/*
 * The next variable header: false at the end and where err says why not.
 * Refuses a length beyond the headers, padding to 8 that is absent or not
 * zero, and a section that comes back.  Start from { file, 0, 0 }.
 */
bool au_igvm_next(struct au_igvm_walk *walk, struct au_igvm_header *out,
		  struct ev_error *err);

/*
 * n bytes at file_offset, which must lie behind the headers; refused under
 * object and "file_offset" at byte `offset`.  *out borrows.
 */
enum ev_code au_igvm_data(const struct au_igvm *file, uint64_t file_offset,
			  uint64_t n, const char *object, uint64_t offset,
			  struct ev_span *out, struct ev_error *err);

#endif
