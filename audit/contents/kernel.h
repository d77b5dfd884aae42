/* SPDX-License-Identifier: Apache-2.0 */
/* A Linux kernel as a loader has laid it out: its segments, without headers
 * of sections. */
#ifndef AU_KERNEL_H
#define AU_KERNEL_H

#include "audit/contents/contents_walk.h"

/* "Linux version ..." up to its newline, at most 256 bytes; empty where there
 * is none. */
struct ev_span au_kernel_version(struct ev_span in);
/* It has a version, or the signature of the boot protocol at byte 0x202. */
bool au_kernel_recognise(struct ev_span in);

/* Findings: version, build identifier; and how many pages differ. */
void au_kernel_compare(struct au_walk *w, struct au_part *a, struct au_part *b);

#endif
