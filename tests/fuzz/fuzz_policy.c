/* SPDX-License-Identifier: Apache-2.0 */
/* What a person gives beside an archive: policies and trust anchors. */
#include "replay/anchors.h"
#include "replay/policy.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;
	static struct rp_anchors anchors;
	struct rp_policy policy;
	struct ev_error err = { 0 }, other = { 0 };

	if (crypto == NULL)
		crypto = ev_crypto_new();
	assert(crypto != NULL);
	if (rp_policy_parse(crypto, ev_span_of(bytes, n), &policy, &err) ==
	    EV_OK)
		rp_policy_free(&policy);
	anchors.n = 0;
	(void)rp_anchors_add(crypto, ev_span_of(bytes, n), &anchors, &other);
	rp_anchors_free(&anchors);
	return 0;
}
