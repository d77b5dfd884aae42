/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong with a TPM, in a line that a person can act on. */
#include "collect/tpm_error.h"

#include "tests/vectors.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct co_tpm tpm = { .tcti = "device:/dev/tpmrm0" };

/* One line of printable text that ends with the way out. */
static void assert_a_line(const char *why)
{
	size_t n = strlen(why);

	assert_true(n > 0 && n < 511);
	assert_int_equal(why[n - 1], ')');
	assert_non_null(strstr(why, " ("));
	for (size_t i = 0; i < n; i++)
		assert_true(why[i] >= ' ' && why[i] <= '~');
}

static const char *explained(const char *tool, enum co_exec_end end, int status,
			     struct ev_span err)
{
	static char why[512];
	struct co_exec_result r = { .end = end, .status = status };

	ev_buffer_add(&r.err, err);
	assert_true(ev_buffer_ok(&r.err));
	memset(why, 'x', sizeof(why));
	co_tpm_explain(&tpm, tool, &r, why);
	co_exec_free(&r);
	assert_a_line(why);
	return why;
}

static const char *failed(const char *tool, const char *err)
{
	return explained(tool, CO_EXEC_EXITED, 1, ev_span_str(err));
}

static struct ev_span vector(const char *name)
{
	struct ev_span bytes = { NULL, 0 };

	assert_true(vectors_read(vectors_join("tpm-swtpm", name), &bytes));
	return bytes;
}

/* --- what real tools wrote --- */

static void real_failures_are_explained(void **state)
{
	static const struct {
		const char *file, *tool;
		int status;
		uint32_t code;
		const char *why;
	} cases[] = {
		{ "err-no-device-rc1.stderr", "tpm2_getcap", 1, 0,
		  "tpm2_getcap: there is no TPM at device:/dev/tpmrm0 (give the machine a vTPM, load its driver, or name it with --tcti)" },
		{ "err-nvread-absent-rc1.stderr", "tpm2_nvread", 1, 0x18b,
		  "tpm2_nvread: the TPM has no such index, code 0x18b (not an Azure confidential VM? tpm2_getcap handles-nv-index lists what is there)" },
		{ "err-nvread-unwritten-rc1.stderr", "tpm2_nvread", 1, 0x14a,
		  "tpm2_nvread: the index is defined but not written yet, code 0x14a (its host writes it; wait a minute and run again)" },
		{ "err-quote-pcr-race-rc1.stderr", "tpm2_quote", 1, 0,
		  "tpm2_quote: PCRs changed while they were quoted (run again in a moment)" },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ev_span err = vector(cases[i].file);

		assert_int_equal(co_tpm_response_code(err), cases[i].code);
		assert_string_equal(explained(cases[i].tool, CO_EXEC_EXITED,
					      cases[i].status, err),
				    cases[i].why);
	}
}

static void death_of_nvreadpublic_is_explained_by_what_it_wrote(void **state)
{
	struct ev_span err;

	(void)state;
	vectors_need();
	err = vector("err-nvreadpublic-absent-rc139.stderr");
	assert_int_equal(co_tpm_response_code(err), 0x18b);
	assert_non_null(strstr(
		explained("tpm2_nvreadpublic", CO_EXEC_SIGNALLED, SIGSEGV, err),
		"the TPM has no such index, code 0x18b"));
}

/* --- the table --- */

static void every_row_makes_a_line(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct co_tpm_error *e = co_tpm_errors; e->meaning != NULL;
	     e++, n++) {
		const char *tool = e->tools != NULL ? e->tools : "tpm2_getcap";
		char err[256];

		/* Reached by a code or by text, never by both. */
		assert_true((e->code != 0) != (e->text != NULL));
		assert_int_equal(co_tpm_error_base(e->code), e->code);
		if (e->code != 0)
			snprintf(err, sizeof(err), "Error ErrorCode (0x%08x)\n",
				 e->code);
		else
			snprintf(err, sizeof(err), "ERROR: %s X: %s\n", e->text,
				 e->also != NULL ? e->also : "");
		assert_ptr_equal(co_tpm_error_find(tool, ev_span_str(err)), e);
		assert_non_null(strstr(failed(tool, err), e->meaning));
		assert_non_null(strstr(failed(tool, err), e->remedy));
	}
	assert_true(n > 40);
}

static void codes_of_the_specification_have_their_meaning(void **state)
{
	static const struct {
		const char *code, *tool, *meaning;
	} cases[] = {
		{ "0x0000018b", "tpm2_quote", "no key at this handle" },
		{ "0x0000018b", "tpm2_nvwrite", "no such index" },
		{ "0x00000149", "tpm2_nvread", "not open to the owner" },
		{ "0x000009a2", "tpm2_nvdefine", "--owner-auth-file FILE" },
		{ "0x000009a2", "tpm2_quote", "refuses the password" },
		{ "0x0000098e", "tpm2_nvread", "do not try again" },
		{ "0x00000921", "tpm2_nvread", "locked against guessing" },
		{ "0x0000012f", "tpm2_quote", "does not sign" },
		{ "0x000003c3", "tpm2_quote", "choose another bank" },
		{ "0x00000902", "tpm2_quote", "device:/dev/tpmrm0" },
		{ "0x000002d5", "tpm2_nvdefine", "nothing of this size" },
		{ "0x000b0143", "tpm2_quote", "does not know this command" },
		{ "0x000a000a", "tpm2_quote", "broke to device:/dev/tpmrm0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char err[200];

		snprintf(err, sizeof(err),
			 "WARNING:esys:src/x.c:1:F() Received TPM Error\n"
			 "ERROR:esys:src/x.c:2:F() Esys Finish ErrorCode (%s)\n"
			 "ERROR: Invalid key authorization\n",
			 cases[i].code);
		assert_non_null(
			strstr(failed(cases[i].tool, err), cases[i].meaning));
	}
}

static void permission_and_absence_are_told_apart(void **state)
{
	static const char open[] =
		"Failed to open specified TCTI device file /dev/tpmrm0: ";
	char err[200];

	(void)state;
	snprintf(err, sizeof(err), "ERROR:tcti:x %sPermission denied\n", open);
	assert_string_equal(
		failed("tpm2_getcap", err),
		"tpm2_getcap: permission denied for device:/dev/tpmrm0 (run as root or join group tss)");
	snprintf(err, sizeof(err), "ERROR:tcti:x %sDevice or resource busy\n",
		 open);
	assert_non_null(strstr(failed("tpm2_getcap", err), "another program"));
	snprintf(err, sizeof(err), "ERROR:tcti:x %sIs a directory\n", open);
	assert_non_null(strstr(failed("tpm2_getcap", err), "cannot open"));
	assert_non_null(
		strstr(failed("tpm2_getcap",
			      "ERROR: Could not load tcti, got: \"foo:x\"\n"),
		       "libtss2-tcti-NAME0"));
}

/* --- response codes --- */

static uint32_t code_in(const char *err)
{
	return co_tpm_response_code(ev_span_str(err));
}

static void first_code_is_the_one(void **state)
{
	(void)state;
	assert_int_equal(code_in(""), 0);
	assert_int_equal(co_tpm_response_code(ev_span_of(NULL, 0)), 0);
	assert_int_equal(code_in("x ErrorCode (0x0000014a) \ny ErrorCode "
				 "(0x0000018b)"),
			 0x14a);
	assert_int_equal(code_in("Esys_NV_Read(0x18B) - ErrorCode (0x14A)"),
			 0x14a);
	assert_int_equal(code_in("ERROR: Esys_NV_Read(0x14A) - tpm"), 0x14a);
	assert_int_equal(code_in("ErrorCode (0xFfFfFfFf)"), UINT32_MAX);
	assert_int_equal(code_in("ErrorCode (0x14a"), 0);
	assert_int_equal(code_in("ErrorCode (0x)"), 0);
	assert_int_equal(code_in("ErrorCode (0x123456789)"), 0);
	assert_int_equal(code_in("ErrorCode (0x14g)"), 0);
	assert_int_equal(code_in("index 0x14a"), 0);
}

static void position_and_layer_are_taken_off(void **state)
{
	(void)state;
	assert_int_equal(co_tpm_error_base(0x18b), 0x08b);
	assert_int_equal(co_tpm_error_base(0x98e), 0x08e);
	assert_int_equal(co_tpm_error_base(0x2d5), 0x095);
	assert_int_equal(co_tpm_error_base(0x3c3), 0x083);
	assert_int_equal(co_tpm_error_base(0x14a), 0x14a);
	assert_int_equal(co_tpm_error_base(0x902), 0x902);
	assert_int_equal(co_tpm_error_base(0xb0143), 0x143);
	assert_int_equal(co_tpm_error_base(0xc0902), 0x902);
	assert_int_equal(co_tpm_error_base(0x7018b), 0x7018b);
	assert_int_equal(co_tpm_error_base(UINT32_MAX), UINT32_MAX);
}

/* --- runs that the table does not know --- */

static void end_of_the_run_is_explained(void **state)
{
	const struct ev_span none = { NULL, 0 };

	(void)state;
	assert_string_equal(
		explained("tpm2_quote", CO_EXEC_NOT_BEGUN, ENOENT, none),
		"tpm2_quote: not found, in /usr/bin (install the package tpm2-tools, or name its directory with --tpm2-tools)");
	assert_non_null(
		strstr(explained("tpm2_quote", CO_EXEC_NOT_BEGUN, EACCES, none),
		       "cannot be run: Permission denied, in /usr/bin"));
	assert_non_null(strstr(
		explained("tpm2_quote", CO_EXEC_TOO_LONG, 10000, none),
		"tpm2_quote: no end after 10.0 s (the TPM does not answer"));
	assert_string_equal(
		explained("tpm2_quote", CO_EXEC_STOPPED, SIGINT, none),
		"tpm2_quote: stopped by SIGINT (run again)");
	assert_string_equal(
		explained("tpm2_quote", CO_EXEC_SIGNALLED, SIGSEGV, none),
		"tpm2_quote: signal 11 (SIGSEGV) (run it by hand to see more)");
}

static void unknown_words_are_shown(void **state)
{
	(void)state;
	assert_string_equal(
		failed("tpm2_quote", "WARN: a\nERROR: b c\nERROR: d\n"),
		"tpm2_quote: exit status 1: ERROR: b c (run it by hand to see more)");
	assert_string_equal(
		failed("tpm2_quote", "\n\nb"),
		"tpm2_quote: exit status 1: b (run it by hand to see more)");
	assert_string_equal(
		failed("tpm2_quote", "ERROR: x ErrorCode (0x00000199)"),
		"tpm2_quote: exit status 1: ERROR: x ErrorCode (0x00000199) (tpm2_rc_decode 0x199 says more)");
}

static void hostile_words_stay_one_short_line(void **state)
{
	char long_one[5000];

	(void)state;
	assert_non_null(strstr(failed("tpm2_quote", "ERROR: \x1b[2J\r\xff\n"),
			       "\\x1b[2J\\x0d\\xff"));
	memset(long_one, 'E', sizeof(long_one));
	explained("tpm2_quote", CO_EXEC_EXITED, 1, EV_SPAN(long_one));
	memset(long_one, 0, sizeof(long_one));
	explained("tpm2_quote", CO_EXEC_EXITED, 1, EV_SPAN(long_one));
}

static void hostile_names_stay_one_short_line(void **state)
{
	struct co_tpm t = { .options.tools = "/tmp/\n\x1b" };
	struct co_exec_result r = { .end = CO_EXEC_EXITED, .status = 1 };
	char why[512];

	(void)state;
	memset(t.tcti, '\n', sizeof(t.tcti) - 1);
	ev_buffer_add_str(&r.err, "Could not load tcti, got:");
	co_tpm_explain(&t, "tpm2_getcap", &r, why);
	assert_a_line(why);
	r.end = CO_EXEC_NOT_BEGUN;
	co_tpm_explain(&t, "tpm2_getcap", &r, why);
	assert_a_line(why);
	co_exec_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_failures_are_explained),
		cmocka_unit_test(
			death_of_nvreadpublic_is_explained_by_what_it_wrote),
		cmocka_unit_test(every_row_makes_a_line),
		cmocka_unit_test(codes_of_the_specification_have_their_meaning),
		cmocka_unit_test(permission_and_absence_are_told_apart),
		cmocka_unit_test(first_code_is_the_one),
		cmocka_unit_test(position_and_layer_are_taken_off),
		cmocka_unit_test(end_of_the_run_is_explained),
		cmocka_unit_test(unknown_words_are_shown),
		cmocka_unit_test(hostile_words_stay_one_short_line),
		cmocka_unit_test(hostile_names_stay_one_short_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
