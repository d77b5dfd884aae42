/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/ssh/ssh_certificate, ssh_key and key_proof. */
#include "audit/ssh/ssh_certificate.h"

#include "audit/ssh/key_proof.h"
#include "tests/ssh_sample.h"

static struct ev_crypto *crypto;

static enum ev_code parse(struct ev_span blob, struct au_ssh_public *out,
			  struct ev_error *err)
{
	*err = (struct ev_error){ EV_OK };
	return au_ssh_public_parse(crypto, blob, out, err);
}

static void a_certificate_says_what_its_authority_signed(void **state)
{
	struct ev_span blob = ssh_file("certificate.blob"), left, name;
	struct au_ssh_public p;
	struct ev_error err;

	(void)state;
	assert_int_equal(parse(blob, &p, &err), EV_OK);
	assert_true(p.certified);
	assert_string_equal(p.key.type->name, "ssh-ed25519");
	assert_int_equal(p.certificate.kind, AU_SSH_CERTIFICATE_USER);
	assert_int_equal(p.certificate.valid_after, 1700000000);
	assert_int_equal(p.certificate.valid_before, 1900000000);
	left = p.certificate.principals;
	assert_true(au_ssh_certificate_principal(&left, &name));
	assert_true(ev_span_eq(name, EV_SPAN_LITERAL("a@example.com")));
	assert_true(au_ssh_certificate_principal(&left, &name));
	assert_true(ev_span_eq(name, EV_SPAN_LITERAL("b@example.com")));
	assert_false(au_ssh_certificate_principal(&left, &name));
	ssh_free(blob);
}

static void a_certificate_is_refused_with_any_byte_changed(void **state)
{
	struct ev_span blob = ssh_file("certificate.blob");
	uint8_t changed[1024];
	struct au_ssh_public p;
	struct ev_error err;

	(void)state;
	assert_true(blob.n < sizeof(changed));
	for (size_t i = 0; i < blob.n; i++) {
		memcpy(changed, blob.p, blob.n);
		changed[i] ^= 1;
		assert_int_not_equal(
			parse(ev_span_of(changed, blob.n), &p, &err), EV_OK);
		assert_int_not_equal(parse(ev_span_of(blob.p, i), &p, &err),
				     EV_OK);
	}
	memcpy(changed, blob.p, blob.n);
	changed[blob.n] = 0;
	assert_int_equal(parse(ev_span_of(changed, blob.n + 1), &p, &err),
			 EV_TRAILING);
	/* Of the last byte: the authority did not make it. */
	changed[blob.n - 1] ^= 1;
	assert_int_equal(parse(ev_span_of(changed, blob.n), &p, &err),
			 EV_VALUE);
	assert_string_equal(err.field, "signature");
	ssh_free(blob);
}

static void a_point_of_another_form_or_size_is_no_key(void **state)
{
	struct ev_span blob = ssh_file("ecdsa.blob");
	uint8_t changed[104];
	struct au_ssh_public p;
	struct ev_error err;

	(void)state;
	assert_int_equal(blob.n, sizeof(changed));
	assert_int_equal(parse(blob, &p, &err), EV_OK);
	memcpy(changed, blob.p, blob.n);
	changed[39] = 2; /* form */
	assert_int_equal(parse(EV_SPAN(changed), &p, &err), EV_VALUE);
	assert_string_equal(err.field, "point");
	memcpy(changed, blob.p, blob.n);
	memset(changed + 40, 0xff, 32); /* X at least the order less one */
	assert_int_equal(parse(EV_SPAN(changed), &p, &err), EV_VALUE);
	memcpy(changed, blob.p, blob.n);
	memset(changed + 40, 0, 16); /* X of no more than half the bits */
	assert_int_equal(parse(EV_SPAN(changed), &p, &err), EV_VALUE);
	changed[55] = 1; /* one bit more */
	assert_int_equal(parse(EV_SPAN(changed), &p, &err), EV_OK);
	ssh_free(blob);
}

static void blobs_may_spell_a_type_as_lines_may_not(void **state)
{
	static const struct {
		const char *name;
		const char *in_blob, *in_line; /* NULL: none */
	} rows[] = {
		{ "ssh-rsa", "ssh-rsa", "ssh-rsa" },
		{ "RSA", "ssh-rsa", NULL },
		{ "rsa-sha2-256", "ssh-rsa", "ssh-rsa" },
		{ "Ed25519", "ssh-ed25519", NULL },
		{ "ECDSA", NULL, NULL },
		{ "ssh-dss", NULL, NULL },
		{ "SSH-RSA", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int line = 0; line < 2; line++) {
			const char *want =
				line ? rows[i].in_line : rows[i].in_blob;
			bool certified = true;
			const struct au_ssh_key_type *type =
				au_ssh_key_type_named(ev_span_str(rows[i].name),
						      line == 1, &certified);

			assert_int_equal(type != NULL, want != NULL);
			if (type != NULL)
				assert_string_equal(type->name, want);
			assert_false(certified);
		}
}

static void a_key_made_nothing_of_another_message(void **state)
{
	struct ev_span blob = ssh_file("ecdsa.blob");
	const struct ev_span none = { NULL, 0 };
	struct au_ssh_public p;
	struct ev_error err;

	(void)state;
	assert_int_equal(parse(blob, &p, &err), EV_OK);
	assert_int_equal(au_key_proof_verify(crypto, &p.key, none, none),
			 EV_VERIFIED_NO);
	assert_null(au_key_proof_wanted(&p.key,
					ev_span_str("ecdsa-sha2-nistp256")));
	assert_string_equal(
		au_key_proof_wanted(&p.key, ev_span_str("ssh-ed25519")),
		"ecdsa-sha2-nistp256");
	ssh_free(blob);
}

static int make(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int drop(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_says_what_its_authority_signed),
		cmocka_unit_test(
			a_certificate_is_refused_with_any_byte_changed),
		cmocka_unit_test(a_point_of_another_form_or_size_is_no_key),
		cmocka_unit_test(blobs_may_spell_a_type_as_lines_may_not),
		cmocka_unit_test(a_key_made_nothing_of_another_message),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, drop);
}
