/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of manifests: what is refused, what does not hold, what does. */
#include "audit/corim/cose_signer.h"

#include "evidence/base/pem.h"
#include "evidence/path.h"
#include "tests/corim_case.h"

#define AS_OF INT64_C(1780922561)

static struct ev_crypto *crypto;

static int begin(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int end(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

/* A root of the folder: its bytes, and its key. */
struct root {
	struct ev_span text;
	struct ev_pem_list pem;
	struct ev_x509 cert;
};

static struct root open_root(const char *name)
{
	struct ev_error err = { 0 };
	struct root r = { .text = corim_read(name) };

	assert_int_equal(
		ev_pem_list_parse(r.text, 0, "CERTIFICATE", &r.pem, &err),
		EV_OK);
	assert_int_equal(
		ev_x509_parse(crypto, r.pem.block[0].der, 0, &r.cert, &err),
		EV_OK);
	return r;
}

static void close_root(struct root *r)
{
	ev_x509_free(&r->cert);
	ev_pem_list_free(&r->pem);
	corim_free(r->text);
}

static enum au_cose_use use_of(const char *word)
{
	return strcmp(word, "igvm") == 0       ? AU_COSE_IGVM
	       : strcmp(word, "detached") == 0 ? AU_COSE_DETACHED
					       : AU_COSE_ATTACHED;
}

/* Parses and verifies; the answer, or the refusal in *err. */
static enum ev_code check(struct ev_span bytes, struct ev_span document,
			  enum au_cose_use use,
			  const struct au_cose_trust *trust,
			  struct au_signature *out, struct ev_error *err)
{
	struct au_cose_sign1 sign = { 0 };

	if (au_cose_sign1_parse(bytes, 0, use, &sign, err) != EV_OK)
		return err->code;
	if (use == AU_COSE_ATTACHED)
		document = sign.payload;
	return au_cose_sign1_verify(&sign, document, trust, crypto, out, err);
}

/* NAME, DOCUMENT, use, roots, state or refuse OBJECT FIELD */
static bool check_line(char *const column[], const struct root *roots,
		       const struct root *other)
{
	bool given = strcmp(column[3], "-") != 0;
	const struct root *r = strcmp(column[3], "roots") == 0 ? roots : other;
	const struct au_cose_trust trust = { &r->cert.spki, given ? 1 : 0,
					     AS_OF };
	struct ev_span bytes = corim_read(column[0]), document = { NULL, 0 };
	struct au_signature s = { 0 };
	struct ev_error err = { 0 };
	enum ev_code code;
	char line[400];
	bool refuses = strcmp(column[4], "refuse") == 0;

	if (strcmp(column[1], "-") != 0)
		document = corim_read(column[1]);
	code = check(bytes, document, use_of(column[2]), &trust, &s, &err);
	ev_error_format(&err, line, sizeof(line));
	if (refuses && (code == EV_OK || strcmp(err.object, column[5]) != 0 ||
			strcmp(err.field, column[6]) != 0))
		fail_msg("%s: want %s: %s, found %s, %s", column[0], column[5],
			 column[6], au_signature_state_name(s.state), line);
	if (!refuses && (code != EV_OK ||
			 strcmp(au_signature_state_name(s.state), column[4])))
		fail_msg("%s: want %s, found %s (%s), %s", column[0], column[4],
			 au_signature_state_name(s.state), s.reason, line);
	/* A root is named where all is good, and nowhere else. */
	assert_int_equal(s.state == AU_SIGNED,
			 code == EV_OK && s.root == 0 && !refuses);
	corim_free(bytes);
	corim_free(document);
	return !refuses && s.state == AU_SIGNED;
}

static void each_signature_is_what_its_line_says(void **state)
{
	struct ev_span lines = corim_read("signatures");
	struct root roots = open_root("roots.pem"),
		    other = open_root("other.pem");
	char *at = (char *)(uintptr_t)lines.p, *column[CORIM_COLUMNS];
	size_t n = 0, n_good = 0;

	(void)state;
	while (corim_line(&at, column)) {
		n_good += check_line(column, &roots, &other);
		n++;
	}
	assert_true(n >= 70);
	assert_true(n_good >= 12);
	close_root(&roots);
	close_root(&other);
	corim_free(lines);
}

/* Nothing but the whole of what was signed passes. */
static void no_changed_byte_passes(void **state)
{
	struct ev_span bytes = corim_read("attached-es256.cose");
	uint8_t *p = (uint8_t *)(uintptr_t)bytes.p;
	struct root roots = open_root("roots.pem");
	const struct au_cose_trust trust = { &roots.cert.spki, 1, AS_OF };
	size_t n_passed = 0;

	(void)state;
	for (size_t i = 0; i < bytes.n; i++) {
		struct au_signature s = { 0 };
		struct ev_error err = { 0 };

		p[i] ^= 1;
		if (check(bytes, bytes, AU_COSE_ATTACHED, &trust, &s, &err) ==
			    EV_OK &&
		    s.state == AU_SIGNED)
			n_passed++;
		p[i] ^= 1;
	}
	/* {"note": 1, 4: h'6b6964'} is signed by nobody: of its eleven bytes
	 * nine may be others. */
	assert_in_range(n_passed, 1, 11);
	close_root(&roots);
	corim_free(bytes);
}

static void what_is_signed_is_the_structure_of_the_rfc(void **state)
{
	static const uint8_t want[] = "\x84\x6aSignature1\x42\xa1\x00\x40\x43"
				      "abc";
	const struct au_cose_sign1 sign = { .headers = EV_SPAN_LITERAL(
						    "\xa1\x00") };
	ev_auto_buffer struct ev_buffer out = { 0 };

	(void)state;
	assert_true(au_cose_sign1_message(&sign, EV_SPAN_LITERAL("abc"), &out));
	assert_int_equal(out.n, sizeof(want) - 1);
	assert_memory_equal(out.p, want, out.n);
}

static void who_signed_is_told(void **state)
{
	struct ev_span bytes = corim_read("ps384.cose");
	struct ev_span document = corim_read("good-tdx.cbor");
	const struct au_cose_trust nobody = { NULL, 0, 0 };
	struct au_signature s = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		check(bytes, document, AU_COSE_IGVM, &nobody, &s, &err), EV_OK);
	assert_int_equal(s.state, AU_SIGNED_NO_ROOT);
	assert_string_equal(s.algorithm, "PS384");
	assert_non_null(strstr(s.subject, "SIMULATED CoRIM signer"));
	assert_true(ev_span_eq(s.signer, EV_SPAN_LITERAL("SIMULATED signer")));
	assert_int_equal(s.root, -1);
	corim_free(bytes);
	corim_free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_signature_is_what_its_line_says),
		cmocka_unit_test(no_changed_byte_passes),
		cmocka_unit_test(what_is_signed_is_the_structure_of_the_rfc),
		cmocka_unit_test(who_signed_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
