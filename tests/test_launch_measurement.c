/* SPDX-License-Identifier: Apache-2.0 */
/* Microsoft's launch measurement profile: its table and its tag-ids. */
#include "audit/corim/launch_measurement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* That of SEV-SNP stands in microsoft/igvm, that of TDX in the vector. */
static void tag_ids_are_those_of_the_profile(void **state)
{
	static const struct {
		const char *platform, *id;
	} rows[] = {
		{ "tdx", "e0510081-7b78-5b2a-97a6-d73d890e07b6" },
		{ "snp", "77e8061e-4634-5e53-a848-d1d09e996843" },
	};
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();

	(void)state;
	assert_non_null(crypto);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct au_measured_platform *of =
			&au_measured_platforms[i];
		char id[AU_UUID_TEXT];

		assert_string_equal(of->platform, rows[i].platform);
		assert_true(au_launch_measurement_tag_id(crypto, of, id));
		assert_string_equal(id, rows[i].id);
	}
}

static void the_table_is_the_profile_s(void **state)
{
	(void)state;
	assert_int_equal(au_n_measured_platforms, 3);
	for (size_t i = 0; i < au_n_measured_platforms; i++) {
		const struct au_measured_platform *of =
			&au_measured_platforms[i];

		assert_int_equal(of->size, of->alg == 7 ? 48 : 32);
		assert_true(of->alg == 7 || of->alg == 1);
	}
	assert_string_equal(au_measured_platforms[0].mkey, "MRTD");
	assert_string_equal(au_measured_platforms[2].vendor, "Microsoft");
}

/* A tree that is no CoMID at all. */
static void another_item_is_refused(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	static const char *const items[] = { "\x80", "\xa0", "\xf6", "\x00" };

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		au_auto_cbor struct au_cbor tree = { 0 };
		struct au_launch_measurement m = { 0 };
		struct ev_error err = { 0 };

		assert_int_equal(au_cbor_parse(ev_span_of(items[i], 1), 0,
					       "comid", &tree, &err),
				 EV_OK);
		assert_int_not_equal(au_launch_measurement_parse(
					     tree.node, crypto, &m, &err),
				     EV_OK);
		assert_null(m.of);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tag_ids_are_those_of_the_profile),
		cmocka_unit_test(the_table_is_the_profile_s),
		cmocka_unit_test(another_item_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
