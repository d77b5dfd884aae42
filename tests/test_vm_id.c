/* SPDX-License-Identifier: Apache-2.0 */
/* Two GUIDs of one VM. */
#include "replay/vm_id.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void two_spellings_are_one_vm(void **state)
{
	static const struct {
		const char *a, *b;
		enum rp_vm_match match;
	} rows[] = {
		{ "3c18c97a-0d2a-4565-969d-166cdcef26a3",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_EQUAL },
		{ "3C18C97A-0D2A-4565-969D-166CDCEF26A3",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_EQUAL },
		{ "7ac9183c-2a0d-6545-969d-166cdcef26a3",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_SWAPPED },
		{ "3c18c97a-0d2a-4565-969d-166cdcef26a3",
		  "7AC9183C-2A0D-6545-969D-166CDCEF26A3", RP_VM_SWAPPED },
		/* All sixteen bytes the other way round, one field alone. */
		{ "a326efdc-6c16-9d96-6545-2a0d7ac9183c",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_DIFFERS },
		{ "7ac9183c-0d2a-4565-969d-166cdcef26a3",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_DIFFERS },
		{ "3c18c97a-0d2a-4565-969d-166cdcef26a4",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_DIFFERS },
		{ "", "", RP_VM_NO_ID },
		{ "3c18c97a0d2a4565969d166cdcef26a3",
		  "3c18c97a0d2a4565969d166cdcef26a3", RP_VM_NO_ID },
		{ "3c18c97a-0d2a-4565-969d-166cdcef26a",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a", RP_VM_NO_ID },
		{ "3c18c97a_0d2a_4565_969d_166cdcef26a3",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_NO_ID },
		{ "3c18c97g-0d2a-4565-969d-166cdcef26a3",
		  "3c18c97a-0d2a-4565-969d-166cdcef26a3", RP_VM_NO_ID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(
			rp_vm_match_word(rp_vm_match(ev_span_str(rows[i].a),
						     ev_span_str(rows[i].b))),
			rp_vm_match_word(rows[i].match));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_spellings_are_one_vm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
