/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes as JSON. */
#include "evidence/quote.h"
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/show_report.h"

static const struct ev_field header_layout[] = {
	{ "version", 0, 2, EV_FIELD_LE },
	{ "att_key_type", 2, 2, EV_FIELD_LE },
	{ "tee_type", 4, 4, EV_FIELD_LE },
	{ "qe_svn", 8, 2, EV_FIELD_LE },
	{ "pce_svn", 10, 2, EV_FIELD_LE },
	{ "qe_vendor_id", 12, 16, EV_FIELD_HEX },
	{ "user_data", 28, 20, EV_FIELD_HEX },
	/* v5: the descriptor */
	{ "body_type", 48, 2, EV_FIELD_LE },
	{ "body_size", 50, 4, EV_FIELD_LE },
};

static void show_header(struct ev_writer *w, const struct ev_quote *q)
{
	size_t n = sizeof(header_layout) / sizeof(header_layout[0]);

	ev_write_object(w, "header");
	ev_show_layout(w, q->bytes, 0, header_layout,
		       q->version == 5 ? n : n - 2);
	ev_write_end(w);
}

static void show_bytes(struct ev_writer *w, const struct ev_quote *q,
		       const char *name, struct ev_span value)
{
	ev_show_hex(w, name, ev_quote_offset(q, value), value);
}

static void show_cert_data(struct ev_writer *w, const struct ev_quote *q,
			   const struct ev_ppid_data *d)
{
	uint64_t at = ev_quote_offset(q, q->cert_data);

	ev_write_object(w, "certification_data");
	ev_show_number(w, "type", at - 6, 2, q->cert_type);
	ev_show_number(w, "size", at - 4, 4, q->cert_data.n);
	if (q->cert_type > EV_CERT_PPID_RSA3072) {
		ev_show_text(w, "pem", at, q->cert_data);
	} else {
		show_bytes(w, q, "ppid", d->ppid);
		show_bytes(w, q, "cpusvn", d->cpusvn);
		ev_show_number(w, "pcesvn",
			       ev_quote_offset(q, d->cpusvn) + d->cpusvn.n, 2,
			       d->pcesvn);
		if (d->pceid.n > 0)
			show_bytes(w, q, "pceid", d->pceid);
	}
	ev_write_end(w);
}

static void show_signature_data(struct ev_writer *w, const struct ev_quote *q,
				const struct ev_ppid_data *d)
{
	ev_write_object(w, "signature_data");
	show_bytes(w, q, "signature", q->signature);
	show_bytes(w, q, "attestation_key", q->attestation_key);
	ev_show_sgx_report(w, "qe_report", &q->qe_report);
	show_bytes(w, q, "qe_report_signature", q->qe_report_signature);
	show_bytes(w, q, "qe_auth_data", q->qe_auth_data);
	show_cert_data(w, q, d);
	ev_write_end(w);
}

static enum ev_code show(struct ev_span item, enum ev_tee tee,
			 struct ev_writer *w, struct ev_error *err)
{
	struct ev_ppid_data d = { 0 };
	struct ev_quote q;

	if (ev_quote_parse(item, &q, err) != EV_OK)
		return err->code;
	if (q.tee != tee)
		return ev_fail_u64(err, EV_VALUE, "quote.header", "tee_type", 4,
				   tee, q.tee);
	if (q.cert_type <= EV_CERT_PPID_RSA3072 &&
	    ev_ppid_data_parse(&q, &d, err) != EV_OK)
		return err->code;
	if (w == NULL)
		return EV_OK;
	show_header(w, &q);
	if (tee == EV_TEE_SGX)
		ev_show_sgx_report(w, "body", &q.sgx);
	else
		ev_show_td_body(w, "body", &q.td);
	ev_show_extent(w, "signed", 0, q.signed_bytes.n);
	show_signature_data(w, &q, &d);
	ev_show_padding(w, "padding", q.quote.n, q.padding);
	return EV_OK;
}

enum ev_code ev_show_tdx_quote(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err)
{
	return show(item, EV_TEE_TDX, w, err);
}

enum ev_code ev_show_sgx_quote(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err)
{
	return show(item, EV_TEE_SGX, w, err);
}
