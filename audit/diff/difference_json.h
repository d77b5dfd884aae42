/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of images as JSON: each chunk alone, or folded to runs. */
#ifndef AU_DIFFERENCE_JSON_H
#define AU_DIFFERENCE_JSON_H

#include "audit/diff/difference_runs.h"
#include "evidence/base/json_write.h"

/* "platform": the names of those whose bits are set. */
void au_write_platforms(struct ev_writer *w, const struct au_image_diff *diff,
			unsigned int platforms);
/* "0x800d000". */
void au_write_address(struct ev_writer *w, const char *name, uint64_t gpa);

/* The elements of "differences": of DATA one a chunk. */
void au_write_difference(struct ev_writer *w, const struct au_image_diff *diff,
			 const struct au_image_difference *item);
/* An element of "runs". */
void au_write_run(struct ev_writer *w, const struct au_image_diff *diff,
		  const struct au_run *run);

#endif
