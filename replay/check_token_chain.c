/* SPDX-License-Identifier: Apache-2.0 */
/* ita.chain, google.chain: on whose word a key is the service's. */
#include "replay/certified.h"
#include "replay/checks.h"
#include "replay/token.h"

#include <stdio.h>

/* The certificates behind the leaf, which may serve as intermediates. */
static size_t pool_of(const struct rp_token *t,
		      const struct ev_x509 *pool[EV_PATH_MAX])
{
	for (size_t i = 1; i < t->n_certs; i++)
		pool[i - 1] = &t->cert[i];
	return t->n_certs - 1;
}

static enum ev_path_result verify(struct rp_case *c, struct rp_token *t,
				  const struct ev_span *anchors, size_t n)
{
	const struct ev_x509 *pool[EV_PATH_MAX];
	size_t n_pool = pool_of(t, pool);

	return ev_path_verify(c->crypto, &t->cert[0], pool, n_pool, anchors, n,
			      c->at, &t->path);
}

/*
 * A complete path to a root that is not pinned.  Whether it holds together at
 * all is asked by the root's own key: a broken one is no unknown root.  Where
 * there is a pin for this use, another root is not the service's; where there
 * is none, nobody can tell.
 */
static enum rp_outcome judge_unknown(struct rp_case *c, struct rp_token *t,
				     size_t n_anchors, struct rp_finding *f)
{
	const struct ev_x509 *root = t->path.cert[t->path.n_certs - 1];
	char subject[120], digest[2 * 32 + 1];
	enum ev_path_result result;
	uint8_t sha256[32];

	if (!ev_digest(c->crypto, EV_SHA256, root->spki, sha256))
		return RP_TROUBLE;
	ev_hex_encode(EV_SPAN(sha256), digest);
	snprintf(subject, sizeof(subject), "%.100s", root->subject);
	result = verify(c, t, &root->spki, 1);
	t->path.anchor = -1;
	if (result != EV_PATH_GOOD)
		return rp_path_outcome(f, result, t->path.reason);
	rp_set_got(f, "a path to the key %s", digest);
	if (n_anchors > 0)
		return rp_fail(f,
			       "untrusted: the root is not the one that is "
			       "pinned: %s",
			       subject);
	return rp_skip(f,
		       "unknown-root: no key is pinned for this service; the "
		       "chain is whole and ends at %s",
		       subject);
}

enum rp_outcome rp_check_token_chain(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	struct rp_token *t = s->token;
	struct rp_anchor *which[RP_ANCHORS_MAX];
	struct ev_span anchors[RP_ANCHORS_MAX];
	enum ev_path_result result;
	size_t n;

	if (t->certs_item != NULL)
		rp_input_add(f, t->certs_item->name, t->certs_offset,
			     t->certs_size);
	if (t->certs_parsed.code != EV_OK)
		return rp_refused(f, "certificate", &t->certs_parsed.err);
	/* Of a token whose key is of a key set, the service's OIDC kind. */
	if (t->n_certs == 0 && t->service->type == RP_TOKEN_GOOGLE)
		return rp_skip(f, "unproven-key: nothing in the archive says "
				  "that the key set is Google's; anybody can "
				  "make one");
	if (t->n_certs == 0)
		return rp_skip(f, "absent: no certificate of the token's key");
	n = rp_anchors_of(c->anchors, t->service->use, anchors, which);
	rp_set_want(f, "a path to a key given for %s",
		    rp_anchor_use_word(t->service->use));
	result = verify(c, t, anchors, n);
	if (result == EV_PATH_UNTRUSTED)
		return judge_unknown(c, t, n, f);
	if (result == EV_PATH_MISSING_ISSUER &&
	    rp_usurps_anchor(&t->path, which, n))
		return rp_fail(f, "%s", rp_usurped);
	if (result == EV_PATH_GOOD && t->path.anchor >= 0)
		which[t->path.anchor]->used = true;
	return rp_path_outcome(f, result, t->path.reason);
}
