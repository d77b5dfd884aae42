/* SPDX-License-Identifier: Apache-2.0 */
/* What vouches for a signing key of Azure Attestation. */
#include "evidence/maa_evidence.h"

#include "evidence/base/base64.h"
#include "evidence/extension.h"
#include "evidence/limits.h"
#include "evidence/recognise.h"

#include <stdlib.h>

static const char object[] = "maa-evidence";

/* --- the SEV-SNP form --- */

/* A member in base64url; absent members leave *out as it was. */
static enum ev_code decode_member(const struct ev_node *root, const char *name,
				  uint8_t **room, struct ev_span *out,
				  struct ev_error *err)
{
	struct ev_span text;
	size_t n;

	if (ev_node_get_str(root, object, name, &text, err) != EV_OK)
		return err->code;
	if (!ev_base64_decode(EV_BASE64_URL_PAD, text, *room, &n))
		return ev_fail_text(err, EV_SYNTAX, object, name, 0,
				    "base64url", text);
	*out = ev_span_of(*room, n);
	*room += ev_base64_decoded_max(text.n);
	return EV_OK;
}

/* Of three texts, each decoded into less room than it has itself. */
static enum ev_code read_snp(struct ev_span json, struct ev_maa_evidence *e,
			     struct ev_error *err)
{
	struct ev_nodes nodes = { 0 };
	uint8_t *room;

	if (ev_nodes_parse(json, EV_COLLATERAL_MAX, object, &nodes, err) !=
	    EV_OK)
		return err->code;
	e->storage = malloc(json.n + 3 * ev_base64_decoded_max(0) + 1);
	room = e->storage;
	if (room == NULL) {
		ev_fail_trouble(err, object, "out of memory");
	} else if (decode_member(nodes.root, "SnpReport", &room, &e->report,
				 err) == EV_OK &&
		   decode_member(nodes.root, "VcekCertChain", &room, &e->chain,
				 err) == EV_OK &&
		   ev_node_member(nodes.root, "Endorsements") != NULL) {
		decode_member(nodes.root, "Endorsements", &room,
			      &e->endorsements, err);
	}
	ev_nodes_free(&nodes);
	return err->code;
}

/* --- the extensions --- */

/* The whole value is one element with that tag: its content. */
static bool unwrap(struct ev_span value, uint8_t tag, struct ev_span *content)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(value, 0, object, &err);
	struct ev_span inside = ev_der_read(&r, tag, "wrapper");

	if (ev_reader_finish(&r) != EV_OK)
		return false;
	*content = inside;
	return true;
}

/* Open Enclave's header: version 1, a remote report (2), and the size of what
 * follows; little-endian. */
static bool strip_header(struct ev_span value, struct ev_span *quote)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(value, 0, object, &err);
	uint32_t version = ev_read_u32le(&r, "version");
	uint32_t type = ev_read_u32le(&r, "type");
	uint64_t size = ev_read_u64le(&r, "size");

	if (!ev_reader_ok(&r) || version != 1 || type != 2 ||
	    size != r.left.n || size == 0)
		return false;
	*quote = r.left;
	return true;
}

static enum ev_code take_sgx(const struct ev_extension *x, struct ev_reader *at,
			     struct ev_maa_evidence *e)
{
	e->form = EV_MAA_SGX;
	e->quote = e->value;
	e->octet_string = unwrap(e->quote, EV_DER_OCTET_STRING, &e->quote);
	e->oe_header = strip_header(e->quote, &e->quote);
	if (!ev_is_sgx_quote(e->quote))
		return ev_fail_bytes(at->err, EV_VALUE, object, "quote",
				     x->offset, "an SGX quote", e->value);
	return EV_OK;
}

static enum ev_code take_snp(const struct ev_extension *x, struct ev_reader *at,
			     struct ev_maa_evidence *e)
{
	struct ev_span json;

	e->form = EV_MAA_SNP;
	if (!unwrap(x->value, EV_DER_UTF8_STRING, &json))
		return ev_fail_bytes(at->err, EV_SYNTAX, object, "report",
				     x->offset, "one UTF8String", x->value);
	return read_snp(json, e, at->err);
}

static enum ev_code take_tee(const struct ev_extension *x, struct ev_reader *at,
			     struct ev_maa_evidence *e)
{
	if (!unwrap(x->value, EV_DER_UTF8_STRING, &e->tee))
		return ev_fail_bytes(at->err, EV_SYNTAX, object, "tee",
				     x->offset, "one UTF8String", x->value);
	return EV_OK;
}

static const struct carrier {
	const char *oid;
	const char *der; /* content octets, none of them 0 */
	bool evidence;
	enum ev_code (*take)(const struct ev_extension *x, struct ev_reader *at,
			     struct ev_maa_evidence *e);
} carriers[] = {
	{ "1.2.840.113556.10.1.1", /* 2020 */
	  "\x2a\x86\x48\x86\xf7\x14\x0a\x01\x01", true, take_sgx },
	{ "1.3.6.1.4.1.311.105.1", "\x2b\x06\x01\x04\x01\x82\x37\x69\x01", true,
	  take_sgx },
	{ "1.3.6.1.4.1.311.105.1000.1",
	  "\x2b\x06\x01\x04\x01\x82\x37\x69\x87\x68\x01", true, take_snp },
	{ "1.3.6.1.4.1.311.105.1000.2",
	  "\x2b\x06\x01\x04\x01\x82\x37\x69\x87\x68\x02", false, take_tee },
};

static enum ev_code take(const struct ev_extension *x, struct ev_reader *at,
			 struct ev_maa_evidence *e)
{
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		const struct carrier *c = &carriers[i];

		if (!ev_span_eq(x->oid, ev_span_str(c->der)))
			continue;
		if (c->evidence && e->form != EV_MAA_NONE)
			return ev_fail(at->err, EV_DUPLICATE, object,
				       "evidence", x->offset, "one form",
				       "two");
		if (c->evidence) {
			e->oid = c->oid;
			e->value = x->value;
		}
		return c->take(x, at, e);
	}
	return EV_OK;
}

/* RFC 5280, 4.1: the extensions are the element with tag [3], the last. */
static void pass_to_extensions(struct ev_reader *tbs)
{
	while (ev_reader_ok(tbs) && tbs->left.n > 0 &&
	       ev_der_peek(tbs) != EV_DER_CONTEXT_CONSTRUCTED(3))
		ev_der_read_any(tbs, "field");
}

static enum ev_code read(struct ev_span der, struct ev_maa_evidence *e,
			 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(der, 0, object, err);
	struct ev_reader cert =
		ev_der_enter(&r, EV_DER_SEQUENCE, "certificate");
	struct ev_reader tbs =
		ev_der_enter(&cert, EV_DER_SEQUENCE, "tbsCertificate");
	struct ev_extensions list;
	struct ev_extension x;
	struct ev_reader outer;

	pass_to_extensions(&tbs);
	if (!ev_reader_ok(&tbs) || tbs.left.n == 0)
		return err->code;
	outer = ev_der_enter(&tbs, EV_DER_CONTEXT_CONSTRUCTED(3), "extensions");
	list = ev_extensions_enter(&outer);
	while (ev_extension_next(&list, &x))
		if (take(&x, &list.list, e) != EV_OK)
			return err->code;
	return err->code;
}

/* The word for the TEE is of the form that is there: the one that is known of
 * SEV-SNP, and none where the evidence is a quote of SGX. */
static enum ev_code judge_tee(const struct ev_maa_evidence *e,
			      struct ev_error *err)
{
	const struct ev_span snp = EV_SPAN_LITERAL("acisevsnp");

	if (e->tee.p == NULL || e->form == EV_MAA_NONE ||
	    (e->form == EV_MAA_SNP && ev_span_eq(e->tee, snp)))
		return EV_OK;
	return ev_fail_text(err, EV_VALUE, object, "tee", EV_NO_BYTE,
			    e->form == EV_MAA_SNP ? "acisevsnp"
						  : "none beside a quote",
			    e->tee);
}

enum ev_code ev_maa_evidence_parse(struct ev_span der,
				   struct ev_maa_evidence *out,
				   struct ev_error *err)
{
	struct ev_maa_evidence e = { .form = EV_MAA_NONE };

	if (read(der, &e, err) != EV_OK || judge_tee(&e, err) != EV_OK) {
		ev_maa_evidence_free(&e);
		return err->code;
	}
	*out = e;
	return EV_OK;
}

void ev_maa_evidence_free(struct ev_maa_evidence *evidence)
{
	free(evidence->storage);
	*evidence = (struct ev_maa_evidence){ .form = EV_MAA_NONE };
}
