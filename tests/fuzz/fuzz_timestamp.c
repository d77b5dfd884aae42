/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: time-stamp tokens, parsed and put to the verifier. */
#include "tests/fuzz/target.h"

#include "evidence/timestamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What we read of TSTInfo is what libcrypto reads of it. */
static void check_libcrypto(const struct ev_timestamp *t)
{
	TS_TST_INFO *info = PKCS7_to_TS_TST_INFO(t->token);
	const ASN1_GENERALIZEDTIME *time;

	require(info != NULL);
	time = TS_TST_INFO_get_time(info);
	require(strlen(t->gen_time_text) == (size_t)ASN1_STRING_length(time));
	require(memcmp(t->gen_time_text, ASN1_STRING_get0_data(time),
		       strlen(t->gen_time_text)) == 0);
	TS_TST_INFO_free(info);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto; /* kept: costly to make */
	struct ev_error err = { EV_OK };
	struct ev_timestamp t;
	struct ev_timestamp_trust nobody = { 0 };
	struct ev_timestamp_answer answer;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	require(crypto != NULL);
	if (ev_timestamp_parse(ev_span_of(bytes, n), &t, &err) != EV_OK) {
		require(err.code != EV_OK && err.code != EV_TROUBLE);
		return 0;
	}
	check_libcrypto(&t);
	/* Past the imprint, so that the signature is looked at: the data that
	 * would fit is not known, but the empty one may be tried. */
	require(ev_digest(crypto, t.imprint_alg, ev_span_of(NULL, 0),
			  t.imprint));
	nobody.at = t.gen_time;
	require(ev_timestamp_verify(crypto, &t, ev_span_of(NULL, 0), &nobody,
				    &answer) == EV_VERIFIED_NO);
	ev_timestamp_free(&t);
	ERR_clear_error();
	return 0;
}
