/* SPDX-License-Identifier: Apache-2.0 */
/* Names of TPM objects, as TPMs gave them. */
#include "evidence/tpm_name.h"

#include "evidence/base/hex.h"
#include "evidence/tpm.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct ev_span item_of(const char *path)
{
	struct ev_span item = { NULL, 0 };

	assert_true(vectors_read(path, &item));
	return item;
}

static struct ev_span area_of(const char *path)
{
	struct ev_error err = { 0 };
	struct ev_tpm_public p;

	assert_int_equal(ev_tpm_public_parse(item_of(path), &p, &err), EV_OK);
	return p.area;
}

static void names_are_those_that_a_tpm_gave(void **state)
{
	static const char gcp[] = "000b4ce9b151f75089d74c15dabe9d520cffafbcafd5"
				  "d43be0aad2e2d88d54717e2e";
	const struct ev_tpm_hierarchy *hierarchy;
	uint8_t name[EV_TPM_NAME_MAX], want[34];
	struct ev_span area, qualified;
	size_t n;

	vectors_need();
	area = area_of("tpm-swtpm/ak.tpm2b_public");
	assert_true(ev_tpm_name(*state, area, name, &n));
	assert_true(
		ev_span_eq(ev_span_of(name, n), item_of("tpm-swtpm/ak.name")));
	qualified = item_of("tpm-swtpm/ak.qualified-name");
	assert_true(ev_tpm_hierarchy_of(*state, area, qualified, &hierarchy));
	assert_ptr_equal(hierarchy, EV_TPM_ENDORSEMENT);
	area = area_of("eventlog/quotes/win-gcp-ak.tpmt_public");
	assert_true(ev_hex_decode(ev_span_str(gcp), want, sizeof(want)));
	assert_true(ev_tpm_name(*state, area, name, &n));
	assert_true(ev_span_eq(ev_span_of(name, n), EV_SPAN(want)));
	assert_true(ev_tpm_hierarchy_of(*state, area, qualified, &hierarchy));
	assert_null(hierarchy);
}

static void each_hierarchy_gives_another_name(void **state)
{
	static const char *const names[] = { "endorsement", "owner", "platform",
					     "null" };
	uint8_t modulus[256] = { 0xc0 }, area[EV_TPM_AK_AREA];

	ev_tpm_ak_area(modulus, area);
	for (size_t i = 0; i < EV_TPM_HIERARCHIES; i++) {
		const struct ev_tpm_hierarchy *found = NULL;
		uint8_t name[EV_TPM_NAME_MAX];
		size_t n;

		assert_string_equal(ev_tpm_hierarchies[i].name, names[i]);
		assert_int_equal(ev_tpm_hierarchies[i].shows_counters,
				 i % 2 == 0);
		assert_true(ev_tpm_qualified_name(*state, EV_SPAN(area),
						  &ev_tpm_hierarchies[i], name,
						  &n));
		assert_int_equal(n, 34);
		assert_true(ev_tpm_hierarchy_of(*state, EV_SPAN(area),
						ev_span_of(name, n), &found));
		assert_ptr_equal(found, &ev_tpm_hierarchies[i]);
	}
}

static void names_are_as_long_as_their_digest(void **state)
{
	uint8_t modulus[256] = { 0xc0 }, area[EV_TPM_AK_AREA];
	const struct ev_tpm_hierarchy *found;
	uint8_t name[EV_TPM_NAME_MAX];
	size_t n;

	ev_tpm_ak_area(modulus, area);
	area[3] = 0x0d;
	assert_true(ev_tpm_name(*state, EV_SPAN(area), name, &n));
	assert_int_equal(n, 66);
	assert_int_equal(name[1], 0x0d);
	area[3] = 0x10; /* no digest: such a key has no name */
	assert_true(ev_tpm_name(*state, EV_SPAN(area), name, &n));
	assert_int_equal(n, 0);
	assert_true(ev_tpm_qualified_name(*state, EV_SPAN(area),
					  EV_TPM_ENDORSEMENT, name, &n));
	assert_int_equal(n, 0);
	assert_true(ev_tpm_hierarchy_of(*state, EV_SPAN(area),
					(struct ev_span){ NULL, 0 }, &found));
	assert_null(found);
	assert_true(ev_tpm_name(*state, ev_span_of(area, 3), name, &n));
	assert_int_equal(n, 0);
}

static int set_up(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int tear_down(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_that_a_tpm_gave),
		cmocka_unit_test(each_hierarchy_gives_another_name),
		cmocka_unit_test(names_are_as_long_as_their_digest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
