/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenHCL's page with the kernel's command line (measurement page, section 4):
 * u16 policy, u16 length, 4092 bytes; little-endian.
 */
#ifndef AU_COMMAND_PAGE_H
#define AU_COMMAND_PAGE_H

#include "audit/contents/contents_walk.h"

struct au_command_page {
	bool append; /* what the host says is appended */
	struct ev_span text;
};

/* Refuses a policy other than 0 and 1, an empty text, one that does not fit,
 * has bytes other than printable ASCII, or anything but zeros behind it. */
enum ev_code au_command_page_parse(struct ev_span page,
				   struct au_command_page *out,
				   struct ev_error *err);

/* Takes the next word of *in, separated by blanks; double quotes keep blanks
 * inside.  Empty at the end. */
struct ev_span au_command_page_word(struct ev_span *in);

/* A finding a word that only one has, the policy, and the order. */
void au_command_page_compare(struct au_walk *w, struct au_part *a,
			     struct au_part *b);

#endif
