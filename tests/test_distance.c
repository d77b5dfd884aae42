/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of replay/distance. */
#include "replay/distance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct ev_tcb_level level = { .date = 1747180800 };
static const struct ev_tcb_info info = { .levels = &level, .n_levels = 1 };

static void what_is_short_is_named_with_its_numbers(void **state)
{
	const struct ev_pck pck = { .components = { 5, 5 }, .pcesvn = 11 };
	const uint8_t svn[16] = { 4 };
	char text[RP_DISTANCE_TEXT];

	(void)state;
	level.sgx[1] = 7;
	level.pcesvn = 13;
	level.tdx[0] = 6;
	rp_distance_format(&info, &pck, svn, text);
	assert_string_equal(text, "to the newest level (2025-05-14T00:00:00Z) "
				  "sgx 2 is 5, needs 7, pcesvn is 11, needs "
				  "13, tdx 1 is 4, needs 6");
	level.sgx[1] = 0;
	level.pcesvn = 0;
	rp_distance_format(&info, &pck, NULL, text);
	assert_string_equal(text, "the newest level (2025-05-14T00:00:00Z) "
				  "itself is that");
	level.tdx[0] = 0;
}

/* Whatever the numbers' widths: no half pair, and the rest is counted. */
static void what_has_no_room_is_counted(void **state)
{
	(void)state;
	for (unsigned int have = 0; have < 200; have += 9) {
		struct ev_pck pck = { .pcesvn = (uint16_t)(have * 7) };
		char text[RP_DISTANCE_TEXT], *more;
		uint8_t svn[16];
		unsigned int n = 0, rest;

		memset(pck.components, (int)have, sizeof(pck.components));
		memset(svn, (int)have, sizeof(svn));
		memset(level.sgx, 255, sizeof(level.sgx));
		memset(level.tdx, 255, sizeof(level.tdx));
		level.pcesvn = 65535;
		rp_distance_format(&info, &pck, svn, text);
		for (const char *p = text; (p = strstr(p, "needs ")) != NULL;
		     p++)
			n++;
		more = strstr(text, ", and ");
		assert_non_null(more);
		assert_int_equal(sscanf(more, ", and %u more", &rest), 1);
		/* TDX 1 and 2 are the module's where it has a version. */
		assert_int_equal(n + rest, have == 0 ? 33 : 31);
		assert_true(n >= 4);
		assert_string_equal(more + strlen(more) - 5, " more");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_short_is_named_with_its_numbers),
		cmocka_unit_test(what_has_no_room_is_counted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
