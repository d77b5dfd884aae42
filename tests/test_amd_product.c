/* SPDX-License-Identifier: Apache-2.0 */
/* AMD's processors by CPUID and by the names of the key server. */
#include "evidence/amd_product.h"

#include "tests/parse_case.h"

static const char *named(const char *name)
{
	const struct ev_amd_product *p =
		ev_amd_product_named(ev_span_str(name));

	return p != NULL ? p->name : "";
}

static void names_are_those_of_products(void **state)
{
	(void)state;
	assert_string_equal(named("Milan-B0"), "Milan");
	assert_string_equal(named("Milan"), "Milan");
	assert_string_equal(named("Siena-B0"), "Genoa");
	assert_string_equal(named("Bergamo"), "Genoa");
	assert_string_equal(named("Turin-C1"), "Turin");
	assert_string_equal(named("Milano-B0"), "");
	assert_string_equal(named("milan"), "");
	assert_string_equal(named("-B0"), "");
	assert_string_equal(named(""), "");
	assert_null(ev_amd_product_named(ev_span_of(NULL, 0)));
	assert_null(ev_amd_product_named(EV_SPAN_LITERAL("Milan\0-B0")));
}

static void edges_of_models(void **state)
{
	static const struct {
		uint8_t family, model;
		const char *name;
	} cpus[] = {
		{ 0x19, 0x00, "Milan" }, { 0x19, 0x0f, "Milan" },
		{ 0x19, 0x10, "Genoa" }, { 0x19, 0x1f, "Genoa" },
		{ 0x19, 0x20, NULL },	 { 0x19, 0x9f, NULL },
		{ 0x19, 0xaf, "Genoa" }, { 0x19, 0xb0, NULL },
		{ 0x1a, 0x1f, "Turin" }, { 0x1a, 0x20, NULL },
		{ 0x17, 0x01, NULL },	 { 0x00, 0x00, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		const struct ev_amd_product *p =
			ev_amd_product_of_cpu(cpus[i].family, cpus[i].model);

		if (cpus[i].name == NULL) {
			assert_null(p);
			continue;
		}
		assert_ptr_equal(
			p, ev_amd_product_named(ev_span_str(cpus[i].name)));
		assert_int_equal(p->family, cpus[i].family);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_products),
		cmocka_unit_test(edges_of_models),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
