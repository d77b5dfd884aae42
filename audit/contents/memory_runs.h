/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a launch laid out: operations that follow each other in
 * memory and are alike, as one run of bytes.
 */
#ifndef AU_MEMORY_RUNS_H
#define AU_MEMORY_RUNS_H

#include "audit/image/launch.h"

struct au_memory_run {
	const struct au_operation *op; /* the first, for what all have */
	uint64_t gpa, size;	       /* bytes */
	struct ev_span bytes; /* size bytes; empty where nothing but the host
			       * fills it */
};

struct au_memory_runs {
	struct au_memory_run *item; /* owned, gpa ascending */
	size_t n;
	uint8_t *memory; /* owned */
};

/* Memory that is laid out: OpenHCL is 64 MiB. */
#define AU_LAID_OUT_MAX (UINT64_C(1) << 30)

/*
 * Lays out all operations on memory; registers have none.  An operation of
 * more than a page without data is a run without bytes.  Those that overlap
 * are runs of their own.  Refuses more memory than the limit.  On failure *out
 * is zeroed.
 */
enum ev_code au_memory_runs_of(const struct au_launch *launch,
			       struct au_memory_runs *out,
			       struct ev_error *err);
void au_memory_runs_free(struct au_memory_runs *runs);

#endif
