/* SPDX-License-Identifier: Apache-2.0 */
/* The TPM through tpm2-tools, against one of software. */
#include "collect/tpm.h"

#include "evidence/base/digest.h"
#include "tests/tpm_case.h"

/* --- opening --- */

static void capabilities_are_read(void **state)
{
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	open_tpm(&t);
	assert_true(t.version[0] >= '4' && t.version[0] <= '9');
	assert_false(t.old_pcr_format);
	assert_string_equal(t.tcti, sw.tcti);
	for (size_t i = 0; i < 5; i++)
		assert_true(ev_buffer_ok(&t.caps[i]));
	assert_non_null(memmem(t.caps[0].p, t.caps[0].n, "TPM2_PT_FAMILY", 14));
	assert_non_null(
		memmem(t.caps[1].p, t.caps[1].n, "TPM2_PT_LOCKOUT", 15));
	assert_int_equal(t.banks[1] & 0xffffff, 0xffffff);
	assert_false(co_tpm_has_nv(&t, CO_NV_AK_CERT));
	assert_false(co_tpm_has_key(&t, CO_AZURE_AK));
	co_tpm_close(&t);
	co_tpm_close(&t); /* twice is once */
}

static void absent_tpm_is_told_with_a_way_out(void **state)
{
	const struct co_tpm_options numbered = { .number = 77 };
	const struct co_tpm_options other = { .tcti = "device:/dev/null" };
	const struct co_tpm_options nobody = { .tcti = "swtpm:path=/tmp/-/s" };
	const struct co_tpm_options unknown = { .tcti = "nosuch:x" };
	const struct co_tpm_options empty = { .tcti = "" };
	char text[300];
	const struct co_tpm_options large = { .tcti = text };

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 0;
	assert_absent(&numbered, "there is no TPM at device:/dev/tpmrm77 (");
	assert_absent(&other, "tpm2_getcap: ");
	assert_absent(&nobody, "swtpm:path=/tmp/-/s (");
	assert_absent(&unknown, "libtss2-tcti-NAME0");
	assert_absent(&empty, "--tcti: empty");
	assert_absent(&large, "--tcti: too long");
}

static void inherited_tcti_is_not_used(void **state)
{
	const struct co_tpm_options none = { .number = 77 };
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	assert_int_equal(setenv("TPM2TOOLS_TCTI", sw.tcti, 1), 0);
	assert_absent(&none, "there is no TPM at device:/dev/tpmrm77 (");
	assert_int_equal(setenv("TPM2TOOLS_TCTI", "device:/dev/null", 1), 0);
	open_tpm(&t);
	co_tpm_close(&t);
	assert_int_equal(unsetenv("TPM2TOOLS_TCTI"), 0);
}

static void tools_are_looked_for_in_their_directory(void **state)
{
	struct co_tpm_options o = { .tcti = sw.tcti, .tools = in_dir("") };
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	assert_absent(&o, "(install the package tpm2-tools, or name its "
			  "directory with --tpm2-tools)");
	o.tools = "/nonexistent";
	assert_absent(&o, "tpm2_getcap: not found, in /nonexistent");
	/* The one program that is all of them. */
	assert_int_equal(symlink("/usr/bin/tpm2", in_dir("tpm2")), 0);
	o.tools = dir;
	open_with(&o, &t);
	assert_string_equal(t.why, "");
	assert_true(t.there);
	co_tpm_close(&t);
	/* One by itself is taken before that. */
	assert_int_equal(symlink("/bin/false", in_dir("tpm2_getcap")), 0);
	assert_absent(&o, "tpm2_getcap: exit status 1");
	assert_int_equal(unlink(in_dir("tpm2_getcap")), 0);
	assert_int_equal(unlink(in_dir("tpm2")), 0);
}

static void write_tool(const char *body)
{
	write_program("tpm2_getcap", body);
}

/* Exit status 0 alone is no TPM. */
static void tools_that_say_nothing_are_not_believed(void **state)
{
	const struct co_tpm_options o = { .tcti = "x:", .tools = dir };
	struct co_tpm t;

	(void)state;
	write_tool("exit 0");
	assert_absent(&o, "says nothing of PCRs");
	write_tool("echo 'selected-pcrs:'");
	assert_absent(&o, "says nothing of PCRs");
	write_tool("head -c 300000 /dev/zero");
	assert_absent(&o, "longer than any TPM's");
	write_tool("test $1 = -v && echo 'version=\"5.1\"' && exit 0\n"
		   "echo '- sha1: [ 0 ]'");
	open_with(&o, &t);
	assert_true(t.there);
	assert_string_equal(t.version, "5.1");
	assert_true(t.old_pcr_format);
	assert_int_equal(t.banks[0], 1);
	co_tpm_close(&t);
	write_tool("test $1 = -v && echo 'version=\"4.1.1\"' && exit 0\n"
		   "test $1 = pcrs && echo 'ERROR: x' >&2 && exit 1; echo 1");
	assert_absent(&o, "exit status 1: ERROR: x");
	assert_int_equal(unlink(in_dir("tpm2_getcap")), 0);
}

static void directory_of_the_tools_holds_what_was_put_alone(void **state)
{
	const struct co_tpm_options o = { .tcti = "x:", .tools = dir };
	static const char *const args[] = { "a", NULL };
	struct co_exec_result r;
	struct co_tpm t;
	char why[512];

	(void)state;
	write_tool("ls -A; cat; echo left >left");
	open_with(&o, &t);
	assert_true(co_tpm_run(&t, "tpm2_getcap", args, EV_SPAN_LITERAL("x"),
			       LIMIT_MS, &r, why));
	assert_true(
		ev_span_eq(ev_buffer_span(&r.out), EV_SPAN_LITERAL("in\n")));
	co_exec_free(&r);
	assert_true(co_tpm_run(&t, "tpm2_getcap", args, nothing, LIMIT_MS, &r,
			       why));
	assert_int_equal(r.out.n, 0);
	co_exec_free(&r);
	co_tpm_close(&t);
	assert_int_equal(unlink(in_dir("tpm2_getcap")), 0);
}

static void environment_is_exactly_this(void **state)
{
	static const char want[] = "PATH=/usr/bin:/bin\nLC_ALL=C\n"
				   "HOME=/nonexistent\n"
				   "TPM2TOOLS_TCTI=x:y=z\n";
	const struct co_tpm_options o = { .tcti = "x:y=z", .tools = dir };
	static const char *const args[] = { NULL };
	struct co_exec_result r;
	struct co_tpm t;
	char why[512];

	(void)state;
	assert_int_equal(setenv("TPM2TOOLS_TCTI", "swtpm:port=1", 1), 0);
	assert_int_equal(setenv("TSS2_LOG", "all+NONE", 1), 0);
	write_tool("tr '\\0' '\\n' </proc/$$/environ");
	open_with(&o, &t);
	assert_true(co_tpm_run(&t, "tpm2_getcap", args, nothing, LIMIT_MS, &r,
			       why));
	assert_true(ev_span_eq(ev_buffer_span(&r.out), EV_SPAN_LITERAL(want)));
	co_exec_free(&r);
	co_tpm_close(&t);
	assert_int_equal(unsetenv("TPM2TOOLS_TCTI"), 0);
	assert_int_equal(unsetenv("TSS2_LOG"), 0);
	assert_int_equal(unlink(in_dir("tpm2_getcap")), 0);
}

/* --- other commands --- */

static void take(struct co_tpm *t, const char *name, struct ev_buffer *b)
{
	assert_true(co_workdir_take(&t->workdir, name, 4096, b));
}

static void quote_carries_nonce_and_values(void **state)
{
	static const uint8_t nonce[32] = { 1, 2, 3 };
	ev_auto_buffer struct ev_buffer m = { 0 }, s = { 0 }, v = { 0 };
	struct ev_crypto *crypto = NULL;
	struct ev_error err = { 0 };
	struct ev_tpm_quote q;
	uint8_t digest[32];
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	open_tpm(&t);
	/* Each run empties the directory: the context lies outside. */
	MUST(&t, "tpm2_createprimary", nothing, "-Q", "-C", "0x4000000b", "-G",
	     "ecc256:ecdsa-sha256:null", "-a",
	     "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign",
	     "-c", in_dir("ak.ctx"));
	MUST(&t, "tpm2_evictcontrol", nothing, "-Q", "-C", "0x40000001", "-c",
	     in_dir("ak.ctx"), "0x81000003");
	assert_int_equal(unlink(in_dir("ak.ctx")), 0);
	MUST(&t, "tpm2_quote", EV_SPAN(nonce), "-c", "0x81000003", "-l",
	     "sha256:0,1,23", "-q", "./in", "-g", "sha256", "-m", "./msg", "-s",
	     "./sig", "-f", "tss", "-o", "./pcrs", "-F", "values", "-Q");
	take(&t, "msg", &m);
	take(&t, "sig", &s);
	take(&t, "pcrs", &v);
	assert_int_equal(ev_tpm_quote_parse(ev_buffer_span(&m), &q, &err),
			 EV_OK);
	assert_true(ev_span_eq(q.extra_data, EV_SPAN(nonce)));
	assert_int_equal(q.bank[0].pcrs, 0x800003);
	assert_int_equal(v.n, 96);
	crypto = ev_crypto_new();
	assert_true(ev_digest(crypto, EV_SHA256, ev_buffer_span(&v), digest));
	assert_true(ev_span_eq(q.pcr_digest, EV_SPAN(digest)));
	ev_crypto_free(crypto);
	co_tpm_close(&t);
	open_tpm(&t);
	assert_true(co_tpm_has_key(&t, CO_AZURE_AK));
	co_tpm_close(&t);
}

static void failures_of_tools_are_explained(void **state)
{
	static const char *const no_key[] = { "-c",	  "0x81000004", "-l",
					      "sha256:0", "-m",		"./m",
					      "-s",	  "./s",	NULL };
	static const char *const no_bank[] = { "-c", "0x81000003", "-l",
					       "sha9:0", NULL };
	static const char *const no_option[] = { "--no-such", NULL };
	char why[512] = "";
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	open_tpm(&t);
	assert_false(run(&t, "tpm2_quote", no_key, nothing, why));
	assert_why(why, "tpm2_quote: the TPM has no key at this handle");
	assert_false(run(&t, "tpm2_quote", no_bank, nothing, why));
	assert_why(why, "does not know this bank of PCRs");
	assert_false(run(&t, "tpm2_quote", no_option, nothing, why));
	assert_why(why, "lacks an option");
	assert_false(run(&t, "tpm2_nosuch", no_option, nothing, why));
	assert_why(why, "tpm2_nosuch: ");
	co_tpm_close(&t);
}

static void tpm_that_does_not_answer_is_left(void **state)
{
	static const char *const args[] = { "pcrs", NULL };
	struct co_exec_result r;
	char why[512] = "";
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	open_tpm(&t);
	assert_int_equal(kill(sw.pid, SIGSTOP), 0);
	assert_false(
		co_tpm_run(&t, "tpm2_getcap", args, nothing, 400, &r, why));
	assert_int_equal(kill(sw.pid, SIGCONT), 0);
	assert_int_equal(r.end, CO_EXEC_TOO_LONG);
	assert_true(r.ms < 5000);
	assert_why(why, "tpm2_getcap: no end after 0.4 s (the TPM does not");
	co_exec_free(&r);
	MUST(&t, "tpm2_getcap", nothing, "pcrs");
	co_tpm_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities_are_read),
		cmocka_unit_test(absent_tpm_is_told_with_a_way_out),
		cmocka_unit_test(inherited_tcti_is_not_used),
		cmocka_unit_test(tools_are_looked_for_in_their_directory),
		cmocka_unit_test(tools_that_say_nothing_are_not_believed),
		cmocka_unit_test(
			directory_of_the_tools_holds_what_was_put_alone),
		cmocka_unit_test(environment_is_exactly_this),
		cmocka_unit_test(quote_carries_nonce_and_values),
		cmocka_unit_test(failures_of_tools_are_explained),
		cmocka_unit_test(tpm_that_does_not_answer_is_left),
		cmocka_unit_test(nothing_is_left_in_the_directory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
