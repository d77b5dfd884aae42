/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware's event logs, made event by event: crypto-agile, SHA-1 and
 * SHA-256, or legacy. */
#ifndef TESTS_LOG_SAMPLE_H
#define TESTS_LOG_SAMPLE_H

#include "evidence/base/buffer.h"
#include "evidence/base/digest.h"

struct log_sample {
	struct ev_crypto *crypto;
	struct ev_buffer log;
	bool agile;
	bool without_sha1; /* the events that follow have one digest */
};

static inline void log_le(struct log_sample *s, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		ev_buffer_add_byte(&s->log, (uint8_t)(v >> 8 * i));
}

static inline void log_begin(struct log_sample *s, struct ev_crypto *crypto,
			     bool agile)
{
	*s = (struct log_sample){ .crypto = crypto, .agile = agile };
	if (!agile)
		return;
	log_le(s, 4, 0);
	log_le(s, 4, 3);
	for (size_t i = 0; i < 20; i++)
		log_le(s, 1, 0);
	log_le(s, 4, 37);
	ev_buffer_add(&s->log, EV_SPAN_LITERAL("Spec ID Event03\0"));
	log_le(s, 4, 0);
	log_le(s, 4, 0x02000200);
	log_le(s, 4, 2);
	log_le(s, 4, 0x00140004);
	log_le(s, 4, 0x0020000b);
	log_le(s, 1, 0);
}

static inline void log_digest(struct log_sample *s, enum ev_digest_alg alg,
			      struct ev_span of)
{
	uint8_t digest[EV_DIGEST_MAX] = { 0 };

	if (of.p != NULL)
		ev_digest(s->crypto, alg, of, digest);
	ev_buffer_add(&s->log, ev_span_of(digest, ev_digest_size(alg)));
}

/* An event whose digests are those of `of`; NULL: zeros. */
static inline void log_event(struct log_sample *s, uint32_t index,
			     uint32_t type, struct ev_span of,
			     struct ev_span data)
{
	log_le(s, 4, index);
	log_le(s, 4, type);
	if (!s->agile) {
		log_digest(s, EV_SHA1, of);
	} else {
		log_le(s, 4, s->without_sha1 ? 1 : 2);
		if (!s->without_sha1) {
			log_le(s, 2, 0x0004);
			log_digest(s, EV_SHA1, of);
		}
		log_le(s, 2, 0x000b);
		log_digest(s, EV_SHA256, of);
	}
	log_le(s, 4, data.n);
	ev_buffer_add(&s->log, data);
}

/* An action of its own text, in a register. */
static inline void log_action(struct log_sample *s, uint32_t index,
			      const char *text)
{
	struct ev_span data = ev_span_str(text);

	log_event(s, index, 0x80000007, data, data);
}

static inline void log_locality(struct log_sample *s, uint8_t locality)
{
	uint8_t data[17] = "StartupLocality";

	data[16] = locality;
	log_event(s, 0, 3, (struct ev_span){ 0 }, EV_SPAN(data));
}

static inline void log_free(struct log_sample *s)
{
	ev_buffer_free(&s->log);
}

#endif
