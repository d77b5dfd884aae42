/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The optional outer layer of an archive: one Zstandard frame (RFC 8878).
 * libarchive decodes; that there is one frame, with nothing behind it and a
 * small window, is read from the frame itself.
 */
#ifndef EV_ZSTD_H
#define EV_ZSTD_H

#include "evidence/base/sink.h"

/* The file begins with the magic number of a frame. */
bool ev_zstd_recognise(struct ev_span file);

/*
 * Walks the block headers: exactly one frame, no dictionary, then the end of
 * the file.  EV_LIMIT is a window over 8 MiB: such a frame is not decoded.
 */
enum ev_code ev_zstd_check(struct ev_span file, struct ev_error *err);

struct ev_unpacked {
	uint64_t n;	       /* bytes that were put */
	bool more;	       /* at_most was reached and there is more */
	struct ev_error fault; /* decoding broke off behind the n bytes */
};

/*
 * Puts at most at_most decoded bytes into out, a block at a time: no more
 * than the window and a block are in memory.  Returns EV_OK or EV_TROUBLE;
 * bad input is *unpacked's fault.
 */
enum ev_code ev_zstd_unpack(struct ev_span file, uint64_t at_most,
			    struct ev_sink out, struct ev_unpacked *unpacked,
			    struct ev_error *err);

#endif
