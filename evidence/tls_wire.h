/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The presentation language of TLS (RFC 8446, 3.4) as far as handshake
 * messages need it: vectors, the frame of a message, extensions.
 */
#ifndef EV_TLS_WIRE_H
#define EV_TLS_WIRE_H

#include "evidence/base/reader.h"

/* A vector after its length of 8, 16 or 24 bits. */
struct ev_span ev_tls_vector8(struct ev_reader *r, const char *field);
struct ev_span ev_tls_vector16(struct ev_reader *r, const char *field);
struct ev_span ev_tls_vector24(struct ev_reader *r, const char *field);

/* A reader over a part that was just read from r. */
struct ev_reader ev_tls_inside(const struct ev_reader *r, struct ev_span part);
/* The body of one message, which is all of it. */
struct ev_reader ev_tls_open(struct ev_span message, struct ev_error *err);

/* EV_VALUE where r stands. */
void ev_tls_refuse(struct ev_reader *r, const char *field, const char *want,
		   const char *found);

/* What an extension of that type is read by; unknown ones are passed over. */
struct ev_tls_wanted {
	uint16_t type;
	void (*read)(struct ev_reader *r, void *user);
	bool seen;
};

/* The vector of extensions that comes next.  One that is wanted is refused
 * where it comes twice, or is not used up. */
void ev_tls_extensions(struct ev_reader *r, struct ev_tls_wanted *list,
		       size_t n, void *user);

#endif
