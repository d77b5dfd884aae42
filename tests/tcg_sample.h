/* SPDX-License-Identifier: Apache-2.0 */
/* Boot event logs, made field by field; digests are d throughout. */
#ifndef TESTS_TCG_SAMPLE_H
#define TESTS_TCG_SAMPLE_H

#include "evidence/base/buffer.h"
#include "evidence/base/digest.h"
#include "evidence/tpm.h"

struct tcg_sample {
	bool legacy; /* of SHA-1 alone, without a header */
	uint16_t alg[16];
	size_t n_algs;
	struct ev_buffer log;
};

static inline void tcg_le(struct tcg_sample *s, uint32_t v, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		ev_buffer_add_byte(&s->log, (uint8_t)(v >> 8 * i));
}

static inline void tcg_fill(struct tcg_sample *s, uint8_t byte, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ev_buffer_add_byte(&s->log, byte);
}

static inline size_t tcg_size(uint16_t alg)
{
	enum ev_digest_alg digest = EV_SHA1;

	ev_tpm_digest_alg(alg, &digest);
	return ev_digest_size(digest);
}

/* The Spec ID event. */
static inline void tcg_header(struct tcg_sample *s, uint32_t index,
			      const uint16_t *alg, size_t n)
{
	tcg_le(s, index, 4);
	tcg_le(s, 3, 4);
	tcg_fill(s, 0, 20);
	tcg_le(s, 29 + 4 * (uint32_t)n, 4);
	ev_buffer_add(&s->log, EV_SPAN_LITERAL("Spec ID Event03\0"));
	tcg_le(s, 0, 4);
	tcg_le(s, 0x02000200, 4);
	tcg_le(s, (uint32_t)n, 4);
	for (size_t i = 0; i < n; i++) {
		tcg_le(s, alg[i], 2);
		tcg_le(s, (uint32_t)tcg_size(alg[i]), 2);
		s->alg[s->n_algs++] = alg[i];
	}
	tcg_le(s, 0, 1);
}

static inline void tcg_event(struct tcg_sample *s, uint32_t index,
			     uint32_t type, struct ev_span data)
{
	tcg_le(s, index, 4);
	tcg_le(s, type, 4);
	if (s->legacy)
		tcg_fill(s, 'd', 20);
	else
		tcg_le(s, (uint32_t)s->n_algs, 4);
	for (size_t i = 0; i < s->n_algs; i++) {
		tcg_le(s, s->alg[i], 2);
		tcg_fill(s, 'd', tcg_size(s->alg[i]));
	}
	tcg_le(s, (uint32_t)data.n, 4);
	ev_buffer_add(&s->log, data);
}

static inline void tcg_free(struct tcg_sample *s)
{
	ev_buffer_free(&s->log);
}

#endif
