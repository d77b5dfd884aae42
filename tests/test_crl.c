/* SPDX-License-Identifier: Apache-2.0 */
/* Intel's CRLs: read as libcrypto reads them, in three spellings. */
#include "evidence/crl.h"

#include "evidence/base/buffer.h"
#include "tests/mutants.h"
#include "tests/pki.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define PCK_CRL "dcap/tdx-v5-uptodate/collateral-2026-03-16-eval18/pck_crl.der"
#define ROOT_CRL                                                               \
	"dcap/tdx-v5-uptodate/collateral-2026-03-16-eval18/root_ca_crl.der"
#define QUOTE "dcap/tdx-v5-uptodate/quote.bin"

struct count {
	struct ev_crypto *crypto;
	unsigned int n, entries;
};

static struct ev_span vector(const char *rel)
{
	struct ev_span out;

	assert_true(vectors_read(rel, &out));
	return out;
}

static int64_t openssl_time(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;

	assert_non_null(epoch);
	assert_int_equal(ASN1_TIME_diff(&days, &seconds, epoch, t), 1);
	ASN1_TIME_free(epoch);
	return (int64_t)days * 86400 + seconds;
}

static void compare_entries(const struct ev_crl *c, X509_CRL *x)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(x);
	int n = all != NULL ? sk_X509_REVOKED_num(all) : 0;

	assert_int_equal(c->n_entries, n);
	for (int i = 0; i < n; i++) {
		X509_REVOKED *r = sk_X509_REVOKED_value(all, i);
		BIGNUM *serial = ASN1_INTEGER_to_BN(
			X509_REVOKED_get0_serialNumber(r), NULL);
		struct ev_crl_entry e;
		uint8_t bytes[33] = { 0 };
		size_t size = (size_t)BN_bn2bin(serial, bytes + 1);

		BN_free(serial);
		assert_true(ev_crl_find(c, ev_span_of(bytes + 1, size), &e));
		assert_int_equal(
			e.revoked,
			openssl_time(X509_REVOKED_get0_revocationDate(r)));
		assert_int_equal(e.reason, 1); /* keyCompromise */
		/* A leading zero makes no other serial. */
		assert_true(ev_crl_find(c, ev_span_of(bytes, size + 1), &e));
		bytes[size] ^= 0x55;
		assert_false(
			ev_crl_find(c, ev_span_of(bytes + 1, size - 1), &e));
	}
}

static bool is_string(struct ev_span mine, const ASN1_STRING *theirs)
{
	return theirs != NULL &&
	       ev_span_eq(mine, ev_span_of(ASN1_STRING_get0_data(theirs),
					   (size_t)ASN1_STRING_length(theirs)));
}

static void compare_extensions(const struct ev_crl *c, X509_CRL *x)
{
	AUTHORITY_KEYID *aki = X509_CRL_get_ext_d2i(
		x, NID_authority_key_identifier, NULL, NULL);
	ASN1_INTEGER *number =
		X509_CRL_get_ext_d2i(x, NID_crl_number, NULL, NULL);
	BIGNUM *value;
	uint8_t bytes[1024];

	assert_non_null(aki);
	assert_true(is_string(c->aki, aki->keyid));
	AUTHORITY_KEYID_free(aki);
	value = ASN1_INTEGER_to_BN(number, NULL);
	assert_non_null(value);
	ASN1_INTEGER_free(number);
	assert_true(BN_num_bytes(value) <= (int)sizeof(bytes));
	assert_true(ev_span_eq(
		c->number, ev_span_of(bytes, (size_t)BN_bn2bin(value, bytes))));
	BN_free(value);
}

static void compare_signed(const struct ev_crl *c, X509_CRL *x)
{
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *algorithm;
	uint8_t *tbs = NULL;
	int n = i2d_re_X509_CRL_tbs(x, &tbs);

	/* Written anew: d2i keeps no bytes of it that it would show. */
	assert_true(n > 0);
	assert_true(ev_span_eq(c->tbs, ev_span_of(tbs, (size_t)n)));
	OPENSSL_free(tbs);
	X509_CRL_get0_signature(x, &signature, &algorithm);
	assert_true(is_string(c->signature, signature));
	assert_int_equal(OBJ_obj2nid(algorithm->algorithm),
			 NID_ecdsa_with_SHA256);
}

static void compare_fields(const struct ev_crl *c, X509_CRL *x)
{
	const unsigned char *name;
	size_t n;

	assert_int_equal(X509_NAME_get0_der(X509_CRL_get_issuer(x), &name, &n),
			 1);
	assert_true(ev_span_eq(c->issuer, ev_span_of(name, n)));
	assert_int_equal(c->this_update,
			 openssl_time(X509_CRL_get0_lastUpdate(x)));
	assert_int_equal(c->next_update,
			 openssl_time(X509_CRL_get0_nextUpdate(x)));
	compare_extensions(c, x);
	compare_signed(c, x);
}

/* item: in any of the three spellings. */
static void compare(struct ev_span item, const char *where, void *arg)
{
	struct count *count = arg;
	struct ev_error err = { EV_OK };
	const unsigned char *p;
	struct ev_crl c;
	X509_CRL *x;
	char why[512];

	if (ev_crl_parse(item, &c, &err) != EV_OK) {
		ev_error_format(&err, why, sizeof(why));
		fail_msg("%s: %s", where, why);
	}
	p = c.der.p;
	x = d2i_X509_CRL(NULL, &p, (long)c.der.n);
	assert_non_null(x);
	assert_true(p == c.der.p + c.der.n);
	compare_fields(&c, x);
	compare_entries(&c, x);
	count->n++;
	count->entries += (unsigned int)c.n_entries;
	X509_CRL_free(x);
	ev_crl_free(&c);
}

static void every_crl_reads_as_in_libcrypto(void **state)
{
	struct count count = { *state, 0, 0 };

	vectors_need();
	pki_each_crl(compare, &count);
	print_message("# %u CRLs, %u entries\n", count.n, count.entries);
	assert_true(count.n > 70);
}

static void a_crl_verifies_under_its_issuer_alone(void **state)
{
	struct ev_error err = { EV_OK };
	struct ev_span chain_text;
	struct ev_chain chain;
	struct ev_crl pck, root;

	vectors_need();
	assert_true(pki_chain_text(vector(QUOTE), &chain_text));
	assert_int_equal(ev_chain_parse(chain_text, 0, &chain, &err), EV_OK);
	assert_int_equal(ev_crl_parse(vector(PCK_CRL), &pck, &err), EV_OK);
	assert_int_equal(ev_crl_parse(vector(ROOT_CRL), &root, &err), EV_OK);
	/* Intel's identifiers are over the whole SubjectPublicKeyInfo. */
	assert_int_equal(
		ev_spki_has_key_id(*state, chain.cert[2].spki, root.aki),
		EV_VERIFIED_YES);
	assert_int_equal(
		ev_spki_has_key_id(*state, chain.cert[2].spki, pck.aki),
		EV_VERIFIED_NO);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ev_crl_signed_by(*state, &pck, &chain.cert[i]),
				 i == 1 ? EV_VERIFIED_YES : EV_VERIFIED_NO);
		assert_int_equal(
			ev_crl_signed_by(*state, &root, &chain.cert[i]),
			i == 2 ? EV_VERIFIED_YES : EV_VERIFIED_NO);
	}
	assert_int_equal(root.n_entries, 0);
	chain.cert[1].key_usage &= ~(unsigned int)EV_KEY_USAGE_CRL_SIGN;
	assert_int_equal(ev_crl_signed_by(*state, &pck, &chain.cert[1]),
			 EV_VERIFIED_NO);
	ev_crl_free(&pck);
	ev_crl_free(&root);
	ev_chain_free(&chain);
}

static char *to_pem(struct ev_span der, size_t *n)
{
	char *base64 = malloc(4 * der.n), *text = malloc(4 * der.n);
	char *to = text;

	assert_non_null(base64);
	assert_non_null(text);
	ev_base64_encode(der, base64);
	to += sprintf(to, "-----BEGIN X509 CRL-----\n");
	for (const char *at = base64; *at != '\0';) {
		int line = strlen(at) < 64 ? (int)strlen(at) : 64;

		to += sprintf(to, "%.*s\n", line, at);
		at += line;
	}
	to += sprintf(to, "-----END X509 CRL-----\n");
	*n = (size_t)(to - text);
	free(base64);
	return text;
}

static void the_three_spellings_say_the_same(void **state)
{
	struct ev_error err = { EV_OK };
	struct ev_span der;
	struct ev_crl a, b;
	char *hex, *pem;
	size_t n;

	(void)state;
	vectors_need();
	der = vector(PCK_CRL);
	hex = malloc(2 * der.n + 3);
	assert_non_null(hex);
	ev_hex_encode(der, hex);
	assert_int_equal(ev_crl_parse(der, &a, &err), EV_OK);
	assert_null(a.storage);
	assert_int_equal(ev_crl_parse(ev_span_str(hex), &b, &err), EV_OK);
	assert_true(ev_span_eq(a.der, b.der));
	assert_true(ev_span_eq(a.entries, b.entries));
	ev_crl_free(&b);
	for (char *c = hex; *c != '\0'; c++)
		if (*c >= 'a')
			*c = (char)(*c - 'a' + 'A');
	strcat(hex, "\r\n");
	assert_int_equal(ev_crl_parse(ev_span_str(hex), &b, &err), EV_OK);
	assert_true(ev_span_eq(a.der, b.der));
	ev_crl_free(&b);
	pem = to_pem(der, &n);
	assert_int_equal(ev_crl_parse(ev_span_of(pem, n), &b, &err), EV_OK);
	assert_true(ev_span_eq(a.der, b.der));
	ev_crl_free(&b);
	hex[7] = 'g';
	assert_int_equal(ev_crl_parse(ev_span_str(hex), &b, &err), EV_SYNTAX);
	ev_crl_free(&a);
	free(hex);
	free(pem);
}

/* A buffer of fixed size is written out as it is; the DER says its length. */
static void zeros_behind_the_der_are_padding(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { EV_OK };
	struct ev_span der;
	struct ev_crl c;

	(void)state;
	vectors_need();
	der = vector(PCK_CRL);
	ev_buffer_add(&b, der);
	for (int i = 0; i < 100; i++)
		ev_buffer_add_byte(&b, 0);
	assert_int_equal(ev_crl_parse(ev_buffer_span(&b), &c, &err), EV_OK);
	assert_true(ev_span_eq(c.der, der));
	ev_crl_free(&c);
	b.p[b.n - 1] = 1;
	assert_int_equal(ev_crl_parse(ev_buffer_span(&b), &c, &err),
			 EV_TRAILING);
}

static void every_prefix_and_a_trailing_byte_are_refused(void **state)
{
	struct ev_span der;

	(void)state;
	vectors_need();
	der = vector(PCK_CRL);
	for (size_t n = 0; n <= der.n + 1; n++) {
		struct ev_error err = { EV_OK };
		struct ev_crl c = { .n_entries = 4711 };
		uint8_t *copy = calloc(1, n + 1);

		assert_non_null(copy);
		memcpy(copy, der.p, n < der.n ? n : der.n);
		if (n > der.n)
			copy[der.n] = 1;
		assert_int_equal(ev_crl_parse(ev_span_of(copy, n), &c, &err) ==
					 EV_OK,
				 n == der.n);
		if (n != der.n)
			assert_int_equal(c.n_entries, 4711);
		if (n == der.n + 1)
			assert_int_equal(err.code, EV_TRAILING);
		ev_crl_free(&c);
		free(copy);
	}
}

static void expect(const char *rel, const char *find, const char *put,
		   enum ev_code code, const char *field)
{
	struct ev_error err = { EV_OK };
	struct ev_span der = vector(rel);
	uint8_t from[64], to[64], *copy = malloc(der.n), *at;
	size_t n = strlen(find) / 2;
	struct ev_crl c;

	assert_non_null(copy);
	memcpy(copy, der.p, der.n);
	assert_true(ev_hex_decode(ev_span_str(find), from, n));
	assert_true(ev_hex_decode(ev_span_str(put), to, n));
	at = memmem(copy, der.n, from, n);
	assert_non_null(at);
	memcpy(at, to, n);
	assert_int_equal(ev_crl_parse(ev_span_of(copy, der.n), &c, &err), code);
	assert_string_equal(err.object, "crl");
	assert_string_equal(err.field, field);
	free(copy);
}

static void refusals_name_the_field(void **state)
{
	(void)state;
	vectors_need();
	expect(PCK_CRL, "020101300a", "020100300a", EV_VALUE, "version");
	expect(PCK_CRL, "3d040302", "3d040303", EV_VALUE, "signature");
	expect(PCK_CRL, "0603550403", "0603550407", EV_MISSING, "issuer");
	expect(PCK_CRL, "0603550403", "0603550483", EV_SYNTAX,
	       "attribute type");
	expect(PCK_CRL, "0c19496e74656c", "0c19496e7465ff", EV_SYNTAX,
	       "attribute value");
	expect(PCK_CRL, "13025553", "13025540", EV_SYNTAX, "attribute value");
	expect(ROOT_CRL, "0603551d14", "0603551d7e", EV_MISSING, "extensions");
	expect(ROOT_CRL, "0603551d23", "0603551d7e", EV_MISSING, "extensions");
	expect(ROOT_CRL, "0603551d14", "0603551d1b", EV_VALUE, "extension");
	expect(ROOT_CRL, "0603551d14", "0603551d1c", EV_VALUE, "extension");
	expect(ROOT_CRL, "0603551d14", "0603551d23", EV_SYNTAX,
	       "authority key identifier");
	expect(PCK_CRL, "0603551d15", "0603551d1d", EV_VALUE, "extension");
	expect(PCK_CRL, "0a0101", "0a0107", EV_VALUE, "reason");
	expect(PCK_CRL, "0a0101", "0a010b", EV_VALUE, "reason");
}

/* The root CRL has no entry: after thisUpdate comes nextUpdate alone. */
static void an_absent_next_update_is_named(void **state)
{
	struct ev_error err = { EV_OK };
	struct ev_span der;
	uint8_t copy[1024], *at;
	struct ev_crl c;

	(void)state;
	vectors_need();
	der = vector(ROOT_CRL);
	assert_true(der.n <= sizeof(copy));
	memcpy(copy, der.p, der.n);
	at = memmem(copy, der.n, "\x17\x0d", 2);
	assert_non_null(at);
	/* Both times are 15 bytes: the outer lengths stay two bytes long. */
	memmove(at + 15, at + 30, (size_t)(copy + der.n - (at + 30)));
	assert_int_equal(copy[1], 0x82);
	assert_int_equal(copy[5], 0x81);
	copy[3] = (uint8_t)(copy[3] - 15);
	copy[6] = (uint8_t)(copy[6] - 15);
	assert_int_equal(ev_crl_parse(ev_span_of(copy, der.n - 15), &c, &err),
			 EV_MISSING);
	assert_string_equal(err.field, "nextUpdate");
}

static bool we_accept(struct ev_span der, struct ev_error *err)
{
	struct ev_crl c;

	if (ev_crl_parse(der, &c, err) != EV_OK)
		return false;
	ev_crl_free(&c);
	return true;
}

static bool reads_reasons(X509_CRL *x)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(x);

	for (int i = 0; i < sk_X509_REVOKED_num(all); i++) {
		int found;
		ASN1_ENUMERATED *reason =
			X509_REVOKED_get_ext_d2i(sk_X509_REVOKED_value(all, i),
						 NID_crl_reason, &found, NULL);

		ASN1_ENUMERATED_free(reason);
		/* -1: none is there, which is allowed */
		if (reason == NULL && found != -1)
			return false;
	}
	return true;
}

/* d2i leaves what stands in extensions alone. */
static bool reads_extensions(X509_CRL *x)
{
	ASN1_INTEGER *number =
		X509_CRL_get_ext_d2i(x, NID_crl_number, NULL, NULL);
	AUTHORITY_KEYID *aki = X509_CRL_get_ext_d2i(
		x, NID_authority_key_identifier, NULL, NULL);
	bool ok = number != NULL && aki != NULL;

	ASN1_INTEGER_free(number);
	AUTHORITY_KEYID_free(aki);
	return ok && reads_reasons(x);
}

static bool libcrypto_accepts(struct ev_span der)
{
	const unsigned char *p = der.p;
	X509_CRL *x = d2i_X509_CRL(NULL, &p, (long)der.n);
	bool ok = x != NULL && p == der.p + der.n && reads_extensions(x);

	X509_CRL_free(x);
	ERR_clear_error();
	return ok;
}

static void compare_changed(struct ev_span der)
{
	const unsigned char *p = der.p;
	X509_CRL *x = d2i_X509_CRL(NULL, &p, (long)der.n);
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(x);
	struct ev_error err = { EV_OK };
	struct ev_crl c;

	assert_int_equal(ev_crl_parse(der, &c, &err), EV_OK);
	compare_fields(&c, x);
	assert_int_equal(c.n_entries,
			 all != NULL ? sk_X509_REVOKED_num(all) : 0);
	X509_CRL_free(x);
	ev_crl_free(&c);
}

/* Where libcrypto takes what the profile of docs/sources.md or RFC 5280 does
 * not have, or does not look. */
static const struct mutants_reason reasons[] = {
	{ "version", "the profile has v2 alone" },
	{ "signature", "the profile has ecdsa-with-SHA256 alone" },
	{ "signatureAlgorithm", "the profile has ecdsa-with-SHA256 alone" },
	{ "signatureValue", "an ECDSA-Sig-Value is whole octets" },
	{ "issuer", "the profile's names have a common name" },
	{ "common name", "the profile's names have one common name" },
	{ "rdn", "RFC 5280 4.1.2.4: SIZE (1..MAX)" },
	{ "attribute", "DER, where libcrypto takes BER" },
	{ "attribute type", "DER, where libcrypto takes BER" },
	{ "attribute value", "the profile's two string types; X.680 41.4" },
	{ "thisUpdate", "RFC 5280 5.1.2.4: d2i takes any text for a time" },
	{ "nextUpdate", "RFC 5280 5.1.2.5: it is there, and is a time" },
	{ "entry serial", "RFC 5280 4.1.2.2: a serial is positive" },
	{ "revocationDate", "RFC 5280 5.1.2.6: d2i takes any text for it" },
	{ "reason", "RFC 5280 5.3.1: 0 to 10 without 7" },
	{ "extensions", "the profile demands a number and a key identifier" },
	{ "extension", "the profile has no entry of another issuer" },
	{ "extension id", "DER, where libcrypto takes BER" },
	{ "extension value", "DER, where libcrypto takes BER" },
	{ "CRL number", "RFC 5280 5.2.3: INTEGER (0..MAX)" },
	{ "authority key identifier", "the profile has the identifier alone" },
	{ "end", "DER, where libcrypto takes what follows" },
	{ NULL, NULL },
};

static void change(struct ev_span item, const char *where, void *arg)
{
	struct ev_error err = { EV_OK };
	struct ev_crl c;

	(void)where;
	assert_int_equal(ev_crl_parse(item, &c, &err), EV_OK);
	mutants_try(arg, c.der, 3000);
	ev_crl_free(&c);
}

static void changed_never_pass_where_libcrypto_refuses(void **state)
{
	struct mutants m = {
		.ours = we_accept,
		.theirs = libcrypto_accepts,
		.compare = compare_changed,
		.reasons = reasons,
		.seed = 5,
	};

	(void)state;
	vectors_need();
	pki_each_crl(change, &m);
	mutants_report(&m);
	assert_true(m.n >= 10000);
	mutants_free(&m);
}

static void no_change_leaves_the_signature_good(void **state)
{
	struct ev_error err = { EV_OK };
	struct ev_span der, chain_text;
	struct ev_chain chain;
	uint64_t seed = 5;
	uint8_t *copy;

	vectors_need();
	der = vector(ROOT_CRL);
	assert_true(pki_chain_text(vector(QUOTE), &chain_text));
	assert_int_equal(ev_chain_parse(chain_text, 0, &chain, &err), EV_OK);
	copy = malloc(der.n);
	assert_non_null(copy);
	for (unsigned int i = 0; i < 20000; i++) {
		struct ev_crl c;
		bool same;

		memcpy(copy, der.p, der.n);
		for (unsigned int k = 0; k <= i % 3; k++)
			copy[lcg_below(&seed, (uint32_t)der.n)] =
				(uint8_t)lcg_below(&seed, 256);
		same = memcmp(copy, der.p, der.n) == 0;
		err = (struct ev_error){ EV_OK };
		if (ev_crl_parse(ev_span_of(copy, der.n), &c, &err) != EV_OK)
			continue;
		/* Strict DER: no changed byte leaves the signature good. */
		assert_int_equal(ev_crl_signed_by(*state, &c, &chain.cert[2]) ==
					 EV_VERIFIED_YES,
				 same);
		ev_crl_free(&c);
	}
	free(copy);
	ev_chain_free(&chain);
}

static int setup(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int teardown(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_crl_reads_as_in_libcrypto),
		cmocka_unit_test(a_crl_verifies_under_its_issuer_alone),
		cmocka_unit_test(the_three_spellings_say_the_same),
		cmocka_unit_test(zeros_behind_the_der_are_padding),
		cmocka_unit_test(every_prefix_and_a_trailing_byte_are_refused),
		cmocka_unit_test(refusals_name_the_field),
		cmocka_unit_test(an_absent_next_update_is_named),
		cmocka_unit_test(no_change_leaves_the_signature_good),
		cmocka_unit_test(changed_never_pass_where_libcrypto_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
