/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of items in an archive: where they come from, and the path
 * that each gets, items/<kind>/<nnnn>[-<hint>].<ext> (ecart-archive(5),
 * section 2.1).
 */
#ifndef CO_ITEM_PATHS_H
#define CO_ITEM_PATHS_H

#include "collect/import.h"
#include "evidence/manifest.h"

/* One item as collected; everything is borrowed, NULL and 0 are left out. */
struct co_item {
	const char *kind; /* a name of the table of kinds */
	struct ev_span bytes;
	const char *hint;	 /* fixed word of the source: "early" */
	const char *media_type;	 /* NULL: as the kind has it */
	const char *extension;	 /* NULL: as the kind has it */
	const char *source_type; /* NULL: the item has no source */
	const char *source_detail, *source_uri; /* text from outside */
	unsigned int status;			/* of HTTP */
	bool has_headers;
	size_t headers;	      /* index of the http-headers item */
	struct ev_span nonce; /* bytes, not hex */
	const char *scheme;
	bool has_collected;
	int64_t not_before, not_after;
	const struct co_relation *relates; /* part: index of another item */
	size_t n_relates;
};

/* The path of one item that has `number` of its kind before it; refuses as
 * below. */
enum ev_code co_item_path(const struct co_item *item, size_t number,
			  char out[EV_PATH_TEXT], struct ev_error *err);

/*
 * One path per item, numbered within its kind in the order given; *out is the
 * caller's (free).  Refuses a kind that is not in the table, an item larger
 * than its kind may be, more than 65,535 items, a hint that is no path.
 */
enum ev_code co_item_paths(const struct co_item *items, size_t n,
			   char (**out)[EV_PATH_TEXT], struct ev_error *err);

#endif
