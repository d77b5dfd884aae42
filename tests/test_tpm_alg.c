/* SPDX-License-Identifier: Apache-2.0 */
/* The table of algorithms of TPMs. */
#include "evidence/tpm_alg.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void names_stand_for_numbers(void **state)
{
	(void)state;
	assert_string_equal(ev_tpm_alg_name(0x0014), "rsassa");
	assert_string_equal(ev_tpm_alg_name(0x0018), "ecdsa");
	assert_string_equal(ev_tpm_alg_name(0x000c), "sha384");
	assert_string_equal(ev_tpm_alg_name(0x0012), "sm3_256");
	assert_null(ev_tpm_alg_name(0x0000));
	assert_null(ev_tpm_alg_name(0xffff));
}

static void digests_of_ours_have_our_names(void **state)
{
	static const uint16_t digests[] = { 0x0004, 0x000b, 0x000c, 0x000d,
					    0x0012, 0x0027, 0x0028, 0x0029 };
	enum ev_digest_alg alg;

	(void)state;
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		assert_true(ev_tpm_digest_alg(digests[i], &alg));
		assert_string_equal(ev_tpm_alg_name(digests[i]),
				    ev_digest_name(alg));
		assert_int_equal(ev_tpm_common_digest_alg(digests[i], &alg),
				 i < 4);
	}
	assert_false(ev_tpm_digest_alg(EV_TPM_ALG_RSASSA, &alg));
	assert_false(ev_tpm_digest_alg(EV_TPM_ALG_NULL, &alg));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stand_for_numbers),
		cmocka_unit_test(digests_of_ours_have_our_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
