/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/measuring, mrtd, snp_digest and vbs_digest: records
 * written out by hand. */
#include "audit/image/measuring.h"

#include "tests/parse_case.h"

static const struct au_register *reg(enum au_platform platform)
{
	for (size_t i = 0; i < au_n_registers; i++) {
		if (au_registers[i].platform == platform)
			return &au_registers[i];
	}
	return NULL;
}

struct scene {
	struct ev_crypto *crypto;
	struct au_launch launch;
	struct au_operation op;
	uint8_t page[AU_PAGE];
	uint8_t value[AU_VALUE_MAX];
};

static void begin(struct scene *s, enum au_platform platform)
{
	*s = (struct scene){ .crypto = ev_crypto_new() };
	assert_non_null(s->crypto);
	for (size_t i = 0; i < AU_PAGE; i++)
		s->page[i] = (uint8_t)(i * 7 + i / 256);
	s->launch.reg = reg(platform);
	s->launch.op = &s->op;
	s->launch.n = 1;
	s->op = (struct au_operation){ .kind = AU_PAGES,
				       .measured = true,
				       .gpa = UINT64_C(0x123456789000),
				       .size = AU_PAGE,
				       .data = EV_SPAN(s->page) };
}

static void measure(struct scene *s, struct au_rule rule)
{
	struct au_measuring m;

	memset(s->value, 0, sizeof(s->value));
	assert_true(au_measuring_begin(&s->launch, s->crypto, &m));
	for (size_t i = 0; i < s->launch.n; i++)
		assert_true(au_measuring_add(&m, &s->launch.op[i], &rule));
	assert_true(au_measuring_finish(&m, s->value));
	au_measuring_free(&m);
}

static void put_gpa(uint8_t *to, uint64_t gpa)
{
	for (size_t i = 0; i < 8; i++)
		to[i] = (uint8_t)(gpa >> (8 * i));
}

/* MEM.PAGE.ADD, then MR.EXTEND of each 256 bytes. */
static size_t records(const struct scene *s, uint8_t *out, bool extends)
{
	size_t n = 128;

	memset(out, 0, 6272);
	memcpy(out, "MEM.PAGE.ADD", 12);
	put_gpa(out + 16, s->op.gpa);
	for (size_t i = 0; extends && i < 16; i++) {
		memcpy(out + n, "MR.EXTEND", 9);
		put_gpa(out + n + 16, s->op.gpa + i * 256);
		memcpy(out + n + 128, s->page + i * 256, 256);
		n += 384;
	}
	return n;
}

static void expect_records(struct scene *s, const uint8_t *bytes, size_t n)
{
	uint8_t want[48];

	assert_true(
		ev_digest(s->crypto, EV_SHA384, ev_span_of(bytes, n), want));
	assert_memory_equal(s->value, want, sizeof(want));
}

static void a_measured_page_is_49_blocks(void **state)
{
	uint8_t bytes[6272];
	struct scene s;

	(void)state;
	begin(&s, AU_TDX);
	measure(&s, (struct au_rule){ 0 });
	assert_int_equal(records(&s, bytes, true), 49 * 128);
	expect_records(&s, bytes, 49 * 128);
	s.op.measured = false;
	measure(&s, (struct au_rule){ 0 });
	expect_records(&s, bytes, records(&s, bytes, false));
	measure(&s, (struct au_rule){ .measure_all = true });
	expect_records(&s, bytes, records(&s, bytes, true));
	s.op.shared = true;
	measure(&s, (struct au_rule){ .measure_all = true });
	expect_records(&s, bytes, 0);
	ev_crypto_free(s.crypto);
}

static void page_aug_leaves_the_add_out(void **state)
{
	uint8_t bytes[6272];
	struct scene s;

	(void)state;
	begin(&s, AU_TDX);
	s.op.aug = true;
	measure(&s, (struct au_rule){ .aug_skips = true });
	records(&s, bytes, true);
	expect_records(&s, bytes + 128, 16 * 384);
	measure(&s, (struct au_rule){ .aug_skips = false });
	expect_records(&s, bytes, 6272);
	ev_crypto_free(s.crypto);
}

static void short_data_go_on_where_the_rule_says(void **state)
{
	uint8_t beyond[AU_PAGE], whole[AU_PAGE], bytes[6272];
	struct scene s;

	(void)state;
	begin(&s, AU_TDX);
	memset(beyond, 0x77, sizeof(beyond));
	for (size_t n = 0; n <= 600; n += 100) {
		memcpy(whole, s.page, n);
		memset(whole + n, 0x77, sizeof(whole) - n);
		s.op.data = ev_span_of(s.page, n);
		s.op.beyond = ev_span_of(beyond, AU_PAGE - n);
		measure(&s, (struct au_rule){ .file_beyond = true });
		memcpy(bytes, s.page, n);
		{
			struct scene other = s;

			memcpy(other.page, whole, sizeof(whole));
			records(&other, bytes, true);
		}
		expect_records(&s, bytes, 6272);
	}
	ev_crypto_free(s.crypto);
}

static void a_copy_goes_its_own_way(void **state)
{
	uint8_t bytes[2 * 6272], one[48];
	struct au_measuring m, fork;
	struct scene s;

	(void)state;
	begin(&s, AU_TDX);
	assert_true(au_measuring_begin(&s.launch, s.crypto, &m));
	assert_true(au_measuring_add(&m, &s.op, &(struct au_rule){ 0 }));
	assert_true(au_measuring_copy(&m, &fork));
	assert_true(au_measuring_add(&m, &s.op, &(struct au_rule){ 0 }));
	assert_true(au_measuring_finish(&fork, one));
	assert_true(au_measuring_finish(&m, s.value));
	records(&s, bytes, true);
	records(&s, bytes + 6272, true);
	expect_records(&s, bytes, sizeof(bytes));
	memcpy(s.value, one, sizeof(one));
	expect_records(&s, bytes, 6272);
	au_measuring_free(&m);
	au_measuring_free(&fork);
	ev_crypto_free(s.crypto);
}

/* PAGE_INFO with the given type; contents zero where they do not count. */
static void expect_info(struct scene *s, uint8_t type, bool contents)
{
	uint8_t info[112] = { 0 }, want[48];

	if (contents)
		assert_true(ev_digest(s->crypto, EV_SHA384, EV_SPAN(s->page),
				      info + 48));
	info[96] = 112;
	info[98] = type;
	put_gpa(info + 104, s->op.gpa);
	assert_true(ev_digest(s->crypto, EV_SHA384, EV_SPAN(info), want));
	measure(s, (struct au_rule){ 0 });
	assert_memory_equal(s->value, want, sizeof(want));
}

static void each_page_type_of_snp_has_its_number(void **state)
{
	uint8_t zero[48] = { 0 };
	struct scene s;

	(void)state;
	begin(&s, AU_SNP);
	expect_info(&s, 1, true);
	s.op.kind = AU_VMSA;
	expect_info(&s, 2, true);
	s.op.kind = AU_INSERT;
	expect_info(&s, 4, false);
	s.op.kind = AU_PAGES;
	s.op.measured = false;
	expect_info(&s, 4, false);
	s.op.type = AU_SECRETS;
	expect_info(&s, 5, false);
	s.op.type = AU_CPUID;
	expect_info(&s, 6, false);
	s.op.type = AU_CPUID_XF;
	expect_info(&s, 6, false);
	s.op.shared = true;
	measure(&s, (struct au_rule){ 0 });
	assert_memory_equal(s.value, zero, sizeof(zero));
	ev_crypto_free(s.crypto);
}

/* SHA-256 over 32 zeros and the chunk. */
static void expect_chunk(struct scene *s, const uint8_t *chunk, size_t n)
{
	static const uint8_t zero[32];
	const struct ev_span parts[] = { EV_SPAN(zero), { chunk, n } };
	uint8_t want[32];

	assert_true(ev_digest_parts(s->crypto, EV_SHA256, parts, 2, want));
	measure(s, (struct au_rule){ 0 });
	assert_memory_equal(s->value, want, sizeof(want));
}

static void chunks_of_vbs_are_laid_out_as_written(void **state)
{
	static const uint8_t entry[32] = { 2, 0xe1, 0xe2, 0xe3, 0xe4, 0, 0,
					   0, 0,    0,	  0,	0,    0, 0,
					   0, 0,    0x10, 0x11, 0x12 };
	uint8_t chunk[4128] = { 0x20, 0x10, 0, 0, 2 }, reg48[48] = { 48 };
	struct scene s;

	(void)state;
	begin(&s, AU_VBS);
	put_gpa(chunk + 24, s.op.gpa / AU_PAGE);
	memcpy(chunk + 32, s.page, AU_PAGE);
	expect_chunk(&s, chunk, sizeof(chunk));
	memset(chunk + 32, 0, AU_PAGE);
	chunk[16] = 4;
	s.op.measured = false;
	expect_chunk(&s, chunk, sizeof(chunk));
	s.op.kind = AU_INSERT;
	expect_chunk(&s, chunk, sizeof(chunk));
	chunk[16] = 7;
	s.op.kind = AU_ERROR_RANGE;
	expect_chunk(&s, chunk, sizeof(chunk));
	s.op.kind = AU_REGISTERS;
	s.op.size = 0;
	s.op.data = EV_SPAN(entry);
	reg48[20] = 2;
	memcpy(reg48 + 28, entry + 1, 4);
	memcpy(reg48 + 32, entry + 16, 16);
	expect_chunk(&s, reg48, sizeof(reg48));
	ev_crypto_free(s.crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_measured_page_is_49_blocks),
		cmocka_unit_test(page_aug_leaves_the_add_out),
		cmocka_unit_test(short_data_go_on_where_the_rule_says),
		cmocka_unit_test(a_copy_goes_its_own_way),
		cmocka_unit_test(each_page_type_of_snp_has_its_number),
		cmocka_unit_test(chunks_of_vbs_are_laid_out_as_written),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
