/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate paths to a pinned key, built and checked by libcrypto. */
#include "evidence/path.h"

#include "evidence/base/sig.h"
#include "evidence/base/time.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdio.h>

/* 80 bits of strength, whatever the machine's configuration says. */
#define AUTH_LEVEL 1

/* One question put to ev_path_verify, and what libcrypto needs for it. */
struct question {
	struct ev_crypto *crypto;
	OSSL_LIB_CTX *libctx;
	const struct ev_x509 *leaf;
	const struct ev_x509 *const *pool;
	size_t n_pool;
	const struct ev_span *spki; /* of the anchors */
	EVP_PKEY *anchor[EV_PATH_ANCHORS_MAX];
	size_t n_anchors;
	X509_STORE *ends; /* certificates that an anchor's key has signed */
	STACK_OF(X509) * untrusted;
	int64_t at;
	int64_t search; /* the time that libcrypto is given */
	bool timeless;
};

static bool import_anchors(struct question *q, const struct ev_span *anchors,
			   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char *p = anchors[i].p;

		/* An anchor that does not parse signs nothing. */
		q->anchor[i] = d2i_PUBKEY_ex(NULL, &p, (long)anchors[i].n,
					     q->libctx, NULL);
		if (q->anchor[i] != NULL && p != anchors[i].p + anchors[i].n) {
			EVP_PKEY_free(q->anchor[i]);
			q->anchor[i] = NULL;
		}
		q->n_anchors = i + 1;
		if (ev_crypto_answer(0) == EV_VERIFIED_TROUBLE)
			return false;
	}
	return true;
}

/* The anchor whose key signed x509, or -1. */
static int signing_anchor(const struct question *q, X509 *x509)
{
	int found = -1;

	for (size_t i = 0; found < 0 && i < q->n_anchors; i++)
		if (q->anchor[i] != NULL &&
		    X509_verify(x509, q->anchor[i]) == 1)
			found = (int)i;
	ERR_clear_error();
	return found;
}

static bool add_end(const struct question *q, const struct ev_x509 *cert)
{
	return signing_anchor(q, cert->x509) < 0 ||
	       X509_STORE_add_cert(q->ends, cert->x509) == 1;
}

static bool prepare(struct question *q)
{
	q->ends = X509_STORE_new();
	q->untrusted = sk_X509_new_null();
	if (q->ends == NULL || q->untrusted == NULL || !add_end(q, q->leaf))
		return false;
	for (size_t i = 0; i < q->n_pool; i++)
		if (!add_end(q, q->pool[i]) ||
		    sk_X509_push(q->untrusted, q->pool[i]->x509) <= 0)
			return false;
	return true;
}

static void release(struct question *q)
{
	sk_X509_free(q->untrusted);
	X509_STORE_free(q->ends);
	for (size_t i = 0; i < q->n_anchors; i++)
		EVP_PKEY_free(q->anchor[i]);
}

static const struct ev_x509 *find_cert(const struct question *q,
				       const X509 *x509)
{
	if (x509 == q->leaf->x509)
		return q->leaf;
	for (size_t i = 0; i < q->n_pool; i++)
		if (x509 == q->pool[i]->x509)
			return q->pool[i];
	return NULL;
}

static void fill_certs(const struct question *q, X509_STORE_CTX *ctx,
		       struct ev_path *out)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	int n = chain != NULL ? sk_X509_num(chain) : 0;

	out->n_certs = 0;
	for (int i = 0; i < n && i < EV_PATH_MAX; i++) {
		const struct ev_x509 *c = find_cert(q, sk_X509_value(chain, i));

		if (c != NULL)
			out->cert[out->n_certs++] = c;
	}
}

static void say(struct ev_path *out, const char *what, const char *subject)
{
	snprintf(out->reason, sizeof(out->reason), "%s: %.120s", what, subject);
}

static enum ev_path_result say_time(struct ev_path *out,
				    const struct ev_x509 *c, bool expired)
{
	char text[EV_TIME_TEXT], what[64];

	ev_time_format(expired ? c->not_after : c->not_before, text);
	snprintf(what, sizeof(what), "valid %s %s only",
		 expired ? "until" : "from", text);
	say(out, what, c->subject);
	return expired ? EV_PATH_EXPIRED : EV_PATH_NOT_YET_VALID;
}

/* Whether a certificate says that an anchor's key signed it. */
static bool names_anchor_key(const struct question *q,
			     const struct ev_x509 *cert)
{
	const ASN1_OCTET_STRING *id = X509_get0_authority_key_id(cert->x509);

	for (size_t i = 0; id != NULL && i < q->n_anchors; i++)
		if (ev_spki_has_key_id(
			    q->crypto, q->spki[i],
			    ev_span_of(ASN1_STRING_get0_data(id),
				       (size_t)ASN1_STRING_length(id))) ==
		    EV_VERIFIED_YES)
			return true;
	return false;
}

/* No pinned key was met: a root that is not pinned, or a gap. */
static enum ev_path_result say_end(const struct question *q,
				   struct ev_path *out)
{
	const struct ev_x509 *top =
		out->n_certs > 0 ? out->cert[out->n_certs - 1] : NULL;

	if (top == NULL) {
		say(out, "no path can be built", "no certificate");
		return EV_PATH_BAD;
	}
	if (top->self_issued) {
		say(out, "ends at a root that is not pinned", top->subject);
		return EV_PATH_UNTRUSTED;
	}
	if (names_anchor_key(q, top)) {
		say(out, "names a pinned key that did not sign it",
		    top->subject);
		return EV_PATH_BAD;
	}
	say(out,
	    "no pinned key signed the last certificate at hand; "
	    "its issuer is missing",
	    top->issuer);
	return EV_PATH_MISSING_ISSUER;
}

static const char *bad_word(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		return "signature does not verify";
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_INVALID_NON_CA:
		return "is not a CA but signs a certificate";
	case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
		return "key usage does not allow to sign certificates";
	case X509_V_ERR_PATH_LENGTH_EXCEEDED:
		return "path is longer than a CA allows";
	case X509_V_ERR_CERT_CHAIN_TOO_LONG:
		return "path is too long";
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
		return "unknown critical extension";
	case X509_V_ERR_INVALID_EXTENSION:
		return "malformed extension";
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
		return "key is too small";
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return "signature uses a weak digest";
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION:
		return "name is outside the name constraints";
	default:
		return "does not fit its place in the path";
	}
}

static enum ev_path_result explain(const struct question *q,
				   X509_STORE_CTX *ctx, struct ev_path *out)
{
	int error = X509_STORE_CTX_get_error(ctx);
	const struct ev_x509 *c =
		find_cert(q, X509_STORE_CTX_get_current_cert(ctx));

	if (c == NULL)
		c = q->leaf;
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return say_time(out, c, true);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return say_time(out, c, false);
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
		return say_end(q, out);
	case X509_V_ERR_OUT_OF_MEM:
	case X509_V_ERR_UNSPECIFIED:
	case X509_V_ERR_STORE_LOOKUP:
		say(out, "libcrypto is in trouble", c->subject);
		return EV_PATH_TROUBLE;
	default:
		say(out, bad_word(error), c->subject);
		return EV_PATH_BAD;
	}
}

/* libcrypto counts notAfter itself as expired, and a search a second earlier
 * counts notBefore as ahead: what holds the time, both ends included (RFC 5280
 * 4.1.2.5), is no error. */
static int forgive(int ok, X509_STORE_CTX *ctx)
{
	const struct question *q = X509_STORE_CTX_get_ex_data(ctx, 0);
	const struct ev_x509 *c =
		find_cert(q, X509_STORE_CTX_get_current_cert(ctx));
	int error = X509_STORE_CTX_get_error(ctx);

	if (ok || c == NULL ||
	    (error != X509_V_ERR_CERT_HAS_EXPIRED &&
	     error != X509_V_ERR_CERT_NOT_YET_VALID))
		return ok;
	return c->not_before <= q->at && q->at <= c->not_after;
}

/* One run of libcrypto's validation at q->search. */
static enum ev_path_result validate(struct question *q, struct ev_path *out)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(q->libctx, NULL);
	enum ev_path_result result = EV_PATH_TROUBLE;
	X509_VERIFY_PARAM *param;
	int rc;

	if (ctx == NULL ||
	    X509_STORE_CTX_init(ctx, q->ends, q->leaf->x509, q->untrusted) !=
		    1 ||
	    X509_STORE_CTX_set_ex_data(ctx, 0, q) != 1) {
		say(out, "libcrypto is in trouble", q->leaf->subject);
		goto out;
	}
	X509_STORE_CTX_set_verify_cb(ctx, forgive);
	param = X509_STORE_CTX_get0_param(ctx);
	/* A time that is set wins over the flag that looks at none. */
	if (q->timeless)
		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
	else
		X509_VERIFY_PARAM_set_time(param, (time_t)q->search);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN |
						   X509_V_FLAG_TRUSTED_FIRST);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	/* Leaf and trusted end are not counted. */
	X509_VERIFY_PARAM_set_depth(param, EV_PATH_MAX - 2);
	rc = X509_verify_cert(ctx);
	fill_certs(q, ctx, out);
	result = rc == 1 ? EV_PATH_GOOD : explain(q, ctx, out);
out:
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return result;
}

/*
 * libcrypto names the first error from the top, and the time must not hide a
 * bad signature further down: what is only out of its time passes when no
 * time is looked at.
 */
static enum ev_path_result answer_timed(struct question *q, struct ev_path *out)
{
	enum ev_path_result result = validate(q, out);
	struct ev_path other = { .anchor = -1 };
	enum ev_path_result again;

	if (result == EV_PATH_EXPIRED || result == EV_PATH_NOT_YET_VALID) {
		/* Of two certificates of one CA, libcrypto prefers one that it
		 * takes to be in force: a second earlier, that is the one
		 * whose end is now. */
		q->search = q->at - 1;
		again = validate(q, &other);
		if (again == EV_PATH_GOOD) {
			*out = other;
			return again;
		}
		q->timeless = true;
		other = (struct ev_path){ .anchor = -1 };
		again = validate(q, &other);
		if (again != EV_PATH_GOOD) {
			*out = other;
			return again;
		}
	}
	return result;
}

/* libcrypto takes keyCertSign for the word of a CA; RFC 5280, 6.1.4 (k), wants
 * basicConstraints.  A root's own certificate is there for its key alone. */
static const struct ev_x509 *no_ca(const struct ev_path *path)
{
	for (size_t i = 1; i < path->n_certs; i++)
		if (!path->cert[i]->ca &&
		    !(i == path->n_certs - 1 && path->cert[i]->self_issued))
			return path->cert[i];
	return NULL;
}

static enum ev_path_result answer(struct question *q, struct ev_path *out)
{
	enum ev_path_result result = answer_timed(q, out);
	const struct ev_x509 *bad = no_ca(out);

	if (result == EV_PATH_GOOD)
		out->reason[0] = '\0';
	if (result == EV_PATH_GOOD && bad != NULL) {
		say(out, bad_word(X509_V_ERR_INVALID_CA), bad->subject);
		result = EV_PATH_BAD;
	}
	if (out->n_certs > 0)
		out->anchor =
			signing_anchor(q, out->cert[out->n_certs - 1]->x509);
	return result;
}

enum ev_path_result ev_path_verify(struct ev_crypto *crypto,
				   const struct ev_x509 *leaf,
				   const struct ev_x509 *const *pool,
				   size_t n_pool, const struct ev_span *anchors,
				   size_t n_anchors, int64_t at,
				   struct ev_path *out)
{
	struct question q = {
		.crypto = crypto,
		.libctx = ev_crypto_libctx(crypto),
		.spki = anchors,
		.leaf = leaf,
		.pool = pool,
		.n_pool = n_pool,
		.at = at,
		.search = at,
	};
	enum ev_path_result result = EV_PATH_TROUBLE;

	*out = (struct ev_path){ .anchor = -1 };
	if (n_pool > EV_PATH_POOL_MAX || n_anchors > EV_PATH_ANCHORS_MAX) {
		say(out, "too many certificates or anchors", leaf->subject);
		return EV_PATH_BAD;
	}
	if (import_anchors(&q, anchors, n_anchors) && prepare(&q))
		result = answer(&q, out);
	else
		say(out, "libcrypto is in trouble", leaf->subject);
	release(&q);
	ERR_clear_error();
	return result;
}
