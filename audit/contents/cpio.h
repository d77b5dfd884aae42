/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An initrd: "newc" cpio archives one behind the other, zeros between them,
 * the last one often packed (Linux, Documentation/driver-api/early-userspace/
 * buffer-format.rst).  Numbers are eight hexadecimal digits.
 */
#ifndef AU_CPIO_H
#define AU_CPIO_H

#include "audit/contents/part.h"

struct au_cpio_member {
	struct ev_span name; /* without its NUL */
	uint32_t mode;
	uint64_t owner, device; /* as au_part has them */
	uint32_t inode, links;
	uint64_t file_system; /* that it was packed from: major, minor */
	struct ev_span data;
	uint64_t data_offset; /* in the archive */
	bool trailer;	      /* "TRAILER!!!": the archive ends here */
};

/* A header of newc (070701) or of newc with sums (070702). */
bool au_cpio_recognise(struct ev_span in);

/*
 * The member at *at, which then stands behind it and its padding.  Refuses a
 * bad magic, digits that are none, a name longer than PATH_MAX of Linux or
 * without its NUL, and data beyond the end.
 */
enum ev_code au_cpio_next(struct ev_span in, uint64_t *at,
			  struct au_cpio_member *out, struct ev_error *err);

/* Opener (contents.h): a part a file of all the archives, with its mode, owner
 * and device; the packed rest is one more.  Times are read past, and so are
 * inodes but for files with several names (struct au_part). */
enum ev_code au_cpio_open(struct au_part *part, struct au_part_budget *budget,
			  struct ev_error *err);

#endif
