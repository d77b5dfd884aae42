/* SPDX-License-Identifier: Apache-2.0 */
/* tpm.ak.certificate, .match: on whose word a key is a vTPM's. */
#include "replay/ak.h"
#include "replay/certificates.h"
#include "replay/checks.h"

static size_t pool_of(const struct rp_case *c, const struct rp_ak_cert *leaf,
		      const struct ev_x509 *pool[EV_PATH_POOL_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_certs && n < EV_PATH_POOL_MAX; i++) {
		const struct rp_ak_cert *cert = c->certs[i];

		if (cert != leaf && cert->parsed.code == EV_OK)
			pool[n++] = &cert->cert;
	}
	return n;
}

static void cert_input(struct rp_finding *f, const struct rp_ak_cert *cert)
{
	rp_input_add(f, cert->item->name, cert->offset, cert->size);
}

/* The certificates of the case that a leaf's path goes through. */
static void link_path(const struct rp_case *c, struct rp_ak_cert *leaf,
		      struct rp_finding *f)
{
	for (size_t k = 0; k < leaf->path.n_certs; k++)
		for (size_t i = 0; i < c->n_certs; i++) {
			if (&c->certs[i]->cert != leaf->path.cert[k])
				continue;
			leaf->link[k] = c->certs[i];
			cert_input(f, c->certs[i]);
		}
}

static enum rp_outcome path_outcome(struct rp_finding *f,
				    enum ev_path_result result,
				    const char *reason)
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
		return rp_skip(f, "%s: %s", words[result], reason);
	return rp_fail(f, "%s: %s", words[result], reason);
}

/* A broken intermediate explains a missing issuer: that is a failure with its
 * place, not an absence.  A broken certificate of which nobody says that it
 * is one explains nothing. */
static const struct rp_ak_cert *broken_intermediate(const struct rp_case *c)
{
	for (size_t i = 0; i < c->n_certs; i++)
		if (c->certs[i]->parsed.code != EV_OK &&
		    rp_cert_is_issuer(c, c->certs[i]))
			return c->certs[i];
	return NULL;
}

static bool is_in(const struct ev_path *path, const struct ev_x509 *cert)
{
	for (size_t i = 0; i < path->n_certs; i++)
		if (path->cert[i] == cert)
			return true;
	return false;
}

/* Certificates that the manifest calls issuers, and that the path does not
 * reach: they become inputs.  False where there is none. */
static bool unreached_issuers(const struct rp_case *c,
			      const struct ev_path *path, struct rp_finding *f)
{
	bool found = false;

	for (size_t i = 0; i < c->n_certs; i++) {
		const struct rp_ak_cert *cert = c->certs[i];

		if (cert->parsed.code != EV_OK || is_in(path, &cert->cert) ||
		    !rp_cert_is_issuer(c, cert))
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

/* A path that stops below a name that an anchor owns was made without the
 * anchor's key: forged, not incomplete. */
static bool usurps_anchor(const struct ev_path *path,
			  struct rp_anchor *const *which, size_t n)
{
	const char *issuer =
		path->n_certs > 0 ? path->cert[path->n_certs - 1]->issuer : "";

	for (size_t i = 0; i < n; i++)
		if (issuer[0] != '\0' && same_name(which[i]->subject, issuer))
			return true;
	return false;
}

enum rp_outcome rp_check_tpm_ak_certificate(struct rp_case *c,
					    const struct rp_subject *s,
					    struct rp_finding *f)
{
	struct rp_ak_cert *cert = s->ak_cert;
	const struct rp_ak_cert *broken;
	struct rp_anchor *which[RP_ANCHORS_MAX];
	struct ev_span anchors[RP_ANCHORS_MAX];
	const struct ev_x509 *pool[EV_PATH_POOL_MAX];
	enum ev_path_result result;
	size_t n_anchors, n_pool;

	if (cert->parsed.code != EV_OK) {
		cert_input(f, cert);
		return rp_refused(f, "certificate", &cert->parsed.err);
	}
	n_anchors = rp_anchors_of(c->anchors, cert->use, anchors, which);
	n_pool = pool_of(c, cert, pool);
	rp_set_want(f, "a path to a key given for azure-vtpm-root");
	result = ev_path_verify(c->crypto, &cert->cert, pool, n_pool, anchors,
				n_anchors, c->at, &cert->path);
	link_path(c, cert, f);
	broken = broken_intermediate(c);
	if (result == EV_PATH_MISSING_ISSUER && broken != NULL) {
		cert_input(f, broken);
		return rp_refused(f, "certificate", &broken->parsed.err);
	}
	if (result == EV_PATH_MISSING_ISSUER &&
	    usurps_anchor(&cert->path, which, n_anchors))
		return rp_fail(f, "untrusted: signed in the name of an anchor, "
				  "but not by its key");
	if (result == EV_PATH_MISSING_ISSUER &&
	    unreached_issuers(c, &cert->path, f))
		return rp_fail(f,
			       "path: the certificates that came as issuers "
			       "do not join the AK certificate to an anchor "
			       "(%s)",
			       cert->path.reason);
	if (result == EV_PATH_GOOD && cert->path.anchor >= 0)
		which[cert->path.anchor]->used = true;
	return path_outcome(f, result, cert->path.reason);
}

enum rp_outcome rp_check_tpm_ak_match(struct rp_case *c,
				      const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_subject *cert = s->tpm_quote->ak_cert;
	struct rp_ak ak;

	(void)c;
	if (cert == NULL)
		return rp_skip(f, "absent: no AK certificate");
	if (!rp_ak_of(s, &ak))
		return rp_skip(f, "absent: no key of the quote");
	/* Signed by a key that nothing vouches for: this says what it is
	 * worth. */
	if (!s->tpm_quote->verified)
		return rp_skip(f, "after: tpm.quote.signature did not pass");
	rp_input_add(f, ak.item->name, ak.offset, ak.length);
	cert_input(f, cert->ak_cert);
	if (rp_expect_key(f, &ak.key, &cert->ak_cert->cert.key) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "mismatch: the AK certificate is for another key "
			  "than the one that signed the quote (AK not "
			  "certified)");
}
