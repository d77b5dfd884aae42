/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DCAP collateral as JSON.  The vectors have no such file as a whole; the
 * tests make one from real pieces and ask for the pieces back.
 */
#include "tests/parts.h"
#include "tests/vectors.h"

#include "evidence/base/hex.h"

#include <jansson.h>

static const char object[] = "dcap-collateral";
static const char folder[] = "dcap/tdx-v4-azure/collateral-2026-03-16-eval18/";

static struct ev_span piece(const char *name)
{
	struct ev_span out = { NULL, 0 };
	char rel[200];

	snprintf(rel, sizeof(rel), "%s%s", folder, name);
	vectors_need();
	vectors_read(rel, &out);
	return out;
}

static void set_text(json_t *obj, const char *member, struct ev_span text)
{
	assert_int_equal(
		json_object_set_new(obj, member,
				    json_stringn((const char *)text.p, text.n)),
		0);
}

static void set_hex(json_t *obj, const char *member, struct ev_span bytes)
{
	char *hex = malloc(2 * bytes.n + 1);

	assert_non_null(hex);
	ev_hex_encode(bytes, hex);
	set_text(obj, member, ev_span_str(hex));
	free(hex);
}

/* Cuts {"NAME":TEXT,"signature":"HEX"} into its two. */
static void set_signed(json_t *obj, const char *member, const char *signature,
		       const char *head, struct ev_span body)
{
	size_t n_head = strlen(head), n_tail = strlen(",\"signature\":\"");

	set_text(obj, member,
		 ev_span_sub(body, n_head, body.n - n_head - n_tail - 130));
	set_text(obj, signature, ev_span_sub(body, body.n - 130, 128));
}

static json_t *collateral(void)
{
	json_t *obj = json_object();

	assert_non_null(obj);
	set_text(obj, "pck_crl_issuer_chain",
		 piece("tcb_info_issuer_chain.pem"));
	set_hex(obj, "root_ca_crl", piece("root_ca_crl.der"));
	set_hex(obj, "pck_crl", piece("pck_crl.der"));
	set_text(obj, "tcb_info_issuer_chain",
		 piece("tcb_info_issuer_chain.pem"));
	set_signed(obj, "tcb_info", "tcb_info_signature",
		   "{\"tcbInfo\":", piece("tcb_info.json"));
	set_text(obj, "qe_identity_issuer_chain",
		 piece("qe_identity_issuer_chain.pem"));
	set_signed(obj, "qe_identity", "qe_identity_signature",
		   "{\"enclaveIdentity\":", piece("qe_identity.json"));
	return obj;
}

static void import_json(struct co_parts *list, const json_t *obj)
{
	char *text = json_dumps(obj, JSON_INDENT(4));

	assert_non_null(text);
	parts_import(list, ev_span_str(text));
	free(text);
}

static void refuse_json(const json_t *obj, enum ev_code code, const char *field)
{
	char *text = json_dumps(obj, 0);

	assert_non_null(text);
	parts_refuse(ev_span_str(text), code, object, field);
	free(text);
}

static void bodies_and_crls_come_back_byte_for_byte(void **state)
{
	struct co_parts list = { 0 };
	json_t *obj = collateral();

	(void)state;
	import_json(&list, obj);
	assert_int_equal(list.n, 8);
	assert_true(ev_span_eq(parts_bytes(&list, "dcap-tcbinfo", 0),
			       piece("tcb_info.json")));
	assert_true(ev_span_eq(parts_bytes(&list, "dcap-qe-identity", 0),
			       piece("qe_identity.json")));
	assert_true(ev_span_eq(parts_bytes(&list, "crl-der", 0),
			       piece("root_ca_crl.der")));
	assert_true(ev_span_eq(parts_bytes(&list, "crl-der", 1),
			       piece("pck_crl.der")));
	assert_true(ev_span_eq(parts_bytes(&list, "dcap-issuer-chain", 1),
			       piece("qe_identity_issuer_chain.pem")));
	assert_true(parts_related(&list, 2, "issuer-of", 1));
	assert_true(parts_related(&list, 4, "issuer-of", 3));
	assert_true(parts_related(&list, 7, "issuer-of", 6));
	assert_int_equal(list.part[5].n_relates, 1);
	co_parts_free(&list);
	json_decref(obj);
}

/* Each byte as the character of its number, in UTF-8. */
static void set_latin1(json_t *obj, const char *member, struct ev_span bytes)
{
	struct ev_buffer text = { 0 };

	for (size_t i = 0; i < bytes.n; i++) {
		uint8_t c = bytes.p[i];

		if (c >= 0x80)
			ev_buffer_add_byte(&text, (uint8_t)(0xc0 | c >> 6));
		ev_buffer_add_byte(&text,
				   c < 0x80 ? c : (uint8_t)(0x80 | (c & 63)));
	}
	assert_true(ev_buffer_ok(&text));
	set_text(obj, member, ev_buffer_span(&text));
	ev_buffer_free(&text);
}

static void crls_are_read_in_every_spelling(void **state)
{
	static const uint8_t no_zero[] = { 0x30, 0x82, 0x01, 0x22, 0xff, 0xbf };
	struct ev_span der = piece("root_ca_crl.der");
	struct co_parts list = { 0 };
	json_t *obj = collateral(), *numbers = json_array();

	(void)state;
	for (size_t i = 0; i < der.n; i++)
		json_array_append_new(numbers, json_integer(der.p[i]));
	json_object_set_new(obj, "root_ca_crl", numbers);
	set_latin1(obj, "pck_crl", EV_SPAN(no_zero));
	import_json(&list, obj);
	assert_true(ev_span_eq(parts_bytes(&list, "crl-der", 0), der));
	assert_true(
		ev_span_eq(parts_bytes(&list, "crl-der", 1), EV_SPAN(no_zero)));
	assert_string_equal(list.part[5].detail, "root_ca_crl, numbers");
	assert_string_equal(list.part[6].detail, "pck_crl, text of the DER");
	co_parts_free(&list);
	set_text(obj, "pck_crl", EV_SPAN_LITERAL("-----BEGIN X509 CRL-----\n"));
	import_json(&list, obj);
	assert_string_equal(list.part[6].kind, "crl-pem");
	co_parts_free(&list);
	/* The JSON reader takes no U+0000. */
	set_latin1(obj, "pck_crl", der);
	refuse_json(obj, EV_SYNTAX, "text");
	json_decref(obj);
}

static void optional_members_may_be_absent(void **state)
{
	struct co_parts list = { 0 };
	json_t *obj = collateral();

	(void)state;
	json_object_del(obj, "root_ca_crl");
	json_object_del(obj, "pck_crl");
	json_object_set_new(obj, "pck_crl_issuer_chain", json_null());
	set_text(obj, "pck_certificate_chain",
		 piece("tcb_info_issuer_chain.pem"));
	set_text(obj, "else", EV_SPAN_LITERAL("x"));
	import_json(&list, obj);
	assert_int_equal(list.n, 6);
	assert_string_equal(list.part[5].kind, "cert-pem");
	assert_int_equal(list.n_notes, 1);
	co_parts_free(&list);
	json_decref(obj);
}

static void collateral_names_what_it_refuses(void **state)
{
	static const char digits[] = "0123456789abcdef";
	char hex[128];
	json_t *obj = collateral();

	(void)state;
	for (size_t i = 0; i < sizeof(hex); i++)
		hex[i] = digits[i % 16];
	set_text(obj, "tcb_info_signature", ev_span_of(hex, 127));
	refuse_json(obj, EV_VALUE, "tcb_info_signature");
	hex[127] = '"';
	set_text(obj, "tcb_info_signature", ev_span_of(hex, 128));
	refuse_json(obj, EV_VALUE, "tcb_info_signature");
	hex[127] = '0';
	set_text(obj, "tcb_info_signature", ev_span_of(hex, 128));
	json_object_del(obj, "qe_identity_signature");
	refuse_json(obj, EV_MISSING, "qe_identity_signature");
	set_text(obj, "qe_identity_signature", ev_span_of(hex, 128));
	set_text(obj, "pck_crl", EV_SPAN_LITERAL("0\xef\xbf\xbd"));
	refuse_json(obj, EV_VALUE, "pck_crl");
	set_text(obj, "pck_crl", EV_SPAN_LITERAL(""));
	refuse_json(obj, EV_VALUE, "pck_crl");
	json_object_set_new(obj, "pck_crl", json_integer(1));
	refuse_json(obj, EV_SYNTAX, "pck_crl");
	json_object_set_new(obj, "tcb_info", json_object());
	refuse_json(obj, EV_SYNTAX, "tcb_info");
	json_decref(obj);
}

static void changed_collateral_never_harms(void **state)
{
	json_t *obj = collateral();
	char *text = json_dumps(obj, 0);

	(void)state;
	assert_non_null(text);
	parts_mutate(ev_span_str(text), 101, 1000);
	free(text);
	json_decref(obj);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_and_crls_come_back_byte_for_byte),
		cmocka_unit_test(crls_are_read_in_every_spelling),
		cmocka_unit_test(optional_members_may_be_absent),
		cmocka_unit_test(collateral_names_what_it_refuses),
		cmocka_unit_test(changed_collateral_never_harms),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
