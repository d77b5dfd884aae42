/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of UEFI variables: UEFI_VARIABLE_DATA of the TCG PC Client Platform
 * Firmware Profile 1.05, 10.2, little-endian.
 */
#ifndef EV_UEFI_VARIABLE_H
#define EV_UEFI_VARIABLE_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

struct ev_uefi_variable {
	struct ev_span guid; /* 16 bytes, the namespace */
	struct ev_span name; /* UTF-16LE, no NUL */
	struct ev_span data;
	/* Bytes behind the structure, which a digest of the structure does not
	 * cover. */
	struct ev_span rest;
};

/* in is the data of an event, at base in its log. */
enum ev_code ev_uefi_variable_parse(struct ev_span in, uint64_t base,
				    struct ev_uefi_variable *out,
				    struct ev_error *err);

/* Whether the name is that ASCII text. */
bool ev_uefi_variable_is_named(const struct ev_uefi_variable *v,
			       const char *name);

/* The variable of that namespace (text of a GUID) and name. */
bool ev_uefi_variable_is(const struct ev_uefi_variable *v, const char *guid,
			 const char *name);

/* Boot#### (four digits of hex) of the global namespace. */
bool ev_uefi_variable_is_boot_option(const struct ev_uefi_variable *v);

/* Decoders of the table of event types (event_type.h). */
void ev_uefi_variable_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_uefi_variable_describe(const struct ev_tcg_event *e,
			       struct ev_buffer *out);
/* The same of EV_EFI_VARIABLE_AUTHORITY, whose data is one signature. */
void ev_uefi_authority_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_uefi_authority_describe(const struct ev_tcg_event *e,
				struct ev_buffer *out);

#endif
