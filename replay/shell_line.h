/* SPDX-License-Identifier: Apache-2.0 */
/* A long shell line on a screen: the same line to a shell. */
#ifndef RP_SHELL_LINE_H
#define RP_SHELL_LINE_H

#include "evidence/base/buffer.h"

/*
 * Appends a line behind `begin`, which has that many columns as every line
 * after it, and broken at blanks outside of quotes, by a backslash before the
 * 80th column (POSIX.1, Shell Command Language, 2.2.1).  A word that fits in
 * no line is not broken.
 */
void rp_shell_line_add(struct ev_buffer *out, const char *begin,
		       const char *line);

#endif
