/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What systemd measured after the kernel was up: the log
 * /run/log/systemd/tpm2-measure.log, records of TCG's canonical event log in
 * JSON (systemd.io, TPM2 PCR Measurements Made by systemd; systemd,
 * src/shared/tpm2-util.c), in a sequence of RFC 7464: each text has the byte
 * 0x1E in front.  Read record by record; one is in memory at a time.
 */
#ifndef EV_SYSTEMD_LOG_H
#define EV_SYSTEMD_LOG_H

#include "evidence/base/digest.h"
#include "evidence/base/json.h"

#define EV_SYSTEMD_DIGESTS_MAX 16
/* Bytes of a record; those seen have some hundred. */
#define EV_SYSTEMD_RECORD_MAX ((size_t)64 << 10)

struct ev_systemd_digest {
	enum ev_digest_alg alg;
	uint8_t value[EV_DIGEST_MAX]; /* ev_digest_size(alg) of them */
};

struct ev_systemd_log {
	struct ev_span item;
	uint64_t n_records; /* read so far */
	uint64_t at;	    /* offset of the next */
	bool ended;
	bool trouble;	/* ended for lack of memory, which says nothing */
	json_t *record; /* owned: what the spans of the last record lie in */
};

struct ev_systemd_record {
	uint64_t number; /* from 1 */
	uint64_t offset, size;
	/* Code other than EV_OK: the text is no such record, and nothing of
	 * what follows is known; the next one is read all the same. */
	struct ev_error refusal;
	bool has_pcr; /* else of an index in the TPM's NV memory */
	uint32_t pcr; /* 0 to 23 */
	struct ev_systemd_digest digest[EV_SYSTEMD_DIGESTS_MAX];
	size_t n_digests; /* those whose algorithm is ours */
	/* Decoded UTF-8, valid until the next record is read; empty where the
	 * member is not there. */
	struct ev_span content_type; /* "systemd" */
	struct ev_span event_type;   /* "phase", "machine-id", ... */
	struct ev_span string;	     /* what is hashed, where it is there */
};

/* Refuses an item that does not begin with the byte 0x1E. */
enum ev_code ev_systemd_log_open(struct ev_span item,
				 struct ev_systemd_log *out,
				 struct ev_error *err);

/* The next record; false at the end, and on trouble. */
bool ev_systemd_log_next(struct ev_systemd_log *log,
			 struct ev_systemd_record *out);

/* Frees the record that was read last. */
void ev_systemd_log_free(struct ev_systemd_log *log);

#endif
