/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: documents and tokens of services, which carry a nonce. */
#include "evidence/imds.h"
#include "evidence/jwt.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const path[] = { "attester_runtime_data",
					    "user-data", NULL };
	struct ev_error err = { 0 }, other = { 0 };
	struct ev_span claim;
	struct ev_imds imds;
	struct ev_jwt jwt;

	if (ev_imds_parse(ev_span_of(bytes, n), &imds, &err) == EV_OK)
		ev_imds_free(&imds);
	if (ev_jwt_parse(ev_span_of(bytes, n), &jwt, &other) != EV_OK)
		return 0;
	(void)ev_jwt_text(&jwt, path, &claim);
	ev_jwt_free(&jwt);
	return 0;
}
