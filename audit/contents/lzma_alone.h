/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LZMA in the old ".lzma" layout, as firmware packs its main volume: one byte
 * of properties, dictionary size u32, unpacked size u64, little-endian, then
 * the stream (LZMA SDK, lzma-specification.txt).
 */
#ifndef AU_LZMA_ALONE_H
#define AU_LZMA_ALONE_H

#include "audit/contents/part.h"

/*
 * Unpacks all of in.  *out is owned by the caller (free), *n its size.
 * Refuses a size that is unknown or beyond the budget, before it allocates;
 * a stream that is broken, short, or followed by anything.
 */
enum ev_code au_lzma_alone_unpack(struct ev_span in,
				  struct au_part_budget *budget, uint8_t **out,
				  size_t *n, struct ev_error *err);

#endif
