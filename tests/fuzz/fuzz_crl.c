/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: CRLs; what we take, libcrypto must take, entry by entry. */
#include "tests/fuzz/target.h"

#include "evidence/crl.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_libcrypto(const struct ev_crl *c)
{
	const unsigned char *p = c->der.p;
	X509_CRL *x = d2i_X509_CRL(NULL, &p, (long)c->der.n);
	STACK_OF(X509_REVOKED) * all;

	require(x != NULL);
	require(p == c->der.p + c->der.n);
	all = X509_CRL_get_REVOKED(x);
	require((all != NULL ? (size_t)sk_X509_REVOKED_num(all) : 0) ==
		c->n_entries);
	X509_CRL_free(x);
	ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ev_error err = { EV_OK };
	struct ev_crl_entry e;
	struct ev_crl c;

	if (ev_crl_parse(ev_span_of(bytes, n), &c, &err) != EV_OK) {
		require(err.code != EV_OK && err.code != EV_TROUBLE);
		return 0;
	}
	check_libcrypto(&c);
	ev_crl_find(&c, ev_span_of("\x01\x02\x03", 3), &e);
	ev_crl_free(&c);
	return 0;
}
