/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of gzip, xz and Zstandard, as an initrd or a kernel is packed. */
#ifndef AU_PACKED_STREAM_H
#define AU_PACKED_STREAM_H

#include "audit/contents/part.h"

/* "gzip", "xz", "zstd", by the first bytes; NULL: none of them. */
const char *au_packed_stream_name(struct ev_span in);

/*
 * Opener (contents.h): one part, what the stream unpacks to, of the kind that
 * its bytes have.  Zeros may follow; what else follows a stream of gzip is
 * ignored, as its decoders do.  Refuses what does not decode, what is cut or
 * empty, and what is beyond the budget.  Memory is the result and that of
 * libarchive's decoder, which takes windows of zstd up to 128 MiB and refuses
 * xz beyond 1 GiB.
 */
enum ev_code au_packed_stream_open(struct au_part *part,
				   struct au_part_budget *budget,
				   struct ev_error *err);

#endif
