/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small archive of three items and the keys that sign it.  The keys are
 * for tests alone; whoever reads this file has them.
 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include "collect/write.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char sample_ed25519[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIGPUCfZTt9DwujS+VqzfbzBHflgthmGXzSM3uBnHK9Qg\n"
	"-----END PRIVATE KEY-----\n";

static const char sample_p256[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/+K4YHPhld/ECXcU\n"
	"R6zqkjc1WkKyGW7h3fKSWvCg9c+hRANCAAS8Nr2H6mL1JOStc445J6M40zGwDYkI\n"
	"ALA8tchIhw0F4Ob1NYBu/tAQojlpDxAughh63aaKuqD05bq6/2wUeIHE\n"
	"-----END PRIVATE KEY-----\n";

static const char sample_p384[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBP6jEo9uHHC+ZqbthQ\n"
	"aDZtq902sP6mTWgxAQ9ihDWyfDrOEZhlAhiIlkd3kuJgn6+hZANiAATjFjDuhzqE\n"
	"odZEf+FHTLX6r9EwNfuHb4hWk8YLxqxI15u10oE44FjP4x5VTCBCmcL11Yf5JT5H\n"
	"lLOX6EIcIdYeX0thrGP3ffc8Vu3487OtKUsPaKJkuMfTkqAZvU7jz6U=\n"
	"-----END PRIVATE KEY-----\n";

static const struct co_relation sample_relations[] = { { "headers-of", 0 } };

static const struct co_item sample_items[] = {
	{
		.kind = "tdx-quote",
		.bytes = { (const uint8_t *)"not a quote", 11 },
		.source_type = "file",
		.source_detail = "told by a test",
		.nonce = { (const uint8_t *)"\1\2\3", 3 },
	},
	{
		.kind = "http-headers",
		.bytes = { (const uint8_t *)"HTTP/1.1 200 OK\r\n\r\n", 19 },
		.relates = sample_relations,
		.n_relates = 1,
	},
	{
		.kind = "collect-log",
		.bytes = { NULL, 0 },
		.hint = "early",
	},
};
static const size_t sample_n_items =
	sizeof(sample_items) / sizeof(*sample_items);

/* One for the whole program. */
static inline struct ev_crypto *sample_crypto(void)
{
	static struct ev_crypto *crypto;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	assert_non_null(crypto);
	return crypto;
}

/* The key of one of the PEM texts; freed with co_key_free. */
static inline struct co_key *sample_key(const char *pem)
{
	struct ev_error err = { 0 };
	struct co_key *key = NULL;

	assert_int_equal(
		co_key_read(sample_crypto(), ev_span_str(pem), &key, &err),
		EV_OK);
	return key;
}

/* Appends the archive of sample_items; pem may be NULL: unsigned.  Fails the
 * calling test where that cannot be done. */
static inline void sample_archive(const char *pem, bool zstd,
				  struct ev_buffer *out)
{
	struct co_archive_options options = {
		.claims = { .verb = "pack",
			    .has_time = true,
			    .time = 1780922561 },
		.zstd = zstd,
	};
	struct co_key *key = pem != NULL ? sample_key(pem) : NULL;
	struct ev_error err = { 0 };

	options.key = key;
	assert_int_equal(co_archive_make(sample_crypto(), sample_items,
					 sample_n_items, &options,
					 ev_sink_buffer(out), NULL, &err),
			 EV_OK);
	co_key_free(key);
}

#endif
