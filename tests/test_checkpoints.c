/* SPDX-License-Identifier: Apache-2.0 */
/* Digests on their way, against rules that measure the whole. */
#include "audit/diff/checkpoints.h"
#include "audit/image/rule.h"
#include "tests/launch_sample.h"

#define PAGES 5000

static const size_t SIZES[] = { [AU_TDX] = 48, [AU_SNP] = 48, [AU_VBS] = 32 };

static struct ev_crypto *crypto;
static uint8_t bytes[PAGES][8];
static struct au_operation op[PAGES];
static struct ev_error err;

static int set_up(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	for (size_t i = 0; i < PAGES; i++) {
		memcpy(bytes[i], &i, sizeof(i));
		op[i] = sample_page(i, EV_SPAN(bytes[i]));
	}
	/* What counts more than one operation, and none. */
	op[10] = sample_area(PAGES, 1000);
	op[11].shared = true;
	op[12].measured = false;
	return crypto != NULL ? 0 : -1;
}

static int let_go(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

static struct au_checkpoints checkpoints(enum au_platform platform, size_t n)
{
	struct au_launch launch = sample_launch(platform, op, n);
	struct au_candidates list = { NULL, 0 };
	struct au_checkpoints out;
	struct au_units units;

	assert_int_equal(EV_OK, au_units_of(&launch, &units, &err));
	assert_int_equal(
		EV_OK, au_checkpoints_of(&launch, &units, crypto, &out, &err));
	assert_int_equal(
		EV_OK, au_candidates_add(&launch, false, crypto, &list, &err));
	assert_memory_equal(list.item[0].value, out.last, launch.reg->size);
	assert_int_equal(units.operations / 1024, out.n);
	au_candidates_free(&list);
	au_units_free(&units);
	au_launch_free(&launch);
	return out;
}

/* A checkpoint is what the launch of so many operations measures to. */
static void each_is_the_digest_of_a_beginning(void **state)
{
	static const enum au_platform platforms[] = { AU_TDX, AU_SNP, AU_VBS };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct au_checkpoints all = checkpoints(platforms[i], PAGES);
		/* 1024 operations: 10 pages, 1000 of an area, none, 14. */
		struct au_checkpoints part =
			checkpoints(platforms[i], 10 + 1 + 1 + 14);

		assert_int_equal(1, part.n);
		assert_memory_equal(part.last, all.value[0],
				    SIZES[platforms[i]]);
		assert_memory_equal(part.value[0], all.value[0], AU_VALUE_MAX);
		au_checkpoints_free(&all);
		au_checkpoints_free(&part);
	}
}

static void two_are_bisected(void **state)
{
	struct au_checkpoints a = checkpoints(AU_TDX, PAGES), b;

	(void)state;
	b = checkpoints(AU_TDX, PAGES);
	assert_int_equal(5 * 1024, au_checkpoints_same(&a, &b));
	au_checkpoints_free(&b);
	/* The operation at 3000 pages is number 3998. */
	bytes[3000][7] ^= 1;
	b = checkpoints(AU_TDX, PAGES);
	bytes[3000][7] ^= 1;
	assert_int_equal(3 * 1024, au_checkpoints_same(&a, &b));
	au_checkpoints_free(&b);
	b = checkpoints(AU_TDX, 3);
	assert_int_equal(0, au_checkpoints_same(&a, &b));
	au_checkpoints_free(&a);
	au_checkpoints_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_the_digest_of_a_beginning),
		cmocka_unit_test(two_are_bisected),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, let_go);
}
