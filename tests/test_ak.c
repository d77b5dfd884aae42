/* SPDX-License-Identifier: Apache-2.0 */
/* Which key a quote is judged by, and how keys are held against each other. */
#include "replay/ak.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t one[] = { 0x01 }, two[] = { 0x02 };

static struct ev_public_key point(const uint8_t *x)
{
	return ev_public_key_ec(ev_curve_of_tpm(3), ev_span_of(x, 1),
				ev_span_of(x, 1));
}

static void the_public_area_goes_before_a_key_alone(void **state)
{
	struct rp_item area = { .name = "area", .bytes = EV_SPAN(one) };
	struct rp_item pem = { .name = "pem" };
	struct rp_tpm_quote t = { .public_item = &area, .key_item = &pem };
	struct rp_subject s = { .type = RP_TPM_QUOTE };
	struct rp_ak ak;

	(void)state;
	s.tpm_quote = &t;
	assert_false(rp_ak_of(&s, &ak));
	t.key_pem.block[0].offset = 7;
	t.pem_key = point(two);
	assert_true(rp_ak_of(&s, &ak));
	assert_string_equal(ak.origin, "key-pem");
	assert_int_equal(ak.offset, 7);
	t.public_key = point(one);
	assert_true(rp_ak_of(&s, &ak));
	assert_string_equal(ak.origin, "tpm2b-public");
	assert_true(ev_public_key_eq(&ak.key, &t.public_key));
	assert_int_equal(ak.length, 1);
}

static void a_curve_that_is_not_ours_is_named(void **state)
{
	struct rp_item area = { .name = "area" };
	struct rp_tpm_quote t = { .public_item = &area };

	(void)state;
	t.public.type = EV_TPM_ALG_ECC;
	t.public.curve = 0x0020; /* SM2 */
	assert_int_equal(rp_ak_strange_curve(&t), 0x0020);
	t.public.curve = 0x0003;
	assert_int_equal(rp_ak_strange_curve(&t), 0);
	t.public.type = EV_TPM_ALG_RSA;
	t.public.curve = 0x0020;
	assert_int_equal(rp_ak_strange_curve(&t), 0);
	t.public_item = NULL;
	assert_int_equal(rp_ak_strange_curve(&t), 0);
}

static void keys_of_one_modulus_are_two(void **state)
{
	const struct ev_public_key a =
		ev_public_key_rsa(EV_SPAN(one), EV_SPAN(one));
	const struct ev_public_key b =
		ev_public_key_rsa(EV_SPAN(one), EV_SPAN(two));
	const struct ev_public_key c = point(one);
	struct rp_finding f = { .outcome = RP_SKIP };

	(void)state;
	assert_int_equal(rp_expect_key(&f, &a, &a), RP_PASS);
	assert_int_equal(rp_expect_key(&f, &a, &b), RP_FAIL);
	assert_string_equal(f.want, "01");
	assert_string_equal(f.got, "01");
	assert_int_equal(rp_expect_key(&f, &a, &c), RP_FAIL);
	assert_int_equal(rp_expect_key(&f, &c, &c), RP_PASS);
	free(f.want);
	free(f.got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_area_goes_before_a_key_alone),
		cmocka_unit_test(a_curve_that_is_not_ours_is_named),
		cmocka_unit_test(keys_of_one_modulus_are_two),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
