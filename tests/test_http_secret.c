/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_secret. */
#include "collect/http_secret.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void secret_is_seen_however_it_is_spelled(void **state)
{
	static const char plain[] = "0aB/+?>~%41z";
	static const struct {
		const char *secret, *text;
		bool seen;
	} rows[] = {
		{ plain, "x0aB/+?>~%41zx", true },
		{ plain, "0aB/+?>~%41", false },
		{ plain, "", false },
		/* JSON */
		{ plain, "{\"k\":\"0aB\\/+?>~%41z\"}", true },
		{ plain, "\\u0030\\u0061B\\u002f\\u002B?\\u003e~%2541z", true },
		{ "01\"\\5678", "01\\\"\\\\5678", true },
		{ "01234567", "0123456\\u0137", false },
		{ "01234567", "0123456\\u003", false },
		/* percent */
		{ plain, "?k=0aB%2F%2b%3F%3e~%2541z&", true },
		{ "01234567", "%30%31%32%33%34%35%36%3", false },
		{ "01234567", "%30%31%32%33%34%35%36%3g", false },
		{ "01234567", "%30%31%32%33%34%35%36%37", true },
		/* base64 of it, and behind one, two, three bytes */
		{ plain, "MGFCLys/Pn4lNDF6", true },
		{ plain, "MGFCLys_Pn4lNDF6", true },
		{ plain, "MGFCLys\\/Pn4lNDF6", true },
		{ plain, "MGFCLys%2FPn4lNDF6", true },
		{ plain, "eDBhQi8rPz5+JTQxeg==", true },
		{ plain, "eDBhQi8rPz5-JTQxeg", true },
		{ plain, "eHkwYUIvKz8+fiU0MXp6eg==", true },
		{ plain, "eHkwYUIvKz8%2bfiU0MXp6eg==", true },
		{ plain, "eHl6MGFCLys/Pn4lNDF6eHg=", true },
		{ plain, "MGFCLys/Pn4lNDF", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (co_http_secret_in(ev_span_str(rows[i].text),
				      ev_span_str(rows[i].secret)) !=
		    rows[i].seen)
			fail_msg("row %zu: %s", i, rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_is_seen_however_it_is_spelled),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
