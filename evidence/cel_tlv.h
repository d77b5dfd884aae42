/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A canonical event log in its TLV encoding, big-endian: TCG Canonical Event
 * Log Format 1.0, section 5.1, with the register and the content that
 * google/go-tpm-tools adds for Confidential Space (cel/canonical_eventlog.go,
 * cel/cos_tlv.go).  A record is four TLVs of u8 type, u32 length and value:
 * record number, register, digests, content.  Read record by record; nothing
 * is copied.
 */
#ifndef EV_CEL_TLV_H
#define EV_CEL_TLV_H

#include "evidence/base/error.h"

#define EV_CEL_DIGESTS_MAX 16

/* content_type: what Confidential Space measures. */
#define EV_CEL_COS 80

/* cos_type: nothing that matters may change behind it. */
#define EV_CEL_COS_SEPARATOR 8

struct ev_cel_digest {
	uint16_t alg; /* TPMI_ALG_HASH */
	struct ev_span digest;
};

struct ev_cel_log {
	struct ev_span item;
	uint64_t n_records; /* read so far */
	uint64_t at;	    /* offset of the next */
	/* Once ev_cel_log_next said no; cut: at a record that does not fit or
	 * cannot be read, and refusal says why. */
	bool ended, cut;
	struct ev_error refusal;
};

struct ev_cel_record {
	uint64_t number; /* from 1: its place in the log */
	uint64_t recnum; /* as it stands; right is number - 1 */
	uint64_t offset, size;
	bool is_mr; /* index is of a measurement register, not of a PCR */
	uint32_t index;
	struct ev_cel_digest digest[EV_CEL_DIGESTS_MAX];
	size_t n_digests;
	uint8_t content_type;
	struct ev_span content; /* the whole TLV: what is hashed */
	/* Of EV_CEL_COS: the TLV inside; else, and where it does not fill its
	 * content, -1 and empty. */
	int cos_type;
	struct ev_span cos_value;
	const char *odd; /* static: what is wrong with the record, or NULL */
};

/* Refuses an item that does not begin with a record number. */
enum ev_code ev_cel_log_open(struct ev_span item, struct ev_cel_log *out,
			     struct ev_error *err);

/*
 * The next record; false at the end, and then log->cut says which one.  What
 * was read before a cut stands.  A record number out of order and content
 * that does not parse are odd and end nothing; other types of TLV than the
 * four in their order, a digest of a wrong size and one algorithm twice are
 * where reading ends.
 */
bool ev_cel_log_next(struct ev_cel_log *log, struct ev_cel_record *out);

/* "image-digest"; NULL where the type is not known. */
const char *ev_cel_cos_name(int cos_type);

#endif
