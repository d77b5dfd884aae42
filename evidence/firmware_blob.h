/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of firmware in memory, little-endian: UEFI_PLATFORM_FIRMWARE_BLOB
 * and BLOB2 (TCG PC Client Platform Firmware Profile 1.05, 10.2),
 * and tables handed over, UEFI_HANDOFF_TABLE_POINTERS and POINTERS2 (10.2).
 * The digests are of what lies there, which no log holds.
 */
#ifndef EV_FIRMWARE_BLOB_H
#define EV_FIRMWARE_BLOB_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

/* Decoders of the table of event types: base and length in 64 bits, text
 * where the data is text, else bytes (older logs). */
void ev_firmware_blob_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_firmware_blob_describe(const struct ev_tcg_event *e,
			       struct ev_buffer *out);
/* The same behind a description with its length in front. */
void ev_firmware_blob2_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_firmware_blob2_describe(const struct ev_tcg_event *e,
				struct ev_buffer *out);
void ev_handoff_tables_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_handoff_tables_describe(const struct ev_tcg_event *e,
				struct ev_buffer *out);
void ev_handoff_tables2_write(const struct ev_tcg_event *e,
			      struct ev_writer *w);
void ev_handoff_tables2_describe(const struct ev_tcg_event *e,
				 struct ev_buffer *out);

#endif
