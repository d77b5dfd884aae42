/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EV_IPL: what boot loaders measure, each in a form of its own: GRUB (text
 * behind a prefix, PCR 8; names of files, PCR 9), shim (names of its lists,
 * PCR 14), systemd-boot and unified kernel images (UTF-16LE: command lines, PCR
 * 8 and 12; names of sections, PCR 11).
 */
#ifndef EV_EVENT_IPL_H
#define EV_EVENT_IPL_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

enum ev_ipl_form {
	EV_IPL_OTHER,
	EV_IPL_GRUB,	/* prefix and text */
	EV_IPL_TEXT,	/* text */
	EV_IPL_SECTION, /* of a unified kernel image: UTF-16LE, ".linux" */
	EV_IPL_UTF16,	/* another text of 16 bit units */
};

struct ev_ipl {
	enum ev_ipl_form form;
	const char *prefix;  /* "kernel_cmdline", of EV_IPL_GRUB */
	struct ev_span text; /* in the units of its form, without a NUL */
};

struct ev_ipl ev_ipl_parse(const struct ev_tcg_event *e);

/* Whether the text is the command line of a kernel, of whichever loader. */
bool ev_ipl_is_command_line(const struct ev_tcg_event *e,
			    const struct ev_ipl *ipl);

/* Decoders of the table of event types. */
void ev_ipl_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_ipl_describe(const struct ev_tcg_event *e, struct ev_buffer *out);

#endif
