/* SPDX-License-Identifier: Apache-2.0 */
/* Names of registers, against the layout of a VMSA. */
#include "audit/diff/register_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void every_byte_of_a_vmsa_is_of_one_field_or_reserved(void **state)
{
	size_t at = 0, end = 0, named = 0;

	(void)state;
	while (at < 4096) {
		const struct au_vmsa_field *f = au_vmsa_field_at(at, &end);

		assert_true(end > at && end <= 4096);
		if (f != NULL) {
			assert_int_equal(at, f->offset);
			assert_int_equal(end, f->offset + f->size);
			named++;
		}
		assert_ptr_equal(f, au_vmsa_field_at(end - 1, NULL));
		at = end;
	}
	assert_true(named > 90);
}

static void fields_stand_where_the_manual_has_them(void **state)
{
	static const struct {
		size_t offset;
		const char *name;
	} known[] = {
		{ 0x10, "CS" },
		{ 0xd0, "EFER" },
		{ 0x150, "CR3" },
		{ 0x158, "CR0" },
		{ 0x178, "RIP" },
		{ 0x1d8, "RSP" },
		{ 0x3b0, "SEV_FEATURES" },
		{ 0x3c8, "VIRTUAL_TOM" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_string_equal(
			known[i].name,
			au_vmsa_field_at(known[i].offset, NULL)->name);
	assert_null(au_vmsa_field_at(0xfff, NULL));
}

static void numbers_of_hyper_v_have_names(void **state)
{
	(void)state;
	assert_string_equal("RIP", au_hyperv_register_name(0x00020010));
	assert_string_equal("CR0", au_hyperv_register_name(0x00040000));
	assert_string_equal("EFER", au_hyperv_register_name(0x00080001));
	assert_null(au_hyperv_register_name(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_byte_of_a_vmsa_is_of_one_field_or_reserved),
		cmocka_unit_test(fields_stand_where_the_manual_has_them),
		cmocka_unit_test(numbers_of_hyper_v_have_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
