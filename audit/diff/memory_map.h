/* SPDX-License-Identifier: Apache-2.0 */
/* What a launch has where: its memory in regions that have one name and one
 * way into the digest. */
#ifndef AU_MEMORY_MAP_H
#define AU_MEMORY_MAP_H

#include "audit/contents/component.h"

enum au_region_state {
	AU_REGION_MEASURED,
	AU_REGION_UNMEASURED, /* the address is measured, the contents not */
	AU_REGION_SHARED,     /* nothing of it is */
	AU_REGION_HOST,	      /* the host fills it: as UNMEASURED */
	AU_REGION_MIXED,      /* of a coarse map: several of these */
};
/* "measured", "unmeasured", "shared", "host", "mixed". */
const char *au_region_state_name(enum au_region_state state);

struct au_region {
	uint64_t gpa, size; /* bytes */
	enum au_region_state state;
	char *name; /* owned, printable ASCII, never empty */
};

struct au_memory_map {
	struct au_region *region; /* owned, gpa ascending, none overlaps */
	size_t n;
};

/* Copies names and places.  EV_OK or trouble; on failure *out is zeroed. */
enum ev_code au_memory_map_of(const struct au_components *components,
			      struct au_memory_map *out, struct ev_error *err);
/*
 * The same map in at most max regions, for a drawing: neighbours of one state
 * are joined, those with the smallest gap between them first; a region of
 * several names is called "KERNEL and 3 more".  As above.
 */
enum ev_code au_memory_map_coarse(const struct au_memory_map *map, size_t max,
				  struct au_memory_map *out,
				  struct ev_error *err);
void au_memory_map_free(struct au_memory_map *map);

/* The region that holds the byte at gpa, or NULL. */
const struct au_region *au_memory_map_at(const struct au_memory_map *map,
					 uint64_t gpa);

#endif
