/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch measurements that a finished report tells of: one for each quote
 * that the replay asked about, whether or not it believed it.  What decides
 * that is the finding dcap.quote.signature of that very quote.
 */
#ifndef AU_MEASURED_H
#define AU_MEASURED_H

#include "evidence/base/json.h"

/* Borrowed from the report. */
struct au_measured {
	const char *item; /* the quote's path */
	const char *hex;  /* NULL: no measurement of it is told */
	uint8_t value[48];
	int64_t offset; /* of the value in the item; -1: not known */
	/* "stable-word: detail" why the value is not to be compared; NULL
	 * where the replay authenticated it. */
	const char *not_comparable;
};

struct au_measured_list {
	struct au_measured *quote; /* owned */
	size_t n;
};

/*
 * In the order of the findings; facts.tdx, .sgx and .quote may be one object
 * or a list.  An SGX quote has no launch measurement and is left out.
 * Refuses a report whose facts name a TD that no finding is about.  Free with
 * au_measured_free; on failure *out is not written.
 */
enum ev_code au_measured_read(const json_t *report,
			      struct au_measured_list *out,
			      struct ev_error *err);
void au_measured_free(struct au_measured_list *list);

#endif
