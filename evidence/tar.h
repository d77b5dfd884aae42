/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict ustar profile of the archive format (ecart-archive(5), "Tar
 * profile"): one 512-byte header, data, zero padding; two zero blocks at the
 * end.  No extension header of any kind.  Numbers are octal text.
 */
#ifndef EV_TAR_H
#define EV_TAR_H

#include "evidence/base/reader.h"

#define EV_TAR_BLOCK 512
#define EV_TAR_NAME  101 /* 100 bytes and a NUL */

struct ev_tar_member {
	char name[EV_TAR_NAME];
	uint64_t header_offset; /* in the tar */
	uint64_t size;		/* of the data, at most 8 GiB - 1 */
	struct ev_span data;	/* borrowed; never NULL, even if empty */
};

/* Where a walk over the members stands. */
struct ev_tar {
	struct ev_span in;
	uint64_t at; /* of the next header */
};

/*
 * The header block at `at` without its data (member->data stays empty).
 * note: the first departure from the canonical bytes that is no reason to
 * refuse; its code stays EV_OK where there is none.
 */
enum ev_code ev_tar_header(struct ev_span in, uint64_t at,
			   struct ev_tar_member *member, struct ev_error *note,
			   struct ev_error *err);

/*
 * The next member, or *end where the end blocks stand and nothing is behind
 * them but blocking-factor padding (a note).  On refusal the walk is over.
 */
enum ev_code ev_tar_next(struct ev_tar *tar, struct ev_tar_member *member,
			 bool *end, struct ev_error *note,
			 struct ev_error *err);

/* Size of data with its padding to the next block. */
static inline uint64_t ev_tar_padded(uint64_t size)
{
	return (size + (EV_TAR_BLOCK - 1)) / EV_TAR_BLOCK * EV_TAR_BLOCK;
}

#endif
