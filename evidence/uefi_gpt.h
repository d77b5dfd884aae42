/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partition tables in events: UEFI_GPT_DATA of the TCG PC Client Platform
 * Firmware Profile 1.05, 10.2; the header and its entries are those of UEFI
 * 2.10, 5.3.2 and 5.3.3.  Little-endian.
 */
#ifndef EV_UEFI_GPT_H
#define EV_UEFI_GPT_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

#define EV_GPT_DISK_GUID      56 /* in the event's data */
#define EV_GPT_PARTITION_GUID 16 /* in an entry */

struct ev_uefi_gpt {
	struct ev_span disk_guid;
	uint64_t n_entries;
	uint32_t entry_size; /* at least 128 bytes */
	struct ev_span entries;
	struct ev_span rest; /* bytes behind the structure */
};

/* Refuses a header without its signature, entries of less than 128 bytes, and
 * more of them than there are bytes for. */
enum ev_code ev_uefi_gpt_parse(const struct ev_tcg_event *e,
			       struct ev_uefi_gpt *out, struct ev_error *err);

/* Decoders of the table of event types. */
void ev_uefi_gpt_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_uefi_gpt_describe(const struct ev_tcg_event *e, struct ev_buffer *out);

#endif
