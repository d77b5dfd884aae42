/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of SSH, keys, and files of allowed signers: what is given out
 * lies in what went in, and nobody is a good signer of what nobody signed. */
#include "audit/ssh/ssh_signature.h"
#include "audit/ssh/ssh_verdict.h"
#include "tests/fuzz/target.h"

static void inside(struct ev_span in, struct ev_span part)
{
	if (part.n > 0)
		assert(part.p >= in.p && part.n <= in.n &&
		       (size_t)(part.p - in.p) <= in.n - part.n);
}

static void fuzz_key(struct ev_crypto *crypto, struct ev_span in)
{
	struct ev_error err = { 0 };
	struct au_ssh_public p;
	char text[AU_SSH_FINGERPRINT];

	if (au_ssh_public_parse(crypto, in, &p, &err) != EV_OK) {
		assert(err.code != EV_OK && err.code != EV_TROUBLE);
		return;
	}
	inside(in, p.key.point);
	inside(in, p.key.modulus);
	inside(in, p.key.exponent);
	inside(in, p.key.application);
	assert(au_ssh_public_eq(&p, &p));
	assert(au_ssh_key_fingerprint(crypto, &p.key, text));
	assert(strlen(text) == 7 + 43);
}

static void fuzz_signers(struct ev_crypto *crypto, struct ev_span in)
{
	struct au_allowed_signers *signers = NULL;
	struct ev_error err = { 0 };
	const char *why;
	size_t line;

	if (au_allowed_signers_parse(crypto, in, &signers, &err) != EV_OK) {
		assert(err.code == EV_LIMIT);
		return;
	}
	for (size_t i = 0; i < au_allowed_signers_n(signers); i++)
		assert(au_allowed_signers_at(signers, i)->line > 0);
	assert((au_allowed_signers_unread(signers, &line, &why) > 0) ==
	       (line > 0));
	au_allowed_signers_free(signers);
}

static void fuzz_armour(struct ev_crypto *crypto, struct ev_span in)
{
	struct au_ssh_verdict v;
	struct ev_error err = { 0 };
	struct au_ssh_signature s = { 0 };

	if (au_ssh_signature_parse(in, &s, &err) == EV_OK)
		fuzz_key(crypto, s.public_key);
	au_ssh_signature_free(&s);
	err = (struct ev_error){ 0 };
	/* Nobody has signed that in this namespace. */
	assert(au_ssh_judge(crypto, NULL, in, in, "fuzz@ecart",
			    EV_SPAN_LITERAL(""), 0, &v, &err) == EV_OK);
	assert(v.state != AU_SSH_GOOD && v.reason[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;
	struct ev_span in = ev_span_of(bytes, n);

	if (crypto == NULL)
		crypto = ev_crypto_new();
	assert(crypto != NULL);
	fuzz_key(crypto, in);
	fuzz_signers(crypto, in);
	fuzz_armour(crypto, in);
	return 0;
}
