/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Windows measures: a stream of a type, a size, both in little-endian 32
 * bits, and a value; types with bit 30 hold such a stream (Windows SDK,
 * wbcl.h: SIPAEVENT).
 */
#ifndef EV_SIPA_H
#define EV_SIPA_H

#include "evidence/base/json_write.h"
#include "evidence/base/reader.h"

/* How deep streams are followed; Windows nests one in another. */
#define EV_SIPA_DEPTH_MAX 4

/* Whether the bytes are a stream to their end, and its first type is known. */
bool ev_sipa_is(struct ev_span in);

/* Member "entries" of the object that is open, "leftOut" and "refused" beside
 * it; in lies at base in its log. */
void ev_sipa_write(struct ev_writer *w, struct ev_span in, uint64_t base);

/* "LoadedModule_Aggregation: \Windows\System32\winload.efi" */
void ev_sipa_describe(struct ev_span in, struct ev_buffer *out);

#endif
