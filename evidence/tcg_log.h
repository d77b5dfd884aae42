/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot event logs of firmware, little-endian: TCG PC Client Platform Firmware
 * Profile 1.05, section 10 (TCG_PCR_EVENT, TCG_PCR_EVENT2), and the same
 * container as a confidential-computing log (UEFI 2.10, 38.4), where the
 * index is one of measurement registers.  Read event by event; nothing is
 * copied, and nothing is kept but what struct ev_tcg_log holds.
 */
#ifndef EV_TCG_LOG_H
#define EV_TCG_LOG_H

#include "evidence/base/error.h"
#include "evidence/base/release.h"

#define EV_TCG_BANKS_MAX 16

/* Event types that the replay of registers knows. */
#define EV_TCG_NO_ACTION UINT32_C(0x3)
#define EV_TCG_SEPARATOR UINT32_C(0x4)
#define EV_TCG_EFI_HCRTM UINT32_C(0x80000010)

/* pcrIndex of events that are extended nowhere (TrustPoint of Windows). */
#define EV_TCG_NOWHERE UINT32_MAX

/* How a log ends. */
enum ev_tcg_end {
	EV_TCG_OPEN,	/* not read to its end yet */
	EV_TCG_CLEAN,	/* with its last event */
	EV_TCG_PADDING, /* the rest is 00 or ff throughout */
	EV_TCG_HIDDEN,	/* padding, and behind it something else */
	EV_TCG_CUT,	/* an event that does not fit or cannot be read */
};

struct ev_tcg_bank {
	uint16_t alg;  /* TPMI_ALG_HASH */
	uint16_t size; /* bytes of a digest, as the log declares it */
};

struct ev_tcg_log {
	struct ev_span item;
	/* TCG_EfiSpecIDEvent, 10.4.5.1: the log is crypto-agile, and its first
	 * event, which is not counted, says this.  Else SHA-1 alone. */
	bool agile;
	uint32_t platform_class;
	uint8_t version_major, version_minor, errata, uintn_size;
	struct ev_span vendor_info;
	size_t header_rest; /* bytes of that event behind vendorInfo */
	bool header_short;  /* vendorInfoSize is more than that event has */
	struct ev_tcg_bank bank[EV_TCG_BANKS_MAX];
	size_t n_banks;
	uint64_t n_events; /* read so far */
	uint64_t at;	   /* offset of the next */
	/* Set by the caller, or NULL: told of what was read. */
	const struct ev_release *release;
	uint64_t released;
	/* Once ev_tcg_log_next said no: */
	enum ev_tcg_end end;
	uint8_t pad;		 /* the byte of the padding */
	uint64_t hidden;	 /* offset of the first byte that is not pad */
	struct ev_error refusal; /* of EV_TCG_CUT */
};

struct ev_tcg_event {
	uint64_t number; /* from 1 */
	uint64_t offset, size;
	uint32_t index; /* of a PCR or a measurement register */
	uint32_t type;
	/* By the place of the bank; empty where the event has none of it. */
	struct ev_span digest[EV_TCG_BANKS_MAX];
	struct ev_span data;
};

/*
 * Reads the header.  Refuses a first event that does not fit, and a Spec ID
 * event with no bank or more than 16, with one twice, or with another size
 * for a digest that is known.  An empty item is refused.
 */
enum ev_code ev_tcg_log_open(struct ev_span item, struct ev_tcg_log *out,
			     struct ev_error *err);

/* The next event; false at the end, and then log->end says which one.  What
 * was read before a cut stands. */
bool ev_tcg_log_next(struct ev_tcg_log *log, struct ev_tcg_event *out);

/* Once more an event that was read before, by its offset; number is not its
 * own.  Only out is of use then: log is not read on from there. */
bool ev_tcg_log_again(struct ev_tcg_log *log, uint64_t offset,
		      struct ev_tcg_event *out);

/* The place of a bank, or log->n_banks. */
size_t ev_tcg_log_bank(const struct ev_tcg_log *log, uint16_t alg);

#endif
