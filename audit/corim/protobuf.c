/* SPDX-License-Identifier: Apache-2.0 */
/* The wire format of protocol buffers. */
#include "audit/corim/protobuf.h"

static const uint32_t NUMBER_MAX = (UINT32_C(1) << 29) - 1;

static uint64_t read_varint(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r), value = 0;

	for (unsigned int shift = 0; shift < 70 && ev_reader_ok(r);
	     shift += 7) {
		uint8_t byte = ev_read_u8(r, field);

		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return ev_reader_ok(r) ? value : 0;
	}
	ev_fail(r->err, EV_VALUE, r->object, field, offset,
		"a number of 64 bits", "more");
	return 0;
}

static struct ev_span read_bytes(struct ev_reader *r)
{
	uint64_t n = read_varint(r, "length");

	/* A length beyond what is left is the reader's to refuse. */
	return ev_read_span(r, n > SIZE_MAX ? SIZE_MAX : (size_t)n, "bytes");
}

bool au_protobuf_next(struct ev_reader *r, struct au_protobuf_field *out)
{
	uint64_t offset = ev_reader_offset(r), key;

	if (!ev_reader_ok(r) || r->left.n == 0)
		return false;
	key = read_varint(r, "key");
	if (ev_reader_ok(r) && (key >> 3 == 0 || key >> 3 > NUMBER_MAX))
		ev_fail_u64(r->err, EV_VALUE, r->object, "field number", offset,
			    NUMBER_MAX, key >> 3);
	*out = (struct au_protobuf_field){ .number = (uint32_t)(key >> 3),
					   .wire = (enum au_wire)(key & 7),
					   .offset = ev_reader_offset(r) };
	if (out->wire == AU_WIRE_VARINT)
		out->value = read_varint(r, "value");
	else if (out->wire == AU_WIRE_64)
		out->value = ev_read_u64le(r, "value");
	else if (out->wire == AU_WIRE_32)
		out->value = ev_read_u32le(r, "value");
	else if (out->wire == AU_WIRE_BYTES)
		out->bytes = read_bytes(r);
	else
		ev_fail_u64(r->err, EV_VALUE, r->object, "wire type", offset,
			    AU_WIRE_BYTES, key & 7);
	if (out->wire == AU_WIRE_BYTES)
		out->offset = ev_reader_offset(r) - out->bytes.n;
	return ev_reader_ok(r);
}

bool au_protobuf_is(struct ev_reader *r, const struct au_protobuf_field *field,
		    enum au_wire wire, const char *name)
{
	if (field->wire != wire)
		ev_fail_u64(r->err, EV_SYNTAX, r->object, name, field->offset,
			    wire, field->wire);
	return ev_reader_ok(r);
}
