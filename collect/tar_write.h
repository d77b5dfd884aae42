/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical tar of an archive and its optional zstd layer, both through
 * libarchive.  The same members give the same tar on every machine; zstd's
 * output differs between its versions and is never part of identity.
 */
#ifndef CO_TAR_WRITE_H
#define CO_TAR_WRITE_H

#include "evidence/base/sink.h"

struct co_tar_member {
	const char *name; /* at most 100 bytes, by the path rules */
	struct ev_span data;
};

/* Size of the two zero blocks that co_tar_write ends with. */
static const size_t CO_TAR_END = 1024;

/* Puts the tar of the members, in their order, into out; with zstd, in one
 * frame.  On refusal out may have taken a part of it. */
enum ev_code co_tar_write(const struct co_tar_member *members, size_t n,
			  bool zstd, struct ev_sink out, struct ev_error *err);

/* Puts one zstd frame that holds the pieces one behind the other. */
enum ev_code co_zstd_write(const struct ev_span *pieces, size_t n,
			   struct ev_sink out, struct ev_error *err);

#endif
