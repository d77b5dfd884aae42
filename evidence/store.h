/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the tar of a compressed archive is kept once it is unpacked.  A
 * program that has a disk gives one on it: a file of 200 KB may hold 6 GiB.
 */
#ifndef EV_STORE_H
#define EV_STORE_H

#include "evidence/base/sink.h"

struct ev_store {
	struct ev_sink sink;
	/* All that was put, valid until free; nothing is put after it. */
	enum ev_code (*close)(void *context, struct ev_span *all,
			      struct ev_error *err);
	void (*free)(void *context);
};

/* In memory; EV_TROUBLE where there is none. */
enum ev_code ev_store_memory(struct ev_store *out, struct ev_error *err);

/* Zeroes *store; one that is all zero is no store. */
void ev_store_free(struct ev_store *store);

#endif
