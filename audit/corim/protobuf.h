/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of a protocol buffers message, one after the other (the wire format
 * of proto3: varint, 64 bits, length-delimited, 32 bits).  Groups, field
 * number 0, numbers above 2^29 - 1 and varints beyond 64 bits are refused.
 */
#ifndef AU_PROTOBUF_H
#define AU_PROTOBUF_H

#include "evidence/base/reader.h"

enum au_wire {
	AU_WIRE_VARINT = 0,
	AU_WIRE_64 = 1,
	AU_WIRE_BYTES = 2,
	AU_WIRE_32 = 5,
};

struct au_protobuf_field {
	uint32_t number;
	enum au_wire wire;
	uint64_t value;	      /* of a varint or fixed number */
	struct ev_span bytes; /* of a length-delimited field, borrowed */
	uint64_t offset;      /* in the item: of bytes, else of the value */
};

/* The next field; false at the end of the message and after a refusal. */
bool au_protobuf_next(struct ev_reader *r, struct au_protobuf_field *out);

/* Refuses a field of another wire type than this one. */
bool au_protobuf_is(struct ev_reader *r, const struct au_protobuf_field *field,
		    enum au_wire wire, const char *name);

#endif
