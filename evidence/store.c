/* SPDX-License-Identifier: Apache-2.0 */
/* The store that is memory. */
#include "evidence/store.h"

#include <stdlib.h>

static enum ev_code close_memory(void *context, struct ev_span *all,
				 struct ev_error *err)
{
	(void)err;
	*all = ev_buffer_span(context);
	return EV_OK;
}

static void free_memory(void *context)
{
	ev_buffer_free(context);
	free(context);
}

enum ev_code ev_store_memory(struct ev_store *out, struct ev_error *err)
{
	struct ev_buffer *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return ev_fail_trouble(err, "store", "out of memory");
	*out = (struct ev_store){
		.sink = ev_sink_buffer(b),
		.close = close_memory,
		.free = free_memory,
	};
	return EV_OK;
}

void ev_store_free(struct ev_store *store)
{
	if (store->free != NULL)
		store->free(store->sink.context);
	*store = (struct ev_store){ .free = NULL };
}
