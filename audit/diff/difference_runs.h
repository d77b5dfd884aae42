/* SPDX-License-Identifier: Apache-2.0 */
/* Differences folded for people: neighbouring pages with one cause are one. */
#ifndef AU_DIFFERENCE_RUNS_H
#define AU_DIFFERENCE_RUNS_H

#include "audit/diff/image_diff.h"

struct au_run {
	const struct au_image_difference *first; /* borrowed, n of them */
	size_t n;
	uint64_t gpa, size;    /* bytes */
	uint64_t chunks;       /* DATA: how many differ */
	const char *component; /* borrowed, "" where nothing is known */
};

struct au_runs {
	struct au_run *run; /* owned; in the order of the differences */
	size_t n;
};

/* EV_OK or trouble; diff must outlive *out. */
enum ev_code au_runs_of(const struct au_image_diff *diff, struct au_runs *out,
			struct ev_error *err);
void au_runs_free(struct au_runs *runs);

#endif
