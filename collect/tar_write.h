/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical tar of an archive and its optional zstd layer, both through
 * libarchive.  The same members give the same tar on every machine; zstd's
 * output differs between its versions and is never part of identity.
 */
#ifndef CO_TAR_WRITE_H
#define CO_TAR_WRITE_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"

struct co_tar_member {
	const char *name; /* at most 100 bytes, by the path rules */
	struct ev_span data;
};

/* Size of the two zero blocks that co_tar_write ends with. */
static const size_t CO_TAR_END = 1024;

/* Appends the tar of the members, in their order, to out.  On refusal out
 * may hold a part of it. */
enum ev_code co_tar_write(const struct co_tar_member *members, size_t n,
			  struct ev_buffer *out, struct ev_error *err);

/* Appends one zstd frame that holds the bytes. */
enum ev_code co_zstd_write(struct ev_span bytes, struct ev_buffer *out,
			   struct ev_error *err);

#endif
