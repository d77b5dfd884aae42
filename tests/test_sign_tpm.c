/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys inside a TPM, against one of software. */
#include "collect/sign_tpm.h"

#include "tests/tpm_case.h"

#define ATTRIBUTES                                                             \
	"fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|"    \
	"sign|noda"

static struct ev_crypto *crypto;
static struct co_tpm t;

/* A primary key that is kept at this handle. */
static void make_key(const char *algorithm, const char *attributes,
		     const char *password, const char *handle)
{
	MUST(&t, "tpm2_createprimary", nothing, "-Q", "-C", "o", "-G",
	     algorithm, "-a", attributes, "-p", password, "-c",
	     in_dir("k.ctx"));
	MUST(&t, "tpm2_evictcontrol", nothing, "-Q", "-C", "o", "-c",
	     in_dir("k.ctx"), handle);
	MUST(&t, "tpm2_flushcontext", nothing, "-t");
	assert_int_equal(unlink(in_dir("k.ctx")), 0);
}

/* As a command finds the TPM that it opens. */
static void open_again(const char *tools)
{
	const struct co_tpm_options o = { .tcti = sw.tcti, .tools = tools };

	co_tpm_close(&t);
	open_with(&o, &t);
	assert_true(t.there);
}

static struct co_key *key_at(uint32_t handle)
{
	struct ev_error err = { 0 };
	struct co_key *key = NULL;

	if (co_key_tpm(crypto, &t, handle, &key, &err) != EV_OK)
		fail_msg("%s %s %s", err.field, err.want, err.found);
	return key;
}

static void names_of_keys_are_told_from_paths(void **state)
{
	static const struct {
		const char *text;
		bool named;
		uint32_t handle;
	} cases[] = {
		{ "tpm:0x81000005", true, 0x81000005 },
		{ "tpm:2164260869", true, 0x81000005 },
		{ "tpm:0x81ffffff", true, 0x81ffffff },
		{ "tpm:0x80000001", true, 0 },
		{ "tpm:0x8200000000", true, 0 },
		{ "tpm:0x81000005x", true, 0 },
		{ "tpm:-1", true, 0 },
		{ "tpm: 0x81000005", true, 0 },
		{ "tpm:", true, 0 },
		{ "tpm", false, 7 },
		{ "lab.pem", false, 7 },
		{ "./tpm:0x81000005", false, 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t handle = 7;

		assert_int_equal(co_key_tpm_named(cases[i].text, &handle),
				 cases[i].named);
		assert_int_equal(handle, cases[i].handle);
	}
}

static void restricted_keys_sign_what_verifies(void **state)
{
	static const struct {
		const char *algorithm, *handle, *name;
		uint32_t number;
	} cases[] = {
		{ "ecc256:ecdsa-sha256:null", "0x81000005", "p256",
		  0x81000005 },
		{ "ecc384:ecdsa-sha384:null", "0x81000006", "p384",
		  0x81000006 },
	};
	/* More than a TPM takes at once. */
	static uint8_t text[100000] = "DSSEv1 ";

	(void)state;
	swtpm_need(&sw);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ev_auto_buffer struct ev_buffer sig = { 0 };
		struct ev_error err = { 0 };
		struct co_key *key;

		make_key(cases[i].algorithm, ATTRIBUTES, "", cases[i].handle);
		open_again(NULL);
		key = key_at(cases[i].number);
		assert_string_equal(co_key_algorithm(key), cases[i].name);
		assert_int_equal(co_sign(key, EV_SPAN(text), &sig, &err),
				 EV_OK);
		assert_int_equal(ev_spki_verify(crypto, co_key_spki(key),
						EV_SPAN(text),
						ev_buffer_span(&sig)),
				 EV_VERIFIED_YES);
		co_key_free(key);
	}
}

static void restricted_key_does_not_sign_what_looks_like_a_quote(void **state)
{
	ev_auto_buffer struct ev_buffer sig = { 0 };
	struct ev_error err = { 0 };
	struct co_key *key;

	(void)state;
	swtpm_need(&sw);
	key = key_at(0x81000005);
	assert_int_equal(
		co_sign(key, EV_SPAN_LITERAL("\xffTCG quote"), &sig, &err),
		EV_TROUBLE);
	assert_int_equal(sig.n, 0);
	assert_non_null(strstr(err.field, "tpm2_sign: "));
	co_key_free(key);
}

static void other_keys_are_refused_by_name(void **state)
{
	struct ev_error err = { 0 };
	struct co_key *key = NULL;

	(void)state;
	swtpm_need(&sw);
	assert_int_equal(co_key_tpm(crypto, &t, 0x81000044, &key, &err),
			 EV_MISSING);
	assert_string_equal(err.found, "none at 0x81000044");
	make_key("rsa2048:rsassa-sha256:null", ATTRIBUTES, "", "0x81000007");
	open_again(NULL);
	err = (struct ev_error){ 0 };
	assert_int_equal(co_key_tpm(crypto, &t, 0x81000007, &key, &err),
			 EV_VALUE);
	assert_string_equal(err.field, "algorithm");
	assert_string_equal(err.found, "RSA");
	assert_null(key);
}

static void refusals_of_the_tpm_are_explained(void **state)
{
	static const struct {
		const char *algorithm, *attributes, *password, *handle, *part;
		uint32_t number;
	} cases[] = {
		{ "ecc256:ecdsa-sha256:null", ATTRIBUTES, "secret",
		  "0x81000008", "the key has a password", 0x81000008 },
		{ "ecc256",
		  "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|"
		  "restricted|decrypt",
		  "", "0x81000009", "this key does not sign", 0x81000009 },
		{ "ecc256:ecdsa-sha384:null", ATTRIBUTES, "", "0x8100000a",
		  "the key signs with another hash", 0x8100000a },
	};

	(void)state;
	swtpm_need(&sw);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ev_auto_buffer struct ev_buffer sig = { 0 };
		struct ev_error err = { 0 };
		struct co_key *key;

		make_key(cases[i].algorithm, cases[i].attributes,
			 cases[i].password, cases[i].handle);
		open_again(NULL);
		key = key_at(cases[i].number);
		assert_int_equal(
			co_sign(key, EV_SPAN_LITERAL("DSSEv1"), &sig, &err),
			EV_TROUBLE);
		assert_why(err.field, cases[i].part);
		co_key_free(key);
	}
}

/* The tools say that all went well, and leave this as the signature. */
static void sign_with(const char *body, const char *part)
{
	ev_auto_buffer struct ev_buffer sig = { 0 };
	struct ev_error err = { 0 };
	struct co_key *key;

	write_program("tpm2_sign", body);
	open_again(in_dir(""));
	key = key_at(0x81000005);
	assert_int_equal(co_sign(key, EV_SPAN_LITERAL("DSSEv1"), &sig, &err),
			 EV_TROUBLE);
	if (strstr(err.field, part) == NULL)
		fail_msg("wanted \"%s\" in: %s", part, err.field);
	assert_int_equal(sig.n, 0);
	co_key_free(key);
}

static void signatures_are_believed_by_their_bytes(void **state)
{
	(void)state;
	swtpm_need(&sw);
	assert_int_equal(symlink("/usr/bin/tpm2", in_dir("tpm2")), 0);
	sign_with("exit 0", "left nothing");
	sign_with(": >out", "left nothing");
	sign_with("head -c 2000 /dev/zero >out", "left nothing");
	sign_with("echo signature >out", "does not verify");
	/* Good, and over other bytes. */
	sign_with("echo other >in; exec /usr/bin/tpm2 sign \"$@\"",
		  "does not verify");
	assert_int_equal(unlink(in_dir("tpm2_sign")), 0);
	assert_int_equal(unlink(in_dir("tpm2")), 0);
}

static int start(void **state)
{
	crypto = ev_crypto_new();
	if (crypto == NULL || set_up(state) != 0)
		return -1;
	if (sw.pid != 0)
		open_tpm(&t);
	return 0;
}

static int stop(void **state)
{
	if (sw.pid != 0)
		co_tpm_close(&t);
	ev_crypto_free(crypto);
	return tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_keys_are_told_from_paths),
		cmocka_unit_test(restricted_keys_sign_what_verifies),
		cmocka_unit_test(
			restricted_key_does_not_sign_what_looks_like_a_quote),
		cmocka_unit_test(other_keys_are_refused_by_name),
		cmocka_unit_test(refusals_of_the_tpm_are_explained),
		cmocka_unit_test(signatures_are_believed_by_their_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, stop);
}
