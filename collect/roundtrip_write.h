/* SPDX-License-Identifier: Apache-2.0 */
/* The record of round trips as it is archived (evidence/roundtrip.h). */
#ifndef CO_ROUNDTRIP_WRITE_H
#define CO_ROUNDTRIP_WRITE_H

#include "collect/tls_try.h"

/* The tries in their order; the text is the caller's (free).  NULL is lack of
 * memory. */
char *co_roundtrip_write(const struct co_tls_client *client,
			 const char *clocksource,
			 const struct co_tls_try *tries, size_t n_tries,
			 size_t *n);

/* Nanoseconds of each try, 8 bytes, little-endian; all ones of one that
 * failed.  False is lack of memory. */
bool co_roundtrip_times(const struct co_tls_try *tries, size_t n_tries,
			struct ev_buffer *out);

#endif
