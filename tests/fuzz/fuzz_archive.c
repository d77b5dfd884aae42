/* SPDX-License-Identifier: Apache-2.0 */
/* The archive reader: container, manifest, digests of every item. */
#include "evidence/archive.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const uint64_t LIMIT = UINT64_C(16) << 20;
	static struct ev_crypto *crypto;
	struct ev_archive archive;
	struct ev_error err = { 0 };

	if (crypto == NULL)
		crypto = ev_crypto_new();
	assert(crypto != NULL);
	if (ev_archive_open(crypto, ev_span_of(bytes, n), LIMIT, &archive,
			    &err) != EV_OK) {
		assert(err.code != EV_OK);
		return 0;
	}
	for (size_t i = 0; i < archive.manifest.n_items; i++) {
		struct ev_error differs = { 0 };

		(void)ev_archive_digest(crypto, &archive, i, &differs);
	}
	ev_archive_free(&archive);
	return 0;
}
