/* SPDX-License-Identifier: Apache-2.0 */
/* TSTInfo read by ourselves: what is reported is what the bytes spell. */
#include "evidence/tst_info.h"

#include "evidence/base/hex.h"
#include "evidence/base/time.h"
#include "evidence/extension.h"
#include "evidence/name.h"

static const char *const object = "tst-info";

/* An accuracy of more seconds than this is none. */
static const uint64_t ACCURACY_MAX = 1000000000;

/* The digests that may stand in a token: 2.16.840.1.101.3.4.2.n. */
static const struct {
	uint8_t oid[9];
	enum ev_digest_alg alg;
} imprint_algs[] = {
	{ { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 }, EV_SHA256 },
	{ { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 }, EV_SHA384 },
	{ { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 }, EV_SHA512 },
};

static bool find_alg(struct ev_span oid, enum ev_digest_alg *alg)
{
	for (size_t i = 0; i < sizeof(imprint_algs) / sizeof(imprint_algs[0]);
	     i++)
		if (ev_span_eq(oid, EV_SPAN(imprint_algs[i].oid))) {
			*alg = imprint_algs[i].alg;
			return true;
		}
	return false;
}

static void read_imprint(struct ev_reader *in, struct ev_timestamp *t)
{
	struct ev_reader r =
		ev_der_enter(in, EV_DER_SEQUENCE, "messageImprint");
	struct ev_reader a = ev_der_enter(&r, EV_DER_SEQUENCE, "hashAlgorithm");
	uint64_t offset = ev_reader_offset(&a);
	struct ev_span oid = ev_der_read(&a, EV_DER_OID, "hashAlgorithm");
	struct ev_span hash;

	if (a.left.n > 0 &&
	    ev_der_read(&a, EV_DER_NULL, "hash parameters").n > 0)
		ev_fail(r.err, EV_SYNTAX, object, "hash parameters", offset,
			"NULL", "more");
	ev_reader_finish(&a);
	if (ev_reader_ok(&r) && !find_alg(oid, &t->imprint_alg))
		ev_fail_bytes(r.err, EV_VALUE, object, "hashAlgorithm", offset,
			      "sha256, sha384 or sha512", oid);
	offset = ev_reader_offset(&r);
	hash = ev_der_read(&r, EV_DER_OCTET_STRING, "hashedMessage");
	if (ev_reader_finish(&r) != EV_OK)
		return;
	if (hash.n != ev_digest_size(t->imprint_alg))
		ev_fail_u64(r.err, EV_VALUE, object, "hashedMessage", offset,
			    ev_digest_size(t->imprint_alg), hash.n);
	else
		memcpy(t->imprint, hash.p, hash.n);
}

/* RFC 3161 2.4.2: seconds are there, a fraction has a point and does not end
 * in 0, and Z stands at the end. */
static bool time_is_strict(struct ev_span in)
{
	if (in.n < 15 || in.p[in.n - 1] != 'Z')
		return false;
	if (in.n == 15)
		return true;
	if (in.n < 17 || in.p[14] != '.' || in.p[in.n - 2] == '0')
		return false;
	for (size_t i = 15; i < in.n - 1; i++)
		if (in.p[i] < '0' || in.p[i] > '9')
			return false;
	return true;
}

static void read_gen_time(struct ev_reader *r, struct ev_timestamp *t)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in = ev_der_read(r, EV_DER_GENERALIZED_TIME, "genTime");
	uint8_t whole[15];

	if (!ev_reader_ok(r))
		return;
	if (!time_is_strict(in) || in.n >= sizeof(t->gen_time_text)) {
		ev_fail_bytes(r->err, EV_SYNTAX, object, "genTime", offset,
			      "YYYYMMDDhhmmss[.s...]Z", in);
		return;
	}
	memcpy(whole, in.p, 14);
	whole[14] = 'Z';
	if (!ev_time_parse_generalized(EV_SPAN(whole), &t->gen_time)) {
		ev_fail_bytes(r->err, EV_SYNTAX, object, "genTime", offset,
			      "an instant", in);
		return;
	}
	memcpy(t->gen_time_text, in.p, in.n);
	t->gen_time_text[in.n] = '\0';
}

/* millis and micros: IMPLICIT INTEGER (1..999). */
static int64_t read_thousandths(struct ev_reader *r, uint8_t tag)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in;
	int64_t v = 0;

	if (ev_der_peek(r) != tag)
		return 0;
	in = ev_der_read(r, tag, "accuracy");
	for (size_t i = 0; i < in.n && i < 2; i++)
		v = v << 8 | in.p[i];
	if (ev_reader_ok(r) &&
	    (in.n < 1 || in.n > 2 || v < 1 || v > 999 || in.p[0] >= 0x80 ||
	     (in.n == 2 && in.p[0] == 0 && in.p[1] < 0x80)))
		ev_fail_bytes(r->err, EV_VALUE, object, "accuracy", offset,
			      "1 to 999", in);
	return v;
}

static void read_accuracy(struct ev_reader *in, struct ev_timestamp *t)
{
	struct ev_reader r;

	if (ev_der_peek(in) != EV_DER_SEQUENCE)
		return;
	r = ev_der_enter(in, EV_DER_SEQUENCE, "accuracy");
	t->has_accuracy = true;
	if (ev_der_peek(&r) == EV_DER_INTEGER)
		t->accuracy_micros =
			1000000 *
			(int64_t)ev_der_read_uint(&r, ACCURACY_MAX, "accuracy");
	t->accuracy_micros += 1000 * read_thousandths(&r, EV_DER_CONTEXT(0));
	t->accuracy_micros += read_thousandths(&r, EV_DER_CONTEXT(1));
	ev_reader_finish(&r);
}

static void read_policy(struct ev_reader *r, struct ev_timestamp *t)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span oid = ev_der_read(r, EV_DER_OID, "policy");

	if (ev_reader_ok(r) &&
	    !ev_oid_format(oid, t->policy, sizeof(t->policy)))
		ev_fail_bytes(r->err, EV_SYNTAX, object, "policy", offset,
			      "an object identifier", oid);
}

static void read_serial(struct ev_reader *r, struct ev_timestamp *t)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span serial = ev_der_read_serial(r, "serialNumber");

	/* RFC 3161 2.4.2: up to 160 bits must be taken. */
	if (serial.n > 32)
		ev_fail_u64(r->err, EV_LIMIT, object, "serialNumber", offset,
			    32, serial.n);
	else
		ev_hex_encode(serial.n > 0 ? serial : EV_SPAN_LITERAL("\0"),
			      t->serial);
}

/* nonce (of the request, not ours to judge), tsa (a claim), extensions. */
static void read_rest(struct ev_reader *r)
{
	struct ev_extensions list = { .n_seen = 0 };
	struct ev_extension e;

	if (ev_der_peek(r) == EV_DER_INTEGER)
		ev_der_read(r, EV_DER_INTEGER, "nonce");
	if (ev_der_peek(r) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(r, "tsa");
	if (ev_der_peek(r) != EV_DER_CONTEXT_CONSTRUCTED(1))
		return;
	list.list =
		ev_der_enter(r, EV_DER_CONTEXT_CONSTRUCTED(1), "extensions");
	while (ev_extension_next(&list, &e))
		if (e.critical)
			ev_extension_refuse(&list, &e,
					    "no unknown critical extension");
}

enum ev_code ev_tst_info_parse(struct ev_span der, struct ev_timestamp *out,
			       struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(der, 0, object, err);
	struct ev_reader r = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_timestamp t = *out;
	uint64_t offset = ev_reader_offset(&r);
	uint64_t version = ev_der_read_uint(&r, UINT8_MAX, "version");

	if (ev_reader_ok(&r) && version != 1)
		ev_fail_u64(err, EV_VALUE, object, "version", offset, 1,
			    version);
	read_policy(&r, &t);
	read_imprint(&r, &t);
	read_serial(&r, &t);
	read_gen_time(&r, &t);
	if (!ev_reader_ok(&r))
		return err->code;
	read_accuracy(&r, &t);
	if (ev_der_peek(&r) == EV_DER_BOOLEAN)
		t.ordering = ev_der_read_bool(&r, "ordering");
	read_rest(&r);
	ev_reader_finish(&r);
	if (ev_reader_finish(&item) != EV_OK)
		return err->code;
	*out = t;
	return EV_OK;
}
