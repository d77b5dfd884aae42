/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch measurements that a finished report tells of: one for each quote
 * of a TD and each SEV-SNP report that the replay asked about, whether or not
 * it believed it.  What decides that is the finding of that very item's
 * signature, the fact's own "trusted", and for a TD that no finding of its
 * signer failed: quoting enclave, revocation, TDX module.
 */
#ifndef AU_MEASURED_H
#define AU_MEASURED_H

#include "audit/references/reference.h"

/* Borrowed from the report. */
struct au_measured {
	const char *item;	       /* its path */
	const struct au_register *reg; /* never NULL */
	const char *hex;	       /* NULL: no measurement of it is told */
	uint8_t value[AU_VALUE_MAX];   /* reg->size bytes */
	int64_t offset; /* of the value in the item; -1: unknown */
	/* "stable-word: detail" why the value is not to be compared; NULL
	 * where the replay authenticated it. */
	const char *not_comparable;
	const json_t *fact; /* of facts.tdx or facts.snp; NULL: unread */
};

struct au_measured_list {
	struct au_measured *item; /* owned */
	size_t n;
};

/* The finding that compares a platform's measurement: "measure.mrtd". */
const char *au_measured_check(enum au_platform platform);

/*
 * TDs in the order of their findings, then SNP reports in theirs; an area of
 * the facts may be one object or a list.  An SGX quote has no launch
 * measurement and is left out.  Refuses a report whose facts name a TD or an
 * SNP report that no finding is about.  Free with au_measured_free; on failure
 * *out is not written.
 */
enum ev_code au_measured_read(const json_t *report,
			      struct au_measured_list *out,
			      struct ev_error *err);
void au_measured_free(struct au_measured_list *list);

#endif
