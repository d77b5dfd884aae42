/* SPDX-License-Identifier: Apache-2.0 */
/* Origins of collateral and their order, and what is no list.  What is
 * asked of them is tested from outside (collect_collateral.py). */
#include "collect/collateral.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void without_an_option_intel_is_asked(void **state)
{
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];
	struct co_collection c = { 0 };

	(void)state;
	assert_int_equal(co_collateral_origins(&c, origins), 1);
	assert_int_equal(origins[0].kind, CO_COLLATERAL_PCS);
	assert_string_equal(origins[0].base,
			    "https://api.trustedservices.intel.com");
	assert_string_equal(co_collateral_root_crl(&c),
			    "https://certificates.trustedservices.intel.com/"
			    "IntelSGXRootCA.der");
}

static void origins_stand_in_the_order_given(void **state)
{
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];
	struct co_collection
		c = { .options = {
			      .collateral_from = { "old.ecart",
						   "pccs=https://h:8081",
						   "thim", "pcs" },
			      .n_collateral_from = 4,
		      } };
	static const enum co_collateral_kind want[] = {
		CO_COLLATERAL_ARCHIVE,
		CO_COLLATERAL_PCCS,
		CO_COLLATERAL_THIM,
		CO_COLLATERAL_PCS,
	};

	(void)state;
	assert_int_equal(co_collateral_origins(&c, origins), 4);
	assert_int_equal(co_collateral_n_origins(&c), 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(origins[i].kind, want[i]);
	assert_string_equal(origins[0].base, "old.ecart");
	assert_string_equal(origins[1].base, "https://h:8081");
	assert_string_equal(origins[2].base,
			    "https://global.acccache.azure.net");
}

/* Below a test root no address is real but those that are given. */
static void below_a_test_root_only_what_it_names_is_there(void **state)
{
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];
	char mine[] = "https://127.0.0.1:1";
	struct co_collection c = { .root = { .given = true } };

	(void)state;
	assert_int_equal(co_collateral_origins(&c, origins), 0);
	assert_null(co_collateral_root_crl(&c));
	c.options.collateral_from[0] = "thim";
	c.options.collateral_from[1] = "pccs=https://127.0.0.1:2";
	c.options.n_collateral_from = 2;
	assert_int_equal(co_collateral_origins(&c, origins), 1);
	assert_string_equal(origins[0].base, "https://127.0.0.1:2");
	c.root.thim = c.root.root_crl = mine;
	assert_int_equal(co_collateral_origins(&c, origins), 2);
	assert_string_equal(origins[0].base, mine);
	assert_string_equal(co_collateral_root_crl(&c), mine);
}

/* Lists themselves are in collect_recorded.py. */
static void what_is_no_list_has_no_kind(void **state)
{
	static const char *const none[] = {
		"",
		"<html>",
		"No cache data for this platform.",
		"3082zz",
		"30820120",
		"-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(co_crl_kind(ev_span_str(none[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_an_option_intel_is_asked),
		cmocka_unit_test(origins_stand_in_the_order_given),
		cmocka_unit_test(below_a_test_root_only_what_it_names_is_there),
		cmocka_unit_test(what_is_no_list_has_no_kind),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
