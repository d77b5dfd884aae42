/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that is a buffer. */
#include "evidence/base/sink.h"

static enum ev_code append(void *context, struct ev_span piece,
			   struct ev_error *err)
{
	struct ev_buffer *b = context;

	ev_buffer_add(b, piece);
	return ev_buffer_ok(b)
		       ? EV_OK
		       : ev_fail_trouble(err, "buffer", "out of memory");
}

struct ev_sink ev_sink_buffer(struct ev_buffer *b)
{
	return (struct ev_sink){ append, b };
}
