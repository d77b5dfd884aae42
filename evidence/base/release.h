/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that were read and will not be read again soon.  Whoever holds them in
 * a map may give their pages back: they come again when they are read.  It
 * changes how much memory a large item takes, and nothing else.
 */
#ifndef EV_RELEASE_H
#define EV_RELEASE_H

#include "evidence/base/bytes.h"

struct ev_release {
	void (*let_go)(void *user, struct ev_span bytes); /* NULL: nobody */
	void *user;
};

/* Fewer are not worth the call. */
#define EV_RELEASE_STEP ((uint64_t)4 << 20)

/* Reading has come to byte `at` of in; *done: up to where it was released. */
static inline void ev_release_to(const struct ev_release *r, struct ev_span in,
				 uint64_t at, uint64_t *done)
{
	if (r == NULL || r->let_go == NULL || at - *done < EV_RELEASE_STEP)
		return;
	r->let_go(r->user,
		  ev_span_sub(in, (size_t)*done, (size_t)(at - *done)));
	*done = at;
}

#endif
