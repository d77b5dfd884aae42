/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where bytes go, piece by piece: into memory, a file, another layer.  What
 * makes them knows nothing of the place.
 */
#ifndef EV_SINK_H
#define EV_SINK_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"

struct ev_sink {
	/* Takes all of piece, or fails as EV_TROUBLE. */
	enum ev_code (*put)(void *context, struct ev_span piece,
			    struct ev_error *err);
	void *context;
};

static inline enum ev_code
ev_sink_put(struct ev_sink sink, struct ev_span piece, struct ev_error *err)
{
	return sink.put(sink.context, piece, err);
}

/* Appends to *b, which stays the caller's. */
struct ev_sink ev_sink_buffer(struct ev_buffer *b);

#endif
