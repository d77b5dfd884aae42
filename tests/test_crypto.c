/* SPDX-License-Identifier: Apache-2.0 */
/* The library context of our own: memory of results, no configuration. */
#include "evidence/base/sig.h"

#include "evidence/base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* RFC 6979 A.2.5, message "sample", SHA-256. */
static const char KEY[] =
	"60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const char SIG[] =
	"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
	"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

static const char HOSTILE[] = "openssl_conf = init\n"
			      "[init]\n"
			      "providers = providers\n"
			      "alg_section = algorithms\n"
			      "[providers]\n"
			      "null = active\n"
			      "[active]\n"
			      "activate = 1\n"
			      "[algorithms]\n"
			      "default_properties = fips=yes\n";

static enum ev_verified verify_sample(struct ev_crypto *crypto)
{
	uint8_t key[64], sig[64];

	if (!ev_hex_decode(ev_span_str(KEY), key, 64) ||
	    !ev_hex_decode(ev_span_str(SIG), sig, 64))
		return EV_VERIFIED_TROUBLE;
	return ev_p256_verify_raw(crypto, key, ev_span_str("sample"), sig);
}

/* What a child under a hostile configuration does: 0 is as it must be. */
static int work(void)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	uint8_t digest[20];

	if (crypto == NULL)
		return 1;
	if (!ev_digest(crypto, EV_SHA1, ev_span_str("abc"), digest))
		return 2;
	return verify_sample(crypto) == EV_VERIFIED_YES ? 0 : 3;
}

static void a_hostile_configuration_has_no_effect(void **state)
{
	char path[] = "/tmp/ecart-test-XXXXXX";
	int fd = mkstemp(path), status = -1;
	pid_t child;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, HOSTILE, sizeof(HOSTILE) - 1),
			 sizeof(HOSTILE) - 1);
	close(fd);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setenv("OPENSSL_CONF", path, 1);
		execl("/proc/self/exe", "test_crypto", "work", (char *)NULL);
		_exit(99);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	unlink(path);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_good_result_is_remembered_once(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();

	(void)state;
	assert_non_null(crypto);
	assert_int_equal(verify_sample(crypto), EV_VERIFIED_YES);
	assert_int_equal(verify_sample(crypto), EV_VERIFIED_YES);
	assert_int_equal(ev_crypto_verifications(crypto), 1);
	ev_crypto_free(crypto);
}

static void a_bad_result_is_not_remembered(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	uint8_t key[64], sig[64];

	(void)state;
	assert_non_null(crypto);
	assert_true(ev_hex_decode(ev_span_str(KEY), key, 64));
	assert_true(ev_hex_decode(ev_span_str(SIG), sig, 64));
	for (int i = 0; i < 2; i++)
		assert_int_equal(ev_p256_verify_raw(crypto, key,
						    ev_span_str("simple"), sig),
				 EV_VERIFIED_NO);
	assert_int_equal(ev_crypto_verifications(crypto), 2);
	ev_crypto_free(crypto);
}

static void old_results_give_way_to_new_ones(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	uint8_t key[32] = { 7 };

	(void)state;
	assert_non_null(crypto);
	for (uint8_t i = 0; i < 5; i++) { /* one bucket has four places */
		key[31] = i;
		assert_false(ev_crypto_remembered(crypto, key));
		ev_crypto_remember(crypto, key);
		assert_true(ev_crypto_remembered(crypto, key));
	}
	key[31] = 0;
	assert_false(ev_crypto_remembered(crypto, key));
	key[31] = 1;
	assert_true(ev_crypto_remembered(crypto, key));
	/* What was asked for last stays longest. */
	key[31] = 5;
	ev_crypto_remember(crypto, key);
	key[31] = 1;
	assert_true(ev_crypto_remembered(crypto, key));
	key[31] = 2;
	assert_false(ev_crypto_remembered(crypto, key));
	assert_int_equal(ev_crypto_remembrances(crypto), 7);
	ev_crypto_forget(crypto);
	key[31] = 1;
	assert_false(ev_crypto_remembered(crypto, key));
	ev_crypto_free(crypto);
}

static void freeing_nothing_does_nothing(void **state)
{
	(void)state;
	ev_crypto_free(NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hostile_configuration_has_no_effect),
		cmocka_unit_test(a_good_result_is_remembered_once),
		cmocka_unit_test(a_bad_result_is_not_remembered),
		cmocka_unit_test(old_results_give_way_to_new_ones),
		cmocka_unit_test(freeing_nothing_does_nothing),
	};

	if (argc == 2 && strcmp(argv[1], "work") == 0)
		return work();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
