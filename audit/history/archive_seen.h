/* SPDX-License-Identifier: Apache-2.0 */
/* An archive as its replay's report tells of it. */
#ifndef AU_ARCHIVE_SEEN_H
#define AU_ARCHIVE_SEEN_H

#include "evidence/base/digest.h"
#include "evidence/base/json.h"

/* How a time is known; the better one first. */
enum au_basis { AU_PROVEN, AU_CLAIMED, AU_GIVEN };
const char *au_basis_name(enum au_basis basis);

/* In the order of enum rp_verdict. */
#define AU_N_VERDICTS 3
const char *au_verdict_name(size_t verdict);

struct au_archive_seen {
	uint8_t id[32];	    /* SHA-256 of its manifest */
	uint8_t report[32]; /* of the report */
	int64_t time;	    /* as of which it was replayed */
	enum au_basis basis;
	uint8_t verdict;
	bool is_counted; /* false: the same archive again */
	/* Its items are not those that its manifest names, of which the id
	 * speaks: it is no other archive's copy. */
	bool is_tampered;
};

/* text: the report's. EV_OK, or what is wrong with it, or EV_TROUBLE. */
enum ev_code au_archive_seen_read(struct ev_crypto *crypto, struct ev_span text,
				  const json_t *report,
				  struct au_archive_seen *out,
				  struct ev_error *err);

/* By id, and of one id the one that is to be counted first; 0: the reports are
 * the same. */
int au_archive_seen_order(const struct au_archive_seen *a,
			  const struct au_archive_seen *b);
/* Whether one of them is enough. */
bool au_archive_seen_same(const struct au_archive_seen *a,
			  const struct au_archive_seen *b);

#endif
