/* SPDX-License-Identifier: Apache-2.0 */
/* The first screen of two images compared: a sentence for people. */
#ifndef AU_DIFF_SUMMARY_H
#define AU_DIFF_SUMMARY_H

#include "audit/diff/image_diff.h"
#include "evidence/base/buffer.h"

/* Appends what differs on platform number i in one sentence: pages, order,
 * registers, and what no digest covers.  No full stop. */
void au_diff_pages_sentence(const struct au_image_diff *diff, size_t i,
			    struct ev_buffer *out);

/* Appends the summary: what the contents say where pages are many, else the
 * pages; of several platforms each that differs in its own way. */
void au_diff_summary(const struct au_image_diff *diff, struct ev_buffer *out);

#endif
