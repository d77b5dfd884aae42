/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a time-stamping authority signed a token (timestamp.h). */
#include "evidence/timestamp.h"

#include "evidence/base/buffer.h"
#include "evidence/base/time.h"
#include "evidence/name.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdio.h>

/* 80 bits of strength: no SHA-1 signature in the chain, no RSA below 1024. */
#define AUTH_LEVEL 1

/* Roots and extra certificates of one call; a guard. */
#define CERTS_MAX 64

/* One verification and what libcrypto needs for it. */
struct question {
	struct ev_crypto *crypto;
	const struct ev_timestamp *ts;
	PKCS7 *token; /* parsed again, in our library context */
	STACK_OF(X509) * roots;
	STACK_OF(X509) * extra;
	int64_t at; /* seconds since 1970, of every link */
	bool expired;
	struct ev_timestamp_answer *out;
};

static enum ev_verified no(struct question *q, const char *why)
{
	ERR_clear_error();
	snprintf(q->out->reason, sizeof(q->out->reason), "%s", why);
	return EV_VERIFIED_NO;
}

static enum ev_verified untrusted(struct question *q, const char *why)
{
	q->out->untrusted = true;
	return no(q, why);
}

static enum ev_verified trouble(struct question *q)
{
	no(q, "libcrypto is in trouble");
	return EV_VERIFIED_TROUBLE;
}

/* NULL where der is not one certificate, or memory ran out. */
static X509 *import_cert(struct ev_crypto *crypto, struct ev_span der)
{
	const unsigned char *p = der.p;
	X509 *x509 = X509_new_ex(ev_crypto_libctx(crypto), NULL);

	if (x509 == NULL || d2i_X509(&x509, &p, (long)der.n) == NULL)
		return NULL;
	if (p == der.p + der.n)
		return x509;
	X509_free(x509);
	return NULL;
}

/* NULL is trouble; what is no certificate is left out: it can neither be
 * trusted nor complete a chain. */
static STACK_OF(X509) * import_certs(struct ev_crypto *crypto,
				     const struct ev_span *der, size_t n)
{
	STACK_OF(X509) *certs = sk_X509_new_null();

	for (size_t i = 0; certs != NULL && i < n; i++) {
		X509 *x509 = import_cert(crypto, der[i]);
		bool failed = ev_crypto_answer(0) == EV_VERIFIED_TROUBLE;

		if (x509 == NULL && !failed)
			continue;
		if (failed || sk_X509_push(certs, x509) <= 0) {
			X509_free(x509);
			sk_X509_pop_free(certs, X509_free);
			return NULL;
		}
	}
	return certs;
}

/* One time for every link (archive page 7, step 4), and no clock. */
static X509_STORE *make_store(const struct question *q)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param;

	if (store == NULL)
		return NULL;
	for (int i = 0; i < sk_X509_num(q->roots); i++)
		if (X509_STORE_add_cert(store, sk_X509_value(q->roots, i)) !=
		    1) {
			X509_STORE_free(store);
			return NULL;
		}
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_time(param, (time_t)q->at);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	/* A root is whatever certificate the policy names. */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	return store;
}

/* Archive page 7, step 6: critical, and time stamping alone. */
static bool usage_fits(X509 *signer)
{
	EXTENDED_KEY_USAGE *usage;
	int critical = 0;
	bool fits;

	usage = X509_get_ext_d2i(signer, NID_ext_key_usage, &critical, NULL);
	if (usage == NULL)
		return false;
	fits = critical == 1 && sk_ASN1_OBJECT_num(usage) == 1 &&
	       OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, 0)) == NID_time_stamp;
	sk_ASN1_OBJECT_pop_free(usage, ASN1_OBJECT_free);
	return fits;
}

/* The digest that the signature covers: SHA-256 or better. */
static bool digest_fits(const PKCS7 *token)
{
	const PKCS7_SIGNER_INFO *signer =
		sk_PKCS7_SIGNER_INFO_value(token->d.sign->signer_info, 0);
	int nid = OBJ_obj2nid(signer->digest_alg->algorithm);

	return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
}

/* The signer's certificate, borrowed from the token or from q->extra. */
static X509 *find_signer(struct question *q)
{
	STACK_OF(X509) *signers = PKCS7_get0_signers(q->token, q->extra, 0);
	X509 *signer = NULL;

	if (sk_X509_num(signers) == 1)
		signer = sk_X509_value(signers, 0);
	sk_X509_free(signers);
	return signer;
}

/* Whether each certificate of the chain is signed by the next one's key. */
static bool links_hold(X509_STORE_CTX *ctx)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	int n = sk_X509_num(chain);

	for (int i = 0; i + 1 < n; i++) {
		EVP_PKEY *key = X509_get0_pubkey(sk_X509_value(chain, i + 1));

		if (key == NULL ||
		    X509_verify(sk_X509_value(chain, i), key) != 1)
			return false;
	}
	return n > 0;
}

static enum ev_verified explain_chain(struct question *q, X509_STORE_CTX *ctx)
{
	int error = X509_STORE_CTX_get_error(ctx);
	char when[EV_TIME_TEXT], text[120];

	switch (error) {
	case X509_V_ERR_OUT_OF_MEM:
		return trouble(q);
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return untrusted(q, "the TSA's chain does not reach a trusted "
				    "root");
	default:
		break;
	}
	/* The root's name alone is anybody's to write. */
	if (!links_hold(ctx))
		return untrusted(q, "a signature in the TSA's chain does not "
				    "verify");
	ev_time_format(q->at, when);
	if (error == X509_V_ERR_CERT_HAS_EXPIRED)
		snprintf(text, sizeof(text),
			 "a certificate of the TSA had expired at %s", when);
	else if (error == X509_V_ERR_CERT_NOT_YET_VALID)
		snprintf(text, sizeof(text),
			 "a certificate of the TSA was not yet valid at %s",
			 when);
	else
		snprintf(text, sizeof(text),
			 "the TSA's chain does not fit its purpose");
	q->expired = error == X509_V_ERR_CERT_HAS_EXPIRED;
	return no(q, text);
}

/* Who signed, and the digest of the chain. */
static enum ev_verified describe(struct question *q, X509_STORE_CTX *ctx)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	ev_auto_buffer struct ev_buffer all = { 0 };
	const unsigned char *name;
	size_t n;

	for (int i = 0; i < sk_X509_num(chain); i++) {
		unsigned char *der = NULL;
		int size = i2d_X509(sk_X509_value(chain, i), &der);

		if (size < 0)
			return trouble(q);
		ev_buffer_add(&all, ev_span_of(der, (size_t)size));
		OPENSSL_free(der);
	}
	if (!ev_buffer_ok(&all) ||
	    !ev_digest(q->crypto, EV_SHA256, ev_buffer_span(&all),
		       q->out->chain_sha256))
		return trouble(q);
	q->out->has_chain = true;
	if (X509_NAME_get0_der(X509_get_subject_name(sk_X509_value(chain, 0)),
			       &name, &n) != 1 ||
	    !ev_name_format(ev_span_of(name, n), q->out->tsa))
		q->out->tsa[0] = '\0';
	return EV_VERIFIED_YES;
}

/* The signer's chain at q->at; purpose 0: whatever it is for. */
static enum ev_verified judge_chain(struct question *q, X509 *signer,
				    int purpose)
{
	X509_STORE_CTX *ctx =
		X509_STORE_CTX_new_ex(ev_crypto_libctx(q->crypto), NULL);
	STACK_OF(X509) *pool = sk_X509_dup(q->extra);
	STACK_OF(X509) *embedded = q->token->d.sign->cert;
	X509_STORE *store = make_store(q);
	enum ev_verified answer;
	bool ok = ctx != NULL && pool != NULL && store != NULL;

	for (int i = 0; ok && i < sk_X509_num(embedded); i++)
		ok = sk_X509_push(pool, sk_X509_value(embedded, i)) > 0;
	ok = ok && X509_STORE_CTX_init(ctx, store, signer, pool) == 1 &&
	     (purpose == 0 || X509_STORE_CTX_set_purpose(ctx, purpose) == 1);
	if (!ok)
		answer = trouble(q);
	else if (X509_verify_cert(ctx) != 1)
		answer = explain_chain(q, ctx);
	else
		answer = describe(q, ctx);
	X509_STORE_CTX_free(ctx);
	sk_X509_free(pool);
	X509_STORE_free(store);
	return answer;
}

/* libcrypto counts notAfter itself as expired, RFC 5280 does not: good a
 * second earlier is good in that reading, and q->at stays there. */
static enum ev_verified judge_signer(struct question *q, X509 *signer)
{
	struct ev_timestamp_answer first;
	enum ev_verified answer = judge_chain(q, signer, 0);

	if (answer != EV_VERIFIED_NO || !q->expired)
		return answer;
	first = *q->out;
	q->at--;
	answer = judge_chain(q, signer, 0);
	if (answer != EV_VERIFIED_NO)
		return answer;
	*q->out = first;
	return answer;
}

/* The imprint goes along so that libcrypto sees the whole of RFC 3161. */
static TS_VERIFY_CTX *make_context(struct question *q)
{
	size_t n = ev_digest_size(q->ts->imprint_alg);
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	X509_STORE *store = make_store(q);
	STACK_OF(X509) *certs = X509_chain_up_ref(q->extra);
	unsigned char *imprint = OPENSSL_memdup(q->ts->imprint, n);

	if (ctx == NULL || store == NULL || certs == NULL || imprint == NULL) {
		TS_VERIFY_CTX_free(ctx);
		X509_STORE_free(store);
		sk_X509_pop_free(certs, X509_free);
		OPENSSL_free(imprint);
		return NULL;
	}
	TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNER |
					     TS_VFY_SIGNATURE | TS_VFY_IMPRINT);
	/* The context now owns all three. */
	TS_VERIFY_CTX_set_store(ctx, store);
	TS_VERIFY_CTX_set_certs(ctx, certs);
	TS_VERIFY_CTX_set_imprint(ctx, imprint, (long)n);
	return ctx;
}

/* One run of libcrypto's verification with the chain judged at q->at. */
static enum ev_verified ask(struct question *q)
{
	TS_VERIFY_CTX *ctx = make_context(q);
	int rc;

	if (ctx == NULL)
		return EV_VERIFIED_TROUBLE;
	ev_crypto_count(q->crypto);
	rc = TS_RESP_verify_token(ctx, q->token);
	TS_VERIFY_CTX_free(ctx);
	return ev_crypto_answer(rc);
}

/* Why libcrypto refused a token whose chain holds. */
static enum ev_verified explain(struct question *q, X509 *signer)
{
	enum ev_verified answer =
		judge_chain(q, signer, X509_PURPOSE_TIMESTAMP_SIGN);

	if (answer != EV_VERIFIED_YES)
		return answer;
	return no(q, "the TSA's signature or its reference to the signing "
		     "certificate does not verify");
}

static enum ev_verified verify_token(struct question *q)
{
	enum ev_verified answer;
	X509 *signer = find_signer(q);

	if (signer == NULL)
		return untrusted(q, "the TSA's certificate is not at hand");
	answer = judge_signer(q, signer);
	if (answer != EV_VERIFIED_YES)
		return answer;
	if (!digest_fits(q->token))
		return no(q, "the token is signed over a weak digest");
	if (!usage_fits(signer))
		return no(q, "the TSA's extended key usage is not critical "
			     "and timeStamping alone");
	answer = ask(q);
	if (answer == EV_VERIFIED_TROUBLE)
		return trouble(q);
	if (answer == EV_VERIFIED_NO)
		return explain(q, signer);
	q->out->reason[0] = '\0';
	return answer;
}

/* The token once more, now with our library context (the parser has none). */
static PKCS7 *import_token(struct question *q)
{
	PKCS7 *token = PKCS7_new_ex(ev_crypto_libctx(q->crypto), NULL);
	const unsigned char *p = q->ts->token_der.p;
	long n = (long)q->ts->token_der.n;

	if (token != NULL && d2i_PKCS7(&token, &p, n) == NULL)
		return NULL; /* libcrypto has freed it */
	return token;
}

enum ev_verified ev_timestamp_verify(struct ev_crypto *crypto,
				     const struct ev_timestamp *ts,
				     struct ev_span data,
				     const struct ev_timestamp_trust *trust,
				     struct ev_timestamp_answer *out)
{
	struct question q = {
		.crypto = crypto, .ts = ts, .at = trust->at, .out = out
	};
	enum ev_verified answer;
	uint8_t digest[EV_DIGEST_MAX];

	*out = (struct ev_timestamp_answer){ 0 };
	if (trust->n_roots > CERTS_MAX || trust->n_extra > CERTS_MAX)
		return no(&q, "too many certificates are given");
	if (!ev_digest(crypto, ts->imprint_alg, data, digest))
		return trouble(&q);
	if (memcmp(digest, ts->imprint, ev_digest_size(ts->imprint_alg)) != 0)
		return no(&q, "the token is over other data");
	q.token = import_token(&q);
	q.roots = import_certs(crypto, trust->roots, trust->n_roots);
	q.extra = import_certs(crypto, trust->extra, trust->n_extra);
	if (q.token == NULL || q.roots == NULL || q.extra == NULL)
		answer = trouble(&q);
	else
		answer = verify_token(&q);
	PKCS7_free(q.token);
	sk_X509_pop_free(q.roots, X509_free);
	sk_X509_pop_free(q.extra, X509_free);
	ERR_clear_error();
	return answer;
}
