/* SPDX-License-Identifier: Apache-2.0 */
/* On whose word a certificate is what it says. */
#include "replay/certified.h"

#include "replay/checks.h"
#include "replay/link.h"

#include "evidence/purpose.h"

/* What is judged, and what it is judged by. */
struct question {
	struct rp_case *c;
	const struct rp_leaf *leaf;
	const struct ev_x509 *pool[EV_PATH_POOL_MAX];
	size_t n_pool;
	struct rp_anchor *which[RP_ANCHORS_MAX];
	struct ev_span anchor[RP_ANCHORS_MAX];
	size_t n_anchors;
	/* Of the case's first certificates: it came, the manifest says, as an
	 * issuer of the leaf, directly or through others. */
	bool is_issuer[EV_PATH_POOL_MAX];
};

static void fill_pool(struct question *q)
{
	for (size_t i = 0; i < q->leaf->n_more; i++)
		if (q->n_pool < EV_PATH_POOL_MAX)
			q->pool[q->n_pool++] = &q->leaf->more[i];
	for (size_t i = 0; i < q->c->n_certs; i++) {
		const struct rp_ak_cert *cert = q->c->certs[i];

		if (&cert->cert != q->leaf->cert &&
		    cert->parsed.code == EV_OK && q->n_pool < EV_PATH_POOL_MAX)
			q->pool[q->n_pool++] = &cert->cert;
	}
}

static void cert_input(struct rp_finding *f, const struct rp_ak_cert *cert)
{
	rp_input_add(f, cert->item->name, cert->offset, cert->size);
}

/* The certificates of the case that the path goes through. */
static void link_path(const struct rp_case *c, struct rp_certified *out,
		      struct rp_finding *f)
{
	for (size_t k = 0; k < out->path.n_certs; k++)
		for (size_t i = 0; i < c->n_certs; i++) {
			if (&c->certs[i]->cert != out->path.cert[k])
				continue;
			out->link[k] = c->certs[i];
			cert_input(f, c->certs[i]);
		}
}

enum rp_outcome rp_path_outcome(struct rp_finding *f,
				enum ev_path_result result, const char *reason)
{
	static const char *const words[] = {
		[EV_PATH_GOOD] = "good",
		[EV_PATH_MISSING_ISSUER] = "missing-issuer",
		[EV_PATH_BAD] = "path",
		[EV_PATH_UNTRUSTED] = "untrusted",
		[EV_PATH_EXPIRED] = "expired",
		[EV_PATH_NOT_YET_VALID] = "not_yet_valid",
	};

	if (result == EV_PATH_TROUBLE)
		return RP_TROUBLE;
	rp_set_got(f, "%s", words[result]);
	if (result == EV_PATH_GOOD)
		return RP_PASS;
	if (result == EV_PATH_MISSING_ISSUER)
		return rp_skip(f, "%s: %.200s", words[result], reason);
	return rp_fail(f, "%s: %.200s", words[result], reason);
}

enum rp_outcome rp_path_of_servers(struct rp_finding *f,
				   const struct ev_path *path)
{
	const struct ev_x509 *ca = ev_path_no_tls(path);

	if (ca == NULL)
		return RP_PASS;
	return rp_fail(f,
		       "usage: the extended key usage of a CA has no "
		       "serverAuth: %.120s",
		       ca->subject);
}

static bool issues(const struct rp_ak_cert *cert, const struct rp_item *item)
{
	return cert->item != item &&
	       rp_relates_to(cert->item, "issuer-of", item);
}

static size_t n_looked_at(const struct question *q)
{
	return q->c->n_certs < EV_PATH_POOL_MAX ? q->c->n_certs
						: EV_PATH_POOL_MAX;
}

/* One step further from the leaf; whether any was found. */
static bool find_more_issuers(struct question *q)
{
	bool found = false;

	for (size_t i = 0; i < n_looked_at(q); i++) {
		const struct rp_ak_cert *cert = q->c->certs[i];
		bool is = issues(cert, q->leaf->item);

		for (size_t k = 0; !is && k < n_looked_at(q); k++)
			is = q->is_issuer[k] &&
			     issues(cert, q->c->certs[k]->item);
		found = found || (is && !q->is_issuer[i]);
		q->is_issuer[i] = q->is_issuer[i] || is;
	}
	return found;
}

static void find_issuers(struct question *q)
{
	for (size_t step = 0; step < EV_PATH_MAX; step++)
		if (!find_more_issuers(q))
			return;
}

/* A broken intermediate explains a missing issuer: that is a failure with its
 * place, not an absence; so does one in the leaf's own bundle.  A broken
 * certificate of which nobody says that it is one explains nothing. */
static const struct rp_ak_cert *broken_issuer(const struct question *q)
{
	for (size_t i = 0; i < n_looked_at(q); i++) {
		const struct rp_ak_cert *cert = q->c->certs[i];

		if (cert->parsed.code != EV_OK &&
		    (q->is_issuer[i] || cert->item == q->leaf->item))
			return cert;
	}
	return NULL;
}

static bool is_in(const struct ev_path *path, const struct ev_x509 *cert)
{
	for (size_t i = 0; i < path->n_certs; i++)
		if (path->cert[i] == cert)
			return true;
	return false;
}

/* Issuers of the leaf that the path does not reach: they become inputs.  False
 * where there is none. */
static bool unreached_issuers(const struct question *q,
			      const struct ev_path *path, struct rp_finding *f)
{
	bool found = false;

	for (size_t i = 0; i < n_looked_at(q); i++) {
		const struct rp_ak_cert *cert = q->c->certs[i];

		if (!q->is_issuer[i] || cert->parsed.code != EV_OK ||
		    is_in(path, &cert->cert))
			continue;
		found = true;
		if (f->n_inputs < RP_INPUTS_MAX)
			cert_input(f, cert);
	}
	return found;
}

/* Equal but for spaces behind commas, which people write and RFC 2253 does
 * not. */
static bool same_name(const char *a, const char *b)
{
	for (; *a != '\0' || *b != '\0'; a++, b++) {
		if (*a != *b)
			return false;
		if (*a == ',') {
			a += a[1] == ' ';
			b += b[1] == ' ';
		}
	}
	return true;
}

bool rp_usurps_anchor(const struct ev_path *path,
		      struct rp_anchor *const *which, size_t n)
{
	const char *issuer =
		path->n_certs > 0 ? path->cert[path->n_certs - 1]->issuer : "";

	for (size_t i = 0; i < n; i++)
		if (issuer[0] != '\0' && same_name(which[i]->subject, issuer))
			return true;
	return false;
}

/* An issuer that is missing is nobody's fault, unless what is here says that
 * it is none. */
static enum rp_outcome explain_missing(struct question *q,
				       const struct ev_path *path,
				       struct rp_finding *f)
{
	const struct rp_ak_cert *broken;

	find_issuers(q);
	broken = broken_issuer(q);
	if (broken != NULL) {
		cert_input(f, broken);
		return rp_refused(f, "certificate", &broken->parsed.err);
	}
	if (rp_usurps_anchor(path, q->which, q->n_anchors))
		return rp_fail(f, "%s", rp_usurped);
	if (unreached_issuers(q, path, f))
		return rp_fail(f,
			       "path: the certificates that came as issuers "
			       "do not join the %s to an anchor "
			       "(%s)",
			       q->leaf->title, path->reason);
	return rp_path_outcome(f, EV_PATH_MISSING_ISSUER, path->reason);
}

enum rp_outcome rp_certify(struct rp_case *c, const struct rp_leaf *leaf,
			   struct rp_certified *out, struct rp_finding *f)
{
	struct question q = { .c = c, .leaf = leaf };
	enum ev_path_result result;

	fill_pool(&q);
	q.n_anchors = rp_anchors_of(c->anchors, leaf->use, q.anchor, q.which);
	rp_set_want(f, "a path to a key given for %s",
		    rp_anchor_use_word(leaf->use));
	result = ev_path_verify(c->crypto, leaf->cert, q.pool, q.n_pool,
				q.anchor, q.n_anchors, c->at, &out->path);
	link_path(c, out, f);
	if (result == EV_PATH_MISSING_ISSUER)
		return explain_missing(&q, &out->path, f);
	if (result == EV_PATH_GOOD && out->path.anchor >= 0)
		q.which[out->path.anchor]->used = true;
	return rp_path_outcome(f, result, out->path.reason);
}
