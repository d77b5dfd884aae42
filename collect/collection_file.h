/* SPDX-License-Identifier: Apache-2.0 */
/* The archive of a finished collection, in memory: made, signed, stamped. */
#ifndef CO_COLLECTION_FILE_H
#define CO_COLLECTION_FILE_H

#include "collect/collection.h"
#include "collect/write.h"

struct co_collection_file {
	struct ev_buffer bytes;
	uint8_t id[32];
	bool stamped;
	char stamp_time[40], stamp_by[256]; /* where stamped */
	char stamp_why[CO_HTTP_WHY_MAX];    /* where asked for and not */
};

/*
 * key and tsa may be NULL.  A stamp that cannot be had is no failure: the
 * archive is whole without it, and stamp_why says why.  False: why is one
 * line.  Free in any case.
 */
bool co_collection_file_make(struct co_collection *c,
			     const struct co_claims *claims,
			     const struct co_key *key, const char *tsa,
			     struct co_collection_file *out,
			     char why[CO_WHY_TEXT]);
void co_collection_file_free(struct co_collection_file *file);

#endif
