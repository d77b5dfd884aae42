/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two images compared, as JSON (ecart-audit(1), "diff"): every difference
 * alone in "differences"; folded for people, with the maps of memory, in the
 * members behind it, of which the text and the HTML page are made.
 */
#ifndef AU_IMAGE_DIFF_JSON_H
#define AU_IMAGE_DIFF_JSON_H

#include "audit/diff/image_diff.h"

/* How many runs stand there for people; the rest is counted. */
#define AU_RUNS_SHOWN_MAX ((size_t)500)
/* How many regions and marks of each image a map has. */
#define AU_REGIONS_SHOWN_MAX ((size_t)60)
#define AU_MARKS_SHOWN_MAX   ((size_t)120)

/* Canonical JSON, without "differences" unless it is asked for whole; *out is
 * the caller's (free).  EV_OK or trouble. */
enum ev_code au_image_diff_json(const struct au_image_diff *diff, bool whole,
				char **out, size_t *n, struct ev_error *err);

#endif
