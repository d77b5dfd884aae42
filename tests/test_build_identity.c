/* SPDX-License-Identifier: Apache-2.0 */
/* igvmfilegen's identity documents. */
#include "audit/corim/build_identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEX8  "0123456789ABCDEF"
#define HEX32 HEX8 HEX8 HEX8 HEX8
#define HEX48 HEX32 HEX8 HEX8

static const char tdx[] =
	"{\"environment\":{\"class_id\":\"7fb00ee4-a7ff-11ed-9e2f-00155d09de56\"},"
	"\"series\":[{\"reference\":{\"tdx_mrtd\":\"" HEX48 "\"},"
	"\"endorsement\":{\"tdx_isvsvn\":3,\"build_info\":{\"debug_build\":false}}"
	"}]}\n";

static const char vbs[] =
	"{\"environment\":{\"class_id\":\"7fb00ee4-a7ff-11ed-9e2f-00155d09de56\"},"
	"\"series\":[{\"reference\":{\"vbs_boot_digest\":\"" HEX32 "\"},"
	"\"endorsement\":{\"vbs_isvsvn\":0,\"build_info\":{\"debug_build\":true}}"
	"}]}\n";

static enum ev_code parse(const char *text, struct au_build_identity *out,
			  struct ev_error *err)
{
	*err = (struct ev_error){ 0 };
	return au_build_identity_parse(ev_span_str(text), out, err);
}

static void a_document_is_read(void **state)
{
	struct au_build_identity id = { 0 };
	struct ev_error err;

	(void)state;
	assert_int_equal(parse(tdx, &id, &err), EV_OK);
	assert_string_equal(id.class_id,
			    "7fb00ee4-a7ff-11ed-9e2f-00155d09de56");
	assert_int_equal(id.n_series, 1);
	assert_string_equal(id.series[0].platform, "tdx");
	assert_int_equal(id.series[0].size, 48);
	assert_int_equal(id.series[0].value[47], 0xef);
	assert_int_equal(id.series[0].svn, 3);
	assert_false(id.series[0].debug_build);
	assert_int_equal(parse(vbs, &id, &err), EV_OK);
	assert_string_equal(id.series[0].platform, "vbs");
	assert_int_equal(id.series[0].size, 32);
	assert_true(id.series[0].debug_build);
}

struct refusal {
	const char *from, *to;
	enum ev_code code;
	const char *field;
};

static const struct refusal refusals[] = {
	{ "{\"env", "[{\"env", EV_SYNTAX, NULL },
	{ "environment", "environs", EV_MISSING, "environment" },
	{ "class_id", "class", EV_MISSING, "class_id" },
	{ "7fb00ee4", "7FB00EE4", EV_VALUE, "class_id" },
	{ "7fb00ee4-", "7fb00ee4", EV_VALUE, "class_id" },
	{ "\"series\":[{", "\"series\":[],\"x\":[{", EV_MISSING, "series" },
	{ "series", "serie", EV_MISSING, "series" },
	{ "reference", "referenc", EV_MISSING, "reference" },
	{ "tdx_mrtd", "tdx_mrtx", EV_MISSING, "reference" },
	{ "{\"tdx_mrtd\":", "{\"snp_ld\":\"00\",\"tdx_mrtd\":", EV_DUPLICATE,
	  "reference" },
	{ "tdx_mrtd", "vbs_boot_digest", EV_SYNTAX, "vbs_boot_digest" },
	{ "0123456789ABCDEF", "0123456789ABCDE", EV_SYNTAX, "tdx_mrtd" },
	{ "tdx_isvsvn", "snp_isvsvn", EV_MISSING, "tdx_isvsvn" },
	{ ":3,", ":4294967296,", EV_VALUE, "tdx_isvsvn" },
	{ ":3,", ":-1,", EV_VALUE, "tdx_isvsvn" },
	{ "build_info", "build", EV_MISSING, "build_info" },
	{ "debug_build", "debug", EV_MISSING, "debug_build" },
	{ ":false", ":0", EV_SYNTAX, "debug_build" },
	{ "}]}\n", "}]}\n{}", EV_SYNTAX, NULL },
};

static void each_refusal_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		const char *at = strstr(tdx, r->from);
		struct au_build_identity id = { 0 };
		struct ev_error err;
		char *text = NULL;

		assert_non_null(at);
		assert_true(asprintf(&text, "%.*s%s%s", (int)(at - tdx), tdx,
				     r->to, at + strlen(r->from)) > 0);
		if (parse(text, &id, &err) == EV_OK ||
		    (r->field != NULL && (err.code != r->code ||
					  strcmp(err.field, r->field) != 0))) {
			char line[400];

			ev_error_format(&err, line, sizeof(line));
			fail_msg("%s: %s", r->to, line);
		}
		assert_int_equal(id.n_series, 0);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_read),
		cmocka_unit_test(each_refusal_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
