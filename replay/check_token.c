/* SPDX-License-Identifier: Apache-2.0 */
/* maa, ita and google: .format, .signature, .window; maa.key. */
#include "replay/token.h"

#include "evidence/base/base64.h"
#include "evidence/base/jws.h"
#include "evidence/key_digest.h"
#include "replay/checks.h"

#include <stdio.h>

/* --- the token's own form --- */

/* "PS384 or RS256" */
static void want_algorithms(const struct rp_token_service *service,
			    struct rp_finding *f)
{
	const char *const *a = service->algorithms;

	if (a[1] == NULL)
		rp_set_want(f, "%s", a[0]);
	else
		rp_set_want(f, "%s or %s", a[0], a[1]);
}

static bool may_use(const struct rp_token_service *service, struct ev_span alg)
{
	for (size_t i = 0; i < RP_TOKEN_ALGORITHMS; i++)
		if (service->algorithms[i] != NULL &&
		    ev_span_eq(alg, ev_span_str(service->algorithms[i])))
			return true;
	return false;
}

/* Tokens page 3.7 and 1: Azure Attestation answers so where a request came
 * with a policy of its own. */
static enum rp_outcome fail_unsecured(const struct rp_token *t,
				      struct rp_finding *f)
{
	return rp_fail(f, "unsecured: %s, which nobody signed",
		       t->service->type == RP_TOKEN_MAA
			       ? "an unsecured draft token"
			       : "a token");
}

static enum rp_outcome judge_algorithm(const struct rp_token *t,
				       struct rp_finding *f)
{
	char shown[40];

	if (may_use(t->service, t->jwt.alg))
		return RP_PASS;
	want_algorithms(t->service, f);
	ev_show(t->jwt.alg, shown, sizeof(shown));
	rp_set_got(f, "%s", shown);
	f->shown = true;
	if (ev_span_eq(t->jwt.alg, EV_SPAN_LITERAL("none")))
		return fail_unsecured(t, f);
	return rp_fail(f,
		       "algorithm: %s signs its tokens by another algorithm "
		       "than this one says",
		       t->service->title);
}

static enum rp_outcome judge_issuer(const struct rp_token *t,
				    struct rp_finding *f)
{
	struct ev_span iss = ev_token_iss(&t->jwt);
	char shown[120];

	if (ev_token_issuer_of(iss) == t->service->issuer)
		return RP_PASS;
	ev_show(iss.p != NULL ? iss : EV_SPAN_LITERAL("no issuer"), shown,
		sizeof(shown));
	rp_set_want(f, "an issuer of %s", t->service->title);
	rp_set_got(f, "%s", shown);
	f->shown = true;
	return rp_fail(f, "issuer: the token says that it is of another "
			  "service");
}

enum rp_outcome rp_check_token_format(struct rp_case *c,
				      const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_token *t = s->token;
	enum rp_outcome outcome;

	(void)c;
	rp_input_add(f, s->name, 0, s->item->bytes.n);
	if (t->parsed.code != EV_OK)
		return rp_refused(f, ev_code_word(t->parsed.code),
				  &t->parsed.err);
	outcome = judge_algorithm(t, f);
	return outcome == RP_PASS ? judge_issuer(t, f) : outcome;
}

/* --- its key --- */

static void key_input(const struct rp_token *t, struct rp_finding *f)
{
	if (t->key != NULL)
		rp_input_add(f, t->keys_item->name, t->key->offset,
			     t->key->size);
	else if (t->keys_item != NULL)
		rp_input_add(f, t->keys_item->name, 0, t->keys_item->bytes.n);
}

static enum rp_outcome find_in_set(const struct rp_token *t,
				   struct rp_finding *f)
{
	if (t->jwt.kid.p == NULL)
		return rp_fail(f, "kid-absent: the header names no key");
	if (t->keys_item == NULL)
		return rp_skip(f, "absent: no key set with the token's key");
	if (t->keys_parsed.code != EV_OK)
		return rp_refused(f, "key-set", &t->keys_parsed.err);
	if (t->n_kid == 0)
		return rp_fail(f, "kid-unknown: the key set that came with the "
				  "token has no key of its kid");
	if (t->n_kid > 1)
		return rp_fail(f,
			       "kid-twice: the key set has %zu keys of that "
			       "kid",
			       t->n_kid);
	if (t->key->refused.code != EV_OK)
		return rp_refused(f, "key", &t->key->refused);
	return RP_PASS;
}

/* RFC 7517 4.2 and 4.3: what the set says its key is for.  Its alg (4.4) is not
 * looked at: Intel Trust Authority says one of the two that it signs by, and
 * which may be used is the service's by our table. */
static enum rp_outcome judge_purpose(const struct rp_token *t,
				     struct rp_finding *f)
{
	if (!ev_jwk_may_verify(t->key))
		return rp_fail(f, "key-use: the key set says that the key is "
				  "not one for signatures");
	return RP_PASS;
}

static enum rp_outcome need_set_key(const struct rp_token *t,
				    struct rp_finding *f)
{
	enum rp_outcome outcome;

	key_input(t, f);
	outcome = find_in_set(t, f);
	return outcome == RP_PASS ? judge_purpose(t, f) : outcome;
}

/* --- maa.key --- */

/* base64 of the commitment to the key (tokens page 3.3). */
static enum rp_outcome judge_commitment(const struct rp_case *c,
					const struct rp_token *t,
					struct rp_finding *f)
{
	char want[4 * 11 + 1], got[120];
	uint8_t digest[32];

	if (!ev_key_commitment(c->crypto, t->key->spki, digest))
		return RP_TROUBLE;
	ev_base64_encode(EV_SPAN(digest), want);
	ev_show(t->jwt.kid, got, sizeof(got));
	f->shown = true;
	if (rp_expect_text(f, want, got) == RP_TROUBLE)
		return RP_TROUBLE;
	if (ev_span_eq(t->jwt.kid, ev_span_str(want)))
		return RP_PASS;
	return rp_fail(f, "commitment: the kid is not the digest of the key "
			  "that the key set has for it");
}

/* The one certificate is the issuer's own. */
static enum rp_outcome judge_certificate(const struct rp_token *t,
					 struct rp_finding *f)
{
	const struct ev_x509 *cert = &t->cert[0];
	struct ev_span iss = ev_token_iss(&t->jwt);
	char want[sizeof(cert->subject) + 4];
	enum ev_verified own;

	snprintf(want, sizeof(want), "CN=%.*s", (int)iss.n,
		 (const char *)iss.p);
	if (strcmp(cert->subject, want) != 0) {
		if (rp_expect_text(f, want, cert->subject) == RP_TROUBLE)
			return RP_TROUBLE;
		return rp_fail(f, "subject: the certificate is of another "
				  "issuer");
	}
	own = ev_x509_signed_by(cert, cert);
	return rp_signature(f, own, "certificate",
			    "it is not signed by its own key");
}

/* Nothing is fetched from it; one that names another host was not written by
 * the issuer (tokens page 1). */
static enum rp_outcome judge_jku(const struct rp_token *t, struct rp_finding *f)
{
	struct ev_span host, own, iss = ev_token_iss(&t->jwt);
	char shown[120];

	if (t->jwt.jku.p == NULL ||
	    (ev_https_host(t->jwt.jku, &host) && ev_https_host(iss, &own) &&
	     ev_span_eq(host, own)))
		return RP_PASS;
	ev_show(t->jwt.jku, shown, sizeof(shown));
	rp_set_want(f, "an address of the issuer's host");
	rp_set_got(f, "%s", shown);
	f->shown = true;
	return rp_fail(f, "jku: the header names a key set of another host "
			  "than the issuer's");
}

enum rp_outcome rp_check_maa_key(struct rp_case *c, const struct rp_subject *s,
				 struct rp_finding *f)
{
	const struct rp_token *t = s->token;
	enum rp_outcome outcome;

	rp_input_part(f, s->name, s->item->bytes, t->jwt.header_text);
	outcome = judge_jku(t, f);
	if (outcome == RP_PASS)
		outcome = need_set_key(t, f);
	if (outcome != RP_PASS)
		return outcome;
	if (t->certs_parsed.code != EV_OK)
		return rp_refused(f, "certificate", &t->certs_parsed.err);
	if (t->n_certs == 0)
		return rp_skip(f, "absent: the key has no certificate, which "
				  "would say whose it is");
	outcome = judge_certificate(t, f);
	return outcome == RP_PASS ? judge_commitment(c, t, f) : outcome;
}

/* --- signatures --- */

/* Tokens page 4: hex of SHA-384 over the leaf certificate. */
static enum rp_outcome judge_ita_kid(const struct rp_case *c,
				     const struct rp_token *t,
				     struct rp_finding *f)
{
	uint8_t digest[48];
	char want[2 * sizeof(digest) + 1];

	if (t->key->cert_der.n == 0)
		return rp_skip(f, "absent: the key has no certificate, of "
				  "which the kid would be the digest");
	if (!ev_digest(c->crypto, EV_SHA384, t->key->cert_der, digest))
		return RP_TROUBLE;
	ev_hex_encode(EV_SPAN(digest), want);
	if (ev_span_eq(t->jwt.kid, ev_span_str(want)))
		return RP_PASS;
	return rp_fail(f, "kid: it is not SHA-384 of the key's certificate");
}

/* Tokens page 5: the thumbprint of the leaf's key. */
static enum rp_outcome judge_google_kid(const struct rp_case *c,
					const struct rp_token *t,
					struct rp_finding *f)
{
	char want[4 * 11 + 1];
	uint8_t digest[32];

	if (!ev_public_key_is_there(&t->cert[0].key))
		return rp_fail(f, "key: neither RSA nor a curve of NIST's");
	if (!ev_key_thumbprint(c->crypto, &t->cert[0].key, digest))
		return RP_TROUBLE;
	ev_base64_encode_url(EV_SPAN(digest), want);
	if (t->jwt.kid.p != NULL && ev_span_eq(t->jwt.kid, ev_span_str(want)))
		return RP_PASS;
	return rp_fail(f, "kid: it is not the thumbprint of the certificate's "
			  "key");
}

static enum rp_outcome need_key(const struct rp_case *c,
				const struct rp_token *t, struct rp_finding *f)
{
	enum rp_outcome outcome;

	if (t->certs_in_header)
		return t->certs_parsed.code != EV_OK
			       ? rp_refused(f, "certificate",
					    &t->certs_parsed.err)
			       : judge_google_kid(c, t, f);
	outcome = need_set_key(t, f);
	if (outcome != RP_PASS || t->service->type != RP_TOKEN_ITA)
		return outcome;
	return judge_ita_kid(c, t, f);
}

/* Weak keys are marked, neither silently taken nor refused. */
static void note_weak(struct rp_token *t, const struct ev_public_key *key,
		      struct rp_finding *f)
{
	t->weak = true;
	rp_set_got(f,
		   "weak-key: signed by an RSA key of %zu bits, of which "
		   "2048 are today's least",
		   ev_public_key_bits(key));
}

static enum rp_outcome fail_key(enum ev_jws_key is,
				const struct ev_public_key *key,
				struct rp_finding *f)
{
	if (is == EV_JWS_KEY_EXPONENT)
		return rp_fail(f, "exponent: the key's is not 65537");
	if (is == EV_JWS_KEY_SIZE)
		return rp_fail(f,
			       "key-size: the key has %zu bits, and 1024 to "
			       "8192 are taken",
			       ev_public_key_bits(key));
	return rp_fail(f, "key-type: the key (%s) is none of this algorithm",
		       ev_public_key_name(key));
}

enum rp_outcome rp_check_token_signature(struct rp_case *c,
					 const struct rp_subject *s,
					 struct rp_finding *f)
{
	struct rp_token *t = s->token;
	const struct ev_jws_algorithm *algorithm =
		ev_jws_algorithm_named(t->jwt.alg);
	const struct ev_public_key *key = rp_token_key(t);
	enum rp_outcome outcome;
	enum ev_jws_key is;

	rp_input_part(f, s->name, s->item->bytes, ev_jwt_signed(&t->jwt));
	rp_input_part(f, s->name, s->item->bytes, t->jwt.signature_text);
	outcome = need_key(c, t, f);
	if (outcome != RP_PASS)
		return outcome;
	is = ev_jws_key_for(algorithm, key);
	if (is != EV_JWS_KEY_GOOD && is != EV_JWS_KEY_WEAK)
		return fail_key(is, key, f);
	outcome = rp_signature(
		f,
		ev_jws_verify(c->crypto, algorithm, key, ev_jwt_signed(&t->jwt),
			      t->jwt.signature),
		"signature", "it does not verify by the key of the kid");
	t->verified = outcome == RP_PASS;
	if (t->verified && is == EV_JWS_KEY_WEAK)
		note_weak(t, key, f);
	return outcome;
}
