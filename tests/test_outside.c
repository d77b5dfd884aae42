/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a guest outside its launch measurement. */
#include "audit/outside.h"
#include "tests/launch_sample.h"

#define ZERO16 "0000000000000000"
#define ZERO96 ZERO16 ZERO16 ZERO16 ZERO16 ZERO16 ZERO16
#define ONES   "1111111111111111"
#define TD(attributes, rtmr1)                                                  \
	"{\"attributes\":\"" attributes "\",\"mrconfigid\":\"" ONES            \
	"\",\"mrowner\":\"" ZERO96 "\",\"rtmr\":[\"" ZERO96 "\",\"" rtmr1      \
	"\",\"" ZERO96 "\",\"" ZERO96 "\"]}"
#define SNP                                                                    \
	"{\"guestSvn\":12,\"hostData\":\"" ZERO16                              \
	"\",\"policy\":\"1f00030000000000\",\"policyBits\":{\"debug\":false,"  \
	"\"migrateMa\":true,\"singleSocket\":false,\"smt\":true},\"vmpl\":0}"

static json_t *fact;

static struct au_measured measured(enum au_platform platform, const char *text)
{
	struct ev_error err = { 0 };
	struct ev_span span = ev_span_str(text);

	assert_int_equal(EV_OK,
			 ev_json_parse(span, span.n, "fact", &fact, &err));
	return (struct au_measured){ .item = "q",
				     .reg = sample_register(platform),
				     .fact = fact };
}

static int drop(void **state)
{
	(void)state;
	json_decref(fact);
	fact = NULL;
	return 0;
}

static const struct au_outside_row *row_of(const struct au_outside *o,
					   const char *name)
{
	size_t i = 0;

	while (i < o->n && strcmp(o->row[i].name, name) != 0)
		i++;
	assert_true(i < o->n);
	return &o->row[i];
}

static void says(const struct au_outside *o, const char *name, const char *word)
{
	const char *text = row_of(o, name)->says;

	if (strstr(text, word) == NULL)
		fail_msg("%s: no \"%s\" in \"%s\"", name, word, text);
}

static void a_td_tells_its_attributes_and_registers(void **state)
{
	static struct au_outside o;
	struct au_measured m = measured(AU_TDX, TD("0100003000000000", ZERO96));

	(void)state;
	au_outside_read(&m, &o);
	assert_int_equal(o.n, 4); /* what is absent has no row */
	says(&o, "attributes", "DEBUG and profiling SET");
	says(&o, "attributes", "SEPT_VE_DISABLE set, MIGRATABLE SET");
	says(&o, "mrconfigid", "not zero");
	assert_string_equal(row_of(&o, "mrconfigid")->value, ONES);
	assert_true(row_of(&o, "mrowner")->zero);
	says(&o, "rtmr", "all zero");
}

static void registers_that_were_extended_are_numbered(void **state)
{
	static struct au_outside o;
	struct au_measured m = measured(AU_TDX, TD("0000000000000000", ONES));

	(void)state;
	au_outside_read(&m, &o);
	says(&o, "attributes", "DEBUG and profiling clear");
	says(&o, "attributes", "SEPT_VE_DISABLE CLEAR, MIGRATABLE clear");
	says(&o, "rtmr", "not zero: 1;");
}

static void an_snp_guest_tells_its_policy(void **state)
{
	static struct au_outside o;
	struct au_measured m = measured(AU_SNP, SNP);

	(void)state;
	au_outside_read(&m, &o);
	says(&o, "policy", "DEBUG clear, migration agent SET, SMT allowed");
	assert_string_equal(row_of(&o, "guestSvn")->value, "12");
	/* It is a level, not an absence. */
	assert_string_equal(row_of(&o, "vmpl")->value, "0");
	assert_false(row_of(&o, "vmpl")->zero);
	assert_true(row_of(&o, "hostData")->zero);
}

static void what_was_not_read_has_no_rows(void **state)
{
	static struct au_outside o;
	struct au_measured m = { .reg = sample_register(AU_TDX) };
	struct au_launch launch = { .policy = { .present = true } };
	char text[AU_OUTSIDE_TEXT];

	(void)state;
	au_outside_read(&m, &o);
	assert_int_equal(o.n, 0);
	assert_int_equal(au_outside_policy(&m, &launch, text), AU_POLICY_NONE);
}

static void a_guest_agrees_with_the_policy_of_an_image_or_not(void **state)
{
	static const struct {
		enum au_platform platform;
		const char *fact;
		bool present;
		uint64_t policy;
		enum au_policy_answer answer;
	} rows[] = {
		{ AU_TDX, TD("0000001000000000", ZERO96), true, 2,
		  AU_POLICY_AGREES },
		{ AU_TDX, TD("0000000000000000", ZERO96), true, 2,
		  AU_POLICY_DIFFERS },
		{ AU_TDX, TD("0000001000000000", ZERO96), true, 0,
		  AU_POLICY_DIFFERS },
		{ AU_TDX, TD("0000000000000000", ZERO96), true, 0,
		  AU_POLICY_AGREES },
		/* Debugging may be allowed, and needs not be. */
		{ AU_TDX, TD("0100000000000000", ZERO96), true, 0,
		  AU_POLICY_DIFFERS },
		{ AU_TDX, TD("0100000000000000", ZERO96), true, 1,
		  AU_POLICY_AGREES },
		{ AU_TDX, TD("0000000000000000", ZERO96), true, 1,
		  AU_POLICY_AGREES },
		{ AU_TDX, TD("00", ZERO96), true, 0, AU_POLICY_NONE },
		{ AU_TDX, TD("0000001000000000", ZERO96), false, 0,
		  AU_POLICY_NONE },
		{ AU_SNP, SNP, true, 0x3001f, AU_POLICY_AGREES },
		{ AU_SNP, SNP, true, 0xb001f, AU_POLICY_DIFFERS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct au_measured m = measured(rows[i].platform, rows[i].fact);
		struct au_launch launch = { .policy = { rows[i].present,
							rows[i].policy, 0 } };
		char text[AU_OUTSIDE_TEXT];

		if (au_outside_policy(&m, &launch, text) != rows[i].answer)
			fail_msg("row %zu: %s", i, text);
		assert_int_equal(text[0] == '\0',
				 rows[i].answer == AU_POLICY_NONE);
		drop(NULL);
	}
}

static void the_svn_is_that_of_the_id_block(void **state)
{
	static struct au_statements list;
	struct au_measured m = measured(AU_SNP, SNP);
	char text[AU_OUTSIDE_TEXT];

	(void)state;
	assert_int_equal(au_outside_svn(&m, &list, text), AU_POLICY_NONE);
	list.n = 2;
	list.item[0] = (struct au_statement){ .kind = AU_SAYS_CORIM,
					      .has_svn = true,
					      .svn = 1 };
	list.item[1] = (struct au_statement){ .kind = AU_SAYS_ID_BLOCK,
					      .has_svn = true,
					      .svn = 12 };
	assert_int_equal(au_outside_svn(&m, &list, text), AU_POLICY_AGREES);
	list.item[1].svn = 13;
	assert_int_equal(au_outside_svn(&m, &list, text), AU_POLICY_DIFFERS);
	assert_non_null(strstr(text, "says 13, the guest has 12"));
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, NULL, drop)
	const struct CMUnitTest tests[] = {
		EACH(a_td_tells_its_attributes_and_registers),
		EACH(registers_that_were_extended_are_numbered),
		EACH(an_snp_guest_tells_its_policy),
		EACH(what_was_not_read_has_no_rows),
		EACH(a_guest_agrees_with_the_policy_of_an_image_or_not),
		EACH(the_svn_is_that_of_the_id_block),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
