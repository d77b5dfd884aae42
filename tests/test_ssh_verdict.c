/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/ssh/ssh_verdict, allowed_signers and ssh_signature. */
#include "audit/ssh/ssh_verdict.h"

#include "audit/ssh/ssh_signature.h"
#include "tests/ssh_sample.h"

#include <openssl/evp.h>

static struct ev_crypto *crypto;
static struct au_allowed_signers *signers;

static struct au_ssh_verdict judge(const char *sig, const char *name_space,
				   const char *identity, int64_t at)
{
	struct ev_span armour = ssh_file(sig);
	struct ev_error err = { EV_OK };
	struct au_ssh_verdict v;

	assert_int_equal(au_ssh_judge(crypto, signers, armour,
				      ev_span_str(ssh_message), name_space,
				      ev_span_str(identity), at, &v, &err),
			 EV_OK);
	ssh_free(armour);
	return v;
}

static const struct {
	const char *sig, *name_space, *identity;
	int64_t at;
	enum au_ssh_state state;
	size_t line;
	const char *principals;
} rows[] = {
	{ "ed25519.sig", "git", "", SSH_NOW, AU_SSH_GOOD, 3,
	  "a@example.com,*@example.org" },
	{ "ed25519.sig", "git", "x@example.org", SSH_NOW, AU_SSH_GOOD, 3,
	  "a@example.com,*@example.org" },
	{ "ed25519.sig", "git", "b", SSH_NOW, AU_SSH_OTHER_PRINCIPAL, 3,
	  "a@example.com,*@example.org" },
	{ "ed25519.sig", "file", "", SSH_NOW, AU_SSH_WRONG_NAMESPACE, 0, "" },
	{ "ed25519.sig", "git", "", 1672531199, AU_SSH_NOT_YET_VALID, 3,
	  "a@example.com,*@example.org" },
	{ "ed25519.sig", "git", "", 1672531200, AU_SSH_GOOD, 3,
	  "a@example.com,*@example.org" },
	{ "ed25519.sig", "git", "", 1893456000, AU_SSH_GOOD, 3,
	  "a@example.com,*@example.org" },
	{ "ed25519.sig", "git", "", 1893456001, AU_SSH_EXPIRED, 3,
	  "a@example.com,*@example.org" },
	{ "certificate.sig", "git", "", SSH_NOW, AU_SSH_GOOD, 4,
	  "a@example.com,b@example.com" },
	{ "certificate.sig", "git", "c@example.com", SSH_NOW,
	  AU_SSH_OTHER_PRINCIPAL, 4, "a@example.com,b@example.com" },
	{ "certificate.sig", "git", "", 1699999999, AU_SSH_NOT_YET_VALID, 4,
	  "a@example.com,b@example.com" },
	{ "certificate.sig", "git", "", 1900000000, AU_SSH_EXPIRED, 4,
	  "a@example.com,b@example.com" },
	{ "ecdsa.sig", "git", "", SSH_NOW, AU_SSH_GOOD, 5, "e f" },
	{ "token.sig", "git", "t", SSH_NOW, AU_SSH_GOOD, 6, "t" },
	{ "allowed_signers", "git", "t", SSH_NOW, AU_SSH_UNREADABLE, 0, "" },
};

static void each_signature_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct au_ssh_verdict v = judge(rows[i].sig, rows[i].name_space,
						rows[i].identity, rows[i].at);

		assert_string_equal(au_ssh_state_name(v.state),
				    au_ssh_state_name(rows[i].state));
		assert_int_equal(v.line, rows[i].line);
		assert_string_equal(v.principals, rows[i].principals);
		assert_int_equal(v.reason[0] == '\0', v.state == AU_SSH_GOOD);
	}
}

static void another_message_and_other_signers_are_named(void **state)
{
	struct ev_span armour = ssh_file("ed25519.sig");
	struct au_allowed_signers *nobody = NULL;
	struct ev_error err = { EV_OK };
	const struct ev_span none = { NULL, 0 };
	struct au_ssh_verdict v;

	(void)state;
	assert_int_equal(au_allowed_signers_parse(crypto, none, &nobody, &err),
			 EV_OK);
	assert_int_equal(au_ssh_judge(crypto, signers, armour, none, "git",
				      none, SSH_NOW, &v, &err),
			 EV_OK);
	assert_int_equal(v.state, AU_SSH_BAD_SIGNATURE);
	assert_int_equal(au_ssh_judge(crypto, nobody, armour,
				      ev_span_str(ssh_message), "git", none,
				      SSH_NOW, &v, &err),
			 EV_OK);
	assert_int_equal(v.state, AU_SSH_UNKNOWN_SIGNER);
	assert_string_equal(v.fingerprint,
			    "SHA256:j8L/NzDcQ6ZaIiHmFZUgHO6H7rmYuxndk5RrL4H4d1"
			    "M");
	assert_int_equal(au_ssh_judge(crypto, NULL, armour,
				      ev_span_str(ssh_message), "git", none,
				      SSH_NOW, &v, &err),
			 EV_OK);
	assert_int_equal(v.state, AU_SSH_GOOD);
	assert_string_equal(v.principals, "");
	au_allowed_signers_free(nobody);
	ssh_free(armour);
}

static void lines_that_cannot_be_read_are_counted(void **state)
{
	const char *reason;
	size_t line;

	(void)state;
	assert_int_equal(au_allowed_signers_n(signers), 4);
	assert_int_equal(au_allowed_signers_unread(signers, &line, &reason), 1);
	assert_int_equal(line, 7);
	assert_string_equal(reason, "no key that can be read");
}

static void sizes_have_their_limits(void **state)
{
	static uint8_t bytes[AU_ALLOWED_SIGNERS_MAX + 1];
	const size_t line = AU_ALLOWED_SIGNERS_LINE_MAX;
	struct au_allowed_signers *s = NULL;
	struct au_ssh_signature sig;
	struct ev_error err = { EV_OK };

	(void)state;
	memset(bytes, '#', sizeof(bytes));
	assert_int_equal(au_allowed_signers_parse(
				 crypto, ev_span_of(bytes, line), &s, &err),
			 EV_OK);
	au_allowed_signers_free(s);
	assert_int_equal(au_allowed_signers_parse(
				 crypto, ev_span_of(bytes, line + 1), &s, &err),
			 EV_LIMIT);
	assert_string_equal(err.field, "line");
	for (size_t i = line - 1; i < sizeof(bytes); i += line)
		bytes[i] = '\n';
	err.code = EV_OK;
	assert_int_equal(
		au_allowed_signers_parse(
			crypto, ev_span_of(bytes, sizeof(bytes) - 1), &s, &err),
		EV_OK);
	au_allowed_signers_free(s);
	assert_int_equal(
		au_allowed_signers_parse(crypto, EV_SPAN(bytes), &s, &err),
		EV_LIMIT);
	assert_string_equal(err.field, "file");
	err.code = EV_OK;
	assert_int_equal(
		au_ssh_signature_parse(ev_span_of(bytes, AU_SSH_ARMOUR_MAX + 1),
				       &sig, &err),
		EV_LIMIT);
}

/* --- writing --- */

static enum ev_code sign(void *user, struct ev_span covered,
			 struct ev_buffer *out, struct ev_error *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key = user;
	bool ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
	uint8_t made[200];
	size_t n = sizeof(made);

	(void)err;
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, ec ? EVP_sha384() : NULL,
					    NULL, key),
			 1);
	assert_int_equal(EVP_DigestSign(ctx, made, &n, covered.p, covered.n),
			 1);
	ev_buffer_add(out, ev_span_of(made, n));
	EVP_MD_CTX_free(ctx);
	return EV_OK;
}

static void is_good(const struct au_ssh_signing *how)
{
	ev_auto_buffer struct ev_buffer armour = { 0 };
	const struct ev_span none = { NULL, 0 };
	struct ev_error err = { EV_OK };
	struct au_ssh_verdict v;

	assert_int_equal(au_ssh_signature_write(crypto, how,
						ev_span_str(ssh_message),
						&armour, &err),
			 EV_OK);
	assert_int_equal(au_ssh_judge(crypto, NULL, ev_buffer_span(&armour),
				      ev_span_str(ssh_message), "git", none, 0,
				      &v, &err),
			 EV_OK);
	assert_string_equal(v.reason, "");
	assert_int_equal(v.state, AU_SSH_GOOD);
	assert_string_equal(v.algorithm, how->algorithm);
	assert_int_equal(au_ssh_judge(crypto, NULL, ev_buffer_span(&armour),
				      none, "git", none, 0, &v, &err),
			 EV_OK);
	assert_int_equal(v.state, AU_SSH_BAD_SIGNATURE);
}

static void what_is_written_is_good(void **state)
{
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY *ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	struct au_ssh_signing how = { .name_space = "git", .sign = sign };
	ev_auto_buffer struct ev_buffer blob = { 0 };
	uint8_t raw[32], point[97];
	size_t n = sizeof(raw);

	(void)state;
	assert_int_equal(EVP_PKEY_get_raw_public_key(ed, raw, &n), 1);
	au_ssh_put_ed25519(&blob, raw);
	how.public_key = ev_buffer_span(&blob);
	how.algorithm = "ssh-ed25519";
	how.user = ed;
	is_good(&how);
	assert_int_equal(EVP_PKEY_get_octet_string_param(ec, "pub", point,
							 sizeof(point), &n),
			 1);
	blob.n = 0;
	assert_false(
		au_ssh_put_ecdsa(&blob, "P-256", ev_span_of(point + 1, 96)));
	assert_true(
		au_ssh_put_ecdsa(&blob, "P-384", ev_span_of(point + 1, 96)));
	how.public_key = ev_buffer_span(&blob);
	how.algorithm = "ecdsa-sha2-nistp384";
	how.user = ec;
	is_good(&how);
	EVP_PKEY_free(ed);
	EVP_PKEY_free(ec);
}

static void an_armour_is_refused_at_every_prefix(void **state)
{
	struct ev_span armour = ssh_file("ed25519.sig");
	struct au_ssh_signature s = { 0 };
	struct ev_error err = { EV_OK };

	(void)state;
	assert_int_equal(au_ssh_signature_parse(armour, &s, &err), EV_OK);
	assert_true(ev_span_eq(s.name_space, EV_SPAN_LITERAL("git")));
	assert_true(ev_span_eq(s.hash, EV_SPAN_LITERAL("sha512")));
	assert_int_equal(s.public_key.n, 51);
	assert_int_equal(s.proof.n, 83);
	au_ssh_signature_free(&s);
	for (size_t n = 0; n + 1 < armour.n; n++) {
		err = (struct ev_error){ EV_OK };
		assert_int_not_equal(au_ssh_signature_parse(
					     ev_span_of(armour.p, n), &s, &err),
				     EV_OK);
	}
	ssh_free(armour);
}

static int make(void **state)
{
	struct ev_span text = ssh_file("allowed_signers");
	struct ev_error err = { EV_OK };

	(void)state;
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	assert_int_equal(au_allowed_signers_parse(crypto, text, &signers, &err),
			 EV_OK);
	ssh_free(text); /* nothing borrows from it */
	return 0;
}

static int drop(void **state)
{
	(void)state;
	au_allowed_signers_free(signers);
	ev_crypto_free(crypto);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_signature_has_its_verdict),
		cmocka_unit_test(another_message_and_other_signers_are_named),
		cmocka_unit_test(lines_that_cannot_be_read_are_counted),
		cmocka_unit_test(sizes_have_their_limits),
		cmocka_unit_test(what_is_written_is_good),
		cmocka_unit_test(an_armour_is_refused_at_every_prefix),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, drop);
}
