/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be said of a command line that a log of firmware has, once a quote
 * has the register.
 *
 * Nothing measures the type of an event (TCG PC Client Platform Firmware
 * Profile 1.05, 10.4), and GRUB hashes its texts without the prefix that says
 * what they are: a command of GRUB and a kernel's command line are the same in
 * the register, and whoever holds the log may change the one into the other.
 * Whoever runs on the machine later may extend the register by any text, too.
 * A register has its order, but none beside other registers: an entry stands
 * before the end of boot services only where that is measured behind it into
 * the same one, and firmware measures that into PCR 5, or measurement register
 * 2 (UEFI 2.10, 38.4).
 *
 * So of a text that is measured it is known that somebody measured it, and it
 * is trusted only where its digest says what it is, or the kernel's own digest
 * of the options that it was handed does, and the end of boot services stands
 * behind it in its register.  No boot loader that is known measures into that
 * register.
 */
#ifndef RP_COMMAND_LINE_H
#define RP_COMMAND_LINE_H

#include "evidence/event_ipl.h"
#include "replay/compared.h"

/* Load options that the kernel measured: one a kernel that was started. */
#define RP_OPTIONS_MAX 8

struct rp_command_lines {
	const struct rp_case *c;
	const struct rp_subject *log;
	struct ev_tcg_event options[RP_OPTIONS_MAX]; /* the kernel's events */
	size_t n_options;
};

struct rp_command_line {
	/* A trusted quote has the register as the log gives it, and in that
	 * bank the digest is of the text. */
	bool measured;
	/* NULL: trusted; else a word: "not-borne-out", "not-of-text",
	 * "prefix-not-measured", "register-open". */
	const char *doubt;
	/* The event in which the kernel measured this text as its options, in
	 * whichever bank, quoted or not; 0: none. */
	uint64_t options;
};

/* Of a log of firmware that was opened, once its registers are compared and
 * its quotes judged; what it points to must outlive *out. */
void rp_command_lines_begin(const struct rp_case *c,
			    const struct rp_subject *log,
			    struct rp_command_lines *out);

/* An event that ev_ipl_is_command_line of ipl.  False: trouble. */
bool rp_command_line_judge(const struct rp_command_lines *lines,
			   const struct ev_tcg_event *e,
			   const struct ev_ipl *ipl,
			   struct rp_command_line *out);

#endif
