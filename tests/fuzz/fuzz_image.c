/* SPDX-License-Identifier: Apache-2.0 */
/* Images, as they are and, of an IGVM, with the checksum and size that its
 * headers want: behind those all else would stay unread. */
#include "audit/image/igvm.h"
#include "audit/image/image.h"
#include "audit/image/rule.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <zlib.h>

/* A launch of 4 GiB takes seconds to hash, and says no more. */
static const uint64_t PAGES_MAX = 1024;

static void measure(struct ev_span bytes, struct ev_crypto *crypto)
{
	struct au_candidates list = { 0 };
	struct ev_error err = { 0 };
	struct au_image image;

	if (au_image_read(bytes, crypto, &image, &err) != EV_OK) {
		assert(err.code != EV_TROUBLE && err.object != NULL);
		assert(image.launch == NULL && image.n == 0);
		return;
	}
	for (size_t i = 0; i < image.n; i++) {
		const struct au_launch *launch = &image.launch[i];

		if (launch->pages <= PAGES_MAX)
			assert(au_candidates_add(launch, false, crypto, &list,
						 &err) == EV_OK);
	}
	au_candidates_free(&list);
	au_image_free(&image);
}

static uint32_t get(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void put(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

/* Size and checksum of the IGVM at p. */
static void seal(uint8_t *p, size_t n)
{
	size_t fixed = get(p + 4) == 1 ? 24 : 32;
	uint32_t at = get(p + 8), size = get(p + 12);
	uLong crc;

	put(p + 16, (uint32_t)n);
	put(p + 20, 0);
	if (fixed > n || (uint64_t)at + size > n)
		return;
	crc = crc32(0, p, (uInt)fixed);
	put(p + 20, (uint32_t)crc32(crc, p + at, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;
	uint8_t *copy;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	assert(crypto != NULL);
	measure(ev_span_of(bytes, n), crypto);
	if (!au_igvm_is(ev_span_of(bytes, n)) || n < 24)
		return 0;
	copy = malloc(n);
	assert(copy != NULL);
	memcpy(copy, bytes, n);
	seal(copy, n);
	measure(ev_span_of(copy, n), crypto);
	free(copy);
	return 0;
}
