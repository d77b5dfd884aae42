/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of collection sources: what is asked of a machine, in which
 * order.  A new source is one row in sources.c and one file src_NOUN.c.
 */
#ifndef CO_SOURCES_H
#define CO_SOURCES_H

#include "evidence/base/error.h"

struct co_collection; /* what one run has gathered so far */

/* What a source came to; the words are those of the manifest's steps. */
enum co_outcome { CO_OK, CO_ABSENT, CO_FAILED, CO_SKIPPED };

struct co_source {
	const char *name;  /* in --source, --skip and the manifest's steps */
	const char *title; /* one line for people */
	const char *kinds; /* of items that it yields, separated by spaces */
	const char *needs; /* "group tss"; "" where nothing */
	enum co_outcome (*collect)(struct co_collection *collection,
				   struct ev_error *err);
};

/* In the order of collection; the last row has no name. */
extern const struct co_source co_sources[];

#endif
