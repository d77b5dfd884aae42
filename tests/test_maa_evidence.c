/* SPDX-License-Identifier: Apache-2.0 */
/* Enclave evidence in signing certificates: real ones, and each wrapping. */
#include "evidence/maa_evidence.h"

#include "evidence/base/base64.h"
#include "evidence/base/buffer.h"
#include "evidence/base/der.h"
#include "evidence/base/hex.h"
#include "evidence/key_digest.h"
#include "evidence/path.h"
#include "evidence/quote.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span der, struct ev_error *err)
{
	struct ev_maa_evidence e;
	enum ev_code code = ev_maa_evidence_parse(der, &e, err);

	if (code == EV_OK)
		ev_maa_evidence_free(&e);
	return code;
}

/* --- real key sets --- */

struct key {
	char kid[64];
	size_t n_certs;
	uint8_t *der; /* the caller frees */
	size_t n;
};

static struct key real_key(const char *path, size_t i)
{
	struct key k = { .n_certs = 0 };
	struct ev_error err = { 0 };
	struct ev_nodes nodes = { 0 };
	const struct ev_node *keys, *key, *x5c;
	struct ev_span text;

	assert_true(vectors_read(path, &text));
	assert_int_equal(ev_nodes_parse(text, 1 << 20, "jwks", &nodes, &err),
			 EV_OK);
	keys = ev_node_member(nodes.root, "keys");
	assert_non_null(keys);
	key = ev_node_inside(keys);
	while (i-- > 0)
		key = ev_node_next(key);
	snprintf(k.kid, sizeof(k.kid), "%s",
		 ev_node_text(ev_node_member(key, "kid")));
	x5c = ev_node_member(key, "x5c");
	assert_non_null(x5c);
	k.n_certs = x5c->n;
	text = ev_node_inside(x5c)->text;
	k.der = malloc(ev_base64_decoded_max(text.n));
	assert_non_null(k.der);
	assert_true(ev_base64_decode(EV_BASE64_STD, text, k.der, &k.n));
	ev_nodes_free(&nodes);
	return k;
}

/* kid and report data are the commitment to the key. */
static void expect_committed(struct ev_crypto *crypto, const struct key *k,
			     struct ev_span report_data)
{
	struct ev_error err = { 0 };
	struct ev_x509 cert = { 0 };
	char text[64];
	uint8_t want[32];

	assert_int_equal(
		ev_x509_parse(crypto, ev_span_of(k->der, k->n), 0, &cert, &err),
		EV_OK);
	assert_true(ev_key_commitment(crypto, cert.spki, want));
	ev_base64_encode(EV_SPAN(want), text);
	assert_string_equal(k->kid, text);
	assert_memory_equal(report_data.p, want, 32);
	assert_true(ev_span_is_zero(ev_span_sub(report_data, 32, 32)));
	ev_x509_free(&cert);
}

static const struct {
	const char *path;
	size_t key;
	const char *oid;
	bool octet_string, oe_header, debug;
	const char *mrenclave;
} real[] = {
	{ "tokens/maa-sgx1-jwks.json", 0, "1.3.6.1.4.1.311.105.1", false, true,
	  false,
	  "8f0c8a14a0318ee5286b820d7c2afccf56e624fe769c3639eacd6b4003f9cdef" },
	{ "tokens/maa-sgx1-jwks.json", 2, "1.3.6.1.4.1.311.105.1", false, true,
	  false,
	  "8f0c8a14a0318ee5286b820d7c2afccf56e624fe769c3639eacd6b4003f9cdef" },
	{ "tokens/maa-sgx0-jwks-2020.json", 0, "1.2.840.113556.10.1.1", true,
	  false, true,
	  "600f7ba9e063e3e35f414ca38f445e9b0641ea4b1a724a5f4dd6bca1b326e371" },
};

static void real_instance_keys_carry_a_quote(void **state)
{
	struct ev_crypto *crypto;

	(void)state;
	vectors_need();
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++) {
		struct key k = real_key(real[i].path, real[i].key);
		struct ev_maa_evidence e;
		struct ev_error err = { 0 };
		struct ev_quote q;
		char hex[65];

		assert_int_equal(k.n_certs, 1);
		assert_int_equal(
			ev_maa_evidence_parse(ev_span_of(k.der, k.n), &e, &err),
			EV_OK);
		assert_int_equal(e.form, EV_MAA_SGX);
		assert_string_equal(e.oid, real[i].oid);
		assert_int_equal(e.octet_string, real[i].octet_string);
		assert_int_equal(e.oe_header, real[i].oe_header);
		assert_int_equal(ev_quote_parse(e.quote, &q, &err), EV_OK);
		ev_hex_encode(q.sgx.mrenclave, hex);
		assert_string_equal(hex, real[i].mrenclave);
		assert_int_equal((q.sgx.flags & EV_SGX_FLAG_DEBUG) != 0,
				 real[i].debug);
		expect_committed(crypto, &k, q.sgx.report_data);
		ev_maa_evidence_free(&e);
		free(k.der);
	}
	ev_crypto_free(crypto);
}

static void real_platform_keys_carry_none(void **state)
{
	struct ev_maa_evidence e;
	struct ev_error err = { 0 };
	struct key k;

	(void)state;
	vectors_need();
	k = real_key("tokens/maa-sgx1-jwks.json", 1);
	assert_int_equal(k.n_certs, 3);
	assert_int_equal(
		ev_maa_evidence_parse(ev_span_of(k.der, k.n), &e, &err), EV_OK);
	assert_int_equal(e.form, EV_MAA_NONE);
	assert_null(e.oid);
	free(k.der);
}

static void real_certificates_can_be_cut_anywhere(void **state)
{
	struct key k;

	(void)state;
	vectors_need();
	k = real_key("tokens/maa-sgx0-jwks-2020.json", 0);
	/* What follows the extensions, the signature, is not looked at. */
	for (size_t n = 0; n < k.n; n++) {
		uint8_t *p = parse_copy(ev_span_of(k.der, k.n), n);
		struct ev_error err = { 0 };

		assert_int_not_equal(parse(ev_span_of(p, n), &err), EV_OK);
		free(p);
	}
	parse_mutations(parse, ev_span_of(k.der, k.n), 5000);
	free(k.der);
}

/* --- made certificates --- */

/* An element; takes in. */
static struct ev_buffer element(uint8_t tag, struct ev_buffer in)
{
	struct ev_buffer out = { 0 };

	ev_buffer_add_byte(&out, tag);
	if (in.n >= 128) {
		ev_buffer_add_byte(&out, 0x82);
		ev_buffer_add_byte(&out, (uint8_t)(in.n >> 8));
	}
	ev_buffer_add_byte(&out, (uint8_t)in.n);
	if (in.n >= 128 && in.n < 256) {
		out.p[1] = 0x81;
		out.p[2] = (uint8_t)in.n;
		out.n = 3;
	}
	ev_buffer_add(&out, ev_buffer_span(&in));
	ev_buffer_free(&in);
	assert_true(ev_buffer_ok(&out));
	return out;
}

static struct ev_buffer bytes(struct ev_span in)
{
	struct ev_buffer out = { 0 };

	ev_buffer_add(&out, in);
	return out;
}

/* a, then b; takes both. */
static struct ev_buffer joined(struct ev_buffer a, struct ev_buffer b)
{
	ev_buffer_add(&a, ev_buffer_span(&b));
	ev_buffer_free(&b);
	return a;
}

static const char oid_2020[] = "\x2a\x86\x48\x86\xf7\x14\x0a\x01\x01";
static const char oid_sgx[] = "\x2b\x06\x01\x04\x01\x82\x37\x69\x01";
static const char oid_snp[] = "\x2b\x06\x01\x04\x01\x82\x37\x69\x87\x68\x01";
static const char oid_tee[] = "\x2b\x06\x01\x04\x01\x82\x37\x69\x87\x68\x02";

/* An extension; takes value. */
static struct ev_buffer extension(const char *oid, struct ev_buffer value)
{
	return element(EV_DER_SEQUENCE,
		       joined(element(EV_DER_OID, bytes(ev_span_str(oid))),
			      element(EV_DER_OCTET_STRING, value)));
}

/* As much of a certificate as is looked at; takes list. */
static struct ev_buffer certificate(struct ev_buffer list)
{
	struct ev_buffer serial =
		element(EV_DER_INTEGER, bytes(EV_SPAN_LITERAL("\1")));

	list = element(EV_DER_CONTEXT_CONSTRUCTED(3),
		       element(EV_DER_SEQUENCE, list));
	return element(EV_DER_SEQUENCE,
		       element(EV_DER_SEQUENCE, joined(serial, list)));
}

/* As much of a quote as is looked at. */
static struct ev_buffer quote(void)
{
	static const uint8_t vendor[] = { 0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c,
					  0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3,
					  0x95, 0x7f, 0x06, 0x07 };
	struct ev_buffer out =
		bytes(EV_SPAN_LITERAL("\3\0\2\0\0\0\0\0\0\0\0\0"));

	ev_buffer_add(&out, EV_SPAN(vendor));
	return out;
}

static struct ev_buffer header(const char *type)
{
	struct ev_buffer out = bytes(EV_SPAN_LITERAL("\1\0\0\0"));

	ev_buffer_add(&out, ev_span_of(type, 4));
	ev_buffer_add(&out, EV_SPAN_LITERAL("\x1c\0\0\0\0\0\0\0"));
	return out;
}

/* Parses and frees. */
static enum ev_code found(struct ev_buffer list, struct ev_maa_evidence *e,
			  struct ev_error *err)
{
	struct ev_buffer cert = certificate(list);
	enum ev_code code =
		ev_maa_evidence_parse(ev_buffer_span(&cert), e, err);

	ev_buffer_free(&cert);
	return code;
}

static void a_quote_is_found_in_each_wrapping(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		bool octets = i & 1, head = i & 2, old = i & 4;
		struct ev_buffer value = quote();
		struct ev_maa_evidence e;
		struct ev_error err = { 0 };

		if (head)
			value = joined(header("\2\0\0\0"), value);
		if (octets)
			value = element(EV_DER_OCTET_STRING, value);
		assert_int_equal(
			found(extension(old ? oid_2020 : oid_sgx, value), &e,
			      &err),
			EV_OK);
		assert_int_equal(e.form, EV_MAA_SGX);
		assert_int_equal(e.quote.n, 28);
		assert_int_equal(e.octet_string, octets);
		assert_int_equal(e.oe_header, head);
	}
}

static void refused(struct ev_buffer list, enum ev_code code, const char *field)
{
	struct ev_maa_evidence e;
	struct ev_error err = { 0 };

	found(list, &e, &err);
	parse_expect(&err, code, "maa-evidence", field);
}

static void what_is_no_quote_is_refused(void **state)
{
	struct ev_buffer local, tail, other;

	(void)state;
	/* Type 1 is a local report. */
	local = joined(header("\1\0\0\0"), quote());
	refused(extension(oid_sgx, local), EV_VALUE, "quote");
	tail = joined(joined(header("\2\0\0\0"), quote()),
		      bytes(EV_SPAN_LITERAL("\0")));
	refused(extension(oid_sgx, tail), EV_VALUE, "quote");
	other = quote();
	other.p[12] ^= 1;
	refused(extension(oid_sgx, other), EV_VALUE, "quote");
	other = quote();
	other.p[4] = 0x81; /* a TD's */
	refused(extension(oid_sgx, other), EV_VALUE, "quote");
	refused(extension(oid_sgx, bytes(EV_SPAN_LITERAL(""))), EV_VALUE,
		"quote");
}

static void one_form_is_taken(void **state)
{
	(void)state;
	refused(joined(extension(oid_sgx, quote()),
		       extension(oid_2020, quote())),
		EV_DUPLICATE, "evidence");
	refused(joined(extension(oid_sgx, quote()),
		       extension(oid_sgx, quote())),
		EV_DUPLICATE, "extension");
}

static struct ev_buffer utf8(const char *text)
{
	return element(EV_DER_UTF8_STRING, bytes(ev_span_str(text)));
}

static void the_snp_form_is_decoded(void **state)
{
	static const char json[] =
		"{\"Endorsements\":\"e30\",\"SnpReport\":\"AgAAAA==\","
		"\"VcekCertChain\":\"LS0t\"}";
	struct ev_maa_evidence e;
	struct ev_error err = { 0 };
	struct ev_buffer list = joined(extension(oid_snp, utf8(json)),
				       extension(oid_tee, utf8("acisevsnp")));
	struct ev_buffer cert = certificate(list);

	(void)state;
	assert_int_equal(ev_maa_evidence_parse(ev_buffer_span(&cert), &e, &err),
			 EV_OK);
	assert_int_equal(e.form, EV_MAA_SNP);
	assert_string_equal(e.oid, "1.3.6.1.4.1.311.105.1000.1");
	assert_true(ev_span_eq(e.tee, EV_SPAN_LITERAL("acisevsnp")));
	assert_true(ev_span_eq(e.report, EV_SPAN_LITERAL("\2\0\0\0")));
	assert_true(ev_span_eq(e.chain, EV_SPAN_LITERAL("---")));
	assert_true(ev_span_eq(e.endorsements, EV_SPAN_LITERAL("{}")));
	ev_maa_evidence_free(&e);
	assert_null(e.storage);
	ev_buffer_free(&cert);
}

static void the_snp_form_refuses_what_is_none(void **state)
{
	struct ev_maa_evidence e;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		found(extension(oid_snp,
				utf8("{\"SnpReport\":\"\",\"VcekCertChain\":"
				     "\"\"}")),
		      &e, &err),
		EV_OK);
	assert_int_equal(e.endorsements.n, 0);
	ev_maa_evidence_free(&e);
	refused(extension(oid_snp, bytes(EV_SPAN_LITERAL("{}"))), EV_SYNTAX,
		"report");
	refused(extension(oid_snp, utf8("{\"SnpReport\":\"AA\"}")), EV_MISSING,
		"VcekCertChain");
	refused(extension(oid_snp,
			  utf8("{\"SnpReport\":\"A+==\",\"VcekCertChain\":"
			       "\"\"}")),
		EV_SYNTAX, "SnpReport");
	refused(extension(oid_tee, bytes(EV_SPAN_LITERAL("x"))), EV_SYNTAX,
		"tee");
	refused(joined(extension(oid_sgx, quote()),
		       extension(oid_tee, utf8("acisevsnp"))),
		EV_VALUE, "tee");
	refused(joined(extension(oid_snp, utf8("{\"SnpReport\":\"AgAAAA\","
					       "\"VcekCertChain\":\"AA\"}")),
		       extension(oid_tee, utf8("other"))),
		EV_VALUE, "tee");
	refused(joined(extension(oid_snp, utf8("{\"SnpReport\":\"\","
					       "\"VcekCertChain\":\"\"}")),
		       extension(oid_sgx, quote())),
		EV_DUPLICATE, "evidence");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_instance_keys_carry_a_quote),
		cmocka_unit_test(real_platform_keys_carry_none),
		cmocka_unit_test(real_certificates_can_be_cut_anywhere),
		cmocka_unit_test(a_quote_is_found_in_each_wrapping),
		cmocka_unit_test(what_is_no_quote_is_refused),
		cmocka_unit_test(one_form_is_taken),
		cmocka_unit_test(the_snp_form_is_decoded),
		cmocka_unit_test(the_snp_form_refuses_what_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
