/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a firmware volume (PI 1.7 volume 3, 3.2.3): GUID, two checksums,
 * type, attributes, u24 size, state; in FFS3 a large one has a u64 size behind
 * that.
 */
#ifndef AU_FFS_FILE_H
#define AU_FFS_FILE_H

#include "evidence/base/error.h"

/* What the volume says of its files. */
struct au_ffs_form {
	bool erased_ones; /* erased flash is ones, so states are inverted */
	bool large;	  /* FFS3 */
};

struct au_ffs_file {
	struct ev_span guid;  /* 16 bytes */
	struct ev_span whole; /* with its header */
	struct ev_span body;
	uint8_t type, attributes;
};

/*
 * The file at `at` of the volume, at most volume.n.  Refuses a size that is
 * less than the header or leaves the volume, a wrong checksum of header or
 * data, and a state other than "data valid".
 */
enum ev_code au_ffs_file_read(struct ev_span volume, uint64_t at,
			      struct au_ffs_form form, struct au_ffs_file *out,
			      struct ev_error *err);

#endif
