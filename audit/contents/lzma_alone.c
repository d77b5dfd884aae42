/* SPDX-License-Identifier: Apache-2.0 */
/* LZMA of the old layout, in memory that its header cannot raise. */
#include "audit/contents/lzma_alone.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/reader.h"

#include <lzma.h>

static const char object[] = "lzma";

#define HEADER_SIZE 13

struct header {
	uint8_t properties;
	uint32_t dictionary;
	uint64_t size;
};

static enum ev_code read_header(struct ev_span in, struct header *h,
				struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, 0, object, err);

	h->properties = ev_read_u8(&r, "properties");
	h->dictionary = ev_read_u32le(&r, "dictionary size");
	h->size = ev_read_u64le(&r, "unpacked size");
	if (ev_reader_ok(&r) && h->size == UINT64_MAX)
		return ev_fail(err, EV_VALUE, object, "unpacked size", 5,
			       "a size", "unknown");
	return err->code;
}

/* Nothing reaches back further than the beginning, so that a dictionary of
 * 4 GiB, which the decoder would allocate, need not be larger than that. */
static void put_header(const struct header *h, uint8_t out[HEADER_SIZE])
{
	uint32_t d = h->dictionary;

	if (d > h->size)
		d = h->size < 4096 ? 4096 : (uint32_t)h->size;
	out[0] = h->properties;
	for (size_t i = 0; i < 4; i++)
		out[1 + i] = (uint8_t)(d >> (8 * i));
	for (size_t i = 0; i < 8; i++)
		out[5 + i] = (uint8_t)(h->size >> (8 * i));
}

static lzma_ret run(lzma_stream *s, const uint8_t header[HEADER_SIZE],
		    struct ev_span in)
{
	lzma_ret rc;

	s->next_in = header;
	s->avail_in = HEADER_SIZE;
	rc = lzma_code(s, LZMA_RUN);
	if (rc != LZMA_OK || s->avail_in != 0)
		return rc == LZMA_STREAM_END && in.n > 0 ? LZMA_DATA_ERROR : rc;
	s->next_in = in.p;
	s->avail_in = in.n;
	return lzma_code(s, LZMA_FINISH);
}

static enum ev_code unpack(const struct header *h, struct ev_span in,
			   uint8_t *out, struct ev_error *err)
{
	/* The dictionary, at most the unpacked size, and the decoder. */
	uint64_t memory = h->size + (UINT64_C(1) << 20);
	lzma_stream s = LZMA_STREAM_INIT;
	uint8_t header[HEADER_SIZE];
	uint64_t read;
	lzma_ret rc;

	put_header(h, header);
	s.next_out = out;
	s.avail_out = (size_t)h->size;
	rc = lzma_alone_decoder(&s, memory);
	if (rc == LZMA_OK)
		rc = run(&s, header, in);
	read = s.total_in;
	lzma_end(&s);
	if (rc == LZMA_MEM_ERROR)
		return ev_fail_trouble(err, object, "out of memory");
	if (rc != LZMA_STREAM_END)
		return ev_fail(err, EV_SYNTAX, object, "stream", read,
			       "a stream that decodes", "a broken one");
	if (s.avail_out != 0)
		return ev_fail_u64(err, EV_TRUNCATED, object, "stream", read,
				   h->size, h->size - s.avail_out);
	if (s.avail_in != 0)
		return ev_fail_u64(err, EV_TRAILING, object, "stream", read, 0,
				   s.avail_in);
	return EV_OK;
}

enum ev_code au_lzma_alone_unpack(struct ev_span in,
				  struct au_part_budget *budget, uint8_t **out,
				  size_t *n, struct ev_error *err)
{
	ev_auto_free uint8_t *p = NULL;
	struct header h;

	if (read_header(in, &h, err) != EV_OK ||
	    au_part_budget_take(budget, h.size, object, err) != EV_OK)
		return err->code;
	p = malloc((size_t)h.size + 1);
	if (p == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (unpack(&h, ev_span_sub(in, HEADER_SIZE, in.n - HEADER_SIZE), p,
		   err) != EV_OK)
		return err->code;
	*out = p;
	*n = (size_t)h.size;
	p = NULL;
	return EV_OK;
}
