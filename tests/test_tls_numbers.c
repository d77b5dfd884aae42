/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of TLS 1.3 against RFC 8446. */
#include "evidence/tls_numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void suites_have_their_digests(void **state)
{
	static const struct {
		uint16_t number;
		const char *name;
		enum ev_digest_alg hash;
	} rows[] = {
		{ 0x1301, "TLS_AES_128_GCM_SHA256", EV_SHA256 },
		{ 0x1302, "TLS_AES_256_GCM_SHA384", EV_SHA384 },
		{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256", EV_SHA256 },
		{ 0x1304, "TLS_AES_128_CCM_SHA256", EV_SHA256 },
		{ 0x1305, "TLS_AES_128_CCM_8_SHA256", EV_SHA256 },
	};
	enum ev_digest_alg hash;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(ev_tls_cipher_name(rows[i].number),
				    rows[i].name);
		assert_true(ev_tls_cipher_hash(rows[i].number, &hash));
		assert_int_equal(hash, rows[i].hash);
	}
	assert_false(ev_tls_cipher_hash(0xc02f, &hash));
	assert_false(ev_tls_cipher_hash(0, &hash));
}

static void others_are_unknown(void **state)
{
	(void)state;
	assert_string_equal(ev_tls_group_name(0x001d), "x25519");
	assert_string_equal(ev_tls_group_name(0x0017), "secp256r1");
	assert_string_equal(ev_tls_scheme_name(0x0804), "rsa_pss_rsae_sha256");
	assert_string_equal(ev_tls_scheme_name(0x0807), "ed25519");
	assert_string_equal(ev_tls_cipher_name(0), "unknown");
	assert_string_equal(ev_tls_group_name(0), "unknown");
	assert_string_equal(ev_tls_scheme_name(0x0401), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_have_their_digests),
		cmocka_unit_test(others_are_unknown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
