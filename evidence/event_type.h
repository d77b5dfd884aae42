/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types of events in boot logs (TCG PC Client Platform Firmware Profile
 * 1.05, 10.4): their names, whether a digest is of the data beside it, and
 * how that data reads.  Neither the type nor, but for a digest that binds it,
 * the data is authenticated by a register.
 */
#ifndef EV_EVENT_TYPE_H
#define EV_EVENT_TYPE_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

#define EV_TYPE_EVENT_TAG	UINT32_C(0x6)
#define EV_TYPE_IPL		UINT32_C(0xd)
#define EV_TYPE_VARIABLE_CONFIG UINT32_C(0x80000001)
#define EV_TYPE_VARIABLE_BOOT	UINT32_C(0x80000002)
#define EV_TYPE_APPLICATION	UINT32_C(0x80000003)
#define EV_TYPE_EFI_ACTION	UINT32_C(0x80000007)
#define EV_TYPE_GPT2		UINT32_C(0x8000000d)
#define EV_TYPE_AUTHORITY	UINT32_C(0x800000e0)
#define EV_TYPE_SPDM_POLICY	UINT32_C(0x800000e3)
#define EV_TYPE_SPDM_AUTHORITY	UINT32_C(0x800000e4)

/* PFP, 10.4.4: the action that firmware measures, into PCR 5, when what it
 * started takes the machine over. */
#define EV_EXIT_BOOT_SERVICES "Exit Boot Services Returned with Success"

/* Whether a digest of this type is of the event's data. */
enum ev_binding { EV_BINDS_NO, EV_BINDS_SOMETIMES, EV_BINDS };

struct ev_event_type {
	uint32_t value;
	const char *name; /* "EV_SEPARATOR" */
	enum ev_binding binding;
	/* Members of the object that is open in w, with their byte offsets
	 * (show_field.h).  What cannot be read is a member "refused", and
	 * ends nothing else. */
	void (*write)(const struct ev_tcg_event *e, struct ev_writer *w);
	/* One line for people, appended to out (shown_text.h). */
	void (*describe)(const struct ev_tcg_event *e, struct ev_buffer *out);
};

/* Never NULL: types that are not in the table have the row of value UINT32_MAX
 * and name "unknown". */
const struct ev_event_type *ev_event_type_of(uint32_t value);

/* Bytes of a line that ev_event_describe appends at most. */
#define EV_EVENT_LINE_MAX 160

/* What the event says, cut to EV_EVENT_LINE_MAX. */
void ev_event_describe(const struct ev_tcg_event *e, struct ev_buffer *out);

/* Appends the type's name, or its number where it is not in the table. */
void ev_event_type_name(uint32_t value, struct ev_buffer *out);

#endif
