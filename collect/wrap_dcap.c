/* SPDX-License-Identifier: Apache-2.0 */
/* DCAP collateral as one JSON object of strings (Phala-Network/dcap-qvl). */
#include "collect/part.h"
#include "collect/wrap.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"

static const char object[] = "dcap-collateral";

/* A body that Intel's service splits into text and signature. */
struct signed_row {
	struct co_part_row text;
	const char *signature; /* member */
	const char *head;      /* what stands before the text in the body */
	const char *chain;     /* member */
	const char *chain_detail;
};

static const struct signed_row tcb_info = {
	{ "tcb_info", "tcb_info", "dcap-tcbinfo", CO_TEXT,
	  "tcb_info and tcb_info_signature, text; body rebuilt as "
	  "{\"tcbInfo\":TEXT,\"signature\":\"HEX\"}" },
	"tcb_info_signature",
	"{\"tcbInfo\":",
	"tcb_info_issuer_chain",
	"tcb_info_issuer_chain, text",
};
static const struct signed_row qe_identity = {
	{ "qe_identity", "qe_identity", "dcap-qe-identity", CO_TEXT,
	  "qe_identity and qe_identity_signature, text; body rebuilt as "
	  "{\"enclaveIdentity\":TEXT,\"signature\":\"HEX\"}" },
	"qe_identity_signature",
	"{\"enclaveIdentity\":",
	"qe_identity_issuer_chain",
	"qe_identity_issuer_chain, text",
};

/* 128 digits as they stand in the wrapper: r and s, P-256. */
static enum ev_code signature_text(const json_t *obj, const char *member,
				   struct ev_span *out, struct ev_error *err)
{
	uint8_t rs[64];
	enum ev_code code;

	code = ev_json_get_str(obj, object, member, out, err);
	if (code != EV_OK)
		return code;
	if (!ev_hex_decode(*out, rs, sizeof(rs)))
		return ev_fail(err, EV_VALUE, object, member, 0,
			       "128 hex digits", "something else");
	return EV_OK;
}

static enum ev_code add_chain(const json_t *obj, const char *member,
			      const char *detail, const size_t *subject,
			      struct co_parts *list, size_t from,
			      struct ev_error *err)
{
	const struct co_part_row row = { member, member, "dcap-issuer-chain",
					 CO_TEXT, detail };
	enum ev_code code;
	size_t at;

	if (!co_part_has(obj, member))
		return EV_OK;
	code = co_part_decode(obj, object, &row, list, from, &at, err);
	if (code == EV_OK && subject != NULL)
		co_parts_relate(list, at, "issuer-of", *subject);
	return code;
}

static enum ev_code add_signed(const json_t *obj, const struct signed_row *row,
			       struct co_parts *list, size_t from,
			       struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer body = { 0 };
	struct ev_span text, signature = { NULL, 0 };
	enum ev_code code;
	size_t at;

	code = ev_json_get_str(obj, object, row->text.member, &text, err);
	if (code == EV_OK)
		code = signature_text(obj, row->signature, &signature, err);
	if (code != EV_OK)
		return code;
	/* dcap page 4.1: these are the bytes of Intel's HTTP body. */
	ev_buffer_add_str(&body, row->head);
	ev_buffer_add(&body, text);
	ev_buffer_add_str(&body, ",\"signature\":\"");
	ev_buffer_add(&body, signature);
	ev_buffer_add_str(&body, "\"}");
	if (!ev_buffer_ok(&body))
		return ev_fail_trouble(err, object, "out of memory");
	code = co_parts_add(list, row->text.kind, ev_buffer_span(&body), &at,
			    err);
	if (code != EV_OK)
		return code;
	co_parts_relate(list, at, "decoded-from", from);
	list->part[at].detail = row->text.detail;
	return add_chain(obj, row->chain, row->chain_detail, &at, list, from,
			 err);
}

/* Text whose characters U+0000 to U+00FF stand for the DER's bytes. */
static bool latin1_decode(struct ev_span text, struct ev_buffer *out)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c >= 0x80) {
			if ((c != 0xc2 && c != 0xc3) || i + 1 >= text.n)
				return false;
			c = (uint8_t)((c & 3) << 6 | (text.p[++i] & 0x3f));
		}
		ev_buffer_add_byte(out, c);
	}
	return true;
}

static bool is_hex(struct ev_span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (ev_hex_digit(text.p[i]) < 0)
			return false;
	}
	return text.n > 0 && text.n % 2 == 0;
}

static enum ev_code add_crl_text(const char *member, struct ev_span text,
				 struct co_parts *list, size_t *at,
				 struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer der = { 0 };
	enum ev_code code;

	/* DER of a CRL begins with a SEQUENCE, 0x30. */
	if (text.n == 0 || text.p[0] != 0x30 || !latin1_decode(text, &der))
		return ev_fail(err, EV_VALUE, object, member, 0,
			       "a CRL as hex, PEM, numbers or text of the DER",
			       text.n == 0 ? "empty"
					   : "text in which bytes are lost");
	if (!ev_buffer_ok(&der))
		return ev_fail_trouble(err, object, "out of memory");
	code = co_parts_add(list, "crl-der", ev_buffer_span(&der), at, err);
	return code;
}

/* details: of hex, PEM, numbers, text. */
static enum ev_code add_crl(const json_t *obj, const char *member,
			    const char *const details[4], struct co_parts *list,
			    size_t from, size_t *at, struct ev_error *err)
{
	const json_t *value = json_object_get(obj, member);
	struct ev_span text =
		ev_span_of(json_string_value(value), json_string_length(value));
	struct co_part_row row = { member, member, "crl-der", CO_HEX,
				   details[0] };
	enum ev_code code;

	if (json_is_array(value)) {
		row.spelling = CO_INTS;
		row.detail = details[2];
	} else if (text.n > 10 && memcmp(text.p, "-----BEGIN", 10) == 0) {
		row.kind = "crl-pem";
		row.spelling = CO_TEXT;
		row.detail = details[1];
	} else if (json_is_string(value) && !is_hex(text)) {
		code = add_crl_text(member, text, list, at, err);
		if (code != EV_OK)
			return code;
		co_parts_relate(list, *at, "decoded-from", from);
		list->part[*at].detail = details[3];
		return EV_OK;
	}
	return co_part_decode(obj, object, &row, list, from, at, err);
}

static enum ev_code add_crls(const json_t *obj, struct co_parts *list,
			     size_t from, struct ev_error *err)
{
	static const char *const root[4] = { "root_ca_crl, hex",
					     "root_ca_crl, PEM",
					     "root_ca_crl, numbers",
					     "root_ca_crl, text of the DER" };
	static const char *const pck[4] = { "pck_crl, hex", "pck_crl, PEM",
					    "pck_crl, numbers",
					    "pck_crl, text of the DER" };
	bool has_pck = co_part_has(obj, "pck_crl");
	enum ev_code code = EV_OK;
	size_t at = 0;

	if (co_part_has(obj, "root_ca_crl"))
		code = add_crl(obj, "root_ca_crl", root, list, from, &at, err);
	if (code == EV_OK && has_pck)
		code = add_crl(obj, "pck_crl", pck, list, from, &at, err);
	if (code != EV_OK)
		return code;
	return add_chain(obj, "pck_crl_issuer_chain",
			 "pck_crl_issuer_chain, text", has_pck ? &at : NULL,
			 list, from, err);
}

enum ev_code co_wrap_collateral_members(json_t *obj, struct co_parts *list,
					size_t from, struct ev_error *err)
{
	static const struct co_part_row pck = { "pck_certificate_chain",
						"pck_certificate_chain",
						"cert-pem", CO_TEXT,
						"pck_certificate_chain, text" };
	static const char *const known[] = {
		"tcb_info",
		"tcb_info_signature",
		"tcb_info_issuer_chain",
		"qe_identity",
		"qe_identity_signature",
		"qe_identity_issuer_chain",
		"root_ca_crl",
		"pck_crl",
		"pck_crl_issuer_chain",
		"pck_certificate_chain",
		NULL,
	};
	enum ev_code code;

	if (!json_is_object(obj))
		return ev_fail(err, EV_SYNTAX, object, "document", 0,
			       "an object", "something else");
	code = add_signed(obj, &tcb_info, list, from, err);
	if (code == EV_OK)
		code = add_signed(obj, &qe_identity, list, from, err);
	if (code == EV_OK)
		code = add_crls(obj, list, from, err);
	if (code == EV_OK && co_part_has(obj, pck.member))
		code = co_part_decode(obj, object, &pck, list, from, NULL, err);
	if (code == EV_OK)
		co_part_note_unknown(obj, known, list);
	return code;
}

bool co_wrap_dcap_is_collateral(struct ev_span content)
{
	return co_part_json_names(content, "tcb_info") &&
	       co_part_json_names(content, "qe_identity") &&
	       co_part_json_names(content, "tcb_info_signature");
}

enum ev_code co_wrap_dcap_collateral(struct ev_span content,
				     struct co_parts *list, size_t from,
				     struct ev_error *err)
{
	ev_auto_json json_t *json = NULL;
	enum ev_code code;

	code = ev_json_parse(content, CO_WRAPPER_MAX, object, &json, err);
	if (code != EV_OK)
		return code;
	return co_wrap_collateral_members(json, list, from, err);
}
