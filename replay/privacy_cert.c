/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of one machine: of its CPU, of its vTPM. */
#include "replay/privacy_row.h"

#include "evidence/base/der.h"
#include "evidence/base/pem.h"
#include "evidence/extension.h"
#include "evidence/name.h"
#include "evidence/quote.h"

static const char object[] = "x509";

#define BYTES(text)                                                            \
	{                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                      \
	}
/* 1.2.840.113741.1.13.1 (pck.h), and what an entry in it begins with:
 * SEQUENCE { OID, OCTET STRING }. */
#define INTEL	    "\x2a\x86\x48\x86\xf8\x4d\x01\x0d\x01"
#define ENTRY(rest) BYTES("\x06\x0a" INTEL rest)

/* Where a field of an extension stands. */
struct place {
	struct ev_span oid;
	struct ev_span before; /* in its value; empty: the value itself */
	size_t size;
};

static const struct place places[RP_N_CERT_FIELDS] = {
	/* 1.3.6.1.4.1.311.21.20 */
	[RP_CERT_HOST] = { .oid = BYTES(
				   "\x2b\x06\x01\x04\x01\x82\x37\x15\x14") },
	/* 1.3.6.1.4.1.3704.1.4 (KDS, hwID) */
	[RP_CERT_CHIP] = { .oid = BYTES(
				   "\x2b\x06\x01\x04\x01\x9c\x78\x01\x04") },
	[RP_CERT_PPID] = { BYTES(INTEL), ENTRY("\x01\x04\x10"), 16 },
	[RP_CERT_FMSPC] = { BYTES(INTEL), ENTRY("\x04\x04\x06"), 6 },
	[RP_CERT_INSTANCE] = { BYTES(INTEL), ENTRY("\x06\x04\x10"), 16 },
};

struct cert {
	struct ev_span serial, subject; /* content; the whole Name */
	bool has_extensions;
	struct ev_extensions extensions;
};

/* As far as it is looked at; false where it is no certificate. */
static bool read_cert(struct ev_span der, struct cert *c, struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(der, 0, object, err);
	struct ev_reader outer = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs =
		ev_der_enter(&outer, EV_DER_SEQUENCE, "tbsCertificate");
	struct ev_reader list;

	if (ev_der_peek(&tbs) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(&tbs, "version");
	c->serial = ev_der_read_serial(&tbs, "serialNumber");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "signature");
	ev_der_read_any(&tbs, "issuer");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "validity");
	c->subject = ev_der_read_any(&tbs, "subject");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "subjectPublicKeyInfo");
	c->has_extensions = ev_reader_ok(&tbs) && tbs.left.n > 0;
	if (!c->has_extensions)
		return ev_reader_ok(&tbs);
	list = ev_der_enter(&tbs, EV_DER_CONTEXT_CONSTRUCTED(3), "extensions");
	c->extensions = ev_extensions_enter(&list);
	return ev_reader_ok(&list);
}

/* The value of an extension, empty where there is none. */
static struct ev_span find_extension(const struct cert *c, struct ev_span oid)
{
	struct ev_extensions list = c->extensions;
	struct ev_extension e;

	while (c->has_extensions && ev_extension_next(&list, &e))
		if (ev_span_eq(e.oid, oid))
			return e.value;
	return (struct ev_span){ NULL, 0 };
}

/* basicConstraints (RFC 5280, 4.2.1.9): SEQUENCE { BOOLEAN TRUE, ... } */
static bool is_ca(const struct cert *c)
{
	static const struct ev_span oid = BYTES("\x55\x1d\x13");
	static const uint8_t yes[] = { 0x01, 0x01, 0xff };
	struct ev_span value = find_extension(c, oid);

	return value.n >= 5 && memcmp(value.p + 2, yes, sizeof(yes)) == 0;
}

static struct ev_span find_in_extension(const struct cert *c,
					const struct place *p)
{
	struct ev_span value = find_extension(c, p->oid);
	const uint8_t *at;

	if (value.n == 0 || p->before.n == 0)
		return value;
	at = memmem(value.p, value.n, p->before.p, p->before.n);
	if (at == NULL)
		return (struct ev_span){ NULL, 0 };
	at += p->before.n;
	if ((size_t)(value.p + value.n - at) < p->size)
		return (struct ev_span){ NULL, 0 };
	return ev_span_of(at, p->size);
}

static void add_subject(const struct cert *c, const struct rp_layer *layer,
			const struct rp_trace *as, struct rp_traces *out)
{
	char text[EV_NAME_TEXT];

	if (!ev_name_format(c->subject, text))
		text[0] = '\0';
	rp_trace_about(out, as, layer, c->subject, text);
}

/* SEQUENCE { INTEGER, UTF8String machine, user, process } (MS-WCCE,
 * szOID_REQUEST_CLIENT_INFO). */
static void add_host(struct ev_span value, const struct rp_layer *layer,
		     const struct rp_trace *as, struct rp_traces *out,
		     struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(value, 0, object, err);
	struct ev_reader list = ev_der_enter(&r, EV_DER_SEQUENCE, "client");

	ev_der_read_uint(&list, UINT32_MAX, "client id");
	for (unsigned int i = 0; i < 3; i++) {
		struct ev_span text =
			ev_der_read(&list, EV_DER_UTF8_STRING, "client text");

		if (text.n > 0)
			rp_trace_add(out, as, layer, text, RP_TRACE_TEXT);
	}
}

static void find_field(const struct rp_privacy_row *row,
		       const struct rp_layer *layer, const struct rp_trace *as,
		       struct rp_traces *out, struct ev_error *err)
{
	struct ev_span part;
	struct cert c;

	if (!read_cert(layer->bytes, &c, err) || is_ca(&c))
		return;
	if (row->field == RP_CERT_SUBJECT) {
		add_subject(&c, layer, as, out);
		return;
	}
	part = row->field == RP_CERT_SERIAL
		       ? c.serial
		       : find_in_extension(&c, &places[row->field]);
	if (part.n > 0 && row->field == RP_CERT_HOST)
		add_host(part, layer, as, out, err);
	else if (part.n > 0)
		rp_trace_add(out, as, layer, part, RP_TRACE_HEX);
}

void rp_find_cert_der(const struct rp_privacy_row *row, struct ev_span item,
		      const struct rp_trace *as, struct rp_traces *out,
		      struct ev_error *err)
{
	const struct rp_layer layer = { .item = item, .bytes = item };

	find_field(row, &layer, as, out, err);
}

/* The base64 between the lines that begin and end a block. */
static struct ev_span body_of(struct ev_span block)
{
	static const char end[] = "-----END";
	const uint8_t *from = memchr(block.p, '\n', block.n);
	const uint8_t *to = memmem(block.p, block.n, end, sizeof(end) - 1);

	assert(from != NULL && to != NULL && from < to); /* pem.h */
	return ev_span_of(from + 1, (size_t)(to - from - 1));
}

static void find_in_pem(const struct rp_privacy_row *row, struct ev_span item,
			struct ev_span text, const struct rp_trace *as,
			struct rp_traces *out, struct ev_error *err)
{
	struct ev_pem_list list;

	if (ev_pem_list_parse(text, (uint64_t)(text.p - item.p), "CERTIFICATE",
			      &list, err) != EV_OK)
		return;
	for (size_t i = 0; i < list.n_blocks; i++) {
		const struct rp_layer layer = {
			.item = item,
			.text = body_of(list.block[i].text),
			.within = "base64",
			.bytes = list.block[i].der,
		};

		find_field(row, &layer, as, out, err);
	}
	ev_pem_list_free(&list);
}

void rp_find_cert_pem(const struct rp_privacy_row *row, struct ev_span item,
		      const struct rp_trace *as, struct rp_traces *out,
		      struct ev_error *err)
{
	find_in_pem(row, item, item, as, out, err);
}

void rp_find_quote_cert(const struct rp_privacy_row *row, struct ev_span item,
			const struct rp_trace *as, struct rp_traces *out,
			struct ev_error *err)
{
	struct rp_layer layer = { .item = item };
	struct ev_quote q;

	if (ev_quote_parse(item, &q, err) != EV_OK)
		return;
	layer.bytes = q.cert_data;
	if (q.cert_type == EV_CERT_PCK_CHAIN)
		find_in_pem(row, item, q.cert_data, as, out, err);
	else if (q.cert_type == EV_CERT_PCK_LEAF)
		find_field(row, &layer, as, out, err);
}

void rp_find_quote_ppid(const struct rp_privacy_row *row, struct ev_span item,
			const struct rp_trace *as, struct rp_traces *out,
			struct ev_error *err)
{
	const struct rp_layer layer = { .item = item, .bytes = item };
	struct ev_ppid_data data;
	struct ev_quote q;

	if (ev_quote_parse(item, &q, err) != EV_OK)
		return;
	if (q.cert_type == EV_CERT_PCK_LEAF || q.cert_type == EV_CERT_PCK_CHAIN)
		rp_find_quote_cert(row, item, as, out, err);
	else if (ev_ppid_data_parse(&q, &data, err) == EV_OK)
		rp_trace_add(out, as, &layer, data.ppid, RP_TRACE_HEX);
}

void rp_find_quote_user_data(const struct rp_privacy_row *row,
			     struct ev_span item, const struct rp_trace *as,
			     struct rp_traces *out, struct ev_error *err)
{
	const struct rp_layer layer = { .item = item, .bytes = item };
	struct ev_quote q;

	(void)row;
	if (ev_quote_parse(item, &q, err) == EV_OK)
		rp_trace_add(out, as, &layer, q.user_data, RP_TRACE_HEX);
}
