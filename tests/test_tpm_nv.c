/* SPDX-License-Identifier: Apache-2.0 */
/* NV indices: what is read, written, and refused. */
#include "collect/tpm.h"

#include "tests/tpm_case.h"

/* Authorised by the platform, as what Azure's firmware defines. */
#define UNWRITTEN  UINT32_C(0x01500001)
#define AUTH_ONLY  UINT32_C(0x01500002)
#define LARGE_SIZE 2048 /* the most that libtpms takes */

static void define(struct co_tpm *t, const char *index, const char *size,
		   const char *attributes)
{
	MUST(t, "tpm2_nvdefine", nothing, index, "-C", "0x4000000c", "-s", size,
	     "-a", attributes);
}

static void user_data_is_written_and_read_back(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct co_tpm t, again;
	char why[512] = "";
	uint8_t data[64];

	(void)state;
	swtpm_need(&sw);
	open_tpm(&t);
	memset(data, 0x5a, sizeof(data));
	assert_false(co_tpm_has_nv(&t, CO_NV_USER_DATA));
	if (!co_tpm_nv_write(&t, CO_NV_USER_DATA, EV_SPAN(data), why))
		fail_msg("%s", why);
	assert_true(co_tpm_has_nv(&t, CO_NV_USER_DATA));
	data[63] = 0; /* the index is there now */
	if (!co_tpm_nv_write(&t, CO_NV_USER_DATA, EV_SPAN(data), why))
		fail_msg("%s", why);
	ev_buffer_add_byte(&b, 'x');
	if (!co_tpm_nv_read(&t, CO_NV_USER_DATA, &b, why))
		fail_msg("%s", why);
	assert_int_equal(b.n, 65);
	assert_memory_equal(b.p + 1, data, 64);
	assert_false(co_tpm_nv_write(&t, CO_NV_USER_DATA, ev_span_of(data, 32),
				     why));
	assert_why(why, "holds 64 bytes, not 32");
	co_tpm_close(&t);
	open_tpm(&again);
	assert_true(co_tpm_has_nv(&again, CO_NV_USER_DATA));
	co_tpm_close(&again);
}

static void large_index_is_read_whole(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	uint8_t report[LARGE_SIZE];
	char why[512] = "";
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	for (size_t i = 0; i < sizeof(report); i++)
		report[i] = (uint8_t)(i * 7 + i / 256);
	open_tpm(&t);
	define(&t, "0x01400001", "2048",
	       "platformcreate|authwrite|ownerread|authread|no_da");
	MUST(&t, "tpm2_nvwrite", EV_SPAN(report), "0x01400001", "-i", "./in");
	assert_false(co_tpm_nv_read(&t, CO_NV_HCL_REPORT, &b, why));
	assert_why(why, "has no index 0x01400001"); /* when t was opened */
	co_tpm_close(&t);
	open_tpm(&t);
	if (!co_tpm_nv_read(&t, CO_NV_HCL_REPORT, &b, why))
		fail_msg("%s", why);
	assert_true(ev_span_eq(ev_buffer_span(&b), EV_SPAN(report)));
	co_tpm_close(&t);
}

static void absent_index_is_not_asked_for(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	char why[512] = "";
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	open_tpm(&t);
	assert_false(co_tpm_nv_read(&t, CO_NV_AK_CERT, &b, why));
	assert_why(why, "tpm2_nvread: the TPM has no index 0x01c101d0");
	/* Removed behind our back: tpm2_nvreadpublic may die of it. */
	t.nv[t.n_nv++] = CO_NV_AK_CERT;
	assert_false(co_tpm_nv_read(&t, CO_NV_AK_CERT, &b, why));
	assert_why(why, "tpm2_nvreadpublic: the TPM has no such index");
	assert_int_equal(b.n, 0);
	co_tpm_close(&t);
}

static void index_that_gives_nothing_says_why(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	char why[512] = "";
	struct co_tpm t;

	(void)state;
	swtpm_need(&sw);
	open_tpm(&t);
	define(&t, "0x01500001", "32", "ownerread|ownerwrite|platformcreate");
	define(&t, "0x01500002", "32", "authread|authwrite|platformcreate");
	MUST(&t, "tpm2_nvwrite", EV_SPAN_LITERAL("x"), "0x01500002", "-i",
	     "./in");
	co_tpm_close(&t);
	open_tpm(&t);
	assert_false(co_tpm_nv_read(&t, UNWRITTEN, &b, why));
	assert_why(why, "not written yet, code 0x14a");
	assert_false(co_tpm_nv_read(&t, AUTH_ONLY, &b, why));
	assert_why(why, "not open to the owner, code 0x149");
	assert_false(co_tpm_nv_write(
		&t, UINT32_C(0x01500003),
		ev_span_of((const uint8_t[4096]){ 0 }, 4096), why));
	assert_why(why, "nothing of this size, code 0x2d5");
	assert_int_equal(b.n, 0);
	co_tpm_close(&t);
}

/* Tools that exit with 0 whatever they did; $1 is the command. */
#define LYING_TPM                                                              \
	"case $1$2 in\n"                                                       \
	"getcappcrs) echo '- sha256: [ 0 ]';;\n"                               \
	"getcaphandles-nv-index) echo '- 0x1500001'; echo '- 0x1500002';;\n"   \
	"getcap*) echo 'x: 1';;\n"                                             \
	"nvreadpublic0x01500001) echo 0x1500001:; echo '  size: 10';;\n"       \
	"nvread0x01500001) printf "

static void bytes_decide_and_not_the_exit_status(void **state)
{
	static const char *const too_few_or_many[] = { "", "123456789",
						       "12345678901" };
	const struct co_tpm_options o = { .tcti = "x:", .tools = dir };
	ev_auto_buffer struct ev_buffer b = { 0 };
	char script[800], why[512] = "";
	struct co_tpm t;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(script, sizeof(script), LYING_TPM "'%s' >nv;;\nesac",
			 too_few_or_many[i]);
		write_program("tpm2", script);
		open_with(&o, &t);
		assert_true(t.there);
		assert_false(co_tpm_nv_read(&t, UNWRITTEN, &b, why));
		assert_why(why, "of 10 bytes of 0x01500001 came");
		assert_false(co_tpm_nv_read(&t, AUTH_ONLY, &b, why));
		assert_why(why, "does not say the size of 0x01500002");
		co_tpm_close(&t);
	}
	assert_int_equal(b.n, 0);
	write_program("tpm2", LYING_TPM "1234567890 >nv;;\nesac");
	open_with(&o, &t);
	assert_true(co_tpm_nv_read(&t, UNWRITTEN, &b, why));
	assert_int_equal(b.n, 10);
	assert_false(co_tpm_nv_write(&t, UNWRITTEN,
				     EV_SPAN_LITERAL("0987654321"), why));
	assert_why(why, "does not hold what was written");
	co_tpm_close(&t);
	assert_int_equal(unlink(in_dir("tpm2")), 0);
}

/* An owner with a password: refused without, and with a wrong one; the right
 * one may look like another form of a password. */
static void owner_password_is_given_and_never_guessed(void **state)
{
	static const char password[] = "hex:zz \n\x01";
	const struct co_tpm_options wrong = {
		.tcti = sw.tcti, .owner_auth = EV_SPAN_LITERAL("wrong")
	};
	const struct co_tpm_options right = {
		.tcti = sw.tcti, .owner_auth = EV_SPAN_LITERAL(password)
	};
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct co_tpm none, bad, good;
	char why[512] = "";

	(void)state;
	swtpm_need(&sw);
	open_tpm(&none);
	MUST(&none, "tpm2_changeauth", nothing, "-c", "owner",
	     "hex:6865783a7a7a200a01");
	assert_false(co_tpm_nv_read(&none, CO_NV_USER_DATA, &b, why));
	assert_why(why, "refuses the owner's password, code 0x9a2 (give the "
			"right one with --owner-auth-file FILE)");
	open_with(&wrong, &bad);
	assert_true(bad.there);
	assert_false(co_tpm_nv_read(&bad, CO_NV_USER_DATA, &b, why));
	assert_why(why, "refuses the owner's password, code 0x9a2");
	open_with(&right, &good);
	if (!co_tpm_nv_read(&good, CO_NV_USER_DATA, &b, why) ||
	    !co_tpm_nv_write(&good, UINT32_C(0x01500004), ev_buffer_span(&b),
			     why))
		fail_msg("%s", why);
	assert_int_equal(faccessat(good.workdir.dir, "ownerauth", F_OK, 0), -1);
	MUST(&good, "tpm2_changeauth", nothing, "-c", "owner", "-p",
	     CO_TPM_OWNER_AUTH);
	/* Who was refused does not try again, though it would do now. */
	assert_false(co_tpm_nv_read(&none, CO_NV_USER_DATA, &b, why));
	assert_why(why, "refuses the owner's password, code 0x9a2");
	co_tpm_close(&none);
	open_tpm(&none);
	if (!co_tpm_nv_read(&none, CO_NV_USER_DATA, &b, why))
		fail_msg("%s", why);
	co_tpm_close(&none);
	co_tpm_close(&bad);
	co_tpm_close(&good);
}

static void password_longer_than_any_is_refused(void **state)
{
	static const char text[65] = { 1 };
	const struct co_tpm_options o = { .tcti = "x:",
					  .owner_auth = EV_SPAN(text) };

	(void)state;
	assert_absent(&o, "--owner-auth-file: 65 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user_data_is_written_and_read_back),
		cmocka_unit_test(large_index_is_read_whole),
		cmocka_unit_test(absent_index_is_not_asked_for),
		cmocka_unit_test(index_that_gives_nothing_says_why),
		cmocka_unit_test(bytes_decide_and_not_the_exit_status),
		cmocka_unit_test(owner_password_is_given_and_never_guessed),
		cmocka_unit_test(password_longer_than_any_is_refused),
		cmocka_unit_test(nothing_is_left_in_the_directory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
