/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/td_hob: the block of a real machine, and its shapes. */
#include "audit/image/td_hob.h"

#include "evidence/base/hex.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

/* The sections of a 2 MiB OVMF, in the order of its metadata. */
static struct au_launch launch_of_ovmf(struct au_operation op[6])
{
	static const struct {
		uint64_t gpa, size;
		const char *name;
	} rows[] = {
		{ 0xffe20000, 0x1e0000, "BFV" },
		{ 0xffe00000, 0x20000, "CFV" },
		{ 0x810000, 0x10000, "TempMem" },
		{ 0x80b000, 0x2000, "TempMem" },
		{ 0x809000, 0x2000, "TD_HOB" },
		{ 0x800000, 0x6000, "TempMem" },
	};

	for (size_t i = 0; i < 6; i++)
		op[i] = (struct au_operation){ .kind = AU_PAGES,
					       .gpa = rows[i].gpa,
					       .size = rows[i].size,
					       .name = rows[i].name };
	return (struct au_launch){ .op = op, .n = 6 };
}

static void the_block_is_that_of_the_real_machine(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct au_operation op[6];
	struct au_launch launch = launch_of_ovmf(op);
	uint8_t want[584];
	struct ev_span text;
	const uint8_t *at;

	(void)state;
	vectors_need();
	assert_true(vectors_read("measure/gcp/gcp-tdx-firmware-1782809233.yaml",
				 &text));
	at = memmem(text.p, text.n, "01003800", 8);
	assert_non_null(at);
	assert_true(ev_hex_decode(ev_span_of(at, 2 * sizeof(want)), want,
				  sizeof(want)));
	au_td_hob_write(&launch, &au_shapes[0], true, &out);
	assert_int_equal(out.n, sizeof(want) + 8);
	/* The template's last length is filled in for each machine. */
	assert_memory_equal(out.p, want, 576);
	assert_memory_equal(out.p + 576, "\0\0\0\x40\3\0\0\0", 8); /* 13 GiB */
	assert_memory_equal(out.p + 584, "\xff\xff\x08\0\0\0\0\0", 8);
}

static void early_accept_marks_memory_above_4_gib(void **state)
{
	ev_auto_buffer struct ev_buffer late = { 0 }, early = { 0 };
	struct au_operation op[6];
	struct au_launch launch = launch_of_ovmf(op);
	size_t differ = 0;

	(void)state;
	au_td_hob_write(&launch, &au_shapes[5], false, &late);
	au_td_hob_write(&launch, &au_shapes[5], true, &early);
	assert_string_equal(au_shapes[5].name, "c3-standard-176");
	assert_int_equal(late.n, early.n);
	assert_int_equal(late.n, 56 + 48 * (6 + 4 + 4) + 8); /* 4 nodes */
	for (size_t i = 0; i < late.n; i++)
		differ += late.p[i] != early.p[i];
	assert_int_equal(differ, 4);
}

static void the_shapes_fill_their_nodes(void **state)
{
	(void)state;
	assert_int_equal(au_n_shapes, 6);
	for (size_t i = 0; i < au_n_shapes; i++) {
		assert_int_equal(au_shapes[i].ram_gib % au_shapes[i].numa_nodes,
				 0);
		assert_true(au_shapes[i].ram_gib / au_shapes[i].numa_nodes > 3);
		assert_true(i == 0 ||
			    au_shapes[i].ram_gib > au_shapes[i - 1].ram_gib);
	}
}

static void without_a_section_there_is_no_block(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct au_operation op[6];
	struct au_launch launch = launch_of_ovmf(op);

	(void)state;
	launch.n = 4;
	au_td_hob_write(&launch, &au_shapes[0], false, &out);
	assert_int_equal(out.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_block_is_that_of_the_real_machine),
		cmocka_unit_test(early_accept_marks_memory_above_4_gib),
		cmocka_unit_test(the_shapes_fill_their_nodes),
		cmocka_unit_test(without_a_section_there_is_no_block),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
