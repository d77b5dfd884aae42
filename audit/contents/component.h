/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component: memory of a launch that has one name - kernel, initrd, command
 * line, BFV - by the linker map of the image's builder where there is one,
 * else by what the bytes are (measurement page, sections 4 and 6.4).
 */
#ifndef AU_COMPONENT_H
#define AU_COMPONENT_H

#include "audit/contents/memory_runs.h"
#include "audit/contents/part.h"

struct au_component {
	struct au_part part; /* kind, name, bytes; not opened.  The bytes are
			      * size long, or none */
	uint64_t gpa, size;
	bool measured, shared; /* as the operations that make it */
	bool filled_by_host;   /* a parameter area: no bytes of the image */
	const char *by;	       /* static: "map", "name", "content", "address",
				* "" where nothing names it */
};

#define AU_COMPONENTS_MAX ((size_t)1 << 16)

struct au_components {
	struct au_component *item; /* owned, gpa ascending */
	size_t n;
	struct au_memory_runs runs; /* owned: what the parts borrow from */
};

/*
 * Names all memory of a launch, which must outlive the list.  map: text of
 * igvmfilegen's .map file, or empty.  Refuses a map that does not parse and a
 * launch beyond the limits.  On failure *out is zeroed.
 */
enum ev_code au_components_of(const struct au_launch *launch,
			      struct ev_span map, struct au_components *out,
			      struct ev_error *err);
void au_components_free(struct au_components *list);

/* The component that holds the byte at gpa, or NULL. */
const struct au_component *au_component_at(const struct au_components *list,
					   uint64_t gpa);

/* What a report calls it: "underhill-kernel", "kernel", "BFV",
 * "memory at 0x8008000".  Never empty; borrowed. */
const char *au_component_label(const struct au_component *component);

#endif
