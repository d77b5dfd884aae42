/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA quotes of Intel's DCAP: header, body, signature data. */
#include "evidence/quote.h"

#include "evidence/base/reader.h"

#include <inttypes.h>
#include <stdio.h>

static const char object[] = "quote";
static const char header_object[] = "quote.header";

#define KEY_TYPE_ECDSA_P256 2

/* Intel's, 939a7233-f79c-4ca9-940a-0db3957f0607. */
static const uint8_t qe_vendor_id[16] = {
	0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
	0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
};

/* The next n bytes; an empty span keeps its place, so that it has an offset. */
static struct ev_span read_placed(struct ev_reader *r, size_t n,
				  const char *field)
{
	struct ev_span place = ev_span_of(r->left.p, 0);
	struct ev_span out = ev_read_span(r, n, field);

	return out.n > 0 ? out : place;
}

/* A number that may be one of several. */
static enum ev_code refuse(struct ev_error *err, const char *in,
			   const char *field, uint64_t offset, const char *want,
			   uint32_t found)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, found);
	return ev_fail(err, EV_VALUE, in, field, offset, want, text);
}

static enum ev_code check_header(const struct ev_quote *q, uint32_t tee,
				 struct ev_error *err)
{
	if (q->version < 3 || q->version > 5)
		return refuse(err, header_object, "version", 0, "3, 4 or 5",
			      q->version);
	if (q->att_key_type != KEY_TYPE_ECDSA_P256)
		return ev_fail_u64(err, EV_VALUE, header_object, "att_key_type",
				   2, KEY_TYPE_ECDSA_P256, q->att_key_type);
	if (tee != EV_TEE_SGX && (tee != EV_TEE_TDX || q->version == 3))
		return refuse(err, header_object, "tee_type", 4,
			      q->version == 3 ? "0" : "0 or 129", tee);
	if (!ev_span_eq(q->qe_vendor_id, EV_SPAN(qe_vendor_id)))
		return ev_fail_bytes(
			err, EV_VALUE, header_object, "qe_vendor_id", 12,
			"939a7233f79c4ca9940a0db3957f0607", q->qe_vendor_id);
	return EV_OK;
}

static enum ev_code read_header(struct ev_reader *r, struct ev_quote *q)
{
	uint32_t tee;

	q->version = ev_read_u16le(r, "version");
	q->att_key_type = ev_read_u16le(r, "att_key_type");
	tee = ev_read_u32le(r, "tee_type");
	q->qe_svn = ev_read_u16le(r, "qe_svn");
	q->pce_svn = ev_read_u16le(r, "pce_svn");
	q->qe_vendor_id = ev_read_span(r, 16, "qe_vendor_id");
	q->user_data = ev_read_span(r, 20, "user_data");
	if (!ev_reader_ok(r) || check_header(q, tee, r->err) != EV_OK)
		return r->err->code;
	q->tee = tee == EV_TEE_SGX ? EV_TEE_SGX : EV_TEE_TDX;
	return EV_OK;
}

/* Of the body that the type says; 0 where there is no such type. */
static uint32_t body_size(uint16_t type)
{
	switch (type) {
	case EV_BODY_SGX:
		return EV_SGX_REPORT_SIZE;
	case EV_BODY_TD10:
		return EV_TD_BODY_10;
	case EV_BODY_TD15:
		return EV_TD_BODY_15;
	case EV_BODY_TD15_EXTENDED:
		return EV_TD_BODY_15_EXTENDED;
	default:
		return 0;
	}
}

/* v5 puts type and size before the body. */
static enum ev_code read_descriptor(struct ev_reader *r, struct ev_quote *q)
{
	uint64_t at = ev_reader_offset(r);
	uint16_t type = ev_read_u16le(r, "body_type");
	uint32_t size = ev_read_u32le(r, "body_size");

	if (!ev_reader_ok(r))
		return r->err->code;
	if (body_size(type) == 0 ||
	    (type == EV_BODY_SGX) != (q->tee == EV_TEE_SGX))
		return ev_fail(r->err, EV_VALUE, object, "body_type", at,
			       q->tee == EV_TEE_SGX
				       ? "1 (TEE type SGX)"
				       : "2, 3 or 4 (TEE type TDX)",
			       type == EV_BODY_SGX   ? "1 (an SGX report)"
			       : body_size(type) > 0 ? "a TD report"
						     : "an unknown type");
	if (size != body_size(type))
		return ev_fail_u64(r->err, EV_VALUE, object, "body_size",
				   at + 2, body_size(type), size);
	q->body_type = (enum ev_body_type)type;
	return EV_OK;
}

static enum ev_code read_body(struct ev_reader *r, struct ev_quote *q)
{
	struct ev_span body;
	uint64_t at;

	q->body_type = q->tee == EV_TEE_SGX ? EV_BODY_SGX : EV_BODY_TD10;
	if (q->version == 5 && read_descriptor(r, q) != EV_OK)
		return r->err->code;
	at = ev_reader_offset(r);
	body = ev_read_span(r, body_size((uint16_t)q->body_type), "body");
	if (!ev_reader_ok(r))
		return r->err->code;
	q->signed_bytes = ev_span_sub(q->bytes, 0, at + body.n);
	if (q->tee == EV_TEE_SGX)
		return ev_sgx_report_parse(body, at, &q->sgx, r->err);
	return ev_td_body_parse(body, at, &q->td, r->err);
}

/* QE report to the end; the certification data must fill what is left. */
static enum ev_code read_qe(struct ev_reader *r, struct ev_quote *q)
{
	uint64_t at = ev_reader_offset(r), type_at;
	struct ev_span report =
		ev_read_span(r, EV_SGX_REPORT_SIZE, "qe_report");
	uint16_t type;
	uint32_t size;

	q->qe_report_signature = ev_read_span(r, 64, "qe_report_signature");
	size = ev_read_u16le(r, "qe_auth_size");
	q->qe_auth_data = read_placed(r, size, "qe_auth_data");
	type_at = ev_reader_offset(r);
	type = ev_read_u16le(r, "cert_type");
	size = ev_read_u32le(r, "cert_size");
	q->cert_data = read_placed(r, size, "cert_data");
	if (ev_reader_finish(r) != EV_OK)
		return r->err->code;
	/* 7, a platform manifest, is defined but stands in no quote. */
	if (type < EV_CERT_PPID_PLAIN || type > EV_CERT_PCK_CHAIN)
		return refuse(r->err, r->object, "cert_type", type_at, "1 to 5",
			      type);
	q->cert_type = (enum ev_cert_data_type)type;
	return ev_sgx_report_parse(report, at, &q->qe_report, r->err);
}

/* v4 and v5 wrap what follows the attestation key as certification data. */
static enum ev_code read_wrapped_qe(struct ev_reader *r, struct ev_quote *q)
{
	uint64_t at = ev_reader_offset(r);
	uint16_t type = ev_read_u16le(r, "outer_cert_type");
	uint32_t size = ev_read_u32le(r, "outer_cert_size");
	struct ev_span inside = ev_read_span(r, size, "outer_cert_data");
	struct ev_reader inner;

	if (ev_reader_finish(r) != EV_OK)
		return r->err->code;
	if (type != EV_CERT_QE_REPORT)
		return ev_fail_u64(r->err, EV_VALUE, r->object,
				   "outer_cert_type", at, EV_CERT_QE_REPORT,
				   type);
	inner = ev_reader_init(inside, at + 6, "quote.qe-certification",
			       r->err);
	return read_qe(&inner, q);
}

static enum ev_code read_signature_data(struct ev_reader *r, struct ev_quote *q)
{
	uint32_t size = ev_read_u32le(r, "signature_data_size");
	uint64_t at = ev_reader_offset(r);
	struct ev_span data = ev_read_span(r, size, "signature_data");
	struct ev_reader s =
		ev_reader_init(data, at, "quote.signature-data", r->err);

	q->signature = ev_read_span(&s, 64, "signature");
	q->attestation_key = ev_read_span(&s, 64, "attestation_key");
	if (!ev_reader_ok(&s))
		return r->err->code;
	return q->version == 3 ? read_qe(&s, q) : read_wrapped_qe(&s, q);
}

enum ev_code ev_quote_parse(struct ev_span item, struct ev_quote *out,
			    struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, object, err);
	struct ev_quote q = { .bytes = item };

	if (read_header(&r, &q) != EV_OK || read_body(&r, &q) != EV_OK ||
	    read_signature_data(&r, &q) != EV_OK)
		return err->code;
	q.quote = ev_span_sub(item, 0, ev_reader_offset(&r));
	q.padding = r.left;
	*out = q;
	return EV_OK;
}

enum ev_code ev_ppid_data_parse(const struct ev_quote *q,
				struct ev_ppid_data *out, struct ev_error *err)
{
	static const char ppid_object[] = "quote.ppid-data";
	uint64_t at = ev_quote_offset(q, q->cert_data);
	struct ev_reader r = ev_reader_init(q->cert_data, at, ppid_object, err);
	struct ev_ppid_data d = { 0 };
	size_t ppid_size = 16;

	if (q->cert_type > EV_CERT_PPID_RSA3072)
		return ev_fail_u64(err, EV_VALUE, ppid_object, "cert_type", at,
				   EV_CERT_PPID_RSA3072, q->cert_type);
	if (q->cert_type != EV_CERT_PPID_PLAIN)
		ppid_size = q->cert_type == EV_CERT_PPID_RSA2048 ? 256 : 384;
	d.ppid = ev_read_span(&r, ppid_size, "ppid");
	d.cpusvn = ev_read_span(&r, 16, "cpusvn");
	d.pcesvn = ev_read_u16le(&r, "pcesvn");
	/* Intel's own sample of type 1 ends before the PCEID. */
	if (q->cert_type != EV_CERT_PPID_PLAIN || r.left.n > 0)
		d.pceid = ev_read_span(&r, 2, "pceid");
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	*out = d;
	return EV_OK;
}
