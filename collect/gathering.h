/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The items of one collection, in the order in which they were had.  Bytes
 * and text are copied in, so that a source hands over and forgets.
 */
#ifndef CO_GATHERING_H
#define CO_GATHERING_H

#include "collect/item_paths.h"

struct co_gathered {
	struct co_item item; /* what it points to is owned here */
	struct co_relation relates[CO_RELATIONS_MAX];
	char path[EV_PATH_TEXT]; /* in the archive */
	size_t salt;		 /* its salt's place, 0: it has none */
};

struct co_gathering {
	struct co_gathered **item; /* owned */
	size_t n, room;
};

/*
 * One more item; *index, if not NULL, is its place.  Everything that item
 * points to is copied, but kind, hint, media_type, extension, scheme,
 * source_type and the words of relations, which are static.  Refuses what
 * the archive would: unknown kinds, an item over its kind's limit.
 */
enum ev_code co_gather(struct co_gathering *g, const struct co_item *item,
		       size_t *index, struct ev_error *err);
void co_gathering_free(struct co_gathering *g);

/* Drops the items from index on: a source that failed leaves nothing. */
void co_gathering_cut(struct co_gathering *g, size_t n);

/* The last item of that kind, or NULL. */
const struct co_gathered *co_gathering_last(const struct co_gathering *g,
					    const char *kind);

/* All items as co_archive_make takes them; *out is the caller's (free).
 * False is lack of memory. */
bool co_gathering_items(const struct co_gathering *g, struct co_item **out);

#endif
