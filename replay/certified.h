/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate's path to a key given for a use, through the certificates of
 * the case, as a finding says it.  A missing intermediate is a skip that names
 * it; what is there and does not join is a failure.
 */
#ifndef RP_CERTIFIED_H
#define RP_CERTIFIED_H

#include "replay/case.h"

struct rp_leaf {
	const struct ev_x509 *cert;
	const struct rp_item *item; /* that it came in */
	const char *title;	    /* "AK certificate" */
	enum rp_anchor_use use;
	/* Certificates that came with it, beside those of the case. */
	const struct ev_x509 *more;
	size_t n_more;
};

/* Fills *out and f's want, got, reason and inputs (each certificate of the
 * case that the path goes through); marks the anchor as used. */
enum rp_outcome rp_certify(struct rp_case *c, const struct rp_leaf *leaf,
			   struct rp_certified *out, struct rp_finding *f);

/* What a path's result is as an outcome, with its word as f's got. */
enum rp_outcome rp_path_outcome(struct rp_finding *f,
				enum ev_path_result result, const char *reason);

/* Whether each CA of a good path may vouch for TLS servers. */
enum rp_outcome rp_path_of_servers(struct rp_finding *f,
				   const struct ev_path *path);

/* A path that stops below a name that one of n anchors owns was made without
 * that anchor's key: forged, not incomplete.  And the reason to say so. */
bool rp_usurps_anchor(const struct ev_path *path,
		      struct rp_anchor *const *which, size_t n);
static const char rp_usurped[] =
	"untrusted: signed in the name of an anchor, but not by its key";

#endif
