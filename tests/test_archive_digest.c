/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of an archive's items that the caller keeps. */
#include "evidence/archive.h"
#include "evidence/limits.h"
#include "tests/sample.h"

static void a_known_digest_is_kept_and_not_computed_again(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_digests known = { 0 };
	struct ev_archive a;
	struct ev_error err = { 0 };

	(void)state;
	sample_archive(sample_ed25519, false, &b);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&b),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	assert_int_equal(
		ev_archive_digest(sample_crypto(), &a, 2, &known, &err),
		EV_VERIFIED_YES);
	assert_true(known.sha384.known);
	/* What is known is what is compared: a wrong one is noticed. */
	known.sha384.value[47] ^= 1;
	assert_int_equal(
		ev_archive_digest(sample_crypto(), &a, 2, &known, &err),
		EV_VERIFIED_NO);
	assert_string_equal(err.field, "sha384");
	known.sha384.value[47] ^= 1;
	known.sha256.known = true;
	err = (struct ev_error){ 0 };
	assert_int_equal(
		ev_archive_digest(sample_crypto(), &a, 2, &known, &err),
		EV_VERIFIED_NO);
	assert_string_equal(err.field, "sha256");
	ev_archive_free(&a);
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(sample_crypto());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_digest_is_kept_and_not_computed_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
