/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of collection sources: what is asked of a machine, in which
 * order.  A new source is one row in sources.c and one file src_NOUN.c.
 */
#ifndef CO_SOURCES_H
#define CO_SOURCES_H

#include "evidence/base/error.h"

#define CO_WHY_TEXT    512
#define CO_DETAIL_TEXT 128

struct co_collection; /* what one run has gathered so far */

/* What a source came to; the words are those of the manifest's steps. */
enum co_outcome { CO_OK, CO_ABSENT, CO_FAILED, CO_SKIPPED };

/* Whether a source is asked on this machine. */
enum co_wanted {
	CO_NOT_HERE,  /* this kind of machine has no such thing */
	CO_NOT_ASKED, /* only by an option */
	CO_IF_THERE,  /* its absence is no gap of the run */
	CO_REQUIRED,  /* its absence makes the run incomplete */
};

struct co_source {
	const char *name;  /* in --source, --skip and the manifest's steps */
	const char *title; /* one line for people */
	const char *kinds; /* of items that it yields, separated by spaces */
	const char *needs; /* "group tss"; "" where nothing */
	const char *reads; /* where it looks, for doctor and --dry-run */
	/* What must be there for it, one of: */
	const char *path;      /* below the root, or NULL */
	uint32_t nv;	       /* an index of the TPM, or 0 */
	bool network;	       /* an address is asked */
	const char *instead;   /* the row whose success makes up for it */
	unsigned int limit_ms; /* of one attempt */
	unsigned int tries;
	enum co_wanted (*wanted)(const struct co_collection *c);
	/*
	 * Asks, and gathers (collection.h).  Anything but CO_OK has written
	 * one line to why, that ends with what a person can do; the items of
	 * CO_OK and CO_FAILED are kept, so that nothing is lost when a piece
	 * is missing: a source that must not keep a piece does not gather it.
	 */
	enum co_outcome (*collect)(struct co_collection *c,
				   char why[CO_WHY_TEXT]);
};

/* In the order of collection; the last row has no name. */
extern const struct co_source co_sources[];

/* NULL where no row has that name. */
const struct co_source *co_source_find(const char *name);

#endif
