/* SPDX-License-Identifier: Apache-2.0 */
/* Public sightings: read strictly, ordered, refused by the byte. */
#include "audit/history/sightings.h"
#include "evidence/base/buffer.h"
#include "tests/reference_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ENTRY(value, rest)                                                     \
	"{\"place\":\"P\",\"platform\":\"tdx\",\"register\":\"mrtd\","         \
	"\"source\":\"S\"," rest "\"value\":\"" value "\"}"
#define LIST(entries)                                                          \
	"{\"list\":[" entries "],\"sightings\":\"ecart-sightings/1\"}"

#define A_PLAIN ENTRY(SAMPLE_A96, "")
#define B_PLAIN ENTRY(SAMPLE_B96, "")
#define A_AGAIN                                                                \
	"{\"value\":\"" SAMPLE_A96 "\",\"place\":\"P\",\"source\":\"S\","      \
	"\"platform\":\"tdx\",\"register\":\"mrtd\"}"
#define A_2025 ENTRY(SAMPLE_A96, "\"time\":\"2025\",")
#define A_2024 ENTRY(SAMPLE_A96, "\"remarks\":\"R\",\"time\":\"2024-09\",")

static enum ev_code parse(const char *text, struct au_sightings *out,
			  struct ev_error *err)
{
	*err = (struct ev_error){ 0 };
	return au_sightings_parse(ev_span_str(text), out, err);
}

static void sightings_lie_by_value_then_time(void **state)
{
	struct au_sightings s = { 0 };
	struct ev_error err;

	(void)state;
	assert_int_equal(parse(LIST(B_PLAIN "," A_PLAIN "," A_2025 "," A_2024),
			       &s, &err),
			 EV_OK);
	assert_int_equal(s.n, 4);
	assert_string_equal(s.item[0].time.text, "2024-09");
	assert_true(ev_span_eq(s.item[0].remarks, ev_span_str("R")));
	assert_string_equal(s.item[1].time.text, "2025");
	assert_int_equal(s.item[1].remarks.n, 0);
	assert_false(s.item[2].has_time);
	assert_int_equal(s.item[2].value[0], 0xaa);
	assert_int_equal(s.item[3].value[47], 0xbb);
	assert_string_equal(s.item[3].reg->name, "mrtd");
	au_sightings_free(&s);
	assert_int_equal(parse(LIST(""), &s, &err), EV_OK);
	assert_int_equal(s.n, 0);
	au_sightings_free(&s);
}

static void refusals_name_member_and_byte(void **state)
{
	static const struct {
		const char *text;
		enum ev_code code;
		const char *field, *at; /* at: where the value begins */
	} rows[] = {
		{ "[]", EV_MISSING, "sightings", NULL },
		{ "{\"list\":[]}", EV_MISSING, "sightings", NULL },
		{ "{\"list\":[],\"sightings\":\"ecart-sightings/2\"}", EV_VALUE,
		  "sightings", "\"ecart" },
		{ "{\"list\":5,\"sightings\":\"ecart-sightings/1\"}", EV_SYNTAX,
		  "list", "5" },
		{ "{\"sightings\":\"ecart-sightings/1\"}", EV_MISSING, "list",
		  NULL },
		{ "{\"list\":[],\"more\":1,\"sightings\":"
		  "\"ecart-sightings/1\"}",
		  EV_VALUE, "document", "1,\"sight" },
		{ LIST("7"), EV_SYNTAX, "list", "7" },
		{ LIST(ENTRY(SAMPLE_A96, "\"remark\":\"R\",")), EV_VALUE,
		  "list", "\"R\"" },
		{ LIST(ENTRY(SAMPLE_A96, "\"time\":2024,")), EV_SYNTAX,
		  "list.time", "2024" },
		{ LIST(ENTRY(SAMPLE_A96, "\"time\":\"doc\",")), EV_VALUE,
		  "list.time", "\"doc\"" },
		{ LIST(ENTRY(SAMPLE_A96, "\"remarks\":\"\",")), EV_VALUE,
		  "list.remarks", "\"\"" },
		{ LIST(ENTRY(SAMPLE_A96, "\"remarks\":\"a\\u001bb\",")),
		  EV_VALUE, "list.remarks", "\"a\\u001b" },
		{ LIST(ENTRY(SAMPLE_A96, "\"remarks\":\"a\\u0085b\",")),
		  EV_VALUE, "list.remarks", "\"a\\u0085" },
		{ LIST(ENTRY("AA", "")), EV_VALUE, "list.value", "\"AA\"" },
		{ LIST(ENTRY("aa", "")), EV_VALUE, "list.value", "\"aa\"" },
		{ LIST("{\"platform\":\"tdx\",\"register\":\"ld\",\"place\":"
		       "\"P\",\"source\":\"S\",\"value\":\"" SAMPLE_A96 "\"}"),
		  EV_VALUE, "list.register", "\"ld\"" },
		{ LIST("{\"platform\":\"sgx\",\"register\":\"ld\",\"place\":"
		       "\"P\",\"source\":\"S\",\"value\":\"" SAMPLE_A96 "\"}"),
		  EV_VALUE, "list.platform", "\"sgx\"" },
		{ LIST("{\"platform\":\"tdx\"}"), EV_MISSING, "list.register",
		  "{\"platform" },
		{ LIST(A_PLAIN "," B_PLAIN "," A_AGAIN "," A_PLAIN),
		  EV_DUPLICATE, "list", A_AGAIN },
		{ LIST(ENTRY(SAMPLE_A96, "\"place\":\"Q\",")), EV_DUPLICATE,
		  NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct au_sightings s = { 0 };
		struct ev_error err;

		assert_int_equal(parse(rows[i].text, &s, &err), rows[i].code);
		assert_null(s.item);
		if (rows[i].field != NULL)
			assert_string_equal(err.field, rows[i].field);
		if (rows[i].at != NULL)
			assert_int_equal(err.offset,
					 strstr(rows[i].text, rows[i].at) -
						 rows[i].text);
	}
}

static void too_many_are_refused(void **state)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct au_sightings s = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	ev_buffer_add_str(&text, "{\"list\":[");
	for (size_t i = 0; i <= AU_SIGHTINGS_MAX; i++)
		ev_buffer_add_str(&text, i > 0 ? ",1" : "1");
	ev_buffer_add_str(&text, "],\"sightings\":\"ecart-sightings/1\"}");
	assert_int_equal(au_sightings_parse(ev_buffer_span(&text), &s, &err),
			 EV_LIMIT);
	assert_string_equal(err.field, "list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sightings_lie_by_value_then_time),
		cmocka_unit_test(refusals_name_member_and_byte),
		cmocka_unit_test(too_many_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
