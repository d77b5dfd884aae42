/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items that were withheld from an archive: a manifest still names each with
 * a digest (ecart-archive(5), MANIFEST), by which what was computed from it
 * can be computed again.
 */
#ifndef EV_REDACTIONS_H
#define EV_REDACTIONS_H

#include "evidence/base/json_node.h"

struct ev_redaction {	  /* text is borrowed */
	const char *name; /* the path that the item had */
	const char *kind; /* as the manifest says it */
	const char *reason;
	uint64_t size;
	bool salted;	    /* the digest is over salt || content: what T, */
	uint8_t sha256[32]; /* which a nonce commits to, holds of the item */
	bool has_sha384;    /* never where it is salted */
	uint8_t sha384[48];
};

struct ev_redactions {
	struct ev_redaction *list; /* owned, bytewise by name */
	size_t n;
};

/* Of a manifest's predicate; none where it has no such member.  Refuses
 * entries without name, kind, reason or size, names outside the path rules,
 * those with neither or both kinds of digest, names that stand twice.  Free
 * with ev_redactions_free. */
enum ev_code ev_redactions_parse(const struct ev_node *predicate,
				 struct ev_redactions *out,
				 struct ev_error *err);
void ev_redactions_free(struct ev_redactions *redactions);

/* NULL where no withheld item had that name. */
const struct ev_redaction *
ev_redactions_find(const struct ev_redactions *redactions, const char *name);

#endif
