/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: certificates; what we take, libcrypto must take as well. */
#include "tests/fuzz/target.h"

#include "evidence/maa_evidence.h"
#include "evidence/path.h"
#include "evidence/pck.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_intel(struct ev_crypto *crypto, struct ev_span der)
{
	const unsigned char *p = der.p;
	struct ev_error err = { EV_OK };
	struct ev_cert c;
	struct ev_pck pck;
	X509 *x;

	if (ev_cert_parse(der, 0, &c, &err) != EV_OK) {
		require(err.code != EV_OK && err.code != EV_TROUBLE);
		return;
	}
	x = d2i_X509(NULL, &p, (long)der.n);
	require(x != NULL && p == der.p + der.n);
	if (ev_cert_signed_by(crypto, &c, &c) == EV_VERIFIED_YES)
		require(X509_verify(x, X509_get0_pubkey(x)) == 1);
	X509_free(x);
	ev_pck_parse(c.sgx_extension, &pck, &err);
}

static void check_evidence(struct ev_span item)
{
	struct ev_error err = { EV_OK };
	struct ev_maa_evidence e;

	if (ev_maa_evidence_parse(item, &e, &err) == EV_OK)
		ev_maa_evidence_free(&e);
	else
		require(err.code != EV_OK);
}

static void check_general(struct ev_crypto *crypto, struct ev_span item)
{
	static const int64_t at = INT64_C(1785196800);
	struct ev_error err = { EV_OK };
	const struct ev_x509 *pool[1];
	struct ev_path path;
	struct ev_x509 x;

	if (ev_x509_parse(crypto, item, 0, &x, &err) != EV_OK)
		return;
	pool[0] = &x;
	require(ev_path_verify(crypto, &x, pool, 1, &x.spki, 1, at, &path) !=
		EV_PATH_TROUBLE);
	ev_x509_free(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto; /* kept: costly to make */
	struct ev_error err = { EV_OK };
	struct ev_chain chain;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	require(crypto != NULL);
	check_intel(crypto, ev_span_of(bytes, n));
	check_general(crypto, ev_span_of(bytes, n));
	check_evidence(ev_span_of(bytes, n));
	if (ev_chain_parse(ev_span_of(bytes, n), 0, &chain, &err) == EV_OK)
		ev_chain_free(&chain);
	ERR_clear_error();
	return 0;
}
