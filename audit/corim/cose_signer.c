/* SPDX-License-Identifier: Apache-2.0 */
/* The key that signed a CoRIM, and the path from it to a root. */
#include "audit/corim/cose_signer.h"

#include "audit/corim/signing_purpose.h"
#include "evidence/path.h"

#include <stdio.h>

const char *au_signature_state_name(enum au_signature_state state)
{
	static const char *const names[] = {
		[AU_UNSIGNED] = "unsigned",
		[AU_SIGNED] = "good",
		[AU_SIGNED_NO_ROOT] = "good-no-root",
		[AU_SIGNED_NOT] = "bad-signature",
		[AU_SIGNED_KEY] = "other-key",
		[AU_SIGNED_USAGE] = "other-usage",
		[AU_SIGNED_INCOMPLETE] = "no-issuer",
		[AU_SIGNED_UNTRUSTED] = "other-root",
		[AU_SIGNED_PATH] = "bad-path",
		[AU_SIGNED_EXPIRED] = "expired",
		[AU_SIGNED_NOT_YET] = "not-yet-valid",
		[AU_SIGNED_OUTSIDE] = "outside-validity",
	};

	return names[state];
}

/* The certificates at hand, the message, and the answer in the making. */
struct work {
	const struct au_cose_sign1 *sign;
	const struct au_cose_trust *trust;
	struct ev_crypto *crypto;
	struct ev_x509 cert[AU_COSE_CERTS_MAX];
	size_t n_certs;
	const struct ev_x509 *leaf;
	struct au_signature *out;
};

static void say(struct work *w, enum au_signature_state state,
		const char *reason)
{
	w->out->state = state;
	snprintf(w->out->reason, sizeof(w->out->reason), "%s", reason);
}

static enum ev_code read_certs(struct work *w, struct ev_error *err)
{
	for (size_t i = 0; i < w->sign->n_certs; i++) {
		if (ev_x509_parse(w->crypto, w->sign->cert[i],
				  w->sign->cert_offset[i], &w->cert[i],
				  err) != EV_OK)
			return err->code;
		w->n_certs++;
	}
	return EV_OK;
}

/* The leaf: the first of a chain; of a bag, whose key made the signature. */
static enum ev_verified find_leaf(struct work *w, struct ev_span message)
{
	size_t n = w->sign->is_bag ? w->n_certs : 1;
	enum ev_verified verified = EV_VERIFIED_NO;
	bool fits = false;

	for (size_t i = 0; i < n && verified == EV_VERIFIED_NO; i++) {
		const struct ev_x509 *c = &w->cert[i];

		if (ev_jws_key_for(w->sign->algorithm, &c->key) !=
		    EV_JWS_KEY_GOOD)
			continue;
		fits = true;
		verified = ev_jws_verify(w->crypto, w->sign->algorithm, &c->key,
					 message, w->sign->signature);
		if (verified == EV_VERIFIED_YES)
			w->leaf = c;
	}
	if (verified == EV_VERIFIED_NO && !fits)
		say(w, AU_SIGNED_KEY,
		    "no certificate has a key of the algorithm");
	else if (verified == EV_VERIFIED_NO)
		say(w, AU_SIGNED_NOT, "the signature does not verify");
	return verified;
}

/* Whether a window of the statement holds the time; says so if not. */
static bool holds(struct work *w, const struct au_cose_window *window,
		  const char *name)
{
	char reason[100];

	if ((!window->has_not_before || window->not_before <= w->trust->at) &&
	    (!window->has_not_after || w->trust->at <= window->not_after))
		return true;
	snprintf(reason, sizeof(reason),
		 "the signer's %s does not hold the time", name);
	say(w, AU_SIGNED_OUTSIDE, reason);
	return false;
}

static enum ev_code follow_path(struct work *w, struct ev_error *err)
{
	static const enum au_signature_state states[] = {
		[EV_PATH_GOOD] = AU_SIGNED,
		[EV_PATH_MISSING_ISSUER] = AU_SIGNED_INCOMPLETE,
		[EV_PATH_BAD] = AU_SIGNED_PATH,
		[EV_PATH_UNTRUSTED] = AU_SIGNED_UNTRUSTED,
		[EV_PATH_EXPIRED] = AU_SIGNED_EXPIRED,
		[EV_PATH_NOT_YET_VALID] = AU_SIGNED_NOT_YET,
	};
	const struct ev_x509 *pool[AU_COSE_CERTS_MAX];
	struct ev_path path = { 0 };
	enum ev_path_result result;
	size_t n = 0;

	for (size_t i = 0; i < w->n_certs; i++)
		if (&w->cert[i] != w->leaf)
			pool[n++] = &w->cert[i];
	result = ev_path_verify(w->crypto, w->leaf, pool, n, w->trust->root,
				w->trust->n_roots, w->trust->at, &path);
	if (result == EV_PATH_TROUBLE)
		return ev_fail_trouble(err, "cose_sign1", path.reason);
	say(w, states[result], path.reason);
	w->out->root = result == EV_PATH_GOOD ? path.anchor : -1;
	return EV_OK;
}

static enum ev_code judge(struct work *w, struct ev_error *err)
{
	char why[200];

	snprintf(w->out->subject, sizeof(w->out->subject), "%s",
		 w->leaf->subject);
	if (!au_signing_purpose_fits(w->leaf->der, why, sizeof(why))) {
		say(w, AU_SIGNED_USAGE, why);
		return EV_OK;
	}
	if (w->trust->n_roots == 0) {
		say(w, AU_SIGNED_NO_ROOT, "no root was given to judge it by");
		return EV_OK;
	}
	if (follow_path(w, err) != EV_OK || w->out->state != AU_SIGNED)
		return err->code;
	if (holds(w, &w->sign->meta, "corim-meta"))
		holds(w, &w->sign->claims, "CWT claims");
	if (w->out->state != AU_SIGNED)
		w->out->root = -1;
	return EV_OK;
}

static enum ev_code verify(struct work *w, struct ev_span payload,
			   struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer message = { 0 };
	enum ev_verified verified;

	if (read_certs(w, err) != EV_OK)
		return err->code;
	if (!au_cose_sign1_message(w->sign, payload, &message))
		return ev_fail_trouble(err, "cose_sign1", "out of memory");
	verified = find_leaf(w, ev_buffer_span(&message));
	if (verified == EV_VERIFIED_TROUBLE)
		return ev_fail_trouble(err, "cose_sign1", "libcrypto");
	return verified == EV_VERIFIED_YES ? judge(w, err) : EV_OK;
}

enum ev_code au_cose_sign1_verify(const struct au_cose_sign1 *sign,
				  struct ev_span payload,
				  const struct au_cose_trust *trust,
				  struct ev_crypto *crypto,
				  struct au_signature *out,
				  struct ev_error *err)
{
	struct au_signature answer = { .algorithm = sign->algorithm->name,
				       .signer = sign->signer,
				       .issuer = sign->issuer,
				       .root = -1 };
	struct work w = {
		.sign = sign, .trust = trust, .crypto = crypto, .out = &answer
	};
	enum ev_code code = verify(&w, payload, err);

	for (size_t i = 0; i < w.n_certs; i++)
		ev_x509_free(&w.cert[i]);
	if (code == EV_OK)
		*out = answer;
	return code;
}
