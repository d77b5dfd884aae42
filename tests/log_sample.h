/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware's event logs, made event by event: crypto-agile, of SHA-1 and
 * SHA-256 or any other banks, or legacy. */
#ifndef TESTS_LOG_SAMPLE_H
#define TESTS_LOG_SAMPLE_H

#include "evidence/base/buffer.h"
#include "evidence/base/digest.h"
#include "evidence/tpm.h"

struct log_sample {
	struct ev_crypto *crypto; /* NULL: digests are d throughout */
	struct ev_buffer log;
	bool agile;
	bool without_sha1; /* the events that follow have no digest of it */
	uint16_t alg[16];  /* of a crypto-agile log */
	size_t n_algs;
};

static inline void log_le(struct log_sample *s, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		ev_buffer_add_byte(&s->log, (uint8_t)(v >> 8 * i));
}

static inline enum ev_digest_alg log_alg(uint16_t tpm_alg)
{
	enum ev_digest_alg alg = EV_SHA1;

	ev_tpm_digest_alg(tpm_alg, &alg);
	return alg;
}

/* The Spec ID event of a crypto-agile log. */
static inline void log_header(struct log_sample *s, uint32_t index,
			      const uint16_t *alg, size_t n)
{
	s->agile = true;
	log_le(s, 4, index);
	log_le(s, 4, 3);
	for (size_t i = 0; i < 20; i++)
		log_le(s, 1, 0);
	log_le(s, 4, 29 + 4 * n);
	ev_buffer_add(&s->log, EV_SPAN_LITERAL("Spec ID Event03\0"));
	log_le(s, 4, 0);
	log_le(s, 4, 0x02000200);
	log_le(s, 4, n);
	for (size_t i = 0; i < n; i++) {
		log_le(s, 2, alg[i]);
		log_le(s, 2, ev_digest_size(log_alg(alg[i])));
		s->alg[s->n_algs++] = alg[i];
	}
	log_le(s, 1, 0);
}

static inline void log_begin(struct log_sample *s, struct ev_crypto *crypto,
			     bool agile)
{
	static const uint16_t usual[] = { EV_TPM_ALG_SHA1, EV_TPM_ALG_SHA256 };

	*s = (struct log_sample){ .crypto = crypto, .agile = agile };
	if (agile)
		log_header(s, 0, usual, 2);
}

static inline void log_digest(struct log_sample *s, enum ev_digest_alg alg,
			      struct ev_span of)
{
	uint8_t digest[EV_DIGEST_MAX] = { 0 };

	if (s->crypto == NULL)
		memset(digest, 'd', sizeof(digest));
	else if (of.p != NULL)
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
	if (!s->agile)
		log_digest(s, EV_SHA1, of);
	else
		log_le(s, 4, s->n_algs - s->without_sha1);
	for (size_t i = 0; i < s->n_algs; i++) {
		if (s->without_sha1 && s->alg[i] == EV_TPM_ALG_SHA1)
			continue;
		log_le(s, 2, s->alg[i]);
		log_digest(s, log_alg(s->alg[i]), of);
	}
	log_le(s, 4, data.n);
	ev_buffer_add(&s->log, data);
}

/* An event whose digests are of its data. */
static inline void log_data(struct log_sample *s, uint32_t index, uint32_t type,
			    struct ev_span data)
{
	log_event(s, index, type, data, data);
}

/* An action of its own text, in a register. */
static inline void log_action(struct log_sample *s, uint32_t index,
			      const char *text)
{
	log_data(s, index, 0x80000007, ev_span_str(text));
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
