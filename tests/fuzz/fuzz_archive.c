/* SPDX-License-Identifier: Apache-2.0 */
/* The archive reader: container, manifest, digests, sig/ files.  Each input
 * is read as it is and with its tar checksums put right, since no fuzzer
 * guesses those. */
#include "evidence/archive.h"
#include "evidence/tar.h"
#include "replay/seal.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* An archive without a fault has whole items, and its seal opens. */
static void look_at(struct ev_crypto *crypto, const struct ev_archive *archive)
{
	struct ev_archive_problem fault;
	struct ev_error err = { 0 };
	struct rp_seal seal;

	require(archive->n_problems <= EV_ARCHIVE_PROBLEMS_MAX);
	if (ev_archive_sound(crypto, archive, &fault) == EV_VERIFIED_YES) {
		for (size_t i = 0; i < archive->manifest.n_items; i++)
			require(archive->items[i].data.n ==
				archive->manifest.items[i].size);
	}
	if (rp_seal_open(archive, NULL, 0, &seal, &err) == EV_OK)
		rp_seal_free(&seal);
}

static void read_archive(struct ev_crypto *crypto, struct ev_span file)
{
	static const uint64_t LIMIT = UINT64_C(16) << 20;
	struct ev_archive archive;
	struct ev_error err = { 0 };

	if (ev_archive_open(crypto, file, LIMIT, &archive, &err) != EV_OK) {
		require(err.code != EV_OK && err.object != NULL);
		return;
	}
	look_at(crypto, &archive);
	ev_archive_free(&archive);
}

static void put_sum(uint8_t *h)
{
	unsigned int sum = 8 * ' ';

	for (size_t i = 0; i < EV_TAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? 0 : h[i];
	for (size_t i = 0; i < 6; i++)
		h[148 + i] = (uint8_t)('0' + (sum >> (15 - 3 * i) & 7));
	h[154] = 0;
	h[155] = ' ';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;
	uint8_t *mended;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	require(crypto != NULL);
	read_archive(crypto, ev_span_of(bytes, n));
	if (n < EV_TAR_BLOCK)
		return 0;
	mended = malloc(n);
	require(mended != NULL);
	memcpy(mended, bytes, n);
	for (size_t at = 0; n - at >= EV_TAR_BLOCK; at += EV_TAR_BLOCK) {
		if (memcmp(mended + at + 257, "ustar", 6) == 0)
			put_sum(mended + at);
	}
	read_archive(crypto, ev_span_of(mended, n));
	free(mended);
	return 0;
}
