/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of IMA logs, made field by field in either byte order. */
#ifndef TESTS_IMA_SAMPLE_H
#define TESTS_IMA_SAMPLE_H

#include "evidence/base/buffer.h"
#include "evidence/base/digest.h"

struct ima_sample {
	struct ev_crypto *crypto;
	bool big_endian;
	enum ev_digest_alg alg; /* of the template hashes */
	struct ev_buffer log;
	struct ev_buffer data; /* of the entry that is being made */
};

static inline void ima_u32(const struct ima_sample *s, struct ev_buffer *b,
			   uint32_t v)
{
	for (unsigned int i = 0; i < 4; i++)
		ev_buffer_add_byte(
			b, (uint8_t)(v >> 8 * (s->big_endian ? 3 - i : i)));
}

static inline void ima_field(struct ima_sample *s, struct ev_span value)
{
	ima_u32(s, &s->data, (uint32_t)value.n);
	ev_buffer_add(&s->data, value);
}

/* The fields so far become an entry, with the template hash of its data. */
static inline void ima_entry(struct ima_sample *s, uint32_t pcr,
			     const char *name)
{
	uint8_t hash[EV_DIGEST_MAX] = { 0 };

	ev_digest(s->crypto, s->alg, ev_buffer_span(&s->data), hash);
	ima_u32(s, &s->log, pcr);
	ev_buffer_add(&s->log, ev_span_of(hash, ev_digest_size(s->alg)));
	ima_u32(s, &s->log, (uint32_t)strlen(name));
	ev_buffer_add_str(&s->log, name);
	ima_u32(s, &s->log, (uint32_t)s->data.n);
	ev_buffer_add(&s->log, ev_buffer_span(&s->data));
	ev_buffer_free(&s->data);
}

/* Template ima-ng. */
static inline void ima_ng(struct ima_sample *s, uint32_t pcr, const char *file)
{
	ima_field(s,
		  EV_SPAN_LITERAL("sha256:\0dddddddddddddddddddddddddddddddd"));
	ima_field(s, ev_span_of(file, strlen(file) + 1));
	ima_entry(s, pcr, "ima-ng");
}

static inline void ima_free(struct ima_sample *s)
{
	ev_buffer_free(&s->data);
	ev_buffer_free(&s->log);
}

#endif
