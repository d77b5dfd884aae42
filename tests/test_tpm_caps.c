/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of tpm2-tools: real ones, other versions', and no such lines. */
#include "collect/tpm_caps.h"

#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ev_span vector(const char *name)
{
	struct ev_span bytes = { NULL, 0 };

	assert_true(vectors_read(vectors_join("tpm-swtpm", name), &bytes));
	return bytes;
}

static void real_lists_of_handles(void **state)
{
	uint32_t h[8] = { 0 };

	(void)state;
	vectors_need();
	assert_int_equal(co_tpm_caps_handles(
				 vector("getcap-handles-nv-index.yaml"), h, 8),
			 5);
	assert_int_equal(h[0], 0x01400001);
	assert_int_equal(h[1], 0x01400002);
	assert_int_equal(h[4], 0x01c101d0);
	assert_int_equal(
		co_tpm_caps_handles(vector("getcap-handles-persistent.yaml"), h,
				    8),
		2);
	assert_int_equal(h[0], 0x81000003);
	assert_int_equal(h[1], 0x81010001);
}

static void real_banks(void **state)
{
	uint32_t b[CO_TPM_BANKS];

	(void)state;
	vectors_need();
	assert_true(co_tpm_caps_banks(vector("getcap-pcrs.yaml"), b));
	for (size_t i = 0; i < CO_TPM_BANKS; i++)
		assert_int_equal(b[i], 0xffffff);
}

static void real_sizes(void **state)
{
	struct ev_span text;
	size_t n = 0;

	(void)state;
	vectors_need();
	text = vector("nvreadpublic.yaml");
	assert_true(co_tpm_caps_nv_size(text, 0x01400001, &n) && n == 2048);
	assert_true(co_tpm_caps_nv_size(text, 0x01400002, &n) && n == 64);
	assert_true(co_tpm_caps_nv_size(text, 0x01500002, &n) && n == 32);
	assert_true(co_tpm_caps_nv_size(text, 0x01c101d0, &n) && n == 2048);
	assert_false(co_tpm_caps_nv_size(text, 0x01400003, &n));
	assert_false(co_tpm_caps_nv_size(text, 0xb, &n)); /* value: 0xB */
}

/* Each prefix of a real text ends, and claims nothing that is not there. */
static void every_prefix_is_read(void **state)
{
	struct ev_span text;

	(void)state;
	vectors_need();
	text = vector("nvreadpublic.yaml");
	for (size_t n = 0; n <= text.n; n++) {
		uint8_t *copy = malloc(n + (n == 0));
		uint32_t h[4], b[CO_TPM_BANKS];
		struct ev_span part = { copy, n };
		char version[8];
		size_t size = 0;

		assert_non_null(copy);
		memcpy(copy, text.p, n);
		assert_int_equal(co_tpm_caps_handles(part, h, 4), 0);
		assert_false(co_tpm_caps_banks(part, b));
		assert_false(co_tpm_caps_version(part, version, 8));
		if (co_tpm_caps_nv_size(part, 0x01400002, &size))
			assert_true(size == 6 || size == 64);
		free(copy);
	}
}

static size_t handles_of(const char *text, uint32_t *out, size_t max)
{
	return co_tpm_caps_handles(ev_span_str(text), out, max);
}

static void handles_of_other_shapes(void **state)
{
	uint32_t h[4] = { 0 };

	(void)state;
	assert_int_equal(handles_of("", h, 4), 0);
	assert_int_equal(handles_of("# new in some version\n"
				    "handles:\n  - 0x01400001 \r\n-0x2\n",
				    h, 4),
			 2);
	assert_int_equal(h[0], 0x01400001);
	assert_int_equal(h[1], 2);
	assert_int_equal(handles_of("- 0x\n- 12\n- 0x1g\n- 0x123456789\n"
				    "- 0x1 0x2\n0x3\n-\n",
				    h, 4),
			 0);
	assert_int_equal(handles_of("- 0xffffffff", h, 4), 1);
	assert_int_equal(h[0], UINT32_MAX);
}

static void handles_beyond_the_room_are_counted(void **state)
{
	uint32_t h[3] = { 0, 0, 77 };

	(void)state;
	assert_int_equal(handles_of("- 0x1\n- 0x2\n- 0x3\n", h, 2), 3);
	assert_int_equal(h[1], 2);
	assert_int_equal(h[2], 77);
}

static void banks_of_other_shapes(void **state)
{
	uint32_t b[CO_TPM_BANKS];

	(void)state;
	assert_true(co_tpm_caps_banks(
		EV_SPAN_LITERAL("selected-pcrs:\n"
				"  - sha1: [ ]\n"
				"  - sha256: [ 0, 7, 31, 32, 99 ]\n"
				"  - sm3_256: [ 0, 1 ]\n"
				"  - sha384: [ 1, 2\n"
				"  - sha3_256: [ 3 ]\n"
				"sha512: [1,2]\n"),
		b));
	assert_int_equal(b[0], 0);
	assert_int_equal(b[1], 0x80000081);
	assert_int_equal(b[2], 0); /* a list that does not end is none */
	assert_int_equal(b[3], 6);
	assert_false(co_tpm_caps_banks(EV_SPAN_LITERAL("selected-pcrs:\n"), b));
	assert_false(co_tpm_caps_banks(
		EV_SPAN_LITERAL("- sha1: [ x ]\n- sha256: 1\n- sha384: [1] 2\n"
				"- sha512: [ 99999999999 ]\n"),
		b));
}

static void versions(void **state)
{
	char v[8] = "before";

	(void)state;
	assert_true(co_tpm_caps_version(
		EV_SPAN_LITERAL("tool=\"tpm2_getcap\" version=\"5.4\" "
				"tctis=\"libtss2-tctildr\"\n"),
		v, sizeof(v)));
	assert_string_equal(v, "5.4");
	assert_true(co_tpm_caps_version(EV_SPAN_LITERAL("version=\"1234567\""),
					v, sizeof(v)));
	assert_false(co_tpm_caps_version(
		EV_SPAN_LITERAL("version=\"12345678\""), v, sizeof(v)));
	assert_string_equal(v, "");
	assert_false(co_tpm_caps_version(EV_SPAN_LITERAL("version=\""), v, 8));
	assert_false(
		co_tpm_caps_version(EV_SPAN_LITERAL("version=\"\""), v, 8));
	assert_false(
		co_tpm_caps_version(EV_SPAN_LITERAL("version=\"5\n\""), v, 8));
	assert_false(co_tpm_caps_version(ev_span_of(NULL, 0), v, 8));
}

static bool size_of(const char *text, size_t *n)
{
	return co_tpm_caps_nv_size(ev_span_str(text), 0x1400001, n);
}

static void sizes_that_are_none(void **state)
{
	size_t n = 77;

	(void)state;
	assert_true(size_of("0x01400001:\n  size: 65535", &n) && n == 65535);
	n = 77;
	assert_false(size_of("0x1400001:\n  size: 0\n", &n));
	assert_false(size_of("0x1400001:\n  size: 65536\n", &n));
	assert_false(size_of("0x1400001:\n  size: 99999999999\n", &n));
	assert_false(size_of("0x1400001:\n  size: -1\n", &n));
	assert_false(size_of("0x1400001:\n  size: 64 bytes\n", &n));
	assert_false(size_of("0x1400001:\n0x1400002:\n  size: 64\n", &n));
	assert_false(size_of("size: 64\n0x1400001:\n", &n));
	assert_int_equal(n, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_lists_of_handles),
		cmocka_unit_test(real_banks),
		cmocka_unit_test(real_sizes),
		cmocka_unit_test(every_prefix_is_read),
		cmocka_unit_test(handles_of_other_shapes),
		cmocka_unit_test(handles_beyond_the_room_are_counted),
		cmocka_unit_test(banks_of_other_shapes),
		cmocka_unit_test(versions),
		cmocka_unit_test(sizes_that_are_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
