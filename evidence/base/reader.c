/* SPDX-License-Identifier: Apache-2.0 */
/* A sticky reader over borrowed bytes. */
#include "evidence/base/reader.h"

struct ev_reader ev_reader_init(struct ev_span in, uint64_t base,
				const char *object, struct ev_error *err)
{
	return (struct ev_reader){
		.left = in,
		.size = in.n,
		.base = base,
		.object = object,
		.err = err,
	};
}

struct ev_span ev_read_span(struct ev_reader *r, size_t n, const char *field)
{
	struct ev_span out;

	if (n > r->left.n) {
		ev_fail_u64(r->err, EV_TRUNCATED, r->object, field,
			    ev_reader_offset(r), n, r->left.n);
		r->left.n = 0;
		return (struct ev_span){ NULL, 0 };
	}
	if (n == 0)
		return (struct ev_span){ NULL, 0 };
	out = ev_span_of(r->left.p, n);
	r->left.p += n;
	r->left.n -= n;
	return out;
}

void ev_read_copy(struct ev_reader *r, void *out, size_t n, const char *field)
{
	struct ev_span in = ev_read_span(r, n, field);

	if (in.n == n && n > 0)
		memcpy(out, in.p, n);
	else
		memset(out, 0, n);
}

static uint64_t read_le(struct ev_reader *r, size_t n, const char *field)
{
	struct ev_span in = ev_read_span(r, n, field);
	uint64_t v = 0;

	for (size_t i = in.n; i > 0; i--)
		v = v << 8 | in.p[i - 1];
	return v;
}

static uint64_t read_be(struct ev_reader *r, size_t n, const char *field)
{
	struct ev_span in = ev_read_span(r, n, field);
	uint64_t v = 0;

	for (size_t i = 0; i < in.n; i++)
		v = v << 8 | in.p[i];
	return v;
}

uint8_t ev_read_u8(struct ev_reader *r, const char *field)
{
	struct ev_span in = ev_read_span(r, 1, field);

	return in.n > 0 ? in.p[0] : 0;
}

uint16_t ev_read_u16le(struct ev_reader *r, const char *field)
{
	return (uint16_t)read_le(r, 2, field);
}

uint32_t ev_read_u32le(struct ev_reader *r, const char *field)
{
	return (uint32_t)read_le(r, 4, field);
}

uint64_t ev_read_u64le(struct ev_reader *r, const char *field)
{
	return read_le(r, 8, field);
}

uint16_t ev_read_u16be(struct ev_reader *r, const char *field)
{
	return (uint16_t)read_be(r, 2, field);
}

uint32_t ev_read_u32be(struct ev_reader *r, const char *field)
{
	return (uint32_t)read_be(r, 4, field);
}

uint64_t ev_read_u64be(struct ev_reader *r, const char *field)
{
	return read_be(r, 8, field);
}

struct ev_span ev_read_tpm2b(struct ev_reader *r, const char *field)
{
	uint16_t n = ev_read_u16be(r, field);

	return ev_read_span(r, n, field);
}

struct ev_span ev_read_rest(struct ev_reader *r)
{
	return ev_read_span(r, r->left.n, "rest");
}

enum ev_code ev_reader_finish(struct ev_reader *r)
{
	if (r->err->code == EV_OK && r->left.n > 0)
		ev_fail_u64(r->err, EV_TRAILING, r->object, "end",
			    ev_reader_offset(r), 0, r->left.n);
	return r->err->code;
}
